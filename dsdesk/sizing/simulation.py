"""From a workload to what is served: percentiles under load, and the largest load inside the promises.

A discrete-event simulation of continuous batching with the step times of the forecast. The interval of every figure
comes from running it again with all times as much shorter and longer as four measurements in five are; that of a time
to first token is at least as wide as measured times to first token are.

An overloaded server has no steady state: waits grow for as long as the load lasts. Its figures hold for a spell of as
many requests as are counted, and `overloaded` says so.
"""

from dataclasses import dataclass
from math import ceil

from dsdesk.base.message import Message
from dsdesk.base.source import Unknown, Why
from dsdesk.base.units import Estimate, Quantity, Unit
from dsdesk.sizing.calibration import Spread
from dsdesk.sizing.serving import Promise
from dsdesk.sizing.simulation_limits import Usual, places, settled
from dsdesk.sizing.simulation_loop import Arrivals, Loop
from dsdesk.sizing.simulation_seen import Seen, see
from dsdesk.sizing.simulation_server import Server
from dsdesk.sizing.simulation_traffic import DRAWS, Lengths, Traffic, draws

NO_PROMISE = Promise()
SHARE = 0.95
"""Of the requests that must keep a promise, if nothing else is said."""
_DAY_S = 86_400.0
_MOST_SKIPPED = 1500
_GROWTH = 0.05  # of the requests that came, left on the server: more than chance leaves


@dataclass(frozen=True, slots=True, kw_only=True)
class ServingCase:
    """What is asked.

    Attributes:
        server: what serves.
        traffic: when requests come.
        inputs: tokens of prompts.
        outputs: tokens of answers.
        context_tokens: longest prompt and answer together; what is drawn longer is cut.
        shared: share of the mean prompt that all begin with and whose cache is kept.
        promise: what users are promised, as limits that `share` of them keep.
        share: of the requests that must keep the promise.
        requests: counted.
        seed: of the random numbers.
    """

    server: Server
    traffic: Traffic
    inputs: Lengths
    outputs: Lengths
    context_tokens: int
    shared: float = 0.0
    promise: Promise = NO_PROMISE
    share: float = SHARE
    requests: int = 1000
    seed: int = 1

    @property
    def usual(self) -> Usual:
        """The mean request."""
        shared = self.shared * self.inputs.mean
        return Usual(inputs=self.inputs.mean, outputs=self.outputs.mean, shared=shared)


@dataclass(frozen=True, slots=True, kw_only=True)
class Percentiles:
    """A time over all counted requests [s], each figure with its 80 % interval.

    Attributes:
        mean: arithmetic mean.
        p50: half of the requests (or tokens) stay below.
        p95: 95 of 100 do.
        p99: 99 of 100 do.
    """

    mean: Estimate
    p50: Estimate
    p95: Estimate
    p99: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class ServingReport:
    """What is served.

    Attributes:
        traffic: that was asked for, or found.
        requests_s: requests answered [1/s].
        requests_per_day: the same over a day of this load.
        output_tok_s: tokens of answers [1/s].
        ttft_s: time to first token.
        tpot_s: time per further token, the mean of each request.
        gap_s: time between two tokens of an answer.
        answer_s: until the whole answer is there.
        in_flight: requests on the server, mean.
        good_share: share of requests that keep the promise.
        goodput_s: such requests [1/s].
        kept: whether the promised share of requests keeps it.
        overloaded: whether more comes than is answered.
        preemptions: sequences that lost their cache and were read again, per request.
        cache_share: most of the cache that was in use.
        distance: of the case from measurements.
        assumed: what was assumed.
        why: the explanation.
    """

    traffic: Traffic
    requests_s: Estimate
    requests_per_day: Estimate
    output_tok_s: Estimate
    ttft_s: Percentiles
    tpot_s: Percentiles
    gap_s: Percentiles
    answer_s: Percentiles
    in_flight: float
    good_share: float
    goodput_s: float
    kept: bool
    overloaded: bool
    preemptions: float
    cache_share: float
    distance: str
    assumed: tuple[Message, ...]
    why: Why


def simulate(case: ServingCase) -> ServingReport | Unknown:
    """What is served, with intervals: three runs over the same requests."""
    refused = refusal(case)
    if refused is not None:
        return refused
    seen = seen_at(case, 1.0)
    spread = spread_of(case, seen)
    return report(case, seen, seen_at(case, spread.low), seen_at(case, spread.high))


def refusal(case: ServingCase) -> Unknown | None:
    """Why a case cannot be served, None where it can."""
    copy, usual = case.server.copy, case.usual
    if usual.inputs < 1 or usual.outputs < 1:
        return Unknown(Message("a request of zero tokens has no speed"))
    if case.traffic.requests_s is not None and case.traffic.requests_s <= 0:
        return Unknown(Message("no request is in flight"))
    if case.traffic.requests_s is None and case.traffic.users < 1:
        return Unknown(Message("no request is in flight"))
    if min(copy.longest, case.context_tokens) < usual.inputs + usual.outputs:
        return Unknown(Message("The cache does not hold a usual prompt with its answer."))
    return None


def spread_of(case: ServingCase, seen: Seen) -> Spread:
    """Spread of the step times: that of one stream where hardly ever two requests meet."""
    return case.server.alone if seen.in_flight <= case.server.copies else case.server.loaded


def seen_at(case: ServingCase, factor: float) -> Seen:
    """One run with all times multiplied by `factor`, for the whole server."""
    server, traffic, usual = case.server.scaled(factor), case.traffic, case.usual
    copy, copies = server.copy, server.copies
    longest = min(copy.longest, case.context_tokens)
    arrivals = Arrivals(rate_s=traffic.requests_s / copies if traffic.requests_s else None)
    skipped, counted, never = 0, case.requests, False
    if arrivals.rate_s is not None:
        flying = settled(copy, usual, arrivals.rate_s)
        never = flying is None
        skipped = min(_MOST_SKIPPED, 50 + 3 * (flying or places(copy, usual)) // 2)
    else:
        users = ceil(traffic.users / copies)
        batch = min(users, places(copy, usual))
        answer = usual.outputs * copy.times.decode(batch, usual.inputs + usual.outputs / 2)
        arrivals = Arrivals(
            users=users, pause_s=traffic.think_s, round_s=0.0 if traffic.together else answer + traffic.think_s
        )
        skipped, counted = 0 if traffic.together else users, max(counted, 2 * users)
    loop = Loop(
        copy,
        draws(case.inputs, case.outputs, case.seed, longest),
        arrivals,
        skipped=skipped,
        counted=counted,
        shared=round(usual.shared),
    ).run()
    grown = loop.received - loop.finished > loop.flying_at_start + _GROWTH * (loop.received - skipped)
    seen = see(loop, case.promise, overloaded=arrivals.rate_s is not None and (never or grown))
    share = traffic.users / (arrivals.users * copies) if arrivals.rate_s is None else 1.0
    return seen.of_server(copies * share)


def report(case: ServingCase, seen: Seen, quick: Seen, slow: Seen) -> ServingReport:
    """The report from a run at the forecast's times, one with shorter and one with longer ones."""

    def percentiles(name: str, least: Spread | None = None) -> Percentiles:
        runs = [getattr(one, name) for one in (seen, quick, slow)]
        return Percentiles(
            **{figure: _band([getattr(run, figure) for run in runs], least) for figure in ("mean", "p50", "p95", "p99")}
        )

    rate = _band([seen.requests_s, quick.requests_s, slow.requests_s], None)
    tokens = sum(draws(case.inputs, case.outputs, case.seed, _longest(case)).outputs) / DRAWS
    return ServingReport(
        traffic=case.traffic,
        requests_s=rate,
        requests_per_day=rate.scaled(_DAY_S),
        output_tok_s=rate.scaled(tokens),
        ttft_s=percentiles("ttft", case.server.first),
        tpot_s=percentiles("tpot"),
        gap_s=percentiles("gap"),
        answer_s=percentiles("answer"),
        in_flight=seen.in_flight,
        good_share=seen.good_share,
        goodput_s=seen.requests_s * seen.good_share,
        kept=is_kept(case, seen),
        overloaded=seen.overloaded,
        preemptions=seen.preemptions,
        cache_share=seen.cache_share,
        distance=case.server.distance,
        assumed=_assumed(case),
        why=_why(case, seen),
    )


def is_kept(case: ServingCase, seen: Seen) -> bool:
    """Whether enough requests keep the promise, and go on doing so."""
    return not seen.overloaded and seen.good_share >= case.share


def _longest(case: ServingCase) -> int:
    return min(case.server.copy.longest, case.context_tokens)


def _band(values: list[float], least: Spread | None) -> Estimate:
    estimate = values[0]
    wider = [estimate * least.low, estimate * least.high] if least else []
    return Estimate(estimate, min(*values, *wider), max(*values, *wider))


def _assumed(case: ServingCase) -> tuple[Message, ...]:
    found = [Message("Requests are read in the order in which they come, and prompts in pieces beside the answers.")]
    if case.inputs.cv > 0 or case.outputs.cv > 0:
        found.append(
            Message(
                "Lengths are lognormal; their standard deviation is {input} (prompts) and {output} (answers) of the "
                "mean.",
                input=Quantity(case.inputs.cv, Unit.PERCENT),
                output=Quantity(case.outputs.cv, Unit.PERCENT),
            )
        )
    if case.traffic.requests_s is not None:
        found.append(Message("Requests come at random (Poisson), at the same mean rate all the time."))
    if case.shared > 0:
        found.append(Message("The part of the prompt that all requests share is read once and kept."))
    return tuple(found)


def _why(case: ServingCase, seen: Seen) -> Why:
    offered = case.traffic.requests_s
    load = f"{offered:.3g} requests/s" if offered is not None else f"{case.traffic.users} users"
    return Why(
        title=Message("Waiting and answering under load"),
        formula=f"{load}, prompts of {case.inputs.mean:.0f} and answers of {case.outputs.mean:.0f} tokens -> "
        f"{seen.requests_s:.3g} requests/s with {seen.in_flight:.1f} on the server; "
        f"{seen.in_flight:.1f} = {seen.requests_s:.3g} x {seen.answer.mean:.3g} s (Little)",
        source="simulated continuous batching (docs/method/forecast.md); " + case.server.source,
    )
