"""Measured: the user's own benchmark results beside the forecast, and whether forecasts are calibrated with them."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton

from dsdesk.base.message import N_, Message
from dsdesk.measured.measurement import Readings, Told
from dsdesk.ui.desk import Desk
from dsdesk.ui.dialogs import ask
from dsdesk.ui.icons import icon
from dsdesk.ui.pages.performance_measured_rows import conditions, measured_columns
from dsdesk.ui.tasks import Task
from dsdesk.ui.theme import SPACE
from dsdesk.ui.widgets.card import Card
from dsdesk.ui.widgets.table import Table
from dsdesk.ui.widgets.text import explanation
from dsdesk.ui.words import _, say

if TYPE_CHECKING:
    from dsdesk.catalog.measurements import OwnMeasurement
    from dsdesk.evaluate import Evaluation

_ROW = 4 * SPACE
_MOST_ROWS = 8
_SKIPPED_SHOWN = 3
_PATTERNS = N_("Results of benchmarks")


class MeasuredCard(Card):
    """Imports, shows, switches, exports and removes own measurements."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(_("Measured"))
        self._desk = desk
        self._rows: tuple[OwnMeasurement, ...] = ()
        self._told_by_project = Told()
        importing = QPushButton(icon("import"), _("&Import…"))
        importing.setToolTip(_("A result of llama-bench, vllm bench serve, SGLang bench_serving or ollama --verbose"))
        importing.clicked.connect(self._ask_file)
        self._export = QPushButton(icon("export"), _("E&xport…"))
        self._export.clicked.connect(self._ask_export)
        for button in (importing, self._export):
            self.header.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        self._about = explanation()
        self.body.addWidget(self._about)
        self._table: Table[OwnMeasurement] = Table(_("Measured beside forecast"), measured_columns())
        self._table.chosen.connect(lambda _row: self._show_buttons())
        self._table.opened.connect(lambda _row: self._switch())
        self.body.addWidget(self._table)
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        self._use = QPushButton()
        self._use.clicked.connect(self._switch)
        self._remove = QPushButton(icon("remove"), _("&Remove"))
        self._remove.clicked.connect(self._remove_one)
        self._remove_all = QPushButton(_("Remove &all"))
        self._remove_all.clicked.connect(self._remove_every)
        for action in (self._use, self._remove, self._remove_all):
            row.addWidget(action)
        row.addStretch(1)
        self.body.addLayout(row)
        self._read = explanation()
        self._read.hide()
        self.body.addWidget(self._read)

    # -------------------------------------------------------------------------------------------------------- showing

    def show_evaluation(self, evaluation: "Evaluation") -> None:
        """Show what is kept, and remember what the project says where a file says nothing."""
        configuration, device = evaluation.configuration, evaluation.accelerator
        self._told_by_project = Told(
            engine=configuration.engine.value,
            model=configuration.model.llm_id,
            precision=configuration.precision,
            gpu=device.full_name if device else "",
        )
        self.show_rows()

    def show_rows(self) -> None:
        """Show what the catalogue keeps."""
        database = self._desk.database
        self._rows = database.measurements.all() if database is not None else ()
        self._table.show_rows(self._rows)
        self._table.setVisible(bool(self._rows))
        self._table.setFixedHeight(_ROW * (min(_MOST_ROWS, max(1, len(self._rows))) + 1) + SPACE)
        used = sum(one.is_used and one.compared.calibrates for one in self._rows)
        self._about.setText(_about(len(self._rows), used))
        self._show_buttons()

    def _show_buttons(self) -> None:
        row = self._table.current_row()
        for action in (self._use, self._remove, self._remove_all):
            action.setVisible(bool(self._rows))
        self._export.setEnabled(bool(self._rows))
        self._use.setEnabled(row is not None)
        self._remove.setEnabled(row is not None)
        self._use.setText(_("&Leave out of forecasts") if row is None or row.is_used else _("&Use in forecasts"))

    # ------------------------------------------------------------------------------------------------------ importing

    def _ask_file(self) -> None:
        patterns = f"{_(_PATTERNS)} (*.json *.jsonl *.csv *.md *.txt *.log);;{_('All files')} (*)"
        if path := ask.file_to_open(self, _("Import measurements"), patterns):
            self.take([path])

    def take(self, paths: list[Path]) -> None:
        """Read files aside, keep what they measured, and say what was not understood."""
        database, told = self._desk.database, self._told_by_project
        if database is None:
            return

        def work(task: Task) -> tuple[list[Readings], int]:
            from dsdesk.measured.reader import read_file

            found, added = [], 0
            for number, path in enumerate(paths):
                task.report(number / len(paths))
                readings = read_file(path, told)
                added += database.measurements.add(readings.measurements)
                found.append(readings)
            database.measurements.all()
            return found, added

        self._desk.tasks.run(Message(N_("Reading measurements")), work, self._show_readings, owner=self)

    def _show_readings(self, answer: tuple[list[Readings], int]) -> None:
        found, added = answer
        read = sum(len(readings.measurements) for readings in found)
        lines = [_("{count} measurements read, {added} of them new.", count=read, added=added)]
        skipped = [one for readings in found for one in readings.skipped]
        for one in skipped[:_SKIPPED_SHOWN]:
            lines.append(_("Line {line}: {because}.", line=one.line, because=say(one.because)))
        if len(skipped) > _SKIPPED_SHOWN:
            lines.append(_("{count} more lines gave none.", count=len(skipped) - _SKIPPED_SHOWN))
        self._read.setText("\n".join(lines))
        self._read.show()
        self._changed()

    def _changed(self) -> None:
        self.show_rows()
        self._desk.store.evaluate()

    # --------------------------------------------------------------------------------------------------------- acting

    def _switch(self) -> None:
        row, database = self._table.current_row(), self._desk.database
        if row is not None and database is not None:
            database.measurements.use([row.id], used=not row.is_used)
            self._changed()

    def _remove_one(self) -> None:
        row = self._table.current_row()
        if row is not None:
            self._forget([row])

    def _remove_every(self) -> None:
        names = [conditions(one) for one in self._rows]
        if ask.confirm(self, _("Remove all measurements?"), names[:_MOST_ROWS], _("Remove")):
            self._forget(list(self._rows))

    def _forget(self, rows: "list[OwnMeasurement]") -> None:
        database = self._desk.database
        if database is not None:
            database.measurements.remove([one.id for one in rows])
            self._changed()

    def _ask_export(self) -> None:
        patterns = _("Measurements") + " (*.json)"
        if path := ask.file_to_write(self, _("Export measurements"), "measurements.json", patterns, ".json"):
            self.export(path)

    def export(self, path: Path) -> None:
        """Write every measurement."""
        from dsdesk.base.errors import FileError
        from dsdesk.measured.exchange import write

        try:
            write([one.compared.measurement for one in self._rows], path)
        except FileError as error:
            ask.tell_error(self, error)


def _about(count: int, used: int) -> str:
    if not count:
        return _(
            "Measure this machine with llama-bench, vllm bench serve, SGLang bench_serving or ollama run --verbose and "
            "drop the result on the window: it is shown beside the forecast, and calibrates forecasts of that "
            "accelerator and engine."
        )
    if not used:
        return _("None of them calibrates a forecast.")
    return _(
        "{used} of {count} calibrate forecasts of their accelerator and engine. The forecasts beside them are without.",
        used=used,
        count=count,
    )
