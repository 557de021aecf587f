"""ChartSpec: one description, two painters (screen and PDF)."""

from dataclasses import dataclass

from dsdesk.base.message import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """An axis. `unit` is printed after the label as it is; `categories`, to be rendered, stand at x = 0, 1, 2, ..."""

    label: Message
    unit: str = ""
    log: bool = False
    categories: tuple[Message | str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Points of one kind.

    Attributes:
        label: for the legend.
        x: positions (indices for category axes).
        y: values.
        low: lower edge of the band, empty without one.
        high: upper edge of the band.
        style: "line", "points", "bars".
        source: for measured points.
        notes: what is to be said of each point beside its values, empty without.
    """

    label: Message
    x: tuple[float, ...]
    y: tuple[float, ...]
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    style: str = "line"
    source: str = ""
    notes: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """A line across the chart, such as a service objective."""

    label: Message
    y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartSpec:
    """A chart without a painter.

    Attributes:
        key: stable name.
        title: heading.
        x: horizontal axis.
        y: vertical axis.
        series: in drawing order.
        stacked: bars of several series stand on one another instead of side by side.
        thresholds: lines across.
        note: what a band means and what was assumed.
        empty: why there is nothing to draw, None where there is something.
    """

    key: str
    title: Message
    x: Axis
    y: Axis
    series: tuple[Series, ...] = ()
    stacked: bool = False
    thresholds: tuple[Threshold, ...] = ()
    note: Message | None = None
    empty: Message | None = None
