"""What another precision would change: decode and prefill side by side."""

from collections.abc import Callable

from dsdesk.base.message import Message
from dsdesk.base.units import Estimate
from dsdesk.build.catalog import Catalog
from dsdesk.charts.spec import Axis, ChartSpec, Series
from dsdesk.charts.sweep import BAND, Case, case_of
from dsdesk.evaluate import Evaluation
from dsdesk.llm.precision import Engine
from dsdesk.sizing.precisions import PRECISIONS
from dsdesk.sizing.results import Forecast
from dsdesk.sizing.support import Level, runs

# What people choose between; the precision of the project is added when it is another one.
_GGUF = ("q2_k", "q3_k_m", "q4_k_m", "q5_k_m", "q6_k", "q8_0", "f16", "bf16")
_SERVERS = ("awq", "int4", "mxfp4", "nvfp4", "fp8", "int8", "f16", "bf16")
_RUNS = {Level.NATIVE, Level.WEIGHTS_ONLY, Level.EMULATED}
_LLAMA = {Engine.LLAMA_CPP, Engine.IK_LLAMA_CPP, Engine.KTRANSFORMERS}
_X = Axis(label=Message("precision of the weights"))


def decode_by_precision(evaluation: Evaluation, _catalog: Catalog) -> ChartSpec:
    """Tokens per second that one user sees, by precision."""
    y = Axis(label=Message("decode for each user"), unit="tok/s")
    title = Message("Decode by precision")
    return _bars("decode_by_precision", title, y, evaluation, lambda speed: speed.decode_tok_s_per_user)


def prefill_by_precision(evaluation: Evaluation, _catalog: Catalog) -> ChartSpec:
    """Prompt tokens per second, by precision."""
    y = Axis(label=Message("prefill"), unit="tok/s")
    title = Message("Prefill by precision")
    return _bars("prefill_by_precision", title, y, evaluation, lambda speed: speed.prefill_tok_s)


def _bars(key: str, title: Message, y: Axis, evaluation: Evaluation, pick: Callable[[Forecast], Estimate]) -> ChartSpec:
    case = case_of(evaluation)
    if isinstance(case, Message):
        return ChartSpec(key=key, title=title, x=_X, y=y, empty=case)
    found = [(name, pick(speed)) for name, speed in _speeds(case)]
    if not found:
        empty = Message("At no precision that this accelerator runs does the model fit into its memory.")
        return ChartSpec(key=key, title=title, x=_X, y=y, empty=empty)
    x = Axis(label=_X.label, categories=tuple(name for name, _ in found))
    values = [value for _, value in found]
    bars = Series(
        label=y.label,
        x=tuple(float(index) for index in range(len(found))),
        y=tuple(value.estimate for value in values),
        low=tuple(value.low80 for value in values),
        high=tuple(value.high80 for value in values),
        style="bars",
    )
    return ChartSpec(key=key, title=title, x=x, y=y, series=(bars,), note=BAND)


def _speeds(case: Case) -> list[tuple[str, Forecast]]:
    configuration = case.evaluation.configuration
    keys = _GGUF if configuration.engine in _LLAMA else _SERVERS
    chosen = dict.fromkeys((*keys, configuration.precision))
    precisions = sorted(
        (PRECISIONS[key] for key in chosen if key in PRECISIONS), key=lambda precision: precision.nominal_bits
    )
    found = []
    for precision in precisions:
        if runs(case.device, precision, configuration.engine).level not in _RUNS:
            continue
        speed = case.forecast(configuration.workload, precision.key)
        if isinstance(speed, Forecast) and speed.fits:
            found.append((precision.name, speed))
    return found
