"""Whether a returned PDF is still what was signed: the digest inside each signature against the bytes it covers.

Who signed is not checked here: that needs certificates of authorities, which a viewer has. What this finds is a file
that was altered afterwards. Source: ISO 32000-1:2008, 12.8.1 (ByteRange, Contents); RFC 5652, section 11.2 (the
message-digest attribute).
"""

import ctypes
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pypdfium2 import raw  # type: ignore[import-untyped]

from dsdesk.quote.doubts import Doubt, DoubtKind

_MESSAGE_DIGEST = bytes.fromhex("06092a864886f70d010904")  # 1.2.840.113549.1.9.4
_SET, _OCTETS = 0x31, 0x04
_DIGESTS = ("sha256", "sm3", "sha384", "sha512", "sha1")  # SM3 is what signatures after GM/T 0010 use
_PAIR = 2  # of a stretch: where it begins and how long it is


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature of a file.

    Attributes:
        stretches: (start, length) of the bytes that it covers.
        digest: that it says they have; b"" where it names none that is understood.
    """

    stretches: tuple[tuple[int, int], ...]
    digest: bytes

    @property
    def end(self) -> int:
        """Where what it covers ends."""
        return max((start + length for start, length in self.stretches), default=0)

    def matches(self, content: bytes) -> bool:
        """Whether the bytes still have the digest."""
        if not self.digest or not self.stretches or self.stretches[0][0] != 0 or self.end > len(content):
            return False
        covered = b"".join(content[start : start + length] for start, length in self.stretches)
        return any(
            hashlib.new(name, covered, usedforsecurity=False).digest() == self.digest
            for name in _DIGESTS
            if name in hashlib.algorithms_available
        )


def doubts_about(document: Any, content: bytes) -> Iterator[Doubt]:  # noqa: ANN401 - pypdfium2 carries no types
    """What is to be said of each signature; the caller holds the lock of PDFium."""
    for number in range(raw.FPDF_GetSignatureCount(document)):
        found = _signature(raw.FPDF_GetSignatureObject(document, number))
        name = str(number + 1)
        if not found.stretches and not found.digest:
            continue  # a field that is not signed yet
        if not found.matches(content):
            yield Doubt(DoubtKind.ALTERED, name)
        elif content[found.end :].strip():
            yield Doubt(DoubtKind.CONTINUED, name)
        else:
            yield Doubt(DoubtKind.SIGNED, name)


def _signature(signature: Any) -> Signature:  # noqa: ANN401 - pypdfium2 carries no types
    size = raw.FPDFSignatureObj_GetByteRange(signature, None, 0)
    numbers = (ctypes.c_int * size)()
    raw.FPDFSignatureObj_GetByteRange(signature, numbers, size)
    size = raw.FPDFSignatureObj_GetContents(signature, None, 0)
    held = (ctypes.c_ubyte * size)()
    raw.FPDFSignatureObj_GetContents(signature, held, size)
    pairs = tuple((numbers[at], numbers[at + 1]) for at in range(0, len(numbers) - 1, _PAIR))
    return Signature(pairs, stated_digest(bytes(held)))


def stated_digest(message: bytes) -> bytes:
    """The message digest that a signed CMS message states; b"" without one."""
    place = message.find(_MESSAGE_DIGEST)
    held = message[place + len(_MESSAGE_DIGEST) :] if place >= 0 else b""
    head = 4  # set and its length, octet string and its length
    if len(held) < head or held[0] != _SET or held[2] != _OCTETS or held[1] != held[3] + _PAIR:
        return b""
    return held[head : head + held[3]]
