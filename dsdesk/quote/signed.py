"""Whether a returned PDF is still what was signed, by whom, and what was done to it afterwards.

Source: ISO 32000-1:2008, 12.8.1 (ByteRange, Contents); RFC 5652, section 11.2 (the message-digest attribute).
"""

import ctypes
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pypdfium2 as pdfium  # type: ignore[import-untyped]
from pypdfium2 import raw

from dsdesk.quote.doubts import Doubt, DoubtKind
from dsdesk.quote.signers import Standing, trusted_certificates, who_signed

_MESSAGE_DIGEST = bytes.fromhex("06092a864886f70d010904")  # 1.2.840.113549.1.9.4
_SET, _OCTETS = 0x31, 0x04
_DIGESTS = ("sha256", "sm3", "sha384", "sha512", "sha1")  # SM3 is what signatures after GM/T 0010 use
_PAIR = 2  # of a stretch: where it begins and how long it is


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature of a file.

    Attributes:
        stretches: (start, length) of the bytes that it covers.
        message: the CMS message in it.
    """

    stretches: tuple[tuple[int, int], ...]
    message: bytes

    @property
    def end(self) -> int:
        """Where what it covers ends."""
        return max((start + length for start, length in self.stretches), default=0)

    def covered(self, content: bytes) -> bytes:
        """The bytes that it covers; b"" where it does not cover the file from its beginning."""
        if not self.stretches or self.stretches[0][0] != 0 or self.end > len(content):
            return b""
        return b"".join(content[start : start + length] for start, length in self.stretches)

    def matches(self, covered: bytes) -> bool:
        """Whether these bytes still have the digest that it states."""
        digest = stated_digest(self.message)
        return bool(covered and digest) and any(
            hashlib.new(name, covered, usedforsecurity=False).digest() == digest
            for name in _DIGESTS
            if name in hashlib.algorithms_available
        )


_SAID = {
    Standing.TRUSTED: DoubtKind.TRUSTED,
    Standing.STRANGER: DoubtKind.STRANGER,
    Standing.EXPIRED: DoubtKind.EXPIRED,
    Standing.FORGED: DoubtKind.FORGED,
    Standing.UNREADABLE: DoubtKind.SIGNED,
}


def doubts_about(document: Any, content: bytes) -> Iterator[Doubt]:  # noqa: ANN401 - pypdfium2 carries no types
    """What is to be said of each signature; the caller holds the lock of PDFium."""
    for number in range(raw.FPDF_GetSignatureCount(document)):
        found = _signature(raw.FPDF_GetSignatureObject(document, number))
        name = str(number + 1)
        if not found.stretches and not found.message.strip(b"\0"):
            continue  # a field that is not signed yet
        covered = found.covered(content)
        if not found.matches(covered):
            yield Doubt(DoubtKind.ALTERED, name)
            continue
        who = who_signed(found.message, covered, trusted_certificates())
        yield Doubt(_SAID[who.standing], who.name or name)
        if content[found.end :].strip():
            only_fields = same_pages(content[: found.end], document)
            yield Doubt(DoubtKind.FILLED_IN if only_fields else DoubtKind.CONTINUED, name)


def same_pages(before: bytes, document: Any) -> bool:  # noqa: ANN401 - pypdfium2 carries no types
    """Whether the pages are what they were in `before`: then only fields and notes can have been added."""
    try:
        earlier = pdfium.PdfDocument(before)
    except pdfium.PdfiumError:
        return False
    try:
        return _drawn(earlier) == _drawn(document)
    finally:
        earlier.close()


def _drawn(document: Any) -> list[object]:  # noqa: ANN401 - pypdfium2 carries no types
    """What every page itself draws: its text, and the place of each of its things; fields are no part of it."""
    found: list[object] = []
    for number in range(len(document)):
        page = document[number]
        text = page.get_textpage()
        found.append((page.get_size(), text.get_text_range(), [_placed(one) for one in page.get_objects()]))
        text.close()
        page.close()
    return found


def _placed(thing: Any) -> object:  # noqa: ANN401 - pypdfium2 carries no types
    return thing.type, tuple(round(edge, 1) for edge in thing.get_bounds())


def _signature(signature: Any) -> Signature:  # noqa: ANN401 - pypdfium2 carries no types
    size = raw.FPDFSignatureObj_GetByteRange(signature, None, 0)
    numbers = (ctypes.c_int * size)()
    raw.FPDFSignatureObj_GetByteRange(signature, numbers, size)
    size = raw.FPDFSignatureObj_GetContents(signature, None, 0)
    held = (ctypes.c_ubyte * size)()
    raw.FPDFSignatureObj_GetContents(signature, held, size)
    pairs = tuple((numbers[at], numbers[at + 1]) for at in range(0, len(numbers) - 1, _PAIR))
    return Signature(pairs, bytes(held))


def stated_digest(message: bytes) -> bytes:
    """The message digest that a signed CMS message states; b"" without one."""
    place = message.find(_MESSAGE_DIGEST)
    held = message[place + len(_MESSAGE_DIGEST) :] if place >= 0 else b""
    head = 4  # set and its length, octet string and its length
    if len(held) < head or held[0] != _SET or held[2] != _OCTETS or held[1] != held[3] + _PAIR:
        return b""
    return held[head : head + held[3]]
