"""From parts to the wall: efficiency at the real load, mains circuits, heat, and the peaks a supply must ride out."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from dsdesk.hardware.vocabulary import Efficiency
from dsdesk.project.assumptions import ASSUMED, Assumptions

LOW_LINE_V = 130.0  # mains below it are the 100-127 V class
BTU_H_PER_W = 3.412142

_TOMS = "80 PLUS levels as printed at tomshardware.com/reviews/80-plus-psu-efficiency"


class Mains(StrEnum):
    """The three conditions under which 80 PLUS tests a supply."""

    LOW_LINE = "115 V internal"
    SERVER = "230 V internal redundant"
    HIGH_LINE = "230 V EU internal"


Curve = tuple[tuple[float, float], ...]

EFFICIENCY_SOURCE = _TOMS
# Least efficiency at a share of rated load.
_EFFICIENCY: dict[Mains, dict[Efficiency, Curve]] = {
    Mains.LOW_LINE: {
        Efficiency.WHITE: ((0.2, 0.80), (0.5, 0.80), (1.0, 0.80)),
        Efficiency.BRONZE: ((0.2, 0.82), (0.5, 0.85), (1.0, 0.82)),
        Efficiency.SILVER: ((0.2, 0.85), (0.5, 0.88), (1.0, 0.85)),
        Efficiency.GOLD: ((0.2, 0.87), (0.5, 0.90), (1.0, 0.87)),
        Efficiency.PLATINUM: ((0.2, 0.90), (0.5, 0.92), (1.0, 0.89)),
        Efficiency.TITANIUM: ((0.1, 0.90), (0.2, 0.92), (0.5, 0.94), (1.0, 0.90)),
    },
    Mains.SERVER: {
        Efficiency.BRONZE: ((0.2, 0.81), (0.5, 0.85), (1.0, 0.81)),
        Efficiency.SILVER: ((0.2, 0.85), (0.5, 0.89), (1.0, 0.85)),
        Efficiency.GOLD: ((0.2, 0.88), (0.5, 0.92), (1.0, 0.88)),
        Efficiency.PLATINUM: ((0.2, 0.90), (0.5, 0.94), (1.0, 0.91)),
        Efficiency.TITANIUM: ((0.1, 0.90), (0.2, 0.94), (0.5, 0.96), (1.0, 0.91)),
    },
    Mains.HIGH_LINE: {
        Efficiency.WHITE: ((0.2, 0.82), (0.5, 0.85), (1.0, 0.82)),
        Efficiency.BRONZE: ((0.2, 0.85), (0.5, 0.88), (1.0, 0.85)),
        Efficiency.SILVER: ((0.2, 0.87), (0.5, 0.90), (1.0, 0.87)),
        Efficiency.GOLD: ((0.2, 0.90), (0.5, 0.92), (1.0, 0.89)),
        Efficiency.PLATINUM: ((0.2, 0.92), (0.5, 0.94), (1.0, 0.90)),
        Efficiency.TITANIUM: ((0.1, 0.90), (0.2, 0.94), (0.5, 0.96), (1.0, 0.94)),
    },
}


def mains_class(mains_v: float, *, server: bool) -> Mains:
    """Which of the test conditions comes nearest to a supply on this mains voltage."""
    if mains_v < LOW_LINE_V:
        return Mains.LOW_LINE
    return Mains.SERVER if server else Mains.HIGH_LINE


def efficiency(level: Efficiency | None, load_share: float, mains_v: float, *, server: bool) -> float | None:
    """Least efficiency of an 80 PLUS level at a share of the rated load.

    Equation: linear between the test points; below the lowest point three percentage points less than there.
    Source: 80 PLUS levels as printed at tomshardware.com/reviews/80-plus-psu-efficiency; the interpolation is our own.
    """
    curve = _EFFICIENCY[mains_class(mains_v, server=server)].get(level) if level is not None else None
    if curve is None:
        return None
    if load_share < curve[0][0]:
        return curve[0][1] - 0.03
    for (low, at_low), (high, at_high) in pairwise(curve):
        if load_share <= high:
            return at_low + (at_high - at_low) * (load_share - low) / (high - low)
    return curve[-1][1]


def wall_w(dc_w: float, at_efficiency: float) -> float:
    """Power at the wall [W] = power of the parts [W] / efficiency."""
    return dc_w / at_efficiency


def heat_btu_h(power_w: float) -> float:
    """Heat into the room [BTU/h] = 3.412 x power at the wall [W]; all of it becomes heat."""
    return power_w * BTU_H_PER_W


def excursion_w(cards: Sequence[tuple[float, float | None]], rest_w: float, assumed: Assumptions = ASSUMED) -> float:
    """Sub-millisecond peak of a machine [W].

    Equation: P_peak = P_1 k_1 + f (P_2 + ... + P_n) + rest, with card 1 the one whose P (k - f) is largest: cards do
        not all spike in the same microsecond. k and f are assumed, 2.0 and 1.25, where no measurement is published.
    Source: measured k in the parts' data (Igor's Lab for the RTX 5090, Lenovo for the RTX A6000).

    Args:
        cards: (sustained power, measured excursion factor or None) of each card.
        rest_w: everything else, which does not spike.
        assumed: k without a measurement, and f.
    """
    further = assumed.further_excursion
    factors = [(power, factor if factor is not None else assumed.excursion) for power, factor in cards]
    extra = max((power * (factor - further) for power, factor in factors), default=0.0)
    return rest_w + further * sum(power for power, _ in factors) + max(extra, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Margin:
    """What share of its rating a supply may carry, all day and for 100 microseconds.

    Attributes:
        sustained: share of the rating.
        peak: multiple of the rating.
    """

    sustained: float
    peak: float


def atx_3(assumed: Assumptions = ASSUMED) -> Margin:
    """What a supply of ATX 3.x carries; the share of all day is assumed.

    Source: Intel ATX12VO guide 613768, table 3-4 (200 % for 100 us).
    """
    return Margin(sustained=assumed.atx3_share, peak=2.0)


def atx_2(assumed: Assumptions = ASSUMED) -> Margin:
    """What a supply of ATX 2.x carries; both shares are assumed."""
    return Margin(sustained=assumed.atx2_share, peak=assumed.atx2_peak)


def least_rating_w(sustained_w: float, peak_w: float, margin: Margin) -> float:
    """The smallest rating that carries both [W]."""
    return max(sustained_w / margin.sustained, peak_w / margin.peak)


@dataclass(frozen=True, slots=True, kw_only=True)
class Circuit:
    """A usual circuit of a country.

    Attributes:
        volt: nominal voltage.
        ampere: breaker or fuse.
        continuous_required: whether the code of the country demands the 80 % rule for continuous load.
        source: where it is stated.
        assumption: general knowledge rather than a document that was read.
    """

    volt: float
    ampere: float
    continuous_required: bool
    source: str
    assumption: bool = False


CIRCUITS: dict[str, Circuit] = {
    "US": Circuit(volt=120, ampere=15, continuous_required=True, source="HP Power basics, table 4; NEC 210.20(A)"),
    "CA": Circuit(volt=120, ampere=15, continuous_required=True, source="HP Power basics, table 4"),
    "CN": Circuit(volt=220, ampere=16, continuous_required=False, source="GB 2099 / GB 1002 sockets", assumption=True),
    "DE": Circuit(volt=230, ampere=16, continuous_required=False, source="Schuko socket", assumption=True),
    "FR": Circuit(volt=230, ampere=16, continuous_required=False, source="CEE 7/5 socket", assumption=True),
    "GB": Circuit(volt=230, ampere=13, continuous_required=False, source="BS 1363 fused plug", assumption=True),
    "JP": Circuit(volt=100, ampere=15, continuous_required=False, source="JIS C 8303 socket", assumption=True),
}

NEC_SHARE = 0.8


def circuit_w(mains_v: float, circuit_a: float, share: float) -> float:
    """What one circuit carries all day [W] = volts x amperes x share."""
    return mains_v * circuit_a * share


def continuous_share(country: str, wished: float) -> float:
    """The share of the breaker that counts: the code's 0.8 where it is law, else what the user wishes.

    Source: NEC 210.20(A) (load of three hours or more); HP Power basics, table 5 shows no such rule for 230 V.
    """
    circuit = CIRCUITS.get(country)
    return min(wished, NEC_SHARE) if circuit is not None and circuit.continuous_required else wished
