"""What the build costs to buy and to run: every amount with its price point, every gap said.

Amounts are Decimals in the currency of the project. Unit prices are rounded before they are multiplied (see
`dsdesk.cost.lines`); tax is taken once on the net total and rounded once.
"""

from dataclasses import dataclass
from decimal import Decimal

from dsdesk.base.message import Message
from dsdesk.base.money import Money
from dsdesk.base.source import Unknown
from dsdesk.build.catalog import Catalog
from dsdesk.build.machine import Build
from dsdesk.cost.advice import Advice, purchase_advice
from dsdesk.cost.energy import EnergyCost, energy_cost
from dsdesk.cost.exchange import Exchange, exchange_of
from dsdesk.cost.hosted import HostedComparison, api_for, compare_hosted
from dsdesk.cost.lines import PricedLine, priced_lines
from dsdesk.cost.ownership import YearCost, ownership
from dsdesk.cost.residual import Residual, residual
from dsdesk.cost.tokens import TokenVolume, token_volume
from dsdesk.project.project import Project
from dsdesk.sizing.results import Forecast

_MILLION = Decimal(1_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class CostReport:
    """Cost of the active configuration.

    Attributes:
        currency: of all amounts.
        lines: every line with its price, owned ones at zero.
        priced: lines with an amount.
        net_total: sum of the priced lines without tax.
        tax: at the project's rate on `net_total`.
        total: with tax.
        energy: energy of a year, Unknown if the wall power is not known.
        residual: what the accelerators may be worth later.
        years: total cost of ownership by year.
        tokens: how many tokens the machine handles in a year.
        per_mtok: all money less residual value, for a million output tokens over the years of use.
        energy_per_mtok: energy alone for a million output tokens.
        hosted: against a hosted API.
        advice: purchase advice.
        exchange: the rates that the amounts were taken with.
        notes: what is missing from the amounts and how they were taken.
    """

    currency: str
    lines: tuple[PricedLine, ...]
    priced: int
    net_total: Money
    tax: Money
    total: Money
    energy: EnergyCost | Unknown
    residual: Residual
    years: tuple[YearCost, ...]
    tokens: TokenVolume | Unknown
    per_mtok: Money | Unknown
    energy_per_mtok: Money | Unknown
    hosted: HostedComparison | Unknown
    advice: tuple[Advice, ...]
    exchange: Exchange
    notes: tuple[Message, ...]

    @property
    def complete(self) -> bool:
        """Whether every line has an amount."""
        return self.priced == len(self.lines)


def cost_report(project: Project, build: Build, forecast: Forecast | Unknown | None, catalog: Catalog) -> CostReport:
    """The cost of the active configuration of `project`."""
    cost = project.cost
    lines = priced_lines(build, cost, catalog)
    net = Money(sum((line.net.amount for line in lines if line.net is not None), Decimal(0)), cost.currency)
    tax = (net * cost.tax_rate).rounded()
    total = net + tax
    exchange = exchange_of(cost, catalog)
    energy = energy_cost(build, project.site, cost, exchange)
    api = api_for(project.configuration.model.llm_id, catalog.hosted_apis)
    worth = residual(lines, cost, catalog)
    years = ownership(total, energy if isinstance(energy, EnergyCost) else None, worth, cost)
    volume = token_volume(project.configuration.workload, project.site, forecast)
    priced = sum(line.net is not None for line in lines)
    return CostReport(
        currency=cost.currency,
        lines=lines,
        priced=priced,
        net_total=net,
        tax=tax,
        total=total,
        energy=energy,
        residual=worth,
        years=years,
        tokens=volume,
        per_mtok=_per_mtok(years, volume, priced),
        energy_per_mtok=_energy_per_mtok(energy, volume),
        hosted=compare_hosted(volume, years, cost, api, exchange) if priced else Unknown(_NO_PRICE),
        advice=purchase_advice(lines, total, cost, project.quote, catalog),
        exchange=exchange,
        notes=(*_gaps(lines, priced, energy), *_rates(lines, cost.currency, exchange), *worth.notes),
    )


_NO_PRICE = Message("no line of the build has a price")


def _per_mtok(years: tuple[YearCost, ...], volume: TokenVolume | Unknown, priced: int) -> Money | Unknown:
    """Cost [money per million output tokens] = (spent - residual) over all years / output tokens of all years x 1e6."""
    if isinstance(volume, Unknown):
        return volume
    if not priced:
        return Unknown(_NO_PRICE)
    if not years or volume.output_per_year <= 0:
        return Unknown(Message("no output tokens are counted"))
    tokens = Decimal(str(volume.output_per_year)) * len(years)
    return Money(years[-1].net.amount / tokens * _MILLION, years[-1].net.currency).rounded()


def _energy_per_mtok(energy: EnergyCost | Unknown, volume: TokenVolume | Unknown) -> Money | Unknown:
    """Energy [money per million output tokens] = energy cost of a year / output tokens of a year x 1e6."""
    if isinstance(energy, Unknown):
        return energy
    if isinstance(energy.cost_per_year, Unknown):
        return energy.cost_per_year
    if isinstance(volume, Unknown):
        return volume
    if volume.output_per_year <= 0:
        return Unknown(Message("no output tokens are counted"))
    amount = energy.cost_per_year.amount / Decimal(str(volume.output_per_year)) * _MILLION
    return Money(amount, energy.cost_per_year.currency).rounded()


def _gaps(lines: tuple[PricedLine, ...], priced: int, energy: EnergyCost | Unknown) -> tuple[Message, ...]:
    notes: list[Message] = []
    if priced < len(lines):
        notes.append(
            Message(
                "The total covers {priced} of {lines} lines; the others have no price or no exchange rate.",
                priced=priced,
                lines=len(lines),
            )
        )
    used = tuple(dict.fromkeys(line.name for line in lines if line.basis == "used"))
    if used:
        notes.append(Message("Counted at used-market prices: {parts}.", parts=used))
    missing = energy if isinstance(energy, Unknown) else energy.cost_per_year
    if isinstance(missing, Unknown):
        notes.append(Message("Energy is not in the yearly cost: {reason}.", reason=missing.because))
    return tuple(notes)


def _rates(lines: tuple[PricedLine, ...], currency: str, exchange: Exchange) -> tuple[Message, ...]:
    """Which reference rates stand behind the amounts."""
    foreign = {
        line.unit.currency
        for line in lines
        if line.unit is not None and line.net is not None and exchange.is_by_reference(line.unit, currency)
    }
    if not foreign:
        return ()
    used = [rate for rate in exchange.reference if {rate.base, rate.quote} & (foreign | {currency})]
    pairs = tuple(f"{rate.base}/{rate.quote} {rate.rate} ({rate.on.isoformat()})" for rate in used)
    return (Message("Converted with reference rates of the European Central Bank: {pairs}.", pairs=pairs),)
