"""A `llama-bench` that the user has, run from here; what it measures is kept and calibrates the forecast."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from dsdesk.base.errors import DsdeskError
from dsdesk.base.units import format_number
from dsdesk.ui.child import Child
from dsdesk.ui.dialogs import ask
from dsdesk.ui.figures import DASH
from dsdesk.ui.icons import icon
from dsdesk.ui.itemmodels.table import Column
from dsdesk.ui.theme import SPACE
from dsdesk.ui.widgets.card import Card
from dsdesk.ui.widgets.table import Table
from dsdesk.ui.widgets.text import explanation, paragraph
from dsdesk.ui.words import _, say

if TYPE_CHECKING:
    from dsdesk.catalog.store import Store
    from dsdesk.measured.comparison import Compared
    from dsdesk.measured.measurement import Measurement

# llama-bench tells its way on the error output with --progress (tools/llama-bench/README.md, llama.cpp).
_STEP = re.compile(r"benchmark (\d+)/(\d+)")
_UNKNOWN = re.compile(r"(invalid|unknown).*--progress")
_TESTS = ("-p", "512", "-n", "128", "-r", "3")
_MOST_NOTES = 12
_ROW, _HEADER = 4 * SPACE, 5 * SPACE


def bench_command(program: Path, model: Path, *, with_progress: bool = True) -> list[str]:
    """How llama-bench is started: it reads 512 tokens and writes 128, three times each, and answers in JSON."""
    progress = ("--progress",) if with_progress else ()
    return [str(program), "-m", str(model), *_TESTS, "-o", "json", *progress]


class BenchCard(Card):
    """Two files to choose, a button, and what came out.

    Signals:
        kept: measurements were added to the user's own.
    """

    kept = Signal()

    def __init__(self, database: "Callable[[], Store | None]", parent: QWidget | None = None) -> None:
        super().__init__(_("Measure with your own llama-bench"), parent)
        self._database = database
        self._program: Path | None = None
        self._model: Path | None = None
        self._output: list[str] = []
        self._notes: list[str] = []
        self._is_cancelled = False
        self._asks_progress = True
        self._child = Child(self)
        self._child.line.connect(self._output.append)
        self._child.noted.connect(self._take_note)
        self._child.ended.connect(self._finish)
        self._build()

    def _build(self) -> None:
        told = _("It reads 512 tokens and writes 128, three times each. What it measures is kept with your own "
                 "measurements, and forecasts for this machine follow it.")  # fmt: skip
        self.body.addWidget(explanation(told))
        self._program_name = self._chooser(_("&Program…"), _("llama-bench: not chosen"), self._ask_program)
        self._model_name = self._chooser(_("&Model file…"), _("GGUF file: not chosen"), self._ask_model)
        self._run = QPushButton(icon("play"), _("Ru&n"))
        self._run.setEnabled(False)
        self._run.clicked.connect(lambda _checked=False: self.start())
        self._cancel = QPushButton(_("&Cancel"))
        self._cancel.clicked.connect(lambda _checked=False: self.cancel())
        self._cancel.hide()
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(_("Progress"))
        self._bar.hide()
        row = QHBoxLayout()
        row.addWidget(self._run)
        row.addWidget(self._bar, 1)
        row.addWidget(self._cancel)
        row.addStretch(0)
        self.body.addLayout(row)
        self._told = paragraph()
        self._told.hide()
        self.body.addWidget(self._told)
        columns: tuple[Column[Compared], ...] = (
            Column(title=_("What"), text=_what, stretches=True),
            Column(title=_("Measured"), is_number=True, text=lambda one: _speed(one.measurement.value)),
            Column(title=_("Forecast before"), is_number=True, text=_forecast, tip=_why),
        )
        self._table: Table[Compared] = Table(_("What llama-bench measured"), columns)
        self._table.setFixedHeight(_HEADER + 2 * _ROW + SPACE)
        self._table.hide()
        self.body.addWidget(self._table)

    def _chooser(self, button: str, empty: str, act: Callable[[], None]) -> QLabel:
        row = QHBoxLayout()
        choose = QPushButton(icon("open"), button)
        choose.clicked.connect(lambda _checked=False: act())
        name = paragraph(empty)
        row.addWidget(choose)
        row.addWidget(name, 1)
        self.body.addLayout(row)
        return name

    # ------------------------------------------------------------------------------------------------------- choosing

    def _ask_program(self) -> None:
        if path := ask.file_to_open(self, _("The program llama-bench"), _("All files") + " (*)"):
            self.choose(program=path)

    def _ask_model(self) -> None:
        if path := ask.file_to_open(self, _("The model file"), _("GGUF files") + " (*.gguf)"):
            self.choose(model=path)

    def choose(self, program: Path | None = None, model: Path | None = None) -> None:
        """Take the program or the model file, or both."""
        if program is not None:
            self._program = program
            self._program_name.setText(str(program))
        if model is not None:
            self._model = model
            self._model_name.setText(str(model))
        self._run.setEnabled(self._program is not None and self._model is not None)

    # -------------------------------------------------------------------------------------------------------- running

    def start(self) -> None:
        """Run it from the beginning."""
        self._asks_progress = True
        self._start()

    def _start(self) -> None:
        if self._program is None or self._model is None or self._child.is_running:
            return
        self._output.clear()
        self._notes.clear()
        self._is_cancelled = False
        self._bar.setRange(0, 0)
        self._show_running(is_running=True)
        self._tell(_("Loading the model…"))
        self._child.start(bench_command(self._program, self._model, with_progress=self._asks_progress))

    def cancel(self) -> None:
        """Stop it; nothing is kept."""
        self._is_cancelled = True
        self._child.stop()

    def _show_running(self, *, is_running: bool) -> None:
        self._run.setEnabled(not is_running)
        self._bar.setVisible(is_running)
        self._cancel.setVisible(is_running)

    def _take_note(self, line: str) -> None:
        self._notes.append(line)
        del self._notes[:-_MOST_NOTES]
        if step := _STEP.search(line):
            done, every = int(step[1]), int(step[2])
            self._bar.setRange(0, every)
            self._bar.setValue(done - 1)
            self._tell(_("Measurement {number} of {count}", number=done, count=every))

    def _finish(self, status: int) -> None:
        self._show_running(is_running=False)
        if self._is_cancelled:
            self._tell(_("Cancelled; nothing was kept."))
        elif status != 0 and self._asks_progress and _UNKNOWN.search(" ".join(self._notes)):
            self._asks_progress = False  # a release before --progress
            self._start()
        elif status != 0:
            reason = next((line for line in reversed(self._notes) if line.strip()), "")
            self._tell(_("llama-bench failed (status {status}). {reason}", status=status, reason=reason))
        else:
            self._keep("\n".join(self._output))

    def _keep(self, text: str) -> None:
        from dsdesk.measured.comparison import Comparer
        from dsdesk.measured.reader import read_text

        database = self._database()
        try:
            readings = read_text(text, "llama-bench")
            if database is None or not readings.measurements:
                self._tell(_("llama-bench measured nothing that the forecast knows."))
                return
            compared = _compared(Comparer(database).compare, readings.measurements)
            added = database.measurements.add(readings.measurements)
        except DsdeskError as error:
            self._tell(say(error.message))
            return
        self._table.show_rows(compared)
        self._table.show()
        self._tell(_("{count} measurements were kept with your own.", count=added))
        self.kept.emit()

    def _tell(self, text: str) -> None:
        self._told.setText(text)
        self._told.show()

    def end(self) -> None:
        """Stop the program for good."""
        self.cancel()


def _compared(
    compare: "Callable[[Measurement], Compared]", measurements: "Sequence[Measurement]"
) -> "tuple[Compared, ...]":
    return tuple(compare(one) for one in measurements)


def _what(one: "Compared") -> str:
    measurement = one.measurement
    if measurement.metric == "prefill_tok_s":
        return _("{model}: reads {count} tokens", model=measurement.model, count=round(measurement.input_tokens))
    return _("{model}: writes", model=measurement.model)


def _speed(value: float | None) -> str:
    return DASH if value is None else f"{format_number(value)} tok/s"


def _forecast(one: "Compared") -> str:
    estimate = one.forecast
    if estimate is None:
        return DASH
    return f"{format_number(estimate.low80)}–{format_number(estimate.high80)} tok/s"


def _why(one: "Compared") -> str | None:
    return say(one.because) if one.because else None
