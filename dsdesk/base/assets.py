"""The one door to files that come with the program: `resources/`, `db/` and, in a package, `licences/`."""

import sys
from pathlib import Path


def _root() -> Path:
    frozen = getattr(sys, "_MEIPASS", None)
    if frozen is not None:
        return Path(frozen)
    inside = Path(__file__).resolve().parent.parent / "_data"
    return inside if inside.is_dir() else Path(__file__).resolve().parents[2]


def resource(*names: str) -> Path:
    """A file or folder under resources/."""
    return _root().joinpath("resources", *names)


def licences(*names: str) -> Path:
    """A file under licences/, which only a package has."""
    return _root().joinpath("licences", *names)


def factory_db(*names: str) -> Path:
    """A file or folder under db/, the catalogue as text."""
    return _root().joinpath("db", *names)
