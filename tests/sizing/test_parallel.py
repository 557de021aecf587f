"""Divisibility rules, on the results that follow from published configs."""

import pytest

from dsdesk.hardware.vocabulary import LinkKind, PcieLink
from dsdesk.llm.precision import Engine
from dsdesk.project.project import ParallelChoice
from dsdesk.sizing.parallel import choose, violations
from dsdesk.sizing.results import Interconnect, ParallelPlan
from tests.sizing.forecast_fakes import card, llm


@pytest.mark.parametrize(
    ("tp", "allowed"), [(1, True), (2, True), (3, False), (4, True), (5, False), (8, True), (16, True)]
)
def test_heads_and_kv_heads_decide_tensor_parallelism(tp, allowed):
    assert (not violations(llm(), "bf16", Engine.VLLM, ParallelPlan(tp=tp))) is allowed


def test_blockwise_fp8_experts_must_not_be_cut_inside_a_block():
    mixture = llm(experts=128)  # width 1536, as Qwen3-235B-A22B
    assert not violations(mixture, "fp8", Engine.VLLM, ParallelPlan(tp=4))
    assert violations(mixture, "fp8", Engine.VLLM, ParallelPlan(tp=8))
    assert not violations(mixture, "fp8", Engine.VLLM, ParallelPlan(tp=8, ep=8))
    assert not violations(mixture, "bf16", Engine.VLLM, ParallelPlan(tp=8))


def test_a_dense_model_has_no_experts_to_spread():
    assert violations(llm(), "bf16", Engine.SGLANG, ParallelPlan(tp=2, ep=2))


def chosen(engine: Engine, devices: int, precision: str = "bf16", experts: int = 0, **choice: int) -> ParallelPlan:
    links = Interconnect(kind=LinkKind.PCIE, pcie=PcieLink(4, 16))
    return choose(
        llm(experts=experts),
        precision=precision,
        kv_precision="f16",
        engine=engine,
        device=card(),
        devices=devices,
        interconnect=links,
        choice=ParallelChoice(**choice),
        context_tokens=4096,
        sequences=4,
    )


def test_llama_cpp_splits_by_layers_over_any_number():
    plan = chosen(Engine.LLAMA_CPP, 3, "q4_k_m")
    assert (plan.tp, plan.pp, plan.legal) == (1, 3, True)


def test_a_server_splits_tensors_as_widely_as_heads_allow():
    assert chosen(Engine.VLLM, 4).tp == 4
    six = chosen(Engine.VLLM, 6)
    assert six.legal
    assert six.devices == 6
    assert six.tp in (1, 2)


def test_experts_are_spread_where_cutting_them_is_refused():
    plan = chosen(Engine.VLLM, 8, "fp8", experts=128)
    assert (plan.tp, plan.ep, plan.legal) == (8, 8, True)


def test_what_the_user_fixed_is_kept_and_its_fault_named():
    plan = chosen(Engine.VLLM, 6, tp=3)
    assert plan.tp == 3
    assert not plan.legal
    assert plan.reasons
