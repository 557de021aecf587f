"""A claim of the guide beside our own figure."""

from dataclasses import dataclass
from enum import StrEnum

from dsdesk.base.message import Message
from dsdesk.base.source import Unknown
from dsdesk.base.units import Estimate, format_number


class Verdict(StrEnum):
    """What we think of a claim."""

    AGREES = "agrees"
    WRONG = "wrong"
    DEPENDS = "depends"
    UNPROVEN = "unproven"


class Strength(StrEnum):
    """How sure the verdict is."""

    A = "A"  # shown by arithmetic, or by a source that states it
    B = "B"  # strong, but secondary or partly by absence
    C = "C"  # doubtful: never called wrong


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its unit as printed, and its 80 % interval where it is a forecast.

    Attributes:
        value: in `unit`.
        unit: symbol such as "tok/s", "GB", "CNY"; "" for a count.
        low: lower end of the interval, None without one.
        high: upper end.
    """

    value: float
    unit: str = ""
    low: float | None = None
    high: float | None = None

    def text(self) -> str:
        """Such as "55.1 tok/s (47.2\N{EN DASH}63.0)"."""
        number = format_number(self.value)
        shown = f"{number}\N{NO-BREAK SPACE}{self.unit}" if self.unit else number
        if self.low is None or self.high is None:
            return shown
        return f"{shown} ({format_number(self.low)}\N{EN DASH}{format_number(self.high)})"


def forecast_figure(estimate: Estimate, unit: str, factor: float = 1.0) -> Figure:
    """A forecast value as a figure, multiplied by `factor`."""
    scaled = estimate.scaled(factor)
    return Figure(scaled.estimate, unit, scaled.low80, scaled.high80)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a judge found.

    Attributes:
        ours: our figure; Unknown with the reason; None where the claim has no figure.
        verdict: see Verdict.
        reason: why.
    """

    ours: Figure | Unknown | None = None
    verdict: Verdict
    reason: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A claim with its verdict.

    Attributes:
        id: stable name.
        g: row of the guide's content ("G8").
        scheme: scheme it belongs to ("scheme-1"), "" for general ones.
        text: what the guide says.
        quote: the guide's own words.
        guide_value: its figure, None without one.
        our_value: our figure; Unknown with the reason; None where there is nothing to count.
        difference: ours over the guide's less one, None where one of them is missing.
        verdict: what we think.
        reason: why.
        strength: how sure.
        source: what the verdict rests on.
    """

    id: str
    g: str
    scheme: str
    text: Message
    quote: str
    guide_value: Figure | None
    our_value: Figure | Unknown | None
    difference: float | None
    verdict: Verdict
    reason: Message
    strength: Strength
    source: str
