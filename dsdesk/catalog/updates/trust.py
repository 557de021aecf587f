"""What this user has accepted so far: the newest keys, the highest version, the companies whose prices are taken.

One small file in the user's own folder, replaced as a whole: an update becomes real in the moment it is written.
"""

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from dsdesk.base import paths
from dsdesk.base.errors import FileError, InputError, reason_of
from dsdesk.base.message import N_, Message
from dsdesk.catalog.updates.minisign import PublicKey, read_public_key
from dsdesk.catalog.updates.refusal import RefusedError
from dsdesk.catalog.updates.roots import Root, pinned_root, read_root

_FILE = "state.json"


@dataclass(frozen=True, slots=True)
class Company:
    """Somebody whose price lists are taken.

    Attributes:
        key: public key, as minisign writes it.
        name: what the user calls them.
        version: of the newest list that was taken, "" before the first.
        manifest: its hash.
    """

    key: str
    name: str
    version: str = ""
    manifest: str = ""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A state of the catalogue: a folder of accepted facts, or none for those that came with the program.

    Attributes:
        folder: name below `updates_folder`, "" for the program's own.
        version: of the facts.
        good_until: ISO date, "" for the program's own.
    """

    folder: str = ""
    version: str = ""
    good_until: str = ""


@dataclass(frozen=True, slots=True)
class Trust:
    """All that is remembered.

    Attributes:
        root: newest root, as it was signed; "" means the pinned one.
        active: the facts in use.
        previous: those before, for undo.
        highest: newest version ever accepted.
        manifest: hash of its manifest.
        companies: whose price lists are taken.
    """

    root: str = ""
    active: Accepted = Accepted()
    previous: tuple[Accepted, ...] = ()
    highest: str = ""
    manifest: str = ""
    companies: tuple[Company, ...] = field(default=())

    def newest_root(self) -> Root:
        """The root that counts: the newest accepted, or the pinned one where a newer program brought a newer one."""
        pinned = pinned_root()
        if not self.root:
            return pinned
        accepted = read_root(self.root)
        return accepted if accepted.version > pinned.version else pinned


def updates_folder() -> Path:
    """Where accepted bundles lie."""
    folder = paths.data() / "updates"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def read_trust() -> Trust:
    """What is remembered; a fresh start where nothing is.

    Raises:
        FileError: the file is damaged.
    """
    path = paths.data() / "updates" / _FILE
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        trust = _trust(held)
        if trust.root:
            read_root(trust.root)
    except FileNotFoundError:
        return Trust()
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RefusedError) as error:
        raise FileError(
            Message(
                N_("{file} cannot be read, so updates are not used. Remove it to start from the program's own facts."),
                file=str(path),
            )
        ) from error
    return trust


def _trust(held: Mapping[str, Any]) -> Trust:
    return Trust(
        root=str(held["root"]),
        active=Accepted(**held["active"]),
        previous=tuple(Accepted(**one) for one in held["previous"]),
        highest=str(held["highest"]),
        manifest=str(held["manifest"]),
        companies=tuple(Company(**one) for one in held["companies"]),
    )


def write_trust(trust: Trust) -> None:
    """Remember `trust`, in one step.

    Raises:
        FileError: it cannot be written; what was remembered stays.
    """
    folder = updates_folder()
    draft = ""
    try:
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=folder, delete=False, suffix=".part") as file:
            draft = file.name
            json.dump(asdict(trust), file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        Path(draft).replace(folder / _FILE)
    except OSError as error:
        if draft:
            Path(draft).unlink(missing_ok=True)
        raise FileError(
            Message(N_("{path} cannot be written: {reason}."), path=str(folder), reason=reason_of(error))
        ) from error


def trust_company(text: str, name: str) -> PublicKey:
    """Take price lists that the key in `text` signed from now on.

    Raises:
        InputError: it is no key, or it is one that signs catalogues.
    """
    key, trust = read_public_key(text), read_trust()
    root = trust.newest_root()
    if any(key.point == one.point for one in (*root.root.keys, *root.catalogue.keys)):
        raise InputError(Message(N_("This key signs catalogues; a company needs one of its own.")))
    others = tuple(one for one in trust.companies if one.key != key.text())
    known = next((one for one in trust.companies if one.key == key.text()), Company(key.text(), name))
    write_trust(replace(trust, companies=(*others, replace(known, name=name))))
    return key
