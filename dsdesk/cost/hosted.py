"""The same tokens bought from a hosted API (G20): its cost, and the month in which the machine has paid for itself."""

import math
from dataclasses import dataclass
from decimal import Decimal

from dsdesk.base.message import Message
from dsdesk.base.money import Money
from dsdesk.base.source import Unknown
from dsdesk.cost.exchange import Exchange
from dsdesk.cost.ownership import YearCost
from dsdesk.cost.tokens import TokenVolume
from dsdesk.hardware.prices import HostedApi
from dsdesk.project.project import CostAssumptions

_MONTHS = 12
_MILLION = Decimal(1_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class HostedComparison:
    """Own machine against a hosted API at the same tokens.

    Attributes:
        api_per_month: what the API would cost.
        running_per_month: energy and upkeep of the own machine.
        by_year: (year, API cost to the end of that year).
        break_even_month: month in which the API would have cost as much as buying and running; None = never.
        because: why there is no break-even, or how far it can be trusted.
        api: the price point of the catalogue, None where the user typed the prices.
    """

    api_per_month: Money
    running_per_month: Money
    by_year: tuple[tuple[int, Money], ...]
    break_even_month: int | None
    because: Message
    api: HostedApi | None = None


def compare_hosted(
    volume: TokenVolume | Unknown,
    years: tuple[YearCost, ...],
    cost: CostAssumptions,
    api: HostedApi | None,
    exchange: Exchange,
) -> HostedComparison | Unknown:
    """Break-even month [months] = purchase / (API cost per month - running cost per month), rounded up.

    The user's prices count; where none are typed, those of `api`, the catalogue's price point for this model.
    """
    if isinstance(volume, Unknown):
        return volume
    prices = _api_prices(cost, api, exchange)
    if isinstance(prices, Unknown):
        return prices
    if not years:
        return Unknown(Message("no years of use are given"))
    price_in, price_out = prices
    api_year = (
        price_in.amount * Decimal(str(volume.input_per_year)) + price_out.amount * Decimal(str(volume.output_per_year))
    ) / _MILLION
    running = (years[0].energy.amount + years[0].maintenance.amount) / _MONTHS
    month, because = _break_even(years[0].purchase.amount, api_year / _MONTHS, running, len(years) * _MONTHS)
    return HostedComparison(
        api_per_month=Money(api_year / _MONTHS, cost.currency).rounded(),
        running_per_month=Money(running, cost.currency).rounded(),
        by_year=tuple((year.year, Money(api_year * year.year, cost.currency).rounded()) for year in years),
        break_even_month=month,
        because=because,
        api=None if _typed(cost) else api,
    )


def api_for(llm_id: str, apis: tuple[HostedApi, ...]) -> HostedApi | None:
    """The newest API price for a model, None where none is known; `apis` are newest first."""
    return next((api for api in apis if llm_id in api.llms), None)


def _typed(cost: CostAssumptions) -> bool:
    return cost.api_input_per_mtok is not None and cost.api_output_per_mtok is not None


def _api_prices(cost: CostAssumptions, api: HostedApi | None, exchange: Exchange) -> tuple[Money, Money] | Unknown:
    price_in, price_out = cost.api_input_per_mtok, cost.api_output_per_mtok
    if price_in is None or price_out is None:
        if api is None:
            return Unknown(Message("no price of a hosted API is given, and none is known for this model"))
        price_in, price_out = api.input_per_mtok, api.output_per_mtok
    converted_in = exchange.convert(price_in, cost.currency)
    converted_out = exchange.convert(price_out, cost.currency)
    if converted_in is None or converted_out is None:
        found = price_in.currency
        return Unknown(Message("no exchange rate from {found} to {wanted} is given", found=found, wanted=cost.currency))
    return converted_in, converted_out


def _break_even(purchase: Decimal, api: Decimal, running: Decimal, months: int) -> tuple[int | None, Message]:
    saving = api - running
    if saving <= 0:
        return None, Message("running the machine costs as much as the API or more, so it never pays for itself")
    month = max(1, math.ceil(purchase / saving))
    if month > months:
        return month, Message("it pays for itself only after the planned {months} months of use", months=months)
    return month, Message("it pays for itself within the planned {months} months of use", months=months)
