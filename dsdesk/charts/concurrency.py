"""Throughput over the number of requests in flight."""

from dsdesk.base.message import Message
from dsdesk.build.catalog import Catalog
from dsdesk.charts.dots import measured_series
from dsdesk.charts.spec import Axis, ChartSpec, Threshold
from dsdesk.charts.sweep import BAND, band_series, case_of, steps_to
from dsdesk.evaluate import Evaluation
from dsdesk.measured.run import MeasuredRun
from dsdesk.sizing.results import Forecast

KEY = "throughput_over_concurrency"
_TITLE = Message("Throughput over concurrency")
_X = Axis(label=Message("requests in flight"), log=True)
_LEAST_SHOWN = 64


def throughput_over_concurrency(evaluation: Evaluation, catalog: Catalog) -> ChartSpec:
    """Output tokens per second of all users together, from one request to twice the wanted concurrency.

    Points beyond the memory of the accelerators are left out: an engine queues such requests instead of running them.
    """
    y = Axis(label=Message("output of all users"), unit="tok/s")
    case = case_of(evaluation)
    if isinstance(case, Message):
        return ChartSpec(key=KEY, title=_TITLE, x=_X, y=y, empty=case)
    wanted = evaluation.configuration.workload.sequences
    points = []
    for sequences in steps_to(max(_LEAST_SHOWN, 2 * wanted)):
        speed = case.with_sequences(sequences)
        if isinstance(speed, Forecast) and speed.fits:
            points.append((float(sequences), speed.output_tok_s_total))
    if not points:
        return ChartSpec(key=KEY, title=_TITLE, x=_X, y=y, empty=_DOES_NOT_FIT)
    return ChartSpec(
        key=KEY,
        title=_TITLE,
        x=_X,
        y=y,
        series=(
            band_series(Message("all users together"), points),
            *measured_series(case, catalog, _total, same_count=True),
        ),
        note=BAND,
    )


def speed_per_user(evaluation: Evaluation, catalog: Catalog) -> ChartSpec:
    """Tokens per second that each user sees, over the number of requests in flight, with the speed wanted."""
    key, title = "speed_per_user", Message("Speed for each user over concurrency")
    y = Axis(label=Message("answer of one user"), unit="tok/s")
    case = case_of(evaluation)
    if isinstance(case, Message):
        return ChartSpec(key=key, title=title, x=_X, y=y, empty=case)
    workload = evaluation.configuration.workload
    points = []
    for sequences in steps_to(max(_LEAST_SHOWN, 2 * workload.sequences)):
        speed = case.with_sequences(sequences)
        if isinstance(speed, Forecast) and speed.fits:
            points.append((float(sequences), speed.decode_tok_s_per_user))
    if not points:
        return ChartSpec(key=key, title=title, x=_X, y=y, empty=_DOES_NOT_FIT)
    wanted = workload.decode_tok_s_min
    return ChartSpec(
        key=key,
        title=title,
        x=_X,
        y=y,
        series=(band_series(Message("each user"), points), *measured_series(case, catalog, _each, same_count=True)),
        thresholds=() if wanted is None else (Threshold(label=Message("speed wanted"), y=wanted),),
        note=BAND,
    )


def _total(run: MeasuredRun) -> tuple[float, float] | None:
    return None if run.tok_s_total is None else (run.requests, run.tok_s_total)


def _each(run: MeasuredRun) -> tuple[float, float] | None:
    return None if run.tok_s_user is None else (run.requests, run.tok_s_user)


_DOES_NOT_FIT = Message("The model does not fit into the memory of the accelerators, so there is no speed to draw.")
