"""Signs a file of a release in minisign's format: `sign.py FILE KEY` writes FILE.minisig beside it.

The key is made by `dsdesk catalog new-key`, or by minisign itself; `minisign -V -p KEY.pub -m FILE` checks what it
signed. Run it with the Python of .venv, or by `dev.py package --sign KEY`.
"""

import argparse
import getpass
import sys
from pathlib import Path

from console import ROOT

sys.path.insert(0, str(ROOT))

from dsdesk.base.errors import DsdeskError
from dsdesk.catalog.updates.minisign import is_signed_by, write_signature
from dsdesk.catalog.updates.secret import needs_passphrase, read_secret_key


def sign(file: Path, key: Path, passphrase: str, comment: str) -> Path:
    """Sign `file` with the secret key in `key`; gives the path of the signature, which says `comment`.

    Raises:
        FileError: the key cannot be read.
        InputError: the passphrase is another.
    """
    secret = read_secret_key(key, passphrase)
    content = file.read_bytes()
    signature = secret.sign(content, comment)
    if not is_signed_by(content, signature, secret.public):  # a damaged key must not go out into the world
        raise AssertionError("the key does not sign for its own public half")
    target = file.with_name(f"{file.name}.minisig")
    target.write_text(write_signature(signature, f"signature of dsdesk {secret.public.name()}"), encoding="utf-8")
    return target


def main() -> int:
    """Do what the arguments ask; gives the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("key", type=Path)
    parser.add_argument("--comment", default="", help="what the signature says, and covers")
    arguments = parser.parse_args()
    try:
        passphrase = getpass.getpass("Passphrase: ") if needs_passphrase(arguments.key) else ""
        said = arguments.comment or f"file:{arguments.file.name}"
        print(sign(arguments.file, arguments.key, passphrase, said))
    except DsdeskError as error:
        print(error.message.in_english(), file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
