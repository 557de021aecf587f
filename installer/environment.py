"""The virtual environment of this checkout: made once, complete or not at all, and quickly recognised afterwards.

A stamp inside it is written last and names what it was made from. Without a stamp the environment is the rest of an
interrupted attempt and is made anew.
"""

import hashlib
import importlib.util
import json
import os
import platform
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import privileges
from console import ROOT, SetupError, alone, say, succeeds

RUNTIME = "requirements.txt"
DEVELOPMENT = "requirements-dev.txt"  # what runs and what checks
PACKAGING = "requirements-package.txt"  # what runs and what makes installers of it

VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
_STAMP = VENV / "dsdesk-stamp.json"
_INSTALLER = ROOT / "installer" / "uv.txt"  # pip's quick twin, pinned
_GLIBC = {"x86_64": (2, 34), "aarch64": (2, 39)}  # what the wheels of PySide6 6.11 are built for
_PIP_FLAGS = ("--require-hashes", "--only-binary", ":all:")


def ensure(requirements: str) -> Path:
    """The Python of an environment that has `requirements`, made or brought up to date where it is not."""
    if _has(requirements):
        return PYTHON
    with alone(ROOT / ".venv.lock"):
        if not _has(requirements):
            _make(requirements)
    return PYTHON


def _has(requirements: str) -> bool:
    stamp = _read_stamp()
    if requirements == RUNTIME and stamp.get(DEVELOPMENT):
        requirements = DEVELOPMENT
    return _is_ours(stamp) and stamp.get(requirements) == _digest(requirements)


def _is_ours(stamp: dict[str, str]) -> bool:
    """Whether the environment still works here: it breaks when the checkout moves or its Python goes away."""
    return stamp.get("root") == str(ROOT) and stamp.get("python") == _python_version() and PYTHON.exists()


def _make(requirements: str) -> None:
    _refuse_an_old_linux()
    stamp = _read_stamp()
    if not _is_ours(stamp):
        say(f"Making the environment of dsdesk in {VENV} (once; about half a minute, 500 MB).")
        _create()
        stamp = {"root": str(ROOT), "python": _python_version()}
    else:
        say("Bringing the environment of dsdesk up to date.")
        if stamp.get(DEVELOPMENT):
            requirements = DEVELOPMENT
        _STAMP.unlink()
    _install(ROOT / requirements)
    _put_checkout_on_the_path()
    stamp[requirements] = _digest(requirements)
    if requirements == DEVELOPMENT:
        stamp[RUNTIME] = _digest(RUNTIME)
    unfinished = _STAMP.with_suffix(".new")
    unfinished.write_text(json.dumps(stamp, indent=1), encoding="utf-8")
    unfinished.replace(_STAMP)


def _refuse_an_old_linux() -> None:
    """Say that Qt does not run here before half a gigabyte has come over a slow line."""
    library, version = platform.libc_ver()
    if library != "glibc":
        return
    needed = _GLIBC.get(platform.machine(), _GLIBC["x86_64"])
    if tuple(map(int, version.split(".")[:2])) < needed:
        raise SetupError(
            "Qt needs glibc {}.{} on this kind of processor; this system has {}. ".format(*needed, version)
            + "Debian 12, Ubuntu 22.04 and newer have it on x86-64, Debian 13 and Ubuntu 24.04 on ARM."
        )


def _create() -> None:
    if VENV.exists():
        shutil.rmtree(VENV)
    builder = venv.EnvBuilder(with_pip=_has_ensurepip(), symlinks=sys.platform != "win32")
    try:
        builder.create(VENV)
    except (OSError, subprocess.CalledProcessError) as error:
        raise SetupError(f"No virtual environment could be made in {VENV}: {error}") from error


def _has_ensurepip() -> bool:
    """Whether this Python can bring pip along; Debian keeps that in a package of its own, which is then installed."""
    if _ensurepip_found():
        return True
    package = f"python{_python_version()}-venv"
    if privileges.apt_install([package], purpose="Debian's Python makes no virtual environment without it"):
        importlib.invalidate_caches()
        if _ensurepip_found():
            return True
    if importlib.util.find_spec("pip") is not None:
        return False  # the pip outside installs into the environment
    command = privileges.install_command([package])
    raise SetupError(
        f"This Python cannot make a virtual environment. Install what it lacks, then run this again: {command}"
    )


def _ensurepip_found() -> bool:
    if importlib.util.find_spec("ensurepip") is None:
        return False
    # Debian leaves the package in place and takes out the wheel of pip that it would unpack.
    return succeeds([sys.executable, "-c", "import ensurepip; ensurepip.version()"], quiet=True)


def _install(requirements: Path) -> None:
    pip = _pip()
    if succeeds([*pip, "install", "-qq", *_PIP_FLAGS, "-r", _INSTALLER]) and succeeds(
        [PYTHON, "-m", "uv", "pip", "install", "-q", *_PIP_FLAGS, "--python", PYTHON, "-r", requirements],
        environment={**os.environ, **_index_of(pip)},
    ):
        return
    say("The quick way failed; pip installs the same, which takes a minute.")
    if not succeeds([*pip, "install", "-qq", *_PIP_FLAGS, "-r", requirements]):
        raise SetupError(
            "The packages that dsdesk needs could not be installed; the lines above say why. "
            "This step needs a package index; nothing after it needs a network.",
            status=1,
        )


def _pip() -> list[str | Path]:
    if succeeds([PYTHON, "-c", "import pip"], quiet=True):
        return [PYTHON, "-m", "pip"]
    return [sys.executable, "-m", "pip", "--python", PYTHON]


def _index_of(pip: list[str | Path]) -> dict[str, str]:
    """The package indexes that pip was told to use, in uv's words, since uv does not read pip's settings."""
    command = [str(part) for part in [*pip, "config", "list"]]
    listing = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    settings = {}
    for line in listing.splitlines():
        name, _, value = line.partition("=")
        settings[name.rpartition(".")[2]] = " ".join(value.strip("'\"").replace("\\n", " ").split())
    # Any index will do for a file whose hash is known.
    found = {"UV_INDEX_STRATEGY": "unsafe-best-match"}
    words = {"index-url": "UV_DEFAULT_INDEX", "extra-index-url": "UV_INDEX", "cert": "SSL_CERT_FILE"}
    found |= {words[name]: value for name, value in settings.items() if name in words}
    return {name: value for name, value in found.items() if name not in os.environ}


def _put_checkout_on_the_path() -> None:
    """Let `-m dsdesk` work in any folder without installing the package."""
    query = "import sysconfig; print(sysconfig.get_path('purelib'))"
    folder = subprocess.run([str(PYTHON), "-c", query], capture_output=True, text=True, check=True).stdout.strip()
    Path(folder, "dsdesk-checkout.pth").write_text(f"{ROOT}\n", encoding="utf-8")


def _read_stamp() -> dict[str, str]:
    try:
        stamp: dict[str, str] = json.loads(_STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp


def _digest(requirements: str) -> str:
    return hashlib.sha256((ROOT / requirements).read_bytes().replace(b"\r\n", b"\n")).hexdigest()


def _python_version() -> str:
    return "{}.{}".format(*sys.version_info[:2])
