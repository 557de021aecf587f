"""Publishers for tests: keys, roots, and bundles that are right or wrong in one way each."""

import dataclasses
import shutil
from datetime import date
from pathlib import Path

import pytest

from dsdesk.base import paths
from dsdesk.catalog.updates import trust
from dsdesk.catalog.updates.container import Envelope, write_container
from dsdesk.catalog.updates.manifest import BundleKind, Entry, Manifest, digest_of
from dsdesk.catalog.updates.minisign import write_signature
from dsdesk.catalog.updates.publish import Edition, publish_catalogue
from dsdesk.catalog.updates.refusal import RefusedError
from dsdesk.catalog.updates.roots import Role, Root, Successor, read_root, write_root
from dsdesk.catalog.updates.secret import SecretKey
from dsdesk.catalog.updates.stage import staged

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


@pytest.fixture
def our_root(monkeypatch, small_db):
    """Our keys in place of those that come with the program."""
    monkeypatch.setattr(trust, "pinned_root", first_root)


@pytest.fixture
def newer(small_db, tmp_path):
    """A function that makes the facts of the small catalogue as another version."""

    def make(version="2", volts=1200):
        folder = tmp_path / f"facts-{version}-{volts}"
        not_in_bundles = shutil.ignore_patterns("migrations", "calibration.toml")
        shutil.copytree(small_db, folder, ignore=not_in_bundles)
        return facts(folder, version, volts=volts)

    return make


@pytest.fixture
def good(newer, tmp_path):
    """A bundle that is taken."""
    return bundle(newer(), tmp_path / "good.dsdcat")


def accept(path, **options):
    """Take the bundle at `path`."""
    with staged(path, today=TODAY, **options) as new:
        new.accept()


def everything():
    """What lies in the user's folder, with contents."""
    return {
        path.relative_to(paths.data()): path.read_bytes()
        for path in sorted(paths.data().rglob("*"))
        if path.is_file() and not path.name.startswith("catalog-")
    }


def refused(path, reason, **options):
    """The refusal of the bundle at `path` for `reason`, after which nothing is changed."""
    before = everything()
    with pytest.raises(RefusedError) as caught:
        accept(path, **options)
    assert caught.value.reason is reason
    assert everything() == before
    return caught.value


def volts(opened):
    """What tells the facts of one version from those of another."""
    return opened().part("volt-1000").rated_w
