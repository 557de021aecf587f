"""Bundles that are too large, truncated, packed or in another form."""

import zipfile

import pytest

from dsdesk.catalog.updates import container, trust
from dsdesk.catalog.updates.manifest import Entry
from dsdesk.catalog.updates.refusal import Reason, RefusedError
from tests.catalog.bundles import (
    accept,
    crafted,
    first_root,
    good,
    newer,
    our_root,
    refused,
    volts,
)

pytestmark = pytest.mark.usefixtures("our_root")
__all__ = ["good", "newer", "our_root"]


def test_truncated_anywhere(good):
    content = good.read_bytes()
    for length in (*range(0, 900, 37), len(content) // 2, len(content) - 1):
        good.write_bytes(content[:length])
        with pytest.raises(RefusedError) as caught:
            accept(good)
        assert caught.value.reason in {Reason.TRUNCATED, Reason.NOT_A_BUNDLE}, length


def test_something_after_the_end(good):
    good.write_bytes(good.read_bytes() + b"x")
    refused(good, Reason.ALTERED)


def test_oversize_file(tmp_path):
    path = tmp_path / "b.dsdcat"
    with path.open("wb") as file:
        file.truncate(container.LARGEST_BYTES + 1)
    refused(path, Reason.TOO_LARGE)


def test_oversize_section(tmp_path):
    path = tmp_path / "b.dsdcat"
    path.write_bytes(b"dsdesk bundle 1\nmanifest 9999999999\n")
    refused(path, Reason.TOO_LARGE)


def test_endless_sections(tmp_path):
    path = tmp_path / "b.dsdcat"
    path.write_bytes(b"dsdesk bundle 1\nmanifest 1\n{" + b"manifest-signature 0\n" * 1000)
    refused(path, Reason.TOO_LARGE)


def test_oversize_file_in_the_list(tmp_path):
    entries = (Entry("words.toml", 10**12, "0" * 64),)
    refused(crafted(tmp_path / "b.dsdcat", {}, entries=entries), Reason.TOO_LARGE)


def test_zip_bomb(tmp_path):
    path = tmp_path / "b.dsdcat"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("parts/cpu.toml", bytes(50_000_000))
    refused(path, Reason.NOT_A_BUNDLE)


@pytest.mark.parametrize(
    "name",
    [
        "../own.sqlite",
        "parts/../../own.sqlite",
        "/etc/passwd",
        "C:\\Windows\\x.toml",
        "parts\\cpu.toml",
        "llm/../x.json",
        "llm/..json.json/../x.json",
        ".hidden.toml",
        "migrations/versions/0099_evil.py",
        "parts/cpu.toml\n",
        "parts/cpu.toml\0.py",
        "state.json",
        "manifest.json",
    ],
)
def test_path_traversal(tmp_path, name):
    refused(crafted(tmp_path / "b.dsdcat", {name: b"x"}), Reason.PATH)


def test_one_path_twice(tmp_path):
    entries = tuple(Entry(name, 0, "0" * 64) for name in ("llm/A.json", "llm/a.json"))
    refused(crafted(tmp_path / "b.dsdcat", {}, entries=entries), Reason.PATH)


def test_signed_nonsense(newer, tmp_path):
    folder = newer()
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    files["parts/psu.toml"] = b"[[part]]\nid = 7"
    refused(crafted(tmp_path / "b.dsdcat", files), Reason.CONTENT)


def test_newer_format(good, tmp_path, monkeypatch):
    monkeypatch.setattr("dsdesk.catalog.updates.manifest.FORMAT", 2)
    path = crafted(tmp_path / "b.dsdcat", {})
    monkeypatch.undo()
    monkeypatch.setattr(trust, "pinned_root", first_root)
    with pytest.raises(RefusedError) as caught:
        accept(path)
    assert caught.value.reason is Reason.NEWER_FORMAT


def test_any_byte_changed_is_refused_or_harmless(good, opened):
    """Whatever one flipped bit does, it never changes a fact."""
    content = good.read_bytes()
    for place in range(0, len(content), max(1, len(content) // 60)):
        good.write_bytes(content[:place] + bytes([content[place] ^ 4]) + content[place + 1 :])
        with pytest.raises(RefusedError):
            accept(good)
    assert volts(opened) == 1000
