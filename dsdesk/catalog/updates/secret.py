"""Secret keys in minisign's format: made, kept under a passphrase, and used to sign. Only a publisher needs these.

Source: jedisct1.github.io/minisign, "Secret key format"; the key derivation is libsodium's scryptsalsa208sha256.
"""

import base64
import binascii
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from dsdesk.base.errors import FileError, InputError, reason_of
from dsdesk.base.message import N_, Message
from dsdesk.catalog.updates.minisign import PUBLIC_PREFIX, PublicKey, Signature, hashed

_SCRYPT = b"Sc"
_PLAIN = b"\0\0"
_CHECKED = b"B2"
_SALT_BYTES = 32
_KEY_BYTES = 104  # key id, secret and public half, checksum
_OPS = 1 << 20  # libsodium's "interactive" doubled: half a second, 16 to 64 MiB
_MEMORY = 1 << 26
_FEWEST_OPS = 1 << 15
_MOST = (1 << 26, 1 << 31)  # a key file must not make this program take all memory


@dataclass(frozen=True, slots=True, repr=False)
class SecretKey:
    """A key that signs. It is not shown in tracebacks.

    Attributes:
        key_id: as in its public half.
        seed: 32 bytes of Ed25519.
    """

    key_id: bytes
    seed: bytes

    @property
    def public(self) -> PublicKey:
        """The half that may be known."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return PublicKey(self.key_id, Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw())

    def sign(self, content: bytes, comment: str) -> Signature:
        """A signature of `content` that says `comment`."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        key = Ed25519PrivateKey.from_private_bytes(self.seed)
        first = key.sign(hashed(content))
        return Signature(self.key_id, first, comment, key.sign(first + comment.encode()))


def new_key() -> SecretKey:
    """A key that nobody else has."""
    return SecretKey(os.urandom(8), os.urandom(32))


def write_keys(key: SecretKey, path: Path, passphrase: str) -> Path:
    """Write `path` for the owner's eyes alone, and its public half beside it with the ending .pub; gives that path.

    Raises:
        FileError: one of them is there already, or cannot be written.
    """
    public = path.with_suffix(".pub")
    lines = f"untrusted comment: minisign secret key of dsdesk {key.public.name()}\n{_wrapped(key, passphrase)}\n"
    said = f"untrusted comment: minisign public key {key.public.name()}\n{key.public.text()}\n"
    try:
        for place, text, mode in ((path, lines, 0o600), (public, said, 0o644)):
            with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as file:
                file.write(text)
    except OSError as error:
        raise FileError(
            Message(N_("{path} cannot be written: {reason}."), path=str(path), reason=reason_of(error))
        ) from error
    return public


def read_secret_key(path: Path, passphrase: str) -> SecretKey:
    """The key in the file at `path`.

    Raises:
        FileError: it cannot be read, or is no secret key.
        InputError: the passphrase is another.
    """
    try:
        raw = base64.b64decode(path.read_text(encoding="utf-8").splitlines()[1], validate=True)
    except (OSError, UnicodeDecodeError, binascii.Error, ValueError, IndexError) as error:
        raise _no_key(path) from error
    head, derived, check, salt = raw[:2], raw[2:4], raw[4:6], raw[6:38]
    ops, memory, held = int.from_bytes(raw[38:46], "little"), int.from_bytes(raw[46:54], "little"), raw[54:]
    if head != PUBLIC_PREFIX or check != _CHECKED or len(held) != _KEY_BYTES or derived not in (_SCRYPT, _PLAIN):
        raise _no_key(path)
    if derived == _SCRYPT:
        if ops > _MOST[0] or memory > _MOST[1]:
            raise _no_key(path)
        held = _xor(held, _derive(passphrase, salt, ops, memory))
    key_id, seed, public, checksum = held[:8], held[8:40], held[40:72], held[72:]
    unchecked = derived == _PLAIN and not any(checksum)  # so minisign writes keys without a passphrase
    if not unchecked and checksum != _checksum(key_id, seed + public):
        raise InputError(Message(N_("The passphrase does not open {path}."), path=str(path)))
    return SecretKey(key_id, seed)


def needs_passphrase(path: Path) -> bool:
    """Whether the key at `path` is kept under a passphrase."""
    try:
        return base64.b64decode(path.read_text(encoding="utf-8").splitlines()[1])[2:4] == _SCRYPT
    except (OSError, UnicodeDecodeError, binascii.Error, ValueError, IndexError) as error:
        raise _no_key(path) from error


def _wrapped(key: SecretKey, passphrase: str) -> str:
    both = key.seed + key.public.point
    held = key.key_id + both + _checksum(key.key_id, both)
    derived, salt, ops, memory = _PLAIN, bytes(_SALT_BYTES), 0, 0
    if passphrase:
        derived, salt, ops, memory = _SCRYPT, os.urandom(_SALT_BYTES), _OPS, _MEMORY
        held = _xor(held, _derive(passphrase, salt, ops, memory))
    costs = ops.to_bytes(8, "little") + memory.to_bytes(8, "little")
    return base64.b64encode(PUBLIC_PREFIX + derived + _CHECKED + salt + costs + held).decode()


def _derive(passphrase: str, salt: bytes, ops: int, memory: int) -> bytes:
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    log2_n, r, p = _costs(ops, memory)
    return Scrypt(salt=salt, length=_KEY_BYTES, n=1 << log2_n, r=r, p=p).derive(passphrase.encode())


def _costs(ops: int, memory: int) -> tuple[int, int, int]:
    """(log2 N, r, p) of scrypt for libsodium's limits of operations and bytes.

    Source: C. Percival, scrypt, lib/scryptenc: N is the largest power of two that either limit allows.
    """
    ops, r = max(ops, _FEWEST_OPS), 8
    most = ops // (4 * r) if ops < memory // 32 else memory // (128 * r)
    log2_n = next(power for power in range(1, 63) if 1 << power > most // 2)
    p = 1 if ops < memory // 32 else min((ops // 4) >> log2_n, 0x3FFFFFFF) // r
    return log2_n, r, max(1, p)


def _checksum(key_id: bytes, both: bytes) -> bytes:
    return hashlib.blake2b(PUBLIC_PREFIX + key_id + both, digest_size=32).digest()


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))


def _no_key(path: Path) -> FileError:
    return FileError(Message(N_("{path} is not a secret key of minisign."), path=str(path)))
