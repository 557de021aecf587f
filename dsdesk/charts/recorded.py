"""The watts of a recorded run beside the forecast."""

from collections.abc import Mapping, Sequence

from dsdesk.base.message import N_, Message
from dsdesk.base.units import Estimate
from dsdesk.charts.spec import Axis, ChartSpec, Series, Threshold

_MOST_POINTS = 600  # more than a screen has columns to show


def recorded_power(
    times_s: Sequence[float], power_w: Mapping[str, Sequence[float | None]], forecast_w: Estimate | None
) -> ChartSpec:
    """Draw over time, a line a card, and the forecast of all together while they decode.

    Args:
        times_s: of the samples.
        power_w: watts at each of them by the name of the card, None where it was not told.
        forecast_w: of all accelerators together.
    """
    step = max(1, len(times_s) // _MOST_POINTS)
    series = []
    for name, watts in power_w.items():
        points = [(at, one) for at, one in list(zip(times_s, watts, strict=True))[::step] if one is not None]
        if points:
            x, y = zip(*points, strict=True)
            series.append(Series(label=Message("{name}", name=name), x=x, y=y))
    thresholds: tuple[Threshold, ...] = ()
    if forecast_w is not None:
        thresholds = (Threshold(label=Message("forecast while decoding"), y=forecast_w.estimate),)
    note = None
    if forecast_w is not None:
        note = Message(
            "The forecast for all accelerators of the project is {low} to {high} W in eight of ten cases.",
            low=round(forecast_w.low80),
            high=round(forecast_w.high80),
        )
    return ChartSpec(
        key="recorded_power",
        title=Message("Power while it was recorded"),
        x=Axis(label=Message("time"), unit="s"),
        y=Axis(label=Message("drawn"), unit="W"),
        series=tuple(series),
        thresholds=thresholds,
        note=note,
        empty=None if series else Message(N_("No accelerator tells what it draws.")),
    )
