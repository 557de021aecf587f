"""Money into the currency of the report, only through rates that somebody dated and named."""

from dsdesk.base.money import ExchangeRate, Money
from dsdesk.cost.reference import reference_rates


def convert(money: Money, currency: str, rates: tuple[ExchangeRate, ...]) -> Money | None:
    """`money` in `currency` by the user's `rates`, else by the reference rates; None where none leads there."""
    converted = _by_rates(money, currency, rates)
    return converted if converted is not None else _by_rates(money, currency, reference_rates())


def is_by_reference(money: Money, currency: str, rates: tuple[ExchangeRate, ...]) -> bool:
    """Whether `convert` falls back on the reference rates."""
    return money.currency != currency and _by_rates(money, currency, rates) is None


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
