"""What a power limit costs in speed and saves in energy, and what a million tokens take."""

from dataclasses import dataclass
from math import exp, hypot, log

from dsdesk.base.message import Message
from dsdesk.base.units import Estimate, Quantity, Unit
from dsdesk.build.catalog import Catalog
from dsdesk.charts.spec import Axis, ChartSpec, Series
from dsdesk.charts.sweep import BAND, Case, band_series, case_of, steps_to
from dsdesk.evaluate import Evaluation
from dsdesk.sizing.results import Forecast

_CAP, _ENERGY = "power_cap", "energy_over_concurrency"
_CAP_TITLE = Message("Speed under a power limit")
_ENERGY_TITLE = Message("Energy of a million tokens")
_X = Axis(label=Message("power limit of each accelerator"), unit="%")
_Y = Axis(label=Message("share of what it is without a limit"), unit="%")
_NO_POWER = Message("The power of this accelerator is not published.")
_LIMITS = (1.0, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6, 0.55, 0.5)
_TOLD = 0.7
_ABOVE_IDLE = 0.05  # nearer to the power of resident kernels no clock law holds
_JOULES_A_KWH = 3.6e6
_MILLION = 1e6
_LEAST_SHOWN = 64


@dataclass(frozen=True, slots=True)
class _Limited:
    """Speeds under a limit.

    Attributes:
        share: of the rated power.
        answer: tokens per second of all users.
        read: prompt tokens per second.
        kwh: of a million output tokens.
    """

    share: float
    answer: float
    read: float
    kwh: float


def power_cap(evaluation: Evaluation, _catalog: Catalog) -> ChartSpec:
    """Answers, reading and energy over the power limit, at the workload's concurrency."""
    case = case_of(evaluation)
    if isinstance(case, Message):
        return ChartSpec(key=_CAP, title=_CAP_TITLE, x=_X, y=_Y, empty=case)
    least = case.served.calibration.power.idle + _ABOVE_IDLE
    points = [point for share in _LIMITS if share >= least and (point := _limited(case, share)) is not None]
    if not points:
        return ChartSpec(key=_CAP, title=_CAP_TITLE, x=_X, y=_Y, empty=_NO_POWER)
    full = points[0]
    places = tuple(100.0 * point.share for point in reversed(points))

    def line(label: Message, name: str) -> Series:
        values = (100.0 * getattr(point, name) / getattr(full, name) for point in reversed(points))
        return Series(label=label, x=places, y=tuple(values))

    return ChartSpec(
        key=_CAP,
        title=_CAP_TITLE,
        x=_X,
        y=_Y,
        series=(
            line(Message("output of all users"), "answer"),
            line(Message("reading of prompts"), "read"),
            line(Message("energy of a token"), "kwh"),
        ),
        note=_told(points, full),
    )


def energy_over_concurrency(evaluation: Evaluation, _catalog: Catalog) -> ChartSpec:
    """Energy of a million output tokens over the requests in flight, of the accelerators alone."""
    x = Axis(label=Message("requests in flight"), log=True)
    y = Axis(label=Message("energy of the accelerators"), unit="kWh", log=True)
    case = case_of(evaluation)
    if isinstance(case, Message):
        return ChartSpec(key=_ENERGY, title=_ENERGY_TITLE, x=x, y=y, empty=case)
    points = []
    for requests in steps_to(max(_LEAST_SHOWN, 2 * evaluation.configuration.workload.sequences)):
        speed = case.with_sequences(requests)
        if isinstance(speed, Forecast) and speed.fits and (energy := kwh_per_million(speed)) is not None:
            points.append((float(requests), energy))
    if not points:
        return ChartSpec(key=_ENERGY, title=_ENERGY_TITLE, x=x, y=y, empty=_NO_POWER)
    series = band_series(Message("accelerators"), points)
    return ChartSpec(key=_ENERGY, title=_ENERGY_TITLE, x=x, y=y, series=(series,), note=BAND)


def kwh_per_million(speed: Forecast) -> Estimate | None:
    """Energy of a million output tokens [kWh]: power / throughput, of the accelerators; None without their power.

    The interval is that of independent errors of both: ln widths add as squares.
    """
    watts, output = speed.gpu_power_w, speed.output_tok_s_total
    if watts is None or output.estimate <= 0:
        return None
    value = watts.estimate / output.estimate * _MILLION / _JOULES_A_KWH
    low = _apart(watts.low80 / watts.estimate, output.estimate / output.high80)
    high = _apart(watts.high80 / watts.estimate, output.estimate / output.low80)
    return Estimate(value, value / low, value * high)


def _apart(one: float, other: float) -> float:
    """The factor that two independent factors make together, above 1."""
    return exp(hypot(log(one), log(other)))


def _limited(case: Case, share: float) -> _Limited | None:
    rated = case.device.board_power_w
    if not rated:
        return None
    speed = case.forecast(case.evaluation.configuration.workload, power_limit_w=share * rated)
    energy = kwh_per_million(speed) if isinstance(speed, Forecast) and speed.fits else None
    if not isinstance(speed, Forecast) or energy is None:
        return None
    return _Limited(share, speed.output_tok_s_total.estimate, speed.prefill_tok_s.estimate, energy.estimate)


def _told(points: list[_Limited], full: _Limited) -> Message:
    at = min(points, key=lambda point: abs(point.share - _TOLD))
    return Message(
        "At {limit} of the power: {answer} of the output, {read} of the reading, {energy} of the energy of a token "
        "({kwh} kWh for a million). The clock follows the cube root of the power above idle; the memory keeps its own.",
        limit=Quantity(at.share, Unit.PERCENT),
        answer=Quantity(at.answer / full.answer, Unit.PERCENT),
        read=Quantity(at.read / full.read, Unit.PERCENT),
        energy=Quantity(at.kwh / full.kwh, Unit.PERCENT),
        kwh=Quantity(at.kwh, Unit.COUNT),
    )
