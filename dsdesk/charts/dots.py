"""Measured runs as dots beside a forecast: where they lie, and what each of them was."""

from collections.abc import Callable, Iterable

from dsdesk.base.message import Message
from dsdesk.base.units import format_number
from dsdesk.build.catalog import Catalog
from dsdesk.charts.spec import Series
from dsdesk.charts.sweep import Case
from dsdesk.measured.run import MeasuredRun

Place = Callable[[MeasuredRun], tuple[float, float] | None]
_PUBLISHED = Message("published measurements")
_OWN = Message("your own measurements")


def measured_series(case: Case, catalog: Catalog, place: Place, *, same_count: bool) -> tuple[Series, ...]:
    """Published runs and the user's own of this model on this accelerator, where `place` gives them one.

    `same_count` leaves out runs on another number of accelerators than the plan uses.
    """
    runs = [
        run
        for run in catalog.measured_runs(case.device.id, case.llm.id)
        if not same_count or run.devices == case.evaluation.plan.devices
    ]
    found = []
    for label, own in ((_PUBLISHED, False), (_OWN, True)):
        dots = [(*at, said(run)) for run in runs if run.own is own and (at := place(run)) is not None]
        if dots:
            dots.sort(key=lambda dot: dot[:2])
            found.append(
                Series(
                    label=label,
                    x=tuple(x for x, _, _ in dots),
                    y=tuple(y for _, y, _ in dots),
                    notes=tuple(note for _, _, note in dots),
                    style="points",
                    source=_sources(run.source for run in runs if run.own is own),
                )
            )
    return tuple(found)


def said(run: MeasuredRun) -> Message:
    """What a run was, and where it stands."""
    return Message(
        "{engine}, {precision}, {devices} accelerators, {requests} requests, {input} tokens in, {output} out; {source}",
        engine=run.engine.value,
        precision=run.precision or "?",
        devices=run.devices,
        requests=format_number(run.requests),
        input=format_number(run.input_tokens),
        output=format_number(run.output_tokens),
        source=f"{run.source} {run.date}".strip(),
    )


def _sources(sources: Iterable[str]) -> str:
    """The collections that the dots come from, each once."""
    return "; ".join(dict.fromkeys(source.split(" ")[0].rstrip(",") for source in sources))
