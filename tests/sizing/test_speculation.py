"""Speculative decoding: tokens a pass, what checking costs, and drafts that cannot be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsdesk.base.source import Unknown
from dsdesk.hardware.vocabulary import LinkKind, PcieLink
from dsdesk.llm.precision import Engine
from dsdesk.project.project import Speculation
from dsdesk.sizing.memory import need
from dsdesk.sizing.memory_weights import weight_table
from dsdesk.sizing.model_run import ModelRun
from dsdesk.sizing.results import Forecast, HostSpeed, Interconnect, MemoryNeed, ParallelPlan
from dsdesk.sizing.speculation import tokens_a_pass
from dsdesk.sizing.throughput import forecast
from tests.sizing.forecast_fakes import card, llm

MODEL = llm()


def ask(speculation: Speculation | None, sequences: int = 1) -> Forecast | Unknown:
    run = ModelRun(
        llm=MODEL,
        precision="bf16",
        kv_precision="f16",
        engine=Engine.VLLM,
        device=card(),
        plan=ParallelPlan(),
        interconnect=Interconnect(kind=LinkKind.PCIE, pcie=PcieLink(4, 16)),
        host=HostSpeed(),
        speculation=speculation,
    )
    return forecast(run, input_tokens=512, output_tokens=128, sequences=sequences)


def decode(speculation: Speculation | None, sequences: int = 1) -> float:
    answer = ask(speculation, sequences)
    assert isinstance(answer, Forecast), answer
    return answer.decode_tok_s_per_user.estimate


def test_tokens_a_pass_are_those_of_the_paper():
    """Leviathan et al., arXiv 2211.17192, equation 1, worked out by hand for two drafts and 0.8."""
    assert tokens_a_pass(Speculation(draft_tokens=2, acceptance=0.8)) == pytest.approx(1 + 0.8 + 0.64)
    assert tokens_a_pass(Speculation(draft_tokens=3, acceptance=1.0)) == pytest.approx(4.0)
    assert tokens_a_pass(None) == 1.0


@given(drafts=st.integers(1, 8), share=st.floats(0.0, 0.95))
def test_a_better_draft_is_never_slower_and_gains_less_than_its_tokens(drafts, share):
    worse, better = (decode(Speculation(draft_tokens=drafts, acceptance=a)) for a in (share, share + 0.05))
    assert worse <= better
    assert better <= decode(None) * tokens_a_pass(Speculation(draft_tokens=drafts, acceptance=share + 0.05))


def test_drafts_that_are_never_accepted_slow_a_server_down():
    assert decode(Speculation(draft_tokens=4, acceptance=0.0), sequences=64) < decode(None, sequences=64)


def test_the_share_of_accepted_drafts_is_shown():
    answer = ask(Speculation(draft_tokens=1, acceptance=0.85))
    assert isinstance(answer, Forecast)
    assert "0.85" in answer.why.parts[0].formula


@pytest.mark.parametrize(("drafts", "share"), [(0, 0.5), (17, 0.5), (2, 1.5), (2, -0.1)])
def test_drafts_that_cannot_be_have_no_speed(drafts, share):
    assert isinstance(ask(Speculation(draft_tokens=drafts, acceptance=share)), Unknown)


def test_the_module_that_drafts_is_counted_in_memory():
    """One layer like the last, on the devices of the last stage, with a cache of its own."""
    whole = ParallelPlan(pp=2)
    without, drafting = (
        need(
            MODEL,
            precision="bf16",
            kv_precision="f16",
            engine=Engine.VLLM,
            context_tokens=1024,
            sequences=2,
            plan=whole,
            drafts=drafts,
        )
        for drafts in (False, True)
    )
    assert isinstance(without, MemoryNeed)
    assert isinstance(drafting, MemoryNeed)
    assert drafting.devices[0] == without.devices[0]
    layer = weight_table(MODEL, "bf16", Engine.VLLM).layer_bytes(range(MODEL.architecture.layer_count - 1, 10**6))
    assert drafting.weights_bytes - without.weights_bytes == pytest.approx(layer, abs=1)
    each = without.kv_cache_bytes / MODEL.architecture.layer_count
    assert drafting.kv_cache_bytes - without.kv_cache_bytes == pytest.approx(each, rel=1e-6)
