"""Speed over the length of the prompt."""

from dataclasses import replace

from dsdesk.base.message import Message
from dsdesk.build.catalog import Catalog
from dsdesk.charts.spec import Axis, ChartSpec, Threshold
from dsdesk.charts.sweep import BAND, Case, band_series, case_of, steps_to
from dsdesk.evaluate import Evaluation
from dsdesk.sizing.results import Forecast

_SHORTEST = 256
_X = Axis(label=Message("prompt length"), unit="tokens", log=True)
_NONE_FITS = Message("At no prompt length do model and context fit into the memory of the accelerators.")


def throughput_over_context(evaluation: Evaluation, _catalog: Catalog) -> ChartSpec:
    """Output of all users over the prompt length, up to the longest context of the workload."""
    key, title = "throughput_over_context", Message("Throughput over prompt length")
    y = Axis(label=Message("output of all users"), unit="tok/s")
    case = case_of(evaluation)
    if isinstance(case, Message):
        return ChartSpec(key=key, title=title, x=_X, y=y, empty=case)
    speeds = _speeds(case)
    if not speeds:
        return ChartSpec(key=key, title=title, x=_X, y=y, empty=_NONE_FITS)
    total = band_series(Message("decode, all users"), [(x, speed.decode_tok_s_total) for x, speed in speeds])
    output = band_series(
        Message("with the time for the prompt"), [(x, speed.output_tok_s_total) for x, speed in speeds]
    )
    return ChartSpec(key=key, title=title, x=_X, y=y, series=(total, output), note=BAND)


def wait_over_context(evaluation: Evaluation, _catalog: Catalog) -> ChartSpec:
    """Time to first token over the prompt length, with the longest wait wanted."""
    key, title = "wait_over_context", Message("Wait for the first token over prompt length")
    y = Axis(label=Message("time to first token"), unit="s", log=True)
    case = case_of(evaluation)
    if isinstance(case, Message):
        return ChartSpec(key=key, title=title, x=_X, y=y, empty=case)
    speeds = _speeds(case)
    if not speeds:
        return ChartSpec(key=key, title=title, x=_X, y=y, empty=_NONE_FITS)
    waits = band_series(Message("time to first token"), [(x, speed.ttft_ms.scaled(1e-3)) for x, speed in speeds])
    longest = evaluation.configuration.workload.ttft_s_max
    return ChartSpec(
        key=key,
        title=title,
        x=_X,
        y=y,
        series=(waits,),
        thresholds=() if longest is None else (Threshold(label=Message("longest wait wanted"), y=longest),),
        note=BAND,
    )


def _speeds(case: Case) -> list[tuple[float, Forecast]]:
    workload = case.evaluation.configuration.workload
    longest = max(_SHORTEST, workload.context_tokens - workload.output_tokens, workload.input_tokens)
    found = []
    for tokens in steps_to(longest, _SHORTEST):
        speed = case.forecast(replace(workload, input_tokens=tokens))
        if isinstance(speed, Forecast) and speed.fits:
            found.append((float(tokens), speed))
    return found
