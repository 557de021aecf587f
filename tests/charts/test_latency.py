"""Waiting under load."""

from dataclasses import replace

from dsdesk.base.translate import Language, render
from dsdesk.charts.latency import latency_over_load
from dsdesk.evaluate import evaluate
from tests.claims.factory import evaluated, factory_catalog


def test_waits_rise_with_the_load_and_the_last_in_a_hundred_waits_longest():
    spec = latency_over_load(evaluated("scheme-2"), factory_catalog())
    first_half, first_99, each_half, each_99 = spec.series

    for half, last in ((first_half, first_99), (each_half, each_99)):
        assert all(a <= b for a, b in zip(half.y, last.y, strict=True))
        assert last.y[-1] > last.y[0]
    assert list(first_half.x) == sorted(first_half.x)
    assert spec.note is not None
    assert "a day if they came evenly" in render(spec.note, Language.ENGLISH)


def test_what_the_workload_wants_is_drawn_across():
    project = evaluated("scheme-1").project
    configuration = project.configuration
    workload = replace(configuration.workload, decode_tok_s_min=20.0, ttft_s_max=1.5)
    wanted = evaluate(project.with_configuration(replace(configuration, workload=workload)), factory_catalog())

    spec = latency_over_load(wanted, factory_catalog())
    assert [line.y for line in spec.thresholds] == [1.5, 0.05]
    assert spec.note is not None
    assert "95\N{NO-BREAK SPACE}% of requests get what is wanted" in render(spec.note, Language.ENGLISH)
