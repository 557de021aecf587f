"""Racks from the front, side by side and standing on one floor."""

from collections.abc import Iterator

from dsdesk.base.message import N_, Message
from dsdesk.charts.drawing import Box, Drawing, Tone
from dsdesk.charts.rack import Mounted, RackElevation, Racks
from dsdesk.hardware.vocabulary import PartKind

_WIDE = 100.0
_GAP = 4.0
_ABREAST = 4
_HEAD = 1.4
_UNIT = 0.7  # of a row of text: a unit is thinner than a line


def rack_front(racks: Racks) -> Drawing:
    """Every rack with what stands in it; empty where nothing is made for a rack."""
    boxes: list[Box] = []
    top = 0.0
    elevations = racks.elevations
    for start in range(0, len(elevations), _ABREAST):
        row = elevations[start : start + _ABREAST]
        floor = top + _HEAD + max(rack.units for rack in row) * _UNIT
        for at, rack in enumerate(row):
            boxes += _rack(rack, at, floor)
        top = floor + _HEAD / 2
    return Drawing(width=_WIDE, height=top, boxes=tuple(boxes))


def _rack(rack: RackElevation, at: int, floor: float) -> Iterator[Box]:
    wide = (_WIDE - (_ABREAST - 1) * _GAP) / _ABREAST
    x, high = at * (wide + _GAP), rack.units * _UNIT
    said = Message(N_("rack {number}, {used} of {units} U"), number=rack.number, used=rack.used_units, units=rack.units)
    told = (said, rack.name) if rack.name else (said,)
    yield Box(x=x, y=floor - high - _HEAD, width=wide, height=_HEAD, tone=Tone.LABEL, text=said, told=told)
    yield Box(x=x, y=floor - high, width=wide, height=high, tone=Tone.FRAME, told=told)
    for mounted in rack.mounted:
        yield _mounted(mounted, x, wide, floor)


def _mounted(one: Mounted, x: float, wide: float, floor: float) -> Box:
    top = floor - (one.bottom + one.units - 1) * _UNIT
    units = Message(N_("units {first} to {last}"), first=one.bottom, last=one.bottom + one.units - 1)
    return Box(
        x=x, y=top, width=wide, height=one.units * _UNIT,
        tone=Tone.QUIET if one.kind is PartKind.SWITCH else Tone.PART,
        text=one.name, told=(one.name, one.part, units), line_no=one.line_no,
    )  # fmt: skip
