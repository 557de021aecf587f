"""Exchange rates: the dated reference rates, over which the user's own go."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton

from dsdesk.base.errors import InputError
from dsdesk.base.message import N_, Message
from dsdesk.base.money import ExchangeRate
from dsdesk.cost.exchange import Exchange
from dsdesk.project.edits import Edit, change_cost
from dsdesk.project.project import Project
from dsdesk.ui.dialogs import ask
from dsdesk.ui.icons import icon
from dsdesk.ui.itemmodels.table import Column
from dsdesk.ui.pages.cost_money import CURRENCIES
from dsdesk.ui.theme import SPACE
from dsdesk.ui.widgets.card import Card
from dsdesk.ui.widgets.fields import Choice
from dsdesk.ui.widgets.table import Table
from dsdesk.ui.widgets.text import explanation
from dsdesk.ui.words import _

if TYPE_CHECKING:
    from dsdesk.evaluate import Evaluation


@dataclass(frozen=True, slots=True)
class RateRow:
    """A rate, and whether the user typed it."""

    rate: ExchangeRate
    is_own: bool


def rate_rows(exchange: Exchange) -> tuple[RateRow, ...]:
    """The user's rates, then the reference rates of pairs that they do not cover."""
    pairs = {frozenset((rate.base, rate.quote)) for rate in exchange.own}
    reference = (rate for rate in exchange.reference if frozenset((rate.base, rate.quote)) not in pairs)
    return (*(RateRow(rate, True) for rate in exchange.own), *(RateRow(rate, False) for rate in reference))


def with_rate(base: str, quote: str, number: str, on: date) -> Edit:
    """An edit that sets the user's own rate of a pair.

    Raises:
        InputError: the pair is none, or `number` is no rate.
    """
    try:
        rate = Decimal(number.strip().replace(",", "."))
    except InvalidOperation:
        rate = Decimal(0)
    if rate <= 0 or not rate.is_finite():
        raise InputError(Message(N_("{text} is not a rate. Type a number such as 7.1."), text=number))
    if base == quote:
        raise InputError(Message(N_("A rate needs two different currencies.")))
    typed = ExchangeRate(base, quote, rate, on, "user")

    def apply(project: Project) -> Project:
        others = tuple(one for one in project.cost.rates if {one.base, one.quote} != {base, quote})
        return replace(project, cost=replace(project.cost, rates=(*others, typed)))

    return Edit(Message(N_("Exchange rate {base}/{quote}"), base=base, quote=quote), apply)


class Rates(Card):
    """Table of the rates in use, and a line to type one's own.

    Signals:
        edited: an Edit of the project.
    """

    edited = Signal(object)

    def __init__(self) -> None:
        super().__init__(_("Exchange rates"))
        self.body.addWidget(explanation(_("A rate of your own goes before the reference rate of its pair.")))
        self._table: Table[RateRow] = Table(
            _("Exchange rates"),
            (
                Column(title=_("Pair"), text=lambda row: f"{row.rate.base}/{row.rate.quote}"),
                Column(title=_("Rate"), text=lambda row: f"{row.rate.rate:f}", is_number=True,
                       sort=lambda row: float(row.rate.rate)),
                Column(title=_("Date"), text=lambda row: row.rate.on.isoformat()),
                Column(title=_("Source"), text=_source, tip=_source, stretches=True),
            ),
        )  # fmt: skip
        self._table.setFixedHeight(22 * SPACE)
        self._table.chosen.connect(self._show_chosen)
        self.body.addWidget(self._table)
        self.body.addLayout(self._own_line())
        self._own: tuple[ExchangeRate, ...] = ()

    def _own_line(self) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(SPACE)
        self._base = Choice([(one, one) for one in CURRENCIES])
        self._quote = Choice([(one, one) for one in CURRENCIES])
        self._base.setAccessibleName(_("Currency that is bought"))
        self._quote.setAccessibleName(_("Currency that pays"))
        self._base.show_key("USD")
        self._quote.show_key("CNY")
        self._rate = QLineEdit()
        self._rate.setAccessibleName(_("Rate"))
        self._rate.setPlaceholderText(_("rate"))
        self._rate.setMaximumWidth(12 * SPACE)
        self._rate.returnPressed.connect(self._set)
        use = QPushButton(_("&Use this rate"))
        use.clicked.connect(lambda _checked=False: self._set())
        self._drop = QPushButton(icon("remove"), _("&Reference rate again"))
        self._drop.clicked.connect(lambda _checked=False: self._forget())
        self._drop.setEnabled(False)
        for widget in (self._base, self._quote, self._rate, use, self._drop):
            line.addWidget(widget)
        line.addStretch(1)
        return line

    def _set(self) -> None:
        try:
            self.edited.emit(with_rate(self._base.key(), self._quote.key(), self._rate.text(), date.today()))
        except InputError as error:
            ask.tell_error(self, error)
            return
        self._rate.clear()

    def _forget(self) -> None:
        row = self._table.current_row()
        if row is not None and row.is_own:
            rates = tuple(one for one in self._own if one != row.rate)
            self.edited.emit(change_cost(Message(N_("Reference rate again")), rates=rates))

    def _show_chosen(self, row: RateRow | None) -> None:
        self._drop.setEnabled(row is not None and row.is_own)
        if row is not None:
            self._base.show_key(row.rate.base)
            self._quote.show_key(row.rate.quote)

    def show_evaluation(self, evaluation: "Evaluation") -> None:
        """Show the rates of the project."""
        self._own = evaluation.project.cost.rates
        self._table.show_rows(rate_rows(evaluation.cost.exchange))


def _source(row: RateRow) -> str:
    return _("typed here") if row.is_own and row.rate.source == "user" else row.rate.source
