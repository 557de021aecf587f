"""The slots of a board from the first opening down: what sits in each, the openings that it covers, and its link."""

from collections.abc import Iterator

from dsdesk.base.message import N_, Message
from dsdesk.charts.drawing import Box, Drawing, Tone
from dsdesk.charts.link_words import pcie
from dsdesk.charts.slots import SlotSketch

_WIDE = 100.0
_LABEL = 30.0
_LONGEST = 16  # lanes of the longest connector
_SHORTEST = 0.3  # of the width that an empty slot is drawn with, so that its words have room
_HIGH = 1.3
_GAP = 0.12


def slot_drawing(sketches: tuple[SlotSketch, ...]) -> Drawing:
    """Every slot at its opening; cards that no slot is known for follow below."""
    boxes: list[Box] = []
    free = 0
    for one in sketches:
        first = max(free, one.position - 1) if one.position is not None else free
        rows = max(1, one.covers or 1) if one.card else 1
        boxes += _boxes(one, first * _HIGH, rows * _HIGH)
        free = first + (1 if one.position is not None else rows)
    # A card lies over the openings that it covers, also where a slot begins.
    ordered = (*(box for box in boxes if box.line_no is None), *(box for box in boxes if box.line_no is not None))
    return Drawing(width=_WIDE, height=max((box.y + box.height for box in boxes), default=0.0), boxes=ordered)


def _boxes(one: SlotSketch, y: float, high: float) -> Iterator[Box]:
    told = tuple(_told(one))
    place = f"{one.position} · {one.label}" if one.position is not None else one.label or Message(N_("slot not known"))
    yield Box(x=0, y=y, width=_LABEL - 1, height=_HIGH, tone=Tone.LABEL, text=place, told=told)
    share = 1.0 if one.card else min(1.0, max(_SHORTEST, one.lanes / _LONGEST))
    yield Box(
        x=_LABEL,
        y=y + _GAP,
        width=(_WIDE - _LABEL) * share,
        height=high - 2 * _GAP,
        tone=Tone.PLACE if not one.card else Tone.WRONG if one.seated is False else Tone.PART,
        text=_written(one),
        told=told,
        line_no=one.line_no,
    )


def _link(one: SlotSketch) -> Message | str:
    return Message(N_("no slot left")) if one.seated is False else one.link_text


def _written(one: SlotSketch) -> Message | str:
    name = one.card or Message(N_("empty"))
    return Message(N_("{card}, {link}"), card=name, link=_link(one)) if _link(one) else name


def _told(one: SlotSketch) -> Iterator[Message | str]:
    yield from (one.label, one.card or Message(N_("empty")), _link(one))
    if one.card and one.link is not None:
        yield Message(N_("the slot gives {link}"), link=pcie(one.link))
    if one.card and one.covers:
        yield Message(N_("openings covered: {count}"), count=one.covers)
    if one.from_cpu is False:
        yield Message(N_("lanes of the chipset"))
    if one.shared_with:
        yield Message(N_("shares lanes with {slot}"), slot=one.shared_with)
