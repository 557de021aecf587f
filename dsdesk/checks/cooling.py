"""Air: cards that need a duct, cards beside one another, the flow that the heat takes, and the air that comes in."""

from collections.abc import Iterator
from itertools import pairwise

from dsdesk.base.message import N_, Message
from dsdesk.base.units import Quantity, Unit
from dsdesk.build.topology import positions
from dsdesk.checks.finding import Finding, Fix, Severity, not_published
from dsdesk.checks.fixes import advice, as_fix, first_that_clears, swap
from dsdesk.checks.node import Node
from dsdesk.checks.registry import machine_check
from dsdesk.hardware.parts import Accelerator
from dsdesk.hardware.vocabulary import Cooling, Mount
from dsdesk.project.edits import change_site
from dsdesk.project.project import Line
from dsdesk.sizing.airflow import airflow_m3_s, inlet_limit_c

_OPEN_FANS = {Cooling.ACTIVE, Cooling.FLOW_THROUGH}


@machine_check("cooling.E011")
def passive_card_has_a_duct(node: Node) -> Iterator[Finding]:
    """A card without fans stands in a chassis that forces air through it.

    Reason: a passive heat sink relies on the fans of a server; in a desktop case it overheats within minutes.
    Remedy: a server with ducted air, a card with fans of its own, or a shroud with a blower for each card.
    Source: NVIDIA PB-11133-001, H100 PCIe product brief: a passive heat sink that requires system airflow.
    """
    ducted = node.platform.ducted if node.platform else node.case[1].ducted if node.case else None
    for line, card in node.cards():
        if card.mount is not Mount.PCIE or not (node.platform or node.case):
            continue
        if card.cooling is None:
            yield not_published(Message(N_("the kind of cooling")), card.full_name, (line.no,))
        elif card.cooling is Cooling.PASSIVE and ducted is None:
            host = node.platform.full_name if node.platform else ""
            yield not_published(Message(N_("whether its fans force air through cards")), host, (line.no,))
        elif card.cooling is Cooling.PASSIVE and not ducted:
            yield Finding(
                severity=Severity.ERROR,
                message=Message(
                    N_("{card} has no fans, and nothing here forces air through it"),
                    card=card.full_name,
                ),
                subject=(line.no,),
                fixes=_with_fans(node, line, card)
                or advice(Message(N_("Put it in a server with ducted air, or mount a shroud with a blower"))),
                assumption="cooling" in card.unverified,
            )


def _with_fans(node: Node, line: Line, card: Accelerator) -> tuple[Fix, ...]:
    def has_fans(other: Accelerator) -> bool:
        return other.mount is Mount.PCIE and other.cooling in {*_OPEN_FANS, Cooling.BLOWER}

    def distance(other: Accelerator) -> float:
        more = (other.memory_bytes or 0) - (card.memory_bytes or 0)
        return more if more >= 0 else 1e15 - more  # rather larger than smaller

    return swap(node, "cooling.E011", line, Accelerator, has_fans, distance)


@machine_check("cooling.W012")
def cards_have_room_to_breathe(node: Node) -> Iterator[Finding]:
    """Cards with open fans have a free position beside them.

    Reason: such a card takes its air from below and gives it into the case; the next one covers its fans.
    Remedy: cards with a blower, slots further apart, or fewer cards.
    Source: Assumption: at least one free position between cards with open fans; from three cards on blowers or water.
    """
    cards = {line.no: card for line, card in node.cards()}
    seats = sorted(
        (seat for seat in node.machine.seats if seat.position is not None and seat.line_no in cards),
        key=lambda seat: seat.position or 0,
    )
    for upper, lower in pairwise(seats):
        card = cards[upper.line_no]
        width = positions(card.slot_width)
        if width is None or card.cooling not in _OPEN_FANS:
            continue
        gap = (lower.position or 0) - (upper.position or 0) - width
        if gap < 1:
            yield Finding(
                severity=Severity.WARNING,
                message=Message(
                    N_("{card} in {slot} has its fans against the card in {next}"),
                    card=card.full_name,
                    slot=upper.slot,
                    next=lower.slot,
                ),
                subject=tuple(dict.fromkeys((upper.line_no, lower.line_no))),
                fixes=advice(Message(N_("Take cards with a blower, or a board with slots further apart"))),
            )


@machine_check("cooling.N013")
def air_that_the_heat_takes(node: Node) -> Iterator[Finding]:
    """How much air carries the heat of the machine away.

    Reason: fans and openings must move it; one cubic metre of air takes 1.2 kJ for each kelvin.
    Remedy: more or larger fans, filters kept clean.
    Source: heat balance of an air stream, Q = P / (rho cp dT), with a rise of 15 K (assumed) and the site's altitude.
    """
    watts = node.power.known_w
    if not watts:
        return
    flow = airflow_m3_s(watts, node.assumed.air_rise_k, node.context.site.altitude_m)
    yield Finding(
        severity=Severity.NOTE,
        message=Message(
            N_("{heat} take {cfm} ({m3_h}) of air that warms by {rise}"),
            heat=Quantity(watts, Unit.WATT),
            cfm=Quantity(flow, Unit.CFM),
            m3_h=Quantity(flow, Unit.M3_H),
            rise=Quantity(node.assumed.air_rise_k, Unit.KELVIN),
        ),
    )


@machine_check("cooling.E014")
def inlet_air_is_cool_enough(node: Node) -> Iterator[Finding]:
    """The air at the site is no warmer than the machine may take in.

    Reason: makers lower the highest inlet temperature when accelerators are fitted, and thin air cools less.
    Remedy: cooler air, or a machine of another class.
    Source: inlet limit as published by the maker; ASHRAE TC 9.9 reference card 2021 (1 K less for each 300 m above
        900 m, which is an assumption for the classes A1 and A2).
    """
    platform, site = node.platform, node.context.site
    if platform is None:
        return
    if platform.inlet_max_c is None:
        yield not_published(Message(N_("the highest inlet temperature")), platform.full_name)
        return
    limit = inlet_limit_c(platform.inlet_max_c, site.altitude_m)
    if site.ambient_c <= limit:
        return
    cooler = change_site(
        Message(N_("Cool the inlet air to {limit}"), limit=Quantity(limit, Unit.CELSIUS)), ambient_c=float(int(limit))
    )
    yield Finding(
        severity=Severity.ERROR,
        message=Message(
            N_("The air is {ambient}, and {part} takes at most {limit} here"),
            ambient=Quantity(site.ambient_c, Unit.CELSIUS),
            part=platform.full_name,
            limit=Quantity(limit, Unit.CELSIUS),
        ),
        fixes=as_fix(first_that_clears(node.context, "cooling.E014", node.index, (cooler,)), "long"),
    )


@machine_check("cooling.W015")
def facility_water_is_there(node: Node) -> Iterator[Finding]:
    """A machine that is cooled by facility water stands where there is some.

    Reason: such a machine does not start without its loop.
    Remedy: a coolant distribution unit, or the air-cooled version.
    Source: cooling as published by the maker of the platform.
    """
    platform = node.platform
    modules = [card for _, card in node.cards() if card.cooling is Cooling.LIQUID and card.mount is not Mount.PCIE]
    if platform is None or not (platform.liquid_cooled or modules):
        return
    yield Finding(
        severity=Severity.WARNING,
        message=Message(N_("{part} needs facility water or a coolant distribution unit"), part=platform.full_name),
        fixes=advice(Message(N_("Plan the water loop with the supplier, or take the air-cooled version"))),
    )
