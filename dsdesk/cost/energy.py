"""What the machine draws from the mains in a year, and what that costs."""

from dataclasses import dataclass
from decimal import Decimal

from dsdesk.base.message import Message
from dsdesk.base.money import Money
from dsdesk.base.source import Unknown
from dsdesk.build.machine import Build
from dsdesk.cost.exchange import Exchange
from dsdesk.hardware.parts import Switch
from dsdesk.project.project import CostAssumptions, Site

DAYS_PER_YEAR = 365


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyCost:
    """Energy of all nodes and switches.

    Attributes:
        wall_w: at full load, from the mains.
        kwh_per_year: with the load share, the hours and the PUE of the site.
        cost_per_year: as the tariff is typed (tax as in the tariff).
        formula: the equation with the numbers put in.
    """

    wall_w: float
    kwh_per_year: float
    cost_per_year: Money | Unknown
    formula: str


def wall_power(build: Build) -> float | Unknown:
    """Draw of all nodes and shared switches at full load [W]."""
    total_w = 0.0
    for resolved in build.machines:
        wall_w = resolved.power.wall_w
        if isinstance(wall_w, Unknown):
            return wall_w
        total_w += wall_w * resolved.machine.count
    for placed in build.shared:
        if not isinstance(placed.part, Switch):
            continue
        switch_w = placed.part.max_power_w or placed.part.typical_power_w
        if switch_w is None:
            return Unknown(Message("the power of {part} is not published", part=placed.part.full_name))
        total_w += switch_w * placed.line.quantity
    return total_w


def known_power(build: Build) -> float:
    """What the parts whose draw is published draw at full load, before losses of the supplies [W]: a lower bound."""
    return sum(resolved.power.known_w * resolved.machine.count for resolved in build.machines)


def energy_cost(build: Build, site: Site, cost: CostAssumptions, exchange: Exchange) -> EnergyCost | Unknown:
    """Energy of a year.

    Equation: E [kWh/a] = P_wall [W] x load share x hours a day x 365 x PUE / 1000.
    Source: definition of PUE (facility energy over IT energy), ISO/IEC 30134-2.
    """
    wall_w = wall_power(build)
    if isinstance(wall_w, Unknown):
        return wall_w
    kwh = wall_w * site.load_share * site.hours_per_day * DAYS_PER_YEAR * site.pue / 1000
    formula = (
        f"{wall_w:,.0f} W x {site.load_share:g} x {site.hours_per_day:g} h x {DAYS_PER_YEAR} x PUE {site.pue:g}"
        f" / 1000 = {kwh:,.0f} kWh"
    )
    return EnergyCost(wall_w=wall_w, kwh_per_year=kwh, cost_per_year=_money(kwh, cost, exchange), formula=formula)


def _money(kwh: float, cost: CostAssumptions, exchange: Exchange) -> Money | Unknown:
    tariff = cost.electricity_per_kwh
    if tariff is None:
        return Unknown(Message("no price of electricity is given"))
    converted = exchange.convert(tariff, cost.currency)
    if converted is None:
        return Unknown(
            Message("no exchange rate from {found} to {wanted} is given", found=tariff.currency, wanted=cost.currency)
        )
    return (converted * Decimal(str(round(kwh, 3)))).rounded()
