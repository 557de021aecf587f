"""Padding of products that ggml computes in tiles."""

import pytest

from dsdesk.sizing.links import Wire
from dsdesk.sizing.results import ParallelPlan
from dsdesk.sizing.step_terms import Placement, Rates, Terms, decode_terms, prefill_terms
from dsdesk.sizing.step_work import model_work
from tests.sizing.forecast_fakes import llm

PLACE = Placement(plan=ParallelPlan(), wire=Wire("fabric", float("inf")), kv_bytes=2.0)
MIXTURE = model_work(llm("maker/Test-MoE-20B-A3B", experts=32), "q4_k_m")


def rates(flow_b_s: float | None) -> Rates:
    return Rates(
        bandwidth_b_s=1e12,
        math_flops=1e14,
        attention_flops=1e14,
        vector_flops=1e13,
        unpack=True,
        flow_b_s=flow_b_s,
    )


def step(tokens: float, flow_b_s: float | None = 1e11) -> Terms:
    return decode_terms(MIXTURE, rates(flow_b_s), PLACE, sequences=tokens, context=512)


@pytest.mark.parametrize("tokens", [1, 8])
def test_vector_kernels_of_ggml_have_no_tiles_to_fill(tokens):
    assert step(tokens).dense_pad == step(tokens).expert_pad == 0.0


def test_more_tokens_take_wider_tiles_until_these_are_whole():
    assert 0.0 < step(16).expert_pad < step(32).expert_pad < step(64).expert_pad
    assert step(16).dense_pad > step(64).dense_pad == 0.0


def test_every_expert_of_a_prompt_is_padded():
    prompt = prefill_terms(MIXTURE, rates(1e11), PLACE, tokens=512, depth=0, chunk=512)
    assert prompt.dense_pad == 0.0
    assert prompt.expert_pad > 0.0


def test_other_engines_pad_always():
    assert step(1, flow_b_s=None).dense_pad == step(512, flow_b_s=None).dense_pad > 0.0
