"""ChartSpec on paper: vector lines, bands, bars, thresholds and log axes that read in black and white."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from reportlab.lib.colors import Color, HexColor
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable

from dsdesk.base.units import format_number
from dsdesk.charts.spec import Axis, ChartSpec, Series
from dsdesk.quote.fonts import REGULAR, width
from dsdesk.quote.paper import CELL_BOLD, DEEP, HAIR, INK, QUIET, RULE, SMALL, WHITE, Type
from dsdesk.quote.tagging import pictured
from dsdesk.quote.text import TextBlock
from dsdesk.quote.voice import Text, Voice

TICK = Type(REGULAR, 6.0, QUIET)
_HEIGHT = 168.0
_GAP = 14.0
_SHADES = (HexColor(0x1D3F5E), HexColor(0x8FA9C2), HexColor(0x4F7396), HexColor(0xC9D6E2), HexColor(0x6B6B6B))
_DASHES: tuple[tuple[float, ...], ...] = ((), (5, 2), (1.5, 1.8), (6, 2, 1.5, 2), (9, 3))


@dataclass(frozen=True, slots=True)
class Scale:
    """From values to points along one axis."""

    low: float
    high: float
    start: float
    length: float
    log: bool

    def at(self, value: float) -> float:
        """The place of `value`."""
        low, high = self.low, self.high
        if self.log:
            value, low, high = math.log10(max(value, low)), math.log10(low), math.log10(high)
        share = (value - low) / (high - low) if high > low else 0.5
        return self.start + self.length * min(max(share, 0.0), 1.0)


def nice_ticks(low: float, high: float, wanted: int = 5) -> list[float]:
    """Round numbers from about `low` to at least `high`."""
    span = high - low or abs(high) or 1.0
    raw = span / wanted
    size = 10.0 ** math.floor(math.log10(raw))
    step = next(factor * size for factor in (1, 2, 2.5, 5, 10) if factor * size >= raw * 0.999)
    first = math.floor(low / step + 1e-9)
    last = math.ceil(high / step - 1e-9)
    return [index * step for index in range(first, last + 1)]


def log_ticks(low: float, high: float) -> list[float]:
    """Powers of ten around the values; powers of two where they span less than a decade and a half."""
    decades = math.log10(high / low) if low > 0 and high > low else 1.0
    base = 2.0 if decades < 3.2 else 10.0  # noqa: PLR2004 - up to about 1,500-fold powers of two still fit
    first, last = math.floor(math.log(low, base) + 1e-9), math.ceil(math.log(high, base) - 1e-9)
    ticks = [base**power for power in range(first, max(last, first + 1) + 1)]
    step = math.ceil(len(ticks) / 9)
    return ticks[::step] if (len(ticks) - 1) % step == 0 else [*ticks[::step], ticks[-1]]


class ChartFlowable(Flowable):
    """One or two charts side by side over the width of the text."""

    def __init__(self, specs: tuple[ChartSpec, ...], voice: Voice) -> None:
        super().__init__()
        self.specs, self.voice = specs, voice

    def wrap(self, available_width: float, _available_height: float) -> tuple[float, float]:
        """Platypus asks for the size."""
        self.width = available_width
        each = (available_width - _GAP) / 2
        self.notes = max(_note(spec, self.voice).height_in(each) for spec in self.specs)
        return available_width, _HEIGHT + self.notes + 8

    def draw(self) -> None:
        """Platypus draws at the flowable's own origin."""
        each = (self.width - _GAP) / 2
        for index, spec in enumerate(self.specs):
            with pictured(self.canv, self.voice.plain(spec.title)):
                Painter(self.canv, spec, self.voice).paint(index * (each + _GAP), self.notes + 4, each, _HEIGHT)


def _note(spec: ChartSpec, voice: Voice) -> TextBlock:
    return TextBlock(voice.stacked(spec.note, SMALL, SMALL) if spec.note is not None else ())


class Painter:
    """Paints one chart on a canvas."""

    def __init__(self, canvas: Canvas, spec: ChartSpec, voice: Voice) -> None:
        self.canvas, self.spec, self.voice = canvas, spec, voice
        self.bars = [one for one in spec.series if one.style == "bars"]

    def paint(self, x: float, y: float, wide: float, high: float) -> None:
        """The chart with title, axes, legend and note, its plot inside this box; the note stands below `y`."""
        voice, spec = self.voice, self.spec
        title = TextBlock((voice.inline(spec.title, CELL_BOLD, SMALL),))
        title.draw_on(self.canvas, x, y + high, wide)
        legend_high = self._legend(x, y + high - title.height_in(wide) - 1, wide)
        top = y + high - title.height_in(wide) - legend_high - 12
        ticks = self._y_ticks()
        labels = [format_number(tick) for tick in ticks]
        left = x + max(width(label, TICK.font, TICK.size) for label in labels) + 5
        bottom = y + 22
        up = Scale(ticks[0], ticks[-1], bottom, top - bottom, spec.y.log)
        along, x_ticks = self._x_scale(left, x + wide - left - 4)
        self._frame(up, along, ticks, labels, x)
        self._x_axis(along, x_ticks, bottom, y)
        self._draw_series(up, along)
        self._thresholds(up, along)
        _note(spec, voice).draw_on(self.canvas, x, y - 2, wide)

    def _values(self) -> list[float]:
        values = [value for one in self.spec.series for value in (*one.y, *one.low, *one.high)]
        values += [one.y for one in self.spec.thresholds]
        if self.spec.stacked and self.bars:
            values += [sum(one.y[index] for one in self.bars) for index in range(len(self.bars[0].y))]
        return [value for value in values if math.isfinite(value)]

    def _y_ticks(self) -> list[float]:
        values = self._values() or [0.0, 1.0]
        if self.spec.y.log:
            positive = [value for value in values if value > 0] or [1.0]
            return log_ticks(min(positive), max(positive))
        return nice_ticks(min(0.0, *values), max(values) or 1.0)

    def _x_scale(self, left: float, wide: float) -> tuple[Scale, list[tuple[float, str]]]:
        axis = self.spec.x
        if axis.categories:
            count = len(axis.categories)
            places = [(float(index), self._short(name)) for index, name in enumerate(axis.categories)]
            return Scale(-0.5, count - 0.5, left, wide, log=False), places
        values = [value for one in self.spec.series for value in one.x] or [0.0, 1.0]
        low, high = min(values), max(values)
        if axis.log:
            ticks = log_ticks(max(low, 1e-9), max(high, 1e-9))
            return Scale(ticks[0], ticks[-1], left, wide, log=True), [(tick, format_number(tick)) for tick in ticks]
        ticks = nice_ticks(low, high)
        return Scale(ticks[0], ticks[-1], left, wide, log=False), [(tick, format_number(tick)) for tick in ticks]

    def _short(self, text: Text) -> str:
        said = self.voice.said(text)
        return said[0] if said else ""

    def _frame(self, up: Scale, along: Scale, ticks: list[float], labels: list[str], x: float) -> None:
        canvas = self.canvas
        for tick, label in zip(ticks, labels, strict=True):
            place = up.at(tick)
            self._line(along.start, place, along.start + along.length, place, HAIR, 0.3)
            TextBlock((_run(label),), align="right").draw_on(canvas, x, place + 4.4, along.start - x - 3)
        self._line(along.start, up.start, along.start + along.length, up.start, RULE, 0.7)
        name = _axis_name(self.spec.y, self.voice)
        TextBlock((_run(name),)).draw_on(canvas, x, up.start + up.length + 12, along.length)

    def _x_axis(self, along: Scale, ticks: list[tuple[float, str]], bottom: float, y: float) -> None:
        slot = along.length / max(len(ticks), 1)
        for value, label in ticks:
            place = along.at(value)
            self._line(place, bottom, place, bottom - 2, RULE, 0.5)
            room = max(slot, width(label, TICK.font, TICK.size) + 1) if not self.spec.x.categories else slot
            block = TextBlock((_run(label),), align="center")
            block.draw_on(self.canvas, place - room / 2, bottom - 2, room)
        if not self.spec.x.categories:
            name = _axis_name(self.spec.x, self.voice)
            TextBlock((_run(name),), align="right").draw_on(self.canvas, along.start, y + 10, along.length)

    def _draw_series(self, up: Scale, along: Scale) -> None:
        lines = [one for one in self.spec.series if one.style != "bars"]
        for one in lines:
            self._band(one, up, along)
        if self.bars:
            self._draw_bars(up, along)
        for index, one in enumerate(lines):
            ink = _SHADES[index % len(_SHADES)] if one.style == "line" else INK
            if one.style == "points":
                self._points(one, up, along, ink)
            else:
                self._polyline(one, up, along, ink, _DASHES[index % len(_DASHES)])

    def _band(self, one: Series, up: Scale, along: Scale) -> None:
        if not one.low or not one.high:
            return
        path = self.canvas.beginPath()
        edge = [(along.at(x), up.at(y)) for x, y in zip(one.x, one.high, strict=True)]
        edge += [(along.at(x), up.at(y)) for x, y in reversed(list(zip(one.x, one.low, strict=True)))]
        path.moveTo(*edge[0])
        for point in edge[1:]:
            path.lineTo(*point)
        path.close()
        self.canvas.setFillColor(HexColor(0xDDE6EE))
        self.canvas.drawPath(path, stroke=0, fill=1)

    def _polyline(self, one: Series, up: Scale, along: Scale, ink: Color, dash: tuple[float, ...]) -> None:
        canvas = self.canvas
        canvas.setStrokeColor(ink)
        canvas.setLineWidth(1.3)
        canvas.setDash(list(dash))
        path = canvas.beginPath()
        for index, (x, y) in enumerate(zip(one.x, one.y, strict=True)):
            (path.moveTo if index == 0 else path.lineTo)(along.at(x), up.at(y))
        canvas.drawPath(path, stroke=1, fill=0)
        canvas.setDash([])
        canvas.setFillColor(ink)
        for x, y in zip(one.x, one.y, strict=True):
            canvas.circle(along.at(x), up.at(y), 1.3, stroke=0, fill=1)

    def _points(self, one: Series, up: Scale, along: Scale, ink: Color) -> None:
        canvas = self.canvas
        canvas.setStrokeColor(ink)
        canvas.setFillColor(WHITE)
        canvas.setLineWidth(0.9)
        for x, y in zip(one.x, one.y, strict=True):
            canvas.rect(along.at(x) - 1.8, up.at(y) - 1.8, 3.6, 3.6, stroke=1, fill=1)

    def _draw_bars(self, up: Scale, along: Scale) -> None:
        count = 1 if self.spec.stacked else len(self.bars)
        slot = along.length / max(len(self.spec.x.categories), 1)
        wide = min(0.7 * slot / count, 34.0)
        base: dict[float, float] = {}
        for index, one in enumerate(self.bars):
            shift = 0.0 if self.spec.stacked else (index - (count - 1) / 2) * wide
            for x, y in zip(one.x, one.y, strict=True):
                low = base.get(x, 0.0) if self.spec.stacked else 0.0
                base[x] = low + y
                self._bar(along.at(x) + shift - wide / 2, up.at(low), wide, up.at(low + y) - up.at(low), index)
            self._whiskers(one, up, along, shift)

    def _bar(self, x: float, y: float, wide: float, high: float, index: int) -> None:
        if high <= 0:
            return
        self.canvas.setFillColor(_SHADES[index % len(_SHADES)])
        self.canvas.setStrokeColor(WHITE)
        self.canvas.setLineWidth(0.5)
        self.canvas.rect(x, y, wide, high, stroke=1, fill=1)

    def _whiskers(self, one: Series, up: Scale, along: Scale, shift: float) -> None:
        for x, low, high in zip(one.x, one.low, one.high, strict=False):
            place = along.at(x) + shift
            self._line(place, up.at(low), place, up.at(high), INK, 0.8)
            for end in (low, high):
                self._line(place - 2.5, up.at(end), place + 2.5, up.at(end), INK, 0.8)

    def _thresholds(self, up: Scale, along: Scale) -> None:
        for one in self.spec.thresholds:
            place = up.at(one.y)
            self.canvas.setDash([3, 2])
            self._line(along.start, place, along.start + along.length, place, DEEP, 0.8)
            self.canvas.setDash([])
            label = f"{self.voice.plain(one.label)} {format_number(one.y)}"
            wide = width(label, TICK.font, TICK.size) + 2
            self.canvas.setFillColor(WHITE)  # no line of the grid strikes the words through
            self.canvas.rect(along.start + along.length - wide, place + 0.6, wide, 7.6, stroke=0, fill=1)
            block = TextBlock((_run(label),), align="right")
            block.draw_on(self.canvas, along.start, place + 8.5, along.length)

    def _legend(self, x: float, top: float, wide: float) -> float:
        """Keys and names in rows; the height they took. A single series needs none: the title says it."""
        if len(self.spec.series) < 2:  # noqa: PLR2004
            return 0.0
        at, row = x, top
        lines = 0
        for index, one in enumerate(self.spec.series):
            name = self.voice.plain(one.label)
            needs = width(name, TICK.font, TICK.size) + 24
            if at > x and at + needs > x + wide:
                at, row = x, row - 9
            keys: dict[str, Callable[[float, float, int], None]] = {"bars": self._bar_key, "points": self._point_key}
            place = index if one.style == "bars" else lines
            keys.get(one.style, self._line_key)(at, row - 6, place)
            lines += one.style != "bars"
            TextBlock((_run(name),)).draw_on(self.canvas, at + 16, row, wide)
            at += needs
        return top - row + 9

    def _bar_key(self, x: float, y: float, index: int) -> None:
        self._bar(x, y - 1, 11, 6, index)

    def _point_key(self, x: float, y: float, _index: int) -> None:
        self.canvas.setStrokeColor(INK)
        self.canvas.setFillColor(WHITE)
        self.canvas.rect(x + 4, y, 3.6, 3.6, stroke=1, fill=1)

    def _line_key(self, x: float, y: float, index: int) -> None:
        dash = _DASHES[index % len(_DASHES)]
        self.canvas.setDash(list(dash))
        self._line(x, y + 2, x + 12, y + 2, _SHADES[index % len(_SHADES)], 1.3)
        self.canvas.setDash([])

    def _line(self, x1: float, y1: float, x2: float, y2: float, ink: Color, thick: float) -> None:
        self.canvas.setStrokeColor(ink)
        self.canvas.setLineWidth(thick)
        self.canvas.line(x1, y1, x2, y2)


def _run(text: str) -> tuple[Any, ...]:
    from dsdesk.quote.text import Run

    return (Run(text, TICK),)


def _axis_name(axis: Axis, voice: Voice) -> str:
    name = voice.plain(axis.label)
    return f"{name} [{axis.unit}]" if axis.unit else name
