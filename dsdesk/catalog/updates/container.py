"""The file itself: sections whose length is said before them, nothing compressed, no names of files.

    dsdesk bundle 1
    manifest 1234            then so many bytes
    manifest-signature 291   one for every signer
    root 2 512               the successors of the pinned root, each with its signatures
    root-signature 291
    files 3312345            the content of the files that the manifest lists, one after the other, to the end

Nothing is unpacked, so nothing can unpack to more than it is; and no name in the file is ever a path on this machine.
"""

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from dsdesk.base.errors import FileError, reason_of
from dsdesk.base.message import N_, Message
from dsdesk.base.units import MIB
from dsdesk.catalog.updates.refusal import Reason, RefusedError
from dsdesk.catalog.updates.roots import Successor

SUFFIX = ".dsdcat"
LARGEST_BYTES = 256 * MIB
_MAGIC = b"dsdesk bundle 1\n"
_LONGEST_HEADER = 48
_HEADER = re.compile(rb"(manifest|manifest-signature|root-signature|files|root (\d{1,6})) (\d{1,10})\n")
_MOST_BYTES = {
    "manifest": MIB,
    "manifest-signature": 4096,
    "root": 65536,
    "root-signature": 4096,
    "files": LARGEST_BYTES,
}
_MOST_SECTIONS = 512


@dataclass(frozen=True, slots=True)
class Envelope:
    """What stands before the files. Nothing in it is believed yet.

    Attributes:
        manifest: text that lists the files.
        signatures: made over the manifest.
        roots: successors of the pinned root.
        files_bytes: how long the files are together.
    """

    manifest: bytes
    signatures: tuple[str, ...]
    roots: tuple[Successor, ...]
    files_bytes: int


def write_container(path: Path, envelope: Envelope, files: Iterable[bytes]) -> None:
    """Write a bundle; it appears whole or not at all.

    Raises:
        FileError: it cannot be written.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with draft.open("wb") as file:
            file.write(_MAGIC)
            for name, content in _sections(envelope):
                file.write(f"{name} {len(content)}\n".encode() + content)
            file.write(f"files {envelope.files_bytes}\n".encode())
            file.writelines(files)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        raise FileError(
            Message(N_("{path} cannot be written: {reason}."), path=str(path), reason=reason_of(error))
        ) from error
    finally:
        draft.unlink(missing_ok=True)


def _sections(envelope: Envelope) -> Iterator[tuple[str, bytes]]:
    yield "manifest", envelope.manifest
    for signature in envelope.signatures:
        yield "manifest-signature", signature.encode()
    for root in envelope.roots:
        yield f"root {root.number}", root.text.encode()
        for signature in root.signatures:
            yield "root-signature", signature.encode()


def read_envelope(file: BinaryIO, size: int) -> Envelope:
    """What stands before the files; `file` is left at their first byte.

    Raises:
        RefusedError: this is no bundle, or it is cut short or too large.
    """
    if size > LARGEST_BYTES:
        raise RefusedError(Reason.TOO_LARGE, Message(N_("The file is too large to be a bundle of dsdesk.")))
    if file.read(len(_MAGIC)) != _MAGIC:
        raise RefusedError(
            Reason.NOT_A_BUNDLE, Message(N_("The file is not a bundle of dsdesk. Choose a file that ends in .dsdcat."))
        )
    found = Envelope(b"", (), (), 0)
    for _ in range(_MOST_SECTIONS):
        name, number, length = _header(file)
        if name == "files":
            return _complete(found, length, size - file.tell())
        found = _with(found, name, number, _content(file, length))
    raise RefusedError(Reason.TOO_LARGE, Message(N_("The bundle has too many sections.")))


def _header(file: BinaryIO) -> tuple[str, int, int]:
    line = file.readline(_LONGEST_HEADER)
    match = _HEADER.fullmatch(line)
    if match is None:
        if not line.endswith(b"\n") and len(line) < _LONGEST_HEADER:
            raise truncated()
        raise RefusedError(Reason.ALTERED, Message(N_("The bundle is damaged: a section has no proper heading.")))
    name, length = match[1].split(b" ")[0].decode(), int(match[3])
    if length > _MOST_BYTES[name]:
        raise RefusedError(
            Reason.TOO_LARGE, Message(N_("A section of the bundle says to be larger than any bundle may be."))
        )
    return name, int(match[2] or 0), length


def _content(file: BinaryIO, length: int) -> bytes:
    content = file.read(length)
    if len(content) != length:
        raise truncated()
    return content


def _with(found: Envelope, name: str, number: int, content: bytes) -> Envelope:
    if name == "manifest" and not found.manifest:
        return replace(found, manifest=content)
    try:
        text = content.decode()
    except UnicodeDecodeError:
        raise RefusedError(Reason.ALTERED, Message(N_("The bundle is damaged: a section is not text."))) from None
    if name == "manifest-signature":
        return replace(found, signatures=(*found.signatures, text))
    if name == "root":
        return replace(found, roots=(*found.roots, Successor(number, text, ())))
    if name == "root-signature" and found.roots:
        last = found.roots[-1]
        return replace(found, roots=(*found.roots[:-1], replace(last, signatures=(*last.signatures, text))))
    raise RefusedError(Reason.ALTERED, Message(N_("The bundle is damaged: its sections are out of order.")))


def _complete(found: Envelope, said: int, left: int) -> Envelope:
    if left < said:
        raise truncated()
    if left > said:
        raise RefusedError(Reason.ALTERED, Message(N_("The bundle is damaged: there is something after its end.")))
    return replace(found, files_bytes=said)


def truncated() -> RefusedError:
    """What is said of a bundle that ends too early."""
    return RefusedError(
        Reason.TRUNCATED, Message(N_("The bundle is cut short: it was not copied completely. Copy it anew."))
    )
