"""Keys and signatures in minisign's format.

A public key is base64 of "Ed", 8 bytes of key id and 32 of Ed25519. A signature is base64 of "ED", the key id and an
Ed25519 signature of the BLAKE2b-512 of the content; a second one covers the first and the trusted comment.

Source: jedisct1.github.io/minisign, "Signature format" and "Public key format".
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass

from dsdesk.base.errors import InputError
from dsdesk.base.message import N_, Message

PUBLIC_PREFIX = b"Ed"
HASHED = b"ED"
LONGEST_TEXT = 4096
_KEY_BYTES = 42
_SIGNATURE_BYTES = 74
_UNTRUSTED = "untrusted comment: "
_TRUSTED = "trusted comment: "


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key.

    Attributes:
        key_id: 8 bytes by which a signature names its key; no proof of anything.
        point: the 32 bytes of Ed25519.
    """

    key_id: bytes
    point: bytes

    def text(self) -> str:
        """As minisign writes it, such as "RWQ…"."""
        return base64.b64encode(PUBLIC_PREFIX + self.key_id + self.point).decode()

    def name(self) -> str:
        """The key id as minisign shows it."""
        return self.key_id[::-1].hex().upper()


@dataclass(frozen=True, slots=True)
class Signature:
    """A detached signature.

    Attributes:
        key_id: which key is said to have made it.
        content: signature of the hash of the content.
        comment: what the signer says; covered by `whole`.
        whole: signature of `content` and `comment`.
    """

    key_id: bytes
    content: bytes
    comment: str
    whole: bytes


def read_public_key(text: str) -> PublicKey:
    """The key in `text`: its one line, or a file of minisign with a comment above it.

    Raises:
        InputError: it is none.
    """
    lines = [line.strip() for line in text.strip().splitlines()[:2]]
    raw = _decoded(lines[-1] if lines else "")
    if len(raw) != _KEY_BYTES or raw[:2] != PUBLIC_PREFIX:
        raise InputError(Message(N_("This is not a public key of minisign. It is one line that begins with RW.")))
    return PublicKey(raw[2:10], raw[10:])


def read_signature(text: str) -> Signature | None:
    """The signature in `text`, None when it is none; only the form with a hash is taken."""
    lines = text.splitlines()
    if len(text) > LONGEST_TEXT or len(lines) != len(("comment", "signature", "trusted", "whole")):
        return None
    if not (lines[0].startswith(_UNTRUSTED) and lines[2].startswith(_TRUSTED)):
        return None
    raw, whole = _decoded(lines[1]), _decoded(lines[3])
    if len(raw) != _SIGNATURE_BYTES or raw[:2] != HASHED or len(whole) != len(raw) - 10:
        return None
    return Signature(raw[2:10], raw[10:], lines[2].removeprefix(_TRUSTED), whole)


def write_signature(signature: Signature, said: str) -> str:
    """The four lines of a signature file."""
    raw = base64.b64encode(HASHED + signature.key_id + signature.content).decode()
    whole = base64.b64encode(signature.whole).decode()
    return f"{_UNTRUSTED}{said}\n{raw}\n{_TRUSTED}{signature.comment}\n{whole}\n"


def hashed(content: bytes) -> bytes:
    """What is really signed."""
    return hashlib.blake2b(content, digest_size=64).digest()


def is_signed_by(content: bytes, signature: Signature, key: PublicKey) -> bool:
    """Whether `key` made `signature` over `content` and over the comment in it."""
    if signature.key_id != key.key_id:
        return False
    whole = signature.content + signature.comment.encode()
    return _holds(key, hashed(content), signature.content) and _holds(key, whole, signature.whole)


def _holds(key: PublicKey, content: bytes, signature: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(key.point).verify(signature, content)
    except (InvalidSignature, ValueError):  # no such signature, or no such key
        return False
    return True


def _decoded(line: str) -> bytes:
    try:
        return base64.b64decode(line, validate=True)
    except (binascii.Error, ValueError):
        return b""
