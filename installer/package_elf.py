"""What the frozen folder asks of a Linux system (libraries, glibc), and what in it nobody asks for."""

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import qtlibs

_NEEDED = re.compile(r"\(NEEDED\)\s+Shared library: \[(.+)\]")
_GLIBC = re.compile(r"\bGLIBC_(\d+)\.(\d+)")
# Found where the system has it: Qt's printing asks for it, and nothing else does.
_OPTIONAL = {"libcups.so.2"}
# Belong to the system wherever a program may run at all.
_SYSTEM: Mapping[str, str] = {
    "libc.so.6": "libc6",
    "libm.so.6": "libc6",
    "libdl.so.2": "libc6",
    "libpthread.so.0": "libc6",
    "librt.so.1": "libc6",
    "libutil.so.1": "libc6",
    "libresolv.so.2": "libc6",
    "ld-linux-x86-64.so.2": "libc6",
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libGLX.so.0": "libglx0",
    "libOpenGL.so.0": "libopengl0",
}


@dataclass(frozen=True, slots=True)
class Needs:
    """What a folder needs of the system.

    Attributes:
        packages: names of Debian packages.
        unknown: libraries that no known package brings.
        glibc: oldest glibc that has every symbol, such as (2, 36).
    """

    packages: tuple[str, ...]
    unknown: tuple[str, ...]
    glibc: tuple[int, int]


def prune(folder: Path) -> int:
    """Remove libraries that nothing in `folder` is linked with; gives the bytes that are gone.

    Files that are found by their place (extension modules, plugins, what Python opens by name) are kept.
    """
    objects = _objects(folder)
    needed = {path: _needed(path) for path in objects}
    by_name: dict[str, list[Path]] = {}
    for path in [*objects, *(path for path in folder.rglob("*") if path.is_symlink())]:
        by_name.setdefault(path.name, []).append(path)
    kept = {path for path in objects if not _is_library(path, folder)}
    waiting = list(kept)
    while waiting:
        for name in needed.get(waiting.pop(), ()):
            for path in by_name.get(name, ()):
                target = path.resolve()
                new = {path, target} - kept
                kept |= new
                waiting += [target] if target in new else []
    gone = 0
    for paths in by_name.values():
        for path in paths:
            if path not in kept and _is_library(path, folder):
                gone += 0 if path.is_symlink() else path.stat().st_size
                path.unlink()
    return gone


def strip_python(folder: Path) -> None:
    """Take the debug symbols out of libpython; other files do not survive it (OpenBLAS of numpy), or have none."""
    for path in folder.glob("_internal/libpython3*.so*"):
        subprocess.run(["strip", "--strip-unneeded", str(path)], check=False)


def needs(folder: Path) -> Needs:
    """What `folder` asks of the system it runs on."""
    objects = _objects(folder)
    inside = {path.name for path in folder.rglob("*.so*")}
    outside = {name for path in objects for name in _needed(path)} - inside - _OPTIONAL
    known = {**qtlibs.SCREEN, **_SYSTEM}
    versions = [tuple(map(int, match)) for path in objects for match in _GLIBC.findall(_symbols(path))]
    newest = max(versions, default=(2, 17))
    return Needs(
        packages=tuple(sorted({known[name] for name in outside if name in known})),
        unknown=tuple(sorted(name for name in outside if name not in known)),
        glibc=(newest[0], newest[1]),
    )


def _is_library(path: Path, folder: Path) -> bool:
    """Whether `path` is there only because something is linked with it."""
    place = path.parent.relative_to(folder).as_posix()
    return (
        ".so" in path.name
        and (place in {"_internal", "_internal/PySide6/Qt/lib"} or place.endswith(".libs"))
        and (not path.name.startswith(("libpython", "_")))
    )


def _objects(folder: Path) -> list[Path]:
    found = []
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                if file.read(4) == b"\x7fELF":
                    found.append(path)
    return found


def _needed(path: Path) -> tuple[str, ...]:
    return tuple(_NEEDED.findall(_tell("readelf", "-dW", path)))


def _symbols(path: Path) -> str:
    return _tell("readelf", "-VW", path)


def _tell(*command: object) -> str:
    asked = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, errors="replace", check=False
    )
    return asked.stdout
