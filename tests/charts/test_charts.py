from dataclasses import replace

import pytest

from dsdesk.base.translate import Language, render
from dsdesk.charts import ALL_CHARTS
from dsdesk.charts.spec import ChartSpec
from dsdesk.evaluate import Evaluation, evaluate
from dsdesk.project.project import Project
from tests.claims.factory import evaluated, factory_catalog


def chart(key: str, evaluation: Evaluation) -> ChartSpec:
    return ALL_CHARTS[key](evaluation, factory_catalog())


@pytest.mark.parametrize("key", list(ALL_CHARTS))
@pytest.mark.parametrize("scheme", ["scheme-1", "scheme-2", "scheme-3"])
def test_chart_has_series_of_equal_length_or_says_why_not(key, scheme):
    spec = chart(key, evaluated(scheme))

    assert spec.key == key
    assert (spec.empty is None) == bool(spec.series)
    for series in spec.series:
        assert len(series.x) == len(series.y) > 0
        assert len(series.low) == len(series.high)
        assert len(series.low) in {0, len(series.y)}
        assert all(low <= value <= high for low, value, high in zip(series.low, series.y, series.high, strict=False))
        if spec.x.categories:
            assert set(series.x) == set(map(float, range(len(spec.x.categories))))


@pytest.mark.parametrize("key", list(ALL_CHARTS))
def test_chart_of_an_empty_project_says_what_to_do(key):
    spec = chart(key, evaluate(Project(), factory_catalog()))

    assert not spec.series
    assert spec.empty is not None
    assert render(spec.empty, Language.CHINESE) != spec.empty.text


def test_throughput_rises_and_speed_per_user_falls_with_concurrency():
    total = chart("throughput_over_concurrency", evaluated("scheme-1")).series[0]
    each = chart("speed_per_user", evaluated("scheme-1")).series[0]

    assert list(total.x) == sorted(total.x)
    assert total.y[-1] > total.y[0]
    assert each.y[-1] < each.y[0]


def test_the_speed_wanted_is_drawn_as_a_line():
    project = evaluated("scheme-1").project
    configuration = project.configuration
    workload = replace(configuration.workload, decode_tok_s_min=20.0, ttft_s_max=1.5)
    wanted = evaluate(project.with_configuration(replace(configuration, workload=workload)), factory_catalog())

    assert [line.y for line in chart("speed_per_user", wanted).thresholds] == [20.0]
    assert [line.y for line in chart("wait_over_context", wanted).thresholds] == [1.5]
    assert chart("speed_per_user", evaluated("scheme-1")).thresholds == ()


def test_memory_bars_stack_to_the_need_of_a_device():
    evaluation = evaluated("scheme-1")
    spec = chart("memory_by_part", evaluation)

    assert spec.stacked
    stacked = sum(series.y[0] for series in spec.series) * 2**30
    assert stacked == pytest.approx(evaluation.need.devices[0].total_bytes)
    capacity, with_headroom = (line.y for line in spec.thresholds)
    assert capacity == pytest.approx(24, rel=0.05)
    assert with_headroom == pytest.approx(capacity * 0.8)


def test_no_point_lies_above_the_roof():
    spec = chart("roofline", evaluated("scheme-1"))
    roof, *points = spec.series
    slope = roof.y[0] / roof.x[0]
    peak = roof.y[-1]

    assert len(points) == 2
    for series in points:
        assert all(y <= min(peak, slope * x) * 1.05 for x, y in zip(series.x, series.y, strict=True))
