"""What the cost comes to: totals, energy, tokens, the hosted API, what is left, advice."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from dsdesk.base.message import N_, Message
from dsdesk.base.money import Money
from dsdesk.base.source import Unknown, Why
from dsdesk.base.units import Quantity, Unit
from dsdesk.cost.advice import Advice, Standing
from dsdesk.cost.ownership import YearCost
from dsdesk.ui import figures
from dsdesk.ui.itemmodels.table import Column
from dsdesk.ui.pages.cost_money import money_text, per_mtok_text
from dsdesk.ui.theme import SMALL, SPACE, sized, status_colour
from dsdesk.ui.widgets.badge import Badge
from dsdesk.ui.widgets.card import Card
from dsdesk.ui.widgets.columns import Columns
from dsdesk.ui.widgets.table import Table
from dsdesk.ui.widgets.text import explanation, figure, paragraph
from dsdesk.ui.widgets.why import WhyButton, labelled
from dsdesk.ui.words import _, say

if TYPE_CHECKING:
    from dsdesk.cost.report import CostReport
    from dsdesk.evaluate import Evaluation

_MONTHS = 12


class Totals(Card):
    """Net, tax, total, lines without a price, the budget."""

    def __init__(self) -> None:
        super().__init__()
        sums = QHBoxLayout()
        sums.setSpacing(4 * SPACE)
        self._total, self._why = figure(), WhyButton(_("Total"))
        self._net, self._tax = figure(), figure()
        self._tax_name = QLabel()
        sums.addWidget(labelled(_("Total with tax"), self._total, self._why))
        sums.addWidget(labelled(_("Net"), self._net))
        sums.addWidget(labelled(_("Tax"), self._tax))
        sums.addStretch(1)
        verdicts = QVBoxLayout()
        self._missing, self._budget = Badge(), Badge()
        verdicts.addWidget(self._missing)
        verdicts.addWidget(self._budget)
        self.body.addWidget(Columns((sums, verdicts), 4 * SPACE))
        self._notes = explanation()
        self.body.addWidget(self._notes)

    def show_evaluation(self, evaluation: "Evaluation") -> None:
        """Show the sums; what they leave out is said beside them."""
        cost, budget = evaluation.cost, evaluation.project.cost.budget
        missing = len(cost.lines) - cost.priced
        self._why.explain_with(figures.price_why(evaluation) if cost.lines else None)
        at_least = "≥ " if missing else ""
        for label, money in ((self._total, cost.total), (self._net, cost.net_total), (self._tax, cost.tax)):
            label.setText(at_least + money.text() if cost.priced else figures.DASH)
        if missing:
            words = _("{missing} of {count} lines without a price", missing=missing, count=len(cost.lines))
            self._missing.show_status("warning", words, status_colour("warning"))
        else:
            self._missing.show_good(_("every line has a price"))
        self._budget.setVisible(budget is not None and budget.currency == cost.currency and bool(cost.priced))
        if budget is not None and budget.currency == cost.currency:
            self._show_budget(budget, cost.total, is_complete=not missing)
        self._notes.setText("\n".join(say(note) for note in cost.notes))
        self._notes.setVisible(bool(cost.notes))

    def _show_budget(self, budget: Money, total: Money, *, is_complete: bool) -> None:
        if total.amount > budget.amount:
            words = _("over the budget of {budget}", budget=budget.text())
            self._budget.show_status("error", words, status_colour("error"))
        elif is_complete:
            self._budget.show_good(_("within the budget of {budget}", budget=budget.text()))
        else:
            words = _("so far within the budget of {budget}", budget=budget.text())
            self._budget.show_status("unchecked", words, status_colour("unchecked"))


class Running(Card):
    """Energy, tokens and the hosted API, each with its basis."""

    def __init__(self) -> None:
        super().__init__(_("Running it"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(3 * SPACE)
        grid.setVerticalSpacing(SPACE + SPACE // 2)
        self.body.addLayout(grid)
        names = {
            "kwh": _("Energy a year"),
            "energy": _("Energy cost a year"),
            "mtok": _("A million output tokens"),
            "mtok_energy": _("of which energy"),
            "api": _("Hosted API a month"),
            "own": _("Own machine a month"),
        }
        self._cells: dict[str, tuple[QLabel, WhyButton]] = {}
        for position, (key, name) in enumerate(names.items()):
            number, why = figure(figures.DASH), WhyButton(name)
            self._cells[key] = (number, why)
            grid.addWidget(labelled(name, number, why), *divmod(position, 2))
        self._verdict = Badge()
        self._hosted = explanation()
        self._basis = explanation()
        for widget in (self._verdict, self._hosted, self._basis):
            self.body.addWidget(widget)
        self.body.addStretch(1)

    def show_report(self, report: "CostReport") -> None:
        """Show the running costs."""
        energy = report.energy
        if isinstance(energy, Unknown):
            self._tell("kwh", figures.DASH, None)
            self._tell("energy", figures.DASH, None)
        else:
            why = Why(Message(N_("Energy of a year")), energy.formula, "ISO/IEC 30134-2 (PUE)")
            self._tell("kwh", Quantity(energy.kwh_per_year, Unit.KWH).text(), why)
            self._tell("energy", money_text(energy.cost_per_year), why)
        self._tell("mtok", per_mtok_text(report), None)
        self._tell("mtok_energy", money_text(report.energy_per_mtok), None)
        hosted = report.hosted
        if isinstance(hosted, Unknown):
            self._tell("api", figures.DASH, None)
            self._tell("own", figures.DASH, None)
            self._verdict.show_status("unchecked", _("No comparison with a hosted API"), status_colour("unchecked"))
            self._hosted.setText(say(hosted))
        else:
            self._tell("api", money_text(hosted.api_per_month), None)
            self._tell("own", money_text(hosted.running_per_month), None)
            self._show_break_even(hosted.break_even_month, len(report.years) * _MONTHS)
            api = hosted.api
            source = f" {api.name}, {api.on.isoformat()}: {api.source}" if api else ""
            self._hosted.setText(say(hosted.because) + source)
        tokens = report.tokens
        self._basis.setText(say(tokens) if isinstance(tokens, Unknown) else say(tokens.basis))

    def _show_break_even(self, month: int | None, planned: int) -> None:
        if month is None:
            self._verdict.show_status("warning", _("Never pays for itself"), status_colour("warning"))
        elif month <= planned:
            self._verdict.show_good(_("Pays for itself in month {month}", month=month))
        else:
            words = _("Pays for itself in month {month}, after its planned life", month=month)
            self._verdict.show_status("warning", words, status_colour("warning"))

    def _tell(self, key: str, number: str, why: Why | None) -> None:
        label, button = self._cells[key]
        label.setText(number)
        button.explain_with(why)


def year_table(currency: str) -> Table[YearCost]:
    """The years of use."""

    def amount(money: Money) -> str:
        return f"{money.rounded().amount:,}"

    def column(title: str, field: str) -> Column[YearCost]:
        return Column(title=title, text=lambda year: amount(getattr(year, field)), is_number=True)

    return Table(
        _("Cost by year"),
        (
            Column(title=_("Year"), text=lambda year: str(year.year), stretches=True),
            column(_("Purchase"), "purchase"),
            column(_("Energy"), "energy"),
            column(_("Upkeep"), "maintenance"),
            column(_("Spent so far [{currency}]", currency=currency), "cumulative"),
            column(_("Residual value"), "residual"),
            column(_("Spent less residual"), "net"),
        ),
    )


class AdviceCard(Card):
    """Purchase advice, each with how far it can be trusted."""

    def __init__(self) -> None:
        super().__init__(_("Purchase advice"))
        self._rows = QVBoxLayout()
        self._rows.setSpacing(SPACE + SPACE // 2)
        self.body.addLayout(self._rows)
        self.body.addStretch(1)
        self._shown: tuple[Advice, ...] = ()

    def show_advice(self, advice: tuple[Advice, ...]) -> None:
        """Show these."""
        if advice == self._shown:
            return
        self._shown = advice
        while (item := self._rows.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for one in advice:
            self._rows.addWidget(_advice(one))


def _advice(advice: Advice) -> QWidget:
    block = QWidget()
    layout = QVBoxLayout(block)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(2)
    layout.addWidget(paragraph(say(advice.text)))
    is_computed = advice.standing is Standing.ARITHMETIC
    drawing = "good" if is_computed else "unchecked"
    badge = Badge(drawing, say(advice.standing_text), status_colour(drawing))
    for label in badge.findChildren(QLabel):
        sized(label, SMALL)
    layout.addWidget(badge)
    return block
