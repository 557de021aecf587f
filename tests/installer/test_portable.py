"""The self-extracting file, made around a program that only says how it was called."""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

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

    def build(says="one", ready: Path | None = None):
        folder = tmp_path / "frozen" / "dsdesk"
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "_internal").mkdir(parents=True)
        (folder / "_internal" / "says").write_text(says, encoding="utf-8")
        program = folder / "dsdesk"
        lines = ['here=$(dirname "$0")', 'mkdir -p "$here/dsdesk-data"', 'echo "$(cat "$here/_internal/says") $*"']
        program.write_text("#!/bin/sh\n" + "\n".join(lines) + "\n", encoding="utf-8")
        if ready is not None:
            shutil.copy(ready, program)
        program.chmod(0o755)
        return package_portable.build(folder)

    return build


@pytest.fixture
def stick(tmp_path):
    folder = tmp_path / "a stick"
    folder.mkdir()
    return folder


def until(holds):
    for _ in range(1500):
        if holds():
            return
        time.sleep(0.02)
    raise AssertionError(holds)


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


@pytest.mark.skipif(shutil.which("flock") is None, reason="without flock a second start does not wait")
def test_a_second_double_click_waits_while_the_first_unpacks(make, stick, tmp_path):
    path = shutil.copy(make(), stick)
    begun, go = tmp_path / "begun", tmp_path / "go"
    slow = tmp_path / "slow" / "xz"
    slow.parent.mkdir()
    wait = f'echo >> "{begun}"; until [ -e "{go}" ]; do sleep 0.02; done; exec {shutil.which("xz")} "$@"'
    slow.write_text(f"#!/bin/sh\n{wait}\n", encoding="utf-8")
    slow.chmod(0o755)
    environment = {**os.environ, "PATH": f"{slow.parent}:{os.environ['PATH']}"}
    both = [
        subprocess.Popen([path], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    until(begun.exists)
    time.sleep(0.3)  # long enough for the other to begin as well, were it not to wait
    go.touch()
    heard = [one.communicate() for one in both]
    assert [out for out, _ in heard] == ["one \n", "one \n"]
    assert begun.read_text(encoding="utf-8") == "\n"
    assert sorted(error != "" for _, error in heard) == [False, True]


def test_a_program_that_is_open_is_not_taken_away_under_it(make, stick):
    sleeper = Path(shutil.which("sleep") or "").resolve()
    with subprocess.Popen([shutil.copy(make("old", sleeper), stick), "60"], stderr=subprocess.DEVNULL) as opened:
        try:
            program = stick / "dsdesk-portable" / "dsdesk"
            until(lambda: Path(f"/proc/{opened.pid}/exe").resolve() == program)
            newer = shutil.copy(make("new"), stick)
            done = run(newer)
            assert (done.returncode, done.stdout) == (2, "")
            assert "Close it" in done.stderr
            assert (stick / "dsdesk-portable" / "_internal" / "says").read_text(encoding="utf-8") == "old"
        finally:
            opened.kill()
    assert run(newer).stdout == "new \n"


def test_a_file_that_is_not_whole_is_told_and_changes_nothing(make, stick):
    run(shutil.copy(make("one"), stick))
    newer = Path(shutil.copy(make("two"), stick))
    newer.write_bytes(newer.read_bytes()[:-40])
    done = run(newer)
    assert done.returncode == 2
    assert "not whole" in done.stderr
    place = stick / "dsdesk-portable"
    assert (place / "_internal" / "says").read_text(encoding="utf-8") == "one"
    assert not list(place.glob(".new*"))


def test_it_speaks_chinese(make, stick):
    path = shutil.copy(make(), stick)
    said = subprocess.run(
        [path], capture_output=True, text=True, check=True, env={**os.environ, "LC_ALL": "zh_CN.UTF-8"}
    )
    assert "正在解包" in said.stderr


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
