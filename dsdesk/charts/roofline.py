"""The roofline of this model on this accelerator: what memory and compute allow, and where the forecast stands."""

from dsdesk.base.message import Message
from dsdesk.base.source import Unknown
from dsdesk.build.catalog import Catalog
from dsdesk.charts.spec import Axis, ChartSpec, Series
from dsdesk.charts.sweep import Case, case_of, steps_to
from dsdesk.evaluate import Evaluation
from dsdesk.sizing.calibration import usual_backend
from dsdesk.sizing.precisions import PRECISIONS
from dsdesk.sizing.results import Forecast
from dsdesk.sizing.step_terms import Rates
from dsdesk.sizing.step_work import ModelWork, model_work, read_bytes
from dsdesk.sizing.support import runs
from dsdesk.sizing.support_generations import generation
from dsdesk.sizing.throughput_rates import products_of, rates

_KEY = "roofline"
_TITLE = Message("Roofline")
_X = Axis(label=Message("operations for each byte read"), unit="FLOP/B", log=True)
_Y = Axis(label=Message("rate of one accelerator"), unit="TFLOPS", log=True)
_KV_BYTES = 2.0
_TERA = 1e12
_LEAST_SHOWN = 64


def roofline(evaluation: Evaluation, _catalog: Catalog) -> ChartSpec:
    """Roof, and the forecast of decode (by concurrency) and prefill as points under it.

    Equation: roof [FLOP/s] = min(peak, bandwidth x intensity).
    Source: Williams, Waterman, Patterson, "Roofline", CACM 52(4), 2009.
    """
    case = case_of(evaluation)
    if isinstance(case, Message):
        return ChartSpec(key=_KEY, title=_TITLE, x=_X, y=_Y, empty=case)
    configuration = evaluation.configuration
    precision = PRECISIONS[configuration.precision]
    level = runs(case.device, precision, configuration.engine).level
    products = products_of(case.device, usual_backend(generation(case.device).vendor), era="")
    printed = rates(case.device, precision, configuration.engine, level, case.served.host, products)
    if isinstance(printed, Unknown):
        return ChartSpec(key=_KEY, title=_TITLE, x=_X, y=_Y, empty=printed.because)
    work = model_work(case.llm, configuration.precision)
    points = [_decode(case, work), _prefill(case, work)]
    return ChartSpec(
        key=_KEY,
        title=_TITLE,
        x=_X,
        y=_Y,
        series=(_roof(printed), *(series for series in points if series.x)),
        note=Message("Bytes are those of the weights and of a 16-bit KV cache. Left of the bend memory is the limit."),
    )


def _roof(printed: Rates) -> Series:
    bend = printed.math_flops / printed.bandwidth_b_s
    x = (0.5, bend, max(10 * bend, 4096.0))
    y = tuple(min(printed.math_flops, printed.bandwidth_b_s * intensity) / _TERA for intensity in x)
    return Series(label=Message("what the accelerator allows"), x=x, y=y)


def _operations(work: ModelWork) -> float:
    """Operations of the matrix products for one token [FLOP]: 2 for each parameter it meets."""
    share = work.top_k / work.routed if work.routed else 0.0
    met = work.body_parameters + work.copied_parameters + work.head_parameters + share * work.expert_parameters
    return 2 * met


def _bytes(work: ModelWork, tokens: float, sequences: int, context: float) -> float:
    """Bytes that a pass over `tokens` tokens of `sequences` sequences reads."""
    share = work.distinct_experts(tokens) / work.routed if work.routed else 0.0
    weights = work.body_bytes + work.copied_bytes + work.head_bytes + share * work.expert_bytes
    return weights + sequences * sum(read_bytes(group, context, _KV_BYTES) for group in work.attention)


def _decode(case: Case, work: ModelWork) -> Series:
    workload = case.evaluation.configuration.workload
    context = workload.input_tokens + workload.output_tokens / 2
    x, y = [], []
    for sequences in steps_to(max(_LEAST_SHOWN, workload.sequences)):
        speed = case.with_sequences(sequences)
        if not isinstance(speed, Forecast) or not speed.fits:
            continue
        x.append(_operations(work) * sequences / _bytes(work, sequences, sequences, context))
        y.append(speed.decode_tok_s_total.estimate * _operations(work) / case.evaluation.plan.devices / _TERA)
    return Series(label=Message("decode, one request and more"), x=tuple(x), y=tuple(y), style="points")


def _prefill(case: Case, work: ModelWork) -> Series:
    speed = case.evaluation.forecast
    tokens = case.evaluation.configuration.workload.input_tokens
    if not isinstance(speed, Forecast) or not speed.fits or tokens < 1:
        return Series(label=Message("prefill"), x=(), y=())
    x = _operations(work) * tokens / _bytes(work, tokens, 0, 0)
    y = speed.prefill_tok_s.estimate * _operations(work) / case.evaluation.plan.devices / _TERA
    return Series(label=Message("prefill"), x=(x,), y=(y,), style="points")
