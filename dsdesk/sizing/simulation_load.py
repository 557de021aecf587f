"""Serving over the load: the curve that a chart shows, and the largest load inside the promises.

Slowing every time by a factor s is the same as asking s times as fast and multiplying what is seen by s. So one run a
load draws the whole curve with its band: the band at a rate is read off the curve at the rates s times as high.
"""

from bisect import bisect_left
from dataclasses import dataclass, replace

from dsdesk.base.message import Message
from dsdesk.base.source import Unknown
from dsdesk.sizing.simulation import (
    ServingCase,
    ServingReport,
    is_kept,
    refusal,
    report,
    seen_at,
    simulate,
    spread_of,
)
from dsdesk.sizing.simulation_limits import most_rate, places
from dsdesk.sizing.simulation_seen import Seen, Times

_FINE = 0.02  # of the load: finer than any forecast
_LEAST = 1 / 512  # of the most that a server can do


def most_requests_s(case: ServingCase) -> float:
    """The rate that the whole server cannot pass [1/s]."""
    return most_rate(case.server.copy, case.usual) * case.server.copies


def largest_load(case: ServingCase) -> ServingReport | Unknown:
    """The most requests per second, or users, with which the promise is kept, by halving.

    Traffic with a rate is made faster or slower, a group larger or smaller. Waits grow with the load, so the kept loads
    are an unbroken range from the smallest one.
    """
    refused = refusal(case)
    if refused is not None:
        return refused
    found = _most_requests(case) if case.traffic.requests_s is not None else _most_users(case)
    if found is None:
        return Unknown(Message("a single request already breaks the promise"))
    return simulate(found)


def _kept(case: ServingCase) -> bool:
    return is_kept(case, seen_at(case, 1.0))


def _most_requests(case: ServingCase) -> ServingCase | None:
    most = most_requests_s(case)

    def at(rate: float) -> ServingCase:
        return replace(case, traffic=replace(case.traffic, requests_s=rate))

    low, high = most * _LEAST, most
    if not _kept(at(low)):
        return None
    while high - low > _FINE * high:
        middle = (low + high) / 2
        low, high = (middle, high) if _kept(at(middle)) else (low, middle)
    return at(low)


def _most_users(case: ServingCase) -> ServingCase | None:
    at_once = places(case.server.copy, case.usual) * case.server.copies
    pausing = most_requests_s(case) * case.traffic.think_s

    def at(users: int) -> ServingCase:
        return replace(case, traffic=replace(case.traffic, users=users))

    low, high = 1, int(at_once + pausing) + 2
    if not _kept(at(low)):
        return None
    while high - low > max(1.0, _FINE * high):
        middle = (low + high) // 2
        low, high = (middle, high) if _kept(at(middle)) else (low, middle)
    return at(low)


@dataclass(frozen=True, slots=True)
class LoadPoint:
    """One point of the curve.

    Attributes:
        requests_s: rate that was offered [1/s].
        report: what was served.
    """

    requests_s: float
    report: ServingReport


# Shares of the most that a server can do, at which a curve is drawn; and one more, for the bands of the last.
SHARES = (0.05, 0.25, 0.45, 0.6, 0.75, 0.87, 0.97)
_BEYOND = 1.2


def curve(case: ServingCase, shares: tuple[float, ...] = SHARES) -> tuple[LoadPoint, ...] | Unknown:
    """What is served at rising shares of the most that the server can do, one run each; overloaded points are left out.

    The band of a point is read off the runs at lower and higher rates; where it reaches beyond them it ends at the
    last, which is overloaded.
    """
    refused = refusal(case)
    if refused is not None:
        return refused
    most = most_requests_s(case)
    rates = [share * most for share in (*shares, _BEYOND)]
    cases = [replace(case, traffic=replace(case.traffic, requests_s=rate)) for rate in rates]
    seen = [seen_at(one, 1.0) for one in cases]
    points = []
    for one, rate, found in zip(cases, rates, seen, strict=True):
        if found.overloaded:
            continue
        spread = spread_of(one, found)
        quick, slow = (_read_off(rates, seen, rate, factor) for factor in (spread.low, spread.high))
        points.append(LoadPoint(rate, report(one, found, quick, slow)))
    return tuple(points)


def most_kept(points: tuple[LoadPoint, ...], share: float) -> float | None:
    """The rate up to which `share` of the requests keep the promise, read off a curve; None where none does [1/s].

    Between two points the share of good requests is taken as a line. `largest_load` is finer and slower.
    """
    kept = None
    for point in points:
        good = point.report.good_share
        if good >= share:
            kept = point
            continue
        if kept is None:
            return None
        before = kept.report.good_share
        return kept.requests_s + (point.requests_s - kept.requests_s) * (before - share) / (before - good)
    return kept.requests_s if kept else None


def _read_off(rates: list[float], seen: list[Seen], rate: float, factor: float) -> Seen:
    """What would be seen at `rate` with all times `factor` times as long, between the runs that there are."""
    asked = rate * factor
    i = min(max(1, bisect_left(rates, asked)), len(rates) - 1)
    share = min(1.0, max(0.0, (asked - rates[i - 1]) / (rates[i] - rates[i - 1])))

    def times(name: str) -> Times:
        low, high = getattr(seen[i - 1], name), getattr(seen[i], name)
        return Times(
            **{
                figure: factor * (getattr(low, figure) * (1.0 - share) + getattr(high, figure) * share)
                for figure in ("mean", "p50", "p95", "p99")
            }
        )

    return replace(
        seen[i],
        requests_s=min(rate, max(one.requests_s for one in seen) / factor),
        ttft=times("ttft"),
        tpot=times("tpot"),
        gap=times("gap"),
        answer=times("answer"),
    )
