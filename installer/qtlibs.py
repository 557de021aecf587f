"""The libraries of a Linux system that Qt is loaded with: looked for once, installed where that can be done.

They belong to the system and not to the wheel of Qt, and a new Debian lacks some of them.
"""

import ctypes
import json
import sys
from collections.abc import Mapping
from pathlib import Path

import environment
import privileges
from console import SetupError

# What the loader must find, and the Debian package that brings it.
NO_SCREEN: Mapping[str, str] = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libz.so.1": "zlib1g",
}
SCREEN: Mapping[str, str] = {
    **NO_SCREEN,
    "libX11-xcb.so.1": "libx11-xcb1",
    "libX11.so.6": "libx11-6",
    "libSM.so.6": "libsm6",
    "libICE.so.6": "libice6",
    "libxcb.so.1": "libxcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
}

_SEEN = environment.VENV / "dsdesk-qt-libraries.json"


def ensure(libraries: Mapping[str, str]) -> None:
    """Have every one of `libraries` on this system, or say how to."""
    if not sys.platform.startswith("linux") or _seen(libraries):
        return
    missing = {soname: package for soname, package in libraries.items() if not _loads(soname)}
    if missing:
        packages = sorted(set(missing.values()))
        privileges.apt_install(packages, purpose="Qt, which draws the window, is loaded with them")
        missing = {soname: package for soname, package in missing.items() if not _loads(soname)}
    if missing:
        raise SetupError(_advice(missing))
    _SEEN.write_text(json.dumps(sorted(libraries)), encoding="utf-8")


def _seen(libraries: Mapping[str, str]) -> bool:
    try:
        return set(libraries) <= set(json.loads(_SEEN.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return False


def _loads(soname: str) -> bool:
    """Ask the loader itself, which is what Qt will do."""
    try:
        ctypes.CDLL(soname)
    except OSError:
        return False
    return True


def _advice(missing: Mapping[str, str]) -> str:
    if Path("/usr/bin/apt-get").exists():
        what_to_do = f"Run: {privileges.install_command(sorted(set(missing.values())))}"
    elif any(Path("/usr/bin", name).exists() for name in ("dnf", "yum", "zypper")):
        # RPM packages can be asked for by what they bring.
        wanted = " ".join(f"'{soname}()(64bit)'" for soname in sorted(missing))
        what_to_do = f"Run: sudo dnf install {wanted} (or zypper, with the same names)"
    else:
        what_to_do = f"Install what brings {', '.join(sorted(missing))}"
    return f"The window needs libraries of the system that are not there. {what_to_do}. Then run this again."
