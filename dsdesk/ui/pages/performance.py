"""Performance: how fast it will be, with its interval, what limits it, and how it changes with load and length."""

from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from dsdesk.base.message import N_, Message
from dsdesk.charts.spec import ChartSpec
from dsdesk.llm.architecture import Llm
from dsdesk.sizing.results import Forecast
from dsdesk.ui.aside import Aside
from dsdesk.ui.desk import Desk
from dsdesk.ui.pages.page import Page, PageState, Progress
from dsdesk.ui.pages.performance_figures import Headline
from dsdesk.ui.pages.performance_measured import MeasuredCard
from dsdesk.ui.tasks import Task
from dsdesk.ui.theme import SPACE
from dsdesk.ui.widgets.chart_card import ChartCard
from dsdesk.ui.widgets.empty import EmptyState
from dsdesk.ui.words import _

if TYPE_CHECKING:
    from pathlib import Path

    from dsdesk.build.catalog import Catalog
    from dsdesk.evaluate import Evaluation

# In reading order; what the Cost page shows is left to it.
_CHARTS = {
    "throughput_over_concurrency": N_("Throughput over concurrency"),
    "speed_per_user": N_("Speed for each user over concurrency"),
    "frontier": N_("Speed of each user against throughput of each accelerator"),
    "latency_over_load": N_("Waiting under load"),
    "throughput_over_context": N_("Throughput over prompt length"),
    "wait_over_context": N_("Wait for the first token over prompt length"),
    "decode_by_precision": N_("Decode by precision"),
    "prefill_by_precision": N_("Prefill by precision"),
    "memory_by_part": N_("Memory of each accelerator"),
    "power_by_kind": N_("Power by kind of part"),
    "power_cap": N_("Speed under a power limit"),
    "energy_over_concurrency": N_("Energy of a million tokens"),
    "roofline": N_("Roofline"),
}
_COLUMNS = 2


def performance_charts(evaluation: "Evaluation", catalog: "Catalog", task: Task) -> tuple[ChartSpec, ...]:
    """Every chart of the page; stops where nobody waits for them any more."""
    from dsdesk.charts import ALL_CHARTS

    import_module("dsdesk.ui.widgets.plot")  # half a second that the window need not wait for
    specs = []
    for number, key in enumerate(_CHARTS):
        task.report(number / len(_CHARTS))
        specs.append(ALL_CHARTS[key](evaluation, catalog))
    return tuple(specs)


class PerformancePage(Page):
    """Figures above, charts below."""

    NAME = "performance"
    TITLE = N_("Performance")
    SUBTITLE = N_("What to expect, and how sure that is: four outcomes in five lie within each interval.")
    ICON = "performance"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self._aside = Aside(desk.tasks, self)
        self._waiting: list[ChartSpec] = []
        self._no_model = self._empty(_("Choose a language model first"), _("Go to the model"), "model")
        self._no_card = self._empty(_("The machine has no accelerator yet"), _("Go to the machine"), "machine")
        self._headline = Headline()
        self.body.addWidget(self._headline)
        self._measured = MeasuredCard(desk)
        self.body.addWidget(self._measured)
        self._charts = QWidget()
        grid = QGridLayout(self._charts)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(2 * SPACE)
        self._cards: dict[str, ChartCard] = {}
        for position, (key, heading) in enumerate(_CHARTS.items()):
            card = ChartCard(_(heading))
            self._cards[key] = card
            card.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)  # both columns alike
            is_alone = position == len(_CHARTS) - 1 and position % _COLUMNS == 0
            grid.addWidget(card, *divmod(position, _COLUMNS), 1, _COLUMNS if is_alone else 1)
        for column in range(_COLUMNS):
            grid.setColumnStretch(column, 1)
        self.body.addWidget(self._charts)
        self.body.addStretch(1)

    def _empty(self, heading: str, button: str, page: str) -> EmptyState:
        text = _("Speed, memory and power are then shown here, each with its interval.")
        state = EmptyState("performance", heading, text, button, lambda: self.wanted.emit(page))
        self.body.addWidget(state, 100)
        state.hide()
        return state

    def show_evaluation(self, evaluation: "Evaluation") -> None:
        """Show the figures at once, and the charts when they are worked out."""
        has_model, has_card = isinstance(evaluation.llm, Llm), evaluation.accelerator is not None
        self._no_model.setVisible(not has_model)
        self._no_card.setVisible(has_model and not has_card)
        for part in (self._headline, self._measured, self._charts):
            part.setVisible(has_model and has_card)
        if not (has_model and has_card):
            self._aside.drop()
            return
        self._headline.show_evaluation(evaluation)
        self._measured.show_evaluation(evaluation)
        catalog = self.desk.store.catalog
        if catalog is not None:
            self._aside.ask(
                Message(N_("Drawing the charts")),
                lambda task: performance_charts(evaluation, catalog, task),
                self._show_charts,
            )

    def _show_charts(self, specs: tuple[ChartSpec, ...]) -> None:
        self._waiting = list(specs)
        self._show_next()

    def _show_next(self) -> None:
        """One chart a turn of the event loop, from the top, so that the window stays awake."""
        if self._waiting:
            spec = self._waiting.pop(0)
            self._cards[spec.key].show_spec(spec)
            QTimer.singleShot(0, self, self._show_next)

    def take_files(self, paths: "list[Path]") -> None:
        """Results of benchmarks that were dropped on the window."""
        self._measured.take(paths)

    @classmethod
    def state(cls, evaluation: "Evaluation") -> PageState:
        """Done once there is a forecast, which only what fits has."""
        forecast = evaluation.forecast
        is_done = isinstance(forecast, Forecast)
        return PageState(Progress.DONE if is_done else Progress.TO_DO)


PAGE = PerformancePage
