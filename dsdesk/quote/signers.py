"""Who made a signature: the certificate in a CMS message, whether its key made it, and whether somebody vouches for it.

Trusted are the certificates that the user put into a folder, and what those issued. There is no list of authorities of
the world here: such a list would have to be kept up to date, and a buyer knows its suppliers.
Source: RFC 5652 (CMS), sections 5.3 and 5.4; RFC 5280 (certificates).
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from functools import lru_cache
from pathlib import Path
from typing import Any

from dsdesk.base import paths
from dsdesk.base.errors import FileError, reason_of
from dsdesk.base.message import N_, Message

_SEQUENCE, _SET, _CONTEXT = 0x30, 0x31, 0xA0
_LONG = 0x80  # the length of a value is in the bytes that follow
_LONGEST_CHAIN = 8
_ENDINGS = frozenset({".pem", ".crt", ".cer", ".der"})
_HASHES = {
    "2.16.840.1.101.3.4.2.1": "SHA256",
    "2.16.840.1.101.3.4.2.2": "SHA384",
    "2.16.840.1.101.3.4.2.3": "SHA512",
    "1.3.14.3.2.26": "SHA1",
}
_PSS = "1.2.840.113549.1.1.10"
_SIGNING_TIME = "1.2.840.113549.1.9.5"


class Standing(Enum):
    """What can be said of who signed."""

    TRUSTED = "trusted"
    STRANGER = "stranger"
    EXPIRED = "expired"
    FORGED = "forged"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Who:
    """Who signed.

    Attributes:
        name: as the certificate says it, "" if there is none that can be read.
        standing: what that is worth.
    """

    name: str
    standing: Standing


@dataclass(frozen=True, slots=True)
class _Value:
    """One value of DER: its tag, where it begins with its head, where its contents begin, where it ends."""

    data: bytes
    tag: int
    start: int
    inside: int
    end: int

    @property
    def whole(self) -> bytes:
        return self.data[self.start : self.end]

    @property
    def content(self) -> bytes:
        return self.data[self.inside : self.end]

    def children(self) -> list["_Value"]:
        found, at = [], self.inside
        while at < self.end:
            found.append(_value(self.data, at))
            at = found[-1].end
        return found

    def identifier(self) -> str:
        """The object identifier of an algorithm."""
        content = self.content
        numbers, value = [], 0
        for byte in content:
            value = value << 7 | byte & 0x7F
            if byte < _LONG:
                numbers.append(value)
                value = 0
        first = min(numbers[0] // 40, 2) if numbers else 0
        return ".".join(map(str, (first, numbers[0] - 40 * first, *numbers[1:]))) if numbers else ""


def _value(data: bytes, at: int) -> _Value:
    """The value that begins at `at`.

    Raises:
        ValueError: there is none.
    """
    try:
        tag, length, inside = data[at], data[at + 1], at + 2
        if length >= _LONG:
            inside += length - _LONG
            length = int.from_bytes(data[at + 2 : inside], "big")
    except IndexError as error:
        raise ValueError("the message ends early") from error
    if inside + length > len(data):
        raise ValueError("the message ends early")
    return _Value(data, tag, at, inside, inside + length)


def trusted_folder() -> Path:
    """Where the certificates lie that the user trusts."""
    return paths.config() / "certificates"


def trusted_certificates(folder: Path | None = None) -> tuple[Any, ...]:
    """The certificates in the folder; a file that is none is passed over."""
    folder = folder or trusted_folder()
    if not folder.is_dir():
        return ()
    files = sorted(path for path in folder.iterdir() if path.suffix.lower() in _ENDINGS)
    return tuple(one for path in files for one in certificates_in(path.read_bytes()))


def trust(path: Path) -> tuple[str, ...]:
    """Keep the certificates in the file at `path` as trusted, and give the names in them.

    Raises:
        FileError: it cannot be read, or holds none.
    """
    try:
        content = path.read_bytes()
        held = certificates_in(content)
        if not held:
            text = N_("{path} is no certificate: choose a .pem, .crt or .cer without a key.")
            raise FileError(Message(text, path=str(path)))
        folder = trusted_folder()
        folder.mkdir(parents=True, exist_ok=True)
        name = f"{path.stem}-{hashlib.sha256(content).hexdigest()[:8]}{path.suffix}"
        (folder / name).write_bytes(content)
    except OSError as error:
        text = N_("{path} cannot be read: {reason}.")
        raise FileError(Message(text, path=str(path), reason=reason_of(error))) from error
    return tuple(_name(one) for one in held)


@lru_cache(maxsize=64)
def certificates_in(content: bytes) -> tuple[Any, ...]:
    """The certificates in a file of PEM or DER, () if it is neither."""
    from cryptography import x509

    try:
        if b"-----BEGIN" in content:
            return tuple(x509.load_pem_x509_certificates(content))
        return (x509.load_der_x509_certificate(content),)
    except ValueError:
        return ()


def who_signed(message: bytes, covered: bytes, trusted: Sequence[Any]) -> Who:
    """Who made the CMS `message` over the bytes `covered`, as far as that can be told."""
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

    name = ""
    try:
        signer, held = _parts(message)
        certificate = _certificate(signer, held)
        if certificate is None:
            return Who(name, Standing.UNREADABLE)
        name = _name(certificate)
        _verify(certificate.public_key(), signer, covered)
        if not any(_leads_to(certificate, held, one) for one in trusted):
            return Who(name, Standing.STRANGER)
        at = _signed_at(signer)
        in_time = at is None or certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc
        return Who(name, Standing.TRUSTED if in_time else Standing.EXPIRED)
    except InvalidSignature:
        return Who(name, Standing.FORGED)
    except (ValueError, TypeError, IndexError, KeyError, UnsupportedAlgorithm):
        return Who(name, Standing.UNREADABLE)


def _parts(message: bytes) -> tuple[list[_Value], tuple[Any, ...]]:
    """The parts of the first signer, and the certificates that came along."""
    from cryptography.hazmat.primitives.serialization import pkcs7

    whole = _value(message, 0)
    body = whole.children()[1].children()[0].children()
    signers = body[-1].children()
    certificates = tuple(pkcs7.load_der_pkcs7_certificates(whole.whole))
    return signers[0].children(), certificates


def _certificate(signer: list[_Value], held: Sequence[Any]) -> Any:  # noqa: ANN401 - of a library that is not loaded
    """The certificate that the signer names by its issuer and number."""
    if signer[1].tag != _SEQUENCE:
        return held[0] if len(held) == 1 else None
    issuer, number = signer[1].children()
    wanted = int.from_bytes(number.content, "big", signed=True)
    named = (one for one in held if one.serial_number == wanted and one.issuer.public_bytes() == issuer.whole)
    return next(named, None)


def _attributes(signer: list[_Value]) -> _Value | None:
    """What is signed in place of the file, with its digest in it; None where the file itself is."""
    return next((one for one in signer[3:4] if one.tag == _CONTEXT), None)


def _verify(key: Any, signer: list[_Value], covered: bytes) -> None:  # noqa: ANN401 - of a library that is not loaded
    """Hold the signature against the key.

    Raises:
        InvalidSignature: the key did not make it.
        KeyError: its method is not known here.
    """
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

    attributes = _attributes(signer)
    rest = signer[4:] if attributes else signer[3:]
    method, signature = rest[0].children()[0].identifier(), rest[1].content
    said = bytes([_SET]) + attributes.whole[1:] if attributes else covered
    if isinstance(key, ed25519.Ed25519PublicKey):
        key.verify(signature, said)
        return
    digest = getattr(hashes, _HASHES[signer[2].children()[0].identifier()])()
    if isinstance(key, rsa.RSAPublicKey):
        pss = padding.PSS(padding.MGF1(digest), padding.PSS.AUTO)
        key.verify(signature, said, pss if method == _PSS else padding.PKCS1v15(), digest)
    elif isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(signature, said, ec.ECDSA(digest))
    else:
        raise KeyError(method)


def _leads_to(certificate: Any, held: Sequence[Any], trusted: Any) -> bool:  # noqa: ANN401 - of a library not loaded
    """Whether `trusted` is the certificate, or issued it, perhaps through authorities that came along."""
    at = certificate
    for _step in range(_LONGEST_CHAIN):
        if at == trusted or _issued(trusted, at):
            return True
        above = next((one for one in held if one != at and _issued(one, at)), None)
        if above is None:
            return False
        at = above
    return False


def _issued(authority: Any, certificate: Any) -> bool:  # noqa: ANN401 - of a library that is not loaded
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature

    try:
        if not authority.extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
            return False
        certificate.verify_directly_issued_by(authority)
    except (x509.ExtensionNotFound, InvalidSignature, ValueError, TypeError):
        return False
    return True


def _signed_at(signer: list[_Value]) -> datetime | None:
    """When it says it was signed."""
    attributes = _attributes(signer)
    for attribute in attributes.children() if attributes else ():
        kind, values = attribute.children()
        if kind.identifier() == _SIGNING_TIME:
            text = values.children()[0].content.decode("ascii", "replace").rstrip("Z")
            pattern = "%y%m%d%H%M%S" if len(text) == len("YYMMDDHHMMSS") else "%Y%m%d%H%M%S"
            return datetime.strptime(text, pattern).replace(tzinfo=UTC)
    return None


def _name(certificate: Any) -> str:  # noqa: ANN401 - of a library that is not loaded
    from cryptography.x509.oid import NameOID

    wanted = (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME)
    found: Iterator[str] = (
        str(one.value) for kind in wanted for one in certificate.subject.get_attributes_for_oid(kind)
    )
    return ", ".join(dict.fromkeys(found))
