"""The Windows setup, assembled around a stand-in for the program."""

import shutil
import subprocess

import package_freeze
import package_windows
import pytest
from console import SetupError
from PIL import Image


@pytest.fixture
def frozen(tmp_path, monkeypatch):
    monkeypatch.setattr(package_freeze, "DIST", tmp_path / "dist")
    monkeypatch.setattr(package_freeze, "STAGED", tmp_path)
    monkeypatch.setattr(package_windows, "_COPIED", tmp_path / "windows")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    Image.new("RGBA", (32, 32), "red").save(tmp_path / "dsdesk.ico")
    folder = tmp_path / "windows"
    (folder / "_internal").mkdir(parents=True)
    for name in ("dsdesk.exe", "dsdesk-cli.exe", "_internal/python311.dll"):
        (folder / name).write_bytes(name.encode() * 100)
    return folder


@pytest.mark.skipif(shutil.which("makensis") is None, reason="makensis is not here")
def test_a_setup_is_assembled_with_everything_in_it(frozen):
    made = package_windows.build(frozen)
    assert made.name == f"dsdesk-{package_freeze.version()}-x64-setup.exe"
    assert made.read_bytes()[:2] == b"MZ"
    lister = shutil.which("7z")
    if lister is not None:
        listing = subprocess.run([lister, "l", made], capture_output=True, text=True, check=True).stdout
        for name in ("dsdesk.exe", "dsdesk-cli.exe", "python311.dll"):
            assert name in listing


def test_without_a_program_frozen_on_windows_the_way_is_told(frozen):
    (frozen / "dsdesk.exe").unlink()
    with pytest.raises(SetupError, match="frozen on Windows only"):
        package_windows.build(frozen)
