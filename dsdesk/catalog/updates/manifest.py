"""The signed list of what a bundle holds: kind, version, dates, and every file with its size and hash."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from dsdesk.base.message import N_, Message
from dsdesk.base.units import MIB
from dsdesk.catalog.updates.refusal import Reason, RefusedError

FORMAT = 1
MOST_FILES = 5000
LARGEST_FILE = 64 * MIB
_VERSION = re.compile(r"\d{1,6}(\.\d{1,6}){0,5}")
_HASH = re.compile(r"[0-9a-f]{64}")


class BundleKind(StrEnum):
    """What a bundle is for, and so whose keys must have signed it."""

    CATALOGUE = "catalogue"
    PRICES = "prices"


# The only paths that a bundle may hold. None begins with a dot or has one before a slash; scripts have no place.
_PATHS: Mapping[BundleKind, re.Pattern[str]] = {
    BundleKind.CATALOGUE: re.compile(
        r"version\.toml|words\.toml|apis\.toml|rates\.csv|parts/[a-z0-9_]{1,40}\.toml|parts/ATTRIBUTION\.md"
        r"|parts/listed/[a-z0-9_]{1,40}\.(csv|toml)|llm/[A-Za-z0-9][A-Za-z0-9._-]{0,150}\.json"
        r"|prices/[a-z0-9_]{1,40}\.csv"
    ),
    BundleKind.PRICES: re.compile(r"prices\.csv"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of a bundle.

    Attributes:
        path: below db/.
        size: in bytes.
        blake2b: hash of its content, 32 bytes in hexadecimal.
    """

    path: str
    size: int
    blake2b: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What is signed.

    Attributes:
        kind: what it is for.
        version: only ever rises; numbers with dots.
        made_on: day of its making.
        good_until: after this day a newer one should exist.
        publisher: who says so, in their own words.
        entries: the files, in their order in the bundle.
    """

    kind: BundleKind
    version: str
    made_on: date
    good_until: date
    publisher: str
    entries: tuple[Entry, ...]

    def text(self) -> str:
        """As it is signed."""
        said = {
            "type": self.kind.value,
            "format": FORMAT,
            "version": self.version,
            "made_on": self.made_on.isoformat(),
            "good_until": self.good_until.isoformat(),
            "publisher": self.publisher,
            "files": [{"path": one.path, "size": one.size, "blake2b": one.blake2b} for one in self.entries],
        }
        return json.dumps(said, ensure_ascii=False, indent=1) + "\n"


def rank(version: str) -> tuple[int, ...]:
    """A version as numbers that compare as they should.

    Raises:
        ValueError: it is none.
    """
    if not _VERSION.fullmatch(version):
        raise ValueError(version)
    return tuple(int(one) for one in version.split("."))


def kind_of(content: bytes) -> BundleKind:
    """The kind that a manifest says to be, before anybody vouched for it: it decides only whose keys are asked.

    Raises:
        RefusedError: it says none.
    """
    for kind in BundleKind:
        if f'"type": "{kind.value}"'.encode() in content[:64]:
            return kind
    raise RefusedError(
        Reason.NEWER_FORMAT, Message(N_("The bundle is of a kind that this dsdesk does not know. Update dsdesk."))
    )


def read_manifest(content: bytes) -> Manifest:
    """The manifest in `content`, whose signatures were checked.

    Raises:
        RefusedError: it breaks a rule, or a newer dsdesk wrote it.
    """
    try:
        held = json.loads(content)
        if held["format"] > FORMAT:
            raise RefusedError(
                Reason.NEWER_FORMAT, Message(N_("The bundle was made for a newer dsdesk. Update dsdesk first."))
            )
        rank(held["version"])
        kind = BundleKind(held["type"])
        return Manifest(
            kind=kind,
            version=held["version"],
            made_on=date.fromisoformat(held["made_on"]),
            good_until=date.fromisoformat(held["good_until"]),
            publisher=str(held["publisher"]),
            entries=_entries(held["files"], kind),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise RefusedError(
            Reason.CONTENT, Message(N_("The list in the bundle cannot be understood: {reason}"), reason=str(error))
        ) from error


def _entries(rows: Iterable[Mapping[str, Any]], kind: BundleKind) -> tuple[Entry, ...]:
    found: list[Entry] = []
    seen: set[str] = set()
    for row in rows:
        path, size, digest = row["path"], row["size"], row["blake2b"]
        if not isinstance(path, str) or not _PATHS[kind].fullmatch(path) or ".." in path or path.lower() in seen:
            raise RefusedError(
                Reason.PATH,
                Message(N_("The bundle wants to write a file where none of its kind belongs: {path}"), path=repr(path)),
            )
        if type(size) is not int or not 0 <= size <= LARGEST_FILE or len(found) >= MOST_FILES:
            raise RefusedError(Reason.TOO_LARGE, Message(N_("The bundle lists more than any bundle may hold.")))
        if not isinstance(digest, str) or not _HASH.fullmatch(digest):
            raise ValueError("a hash")
        seen.add(path.lower())
        found.append(Entry(path, size, digest))
    return tuple(found)


def digest_of(content: bytes) -> str:
    """The hash by which a manifest knows a file."""
    return hashlib.blake2b(content, digest_size=32).hexdigest()
