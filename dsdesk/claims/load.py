"""Claims about what is served under load, simulated for the guide's own schemes (G9, G10)."""

from dataclasses import replace

from dsdesk.base.message import Message
from dsdesk.base.source import Unknown
from dsdesk.build.load import serving_case
from dsdesk.build.serving import serving
from dsdesk.claims.claim import Figure, Judgement, Verdict, forecast_figure
from dsdesk.claims.registry import Bench, judge, undecided
from dsdesk.evaluate import Evaluation
from dsdesk.llm.architecture import Llm
from dsdesk.sizing.simulation import ServingReport, simulate
from dsdesk.sizing.simulation_traffic import Traffic

_DAY_S = 86_400
_REQUESTS = 500_000
_LATENCY_MS = 80.0


def _simulated(evaluation: Evaluation, traffic: Traffic) -> ServingReport | Unknown:
    """What the scheme serves under this traffic."""
    llm, device = evaluation.llm, evaluation.accelerator
    if not isinstance(llm, Llm) or device is None:
        return Unknown(Message("the scheme has no model or no accelerator"))
    served = serving(evaluation.build)
    case = serving_case(llm, evaluation.configuration, served, evaluation.plan, evaluation.offload_layers)
    return case if isinstance(case, Unknown) else simulate(replace(case, traffic=traffic))


@judge("g9-requests", Message("Scheme 2 answers about 500,000 requests a day."))
def scheme_2_requests(bench: Bench) -> Judgement:
    """Requests of 200 users without a pause over a day, and what users see when 500,000 come spread over it."""
    workload = bench.scheme_2.configuration.workload
    busy = _simulated(bench.scheme_2, Traffic(users=workload.sequences))
    spread = _simulated(bench.scheme_2, Traffic(requests_s=_REQUESTS / _DAY_S))
    if isinstance(busy, Unknown) or isinstance(spread, Unknown):
        return undecided(busy if isinstance(busy, Unknown) else Unknown(Message("no request is in flight")))
    ours = forecast_figure(busy.requests_per_day, "1/d")
    reason = Message(
        "At {users} requests in flight without a pause, day and night, with {input} tokens in and {output} out on "
        "average. If 500,000 came spread evenly, {flying} would be in flight, and 99 of 100 would have their first "
        "token within {first}. Real traffic has peaks: plan for the peak hour, not for the mean.",
        users=workload.sequences,
        input=workload.input_tokens,
        output=workload.output_tokens,
        flying=round(spread.in_flight),
        first=forecast_figure(spread.ttft_s.p99, "s").text(),
    )
    verdict = Verdict.AGREES if (ours.high or ours.value) >= _REQUESTS else Verdict.WRONG
    return Judgement(ours=ours, verdict=verdict, reason=reason)


@judge("g10-latency", Message("Scheme 3 answers a 175B model in under 80 ms (99th percentile)."))
def scheme_3_latency(bench: Bench) -> Judgement:
    """99th percentiles: of the time for each further token, of the first one, and of the whole answer."""
    workload = bench.scheme_3.configuration.workload
    seen = _simulated(bench.scheme_3, Traffic(users=workload.sequences))
    if isinstance(seen, Unknown):
        return undecided(seen)
    ours = forecast_figure(seen.tpot_s.p99, "ms", 1e3)
    reason = Message(
        "The guide does not say what is timed. With {users} requests in flight, 99 of 100 get their further tokens "
        "every {each} or faster, the first one within {first} and the whole answer within {whole}. Only the time for "
        "each token can be meant.",
        users=workload.sequences,
        each=ours.text(),
        first=forecast_figure(seen.ttft_s.p99, "ms", 1e3).text(),
        whole=Figure(seen.answer_s.p99.estimate, "s").text(),
    )
    agrees = (ours.high or ours.value) < _LATENCY_MS
    return Judgement(ours=ours, verdict=Verdict.AGREES if agrees else Verdict.DEPENDS, reason=reason)
