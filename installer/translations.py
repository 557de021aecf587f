"""Keeps the compiled translations no older than their sources, at the price of a few file dates."""

from pathlib import Path

from console import ROOT, SetupError, succeeds

FOLDER = ROOT / "resources" / "i18n"


def ensure_compiled(python: Path) -> None:
    """Compile what was edited since the last time: a language is a folder of .po files with one .mo beside it."""
    if any(_is_stale(folder) for folder in FOLDER.glob("*/")) and not succeeds(
        [python, ROOT / "installer" / "i18n.py", "compile"]
    ):
        raise SetupError("The translations could not be compiled; the lines above say why.", status=1)


def _is_stale(folder: Path) -> bool:
    if not folder.is_dir():
        return False
    compiled = folder.with_suffix(".mo")
    if not compiled.exists():
        return True
    # The folder's own date tells of a file that was taken away.
    newest = max(path.stat().st_mtime_ns for path in (folder, *folder.glob("*.po")))
    return newest > compiled.stat().st_mtime_ns
