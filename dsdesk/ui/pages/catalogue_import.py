"""Other people's files into the user's layer: choose, read aside, look, keep; and the imports so far, to take back."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QMenu, QPushButton, QVBoxLayout, QWidget

from dsdesk.base.errors import DsdeskError
from dsdesk.base.message import N_, Message
from dsdesk.ui.desk import Desk
from dsdesk.ui.dialogs import ask
from dsdesk.ui.icons import icon
from dsdesk.ui.itemmodels.table import Column
from dsdesk.ui.tasks import Task
from dsdesk.ui.theme import SPACE
from dsdesk.ui.widgets.table import Table
from dsdesk.ui.widgets.text import explanation, section
from dsdesk.ui.words import _

if TYPE_CHECKING:
    from dsdesk.catalog.contents import Batch
    from dsdesk.catalog.importers.columns import Columns
    from dsdesk.catalog.importers.preview import Preview
    from dsdesk.catalog.store import Store
    from dsdesk.ui.pages.catalogue_preview import ImportDialog


@dataclass(frozen=True, slots=True)
class _Format:
    """A kind of file that can be imported.

    Attributes:
        key: as the importers call it.
        text: in the menu.
        pattern: of its files, "" for a folder.
    """

    key: str
    text: str
    pattern: str


_FORMATS = (
    _Format("prices", N_("&Price list of a supplier…"), "*.csv *.xlsx *.xlsm *.txt *.tsv"),
    _Format("buildcores", N_("&BuildCores OpenDB checkout…"), ""),
    _Format("devicetypes", N_("&NetBox device types…"), ""),
    _Format("backup", N_("Back&up of own parts and prices…"), "*.json"),
)
_WHAT = {
    "price list": N_("price list"),
    "signed price list": N_("signed price list"),
    "buildcores": "BuildCores OpenDB",
    "device types": N_("NetBox device types"),
    "backup": N_("backup"),
}


class Imports(QObject):
    """Brings files into the user's layer, one at a time.

    Signals:
        done: a sentence about what was kept or taken back.

    Attributes:
        dialog: the preview that is open, None for none.
    """

    done = Signal(str)

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk = desk
        self._widget = parent
        self.dialog: ImportDialog | None = None
        self._corrected: Columns | None = None

    def button(self) -> QPushButton:
        """A button whose menu holds everything."""
        made = QPushButton(icon("open"), _("&Import"))
        menu = QMenu(made)
        for one in _FORMATS:
            menu.addAction(_(one.text)).triggered.connect(lambda _checked=False, chosen=one: self._choose(chosen))
        menu.addSeparator()
        menu.addAction(_("Imports so &far…")).triggered.connect(lambda _checked=False: self.show_past())
        made.setMenu(menu)
        return made

    def _choose(self, chosen: _Format) -> None:
        heading = _(chosen.text).replace("&", "").rstrip("…")
        if chosen.pattern:
            path = ask.file_to_open(self._widget, heading, f"{heading} ({chosen.pattern})")
        else:
            path = ask.folder_to_open(self._widget, heading)
        if path is not None:
            self.read(chosen.key, path)

    def read(self, key: str, path: Path, columns: "Columns | None" = None) -> None:
        """Read a file or folder aside and show what it would change; nothing is kept."""
        database = self._desk.database
        if database is None:
            return
        if columns is None:
            self._corrected = None
        self._desk.tasks.run(
            Message(N_("Reading {file}"), file=path.name),
            lambda task: _look(key, path, database, columns, task),
            lambda preview: self._dialog_for(key, path).show_preview(preview),
            failed=lambda error: self._fail(key, path, error),
            owner=self,
        )

    def _fail(self, key: str, path: Path, error: DsdeskError) -> None:
        from dsdesk.catalog.importers.columns import ColumnsError

        if isinstance(error, ColumnsError):
            self._dialog_for(key, path).show_unclear(error.columns, error.rows)
        else:
            ask.tell_error(self._widget, error)

    def _dialog_for(self, key: str, path: Path) -> "ImportDialog":
        from dsdesk.ui.pages.catalogue_preview import ImportDialog

        if self.dialog is None:
            self.dialog = ImportDialog(self._widget.window(), path)
            self.dialog.agreed.connect(self._keep)
            self.dialog.columns_changed.connect(lambda columns: self._read_again(key, path, columns))
            self.dialog.finished.connect(lambda _result: self._close())
            self.dialog.open()
        return self.dialog

    def _read_again(self, key: str, path: Path, columns: "Columns") -> None:
        self._corrected = columns
        if self.dialog is not None:
            self.dialog.show_reading()
        self.read(key, path, columns)

    def _close(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
            self.dialog = None

    def _keep(self, preview: "Preview") -> None:
        database, corrected = self._desk.database, self._corrected
        if database is None:
            return
        self._desk.tasks.run(
            Message(N_("Importing {file}"), file=Path(preview.found.source).name),
            lambda task: _kept(preview, database, corrected, task),
            lambda batch: self._tell_kept(database, batch),
            failed=lambda error: ask.tell_error(self._widget, error),
            owner=self,
        )

    def _tell_kept(self, database: "Store", batch: "Batch") -> None:
        self._desk.open_database(database)
        self.done.emit(
            _("Imported: {parts} parts, {prices} prices. “Imports so far” takes it back.", parts=batch.parts,
              prices=batch.prices)
        )  # fmt: skip

    def show_past(self) -> None:
        """The imports so far."""
        if self._desk.database is not None:
            dialog = PastImports(self._widget.window(), self._desk.database.imports())
            dialog.taken_back.connect(self.take_back)
            dialog.open()

    def take_back(self, batch: "Batch") -> None:
        """Undo an import."""
        database = self._desk.database
        if database is None:
            return
        self._desk.tasks.run(
            Message(N_("Taking an import back")),
            lambda _task: database.undo_import(batch.id),
            lambda _nothing: self._tell_taken_back(database, batch),
            failed=lambda error: ask.tell_error(self._widget, error),
            owner=self,
        )

    def _tell_taken_back(self, database: "Store", batch: "Batch") -> None:
        self._desk.open_database(database)
        self.done.emit(_("The import of {file} was taken back.", file=Path(batch.source).name))


def _look(key: str, path: Path, database: "Store", columns: "Columns | None", task: Task) -> "Preview":
    from dsdesk.catalog.importers.formats import read_as
    from dsdesk.catalog.importers.preview import preview
    from dsdesk.catalog.importers.pricelists import read_price_list

    if columns is None:
        found = read_as(key, path, database, date.today(), task.report)
    else:
        found = read_price_list(path, database, day=date.today(), columns=columns, tell=task.report)
    return preview(found, database)


def _kept(preview: "Preview", database: "Store", corrected: "Columns | None", task: Task) -> "Batch":
    from dsdesk.catalog.importers.columns import remember

    batch = preview.keep(database, task.report)
    if corrected is not None:
        remember(corrected)
    return batch


class PastImports(QDialog):
    """The imports so far, newest first.

    Signals:
        taken_back: the Batch that shall be undone.
    """

    taken_back = Signal(object)

    def __init__(self, parent: QWidget, batches: "tuple[Batch, ...]") -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Imports so far"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * SPACE, 3 * SPACE, 3 * SPACE, 2 * SPACE)
        layout.setSpacing(SPACE)
        layout.addWidget(section(_("Imports so far")))
        layout.addWidget(explanation(_("Taken back, what an import added goes and what it changed is as before.")))
        self.table: Table[Batch] = Table(_("Imports so far"), _past_columns())
        self.table.show_rows(batches)
        layout.addWidget(self.table, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self._undo = QPushButton(icon("undo"), _("&Take back"))
        self._undo.setEnabled(False)
        self._undo.clicked.connect(lambda _checked=False: self._take_back())
        buttons.addButton(self._undo, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)
        self.table.chosen.connect(lambda batch: self._undo.setEnabled(batch is not None))
        if batches:
            self.table.selectRow(0)
        self.resize(95 * SPACE, 50 * SPACE)

    def _take_back(self) -> None:
        batch = self.table.current_row()
        if batch is not None:
            self.taken_back.emit(batch)
            self.accept()


def _past_columns() -> "tuple[Column[Batch], ...]":
    return (
        Column(title=_("Date"), text=lambda one: one.made_on),
        Column(title=_("What"), text=lambda one: _(_WHAT.get(one.what, one.what)), width=20 * SPACE),
        Column(title=_("File"), text=lambda one: Path(one.source).name, tip=lambda one: one.source, stretches=True),
        Column(title=_("Parts"), text=lambda one: f"{one.parts:,}", is_number=True),
        Column(title=_("Prices"), text=lambda one: f"{one.prices:,}", is_number=True),
    )
