"""Cost: every price with its source and age, what it comes to with tax, and what running it costs."""

from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from dsdesk.base.message import N_, Message
from dsdesk.base.money import Money
from dsdesk.base.source import Unknown
from dsdesk.charts.spec import ChartSpec
from dsdesk.cost.lines import PricedLine
from dsdesk.cost.ownership import YearCost
from dsdesk.project.edits import change_line
from dsdesk.ui.aside import Aside
from dsdesk.ui.desk import Desk
from dsdesk.ui.focus import in_reading_order
from dsdesk.ui.pages.cost_assumptions import Assumptions
from dsdesk.ui.pages.cost_lines import PricedTable
from dsdesk.ui.pages.cost_outcome import AdviceCard, Running, Totals, year_table
from dsdesk.ui.pages.cost_rates import Rates
from dsdesk.ui.pages.page import Page, PageState, Progress
from dsdesk.ui.theme import SPACE
from dsdesk.ui.widgets.card import Card
from dsdesk.ui.widgets.chart_card import ChartCard
from dsdesk.ui.widgets.columns import Columns
from dsdesk.ui.widgets.empty import EmptyState
from dsdesk.ui.widgets.table import Table
from dsdesk.ui.widgets.text import explanation
from dsdesk.ui.words import _

if TYPE_CHECKING:
    from dsdesk.build.catalog import Catalog
    from dsdesk.evaluate import Evaluation

_ROW, _HEADER = 4 * SPACE, 5 * SPACE


class CostPage(Page):
    """Prices above, what follows below."""

    NAME = "cost"
    TITLE = N_("Cost")
    SUBTITLE = N_("Prices are those of the price list, each with its date, until you type your own.")
    ICON = "cost"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self._aside = Aside(desk.tasks, self)
        self._currency = ""
        self._table: PricedTable
        self._year_table: Table[YearCost]
        self._empty = EmptyState(
            "cost",
            _("Nothing to price yet"),
            _("Put parts into the machine; each then stands here with its price."),
            _("Go to the machine"),
            lambda: self.wanted.emit("machine"),
        )
        self._whole = QWidget()
        self._column = QVBoxLayout(self._whole)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2 * SPACE)
        self.body.addWidget(self._empty, 1)
        self.body.addWidget(self._whole, 1)
        self._fill()

    def _fill(self) -> None:
        self._totals = Totals()
        self._column.addWidget(self._totals)
        self._prices = Card(_("Prices"))
        self._prices.body.addWidget(explanation(_("Double-click a unit price to type your own.")))
        self._column.addWidget(self._prices)
        self._assumptions, self._rates = Assumptions(), Rates()
        for part in (self._assumptions, self._rates):
            part.edited.connect(self.edited)
        self._column.addWidget(self._assumptions)
        row = QHBoxLayout()
        row.setSpacing(2 * SPACE)
        self._chart = ChartCard(_("Cost over the years"))
        self._running = Running()
        row.addWidget(self._chart, 3)
        row.addWidget(self._running, 2)
        self._column.addLayout(row)
        self._years = Card(_("Cost by year"))
        self._column.addWidget(self._years)
        self._advice = AdviceCard()
        self._column.addWidget(Columns((self._advice, self._rates), 2 * SPACE))
        self._column.addStretch(1)

    def _use_currency(self, currency: str) -> None:
        """Headings name the currency, so the two tables are built for it."""
        if currency == self._currency:
            return
        if self._currency:
            for table in (self._table, self._year_table):
                table.hide()
                table.deleteLater()
        self._currency = currency
        self._table = PricedTable(currency)
        self._table.priced.connect(self._price)
        self._prices.body.addWidget(self._table)
        self._year_table = year_table(currency)
        self._years.body.addWidget(self._year_table)
        in_reading_order(self)

    def _price(self, line: PricedLine, money: Money | None) -> None:
        if money is None:
            text = Message(N_("{part}: price of the price list"), part=line.name)
        else:
            text = Message(N_("{part}: {price}"), part=line.name, price=money)
        self.edited.emit(change_line(line.no, text, unit_price=money))

    def show_evaluation(self, evaluation: "Evaluation") -> None:
        """Show what the project costs."""
        report = evaluation.cost
        self._empty.setVisible(not report.lines)
        self._whole.setVisible(bool(report.lines))
        self._use_currency(report.currency)
        self._totals.show_evaluation(evaluation)
        self._table.show_lines(report.lines)
        self._assumptions.show_evaluation(evaluation)
        self._rates.show_evaluation(evaluation)
        self._running.show_report(report)
        self._years.setVisible(report.priced > 0)  # years of nothing would read as free
        self._year_table.show_rows(report.years)
        has_energy = not isinstance(report.energy, Unknown) and isinstance(report.energy.cost_per_year, Money)
        self._year_table.show_only_if(_("Energy"), has_energy)  # without a price of energy it would read as free
        self._year_table.setFixedHeight(_HEADER + _ROW * min(len(report.years), 10) + SPACE)
        self._advice.show_advice(report.advice)
        catalog = self.desk.store.catalog
        if catalog is not None and report.lines:
            self._aside.ask(
                Message(N_("Drawing the charts")), lambda _task: _chart(evaluation, catalog), self._chart.show_spec
            )

    @classmethod
    def state(cls, evaluation: "Evaluation") -> PageState:
        """Done once every line has a price."""
        cost = evaluation.cost
        return PageState(Progress.DONE if cost.lines and cost.complete else Progress.TO_DO)


def _chart(evaluation: "Evaluation", catalog: "Catalog") -> ChartSpec:
    from dsdesk.charts.cost import cost_over_years

    import_module("dsdesk.ui.widgets.plot")  # half a second that the window need not wait for
    return cost_over_years(evaluation, catalog)


PAGE = CostPage
