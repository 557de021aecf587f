"""Keys and signatures against minisign 0.11 itself: its files are read here, ours were read by it."""

import pytest

from dsdesk.base.errors import FileError, InputError
from dsdesk.catalog.updates.minisign import is_signed_by, read_public_key, read_signature, write_signature
from dsdesk.catalog.updates.secret import needs_passphrase, new_key, read_secret_key, write_keys

# Made by `minisign -G -W` and `minisign -S -t "catalogue 1"`.
PUBLIC = (
    "untrusted comment: minisign public key E622B320CB58BE95\n"
    "RWSVvljLILMi5pYPDwdVdSKI4lMoHGeDfsZwZsNgt7WhvTuSSTRirBzJ\n"
)
SECRET = (
    "untrusted comment: minisign encrypted secret key\n"
    "RWQAAEIyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAlb5YyyCzIuYRK99bIykrNlZLC6yU/9bKRIgmzq7agxJNSM2UzfDVO5YPDwdVdSKI4lMoHGeDfsZwZsNgt7WhvTuSSTRirBzJAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
)
SIGNATURE = (
    "untrusted comment: signature from minisign secret key\n"
    "RUSVvljLILMi5tIvEm9YS4nnCVwUv7W2ZWY6ZAXfac0VlzEG0TJHHhmIWCuOVEu0Hhmz/Tb91FiIRQMdGm3CSm9f2Hddkn6xLQI=\n"
    "trusted comment: catalogue 1\n"
    "X132UldViV5VL6+jmtzPAxP43WHuoBlQuF+CazOK+JSW1JmkX7bl48/dVEaVE/wF+0cjCEkyYLVtZ4Wa7PE9Cw==\n"
)
CONTENT = b"dsdesk bundle\n"


def test_signature_of_minisign_holds():
    key, signature = read_public_key(PUBLIC), read_signature(SIGNATURE)
    assert signature is not None
    assert signature.comment == "catalogue 1"
    assert key.name() == "E622B320CB58BE95"
    assert is_signed_by(CONTENT, signature, key)
    assert not is_signed_by(CONTENT + b"x", signature, key)


def test_key_of_minisign_signs_as_minisign_does(tmp_path):
    path = tmp_path / "minisign.key"
    path.write_text(SECRET, encoding="utf-8")
    key = read_secret_key(path, "")
    assert key.public == read_public_key(PUBLIC)
    # Ed25519 signatures are determined by key and content.
    made = write_signature(key.sign(CONTENT, "catalogue 1"), "signature from minisign secret key")
    assert made == SIGNATURE


def test_keys_are_kept_under_their_passphrase(tmp_path):
    path, key = tmp_path / "mine.key", new_key()
    public = write_keys(key, path, "correct horse")
    assert path.stat().st_mode & 0o077 == 0
    assert needs_passphrase(path)
    assert read_public_key(public.read_text(encoding="utf-8")) == key.public
    assert read_secret_key(path, "correct horse") == key
    with pytest.raises(InputError):
        read_secret_key(path, "battery staple")
    with pytest.raises(FileError):
        write_keys(key, path, "")


@pytest.mark.parametrize("text", ["", "untrusted comment: x\nRWQ\n", "RW" + "A" * 54 + "!!", PUBLIC[:60]])
def test_what_is_no_public_key_is_told(text):
    with pytest.raises(InputError):
        read_public_key(text)


@pytest.mark.parametrize("text", ["", "x\n" * 4, SIGNATURE * 2, SIGNATURE.replace("RUS", "RWS"), "x" * 5000])
def test_what_is_no_signature_is_none(text):
    assert read_signature(text) is None
