"""Queues of a server and the pieces of a pass: limits that can be worked out by hand."""

from dataclasses import replace
from math import log

import pytest

from dsdesk.llm.precision import Engine
from dsdesk.sizing.calibration import Serving, calibration
from dsdesk.sizing.names import find_llm
from dsdesk.sizing.names_run import find_layout
from dsdesk.sizing.names_suite import SuiteRun, find_suite_run
from dsdesk.sizing.results import ParallelPlan
from dsdesk.sizing.step_terms import Terms
from dsdesk.sizing.step_time import Coefficients, overlapped, spent
from dsdesk.sizing.step_work import model_work
from dsdesk.sizing.throughput_serve import Load, serve
from tests.sizing.forecast_fakes import llm
from tests.sizing.library import model

PLAIN = Serving(
    request=0.0, queue=0.0, lag=0.0, crowd=1.0, steps=0.0, poll=0.0, mix=0.0, pipeline=1.0, ahead=30.0, sync=0.0
)
APART = Load(users=100.0, running=100.0, groups=1.0, output_tokens=100.0, mixed=0.0)
UNIT = Coefficients(
    bw=1.0, flow=1.0, kv_bw=1.0, mm=1.0, attn=1.0, tile=0.0, moe=1.0, grouped=1.0, ops=1.0, scores=1.0, again=1.0,
    layer=0.0, loop=0.0, eager=1e-3, step=0.0, seq=0.0, lat=0.0, disp=0.0, link=1.0, host_bw=1.0, cpu=1.0, bus=1.0,
    hand=1e-3,
)  # fmt: skip


def test_a_single_request_waits_for_nobody():
    seen = serve(0.01, 0.01, 0.5, PLAIN, replace(APART, users=1.0, running=1.0))
    assert seen.ttft_s == pytest.approx(0.5)
    assert seen.tpot_s == pytest.approx(0.01)


def test_readers_that_are_too_few_bound_the_server():
    """One prompt takes 0.1 s, so at most 10 requests a second are answered, and Little's law gives the wait."""
    seen = serve(0.01, 0.01, 0.1, PLAIN, APART)  # 100 users, answers of 1 s: the queue holds the other 90
    assert seen.requests_s == pytest.approx(10.0, rel=0.02)
    assert seen.ttft_s == pytest.approx(9.0, rel=0.02)


def test_readers_that_are_plenty_leave_no_queue():
    seen = serve(0.01, 0.01, 0.0001, PLAIN, APART)
    assert seen.ttft_s < 0.0002


def test_requests_that_the_cache_cannot_hold_wait_for_whole_answers():
    held = serve(0.01, 0.01, 0.001, PLAIN, APART)
    twice = serve(0.01, 0.01, 0.001, PLAIN, replace(APART, users=200.0))
    assert twice.ttft_s - held.ttft_s == pytest.approx(100 / held.requests_s, rel=0.02)
    assert twice.requests_s == held.requests_s


def test_a_short_prompt_takes_as_long_as_its_launches_and_a_long_one_hides_them():
    short = spent(Terms(dense_read=1e-6, launched=60.0), UNIT)
    long = spent(Terms(dense_read=10.0, launched=60.0), UNIT)
    assert short.total == pytest.approx(0.06, rel=1e-3)
    assert long.total == pytest.approx(10.0, rel=1e-3)


def test_weights_pass_no_faster_than_compute_units_take_them_in():
    assert spent(Terms(dense_read=1.0), UNIT).total == pytest.approx(1.0)
    assert spent(Terms(dense_read=1.0, dense_flow=10.0), UNIT).total == pytest.approx(10.0, rel=1e-3)


def test_every_layer_in_host_memory_costs_a_hand_over():
    assert spent(Terms(handovers=50.0), UNIT).host == pytest.approx(0.05)


def test_a_batch_touches_fewer_experts_than_even_routing_would():
    work = model_work(llm("maker/Test-MoE", experts=64), "bf16")
    even = 64 * (1 - (1 - 8 / 64) ** 16)
    assert work.distinct_experts(1.0) == pytest.approx(8.0)
    assert 8.0 < work.distinct_experts(16.0) < even
    assert work.distinct_experts(1e4) == pytest.approx(64.0)


def test_an_interval_is_as_wide_as_its_case_is_difficult():
    fitted = replace(calibration(), difficulty={"tpot/near": {"apart:yes": log(2.0)}})
    usual, hard = (fitted.spread("tpot", "near", ("engine:nobody", *more)) for more in ((), ("apart:yes",)))
    assert usual == fitted.spreads["tpot/near"]
    assert hard.high == pytest.approx(usual.high**2)
    assert hard.low == pytest.approx(usual.low**2)


def test_stages_overlap_over_the_chunks_of_a_prompt_as_far_as_the_host_launches_ahead():
    assert overlapped(8.0, 1.0, 80.0, 30.0) == pytest.approx(1.0)  # one device: no overlap
    assert overlapped(1.0, 4.0, 20.0, 30.0) == pytest.approx(1.0)  # one chunk visits one device after another
    far, near = overlapped(8.0, 4.0, 0.1, 1e6), overlapped(8.0, 4.0, 80.0, 1.0)
    assert far == pytest.approx((8 + 3) / 32, rel=0.1)  # GPipe's share
    assert near == pytest.approx(1.0, rel=0.05)  # a full queue: one after another


def test_copies_that_wait_for_one_another_read_prompts_as_fewer():
    alone = serve(0.01, 0.01, 0.1, PLAIN, replace(APART, groups=8.0, mixed=1.0))
    locked = replace(APART, groups=8.0, locked=8.0, mixed=1.0)
    assert serve(0.01, 0.01, 0.1, PLAIN, locked) == alone  # where they do not wait
    one = serve(0.01, 0.01, 0.1, replace(PLAIN, sync=1.0), locked)
    assert one == serve(0.01, 0.01, 0.1, PLAIN, replace(APART, mixed=1.0))


def test_a_worker_printed_without_its_copies_is_known_to_count_devices():
    text = "disagg prefill {}x(tp4 dp1 ep4) decode {}x(tp8 dp1 ep8)"
    assert find_layout(text.format("", ""), 12, Engine.TENSORRT_LLM).counted
    assert not find_layout(text.format(1, 1), 12, Engine.TENSORRT_LLM).counted


def test_a_file_name_is_a_model_name():
    models = (llm("meta-llama/Llama-2-7b-hf"), llm("meta-llama/Llama-2-13b-hf"))
    found = find_llm("llama-2-7b.Q4_K_M", models)
    assert found is not None
    assert found.id == "meta-llama/Llama-2-7b-hf"


def test_a_request_among_others_waits_for_the_passes_of_their_prompts():
    lagging = replace(PLAIN, lag=2.0)
    assert serve(0.01, 0.01, 0.5, lagging, replace(APART, users=1.0, running=1.0)).ttft_s == pytest.approx(0.5)
    among = replace(APART, users=4.0, running=4.0, output_tokens=1e6)  # answers so long that nobody queues
    assert serve(0.01, 0.01, 0.5, lagging, among).ttft_s == pytest.approx(0.5 * (1 + 2 * 3 / 4), rel=1e-3)


def test_a_server_told_to_wait_for_company_lets_requests_wait_for_so_many_steps():
    held = replace(APART, users=1.0, running=1.0, held=20.0)
    assert serve(0.01, 0.01, 0.5, replace(PLAIN, poll=0.5), held).ttft_s == pytest.approx(0.5 + 10 * 0.01)


SUITE = {"notes": "mode=agg; wip=False", "isl": "1024", "osl": "1024", "concurrency_or_batch": "16", "precision": "fp8"}
FEW, MANY = {"concurrency_or_batch": "8"}, {"concurrency_or_batch": "64"}


@pytest.mark.parametrize(
    ("change", "engine", "chip", "name", "tp", "found"),
    [
        # 70b_fp4_b200_trt_slurm.sh: batch_wait_timeout_iters 20 for 1,024 tokens in and out below TP 8
        ({}, Engine.TENSORRT_LLM, "blackwell-dc", "Llama-3.1-70B-Instruct", 4, SuiteRun(20.0, small_cache=True)),
        ({}, Engine.TENSORRT_LLM, "blackwell-dc", "Llama-3.1-70B-Instruct", 8, SuiteRun(0.0, small_cache=True)),
        ({"osl": "8192"}, Engine.TENSORRT_LLM, "hopper", "Llama-3.1-70B-Instruct", 4, SuiteRun(0.0, small_cache=True)),
        # dsr1_fp8_b200.sh: scheduler-recv-interval 30 from 16 requests, 10 below; kv-cache-dtype fp8_e4m3
        ({}, Engine.SGLANG, "blackwell-dc", "DeepSeek-R1", 8, SuiteRun(30.0, small_cache=True)),
        (FEW, Engine.SGLANG, "blackwell-dc", "DeepSeek-R1", 8, SuiteRun(10.0, small_cache=True)),
        ({}, Engine.SGLANG, "hopper", "DeepSeek-R1", 8, SuiteRun()),  # dsr1_fp8_h200.sh: neither
        # dsr1_fp8_b200_trt.sh: batch_wait_timeout_iters 40 from 64 to 255 requests
        (MANY, Engine.TENSORRT_LLM, "blackwell-dc", "DeepSeek-R1", 8, SuiteRun(40.0, small_cache=True)),
        # 70b_fp8_h200_slurm.sh keeps the cache in eight bits, minimaxm2.5_fp8_h200.sh does not
        ({}, Engine.VLLM, "hopper", "Llama-3.1-70B-Instruct", 4, SuiteRun(0.0, small_cache=True)),
        ({}, Engine.VLLM, "hopper", "MiniMax-M2.5", 4, SuiteRun()),
        ({"notes": "mode=agg"}, Engine.SGLANG, "blackwell-dc", "DeepSeek-R1", 8, SuiteRun()),  # of another source
    ],
)  # fmt: skip
def test_rows_of_a_suite_are_read_with_the_settings_of_its_scripts(change, engine, chip, name, tp, found):
    assert find_suite_run({**SUITE, **change}, engine, chip, model(name), ParallelPlan(tp=tp)) == found


def test_prompts_that_fill_a_pass_together_hold_up_answers_less():
    mixing = replace(PLAIN, mix=1.0, crowd=0.0)
    load = replace(APART, users=11.0, running=11.0, output_tokens=10.0, mixed=1.0)
    assert serve(0.01, 0.01, 0.2, mixing, load).tpot_s == pytest.approx(0.01 + 0.2)
    together = serve(0.01, 0.01, 0.2, mixing, load, bulk_s=0.05)
    assert together.tpot_s == pytest.approx(0.01 + 0.05)
    assert together.ttft_s == pytest.approx(0.2)
