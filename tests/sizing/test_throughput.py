"""The forecast: what must hold for any calibration, and what the one in db/ must give for common cases."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsdesk.base.source import Unknown
from dsdesk.hardware.vocabulary import LinkKind, PcieLink
from dsdesk.llm.precision import Engine
from dsdesk.sizing.model_run import ModelRun
from dsdesk.sizing.results import Forecast, HostSpeed, Interconnect, Limit, ParallelPlan
from dsdesk.sizing.throughput import forecast
from tests.sizing.forecast_fakes import card, llm

MODEL = llm()
MIXTURE = llm("maker/Test-MoE-20B-A3B", experts=32)
BUS = Interconnect(kind=LinkKind.PCIE, pcie=PcieLink(4, 16), peer_to_peer=False)
FABRIC = Interconnect(kind=LinkKind.NVLINK, bandwidth_b_s=450e9)


def ask(model=MODEL, device=None, **changes) -> Forecast | Unknown:
    case = {
        "precision": "q4_k_m",
        "kv_precision": "f16",
        "engine": Engine.LLAMA_CPP,
        "device": device or card(),
        "plan": ParallelPlan(),
        "interconnect": BUS,
        "host": HostSpeed(),
    }
    requests = {"input_tokens": 512, "output_tokens": 128, "sequences": 1}
    asked = {name: changes.pop(name, usual) for name, usual in requests.items()}
    return forecast(ModelRun(llm=model, **{**case, **changes}), **asked)


def speed(*args, **changes) -> Forecast:
    answer = ask(*args, **changes)
    assert isinstance(answer, Forecast), answer
    return answer


def test_single_stream_is_below_the_bandwidth_bound_and_not_far_below():
    weights = (
        4.58 * 2**30
    )  # Llama-3-8B Q4_K_M file without the embedding is a little less; the bound is therefore loose
    bound = 1e12 / (weights * 0.93)
    decode = speed().decode_tok_s_per_user.estimate
    assert 0.3 * bound < decode < bound


def test_decode_is_limited_by_memory_and_says_so():
    assert speed().limited_by is Limit.MEMORY_BANDWIDTH


def test_a_model_that_does_not_fit_is_said_not_to_fit():
    answer = speed(card_model := llm(), card(memory_bytes=2 * 2**30))
    assert card_model.id
    assert not answer.fits
    assert answer.limited_by is Limit.CAPACITY


def test_intervals_hold_the_estimate():
    answer = speed(sequences=8)
    for name in ("prefill_tok_s", "decode_tok_s_per_user", "output_tok_s_total", "ttft_ms", "tpot_ms", "requests_s"):
        value = getattr(answer, name)
        assert value.low80 < value.estimate < value.high80


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 64), st.integers(16, 4096), st.integers(16, 1024))
def test_more_requests_serve_more_in_all_and_less_to_each(sequences, prompt, answer):
    one = speed(sequences=sequences, input_tokens=prompt, output_tokens=answer, device=card(memory_bytes=80 * 2**30))
    two = speed(
        sequences=2 * sequences, input_tokens=prompt, output_tokens=answer, device=card(memory_bytes=80 * 2**30)
    )
    assert two.decode_tok_s_per_user.estimate <= one.decode_tok_s_per_user.estimate
    assert two.decode_tok_s_total.estimate >= one.decode_tok_s_total.estimate


@settings(max_examples=20, deadline=None)
@given(st.floats(0.2e12, 8e12), st.integers(0, 60_000))
def test_faster_memory_is_never_slower_and_a_longer_context_never_faster(bandwidth, depth):
    slow = speed(device=card(bandwidth_b_s=bandwidth), input_tokens=1 + depth)
    fast = speed(device=card(bandwidth_b_s=bandwidth * 1.5), input_tokens=1 + depth)
    deep = speed(device=card(bandwidth_b_s=bandwidth), input_tokens=1000 + depth)
    assert fast.decode_tok_s_per_user.estimate >= slow.decode_tok_s_per_user.estimate
    assert deep.decode_tok_s_per_user.estimate <= slow.decode_tok_s_per_user.estimate


def test_a_mixture_reads_fewer_weights_than_it_has():
    dense_like = speed(MIXTURE, card(memory_bytes=80 * 2**30), sequences=64)
    single = speed(MIXTURE, card(memory_bytes=80 * 2**30), sequences=1)
    assert single.decode_tok_s_per_user.estimate > 2 * dense_like.decode_tok_s_per_user.estimate


def test_tensor_parallelism_helps_on_a_fabric_more_than_through_the_host():
    server = {"engine": Engine.VLLM, "precision": "bf16", "plan": ParallelPlan(tp=4), "sequences": 16}
    fabric = speed(interconnect=FABRIC, **server)
    bus = speed(interconnect=BUS, **server)
    assert fabric.prefill_tok_s.estimate > bus.prefill_tok_s.estimate
    assert fabric.decode_tok_s_per_user.estimate > bus.decode_tok_s_per_user.estimate


def test_layers_in_host_memory_slow_it_down():
    host = HostSpeed(memory_bandwidth_b_s=80e9)
    half = speed(offload_layers=16, host=host)
    assert half.decode_tok_s_per_user.estimate < 0.5 * speed().decode_tok_s_per_user.estimate
    assert half.limited_by is Limit.HOST_MEMORY


def test_a_power_limit_costs_prompts_more_than_answers():
    full, capped = speed(), speed(power_limit_w=300.0)
    assert capped.prefill_tok_s.estimate < full.prefill_tok_s.estimate
    lost = 1 - capped.decode_tok_s_per_user.estimate / full.decode_tok_s_per_user.estimate
    assert 0 <= lost < 1 - capped.prefill_tok_s.estimate / full.prefill_tok_s.estimate
    assert capped.gpu_power_w is not None
    assert capped.gpu_power_w.estimate <= 300.0


@pytest.mark.parametrize(
    "changes",
    [
        {"input_tokens": 0},
        {"output_tokens": 0},
        {"sequences": 0},
        {"engine": Engine.VLLM, "precision": "bf16", "plan": ParallelPlan(tp=3), "interconnect": FABRIC},
        {"engine": Engine.VLLM},
        {"engine": Engine.MLX, "precision": "bf16"},
        {"plan": ParallelPlan(tp=2)},
        {"offload_layers": 8},
    ],
    ids=["no prompt", "no answer", "no request", "heads", "gguf in vllm", "mlx on nvidia", "layer split", "no host"],
)
def test_a_case_outside_the_physics_has_a_reason_and_no_number(changes):
    answer = ask(**changes)
    assert isinstance(answer, Unknown)
    assert answer.because.in_english()


def test_an_unpublished_bandwidth_is_unknown():
    assert isinstance(ask(device=replace(card(), bandwidth_b_s=None)), Unknown)
