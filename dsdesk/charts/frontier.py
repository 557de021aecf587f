"""What is gained and lost with load: tokens per second of each user against those of each accelerator."""

from collections.abc import Iterator
from dataclasses import replace

from dsdesk.base.message import Message
from dsdesk.build.catalog import Catalog
from dsdesk.charts.dots import measured_series
from dsdesk.charts.spec import Axis, ChartSpec, Series
from dsdesk.charts.sweep import Case, case_of, steps_to
from dsdesk.evaluate import Evaluation, evaluate
from dsdesk.measured.run import MeasuredRun
from dsdesk.sizing.results import Forecast

KEY = "frontier"
_TITLE = Message("Speed of each user against throughput of each accelerator")
_X = Axis(label=Message("answer of one user"), unit="tok/s", log=True)
_Y = Axis(label=Message("output of one accelerator"), unit="tok/s", log=True)
_NOTE = Message(
    "Every point is a number of requests in flight, up to what the memory holds; up and to the right is better. "
    "The band holds four outcomes in five (80 %)."
)
_DOES_NOT_FIT = Message("The model does not fit into the memory of the accelerators, so there is no speed to draw.")
_MOST_REQUESTS = 1024
_MOST_OTHERS = 3  # configurations beside the active one, so that lines stay apart


def frontier(evaluation: Evaluation, catalog: Catalog) -> ChartSpec:
    """The active configuration with its band, the project's other configurations, and what was measured."""
    case = case_of(evaluation)
    if isinstance(case, Message):
        return ChartSpec(key=KEY, title=_TITLE, x=_X, y=_Y, empty=case)
    names = [one.name for one in evaluation.project.configurations]
    line = _line(case, Message("this configuration") if len(names) == 1 else Message("{name}", name=names[_at(case)]))
    if line is None:
        return ChartSpec(key=KEY, title=_TITLE, x=_X, y=_Y, empty=_DOES_NOT_FIT)
    others = tuple(_others(evaluation, catalog))
    dots = measured_series(case, catalog, _place, same_count=False)
    return ChartSpec(key=KEY, title=_TITLE, x=_X, y=_Y, series=(line, *others, *dots), note=_NOTE)


def _at(case: Case) -> int:
    return case.evaluation.project.active


def _others(evaluation: Evaluation, catalog: Catalog) -> Iterator[Series]:
    """Lines of the other configurations, without bands: those of several lines would lie over one another."""
    project = evaluation.project
    others = [index for index in range(len(project.configurations)) if index != project.active]
    for index in others[:_MOST_OTHERS]:
        case = case_of(evaluate(replace(project, active=index), catalog))
        if isinstance(case, Case):
            line = _line(case, Message("{name}", name=project.configurations[index].name))
            if line is not None:
                yield replace(line, low=(), high=())


def _line(case: Case, label: Message) -> Series | None:
    points = []
    for requests in steps_to(_MOST_REQUESTS):
        speed = case.with_sequences(requests)
        if not isinstance(speed, Forecast) or not speed.fits:
            break
        each = speed.output_tok_s_total.scaled(1.0 / case.evaluation.plan.devices)
        note = Message("{requests} requests in flight", requests=requests)
        points.append((speed.decode_tok_s_per_user.estimate, each, note))
    if not points:
        return None
    return Series(
        label=label,
        x=tuple(x for x, _, _ in points),
        y=tuple(each.estimate for _, each, _ in points),
        low=tuple(each.low80 for _, each, _ in points),
        high=tuple(each.high80 for _, each, _ in points),
        notes=tuple(note for _, _, note in points),
    )


def _place(run: MeasuredRun) -> tuple[float, float] | None:
    if run.tok_s_user is None or run.tok_s_total is None:
        return None
    return run.tok_s_user, run.tok_s_total / run.devices
