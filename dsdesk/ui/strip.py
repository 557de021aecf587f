"""The strip that never leaves the screen: the answer to the whole, right after every change."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from dsdesk.base.source import Unknown
from dsdesk.base.units import Quantity, Unit
from dsdesk.checks.finding import Severity
from dsdesk.ui.tasks import Task
from dsdesk.ui.theme import FIGURE, SPACE
from dsdesk.ui.widgets.badge import Badge, count_text
from dsdesk.ui.widgets.memory_bar import MemoryBar
from dsdesk.ui.widgets.why import FigureCell
from dsdesk.ui.words import _, say

if TYPE_CHECKING:
    from dsdesk.evaluate import Evaluation


class Strip(QWidget):
    """Six figures in a row.

    Signals:
        wanted: the name of the page that tells more.
    """

    wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("strip")
        self.setAccessibleName(_("The answer at a glance"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * SPACE, 0, SPACE, 0)
        layout.setSpacing(SPACE // 2)
        self._evaluation: Evaluation | None = None
        self._cells: dict[str, FigureCell] = {}
        names = {
            "model": (_("Model"), 29),
            "memory": (_("Memory"), 24),
            "speed": (_("Speed for each user"), 22),
            "power": (_("From the wall"), 12),
            "price": (_("Price"), 18),
            "findings": (_("Findings"), 16),
        }
        for key, (name, width) in names.items():
            cell = FigureCell(name, keeps_figure=key not in ("model", "findings"))
            cell.setObjectName(f"strip_{key}")
            if key == "model":  # of all figures only a name may be cut
                cell.setMinimumWidth(8 * SPACE)
            cell.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
            self._cells[key] = cell
            layout.addWidget(cell, width)
            cell.asked.connect(lambda asked=key: self._tell_more(asked))
        self._bar = MemoryBar(SPACE)
        self._bar.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._cells["memory"].body.addWidget(self._bar)
        self._badges = _Badges()
        self._cells["findings"].put_instead(self._badges)
        self._cells["findings"].tell("", "")
        self.setFixedHeight(max(11 * SPACE, layout.sizeHint().height()))  # higher in large letters

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint it."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.palette().color(QPalette.ColorRole.Light))
        painter.setPen(self.palette().color(QPalette.ColorRole.Mid))
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)
        painter.end()

    def show_task(self, task: Task) -> None:
        """Say what is being done while there is no evaluation yet."""
        if self._evaluation is None:
            share = "" if task.fraction is None else f"{Quantity(task.fraction, Unit.PERCENT).text(0)} · "
            self._cells["model"].tell("…", share + say(task.doing or task.title))

    def show_evaluation(self, evaluation: "Evaluation") -> None:
        """Show the answer."""
        # Imported with the first answer, not with the window: the whole core stands behind these.
        from dsdesk.llm.architecture import Llm
        from dsdesk.sizing.precisions import KV_FORMATS, PRECISIONS
        from dsdesk.sizing.results import Forecast, MemoryNeed
        from dsdesk.ui import figures

        self._evaluation = evaluation
        configuration = evaluation.configuration
        precision = PRECISIONS.get(configuration.precision)
        kv = KV_FORMATS.get(configuration.kv_precision)
        words = precision.name if precision else configuration.precision
        cache = kv.name if kv else configuration.kv_precision
        detail = f"{words} · KV {cache} · {figures.engine_name(configuration.engine)}"
        is_known = isinstance(evaluation.llm, Llm)
        name = figures.model_name(evaluation)
        told = detail if is_known else say_llm(evaluation)
        self._cells["model"].tell(name, told, f"{name}\n{told}")
        self._cells["memory"].tell(*figures.memory_text(evaluation))
        need = evaluation.need if isinstance(evaluation.need, MemoryNeed) else None
        self._bar.show_need(need, evaluation.memory_bytes_available)
        number, detail = figures.speed_text(evaluation)
        limit = figures.limit_word(evaluation.forecast.limited_by) if isinstance(evaluation.forecast, Forecast) else ""
        self._cells["speed"].tell(number, detail, "\n".join(filter(None, (detail, limit))))
        self._cells["power"].tell(*figures.wall_text(evaluation), figures.wall_tip(evaluation))
        self._cells["price"].tell(*figures.price_text(evaluation))
        self._show_findings(evaluation)

    def _show_findings(self, evaluation: "Evaluation") -> None:
        counts = dict.fromkeys(sorted(Severity, reverse=True), 0)
        for finding in evaluation.findings:
            counts[finding.severity] += 1
        said = [count_text(severity, number) for severity, number in counts.items() if number]
        notes = counts.pop(Severity.NOTE)
        if not evaluation.findings and not evaluation.cost.lines:
            self._badges.show_nothing()
        else:
            self._badges.show_counts(counts)
        cell = self._cells["findings"]
        further = count_text(Severity.NOTE, notes) if notes else _("see Checks") if said else _("nothing to report")
        cell.tell("", further, "\n".join(said))
        cell.setAccessibleDescription(", ".join(said) or _("nothing to report"))

    def _tell_more(self, key: str) -> None:
        from dsdesk.ui import figures
        from dsdesk.ui.dialogs.why import show_reason, show_why

        evaluation = self._evaluation
        pages = {"model": "model", "findings": "checks"}
        if evaluation is None or key in pages:
            self.wanted.emit(pages.get(key, "start"))
            return
        if key == "power":
            show_why(self, figures.power_why(evaluation))
        elif key == "price":
            show_why(self, figures.price_why(evaluation))
        else:
            answer = evaluation.need if key == "memory" else evaluation.forecast
            if answer is None or isinstance(answer, Unknown) or answer.why is None:
                show_reason(
                    self,
                    _("There is no figure yet"),
                    say(answer if isinstance(answer, Unknown) else None)
                    or _("Choose a model and an accelerator first."),
                )
            else:
                show_why(self, answer.why)


def say_llm(evaluation: "Evaluation") -> str:
    """Why there is no model."""
    return say(evaluation.llm) if isinstance(evaluation.llm, Unknown) else _("choose one on the Model page")


class _Badges(QWidget):
    """How many findings there are of each serious severity, side by side; OK where there are none."""

    def __init__(self) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE)
        serious = (Severity.ERROR, Severity.WARNING, Severity.UNCHECKED)
        self._counted = {severity: Badge(step=FIGURE) for severity in serious}
        self._good = Badge(step=FIGURE)
        for badge in (*self._counted.values(), self._good):
            row.addWidget(badge)
            badge.hide()
        row.addStretch(1)

    def show_counts(self, counts: dict[Severity, int]) -> None:
        """Show those that are not zero."""
        for severity, badge in self._counted.items():
            badge.show_severity(severity, str(counts[severity]))
            badge.setVisible(counts[severity] > 0)
        self._good.show_good(_("OK"))
        self._good.setVisible(not any(counts.values()))

    def show_nothing(self) -> None:
        """There is nothing yet to find anything about."""
        for badge in (*self._counted.values(), self._good):
            badge.hide()
