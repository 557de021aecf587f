"""The macOS disk image: made on macOS only, from the application that PyInstaller makes there."""

import platform
import shutil
from pathlib import Path

import package_freeze
from console import SetupError, say, succeeds


def build(folder: Path) -> Path:
    """Make the disk image of the application beside the frozen `folder`; gives its path."""
    if platform.system() != "Darwin":
        raise SetupError(
            "The macOS application is made on macOS only: run `python3 installer/dev.py package macos` there. "
            "installer/macos/README.md has the recipe."
        )
    application = folder.with_name("dsdesk.app")
    shutil.rmtree(package_freeze.BUILD / "dmg", ignore_errors=True)
    (package_freeze.BUILD / "dmg").mkdir(parents=True)
    shutil.copytree(application, package_freeze.BUILD / "dmg" / "dsdesk.app", symlinks=True)
    (package_freeze.BUILD / "dmg" / "Applications").symlink_to("/Applications")
    package_freeze.DIST.mkdir(exist_ok=True)
    target = package_freeze.DIST / f"dsdesk-{package_freeze.version()}.dmg"
    say(f"Packing {target.name}.")
    command: list[str | Path] = ["hdiutil", "create", "-volname", "dsdesk", "-fs", "HFS+", "-format", "UDZO", "-ov"]
    if not succeeds([*command, "-srcfolder", package_freeze.BUILD / "dmg", target]):
        raise SetupError("hdiutil failed; the lines above say why.", status=1)
    return target
