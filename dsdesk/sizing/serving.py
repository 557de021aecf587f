"""From a workload to what is served: requests and sessions a day, and the largest load inside the promises.

Everything comes from forecasts of the same case at different concurrencies; `speed` is such a forecast. The mean values
of a steady closed loop are used; percentiles and queues are simulated (`dsdesk.sizing.simulation`), which takes longer.
"""

from collections.abc import Callable
from dataclasses import dataclass

from dsdesk.base.message import Message
from dsdesk.base.source import Unknown
from dsdesk.base.units import Estimate
from dsdesk.sizing.results import Forecast

_DAY_S = 86_400.0
_MOST = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """What each user is promised, as means; None = nothing.

    Attributes:
        ttft_s_max: longest wait for the first token.
        decode_tok_s_min: speed at which an answer is written.
    """

    ttft_s_max: float | None = None
    decode_tok_s_min: float | None = None

    def kept_by(self, speed: Forecast) -> bool:
        """Whether the point forecast keeps it."""
        late = self.ttft_s_max is not None and speed.ttft_ms.estimate > self.ttft_s_max * 1e3
        slow = self.decode_tok_s_min is not None and 1e3 / speed.tpot_ms.estimate < self.decode_tok_s_min
        return not late and not slow


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """What a machine serves.

    Attributes:
        sequences: requests in flight.
        requests_per_day: if it were loaded so all day.
        users: people that this many requests in flight stand for, with their pauses.
        forecast: at this load.
    """

    sequences: int
    requests_per_day: Estimate
    users: float
    forecast: Forecast


def capacity_at(speed: Forecast, sequences: int, think_s: float = 0.0) -> Capacity:
    """What is served with `sequences` requests in flight and `think_s` seconds of pause between a user's requests.

    Equation: users = sequences + requests/s * think time (Little's law, Little 1961, Operations Research 9(3)).
    """
    rate = speed.requests_s
    return Capacity(
        sequences=sequences,
        requests_per_day=rate.scaled(_DAY_S),
        users=sequences + rate.estimate * think_s,
        forecast=speed,
    )


def largest_load(
    speed_at: Callable[[int], Forecast | Unknown], promise: Promise, *, think_s: float = 0.0, most: int = _MOST
) -> Capacity | Unknown:
    """The most requests in flight that keep the promise and fit in memory, by doubling and then halving.

    Waits and times per token grow with the load, so the kept loads are an unbroken range from one.
    """
    first = speed_at(1)
    if isinstance(first, Unknown):
        return first
    if not first.fits:
        return Unknown(Message("the model does not fit, so nothing is served"))
    if not promise.kept_by(first):
        return Unknown(Message("a single request already breaks the promise"))
    kept, speed, broken = 1, first, most + 1
    while kept * 2 < broken:
        tried = _kept(speed_at, promise, kept * 2)
        if tried is None:
            broken = kept * 2
            break
        kept, speed = kept * 2, tried
    while broken - kept > max(1, kept // 50):  # two per cent: finer than any forecast
        middle = (kept + broken) // 2
        tried = _kept(speed_at, promise, middle)
        if tried is None:
            broken = middle
        else:
            kept, speed = middle, tried
    return capacity_at(speed, kept, think_s)


def _kept(speed_at: Callable[[int], Forecast | Unknown], promise: Promise, sequences: int) -> Forecast | None:
    speed = speed_at(sequences)
    if isinstance(speed, Unknown) or not speed.fits or not promise.kept_by(speed):
        return None
    return speed


def machines_for(requests_per_day: float, capacity: Capacity, peak_share: float = 0.1) -> float:
    """How many such machines a day's requests take when the busiest hour has `peak_share` of them.

    Equation: requests/day * share / 3600 s / (requests/s of one machine)
    """
    return requests_per_day * peak_share / 3600.0 / capacity.forecast.requests_s.estimate
