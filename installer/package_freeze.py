"""The program as one folder that needs no Python: what goes in, and PyInstaller run over it.

The build has an environment of its own under build/, made from requirements-package.txt, so that nothing which happens
to be installed for development slips in.
"""

import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import environment
import package_licences
from console import ROOT, SetupError, say, succeeds

BUILD = ROOT / "build" / "package"
DIST = ROOT / "dist"
FOLDER = BUILD / "dist" / "dsdesk"
STAGED = BUILD / "staged"

_VENV = ROOT / "build" / "package-venv"
_PYTHON = _VENV / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
_STAMP = _VENV / "dsdesk-stamp.txt"
_ICON_SIZES = (16, 24, 32, 48, 64, 128, 256)


def version() -> str:
    """Of the program, as pyproject.toml says."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    return str(tomllib.loads(text)["project"]["version"])


def epoch() -> int:
    """The moment that every file of a package carries: SOURCE_DATE_EPOCH, else that of the last commit."""
    if given := os.environ.get("SOURCE_DATE_EPOCH"):
        return int(given)
    asked = subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True, check=False)
    return int(asked.stdout.strip() or 0) if asked.returncode == 0 else 0


def build_name() -> str:
    """Which commit is packed and of which day, as About shows it."""
    commit = ["git", "rev-parse", "--short=12", "HEAD"]
    asked = subprocess.run(commit, cwd=ROOT, capture_output=True, text=True, check=False)
    day = datetime.fromtimestamp(epoch(), UTC).date().isoformat()
    return f"{asked.stdout.strip() or version()} ({day})"


def packing_level() -> int:
    """How hard xz tries: 6, or what DSDESK_PACKING_LEVEL says (0 packs in seconds, to try a package out)."""
    return int(os.environ.get("DSDESK_PACKING_LEVEL", "6"))


def build_environment() -> dict[str, str]:
    """What a build depends on, and nothing of the person who builds."""
    return {
        **os.environ,
        "SOURCE_DATE_EPOCH": str(epoch()),
        "PYTHONHASHSEED": "0",  # the order of sets in compiled code follows it
        "PYTHONPATH": str(ROOT),
        "DSDESK_STAGED": str(STAGED),
        "DSDESK_VERSION": version(),
        "QT_QPA_PLATFORM": "offscreen",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
    }


def python() -> Path:
    """The Python of the environment for packaging, made or renewed where its pins changed."""
    wanted = (ROOT / environment.PACKAGING).read_text(encoding="utf-8")
    if _STAMP.exists() and _STAMP.read_text(encoding="utf-8") == wanted and _PYTHON.exists():
        return _PYTHON
    uv: list[str | Path] = [environment.ensure(environment.RUNTIME), "-m", "uv"]
    say(f"Making the environment for packaging in {_VENV}.")
    flags: list[str | Path] = ["--require-hashes", "--only-binary", ":all:", "--python", _PYTHON]
    if not (
        succeeds([*uv, "venv", "-q", "--clear", "-p", sys.executable, _VENV])
        and succeeds([*uv, "pip", "install", "-q", *flags, "-r", ROOT / environment.PACKAGING])
    ):
        raise SetupError("The environment for packaging could not be made; the lines above say why.", status=1)
    _STAMP.write_text(wanted, encoding="utf-8")
    return _PYTHON


def freeze() -> Path:
    """Build the folder; gives its path."""
    interpreter = python()
    stage(interpreter)
    shutil.rmtree(FOLDER, ignore_errors=True)
    say("Freezing the program into one folder (a minute or two).")
    command: list[str | Path] = [interpreter, "-m", "PyInstaller", "--noconfirm", "--clean", "--log-level", "WARN"]
    places: list[str | Path] = ["--distpath", BUILD / "dist", "--workpath", BUILD / "work"]
    spec = ROOT / "installer" / "dsdesk.spec"
    if not succeeds([*command, *places, spec], environment=build_environment()):
        raise SetupError("PyInstaller failed; the lines above say why.", status=1)
    set_times(FOLDER)
    return FOLDER


def stage(interpreter: Path) -> None:
    """Copy what goes in beside the code: data without caches, compiled translations, the database, icons, licences."""
    shutil.rmtree(STAGED, ignore_errors=True)
    skipped = shutil.ignore_patterns("__pycache__", "*.pyc", "*.po", "*.pot", "*.sqlite", ".*")
    _run([interpreter, ROOT / "installer" / "i18n.py", "compile"], "The translations could not be compiled")
    for name in ("db", "resources"):
        shutil.copytree(ROOT / name, STAGED / name, ignore=skipped)
    for empty in (STAGED / "resources" / "i18n").glob("*/"):
        shutil.rmtree(empty)
    _run([interpreter, "-m", "dsdesk.catalog.seed", STAGED / "db"], "The catalogue could not be built")
    (STAGED / "resources" / "build.txt").write_text(build_name() + "\n", encoding="utf-8")
    _icons(interpreter)
    package_licences.collect(interpreter, STAGED / "licences")


def _icons(interpreter: Path) -> None:
    script = (
        "import sys; from PySide6.QtGui import QGuiApplication, QIcon; from PySide6.QtCore import QSize\n"
        "application = QGuiApplication(sys.argv); icon = QIcon(sys.argv[1])\n"
        "for size in map(int, sys.argv[3:]):\n"
        "    assert icon.pixmap(QSize(size, size)).save(f'{sys.argv[2]}/dsdesk-{size}.png')\n"
        "from PIL import Image\n"
        "large = Image.open(f'{sys.argv[2]}/dsdesk-256.png')\n"
        "large.save(f'{sys.argv[2]}/dsdesk.ico', sizes=[(size, size) for size in map(int, sys.argv[3:])])\n"
    )
    mark = ROOT / "resources" / "icons" / "dsdesk.svg"
    _run([interpreter, "-c", script, mark, STAGED, *_ICON_SIZES], "The icons could not be drawn")


def _run(command: Sequence[object], failed: str) -> None:
    if not succeeds([str(part) for part in command], environment=build_environment()):
        raise SetupError(f"{failed}; the lines above say why.", status=1)


def set_times(folder: Path) -> None:
    """Give every file below `folder` the one moment and rights that depend on nobody's umask."""
    moment = epoch()
    for path in sorted(folder.rglob("*"), reverse=True):
        if not path.is_symlink():
            executable = path.is_dir() or os.access(path, os.X_OK)
            path.chmod(0o755 if executable else 0o644)
            os.utime(path, (moment, moment))
    os.utime(folder, (moment, moment))
