"""Whether a returned PDF is still what was signed, by whom, and what was done to it afterwards.

Source: ISO 32000-1:2008, 12.8.1 (ByteRange, Contents); RFC 5652, section 11.2 (the message-digest attribute).
"""

import ctypes
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pypdfium2 import raw  # type: ignore[import-untyped]

from dsdesk.quote.appended import appended
from dsdesk.quote.doubts import Doubt, DoubtKind
from dsdesk.quote.signers import Standing, trusted_certificates, who_signed

_MESSAGE_DIGEST = bytes.fromhex("06092a864886f70d010904")  # 1.2.840.113549.1.9.4
_SET, _OCTETS = 0x31, 0x04
_DIGESTS = ("sha256", "sm3", "sha384", "sha512", "sha1")  # SM3 is what signatures after GM/T 0010 use
_MOST_NAMED = 8
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
    count = raw.FPDF_GetSignatureCount(document)
    held = (_signature(raw.FPDF_GetSignatureObject(document, number)) for number in range(count))
    made = (one for one in held if one.stretches or one.message.strip(b"\0"))  # the others are fields to sign in
    for number, found in enumerate(made, 1):
        name = str(number)
        covered = found.covered(content)
        if not found.matches(covered):
            yield Doubt(DoubtKind.ALTERED, name)
            continue
        who = who_signed(found.message, covered, trusted_certificates())
        yield Doubt(_SAID[who.standing], who.name or name)
        if content[found.end :].strip():
            since = appended(content[: found.end], document)
            yield Doubt(DoubtKind.FILLED_IN if since.only_fields else DoubtKind.CONTINUED, name)
            if since.changed:
                yield Doubt(DoubtKind.CHANGED, _listed(since.changed))


def _listed(names: tuple[str, ...]) -> str:
    """Names of fields as the request has them: "L3_unit_price" is "L3.unit_price"; the first few of many."""
    said = ", ".join(name.replace("_", ".", 1) for name in names[:_MOST_NAMED])
    return said if len(names) <= _MOST_NAMED else f"{said}, … ({len(names)})"


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
