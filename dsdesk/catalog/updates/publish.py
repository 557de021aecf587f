"""A bundle made: the files of db/ or a price list, listed, signed, written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from dsdesk.base.errors import FileError, InputError, reason_of
from dsdesk.base.message import N_, Message
from dsdesk.catalog import seed
from dsdesk.catalog.updates.container import Envelope, write_container
from dsdesk.catalog.updates.manifest import BundleKind, Entry, Manifest, digest_of, rank, read_manifest
from dsdesk.catalog.updates.minisign import write_signature
from dsdesk.catalog.updates.roots import Successor
from dsdesk.catalog.updates.secret import SecretKey
from dsdesk.llm.library import load_library


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """What the publisher says of a bundle.

    Attributes:
        made_on: day of its making.
        good_until: after this day a newer one should exist.
        publisher: who says so.
        version: of a price list; a catalogue has its own in version.toml.
    """

    made_on: date
    good_until: date
    publisher: str
    version: str = ""


def publish_catalogue(
    folder: Path, target: Path, edition: Edition, keys: Sequence[SecretKey], successors: Sequence[Successor] = ()
) -> Manifest:
    """Write the facts in `folder` (as db/ is laid out) as a signed bundle.

    Raises:
        CatalogError: the facts are wrong; nothing is written.
        FileError: a file cannot be read or written.
    """
    seed.read_content(folder)
    load_library(folder / "llm")
    files = [*seed.source_files(folder), *sorted(folder.glob("llm/*.json"))]
    attribution = folder / "parts" / "ATTRIBUTION.md"
    files += [attribution] if attribution.is_file() else []
    named = {path.relative_to(folder).as_posix(): path for path in files}
    version = seed.read_version(folder)
    return _publish(BundleKind.CATALOGUE, version, named, target, edition, keys, tuple(successors))


def publish_prices(path: Path, target: Path, edition: Edition, keys: Sequence[SecretKey]) -> Manifest:
    """Write the price list at `path` (CSV) as a signed bundle.

    Raises:
        FileError: a file cannot be read or written.
    """
    return _publish(BundleKind.PRICES, edition.version, {"prices.csv": path}, target, edition, keys, ())


def _publish(
    kind: BundleKind,
    version: str,
    named: dict[str, Path],
    target: Path,
    edition: Edition,
    keys: Sequence[SecretKey],
    successors: tuple[Successor, ...],
) -> Manifest:
    try:
        rank(version)
    except ValueError:
        raise InputError(
            Message(N_("{version} is no version. It is numbers with dots, such as 2026.11.24."), version=repr(version))
        ) from None
    try:
        contents = {name: path.read_bytes() for name, path in sorted(named.items())}
    except OSError as error:
        raise FileError(
            Message(N_("{path} cannot be read: {reason}."), path=str(error.filename), reason=reason_of(error))
        ) from error
    manifest = Manifest(
        kind=kind,
        version=version,
        made_on=edition.made_on,
        good_until=edition.good_until,
        publisher=edition.publisher,
        entries=tuple(Entry(name, len(content), digest_of(content)) for name, content in contents.items()),
    )
    text = manifest.text().encode()
    read_manifest(text)  # by the reader's own rules
    comment = f"{kind.value} {version}"
    signatures = tuple(write_signature(key.sign(text, comment), "signature of a dsdesk bundle") for key in keys)
    size = sum(map(len, contents.values()))
    write_container(target, Envelope(text, signatures, successors, size), contents.values())
    return manifest
