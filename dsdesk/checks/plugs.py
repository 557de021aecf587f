"""Plugs: 12 V connectors of the supply against those of cards and board."""

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from dsdesk.base.message import N_, Message
from dsdesk.base.units import Quantity, Unit
from dsdesk.build.power import card_power_w
from dsdesk.checks.finding import Finding, Fix, Severity, not_published
from dsdesk.checks.fixes import advice, candidates, limit_power, replace_line
from dsdesk.checks.node import Node
from dsdesk.checks.power import rating
from dsdesk.checks.registry import machine_check
from dsdesk.hardware.parts import Psu
from dsdesk.hardware.vocabulary import Mount, PowerConnector
from dsdesk.project.project import Line

# What a plug carries [W]: Intel ATX 3.0 guide 336521, table 3-5.
RATED_W = {
    PowerConnector.PCIE_6: 75,
    PowerConnector.PCIE_8: 150,
    PowerConnector.PCIE_16: 600,
    PowerConnector.EPS_8: 300,
}
SLOT_W = 75
_CHAINED = 2  # plugs from which one cable could carry more than one

_Counts = Counter[PowerConnector]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plugs:
    """Plugs that a machine needs.

    Attributes:
        needed: by kind; six-pin plugs count as eight-pin ones, whose cables end in 6+2.
        adapters: eight-pin plugs that would replace one 16-pin plug, for each of those in turn.
    """

    needed: _Counts
    adapters: list[int] = field(default_factory=list)


def plugs_needed(node: Node) -> Plugs:
    """Plugs of all cards whose connectors are published, and of the board."""
    needed: _Counts = Counter()
    adapters: list[int] = []
    for line, card in node.cards():
        for kind, number in card.connectors or ():
            eight = PowerConnector.PCIE_8 if kind is PowerConnector.PCIE_6 else kind
            needed[eight] += number * line.quantity
            if kind is PowerConnector.PCIE_16:
                watts = card_power_w(line, card) or RATED_W[kind]
                adapters += [max(2, math.ceil((watts - SLOT_W) / number / 150))] * (number * line.quantity)
    if node.board and node.board[1].eps_connectors:
        needed[PowerConnector.EPS_8] += node.board[1].eps_connectors
    return Plugs(needed=needed, adapters=sorted(adapters))


def plugs_given(psu: Psu, pieces: int) -> _Counts | None:
    """Plugs of all supplies of a line, None if not published."""
    if psu.connectors is None:
        return None
    return Counter({kind: number * pieces for kind, number in psu.connectors})


@machine_check("power.E011")
def supply_has_the_plugs(node: Node) -> Iterator[Finding]:
    """The supply has a plug for every connector of the cards.

    Reason: a 12V-2x6 plug carries 600 W and an eight-pin plug 150 W; a card short of one does not start, and an adapter
        takes up to four eight-pin plugs, each on a cable of its own.
    Remedy: a supply with these plugs.
    Source: Intel ATX 3.0 design guide 336521, table 3-5 (75, 150, 600 W); igorslab.de (four eight-pin plugs for 600 W).
    """
    if node.psu is None or node.platform is not None:
        return
    line, psu = node.psu
    for card_line, card in node.cards():
        if card.connectors is None and card.mount is Mount.PCIE:
            yield not_published(Message(N_("the power connector")), card.full_name, (card_line.no,))
    plugs, given = plugs_needed(node), plugs_given(psu, line.quantity)
    if given is not None:
        yield from _compared(node, line, plugs, given)
    elif plugs.needed[PowerConnector.PCIE_16] or plugs.needed[PowerConnector.PCIE_8]:
        yield not_published(Message(N_("the list of plugs")), psu.full_name, (line.no,))


def _compared(node: Node, line: Line, plugs: Plugs, given: _Counts) -> Iterator[Finding]:
    short_16 = max(0, plugs.needed[PowerConnector.PCIE_16] - given[PowerConnector.PCIE_16])
    short_8 = plugs.needed[PowerConnector.PCIE_8] - given[PowerConnector.PCIE_8]
    by_adapter = sum(plugs.adapters[:short_16])
    if short_8 <= 0 and not short_16:
        return
    by_adapters = short_8 + by_adapter <= 0
    text = N_("The cards need {need16} plugs 12V-2x6 and {need8} eight-pin; the supply has {have16} and {have8}")
    if by_adapters:
        text = N_("The supply has {have16} of {need16} plugs 12V-2x6; adapters take {adapter} eight-pin plugs instead")
    yield Finding(
        severity=Severity.WARNING if by_adapters else Severity.ERROR,
        message=Message(
            text,
            need16=plugs.needed[PowerConnector.PCIE_16],
            need8=plugs.needed[PowerConnector.PCIE_8],
            have16=given[PowerConnector.PCIE_16],
            have8=given[PowerConnector.PCIE_8],
            adapter=by_adapter,
        ),
        subject=(line.no,),
        fixes=_better_supply(node, "power.E011", line, plugs),
    )


def _better_supply(node: Node, code: str, line: Line, plugs: Plugs) -> tuple[Fix, ...]:
    def suits(psu: Psu) -> bool:
        given = plugs_given(psu, line.quantity)
        return given is not None and all(given[kind] >= number for kind, number in plugs.needed.items())

    better = candidates(node.context, Psu, suits, rating)
    none = Message(N_("The catalogue has no supply with all these plugs; enter one, or take cards with fewer"))
    return replace_line(node, code, line, better) or advice(none)


@machine_check("power.E012")
def board_gets_its_plugs(node: Node) -> Iterator[Finding]:
    """The supply has an EPS plug for every one of the board and of cards that take one.

    Reason: EPS and PCIe eight-pin plugs are keyed and wired differently, so one never replaces the other.
    Remedy: a supply with more EPS plugs.
    Source: Assumption: an EPS plug carries about 300 W and does not interchange with a PCIe plug.
    """
    if node.psu is None or node.board is None:
        return
    (line, psu), (board_line, board) = node.psu, node.board
    given, plugs = plugs_given(psu, line.quantity), plugs_needed(node)
    fact = Message(N_("the number of EPS plugs"))
    if board.eps_connectors is None:
        yield not_published(fact, board.full_name, (board_line.no,))
    if given is None:
        yield not_published(fact, psu.full_name, (line.no,))
        return
    need, have = plugs.needed[PowerConnector.EPS_8], given[PowerConnector.EPS_8]
    if need <= have:
        return
    from_cards = need - (board.eps_connectors or 0)
    text = N_("Board and cards take {need} EPS plugs and the supply has {have}")
    yield Finding(
        # A board starts with one of its two plugs; a card without its plug does not.
        severity=Severity.ERROR if from_cards > 0 or have == 0 else Severity.WARNING,
        message=Message(text, need=need, have=have),
        subject=(line.no, board_line.no),
        fixes=_better_supply(node, "power.E012", line, plugs),
    )


@machine_check("power.W013")
def card_gets_its_watts(node: Node) -> Iterator[Finding]:
    """The plugs of a card, with its slot, carry its board power.

    Reason: a card that draws more than plugs and slot are rated for overheats them.
    Remedy: a limit on its board power, or another maker's card with more plugs.
    Source: Intel ATX 3.0 design guide 336521, table 3-5; 75 W from the slot (PCI Express CEM).
    """
    for line, card in node.cards():
        watts = card_power_w(line, card)
        if not card.connectors or watts is None:
            continue
        carried = SLOT_W + sum(RATED_W.get(kind, 0) * number for kind, number in card.connectors)
        if watts > carried:
            yield Finding(
                severity=Severity.WARNING,
                message=Message(
                    N_("{part} draws {watt}, and its plugs and slot carry {carried}"),
                    part=card.full_name,
                    watt=Quantity(watts, Unit.WATT),
                    carried=Quantity(carried, Unit.WATT),
                ),
                subject=(line.no,),
                fixes=limit_power(node, "power.W013", (carried,)),
            )


@machine_check("power.N014")
def each_cable_carries_its_share(node: Node) -> Iterator[Finding]:
    """A card with several eight-pin plugs gets as many cables as its power takes.

    Reason: a cable with two plugs (daisy chain) has the copper of one; two plugs on it carry twice what it is made for.
    Remedy: a cable of its own from the supply for each 150 W; leave the second plug of a cable empty.
    Source: Assumption: 150 W for each cable, whatever number of plugs hangs on it, unless the maker of the supply
        states another figure; how many cables a supply brings is not published as a rule.
    """
    if node.psu is None or node.platform is not None:
        return
    for line, card in node.cards():
        watts = card_power_w(line, card)
        eights = dict(card.connectors or ()).get(PowerConnector.PCIE_8, 0)
        if eights < _CHAINED or watts is None:
            continue
        limit = node.assumed.cable_w
        cables = min(eights, max(1, math.ceil((watts - SLOT_W) / limit)))
        yield Finding(
            severity=Severity.NOTE,
            message=Message(
                N_("{part} draws {watt} through {plugs} eight-pin plugs: it takes {cables} cables of {limit} each"),
                part=card.full_name,
                watt=Quantity(watts, Unit.WATT),
                plugs=eights,
                cables=cables,
                limit=Quantity(limit, Unit.WATT),
            ),
            subject=(line.no,),
        )
