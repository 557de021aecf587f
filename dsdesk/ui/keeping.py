"""The catalogue for other programs, and the user's own part of it as one file, both written beside the window."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from dsdesk.base.message import N_, Message
from dsdesk.ui.desk import Desk
from dsdesk.ui.dialogs import ask
from dsdesk.ui.tasks import Task
from dsdesk.ui.words import _

if TYPE_CHECKING:
    from dsdesk.catalog.store import Store


class Keeping:
    """Asks where to and writes; a backup comes back as any import does: shown first, kept after."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def back_up(self, window: QWidget) -> None:
        """Write everything of the user's own: parts, prices, models, measurements."""
        pattern = _("Backups") + " (*.json)"
        name = f"dsdesk-{date.today().isoformat()}.json"
        path = ask.file_to_write(
            window, _("Back up own parts, prices, models and measurements"), name, pattern, ".json"
        )

        def write(database: "Store", path: Path, _task: Task) -> None:
            from dsdesk.catalog.importers.backup import write_backup

            write_backup(database, path)

        if path:
            self._write(window, path, write)

    def restore(self, window: QWidget) -> None:
        """Show what a backup would change, and keep it when the user says so."""
        from dsdesk.ui.pages.catalogue_import import Imports

        if self._desk.database is None:
            return
        path = ask.file_to_open(window, _("Restore a backup"), _("Backups") + " (*.json)")
        if path:
            imports = Imports(self._desk, window)
            imports.done.connect(lambda said: ask.tell(window, said))
            imports.read("backup", path)

    def export(self, window: QWidget) -> None:
        """Write the whole catalogue with the user's own part of it."""
        kinds = {
            _("Workbook") + " (*.xlsx)": ".xlsx",
            "JSON (*.json)": ".json",
            _("Folder of CSV tables") + " (*)": "",
        }
        path = ask.file_of_kind(window, _("Export the catalogue"), "dsdesk-catalogue.xlsx", kinds)

        def write(database: "Store", path: Path, task: Task) -> None:
            from dsdesk.catalog.export import export

            export(database, path, task.report, replace=True)  # the dialog has asked

        if path:
            self._write(window, path, write)

    def _write(self, window: QWidget, path: Path, write: "Callable[[Store, Path, Task], None]") -> None:
        from dsdesk.ui.dialogs.progress import follow

        database = self._desk.database
        if database is None:
            return
        task = self._desk.tasks.run(
            Message(N_("Writing {file}"), file=path.name),
            lambda task: write(database, path, task),
            lambda _none: ask.tell(window, _("Written to {file}.", file=path)),
            failed=lambda error: ask.tell_error(window, error),
            owner=window,
        )
        follow(window, self._desk.tasks, task)
