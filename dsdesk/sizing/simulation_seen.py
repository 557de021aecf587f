"""What a run of the simulation showed, as plain figures."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil

from dsdesk.sizing.serving import Promise
from dsdesk.sizing.simulation_loop import Loop


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Mean and percentiles of a time [s]."""

    mean: float
    p50: float
    p95: float
    p99: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Figures of one run.

    Attributes:
        requests_s: requests answered [1/s].
        ttft: time to first token.
        tpot: time per further token of each request.
        gap: time between two tokens.
        answer: time until the whole answer is there.
        in_flight: requests on the server, mean.
        good_share: share of requests that keep the promise.
        overloaded: whether more came than was answered.
        preemptions: per request.
        cache_share: most of the cache that was in use.
    """

    requests_s: float
    ttft: Times
    tpot: Times
    gap: Times
    answer: Times
    in_flight: float
    good_share: float
    overloaded: bool
    preemptions: float
    cache_share: float

    def of_server(self, copies: float) -> "Seen":
        """The figures of `copies` copies that see the same traffic."""
        return replace(self, requests_s=self.requests_s * copies, in_flight=self.in_flight * copies)


def see(loop: Loop, promise: Promise, *, overloaded: bool) -> Seen:
    """The figures of a run that has ended."""
    each = [one.each for one in loop.done if one.each is not None]
    slowest = 1.0 / promise.decode_tok_s_min if promise.decode_tok_s_min else float("inf")
    latest = promise.ttft_s_max if promise.ttft_s_max is not None else float("inf")
    good = sum(one.first <= latest and (one.each or 0.0) <= slowest for one in loop.done)
    return Seen(
        requests_s=loop.rate_s,
        ttft=times([one.first for one in loop.done]),
        tpot=times(each or [0.0]),
        gap=weighted(loop.gaps),
        answer=times([one.whole for one in loop.done]),
        in_flight=loop.in_flight,
        good_share=good / len(loop.done),
        overloaded=overloaded,
        preemptions=loop.preemptions / max(1, loop.received),
        cache_share=loop.peak / loop.copy.cache_bytes,
    )


def times(values: Sequence[float]) -> Times:
    """Mean and percentiles by nearest rank."""
    ordered = sorted(values)

    def rank(share: float) -> float:
        return ordered[ceil(share * len(ordered)) - 1]

    return Times(mean=sum(ordered) / len(ordered), p50=rank(0.5), p95=rank(0.95), p99=rank(0.99))


def weighted(values: Sequence[tuple[float, int]]) -> Times:
    """The same over values that each count several times."""
    ordered = sorted(values)
    total = sum(count for _, count in ordered)
    marks, passed = (0.5 * total, 0.95 * total, 0.99 * total), 0
    found: list[float] = []
    for value, count in ordered:
        passed += count
        while len(found) < len(marks) and passed >= marks[len(found)]:
            found.append(value)
    mean = sum(value * count for value, count in ordered) / max(1, total)
    p50, p95, p99 = (*found, *[0.0] * (3 - len(found)))
    return Times(mean=mean, p50=p50, p95=p95, p99=p99)
