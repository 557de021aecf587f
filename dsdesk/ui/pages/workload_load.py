"""Under load: what users see at each percentile, how much of the promise is kept, and the most that keeps it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from dsdesk.base.message import N_, Message
from dsdesk.base.source import Unknown, Why
from dsdesk.base.units import Estimate, Quantity, Unit, format_number
from dsdesk.llm.architecture import Llm
from dsdesk.project.project import UseCase
from dsdesk.sizing.simulation import Percentiles, ServingReport
from dsdesk.ui.aside import Aside
from dsdesk.ui.desk import Desk
from dsdesk.ui.figures import interval
from dsdesk.ui.tasks import Task
from dsdesk.ui.theme import SMALL, SPACE, sized, status_colour
from dsdesk.ui.widgets.badge import Badge
from dsdesk.ui.widgets.card import Card
from dsdesk.ui.widgets.text import caption, explanation, figure, paragraph
from dsdesk.ui.widgets.why import WhyButton, labelled
from dsdesk.ui.words import _, say

if TYPE_CHECKING:
    from dsdesk.evaluate import Evaluation

_TIMES = (
    ("ttft_s", N_("First token"), Unit.SECOND),
    ("tpot_s", N_("Each further token"), Unit.MILLISECOND),
    ("gap_s", N_("Gap between two tokens"), Unit.MILLISECOND),
    ("answer_s", N_("Whole answer"), Unit.SECOND),
)
_SHARES = (("p50", N_("half of all (p50)")), ("p95", N_("95 of 100 (p95)")), ("p99", N_("99 of 100 (p99)")))
_DAILY_STEP = -3  # requests a day are shown to the thousand


@dataclass(frozen=True, slots=True)
class Served:
    """What was simulated: at the load that is asked for, and at the largest that keeps the promise.

    Attributes:
        asked: at the workload's load.
        most: the largest; None where nothing is promised.
    """

    asked: ServingReport | Unknown
    most: ServingReport | Unknown | None = None


def serve_workload(evaluation: "Evaluation", task: Task) -> Served:
    """Simulate the workload of an evaluation; stops where nobody waits for it any more."""
    from dsdesk.build.load import serving_case
    from dsdesk.build.serving import serving
    from dsdesk.sizing.simulation import simulate
    from dsdesk.sizing.simulation_load import largest_load

    llm, configuration = evaluation.llm, evaluation.configuration
    assert isinstance(llm, Llm)
    served = serving(evaluation.build)
    case = serving_case(llm, configuration, served, evaluation.plan, evaluation.offload_layers)
    if isinstance(case, Unknown):
        return Served(case)
    task.report(0.0)
    asked = simulate(case)
    task.report(0.2)
    return Served(asked, largest_load(case))


class UnderLoad(Card):
    """The card below the columns of the Workload page."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(_("Under load"))
        self._aside = Aside(desk.tasks, self)
        self._told = explanation(_("Being worked out…"))
        self.body.addWidget(self._told)
        self._shown = QWidget()
        grid = QGridLayout(self._shown)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(2 * SPACE)
        grid.setVerticalSpacing(SPACE)
        self.body.addWidget(self._shown)
        self._place_figures(grid)
        self._place_times(grid)
        self._assumed = explanation()
        self.body.addWidget(self._assumed)
        self._shown.hide()

    def _place_figures(self, grid: QGridLayout) -> None:
        names = {
            "requests": _("Requests answered"),
            "flying": _("In flight, mean"),
            "kept": _("As wanted"),
            "most": _("Most that is as wanted"),
        }
        self._figures: dict[str, tuple[QLabel, QLabel, WhyButton]] = {}
        for column, (key, name) in enumerate(names.items()):
            number, why, below = figure("–"), WhyButton(name), explanation()
            sized(below, SMALL)
            cell = labelled(name, number, why)
            layout = cell.layout()
            if layout is not None:
                layout.addWidget(below)
            number.setAccessibleName(name)
            self._figures[key] = (number, below, why)
            grid.addWidget(cell, 0, column, Qt.AlignmentFlag.AlignTop)
            grid.setColumnStretch(column, 1)
        self._verdict = Badge()
        grid.addWidget(self._verdict, 1, 0, 1, len(names))

    def _place_times(self, grid: QGridLayout) -> None:
        for column, (_key, words) in enumerate(_SHARES, start=1):
            grid.addWidget(caption(_(words)), 2, column)
        self._times: dict[tuple[str, str], QLabel] = {}
        for row, (name, words, _unit) in enumerate(_TIMES, start=3):
            grid.addWidget(paragraph(_(words)), row, 0, Qt.AlignmentFlag.AlignTop)
            for column, (share, _words) in enumerate(_SHARES, start=1):
                value = QLabel("–")
                value.setTextFormat(Qt.TextFormat.PlainText)
                value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
                value.setAccessibleName(f"{_(words)}, {_(_SHARES[column - 1][1])}")
                self._times[name, share] = value
                grid.addWidget(value, row, column)

    # -------------------------------------------------------------------------------------------------------- showing

    def show_evaluation(self, evaluation: "Evaluation") -> None:
        """Work it out aside; what is shown stays until then, so that a moving slider does not flicker."""
        workload = evaluation.configuration.workload
        self.setVisible(workload.use_case is not UseCase.FINETUNE)
        if workload.use_case is UseCase.FINETUNE:
            self._aside.drop()
            return
        reason = _missing(evaluation)
        if reason:
            self._aside.drop()
            self._tell(reason)
            return
        self._aside.ask(
            Message(N_("Simulating the load")),
            lambda task: serve_workload(evaluation, task),
            lambda served: self._show(served, evaluation),
        )

    def _tell(self, reason: str) -> None:
        self._told.setText(reason)
        self._told.show()
        self._shown.hide()
        self._assumed.hide()

    def _show(self, served: Served, evaluation: "Evaluation") -> None:
        report = served.asked
        if isinstance(report, Unknown):
            self._tell(say(report.because))
            return
        self._told.hide()
        self._shown.show()
        self._assumed.show()
        self._assumed.setText(" ".join(say(one) for one in report.assumed))
        for name, _words, unit in _TIMES:
            self._show_time(name, getattr(report, name), unit)
        self._tell_figure("requests", _rate(report.requests_s), _daily(report), report.why)
        self._tell_figure("flying", format_number(report.in_flight), _preempted(report), report.why)
        share = Quantity(report.good_share, Unit.PERCENT).text()
        wished = evaluation.configuration.workload
        is_promised = wished.ttft_s_max is not None or wished.decode_tok_s_min is not None
        below = _("of requests; {share} are wanted", share=Quantity(wished.kept_share, Unit.PERCENT).text())
        self._tell_figure("kept", share if is_promised else "–", below if is_promised else _unpromised(), report.why)
        self._show_most(served.most, is_promised=is_promised)
        self._judge(report, is_promised=is_promised)

    def _tell_figure(self, key: str, number: str, below: str, why: Why | None) -> None:
        shown, detail, button = self._figures[key]
        shown.setText(number)
        detail.setText(below)
        button.explain_with(why)

    def _show_time(self, name: str, times: Percentiles, unit: Unit) -> None:
        scale = 1e3 if unit is Unit.MILLISECOND else 1.0
        for share, _words in _SHARES:
            estimate: Estimate = getattr(times, share)
            shown = estimate.scaled(scale)
            self._times[name, share].setText(f"{format_number(shown.estimate)} {unit.value}\n{interval(shown)}")

    def _show_most(self, most: ServingReport | Unknown | None, *, is_promised: bool) -> None:
        if most is None or isinstance(most, Unknown):
            self._tell_figure("most", "–", say(most.because) if most else "", None)
            return
        asked = most.traffic
        load = _("{count} users", count=asked.users) if asked.requests_s is None else _rate(most.requests_s)
        words = _daily(most) if is_promised else _("{daily}; more would overload it", daily=_daily(most))
        self._tell_figure("most", load, words, most.why)

    def _judge(self, report: ServingReport, *, is_promised: bool) -> None:
        if report.overloaded:
            words = _("More comes than is answered: waits grow as long as the load lasts.")
            self._verdict.show_status("error", words, status_colour("error"))
        elif not is_promised:
            self._verdict.show_good(_("The load is carried"))
        elif report.kept:
            self._verdict.show_good(_("As many requests as wanted have the speed and the wait that are wanted"))
        else:
            words = _("Too few requests have the speed and the wait that are wanted")
            self._verdict.show_status("warning", words, status_colour("warning"))


def _unpromised() -> str:
    return _("set a speed or a wait to see it")


def _missing(evaluation: "Evaluation") -> str:
    if not isinstance(evaluation.llm, Llm) or evaluation.accelerator is None:
        return _("Choose a model and an accelerator to see this.")
    return say(evaluation.forecast.because) if isinstance(evaluation.forecast, Unknown) else ""


def _rate(rate: Estimate) -> str:
    return Quantity(rate.estimate, Unit.REQ_S).text()


def _daily(report: ServingReport) -> str:
    count = format_number(round(report.requests_per_day.estimate, _DAILY_STEP), 0)
    return _("{count} a day", count=count)


def _preempted(report: ServingReport) -> str:
    cache = Quantity(report.cache_share, Unit.PERCENT).text(0)
    return _("{share} of the cache at most", share=cache)
