"""ChartSpec: one description, two painters (screen and PDF)."""

from dataclasses import dataclass

from dsdesk.base.message import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """An axis. `unit` is printed after the label as it is."""

    label: Message
    unit: str = ""
    log: bool = False
    categories: tuple[str, ...] = ()


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
    """

    label: Message
    x: tuple[float, ...]
    y: tuple[float, ...]
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    style: str = "line"
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """A line across the chart, such as a service objective."""

    label: Message
    y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartSpec:
    """A chart without a painter. `note` says what a band means; `empty` says why there is nothing to draw."""

    key: str
    title: Message
    x: Axis
    y: Axis
    series: tuple[Series, ...] = ()
    thresholds: tuple[Threshold, ...] = ()
    note: Message | None = None
    empty: Message | None = None
