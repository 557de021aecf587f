"""The self-extracting file, made around a program that only says how it was called."""

import hashlib
import os
import shutil
import subprocess
import sys

import package_freeze
import package_portable
import pytest

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux") or shutil.which("xz") is None, reason="the portable file is one for Linux"
)


@pytest.fixture
def make(tmp_path, monkeypatch):
    """Builds a portable file whose program answers `says`; returns where it lies."""
    monkeypatch.setattr(package_freeze, "DIST", tmp_path / "dist")
    monkeypatch.setattr(package_freeze, "BUILD", tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")

    def build(says="one"):
        folder = tmp_path / "frozen" / "dsdesk"
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "_internal").mkdir(parents=True)
        (folder / "_internal" / "says").write_text(says, encoding="utf-8")
        program = folder / "dsdesk"
        lines = ['here=$(dirname "$0")', 'mkdir -p "$here/dsdesk-data"', 'echo "$(cat "$here/_internal/says") $*"']
        program.write_text("#!/bin/sh\n" + "\n".join(lines) + "\n", encoding="utf-8")
        program.chmod(0o755)
        return package_portable.build(folder)

    return build


@pytest.fixture
def stick(tmp_path):
    folder = tmp_path / "a stick"
    folder.mkdir()
    return folder


def run(path, *arguments):
    return subprocess.run([str(path), *arguments], capture_output=True, text=True, check=False)


def test_it_runs_and_keeps_everything_beside_itself(make, stick):
    path = shutil.copy(make(), stick)
    assert run(path, "models", "two words").stdout == "one models two words\n"
    place = stick / "dsdesk-portable"
    assert (place / "portable").exists()
    again = run(path)
    assert (again.stdout, again.stderr) == ("one \n", "")
    assert sorted(one.name for one in stick.iterdir()) == sorted([os.path.basename(path), "dsdesk-portable"])  # noqa: PTH119


def test_a_newer_one_replaces_the_program_and_keeps_the_data(make, stick):
    run(shutil.copy(make("one"), stick))
    mine = stick / "dsdesk-portable" / "dsdesk-data" / "mine"
    mine.write_text("kept", encoding="utf-8")
    assert run(shutil.copy(make("two"), stick)).stdout == "two \n"
    assert mine.read_text(encoding="utf-8") == "kept"


def test_an_interrupted_start_begins_anew(make, stick):
    path = shutil.copy(make(), stick)
    run(path)
    (stick / "dsdesk-portable" / ".version").unlink()
    shutil.rmtree(stick / "dsdesk-portable" / "_internal")
    assert run(path).stdout == "one \n"


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may write everywhere")
def test_a_place_that_cannot_be_written_is_told(make, stick):
    path = shutil.copy(make(), stick)
    stick.chmod(0o555)
    try:
        done = run(path)
    finally:
        stick.chmod(0o755)
    assert done.returncode == 2
    assert "cannot be written" in done.stderr


def test_two_builds_are_the_same(make):
    first = hashlib.sha256(make().read_bytes()).hexdigest()
    assert hashlib.sha256(make().read_bytes()).hexdigest() == first
