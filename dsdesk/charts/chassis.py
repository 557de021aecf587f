"""A case from its open side: the cards in their openings to scale, and the room that the case leaves them.

Lengths are measured from the bracket. What lies across the view (cooler, supply, radiators) is shown where it goes, not
how large it is; its own room is told. Source: the openings of a case are 20.32 mm apart (PC/AT expansion slots).
"""

from collections.abc import Iterator

from dsdesk.base.message import N_, Message
from dsdesk.build.inventory import first, lines_of
from dsdesk.build.machine import ResolvedMachine
from dsdesk.charts.drawing import Box, Drawing, Joint, Tone
from dsdesk.charts.slots import SlotSketch, slot_sketches
from dsdesk.hardware.parts import Accelerator, Case, Cooler, Part, Psu
from dsdesk.project.project import Line

_PITCH_MM = 20.32
_UNKNOWN_MM = 170.0  # drawn for a card of which no length is published, and said so
_STRIP_MM = 22.0  # of a radiator
_BAND_MM = 42.0  # of what lies across the view
_GAP_MM = 6.0
_PLACES = {
    "front": N_("front, radiators up to {size} mm"),
    "top": N_("top, radiators up to {size} mm"),
    "bottom": N_("bottom, radiators up to {size} mm"),
}
_Band = tuple[Line, Part, float | None, float | None]
_LAST = ("front",)  # a radiator goes where it takes no room from the cards, while there is such a place


def chassis(machine: ResolvedMachine) -> Drawing:
    """The case with what is in it; empty without one, or where its openings or its longest card are not published."""
    found = first(machine.parts, Case)
    if found is None or found[1].expansion_slots is None or found[1].gpu_length_mm is None:
        return Drawing(width=0, height=0, to_scale=True)
    line, case = found
    top = _BAND_MM + 2 * _GAP_MM + (_STRIP_MM + _GAP_MM) * _has(case, "top")
    cards = tuple(_cards(machine, found[1].expansion_slots, top))
    inside = max(found[1].gpu_length_mm, *(one.x + one.width - _GAP_MM for one in cards), 0.0)
    bottom = top + found[1].expansion_slots * _PITCH_MM + _GAP_MM
    width = inside + 2 * _GAP_MM + (_STRIP_MM + _GAP_MM) * _has(case, "front")
    height = bottom + _BAND_MM + _GAP_MM + (_STRIP_MM + _GAP_MM) * _has(case, "bottom")
    frame = Box(x=0, y=0, width=width, height=height, tone=Tone.FRAME, told=(case.full_name,), line_no=line.no)
    boxes = (
        frame,
        *_openings(case, top),
        *_radiators(machine, case, width, height),
        *_across(machine, case, (top - _GAP_MM - _BAND_MM, bottom), inside),
        *cards,
    )
    return Drawing(width=width, height=height, boxes=boxes, joints=(_limit(case, top, bottom),), to_scale=True)


def _has(case: Case, place: str) -> bool:
    return any(found == place for found, _size in case.radiators or ())


def _limit(case: Case, top: float, bottom: float) -> Joint:
    length = case.gpu_length_mm or 0.0
    said = Message(N_("cards up to {length} mm"), length=f"{length:g}")
    return Joint(x1=_GAP_MM + length, y1=top - _GAP_MM / 2, x2=_GAP_MM + length, y2=bottom, text=said, at=1.0)


def _openings(case: Case, top: float) -> Iterator[Box]:
    for opening in range(case.expansion_slots or 0):
        told = Message(N_("opening {number}"), number=opening + 1)
        y = top + opening * _PITCH_MM
        yield Box(
            x=_GAP_MM, y=y, width=case.gpu_length_mm or 0, height=_PITCH_MM, tone=Tone.PLACE, told=(told,)
        )  # fmt: skip


def _cards(machine: ResolvedMachine, openings: int, top: float) -> Iterator[Box]:
    """Cards at their openings. One whose slot is not known, or for which none is left, is not drawn."""
    lengths = {line.no: card.length_mm for line, card in lines_of(machine.parts, Accelerator)}
    for one in slot_sketches(machine):
        if one.card and one.position is not None:
            yield _card(one, one.position, lengths.get(one.line_no or 0), openings, top)


def _card(one: SlotSketch, position: int, length_mm: float | None, openings: int, top: float) -> Box:
    covers = one.covers or 1
    size = f"{length_mm:g} mm" if length_mm is not None else Message(N_("length not published"))
    return Box(
        x=_GAP_MM,
        y=top + (position - 1) * _PITCH_MM + 1,
        width=length_mm or _UNKNOWN_MM,
        height=covers * _PITCH_MM - 2,
        tone=Tone.WRONG if position + covers - 1 > openings else Tone.PART,
        text=one.card,
        told=(one.card, size, Message(N_("openings covered: {count}"), count=covers)),
        line_no=one.line_no,
    )


def _radiators(machine: ResolvedMachine, case: Case, width: float, height: float) -> Iterator[Box]:
    """Places for radiators along the walls; the one that the cooler's radiator goes to is filled."""
    spots = {
        "top": (_GAP_MM, _GAP_MM, width - 2 * _GAP_MM, _STRIP_MM),
        "bottom": (_GAP_MM, height - _GAP_MM - _STRIP_MM, width - 2 * _GAP_MM, _STRIP_MM),
        "front": (width - _GAP_MM - _STRIP_MM, 0.0, _STRIP_MM, 0.0),
    }
    upper = 2 * _GAP_MM + _STRIP_MM if _has(case, "top") else _GAP_MM
    lower = height - (2 * _GAP_MM + _STRIP_MM if _has(case, "bottom") else _GAP_MM)
    cooler = first(machine.parts, Cooler)
    taken = _place(cooler[1], case) if cooler else ""
    for place, size in case.radiators or ():
        if place not in spots:
            continue
        x, y, wide, high = spots[place]
        if place == "front":
            y, high = upper, lower - upper
        told: tuple[Message | str, ...] = (Message(_PLACES[place], size=size),)
        is_taken = cooler is not None and place == taken
        yield Box(
            x=x, y=y, width=wide, height=high,
            tone=Tone.QUIET if is_taken else Tone.PLACE,
            text="" if place == "front" else cooler[1].name if cooler and is_taken else told[0],
            told=(cooler[1].full_name, *told) if cooler and is_taken else told,
            line_no=cooler[0].no if cooler and is_taken else None,
        )  # fmt: skip


def _place(cooler: Cooler, case: Case) -> str:
    """Where the radiator goes, "" for a cooler without one or where none takes it."""
    takes = [place for place, size in case.radiators or () if cooler.radiator_mm and size >= cooler.radiator_mm]
    return min(takes, key=lambda place: place in _LAST, default="")


def _across(machine: ResolvedMachine, case: Case, bands: tuple[float, float], inside: float) -> Iterator[Box]:
    """What lies across the view, above and below the openings, with the room that it has."""
    above: list[_Band] = [
        (line, cooler, cooler.height_mm, case.cooler_height_mm) for line, cooler in lines_of(machine.parts, Cooler)
    ]
    below: list[_Band] = [
        (line, psu, psu.length_mm, case.psu_length_mm) for line, psu in lines_of(machine.parts, Psu)
    ]  # fmt: skip
    for y, found in zip(bands, (above, below), strict=True):
        for at, (line, part, size, room) in enumerate(found):
            wide = inside / max(2, len(found)) - _GAP_MM
            yield Box(
                x=_GAP_MM + at * (wide + _GAP_MM), y=y, width=wide, height=_BAND_MM, tone=Tone.QUIET,
                text=_times(line.quantity, part.name), told=(part.full_name, *_room(size, room)), line_no=line.no,
            )  # fmt: skip


def _room(size: float | None, room: float | None) -> tuple[Message, ...]:
    if size is None or room is None:
        return ()
    return (Message(N_("{size} mm, there is room for {room} mm"), size=f"{size:g}", room=f"{room:g}"),)


def _times(number: int, name: str) -> str:
    return f"{number} × {name}" if number > 1 else name
