"""What a chart looks like apart from its painter: colours of series, ticks of axes, places of points."""

import math
import textwrap
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette

from dsdesk.base.units import Unit, format_number
from dsdesk.charts.spec import Axis, ChartSpec, Series
from dsdesk.ui.theme import current
from dsdesk.ui.words import _, say

# Steps round the colour circle from the accent colour, far apart for neighbours in a legend.
_TURNS = (0, 165, 300, 75, 120, 230)
DASHES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine, Qt.PenStyle.DashDotLine)
MARKS = ("o", "s", "t", "d")  # circle, square, triangle on its tip, diamond
_SATURATION = {False: 0.62, True: 0.66}
_LIGHTNESS = {False: 0.43, True: 0.70}
_TICKS = 6
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_MANY_DECADES = 3.0
_PLENTY = 9
_WIDE = 72  # characters of a line that is shown on pointing


def series_colour(position: int) -> QColor:
    """The colour of a series by its place in the legend, readable on the base colour of the scheme."""
    scheme = current()
    hue = scheme.palette.color(QPalette.ColorRole.Link).hslHueF() + _TURNS[position % len(_TURNS)] / 360
    return QColor.fromHslF(hue % 1.0, _SATURATION[scheme.is_dark], _LIGHTNESS[scheme.is_dark])


def axis_title(axis: Axis) -> str:
    """Such as "memory [GiB]"."""
    unit = _(axis.unit) if axis.unit == Unit.TOKEN.value else axis.unit  # the only unit that is a word
    return f"{say(axis.label)} [{unit}]" if unit else say(axis.label)


@dataclass(frozen=True, slots=True)
class Scale:
    """One axis as drawn.

    Attributes:
        low: lower end, as a logarithm where the axis is logarithmic.
        high: upper end.
        ticks: (place, text).
    """

    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]


def scale(values: list[float], *, log: bool, from_zero: bool, margin: float = 0.05) -> Scale:
    """An axis that holds `values`."""
    held = [value for value in values if math.isfinite(value) and (value > 0 or not log)]
    if not held:
        return Scale(0.0, 1.0, ())
    if log:
        low, high = math.log10(min(held)), math.log10(max(held))
        room = max(high - low, 0.3) * margin
        return Scale(low - room, high + room, _log_ticks(low - room, high + room))
    low = 0.0 if from_zero and min(held) >= 0 else min(held)
    high = max(held)
    if high == low:
        high = low + (abs(low) or 1.0)
    room = (high - low) * margin
    low = low if low == 0 else low - room
    return Scale(low, high + room, _linear_ticks(low, high + room))


def _linear_ticks(low: float, high: float) -> tuple[tuple[float, str], ...]:
    raw = (high - low) / _TICKS
    magnitude = 10.0 ** math.floor(math.log10(raw))
    step = next(one * magnitude for one in _STEPS if one * magnitude >= raw * (1 - 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    if not math.isclose(step * 10**decimals, round(step * 10**decimals)):
        decimals += 1  # steps of 2.5
    return tuple((number * step, format_number(number * step, decimals)) for number in range(first, last + 1))


def _log_ticks(low: float, high: float) -> tuple[tuple[float, str], ...]:
    decades = range(math.floor(low), math.ceil(high) + 1)
    factors = (1.0,) if high - low > _MANY_DECADES else (1.0, 2.0, 5.0)
    places = [10.0**decade * factor for decade in decades for factor in factors]
    inside = [place for place in places if low - 1e-9 <= math.log10(place) <= high + 1e-9]
    if len(inside) > _PLENTY:
        inside = [place for place in inside if math.isclose(math.log10(place) % 1.0, 0.0, abs_tol=1e-9)]
    return tuple((math.log10(place), f"{place:,.10g}") for place in inside)


def placed(value: float, *, log: bool) -> float:
    """Where a value stands on its axis."""
    return math.log10(value) if log and value > 0 else value


@dataclass(frozen=True, slots=True)
class Point:
    """A point of a chart as a person reads it.

    Attributes:
        series: position of its series.
        x: raw value.
        y: raw value.
        low: lower edge of the band, None without one.
        high: upper edge.
    """

    series: int
    x: float
    y: float
    low: float | None = None
    high: float | None = None


def points_of(spec: ChartSpec) -> tuple[Point, ...]:
    """Every point of every series."""
    return tuple(point for position, series in enumerate(spec.series) for point in _points(position, series))


def _points(position: int, series: Series) -> list[Point]:
    has_band = bool(series.low) and bool(series.high)
    return [
        Point(position, x, y, series.low[index] if has_band else None, series.high[index] if has_band else None)
        for index, (x, y) in enumerate(zip(series.x, series.y, strict=True))
    ]


def note_of(series: Series, point: Point) -> str:
    """What is to be said of a point beside its values, "" for nothing."""
    if not series.notes:
        return ""
    at = zip(series.x, series.y, series.notes, strict=True)
    return next((say(note) for x, y, note in at if x == point.x and y == point.y), "")


def category(axis: Axis, x: float) -> str:
    """What stands at `x` of an axis: a name, or the number."""
    if axis.categories:
        name = axis.categories[round(x)]
        return say(name)
    return format_number(x)


def exact_text(spec: ChartSpec, point: Point) -> str:
    """The values of a point, as shown when it is pointed at."""
    series = spec.series[point.series]
    unit = f"\N{NO-BREAK SPACE}{spec.y.unit}" if spec.y.unit else ""
    lines = [say(series.label), f"{axis_title(spec.x)}: {category(spec.x, point.x)}"]
    value = f"{say(spec.y.label)}: {format_number(point.y)}{unit}"
    if point.low is not None and point.high is not None:
        value += f" ({format_number(point.low)}–{format_number(point.high)})"
    lines.append(value)
    note = note_of(series, point)
    if note:
        return "\n".join([*lines, *textwrap.wrap(note, _WIDE)])
    return "\n".join([*lines, series.source] if series.source else lines)
