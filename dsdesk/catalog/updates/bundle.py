"""A bundle opened: who signed it, whether it may be taken, and its files one after the other, each against its hash."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO

from dsdesk.base.errors import FileError, reason_of
from dsdesk.base.message import N_, Message
from dsdesk.catalog.updates.container import Envelope, read_envelope, truncated
from dsdesk.catalog.updates.manifest import BundleKind, Manifest, digest_of, kind_of, rank, read_manifest
from dsdesk.catalog.updates.minisign import read_public_key
from dsdesk.catalog.updates.refusal import Reason, RefusedError
from dsdesk.catalog.updates.roots import Role, Root, follow
from dsdesk.catalog.updates.trust import Company, Trust

_PIECE = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """A bundle whose signatures hold.

    Attributes:
        manifest: what it holds.
        digest: hash of the manifest.
        text: the manifest as it was signed.
        signatures: made over it.
        root: newest root after it.
        company: whose price list it is; None for a catalogue.
        file: open at the first byte of the files.
    """

    manifest: Manifest
    digest: str
    text: bytes
    signatures: tuple[str, ...]
    root: Root
    company: Company | None
    file: BinaryIO

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Path and content of every file, once, each checked against the manifest.

        Raises:
            RefusedError: one is not what was signed.
        """
        for entry in self.manifest.entries:
            summed = hashlib.blake2b(digest_size=32)
            pieces: list[bytes] = []
            left = entry.size
            while left and (piece := self.file.read(min(_PIECE, left))):
                summed.update(piece)
                pieces.append(piece)
                left -= len(piece)
            if left:
                raise truncated()
            if summed.hexdigest() != entry.blake2b:
                raise RefusedError(
                    Reason.ALTERED,
                    Message(
                        N_("{path} in the bundle is not what was signed. Copy the bundle anew, or ask its sender."),
                        path=entry.path,
                    ),
                )
            yield entry.path, b"".join(pieces)


def kind_of_file(path: Path) -> BundleKind:
    """What the file says to be; whether that is true is found out by whoever takes it.

    Raises:
        RefusedError: it is no bundle.
        FileError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return kind_of(read_envelope(file, path.stat().st_size).manifest)
    except OSError as error:
        reason = reason_of(error)
        raise FileError(Message(N_("{path} cannot be read: {reason}."), path=str(path), reason=reason)) from error


@contextmanager
def opened(path: Path, trust: Trust) -> Iterator[Bundle]:
    """The bundle at `path`, its signatures checked before anything in it is read.

    Raises:
        RefusedError: it must not be believed.
        OSError: the file cannot be read, or the stick was pulled out.
    """
    with path.open("rb") as file:
        envelope = read_envelope(file, path.stat().st_size)
        yield _believed(envelope, trust, file)


def _believed(envelope: Envelope, trust: Trust, file: BinaryIO) -> Bundle:
    root, company = trust.newest_root(), None
    if kind_of(envelope.manifest) is BundleKind.CATALOGUE:
        root = follow(root, envelope.roots)
        _must_be_signed(envelope, root.catalogue)
    else:
        company = _company(envelope, trust)
    manifest = read_manifest(envelope.manifest)
    if manifest.kind is not kind_of(envelope.manifest):
        raise RefusedError(Reason.ALTERED, Message(N_("The bundle says to be of two kinds.")))
    if sum(entry.size for entry in manifest.entries) != envelope.files_bytes:
        raise RefusedError(Reason.ALTERED, Message(N_("The files in the bundle are not as long as was signed.")))
    return Bundle(
        manifest=manifest,
        digest=digest_of(envelope.manifest),
        text=envelope.manifest,
        signatures=envelope.signatures,
        root=root,
        company=company,
        file=file,
    )


def _must_be_signed(envelope: Envelope, role: Role) -> None:
    if role.allows(envelope.manifest, envelope.signatures):
        return
    if role.signers(envelope.manifest, envelope.signatures):
        raise RefusedError(
            Reason.SIGNATURE, Message(N_("Too few of the known keys signed the bundle. It was refused."))
        )
    raise RefusedError(
        Reason.UNKNOWN_KEY,
        Message(
            N_("No known key signed the bundle as it is: it was altered, or comes from somebody else. It was refused.")
        ),
    )


def _company(envelope: Envelope, trust: Trust) -> Company:
    for company in trust.companies:
        role = Role((read_public_key(company.key),), 1)
        if role.allows(envelope.manifest, envelope.signatures):
            return company
    raise RefusedError(
        Reason.UNKNOWN_KEY,
        Message(
            N_("No company that you trust signed this price list. If you know the key of its sender, add it first: "
               "“Trust a company's key” in the window, or dsdesk catalog trust KEY.pub --name WHO.")
        ),
    )  # fmt: skip


def check_newness(bundle: Bundle, highest: str, digest: str) -> None:
    """Refuse what is older than was accepted before: it would bring facts back that were corrected since.

    Raises:
        RefusedError: it is.
    """
    manifest = bundle.manifest
    if not highest or rank(manifest.version) > rank(highest):
        return
    if rank(manifest.version) == rank(highest) and digest in ("", bundle.digest):
        return
    raise RefusedError(
        Reason.OLDER,
        Message(
            N_("The bundle is of version {version}; {known} was accepted here before. It was refused."),
            version=manifest.version,
            known=highest,
        ),
    )


def check_date(bundle: Bundle, today: date) -> None:
    """Refuse what its maker no longer vouches for, with both dates, since the clock of this machine may be wrong.

    Raises:
        RefusedError: its time is over.
    """
    if today > bundle.manifest.good_until:
        raise RefusedError(
            Reason.EXPIRED,
            Message(
                N_("The bundle was good until {until}; the clock of this machine says {today}. Somebody may keep "
                   "newer facts from you. Take it all the same only if the clock is wrong or there "
                   "is no newer bundle."),
                until=bundle.manifest.good_until.isoformat(),
                today=today.isoformat(),
            ),
        )  # fmt: skip
