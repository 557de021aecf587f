"""What the picture of a board shows: its slots, the card in each, and the openings that the card covers."""

from collections.abc import Iterator
from dataclasses import dataclass

from dsdesk.build.inventory import lines_of
from dsdesk.build.machine import PlacedPart, ResolvedMachine, Seat
from dsdesk.build.topology import positions
from dsdesk.charts.link_words import pcie
from dsdesk.hardware.parts import Accelerator, Board, Platform, Slot
from dsdesk.hardware.vocabulary import PcieLink


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotSketch:
    """A slot, or an accelerator of which it is not known where it sits.

    Attributes:
        label: as printed on the board, "" without a slot.
        position: opening in which it lies, 1 = the first; None if not known.
        lanes: physical length of the connector.
        link: what the slot gives, None without a slot.
        from_cpu: whether its lanes come from the processor, None if not known.
        shared_with: what takes lanes from it.
        line_no: the line of the card in it, None for an empty slot.
        card: name of the card, "" for an empty slot.
        covers: openings that the card takes, None if its width is not published.
        negotiated: link of the card, None if not known.
        seated: False for a card that found no slot.
    """

    label: str
    position: int | None = None
    lanes: int = 16
    link: PcieLink | None = None
    from_cpu: bool | None = None
    shared_with: str = ""
    line_no: int | None = None
    card: str = ""
    covers: int | None = None
    negotiated: PcieLink | None = None
    seated: bool | None = None

    @property
    def link_text(self) -> str:
        """What the card in it runs at, else what the slot gives; "" if neither is known."""
        link = self.negotiated or self.link
        return pcie(link) if link is not None else ""


def slot_sketches(machine: ResolvedMachine) -> tuple[SlotSketch, ...]:
    """Slots in the order of their openings, then cards without a slot.

    Equal labels cannot be told apart, so a card goes to the first slot of its label.
    """
    slots = _slots(machine)
    parts = {placed.line.no: placed for placed in machine.parts}
    by_label = {seat.slot: seat for seat in machine.seats if seat.slot}
    ordered = sorted(slots, key=lambda slot: (slot.position is None, slot.position or 0))
    found = [_slot(slot, by_label.pop(slot.label, None), parts) for slot in ordered]
    return (*found, *_without_slot(machine, parts))


def _slots(machine: ResolvedMachine) -> tuple[Slot, ...]:
    boards = lines_of(machine.parts, Board)
    for _line, board in boards:
        return board.slots
    for _line, platform in lines_of(machine.parts, Platform):
        return platform.slots
    return ()


def _slot(slot: Slot, seat: Seat | None, parts: dict[int, PlacedPart]) -> SlotSketch:
    name, covers = _card(seat, parts)
    return SlotSketch(
        label=slot.label,
        position=slot.position,
        lanes=slot.connector_lanes,
        link=slot.link,
        from_cpu=slot.from_cpu,
        shared_with=slot.shared_with,
        line_no=seat.line_no if seat else None,
        card=name,
        covers=covers,
        negotiated=seat.link if seat else None,
        seated=True if seat else None,
    )


def _card(seat: Seat | None, parts: dict[int, PlacedPart]) -> tuple[str, int | None]:
    part = parts[seat.line_no].part if seat is not None and seat.line_no in parts else None
    if part is None:
        return "", None
    return part.name, positions(part.slot_width) if isinstance(part, Accelerator) else 1


def _without_slot(machine: ResolvedMachine, parts: dict[int, PlacedPart]) -> Iterator[SlotSketch]:
    for seat in machine.seats:
        if not seat.slot:
            name, covers = _card(seat, parts)
            yield SlotSketch(
                label="", line_no=seat.line_no, card=name, covers=covers, negotiated=seat.link, seated=seat.seated
            )
