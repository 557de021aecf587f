"""Money into the currency of the report, only through rates that somebody dated and named."""

from dataclasses import dataclass

from dsdesk.base.money import ExchangeRate, Money
from dsdesk.build.catalog import Catalog
from dsdesk.project.project import CostAssumptions


@dataclass(frozen=True, slots=True)
class Exchange:
    """The rates that count, in two layers.

    Attributes:
        own: rates that the user typed; they go first.
        reference: rates of the catalogue, used for pairs that `own` does not lead to.
    """

    own: tuple[ExchangeRate, ...] = ()
    reference: tuple[ExchangeRate, ...] = ()

    def convert(self, money: Money, currency: str) -> Money | None:
        """`money` in `currency`; None where no rate leads there."""
        converted = _by_rates(money, currency, self.own)
        return converted if converted is not None else _by_rates(money, currency, self.reference)

    def is_by_reference(self, money: Money, currency: str) -> bool:
        """Whether `convert` falls back on the reference rates."""
        return money.currency != currency and _by_rates(money, currency, self.own) is None


def exchange_of(cost: CostAssumptions, catalog: Catalog) -> Exchange:
    """The rates of a project over those of the catalogue."""
    return Exchange(cost.rates, catalog.rates)


def _by_rates(money: Money, currency: str, rates: tuple[ExchangeRate, ...]) -> Money | None:
    """By the newest rate of the pair, or over one currency between."""
    if money.currency == currency:
        return money
    if money.amount == 0:
        return Money(money.amount, currency)
    direct = _newest(money.currency, currency, rates)
    if direct is not None:
        return direct.convert(money)
    for first in sorted(rates, key=lambda rate: rate.on, reverse=True):
        if money.currency not in {first.base, first.quote}:
            continue
        between = first.convert(money)
        second = _newest(between.currency, currency, rates)
        if second is not None:
            return second.convert(between)
    return None


def _newest(one: str, other: str, rates: tuple[ExchangeRate, ...]) -> ExchangeRate | None:
    pair = {one, other}
    return max((rate for rate in rates if {rate.base, rate.quote} == pair), key=lambda rate: rate.on, default=None)
