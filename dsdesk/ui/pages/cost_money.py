"""Money as people type and read it on the Cost page."""

import re
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from dsdesk.base.errors import InputError
from dsdesk.base.message import N_, Message
from dsdesk.base.money import Money
from dsdesk.base.source import Unknown
from dsdesk.base.units import Unit
from dsdesk.ui.figures import DASH
from dsdesk.ui.widgets.fields import QuantitySpin
from dsdesk.ui.words import _

if TYPE_CHECKING:
    from dsdesk.cost.report import CostReport

CURRENCIES = ("CNY", "USD", "EUR", "JPY", "HKD", "GBP", "SGD")
_MOST = 1e12
_WRITTEN = re.compile(r"(?P<before>[A-Za-z]{3})?\s*(?P<number>[\d][\d\s,，]*(?:\.\d+)?)\s*(?P<after>[A-Za-z]{3}|元)?")
_NEW_DAYS, _NEW_MONTHS, _MONTH = 60, 24, 30.44


def parse_money(text: str, currency: str) -> Money | None:
    """What somebody typed, such as "28,000", "USD 1999" or "1999.50 usd"; None for an empty text.

    Raises:
        InputError: it is no amount.
    """
    if not text.strip():
        return None
    match = _WRITTEN.fullmatch(text.strip())
    if match is None:
        raise InputError(Message(N_("{text} is not an amount. Type a number such as 1999 or USD 1999."), text=text))
    named = match["before"] or match["after"] or currency
    amount = Decimal(re.sub(r"[\s,，]", "", match["number"]))
    return Money(amount, "CNY" if named == "元" else named.upper())


def per_mtok_text(report: "CostReport") -> str:
    """A million output tokens; "at least" where lines or the energy have no price."""
    if isinstance(report.per_mtok, Unknown):
        return DASH
    has_energy = not isinstance(report.energy, Unknown) and isinstance(report.energy.cost_per_year, Money)
    return f"{'' if report.complete and has_energy else '≥ '}{report.per_mtok.text()}"


def money_text(money: Money | Unknown | None) -> str:
    """To the smallest unit; a dash where it is not known."""
    return money.text() if isinstance(money, Money) else DASH


def age_text(day: date | None, today: date) -> str:
    """How old a price is."""
    if day is None:
        return DASH
    days = max(0, (today - day).days)
    if not days:
        return _("today")
    if days < _NEW_DAYS:
        return _("{count} days", count=days)
    months = round(days / _MONTH)
    if months < _NEW_MONTHS:
        return _("{count} months", count=months)
    return _("{count} years", count=months // 12)


class MoneySpin(QuantitySpin):
    """An amount in one currency; empty where it is not given."""

    def __init__(self, *, decimals: int = 2, step: float = 1.0) -> None:
        super().__init__(Unit.COUNT, maximum=_MOST, decimals=decimals, step=step, optional=True)
        self._currency = "CNY"
        self.setMinimumWidth(18 * 8)

    def money(self) -> Money | None:
        """The amount; None when it is not given."""
        number = self.quantity()
        return None if number is None else Money(Decimal(str(round(number, self.decimals()))), self._currency)

    def show_money(self, money: Money | None, currency: str) -> None:
        """Show an amount, or none in `currency`, without a signal."""
        self._currency = money.currency if money is not None else currency
        suffix = f"\N{NO-BREAK SPACE}{self._currency}"
        if suffix != self.suffix():
            self.blockSignals(True)
            self.setSuffix(suffix)
            self.blockSignals(False)
        self.show_quantity(None if money is None else float(money.amount))
