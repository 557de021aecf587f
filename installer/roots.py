"""Who may sign catalogues: makes the list of keys (a root), signs it, and shows it.

    roots.py make VERSION FILE --root KEY.pub... --root-threshold N --catalogue KEY.pub... --catalogue-threshold N
    roots.py sign FILE KEY          writes FILE's signature beside it, to be collected from as many as must sign
    roots.py show FILE

The first root is resources/keys/root.json and comes with the program; it needs no signature. A successor is called
root-2.json, then root-3.json, and is signed by enough keys of the one before it and of its own; `dsdesk catalog
publish --roots FOLDER` puts all of them into every bundle, since a stick may be the first that a machine sees in years.
Keys are made by `dsdesk catalog new-key`, or by minisign itself. Run it with the Python of .venv.
"""

import argparse
import getpass
import sys
from pathlib import Path

from console import ROOT

sys.path.insert(0, str(ROOT))

from dsdesk.catalog.updates.minisign import read_public_key, write_signature
from dsdesk.catalog.updates.roots import Role, read_root, write_root
from dsdesk.catalog.updates.secret import needs_passphrase, read_secret_key


def main() -> int:
    """Do what the arguments ask."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(required=True)
    verb = verbs.add_parser("make")
    verb.add_argument("version", type=int)
    verb.add_argument("file", type=Path)
    for role in ("root", "catalogue"):
        verb.add_argument(f"--{role}", type=Path, nargs="+", required=True)
        verb.add_argument(f"--{role}-threshold", type=int, required=True)
    verb.set_defaults(run=_make)
    verb = verbs.add_parser("sign")
    verb.add_argument("file", type=Path)
    verb.add_argument("key", type=Path)
    verb.set_defaults(run=_sign)
    verb = verbs.add_parser("show")
    verb.add_argument("file", type=Path)
    verb.set_defaults(run=_show)
    arguments = parser.parse_args()
    arguments.run(arguments)
    return 0


def _make(arguments: argparse.Namespace) -> None:
    roles = {
        name: Role(
            tuple(read_public_key(path.read_text(encoding="utf-8")) for path in getattr(arguments, name)),
            getattr(arguments, f"{name}_threshold"),
        )
        for name in ("root", "catalogue")
    }
    text = write_root(arguments.version, roles)
    read_root(text)
    arguments.file.write_text(text, encoding="utf-8")


def _sign(arguments: argparse.Namespace) -> None:
    passphrase = getpass.getpass("Passphrase: ") if needs_passphrase(arguments.key) else ""
    key = read_secret_key(arguments.key, passphrase)
    content = arguments.file.read_bytes()
    version = read_root(content.decode()).version
    signature = write_signature(key.sign(content, f"root {version}"), "signature of a dsdesk root")
    target = arguments.file.with_name(f"{arguments.file.stem}.{key.public.name()}.minisig")
    target.write_text(signature, encoding="utf-8")
    print(target)


def _show(arguments: argparse.Namespace) -> None:
    root = read_root(arguments.file.read_text(encoding="utf-8"))
    print(f"root {root.version}")
    for name, role in (("root", root.root), ("catalogue", root.catalogue)):
        print(f"{name}: {role.threshold} of {', '.join(key.name() for key in role.keys)}")


if __name__ == "__main__":
    sys.exit(main())
