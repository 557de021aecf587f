"""Slots and lanes: whether every card finds a slot, and how fast its link really is."""

from collections import Counter
from collections.abc import Iterator

from dsdesk.base.message import N_, Message
from dsdesk.base.units import Quantity, Unit
from dsdesk.build.inventory import lines_of
from dsdesk.build.machine import Seat
from dsdesk.build.resolve import seat_cards
from dsdesk.checks.finding import Finding, Fix, Severity, not_published
from dsdesk.checks.fixes import advice, as_fix, change_quantity, first_that_clears, swap
from dsdesk.checks.node import Node
from dsdesk.checks.registry import machine_check
from dsdesk.checks.suits import size_of, suiting
from dsdesk.hardware.parts import Accelerator, Board, Case, Nic, Part, Riser
from dsdesk.hardware.vocabulary import PartKind, PcieLink
from dsdesk.project.edits import Edit, change_line
from dsdesk.project.project import Line

_LEAST_LANES = 8  # below it a card's link is called slow


def shown(link: PcieLink) -> str:
    """Such as "4.0 x16"."""
    return f"PCIe {link.gen}.0 x{link.lanes}"


def _cards(node: Node) -> dict[int, tuple[Line, Part]]:
    placed = [*lines_of(node.parts, Accelerator), *lines_of(node.parts, Nic)]
    return {line.no: (line, part) for line, part in placed}


@machine_check("pcie.E001")
def every_card_has_a_slot(node: Node) -> Iterator[Finding]:
    """There is a slot for every card, and its neighbours leave it room.

    Reason: a card of two and a half slots covers three openings, so a slot beside it may be there and not be usable.
    Remedy: fewer or narrower cards, a board whose slots are further apart, or a case with more openings.
    Source: slot positions from the manual of the board; a card of k slots needs ceil(k) openings of 20.32 mm.
    """
    cards, free = _cards(node), Counter[int]()
    for seat in node.machine.seats:
        if seat.seated is False:
            free[seat.line_no] += 1
    for line_no, number in free.items():
        line, part = cards[line_no]
        if node.platform is not None and node.platform.low_profile_only and not getattr(part, "low_profile", True):
            continue  # fit.E013 says it
        yield Finding(
            severity=Severity.ERROR,
            message=Message(
                N_("{number} of {count} × {card} find no slot: {reason}"),
                number=number,
                count=line.quantity,
                card=part.full_name,
                reason=_reason(node, line_no),
            ),
            subject=(line_no,),
            fixes=_mend(node, line, part, number),
        )


def _reason(node: Node, line_no: int) -> Message:
    without_case = seat_cards(node.parts, node.machine.cpus, ignore_case=True)
    if all(seat.seated for seat in without_case if seat.line_no == line_no) and node.case:
        openings = node.case[1].expansion_slots
        return Message(N_("the case has {count} openings"), count=openings)
    if node.platform is not None:
        return Message(N_("{part} carries {count}"), part=node.platform.full_name, count=node.platform.gpu_max)
    slots = len(node.board[1].slots) if node.board else 0
    return Message(N_("of {count} slots the others are too narrow, covered or taken"), count=slots)


def _mend(node: Node, line: Line, part: Part, number: int) -> tuple[Fix, ...]:
    code = "pcie.E001"
    fixes: tuple[Fix, ...] = ()
    if line.slot:
        anywhere = change_line(line.no, Message(N_("Let dsdesk choose the slot")), slot="")
        fixes += _tried(node, anywhere)
    if node.case is not None:
        fixes += swap(
            node, code, node.case[0], Case, suiting(node, PartKind.CASE), lambda case: case.expansion_slots or 0
        )
    if node.board is not None:
        fixes += swap(node, code, node.board[0], Board, suiting(node, PartKind.BOARD), size_of)
    if isinstance(part, Accelerator) and not fixes:
        fixes += swap(
            node, code, line, Accelerator, lambda card: _narrower(card, part), lambda card: card.memory_bytes or 0
        )
    fewer = range(line.quantity - number, -1, -1)
    return fixes + change_quantity(node, code, line, fewer, part.full_name)


def _narrower(card: Accelerator, than: Accelerator) -> bool:
    return (card.slot_width or 9) < (than.slot_width or 0) and (card.memory_bytes or 0) >= (than.memory_bytes or 0)


def _tried(node: Node, edit: Edit) -> tuple[Fix, ...]:
    return as_fix(first_that_clears(node.context, "pcie.E001", node.index, (edit,)))


@machine_check("pcie.W002")
def slots_are_known(node: Node) -> Iterator[Finding]:
    """The slot map of board or platform is known, so that the seats of the cards can be checked.

    Reason: the number of slots does not tell whether two thick cards fit beside one another.
    Remedy: look the slot positions up in the manual.
    Source: none of the public part lists gives slot positions; they come from manuals.
    """
    unknown = [seat for seat in node.machine.seats if seat.seated is None]
    host = node.board[1] if node.board else node.platform
    if unknown and host is not None:
        subject = tuple(dict.fromkeys(seat.line_no for seat in unknown))
        yield not_published(Message(N_("the slot map")), host.full_name, subject)
    lost = [seat for seat in node.machine.seats if seat.seated and seat.position is None and node.board]
    if lost and len(node.machine.seats) > 1 and host is not None:
        subject = tuple(dict.fromkeys(seat.line_no for seat in lost))
        yield not_published(Message(N_("the positions of the slots")), host.full_name, subject)
    for line, card in node.cards():
        if card.slot_width is None and any(seat.line_no == line.no for seat in node.machine.seats):
            yield not_published(Message(N_("the width in slots")), card.full_name, (line.no,))


@machine_check("pcie.W003")
def links_are_as_fast_as_the_cards(node: Node) -> Iterator[Finding]:
    """Every card negotiates the link that it is made for.

    Reason: loading weights, prompt batches and tensor parallelism cross this link; at x4 they crawl.
    Remedy: another slot, a board with more lanes, fewer cards, or the SSD in another M.2 place.
    Source: PCI Express base specification: generation and width are the lower of card and slot; lane sharing from the
        manual of the board.
    """
    cards = _cards(node)
    for seat in node.machine.seats:
        part = cards[seat.line_no][1]
        own = part.pcie if isinstance(part, Accelerator | Nic) else None
        if seat.link is None or own is None or seat.link.bandwidth_b_s() >= own.bandwidth_b_s():
            continue
        slow = seat.link.lanes < min(_LEAST_LANES, own.lanes)
        yield Finding(
            severity=Severity.WARNING if slow else Severity.NOTE,
            message=Message(
                N_("{card} in {slot} runs at {link} ({rate}); it is made for {own}"),
                card=part.full_name,
                slot=seat.slot,
                link=shown(seat.link),
                rate=Quantity(seat.link.bandwidth_b_s(), Unit.GB_S),
                own=shown(own),
            ),
            subject=(seat.line_no,),
            fixes=_wider(node) if slow else (),
        )


def _wider(node: Node) -> tuple[Fix, ...]:
    fixes: tuple[Fix, ...] = ()
    if node.board is not None:
        fixes = swap(node, "pcie.W003", node.board[0], Board, suiting(node, PartKind.BOARD), size_of)
    return fixes or advice(Message(N_("Take a board or processor with more lanes, or fewer cards")))


@machine_check("pcie.W004")
def lanes_taken_by_drives(node: Node) -> Iterator[Finding]:
    """Lanes of a card's slot are not taken by an SSD or another slot without anybody noticing.

    Reason: on many boards one M.2 place and the long slot share lanes; filling it halves the card's link.
    Remedy: move the SSD to another M.2 place, if there is one left.
    Source: the manual of the board, as entered in its slot map.
    """
    if node.board is None:
        return
    slots = {slot.label: slot for slot in node.board[1].slots}
    for seat in node.machine.seats:
        slot = slots.get(seat.slot)
        if slot is None or slot.link_when_shared is None or seat.link is None:
            continue
        if _runs_shared(seat, slot.link, slot.link_when_shared):
            text = N_("{slot} gives lanes to {other}, which is in use, and runs at x{lanes} instead of x{full}")
            values = {"slot": slot.label, "other": slot.shared_with, "lanes": seat.link.lanes, "full": slot.link.lanes}
            yield Finding(severity=Severity.NOTE, message=Message(text, **values), subject=(seat.line_no,))


def _runs_shared(seat: Seat, alone: PcieLink, shared: PcieLink) -> bool:
    return seat.link is not None and seat.link.lanes <= shared.lanes < alone.lanes


@machine_check("pcie.W005")
def risers_keep_the_generation(node: Node) -> Iterator[Finding]:
    """A riser carries the generation of the card and the slot.

    Reason: a riser made for an older generation makes the link fall back, or fail under load.
    Remedy: a riser of this generation, or the generation set by hand in the BIOS.
    Source: generation as published by the maker of the riser.
    """
    for line, riser in node.all(Riser):
        if riser.link is None:
            yield not_published(Message(N_("the PCIe generation")), riser.full_name, (line.no,))
            continue
        for seat in node.machine.seats:
            if seat.link is not None and riser.link.gen < seat.link.gen:
                yield Finding(
                    severity=Severity.WARNING,
                    message=Message(
                        N_("{riser} is made for PCIe {gen}.0, and the card runs at {link}"),
                        riser=riser.full_name,
                        gen=riser.link.gen,
                        link=shown(seat.link),
                    ),
                    subject=(line.no, seat.line_no),
                    fixes=_newer_riser(node, line, seat.link.gen),
                )
                break


def _newer_riser(node: Node, line: Line, gen: int) -> tuple[Fix, ...]:
    def suits(other: Riser) -> bool:
        return other.link is not None and other.link.gen >= gen

    return swap(node, "pcie.W005", line, Riser, suits, lambda other: other.link.gen if other.link else 0)


@machine_check("pcie.W006")
def wanted_slot_exists(node: Node) -> Iterator[Finding]:
    """A slot that the user chose is one of the board's.

    Reason: after the board was changed a card may name a slot that is not there; it then finds none.
    Remedy: choose another slot, or let dsdesk choose.
    Source: the slot map of the board.
    """
    slots = node.board[1].slots if node.board else node.platform.slots if node.platform else ()
    labels = {slot.label for slot in slots}
    for line, part in _cards(node).values():
        if line.slot and labels and line.slot not in labels:
            free = change_line(line.no, Message(N_("Let dsdesk choose the slot")), slot="")
            yield Finding(
                severity=Severity.WARNING,
                message=Message(
                    N_("{card} is meant for {slot}, which is not there"), card=part.full_name, slot=line.slot
                ),
                subject=(line.no,),
                fixes=as_fix(first_that_clears(node.context, "pcie.W006", node.index, (free,))),
            )
