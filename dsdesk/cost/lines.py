"""Every line of the build with its price: which price point, of what day and market, and what it comes to.

Rounding: a unit price is brought to the currency of the report and to net of tax, then rounded to the smallest unit of
that currency; the line is that printed unit price times the quantity, so that anybody can recompute the sheet by hand.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from dsdesk.base.message import Message
from dsdesk.base.money import Money
from dsdesk.build.catalog import Catalog
from dsdesk.build.machine import Build, PlacedPart
from dsdesk.cost.exchange import Exchange, exchange_of
from dsdesk.hardware.prices import Condition, Price, Seller
from dsdesk.project.project import CostAssumptions, Line

# The price of the day a part came out is history: it stands in only where no market is known. A part that is sold used
# only is priced so, and said to be.
_ORDER: dict[str, tuple[Condition, ...]] = {
    "new": (Condition.NEW, Condition.LIST, Condition.USED, Condition.LAUNCH),
    "used": (Condition.USED, Condition.NEW, Condition.LIST, Condition.LAUNCH),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedLine:
    """One line of the bill of materials in money.

    Attributes:
        no: line number.
        machine: index of the node kind it belongs to, None for shared parts.
        part_id: catalogue id.
        name: full name, or the id when the catalogue has lost the part.
        quantity: pieces over all nodes.
        basis: "owned", "typed" (by the user), the condition of the price point, or "" without a price.
        unit: the price as it was found, in its own currency and with or without tax.
        unit_net: the same in the currency of the report, net of tax, rounded.
        net: `unit_net` times `quantity`; None if there is no price or no rate.
        price: the price point, with its day and source; None for owned, typed and unpriced lines.
        because: why there is no amount, None where there is one.
    """

    no: int
    machine: int | None
    part_id: str
    name: str
    quantity: int
    basis: str = ""
    unit: Money | None = None
    unit_net: Money | None = None
    net: Money | None = None
    price: Price | None = None
    because: Message | None = None


def priced_lines(build: Build, cost: CostAssumptions, catalog: Catalog) -> tuple[PricedLine, ...]:
    """All lines of all nodes and the shared parts, in the order of the build."""
    return tuple(_priced(placed, machine, count, cost, catalog) for placed, machine, count in _placed(build))


def _placed(build: Build) -> Iterator[tuple[PlacedPart, int | None, int]]:
    for index, resolved in enumerate(build.machines):
        for placed in resolved.parts:
            yield placed, index, resolved.machine.count
    for placed in build.shared:
        yield placed, None, 1


def _priced(placed: PlacedPart, machine: int | None, count: int, cost: CostAssumptions, catalog: Catalog) -> PricedLine:
    line = placed.line
    quantity = line.quantity * count
    name = placed.part.full_name if placed.part is not None else line.part_id
    basis, unit, includes_tax, price = _found(line, quantity, cost, catalog)
    net = None if unit is None else net_unit(unit, cost, exchange_of(cost, catalog), includes_tax=includes_tax)
    because = None
    if unit is None:
        because = Message("no price is known for {part}", part=name)
    elif net is None:
        because = Message(
            "no exchange rate from {found} to {wanted} is given", found=unit.currency, wanted=cost.currency
        )
    return PricedLine(
        no=line.no,
        machine=machine,
        part_id=line.part_id,
        name=name,
        quantity=quantity,
        basis=basis,
        unit=unit,
        unit_net=net,
        net=None if net is None else net * quantity,
        price=price,
        because=because,
    )


def _found(
    line: Line, quantity: int, cost: CostAssumptions, catalog: Catalog
) -> tuple[str, Money | None, bool, Price | None]:
    if line.owned:
        return "owned", Money(Decimal(0), cost.currency), False, None
    if line.unit_price is not None:
        return "typed", line.unit_price, False, None
    price = choose_price(catalog.prices(line.part_id), cost.condition, quantity)
    if price is None:
        return "", None, False, None
    return price.condition.value, price.money, price.includes_tax, price


def choose_price(prices: tuple[Price, ...], condition: str, quantity: int) -> Price | None:
    """The price point that counts: the user's own first, then the wanted market, then the newest.

    `prices` are newest first. Points for larger orders than `quantity` are passed over.
    """
    order = _ORDER.get(condition, _ORDER["new"])
    fitting = [price for price in prices if price.min_quantity <= quantity]
    return min(
        fitting,
        key=lambda price: (price.seller is not Seller.USER, order.index(price.condition)),
        default=None,
    )


def net_unit(unit: Money, cost: CostAssumptions, exchange: Exchange, *, includes_tax: bool) -> Money | None:
    """`unit` in the currency of the report, without tax, rounded; None where no rate leads there."""
    money = exchange.convert(unit, cost.currency)
    if money is None:
        return None
    if includes_tax:
        money = Money(money.amount / (1 + cost.tax_rate), money.currency)
    return money.rounded()
