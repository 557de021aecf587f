"""What the accelerators do now, a second at a time, and a run that is recorded beside the forecast."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from dsdesk.base.errors import DsdeskError, FileError, reason_of
from dsdesk.base.message import N_, Message
from dsdesk.base.units import Estimate, Quantity, Unit
from dsdesk.charts.recorded import recorded_power
from dsdesk.detect.live import QUIET_S, CardSample, Recording, Sample, live_command, sample_of
from dsdesk.detect.snapshot import Snapshot
from dsdesk.sizing.results import Forecast
from dsdesk.ui.child import Child
from dsdesk.ui.dialogs import ask
from dsdesk.ui.figures import DASH
from dsdesk.ui.icons import icon
from dsdesk.ui.itemmodels.table import Column
from dsdesk.ui.pages.this_machine_cards import size_text, watts
from dsdesk.ui.theme import SPACE
from dsdesk.ui.widgets.card import Card
from dsdesk.ui.widgets.chart_card import ChartCard
from dsdesk.ui.widgets.table import Table
from dsdesk.ui.widgets.text import explanation
from dsdesk.ui.words import _

if TYPE_CHECKING:
    from dsdesk.evaluate import Evaluation

_ROW, _HEADER, _MOST_ROWS = 4 * SPACE, 5 * SPACE, 8
_REDRAWN_EVERY = 5  # samples; drawing a long run every second would be felt


@dataclass(frozen=True, slots=True)
class LiveRow:
    """An accelerator and what it does now."""

    name: str
    now: CardSample


def _percent(share: float | None) -> str:
    return DASH if share is None else Quantity(share, Unit.PERCENT).text()


def _degrees(value: float | None) -> str:
    return DASH if value is None else Quantity(value, Unit.CELSIUS).text()


class LiveCard(Card):
    """Refreshes while it is seen; goes on unseen only while it records.

    Signals:
        failed: an error to be told.
    """

    failed = Signal(object)

    def __init__(self, parent: QWidget | None = None, command: Callable[[], list[str]] = live_command) -> None:
        super().__init__(_("Now"), parent)
        self._command = command
        self._names: dict[str, str] = {}
        self._forecast_w: Estimate | None = None
        self._recording: Recording | None = None
        self._child = Child(self, silence_s=QUIET_S)
        self._child.line.connect(self._take)
        self._child.silent.connect(self._tell_silence)
        self._build()

    def _build(self) -> None:
        columns: tuple[Column[LiveRow], ...] = (
            Column(title=_("Accelerator"), text=lambda row: row.name, stretches=True),
            Column(title=_("Utilisation"), is_number=True, text=lambda row: _percent(row.now.utilisation)),
            Column(title=_("Temperature"), is_number=True, text=lambda row: _degrees(row.now.temperature_c)),
            Column(title=_("Power drawn now"), is_number=True, text=lambda row: watts(row.now.power_w)),
            Column(title=_("Memory in use"), is_number=True, text=lambda row: size_text(row.now.memory_used_bytes)),
        )
        self._table: Table[LiveRow] = Table(_("Now"), columns)
        self.body.addWidget(self._table)
        self._told = explanation()
        self.body.addWidget(self._told)
        self._record = QPushButton(icon("play"), _("&Record a run"))
        self._record.setToolTip(
            _("Start it, let the engine work, stop it: the watts measured stand beside the forecast then.")
        )
        self._record.clicked.connect(lambda _checked=False: self._switch_recording())
        self._save = QPushButton(icon("export"), _("Save as &CSV…"))
        self._save.clicked.connect(lambda _checked=False: self._ask_where())
        self._save.hide()
        row = QHBoxLayout()
        row.addWidget(self._record)
        row.addWidget(self._save)
        row.addStretch(1)
        self.body.addLayout(row)
        self._chart = ChartCard(_("Power while it was recorded"))
        self._chart.hide()
        self.body.addWidget(self._chart)

    # -------------------------------------------------------------------------------------------------------- showing

    def show_machine(self, snapshot: Snapshot) -> None:
        """Name the cards of this machine; that of a capture has no present."""
        self._names = {gpu.pci.address: gpu.label for gpu in snapshot.gpus if gpu.pci.address}
        is_here = bool(self._names) and not snapshot.sources
        self.setVisible(is_here)
        self._table.setFixedHeight(_HEADER + _ROW * min(max(len(self._names), 1), _MOST_ROWS) + SPACE)
        if not is_here:
            self._child.stop()
        elif self.isVisible():
            self._child.start(self._command())

    def show_evaluation(self, evaluation: "Evaluation") -> None:
        """Know what the project's machine would draw."""
        forecast = evaluation.forecast
        self._forecast_w = forecast.gpu_power_w if isinstance(forecast, Forecast) else None
        self._show_verdict()

    def showEvent(self, event: QShowEvent) -> None:
        """Go on where somebody looks."""
        super().showEvent(event)
        if self._names:
            self._child.start(self._command())

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks: stop, unless a run is recorded."""
        super().hideEvent(event)
        if self._recording is None or not self._is_recording:
            self._child.stop()

    def _take(self, line: str) -> None:
        sample = sample_of(line)
        if sample is None:
            return
        rows = [LiveRow(self._names.get(card.address, card.address), card) for card in sample.cards]
        self._table.show_rows(rows)
        if self._is_recording and self._recording is not None:
            self._recording.add(sample)
            self._tell_length(sample)
            if len(self._recording.samples) % _REDRAWN_EVERY == 1:
                self._draw()

    def _tell_silence(self) -> None:
        self._told.setText(
            _("The driver has not answered for {seconds} s. A card may hang; press “Read again” to try once more.",
              seconds=round(QUIET_S))
        )  # fmt: skip

    # ------------------------------------------------------------------------------------------------------ recording

    @property
    def _is_recording(self) -> bool:
        return bool(self._record.property("is_on"))

    def _switch_recording(self) -> None:
        begins = not self._is_recording
        self._record.setProperty("is_on", begins)
        self._record.setText(_("&Stop recording") if begins else _("&Record a run"))
        if begins:
            self._recording = Recording()
            self._child.start(self._command())
        else:
            self._draw()
            self._show_verdict()
        has_run = self._recording is not None and bool(self._recording.samples)
        self._save.setVisible(not begins and has_run)

    def _tell_length(self, _sample: Sample) -> None:
        assert self._recording is not None
        self._told.setText(_("Recording: {seconds} s", seconds=round(self._recording.times_s[-1])))

    def _draw(self) -> None:
        if self._recording is None or not self._recording.samples:
            return
        addresses = [card.address for card in self._recording.samples[0].cards]
        drawn = {self._names.get(at, at) + f" ({at})": self._recording.power_w(at) for at in addresses}
        if len(addresses) > 1:
            drawn[_("all together")] = self._recording.power_w()
        self._chart.show()
        self._chart.show_spec(recorded_power(self._recording.times_s, drawn, self._forecast_w))

    def _show_verdict(self) -> None:
        """The watts under load beside the forecast, once a run was recorded."""
        if self._is_recording or self._recording is None or not self._recording.samples:
            return
        drawn, forecast = self._recording.loaded_power_w(), self._forecast_w
        if drawn is None:
            self._told.setText(_("No accelerator was busy while it was recorded, or none tells what it draws."))
        elif forecast is None:
            self._told.setText(_("Under load {measured}; the project has no forecast to hold it against.",
                                 measured=watts(drawn)))  # fmt: skip
        else:
            inside = forecast.low80 <= drawn <= forecast.high80
            verdict = _("inside the interval") if inside else _("outside the interval")
            self._told.setText(
                _("Under load {measured}, forecast {low} to {high}: {verdict}.", measured=watts(drawn),
                  low=watts(forecast.low80), high=watts(forecast.high80), verdict=verdict)
            )  # fmt: skip

    def _ask_where(self) -> None:
        patterns = _("Table") + " (*.csv)"
        path = ask.file_to_write(self, _("Save the recorded run"), "dsdesk-power.csv", patterns, ".csv")
        if path is not None:
            self.save_csv(path)

    def save_csv(self, path: "object") -> None:
        """Write the recorded run."""
        from pathlib import Path

        target = Path(str(path))
        assert self._recording is not None
        try:
            target.write_text(self._recording.csv(), encoding="utf-8")
        except OSError as error:
            text = N_("{path} cannot be written: {reason}.")
            failure: DsdeskError = FileError(Message(text, path=str(target), reason=reason_of(error)))
            self.failed.emit(failure)

    def end(self) -> None:
        """Stop the child for good."""
        self._child.stop()
