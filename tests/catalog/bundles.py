"""Publishers for tests: keys, roots, and bundles that are right or wrong in one way each."""

import dataclasses
from datetime import date
from pathlib import Path

from dsdesk.catalog.updates.container import Envelope, write_container
from dsdesk.catalog.updates.manifest import BundleKind, Entry, Manifest, digest_of
from dsdesk.catalog.updates.minisign import write_signature
from dsdesk.catalog.updates.publish import Edition, publish_catalogue
from dsdesk.catalog.updates.roots import Role, Root, Successor, read_root, write_root
from dsdesk.catalog.updates.secret import SecretKey

TODAY = date(2026, 12, 1)


def key(number: int) -> SecretKey:
    """The same key for the same number."""
    return SecretKey(bytes([number] * 8), bytes([number] * 32))


ROOT_KEYS = (key(1), key(2), key(3))
SIGNER, OTHER, COMPANY = key(4), key(5), key(6)


def root_text(version: int, signers: tuple[SecretKey, ...], *, roots: tuple[SecretKey, ...] = ROOT_KEYS) -> str:
    """A root with a threshold of two."""
    publics = {name: tuple(one.public for one in keys) for name, keys in (("root", roots), ("catalogue", signers))}
    return write_root(version, {"root": Role(publics["root"], 2), "catalogue": Role(publics["catalogue"], 1)})


def first_root() -> Root:
    return read_root(root_text(1, (SIGNER,)))


def signed(content: bytes, *keys: SecretKey) -> tuple[str, ...]:
    return tuple(write_signature(one.sign(content, "test"), "test") for one in keys)


def successor(number: int, text: str, *keys: SecretKey) -> Successor:
    return Successor(number, text, signed(text.encode(), *keys))


def facts(folder: Path, version: str, *, volts: int = 1000) -> Path:
    """The small catalogue at `folder` as another version, with another power supply."""
    (folder / "version.toml").write_text(f'version = "{version}"\n', encoding="utf-8")
    supplies = folder / "parts" / "psu.toml"
    text = supplies.read_text(encoding="utf-8")
    head, _, tail = text.partition("rated_w = ")
    supplies.write_text(f"{head}rated_w = {volts}\n{tail.partition(chr(10))[2]}", encoding="utf-8")
    return folder


def bundle(
    folder: Path, target: Path, *keys: SecretKey, roots: tuple[Successor, ...] = (), until: date | None = None
) -> Path:
    """A proper bundle of the facts in `folder`."""
    edition = Edition(made_on=TODAY, good_until=until or date(2027, 12, 1), publisher="test")
    publish_catalogue(folder, target, edition, keys or (SIGNER,), roots)
    return target


def crafted(
    target: Path,
    files: dict[str, bytes],
    *keys: SecretKey,
    kind: BundleKind = BundleKind.CATALOGUE,
    version: str = "2",
    **changes: object,
) -> Path:
    """A bundle that no publisher of ours would make, properly signed."""
    manifest = Manifest(
        kind=kind,
        version=version,
        made_on=TODAY,
        good_until=date(2027, 12, 1),
        publisher="test",
        entries=tuple(Entry(name, len(content), digest_of(content)) for name, content in files.items()),
    )
    text = dataclasses.replace(manifest, **changes).text().encode()
    size = sum(map(len, files.values()))
    write_container(target, Envelope(text, signed(text, *(keys or (SIGNER,))), (), size), files.values())
    return target
