"""The proof line: what is claimed of a list, over which parts, and what the claim does not cover."""

from decimal import Decimal

from dsdesk.base.message import N_, Message
from dsdesk.base.money import Money
from dsdesk.base.units import Quantity, Unit
from dsdesk.cost.exchange import exchange_of
from dsdesk.design.lists import PartsList
from dsdesk.design.market import Market
from dsdesk.design.rules import DEMANDS
from dsdesk.design.search import Found
from dsdesk.design.wish import BuildWish, Objective
from dsdesk.hardware.vocabulary import PartKind

_CLAIMS: dict[Objective, str] = {
    Objective.CHEAPEST: N_("Proven: no list that passes every check is cheaper ({loads} of {all} loads solved)."),
    Objective.FASTEST: N_("Proven: no list that passes every check is faster ({loads} of {all} loads solved)."),
    Objective.VALUE: N_(
        "Proven: no list that passes every check gives more tokens for the money ({loads} of {all} loads solved)."
    ),
    Objective.QUIETEST: N_("Proven: no list that passes every check draws less ({loads} of {all} loads solved)."),
}
KIND_NAMES: dict[PartKind, Message] = {
    PartKind.ACCELERATOR: Message(N_("accelerator")),
    PartKind.PLATFORM: Message(N_("server")),
    PartKind.BOARD: Message(N_("board")),
    PartKind.CPU: Message(N_("processor")),
    PartKind.MEMORY: Message(N_("memory kit")),
    PartKind.CASE: Message(N_("case")),
    PartKind.COOLER: Message(N_("cooler")),
    PartKind.PSU: Message(N_("power supply")),
    PartKind.DRIVE: Message(N_("drive")),
}


def proof(wish: BuildWish, market: Market, found: Found, *, proven: bool) -> tuple[Message, ...]:
    """The claim first, then everything that limits it."""
    best = found.best
    assert best is not None
    said: list[Message] = []
    if proven:
        said.append(Message(_CLAIMS[wish.objective], loads=found.loads, all=found.of))
    elif best.rank and wish.budget is not None:
        text = N_(
            "Not proven: the known prices keep the budget of {budget} with {left} left. Without a price: {parts}. "
            "No list of which every price is known keeps it."
        )
        said.append(
            Message(text, budget=wish.budget, left=_left(wish, market, best), parts=_all_unpriced(market, found))
        )
    elif best.rank:
        text = N_("Not proven cheapest: the price of {part} is not known, and every list needs a part of that kind.")
        said.append(Message(text, part=_unpriced(market, found)))
    else:
        said.append(Message(N_("Not proven: the search was stopped, or ran out of time.")))
    text = N_("{parts} buildable parts were weighed.")
    if market.left_out:
        text = N_("Of {parts} buildable parts {left_out} have no price point and were left out.")
    said.append(Message(text, parts=market.weighed, left_out=market.left_out))
    if best.load.demand is not None and best.load.offloaded is not None:
        text = N_("{layers} layers, or their experts, lie in host memory, of which {memory} at {rate} are counted on.")
        demand = best.load.demand
        size, rate = Quantity(demand.memory_bytes, Unit.GIB), Quantity(demand.bandwidth_b_s, Unit.GB_S)
        said.append(Message(text, layers=best.load.offloaded.offload_layers, memory=size, rate=rate))
    unpriced = {choice.kind for choice in best.choices if choice.unpriced}
    kinds = tuple(kind for kind in market.blind_kinds if kind in unpriced)
    if kinds:
        text = N_("No price is known for any {kinds}: the smallest that fit were taken, and the total lacks them.")
        said.append(Message(text, kinds=tuple(KIND_NAMES[kind] for kind in kinds)))
    if wish.objective is Objective.QUIETEST:
        text = N_("Makers publish no noise of cards and supplies; the {watt} that fans must carry away stand for it.")
        said.append(Message(text, watt=Quantity(best.watts, Unit.WATT)))
    if not best.careful:
        said.append(Message(N_("No list that meets the demands is without warnings; this one has no errors.")))
    said.append(Message(N_("The builder also asks for: {demands}."), demands=DEMANDS))
    said.append(Message(N_("Not chosen: network cards, switches, fans, racks, PDUs and UPSs.")))
    return tuple(said)


def _unpriced(market: Market, found: Found) -> str:
    return next(iter(_all_unpriced(market, found)), "")


def _all_unpriced(market: Market, found: Found) -> tuple[str, ...]:
    best = found.best
    assert best is not None
    load = best.load
    heads = [part for part in (load.platform, load.accelerator if load.bought else None) if part is not None]
    parts = [(part, 1) for part in heads] + [(choice.part, choice.pieces) for choice in best.choices]
    return tuple(part.full_name for part, pieces in parts if market.tag(part, pieces).unpriced)


def _left(wish: BuildWish, market: Market, best: PartsList) -> Money:
    """What the budget leaves for the parts without a price, tax included."""
    cost = wish.project.cost
    net = Money(Decimal(best.cents) / 100, cost.currency)
    budget = exchange_of(cost, market.catalog).convert(wish.budget, cost.currency) if wish.budget else None
    spent = net + (net * cost.tax_rate).rounded()
    return Money(budget.amount - spent.amount, cost.currency) if budget else spent
