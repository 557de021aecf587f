"""Frontier, measured dots, power limit and energy: what they say agrees with the forecast and with each other."""

from dataclasses import replace

import pytest

from dsdesk.base.translate import Language, render
from dsdesk.charts import ALL_CHARTS
from dsdesk.charts.power_cap import kwh_per_million
from dsdesk.evaluate import evaluate
from dsdesk.llm.precision import Engine
from dsdesk.measured.run import MeasuredRun
from dsdesk.project.templates import scheme
from dsdesk.sizing.results import Forecast
from tests.claims.factory import factory_catalog

CATALOG = factory_catalog()
PROJECT = scheme("scheme-2")
BUSY = evaluate(PROJECT, CATALOG)
RUN = MeasuredRun(
    llm=BUSY.llm.id, device=BUSY.accelerator.id, devices=2, engine=Engine.TENSORRT_LLM, precision="fp8",
    input_tokens=1000, output_tokens=500, requests=16, tok_s_user=55.0, tok_s_total=800.0,
    source="lab/bench results.csv", date="2026",
)  # fmt: skip


class Measured:
    """The factory catalogue with measurements."""

    def __init__(self, *runs):
        self.runs = runs

    def __getattr__(self, name):
        return getattr(CATALOG, name)

    def measured_runs(self, device_id, llm_id):
        return tuple(run for run in self.runs if (run.device, run.llm) == (device_id, llm_id))


def chart(key, evaluation=BUSY, catalog=CATALOG):
    return ALL_CHARTS[key](evaluation, catalog)


def test_more_load_gives_each_accelerator_more_and_each_user_less():
    (line,) = chart("frontier").series
    assert list(line.x) == sorted(line.x, reverse=True)
    assert list(line.y) == sorted(line.y)
    assert [note.values["requests"] for note in line.notes][:3] == [1, 2, 4]
    assert all(low < y < high for low, y, high in zip(line.low, line.y, line.high, strict=True))


def test_configurations_of_the_project_stand_side_by_side():
    other = replace(PROJECT.configuration, name="B", kv_precision="f16")
    both = replace(PROJECT, configurations=(replace(PROJECT.configuration, name="A"), other))
    first, second = chart("frontier", evaluate(both, CATALOG)).series
    assert [render(one.label, Language.ENGLISH) for one in (first, second)] == ["A", "B"]
    assert first.low
    assert not second.low


def test_measured_runs_are_dots_that_say_what_they_were():
    catalog = Measured(RUN, replace(RUN, own=True, tok_s_user=60.0), replace(RUN, llm="other/Model"))
    spec = chart("frontier", catalog=catalog)
    published, own = spec.series[1:]
    assert (published.x, published.y, published.style) == ((55.0,), (400.0,), "points")
    assert own.x == (60.0,)
    assert published.source == "lab/bench"
    assert "16 requests" in render(published.notes[0], Language.ENGLISH)


def test_dots_over_concurrency_are_of_as_many_accelerators_as_the_plan_uses():
    catalog = Measured(RUN, replace(RUN, devices=8, requests=64.0))
    for key, value in (("throughput_over_concurrency", 800.0), ("speed_per_user", 55.0)):
        (dots,) = chart(key, catalog=catalog).series[1:]
        assert (dots.x, dots.y) == ((16.0,), (value,))


def test_less_power_costs_speed_and_saves_energy():
    answer, read, energy = chart("power_cap").series
    assert answer.x[-1] == 100.0
    assert (answer.y[-1], read.y[-1], energy.y[-1]) == pytest.approx((100.0, 100.0, 100.0))
    assert list(answer.y) == sorted(answer.y)
    assert read.y[0] < 100.0
    assert answer.y[0] <= 100.0
    assert min(energy.y) < 100.0  # not always at the least power: the board idles for longer


def test_energy_of_a_token_falls_while_requests_share_the_weights():
    (line,) = chart("energy_over_concurrency").series
    assert list(line.y[:7]) == sorted(line.y[:7], reverse=True)
    assert isinstance(BUSY.forecast, Forecast)
    found = kwh_per_million(BUSY.forecast)
    watts, output = BUSY.forecast.gpu_power_w, BUSY.forecast.output_tok_s_total
    assert found.estimate == pytest.approx(watts.estimate * 1e6 / output.estimate / 3.6e6)
    assert found.low80 < found.estimate < found.high80
