"""What joins the accelerators: bridges, and what a card without one does."""

from collections.abc import Iterator

from dsdesk.base.message import N_, Message
from dsdesk.base.units import Quantity, Unit
from dsdesk.build.topology import positions
from dsdesk.checks.finding import Finding, Fix, Severity, not_published
from dsdesk.checks.fixes import add_line, candidates, drop_line, swap
from dsdesk.checks.node import Node
from dsdesk.checks.registry import machine_check
from dsdesk.hardware.parts import Accelerator, Bridge
from dsdesk.hardware.vocabulary import LinkKind, Mount, Segment
from dsdesk.project.edits import change_configuration
from dsdesk.project.project import ParallelChoice

_PAIR = 2


@machine_check("links.E001")
def cards_have_a_bridge_connector(node: Node) -> Iterator[Finding]:
    """An NVLink bridge joins cards that have the connector for it.

    Reason: GeForce cards since the RTX 40 series, the L40S, RTX 6000 Ada and RTX PRO Blackwell have no NVLink: the
        bridge has nothing to be put on, and the cards talk over PCIe.
    Remedy: leave the bridge out; the forecast shows what PCIe costs.
    Source: NVIDIA on the RTX 40 series (reported by videocardz.com and wccftech.com); link as published for each card.
    """
    for line, bridge in node.all(Bridge):
        without = [card for _, card in node.cards() if card.link is LinkKind.NONE]
        unknown = [card for _, card in node.cards() if card.link is None]
        if unknown and not without:
            yield not_published(Message(N_("whether it has an NVLink connector")), unknown[0].full_name, (line.no,))
        if without:
            yield Finding(
                severity=Severity.ERROR,
                message=Message(
                    N_("{card} has no NVLink connector, so {bridge} cannot join it to another"),
                    card=without[0].full_name,
                    bridge=bridge.full_name,
                ),
                subject=(line.no,),
                fixes=drop_line(node, "links.E001", line, bridge.full_name),
                assumption="link" in without[0].unverified,
            )


@machine_check("links.E002")
def bridge_is_made_for_the_cards(node: Node) -> Iterator[Finding]:
    """The bridge is of the generation and spacing of the cards, and there are as many cards as it joins.

    Reason: bridges differ by generation in plug and rate, and their length sets the distance of the two slots.
    Remedy: the bridge that the maker of the card lists, at the spacing of the slots.
    Source: list of cards and spacing as published by the maker of the bridge.
    """
    for line, bridge in node.all(Bridge):
        cards = [(card_line, card) for card_line, card in node.cards() if card.link is not LinkKind.NONE]
        fitting = [(card_line, card) for card_line, card in cards if card.id in bridge.fits]
        number = sum(card_line.quantity for card_line, _ in fitting)
        message: Message | None = None
        if cards and not fitting:
            text = N_("{bridge} is not made for {card}")
            message = Message(text, bridge=bridge.full_name, card=cards[0][1].full_name)
        elif number < bridge.devices * line.quantity:
            text = N_("{count} × {bridge} join {need} cards, and there are {number} that they fit")
            need = bridge.devices * line.quantity
            message = Message(text, count=line.quantity, bridge=bridge.full_name, need=need, number=number)
            if not cards and any(True for _ in node.cards()):
                continue  # links.E001 says that the cards have no connector at all
        elif bridge.spacing_slots is not None and not _spaced(node, bridge):
            text = N_("{bridge} joins cards {spacing} slots apart, and no two of these cards are")
            message = Message(text, bridge=bridge.full_name, spacing=bridge.spacing_slots)
        if message is not None:
            yield Finding(
                severity=Severity.ERROR,
                message=message,
                subject=(line.no,),
                fixes=_right_bridge(node, line.no) or drop_line(node, "links.E002", line, bridge.full_name),
            )


def _spaced(node: Node, bridge: Bridge) -> bool:
    """Whether two cards that the bridge fits sit at its distance, or their places are not known."""
    numbers = {line.no for line, card in node.cards() if card.id in bridge.fits}
    seats = [seat for seat in node.machine.seats if seat.line_no in numbers]
    places = [seat.position for seat in seats if seat.position is not None]
    if len(places) < len(seats) or not places:
        return True
    return any(abs(one - other) == bridge.spacing_slots for one in places for other in places)


def _right_bridge(node: Node, line_no: int) -> tuple[Fix, ...]:
    cards = {card.id for _, card in node.cards()}
    line = next(line for line, _ in node.all(Bridge) if line.no == line_no)
    return swap(node, "links.E002", line, Bridge, lambda part: bool(cards & set(part.fits)), lambda part: part.devices)


@machine_check("links.N003")
def cards_talk_through_the_host(node: Node) -> Iterator[Finding]:
    """Consumer cards copy through host memory.

    Reason: the driver of GeForce cards does not let two of them copy to one another directly, so tensor parallelism
        pays twice on PCIe.
    Remedy: pipeline (layer) split for one user, or cards that may.
    Source: Assumption: peer-to-peer over PCIe is switched off in the driver for GeForce RTX 40 and 50 cards.
    """
    tp, link = node.context.plan.tp, node.machine.interconnect
    if link.peer_to_peer or tp < _PAIR:
        return
    number = sum(line.quantity for line, card in node.cards() if card.segment is Segment.CONSUMER)
    if number >= _PAIR:
        rate = None if link.pcie is None else Quantity(link.pcie.bandwidth_b_s(), Unit.GB_S)
        text = N_("Tensor parallelism over {tp} cards goes through host memory at no more than {rate} each")
        yield Finding(
            severity=Severity.NOTE,
            message=Message(text, tp=tp, rate=rate),
            subject=tuple(line.no for line, _ in node.cards()),
        )


@machine_check("links.N004")
def bridge_would_help(node: Node) -> Iterator[Finding]:
    """Cards that could be joined by a bridge are.

    Reason: a bridge carries several times what PCIe does between the two cards.
    Remedy: add a bridge; it needs the right spacing of the slots.
    Source: link rate as published by the maker of the card (both directions together).
    """
    if node.context.plan.tp < _PAIR or any(True for _ in node.all(Bridge)) or node.platform is not None:
        return
    for line, card in node.cards():
        bridgeable = card.link is LinkKind.NVLINK_BRIDGE and card.mount is Mount.PCIE
        if bridgeable and line.quantity >= _PAIR and positions(card.slot_width) is not None:
            rate = None if card.link_b_s is None else Quantity(card.link_b_s / 2, Unit.GB_S)
            yield Finding(
                severity=Severity.NOTE,
                message=Message(
                    N_("A bridge would join two {card} at {rate} each way"), card=card.full_name, rate=rate
                ),
                subject=(line.no,),
                fixes=_bridge_for(node, card),
            )


def _bridge_for(node: Node, card: Accelerator) -> tuple[Fix, ...]:
    bridges = candidates(node.context, Bridge, lambda part: card.id in part.fits, _devices)
    return add_line(node, "links.N004", bridges)


def _devices(bridge: Bridge) -> float:
    return bridge.devices


@machine_check("links.W005")
def bridge_spans_the_plan(node: Node) -> Iterator[Finding]:
    """A bridge joins all the cards that a layer is split over.

    Reason: with tensor parallelism over four cards and bridges between pairs, every step waits for PCIe between
        the pairs.
    Remedy: tensor parallelism inside the pairs and pipeline parallelism between them.
    Source: number of cards as published by the maker of the bridge.
    """
    tp = node.context.plan.tp
    for line, bridge in node.all(Bridge):
        joined = [card for _, card in node.cards() if card.id in bridge.fits]
        if joined and bridge.devices < tp <= _count(node):
            text = N_("The plan splits every layer over {tp} cards, and {bridge} joins {devices} of them")
            yield Finding(
                severity=Severity.WARNING,
                message=Message(text, tp=tp, bridge=bridge.full_name, devices=bridge.devices),
                subject=(line.no,),
                fixes=_pairs_only(bridge.devices),
            )


def _count(node: Node) -> int:
    return sum(line.quantity for line, _ in node.cards())


def _pairs_only(devices: int) -> tuple[Fix, ...]:
    text = Message(N_("Split layers over {tp} cards only"), tp=devices)
    edit = change_configuration(text, parallel=ParallelChoice(tp=devices))
    return (Fix(text=text, edit=edit),)
