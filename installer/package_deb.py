"""The .deb: the frozen folder under /usr/lib, and what a desktop wants to know about it."""

import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import package_elf
import package_freeze
from console import ROOT, SetupError, say, succeeds

_LINUX = ROOT / "installer" / "linux"
_TREE = package_freeze.BUILD / "deb"
_CONTROL = """\
Package: dsdesk
Version: {version}
Section: misc
Priority: optional
Architecture: amd64
Maintainer: The dsdesk authors <dsdesk@localhost>
Installed-Size: {size}
Depends: {depends}
Recommends: desktop-file-utils, libcups2 | libcups2t64, shared-mime-info
Description: sizes machines for language models and writes the quotation request
 Choose a model and say how many people shall use it: dsdesk answers with the
 memory it takes, a parts list that goes together, power and cooling, a speed
 forecast with its interval, the cost, and a PDF that a supplier can price.
 .
 It works without a network: no account, no update check, no call to anywhere.
"""


def build(folder: Path) -> Path:
    """Make the package of the frozen `folder`; gives its path."""
    for tool in ("fakeroot", "dpkg-deb"):
        if shutil.which(tool) is None:
            raise SetupError(f"{tool} is missing. Install it: sudo apt-get install fakeroot dpkg-dev")
    shutil.rmtree(_TREE, ignore_errors=True)
    shutil.copytree(folder, _TREE / "usr/lib/dsdesk", symlinks=True)
    _desktop_files()
    _control()
    package_freeze.set_times(_TREE)
    for script in ("postinst", "postrm"):
        (_TREE / "DEBIAN" / script).chmod(0o755)
    package_freeze.DIST.mkdir(exist_ok=True)
    target = package_freeze.DIST / f"dsdesk_{package_freeze.version()}_amd64.deb"
    say(f"Packing {target.name}.")
    packed = succeeds(
        [
            "fakeroot",
            "dpkg-deb",
            "--root-owner-group",
            "-Zxz",
            f"-z{package_freeze.packing_level()}",
            "--threads-max=2",
            "--build",
            _TREE,
            target,
        ],
        environment=package_freeze.build_environment(),
    )
    if not packed:
        raise SetupError("dpkg-deb failed; the lines above say why.", status=1)
    return target


def _desktop_files() -> None:
    share = _TREE / "usr/share"
    moment = datetime.fromtimestamp(package_freeze.epoch(), UTC).date().isoformat()
    for name, place in (
        ("dsdesk.desktop", share / "applications/dsdesk.desktop"),
        ("dsdesk-mime.xml", share / "mime/packages/dsdesk.xml"),
        ("dsdesk.metainfo.xml", share / "metainfo/io.dsdesk.dsdesk.metainfo.xml"),
        ("dsdesk.1", share / "man/man1/dsdesk.1"),
    ):
        place.parent.mkdir(parents=True, exist_ok=True)
        text = (_LINUX / name).read_text(encoding="utf-8")
        place.write_text(filled(text, moment), encoding="utf-8")
    subprocess.run(["gzip", "-9n", str(share / "man/man1/dsdesk.1")], check=True)
    for size in (16, 24, 32, 48, 64, 128, 256):
        icon = share / f"icons/hicolor/{size}x{size}/apps/dsdesk.png"
        icon.parent.mkdir(parents=True)
        shutil.copyfile(package_freeze.STAGED / f"dsdesk-{size}.png", icon)
    scalable = share / "icons/hicolor/scalable/apps/dsdesk.svg"
    scalable.parent.mkdir(parents=True)
    shutil.copyfile(ROOT / "resources/icons/dsdesk.svg", scalable)
    (share / "doc/dsdesk").mkdir(parents=True)
    shutil.copyfile(ROOT / "LICENSE", share / "doc/dsdesk/copyright")
    (_TREE / "usr/bin").mkdir()
    (_TREE / "usr/bin/dsdesk").symlink_to("../lib/dsdesk/dsdesk")


def filled(text: str, moment: str) -> str:
    """`text` with the version and the day in their places."""
    return text.replace("@VERSION@", package_freeze.version()).replace("@DATE@", moment)


def _control() -> None:
    found = package_elf.needs(_TREE / "usr/lib/dsdesk")
    if found.unknown:
        raise SetupError(f"No package is known for {', '.join(found.unknown)}; add it to qtlibs.py.", status=1)
    glibc = "{}.{}".format(*found.glibc)
    depends = [f"libc6 (>= {glibc})", *(name for name in found.packages if name != "libc6")]
    size = sum(path.stat().st_size for path in _TREE.rglob("*") if path.is_file() and not path.is_symlink()) // 1024
    control = _TREE / "DEBIAN"
    control.mkdir()
    text = _CONTROL.format(version=package_freeze.version(), size=size, depends=", ".join(depends))
    (control / "control").write_text(text, encoding="utf-8")
    for script in ("postinst", "postrm"):
        shutil.copyfile(_LINUX / "postinst", control / script)
    say(f"It needs glibc {glibc} and {', '.join(depends[1:])}.")
