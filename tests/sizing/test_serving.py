"""Serving and power: what follows from forecasts at different loads."""

from dataclasses import replace

import pytest

from dsdesk.base.source import Unknown
from dsdesk.base.units import Estimate
from dsdesk.llm.precision import Engine
from dsdesk.sizing.calibration import calibration, capped
from dsdesk.sizing.model_run import ModelRun
from dsdesk.sizing.power_use import power, speed_share
from dsdesk.sizing.results import Forecast, HostSpeed, Interconnect, ParallelPlan
from dsdesk.sizing.serving import Promise, capacity_at, largest_load, machines_for
from dsdesk.sizing.step_terms import Terms
from dsdesk.sizing.throughput import forecast
from dsdesk.sizing.throughput_figures import why_of
from tests.sizing.forecast_fakes import card, llm

MODEL, CARD = llm(), card(memory_bytes=80 * 2**30)


def speed_at(sequences: int) -> Forecast | Unknown:
    run = ModelRun(
        llm=MODEL,
        precision="bf16",
        kv_precision="f16",
        engine=Engine.VLLM,
        device=CARD,
        plan=ParallelPlan(),
        interconnect=Interconnect(),
        host=HostSpeed(),
    )
    return forecast(run, input_tokens=512, output_tokens=256, sequences=sequences)


def test_the_largest_load_keeps_the_promise_and_a_little_more_breaks_it():
    first = speed_at(1)
    assert isinstance(first, Forecast)
    promise = Promise(decode_tok_s_min=0.5e3 / first.tpot_ms.estimate)
    found = largest_load(speed_at, promise)
    assert not isinstance(found, Unknown)
    assert found.sequences > 1
    assert promise.kept_by(found.forecast)
    beyond = speed_at(round(found.sequences * 1.05) + 1)
    assert isinstance(beyond, Forecast)
    assert not promise.kept_by(beyond)


def test_a_promise_that_nobody_can_keep_is_said_so():
    assert isinstance(largest_load(speed_at, Promise(ttft_s_max=1e-6)), Unknown)


def test_a_day_and_its_people_follow_little_s_law():
    speed = speed_at(4)
    assert isinstance(speed, Forecast)
    steady = replace(speed, requests_s=Estimate(2.0, 1.0, 3.0))
    found = capacity_at(steady, 4, think_s=30.0)
    assert found.users == pytest.approx(64.0)
    assert found.requests_per_day.estimate == pytest.approx(172_800.0)
    assert machines_for(720_000.0, found) == pytest.approx(10.0)


def test_power_stays_between_idle_and_the_rating_and_grows_with_work():
    shares = calibration().power
    idle = power(CARD, 2, shares, Terms(), 1.0)
    busy = power(CARD, 2, shares, Terms(dense_read=0.9, dense_math=0.5), 1.0)
    assert idle is not None
    assert busy is not None
    assert 0 < idle.estimate <= busy.estimate <= 2 * 450.0
    assert power(replace(CARD, board_power_w=None), 1, shares, Terms(), 1.0) is None


def test_a_power_limit_slows_the_clock_by_its_cube_root():
    shares = replace(calibration().power, idle=0.2)
    assert speed_share(CARD, 450.0, shares, 450.0) == 1.0
    half_dynamic = 90.0 + 180.0
    assert speed_share(CARD, half_dynamic, shares, 450.0) == pytest.approx(0.5 ** (1 / 3))
    assert speed_share(CARD, half_dynamic, shares, 260.0) == 1.0  # such passes never reach the limit


@pytest.mark.parametrize("free", [0.1, 0.5, 1.0, 3.0, 50.0])
def test_no_share_of_a_printed_rate_passes_one(free):
    assert 0 < capped(free) <= 1.0
    assert capped(free) <= free


def test_the_calibration_is_physical_everywhere():
    fitted = calibration()
    for spread in fitted.spreads.values():
        assert 0 < spread.low < 1 < spread.high
    assert 0 < fitted.power.idle < 1


def test_every_figure_has_an_equation_that_gives_it():
    speed = speed_at(8)
    assert isinstance(speed, Forecast)
    for name, unit, digits in (("ttft_ms", "ms", 0), ("tpot_ms", "ms", 2), ("decode_tok_s_total", "tok/s", 1)):
        assert why_of(speed, name).formula.endswith(f"= {getattr(speed, name).estimate:,.{digits}f} {unit}")
    assert why_of(speed, "gpu_power_w").formula.endswith(f"{speed.gpu_power_w.estimate / 1:,.0f} W")
    assert why_of(speed, "fits") == speed.why
