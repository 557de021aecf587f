from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from dsdesk.base.message import Message
from dsdesk.base.money import ExchangeRate, Money
from dsdesk.base.source import Unknown, Why
from dsdesk.base.units import Estimate
from dsdesk.build.machine import Build, PlacedPart, PowerBudget, ResolvedMachine
from dsdesk.hardware.parts import Part
from dsdesk.hardware.prices import Condition, HostedApi, Price, Seller
from dsdesk.project.project import Line, Machine
from dsdesk.sizing.own_speed import OwnSpeeds
from dsdesk.sizing.results import Forecast, HostSpeed, Interconnect, Limit


@dataclass
class Shelf:
    version: str = "test"
    items: dict[str, Part] = field(default_factory=dict)
    points: dict[str, tuple[Price, ...]] = field(default_factory=dict)
    hosted_apis: tuple[HostedApi, ...] = ()
    # 1000 USD are 1000 / 1.1172 x 7.4326 CNY.
    rates: tuple[ExchangeRate, ...] = (
        ExchangeRate("EUR", "USD", Decimal("1.1172"), date(2026, 10, 30), "European Central Bank"),
        ExchangeRate("EUR", "CNY", Decimal("7.4326"), date(2026, 10, 30), "European Central Bank"),
    )

    def part(self, part_id):
        return self.items.get(part_id)

    def parts(self, kind):
        return [part for part in self.items.values() if part.kind is kind]

    def find_part(self, name, kind=None):
        return None

    def llm(self, llm_id):
        return None

    def llms(self):
        return ()

    own_speeds = OwnSpeeds()

    def measured_runs(self, device_id, llm_id):
        return ()

    def prices(self, part_id):
        return self.points.get(part_id, ())


def price(part_id: str, amount: str, currency: str = "CNY", condition: Condition = Condition.NEW, **more: Any) -> Price:
    return Price(
        part_id=part_id,
        money=Money(Decimal(amount), currency),
        condition=condition,
        seller=more.pop("seller", Seller.RETAIL),
        on=more.pop("on", date(2026, 1, 1)),
        source="test",
        **more,
    )


def build_of(lines, shelf, *, wall_w=1000.0, count=1):
    power = PowerBudget(
        by_kind=(),
        sustained_w=900.0,
        known_w=900.0,
        peak_w=1200.0,
        supply_w=None,
        supplies=0,
        redundant=0,
        efficiency=None,
        wall_w=wall_w,
        heat_btu_h=wall_w,
    )
    machine = Machine(count=count, lines=lines)
    node = ResolvedMachine(
        machine=machine,
        parts=tuple(PlacedPart(line, shelf.part(line.part_id)) for line in lines),
        seats=(),
        power=power,
        interconnect=Interconnect(),
        host=HostSpeed(),
    )
    return Build(machines=(node,), shared=())


LINES = (Line(no=1, part_id="card", quantity=2), Line(no=2, part_id="psu"))


def with_cost(project, **changes):
    return replace(project, cost=replace(project.cost, **changes))


def flat(value):
    return Estimate(value, value, value)


def speed(requests_s):
    return Forecast(
        prefill_tok_s=flat(1000),
        decode_tok_s_per_user=flat(50),
        decode_tok_s_total=flat(50),
        output_tok_s_total=flat(50),
        ttft_ms=flat(100),
        tpot_ms=flat(20),
        requests_s=flat(requests_s),
        gpu_power_w=None,
        limited_by=Limit.MEMORY_BANDWIDTH,
        fits=True,
        distance="near",
        why=Why(Message("speed"), "", ""),
    )


def known(value: Any) -> Any:
    """`value`, or a failure where the report says that it is not known."""
    assert value is not None
    assert not isinstance(value, Unknown), value.because.in_english()
    return value
