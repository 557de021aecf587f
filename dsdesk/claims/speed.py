"""Claims about speed, forecast for the guide's own schemes (G8, G9, G10, G11, G13, G20)."""

from dataclasses import replace

from dsdesk.base.message import Message
from dsdesk.base.source import Unknown
from dsdesk.build.serving import serving
from dsdesk.build.sized import speed_of
from dsdesk.claims.claim import Figure, Judgement, Verdict, forecast_figure
from dsdesk.claims.registry import Bench, judge, near, undecided
from dsdesk.evaluate import Evaluation
from dsdesk.llm.architecture import Llm
from dsdesk.sizing.precisions import PRECISIONS
from dsdesk.sizing.results import Forecast
from dsdesk.sizing.support import Level, runs

_TOK_S = 120.0
_SEVERAL = 16
_SESSIONS = 200


def _forecast(evaluation: Evaluation) -> Forecast | Unknown:
    answer = evaluation.forecast
    return answer if answer is not None else Unknown(Message("the scheme has no model or no accelerator"))


def _again(evaluation: Evaluation, sequences: int) -> Forecast | Unknown:
    """The scheme's forecast with another number of requests in flight."""
    llm, configuration = evaluation.llm, evaluation.configuration
    if not isinstance(llm, Llm) or evaluation.accelerator is None:
        return Unknown(Message("the scheme has no model or no accelerator"))
    served = serving(evaluation.build)
    changed = replace(configuration, workload=replace(configuration.workload, sequences=sequences))
    return speed_of(llm, changed, served, evaluation.plan, offload_layers=evaluation.offload_layers)


@judge("g8-speed", Message("Scheme 1 answers with 120 tokens a second (7B, FP16)."))
def scheme_1_speed(bench: Bench) -> Judgement:
    """One request, and sixteen at once, on two RTX 4090."""
    single = _forecast(bench.scheme_1)
    if isinstance(single, Unknown):
        return undecided(single)
    ours = forecast_figure(single.decode_tok_s_per_user, "tok/s")
    several = _again(bench.scheme_1, _SEVERAL)
    together = forecast_figure(several.output_tok_s_total, "tok/s").text() if isinstance(several, Forecast) else "?"
    if near(ours, _TOK_S):
        reason = Message(
            "For one user the forecast of {single} agrees; {count} requests at once reach {together} together.",
            single=ours.text(),
            count=_SEVERAL,
            together=together,
        )
        return Judgement(ours=ours, verdict=Verdict.AGREES, reason=reason)
    reason = Message(
        "The guide does not say for how many users. One user sees {single}; {count} requests at once reach {together} "
        "together.",
        single=ours.text(),
        count=_SEVERAL,
        together=together,
    )
    return Judgement(ours=ours, verdict=Verdict.DEPENDS, reason=reason)


@judge("g9-sessions", Message("Scheme 2 serves 200 sessions of a 67B model at once."))
def scheme_2_sessions(bench: Bench) -> Judgement:
    """The most sequences, up to 8192, whose cache fits beside the weights."""
    evaluation = bench.scheme_2
    at_200 = _forecast(evaluation)
    if isinstance(at_200, Unknown):
        return undecided(at_200)
    most = _most_that_fit(evaluation)
    each = forecast_figure(at_200.decode_tok_s_per_user, "tok/s")
    workload = evaluation.configuration.workload
    reason = Message(
        "With {tokens} tokens of prompt and answer for each, up to {most} requests can be in flight; at 200 each "
        "user sees {each}. Sessions that only wait for their user need no memory, so more may be open.",
        tokens=workload.input_tokens + workload.output_tokens,
        most=most,
        each=each.text(),
    )
    verdict = Verdict.AGREES if most >= _SESSIONS else Verdict.WRONG
    return Judgement(ours=Figure(most), verdict=verdict, reason=reason)


def _most_that_fit(evaluation: Evaluation, most: int = 8192) -> int:
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        answer = _again(evaluation, middle)
        if isinstance(answer, Forecast) and answer.fits:
            low = middle
        else:
            high = middle - 1
    return low


@judge("g13-fp8", Message("TensorRT turns the model into FP8 on the H200."))
def fp8_runs(bench: Bench) -> Judgement:
    """Whether H200 and engine run FP8."""
    card = bench.accelerator("nvidia-h200-nvl")
    if isinstance(card, Unknown):
        return undecided(card)
    support = runs(card, PRECISIONS["fp8"], bench.scheme_2.configuration.engine)
    if support.level in {Level.NATIVE, Level.WEIGHTS_ONLY}:
        reason = Message("FP8 halves the weights and the H200 computes in it: {why}.", why=support.because)
        return Judgement(verdict=Verdict.AGREES, reason=reason)
    return Judgement(verdict=Verdict.DEPENDS, reason=support.because)


@judge("g11-tensor", Message("Tensor parallelism splits each layer over the GPUs."))
def tensor_parallel(bench: Bench) -> Judgement:
    """The plan that the scheme's engine can run."""
    plan = bench.scheme_1.plan
    if not plan.legal:
        return Judgement(ours=Figure(plan.tp), verdict=Verdict.DEPENDS, reason=plan.reasons[0])
    reason = Message(
        "True where the model's heads and widths divide by the number of GPUs; the plan for scheme 1 has a tensor "
        "parallel size of {tp}. The guide's sample program only adds up random numbers.",
        tp=plan.tp,
    )
    return Judgement(ours=Figure(plan.tp), verdict=Verdict.DEPENDS, reason=reason)


@judge("g10-mixed", Message("One cluster of NVIDIA and AMD accelerators runs one model."))
def mixed_cluster(bench: Bench) -> Judgement:
    """Which kinds of the scheme the plan leaves idle."""
    idle = bench.scheme_3.other_accelerators
    if not idle:
        return Judgement(verdict=Verdict.AGREES, reason=Message("The plan uses all accelerators."))
    reason = Message(
        "The engines planned for split a model over equal accelerators of one maker: {idle} stay idle and would "
        "serve a model of their own.",
        idle=idle,
    )
    return Judgement(ours=Figure(len(idle)), verdict=Verdict.WRONG, reason=reason)


@judge("g20-response", Message("With scheme 2 the response time fell from 2.3 s to 0.8 s."))
def response_time(bench: Bench) -> Judgement:
    """Time to the first token and for a whole answer of scheme 2, with a single request."""
    evaluation = bench.scheme_2
    answer = _again(evaluation, 1)
    if isinstance(answer, Unknown):
        return undecided(answer)
    workload = replace(evaluation.configuration.workload, sequences=1)
    whole_s = (answer.ttft_ms.estimate + answer.tpot_ms.estimate * max(0, workload.output_tokens - 1)) / 1000
    ours = forecast_figure(answer.ttft_ms, "s", 1e-3)
    reason = Message(
        "Nobody else reports this case. With nothing else running the first token comes after {first}, and an answer "
        "of {tokens} tokens is complete after {whole}.",
        first=ours.text(),
        tokens=workload.output_tokens,
        whole=Figure(whole_s, "s").text(),
    )
    return Judgement(ours=ours, verdict=Verdict.UNPROVEN, reason=reason)
