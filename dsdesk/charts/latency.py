"""Waiting under load: percentiles of the first and of each further token over the rate of requests."""

from collections.abc import Callable
from dataclasses import replace

from dsdesk.base.message import Message
from dsdesk.base.source import Unknown
from dsdesk.base.units import Estimate, Quantity, Unit
from dsdesk.build.catalog import Catalog
from dsdesk.build.load import serving_case
from dsdesk.charts.spec import Axis, ChartSpec, Series, Threshold
from dsdesk.charts.sweep import Case, band_series, case_of
from dsdesk.evaluate import Evaluation
from dsdesk.project.project import Workload
from dsdesk.sizing.simulation import ServingReport
from dsdesk.sizing.simulation_load import LoadPoint, curve, most_kept

KEY = "latency_over_load"
_TITLE = Message("Waiting under load")
_X = Axis(label=Message("requests that come"), unit="1/s")
_Y = Axis(label=Message("time"), unit="s", log=True)
_NO_LOAD = Message("Even a small load is more than this machine can serve.")
_DAY_S = 86_400
Figure = Callable[[ServingReport], Estimate]


def latency_over_load(evaluation: Evaluation, _catalog: Catalog) -> ChartSpec:
    """Half and 99 of 100 requests: time to first token and time per further token, up to the most that is served."""
    case = case_of(evaluation)
    if isinstance(case, Message):
        return _empty(case)
    points = _points(case)
    if isinstance(points, Unknown):
        return _empty(points.because)
    if not points:
        return _empty(_NO_LOAD)
    return ChartSpec(
        key=KEY,
        title=_TITLE,
        x=_X,
        y=_Y,
        series=(
            _line(Message("first token, p50"), points, lambda report: report.ttft_s.p50),
            _band(Message("first token, p99"), points, lambda report: report.ttft_s.p99),
            _line(Message("each further token, p50"), points, lambda report: report.tpot_s.p50),
            _band(Message("each further token, p99"), points, lambda report: report.tpot_s.p99),
        ),
        thresholds=_thresholds(evaluation),
        note=Message("{most} {how}", most=_most(evaluation, points), how=_how(evaluation.configuration.workload)),
    )


def _how(workload: Workload) -> Message:
    """What was assumed of the traffic."""
    return Message(
        "Simulated: requests come at random (Poisson), lengths are lognormal with a standard deviation of {input} "
        "(prompts) and {output} (answers) of the mean. The band holds four outcomes in five (80 %).",
        input=Quantity(workload.input_cv, Unit.PERCENT),
        output=Quantity(workload.output_cv, Unit.PERCENT),
    )


def _most(evaluation: Evaluation, points: tuple[LoadPoint, ...]) -> Message:
    """Up to which load the wishes of the workload are kept."""
    workload = evaluation.configuration.workload
    share = Quantity(workload.kept_share, Unit.PERCENT)
    rate = most_kept(points, workload.kept_share)
    if rate is None:
        return Message(
            "Even under the smallest load shown fewer than {share} of requests get what is wanted.", share=share
        )
    values = {"rate": Quantity(rate, Unit.REQ_S), "daily": Quantity(round(rate * _DAY_S, -3), Unit.COUNT)}
    if workload.ttft_s_max is None and workload.decode_tok_s_min is None:
        return Message("Up to {rate} are served, {daily} a day if they came evenly.", **values)
    return Message(
        "Up to {rate}, {share} of requests get what is wanted; {daily} a day if they came evenly.",
        share=share,
        **values,
    )


def _empty(because: Message) -> ChartSpec:
    return ChartSpec(key=KEY, title=_TITLE, x=_X, y=_Y, empty=because)


def _points(case: Case) -> tuple[LoadPoint, ...] | Unknown:
    evaluation = case.evaluation
    asked = serving_case(case.llm, evaluation.configuration, case.served, evaluation.plan, evaluation.offload_layers)
    return asked if isinstance(asked, Unknown) else curve(asked)


def _band(label: Message, points: tuple[LoadPoint, ...], figure: Figure) -> Series:
    return band_series(label, [(point.requests_s, figure(point.report)) for point in points])


def _line(label: Message, points: tuple[LoadPoint, ...], figure: Figure) -> Series:
    """Without its band: those of four lines would lie over one another."""
    return replace(_band(label, points, figure), low=(), high=())


def _thresholds(evaluation: Evaluation) -> tuple[Threshold, ...]:
    workload = evaluation.configuration.workload
    found = []
    if workload.ttft_s_max is not None:
        found.append(Threshold(label=Message("longest wait wanted"), y=workload.ttft_s_max))
    if workload.decode_tok_s_min:
        found.append(Threshold(label=Message("longest time per token wanted"), y=1.0 / workload.decode_tok_s_min))
    return tuple(found)
