"""Recovery copies: unsaved work is written aside a moment after it changed, and offered after a crash.

The user's own file changes only when they save. A copy that saving or closing made needless is removed.
"""

import json
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QObject, QTimer

from dsdesk.base import paths
from dsdesk.base.errors import DsdeskError
from dsdesk.base.message import N_
from dsdesk.project.project import Project
from dsdesk.ui.desk import Desk

_WAIT_MS = 2000
_COPY, _ORIGIN = "unsaved.dsdesk", "unsaved.json"

# What differs, in the words of the pages.
_WORDS = {
    "name": N_("name"),
    "configurations": N_("model, workload or machine"),
    "active": N_("which configuration is shown"),
    "site": N_("site"),
    "cost": N_("cost assumptions"),
    "quote": N_("terms of the quote"),
    "notes": N_("notes"),
}


@dataclass(frozen=True, slots=True)
class Recovered:
    """Work that was not saved.

    Attributes:
        project: as it was.
        path: the file it was opened from, None if it never had one.
        changed: when it was last changed.
        differences: English words for what differs from that file.
    """

    project: Project
    path: Path | None
    changed: datetime
    differences: tuple[str, ...]


def _folder() -> Path:
    folder = paths.state() / "recovery"
    folder.mkdir(exist_ok=True)
    return folder


class Autosave(QObject):
    """Writes the copy of one window's project."""

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_WAIT_MS)
        self._timer.timeout.connect(self.write)
        desk.store.changed.connect(self._changed)

    def _changed(self) -> None:
        if self._desk.store.is_saved:
            self._timer.stop()
            forget_recovered()
        elif self._desk.settings.keep_recovery_copies:
            self._timer.start()

    def write(self) -> None:
        """Write the copy now, if there is something to lose."""
        store = self._desk.store
        if store.is_saved:
            return
        from dsdesk.project.file import save

        try:
            save(store.project, _folder() / _COPY)
            origin = {"path": str(store.path) if store.path else ""}
            (_folder() / _ORIGIN).write_text(json.dumps(origin), encoding="utf-8")
        except (DsdeskError, OSError):
            self._timer.start()  # a full disk: the user's own file is whole, so try again later and do not disturb


def recovered() -> Recovered | None:
    """What an earlier run left behind, None if it lost nothing."""
    copy = _folder() / _COPY
    if not copy.is_file():
        return None
    from dsdesk.project.file import load

    try:
        project = load(copy)
    except DsdeskError:
        return None
    path = _origin()
    return Recovered(project, path, datetime.fromtimestamp(copy.stat().st_mtime), _differences(project, path))


def _origin() -> Path | None:
    try:
        said = json.loads((_folder() / _ORIGIN).read_text(encoding="utf-8"))
        return Path(said["path"]) if said["path"] else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _differences(project: Project, path: Path | None) -> tuple[str, ...]:
    saved = Project()
    if path is not None:
        from dsdesk.project.file import load

        try:
            saved = load(path)
        except DsdeskError:
            return ()
    changed = [one.name for one in fields(Project) if getattr(project, one.name) != getattr(saved, one.name)]
    return tuple(_WORDS[name] for name in changed if name in _WORDS)


def forget_recovered() -> None:
    """Remove the copy: its work is saved, or not wanted."""
    for name in (_COPY, _ORIGIN):
        (_folder() / name).unlink(missing_ok=True)
