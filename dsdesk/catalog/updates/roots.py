"""Who may sign what: the root, a short text signed by a threshold of its keys, and its successors.

The first root comes with the program. A successor counts only when enough keys of the one before it signed it, and
enough of its own (The Update Framework, section 5.3): so a key can be retired, and no single stolen key is enough where
the threshold is above one.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from dsdesk.base import assets
from dsdesk.base.errors import CatalogError, DsdeskError, FileError
from dsdesk.base.message import N_, Message
from dsdesk.catalog.updates.minisign import PublicKey, is_signed_by, read_public_key, read_signature
from dsdesk.catalog.updates.refusal import Reason, RefusedError

FORMAT = 1
_MOST_KEYS = 16


@dataclass(frozen=True, slots=True)
class Role:
    """Keys, and how many of them must sign.

    Attributes:
        keys: that may sign.
        threshold: how many different ones must.
    """

    keys: tuple[PublicKey, ...]
    threshold: int

    def signers(self, content: bytes, signatures: Iterable[str]) -> tuple[PublicKey, ...]:
        """The different keys of this role that really signed `content`."""
        read = [one for text in signatures if (one := read_signature(text)) is not None]
        return tuple(key for key in self.keys if any(is_signed_by(content, one, key) for one in read))

    def allows(self, content: bytes, signatures: Iterable[str]) -> bool:
        """Whether enough of them signed."""
        return len({key.point for key in self.signers(content, signatures)}) >= self.threshold


@dataclass(frozen=True, slots=True)
class Root:
    """One version of who may sign.

    Attributes:
        version: counts up by one.
        root: who may sign the next root.
        catalogue: who may sign a catalogue.
        text: as it was signed.
    """

    version: int
    root: Role
    catalogue: Role
    text: str


@dataclass(frozen=True, slots=True)
class Successor:
    """A root that follows another, not believed yet.

    Attributes:
        number: the version it is said to be.
        text: the root.
        signatures: made over `text`.
    """

    number: int
    text: str
    signatures: tuple[str, ...]


def pinned_root() -> Root:
    """The root that came with this program.

    Raises:
        CatalogError: the program is damaged.
    """
    path = assets.resource("keys", "root.json")
    try:
        return read_root(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, RefusedError) as error:
        raise CatalogError(
            Message(N_("{file} of dsdesk itself is damaged. Install dsdesk anew."), file=str(path))
        ) from error


def read_root(text: str) -> Root:
    """The root in `text`, which the caller knows to be signed.

    Raises:
        RefusedError: it says nothing that makes sense.
    """
    try:
        held = json.loads(text)
        roles = held["roles"] if (held["type"], held["format"]) == ("root", FORMAT) else {}
        return Root(int(held["version"]), _role(roles["root"]), _role(roles["catalogue"]), text)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, DsdeskError) as error:
        raise RefusedError(
            Reason.SIGNATURE,
            Message(N_("The list of keys in the bundle cannot be understood: {reason}"), reason=str(error)),
        ) from error


def _role(held: Mapping[str, object]) -> Role:
    threshold, listed = held["threshold"], held["keys"]
    if not isinstance(listed, list) or not isinstance(threshold, int) or isinstance(threshold, bool):
        raise TypeError("keys or threshold")
    keys = tuple(read_public_key(str(one)) for one in listed[:_MOST_KEYS])
    if not 1 <= threshold <= len({key.point for key in keys}):
        raise ValueError("a threshold that the keys cannot reach")
    return Role(keys, threshold)


def follow(root: Root, successors: Iterable[Successor]) -> Root:
    """The newest root that `root` leads to.

    Raises:
        RefusedError: one of `successors` is not what it must be.
    """
    for one in successors:
        if one.number <= root.version:
            continue  # known here, or replaced since; nothing of it is read
        content = one.text.encode()
        if not root.root.allows(content, one.signatures):
            raise RefusedError(
                Reason.SIGNATURE,
                Message(N_("The bundle brings new keys that too few of the known keys vouch for. It was refused.")),
            )
        found = read_root(one.text)
        if found.version != root.version + 1 or not found.root.allows(content, one.signatures):
            raise RefusedError(
                Reason.SIGNATURE,
                Message(N_("The new keys in the bundle do not follow the known ones. It was refused.")),
            )
        root = found
    return root


def write_root(version: int, roles: Mapping[str, Role]) -> str:
    """A root as text, to be signed."""
    said = {
        name: {"threshold": role.threshold, "keys": [key.text() for key in role.keys]} for name, role in roles.items()
    }
    return json.dumps({"type": "root", "format": FORMAT, "version": version, "roles": said}, indent=1) + "\n"


def read_successors(folder: Path) -> list[Successor]:
    """The successors kept in `folder` as root-2.json with root-2.*.minisig, oldest first.

    Raises:
        FileError: one cannot be read.
    """
    found = []
    try:
        for path in folder.glob("root-*.json"):
            signatures = [one.read_text(encoding="utf-8") for one in sorted(folder.glob(f"{path.stem}.*.minisig"))]
            number = int(path.stem.rpartition("-")[2])
            found.append(Successor(number, path.read_text(encoding="utf-8"), tuple(signatures)))
    except (OSError, ValueError) as error:
        raise FileError(Message(N_("{path} cannot be read: {reason}."), path=str(folder), reason=str(error))) from error
    return sorted(found, key=lambda one: one.number)
