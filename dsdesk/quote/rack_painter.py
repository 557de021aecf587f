"""The rack elevation on paper: racks side by side, unit by unit, in ink that reads in black and white."""

from reportlab.lib.colors import Color
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable

from dsdesk.charts.rack import Mounted, RackElevation
from dsdesk.hardware.vocabulary import PartKind
from dsdesk.quote.fonts import REGULAR
from dsdesk.quote.paper import CELL_BOLD, DEEP, HAIR, INK, PALE, QUIET, RULE, WHITE, Type
from dsdesk.quote.tagging import pictured
from dsdesk.quote.text import Run, TextBlock
from dsdesk.quote.voice import Voice

ABREAST = 4  # racks in a row
_UNIT = 7.6  # height of a rack unit [pt]
_HEAD = 14.0
_SIDE = 15.0  # room for the numbers of the units
_GAP = 12.0
_TICK = Type(REGULAR, 4.8, QUIET)
_LABEL = Type(REGULAR, 5.2, INK)
_RISE = 0.06  # of its leading by which the middle of a line of capitals stands above that of its box
_NUMBERED_EVERY = 2


def rack_height(racks: tuple[RackElevation, ...]) -> float:
    """Height of a row of racks [pt]."""
    return max((rack.units for rack in racks), default=0) * _UNIT + _HEAD + 12


class RackRow(Flowable):
    """Up to four racks side by side, all standing on one floor line."""

    def __init__(self, racks: tuple[RackElevation, ...], voice: Voice) -> None:
        super().__init__()
        self.racks, self.voice = racks, voice

    def wrap(self, available_width: float, _available_height: float) -> tuple[float, float]:
        """Platypus asks for the size."""
        self.width = available_width
        self.wide = (available_width - (ABREAST - 1) * _GAP) / ABREAST
        return available_width, rack_height(self.racks)

    def draw(self) -> None:
        """Platypus draws at the row's own origin."""
        for index, rack in enumerate(self.racks):
            with pictured(self.canv, _words(rack)):
                self._rack(rack, index * (self.wide + _GAP))

    def _rack(self, rack: RackElevation, x: float) -> None:
        canvas: Canvas = self.canv
        left, wide, top = x + _SIDE, self.wide - _SIDE, 6 + rack.units * _UNIT
        self._line(f"{rack.number}   {rack.name}".strip(), CELL_BOLD, x, top + _HEAD, self.wide)
        canvas.setFillColor(WHITE)
        canvas.setStrokeColor(DEEP)
        canvas.setLineWidth(1.0)
        canvas.rect(left, 6, wide, rack.units * _UNIT, stroke=1, fill=1)
        canvas.setLineWidth(0.25)
        canvas.setStrokeColor(HAIR)
        for unit in range(1, rack.units):
            canvas.line(left, 6 + unit * _UNIT, left + wide, 6 + unit * _UNIT)
        for unit in range(1, rack.units + 1):
            if unit == 1 or unit % _NUMBERED_EVERY == 0:
                self._line(str(unit), _TICK, x, 6 + unit * _UNIT, _SIDE - 3, align="right")
        for mounted in rack.mounted:
            self._mounted(mounted, left, wide)

    def _mounted(self, mounted: Mounted, left: float, wide: float) -> None:
        canvas: Canvas = self.canv
        bottom, high = 6 + (mounted.bottom - 1) * _UNIT, mounted.units * _UNIT
        canvas.setFillColor(_fill(mounted))
        canvas.setStrokeColor(RULE if mounted.units > 1 else DEEP)
        canvas.setLineWidth(0.6)
        canvas.rect(left + 0.8, bottom + 0.4, wide - 1.6, high - 0.8, stroke=1, fill=1)
        label = mounted.part if mounted.name in mounted.part else f"{mounted.name} · {mounted.part}"
        self._line(label, _LABEL, left + 4, bottom + high / 2 + (0.5 - _RISE) * _LABEL.leading, wide - 8)

    def _line(self, text: str, style: Type, x: float, top: float, room: float, *, align: str = "left") -> None:
        """As much of one line as there is room for."""
        printable = self.voice.glyphs.printable(text)
        upper, rest = TextBlock(((Run(printable, style),),), align=align).cut(room, style.leading)
        if rest is not None and upper is not None:
            kept = "".join(run.text for run in upper.lines(room - style.size)[0].runs)
            upper = TextBlock(((Run(f"{kept}…", style),),), align=align)
        if upper is not None:
            upper.draw_on(self.canv, x, top, room)


def _fill(mounted: Mounted) -> Color:
    return HAIR if mounted.kind is PartKind.SWITCH else PALE


def _words(rack: RackElevation) -> str:
    """What the drawing shows, for those who hear it: from the floor up."""
    stands = (f"{one.bottom}-{one.bottom + one.units - 1} U {one.name}" for one in rack.mounted)
    return f"{rack.number} {rack.name}: {', '.join(stands)}"
