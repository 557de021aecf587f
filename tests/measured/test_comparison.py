"""Measured beside forecast, and what own measurements do to the forecast of their machine."""

from dataclasses import replace
from math import exp, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsdesk.llm.precision import Engine
from dsdesk.measured.comparison import Comparer, own_speeds
from dsdesk.measured.reader import read_text
from dsdesk.sizing.calibration import calibrated_with, calibration
from dsdesk.sizing.model_run import ModelRun
from dsdesk.sizing.own_speed import OwnPasses, OwnSpeeds, Ratio
from dsdesk.sizing.results import HostSpeed, Interconnect, ParallelPlan
from dsdesk.sizing.throughput import forecast
from tests.fakes.catalog import gpu
from tests.measured.files import MODEL, bench, catalog
from tests.sizing.forecast_fakes import llm


def compared(*changes):
    comparer = Comparer(catalog())
    return [comparer.compare(one) for one in read_text(bench(*changes), "x").measurements]


def speed(own: OwnSpeeds, sequences: int = 1, model: str = MODEL):
    run = ModelRun(
        llm=llm(model), precision="q4_k_m", kv_precision="f16", engine=Engine.LLAMA_CPP, device=gpu(),
        plan=ParallelPlan(), interconnect=Interconnect(), host=HostSpeed(), measured=calibrated_with(own),
    )  # fmt: skip
    return forecast(run, input_tokens=512, output_tokens=128, sequences=sequences)


NONE = OwnSpeeds()


def own(*ratios: float, at: float = 1.0, model: str = MODEL) -> OwnSpeeds:
    found = tuple(Ratio(model, at, log(ratio)) for ratio in ratios)
    return OwnSpeeds(
        (OwnPasses(device="gpu-24", engine=Engine.LLAMA_CPP, writing=found, reading=found, count=len(ratios)),)
    )


def test_a_measurement_stands_beside_the_forecast_of_its_own_case():
    (one,) = compared({})
    assert (one.llm, one.device, one.engine, one.calibrates) == (MODEL, "gpu-24", Engine.LLAMA_CPP, True)
    assert one.ratio == pytest.approx(120.0 / one.forecast.estimate)
    assert one.is_inside == (one.forecast.low80 <= 120.0 <= one.forecast.high80)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"n_gpu_layers": 10}, "only 10 of 32 layers"),
        ({"n_prompt": 16, "n_gen": 0}, "too short"),
        ({"n_prompt": 64, "n_gen": 16}, "mixed"),
        ({"avg_ts": 1.0}, "something else"),
        ({"gpu_info": "NVIDIA GeForce RTX 9999"}, "no accelerator"),
        ({"gpu_info": ""}, "does not say which accelerator"),
        ({"model_filename": "/m/Other-70B-Q4_K_M.gguf"}, "no model"),
    ],
)
def test_what_says_nothing_about_the_machine_is_shown_and_not_used(change, words):
    (one,) = compared(change)
    assert words in one.because.in_english()
    assert not one.calibrates
    assert own_speeds([one]) == NONE


def test_runs_of_one_case_count_once():
    (passes,) = own_speeds(compared({"avg_ts": 100.0}, {"avg_ts": 110.0}, {"avg_ts": 120.0})).passes
    assert len(passes.writing) == 1
    assert passes.count == 3


def test_the_forecast_moves_towards_what_was_measured_and_not_beyond():
    before, after, more = speed(NONE), speed(own(0.5)), speed(own(0.5, 0.5, 0.5, 0.5))
    measured = 0.5 * before.decode_tok_s_per_user.estimate
    assert measured < more.decode_tok_s_per_user.estimate < after.decode_tok_s_per_user.estimate
    # Two thirds of the variance are the machine's: one run counts 1 / (1 + 1/2), four count 4 / (4 + 1/2).
    assert after.decode_tok_s_per_user.estimate / before.decode_tok_s_per_user.estimate == pytest.approx(
        exp(log(0.5) / 1.5)
    )
    assert more.prefill_tok_s.estimate / before.prefill_tok_s.estimate == pytest.approx(exp(log(0.5) * 4 / 4.5))


def test_intervals_narrow_with_own_runs_of_the_model_and_never_vanish():
    def width(found):
        return log(found.decode_tok_s_per_user.high80 / found.decode_tok_s_per_user.low80)

    before = width(speed(NONE))
    assert width(speed(own(1.0))) < before
    assert width(speed(own(*[1.0] * 50))) > 0.57 * before  # the spread of runs on one machine: sqrt(1/3)
    assert width(speed(own(1.0, model="maker/Other-70B"))) == pytest.approx(before)


def test_a_forecast_says_how_many_own_measurements_are_in_it():
    found = speed(own(0.9, 0.95))
    assert found.own_measurements == 2
    assert any("2 measurements of your own" in part.title.in_english() for part in found.why.parts)
    assert speed(NONE).own_measurements == 0


def test_other_devices_engines_and_offload_are_not_touched():
    (passes,) = own(0.5).passes
    for other in (replace(passes, device="gpu-48"), replace(passes, engine=Engine.VLLM), replace(passes, offload=True)):
        assert speed(OwnSpeeds((other,))) == speed(NONE)
    assert calibrated_with(NONE) is calibration()


@given(st.floats(0.3, 3.0), st.floats(1, 64), st.integers(1, 64))
def test_the_factor_stays_between_one_and_the_ratio_and_fades_with_distance(ratio, at, sequences):
    (passes,) = own(ratio, at=at).passes
    bound = replace(passes, model=MODEL)
    low, high = sorted((1.0, ratio))
    factor = bound.write(sequences).speed
    assert low - 1e-9 <= factor <= high + 1e-9
    assert abs(log(bound.write(at * 64).speed)) <= abs(log(bound.write(at).speed)) + 1e-9
