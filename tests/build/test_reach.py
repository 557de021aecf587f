from dataclasses import replace

import pytest

from dsdesk.build.reach import Reach
from dsdesk.evaluate import Evaluation, evaluate
from dsdesk.llm.precision import Engine
from dsdesk.project.project import Configuration, UseCase
from tests.claims.factory import evaluated, factory_catalog


def with_workload(configuration: Configuration, **changes: object) -> Evaluation:
    workload = replace(configuration.workload, **changes)
    project = evaluated("scheme-2").project
    return evaluate(project.with_configuration(replace(configuration, workload=workload)), factory_catalog())


def reached(evaluation: Evaluation) -> Reach:
    assert evaluation.reach is not None
    return evaluation.reach


def test_what_is_reached_fits_and_a_little_more_does_not():
    configuration = evaluated("scheme-2").configuration
    reach = reached(evaluated("scheme-2"))
    assert with_workload(configuration, sequences=reach.sequences).fits
    assert not with_workload(configuration, sequences=reach.sequences * 66 // 64 + 1).fits
    assert with_workload(configuration, context_tokens=reach.context_tokens).fits
    if not reach.whole_context:
        assert not with_workload(configuration, context_tokens=reach.context_tokens * 66 // 64 + 1024).fits


def test_only_engines_with_a_pool_tell_its_tokens():
    configuration = replace(evaluated("scheme-2").configuration, precision="fp8", kv_precision="fp8")
    tokens = reached(with_workload(replace(configuration, engine=Engine.VLLM))).cache_tokens
    assert tokens is not None
    # The headroom of 20 % leaves less than the tenth that vLLM does, so the pool holds more than what is promised.
    reach = reached(with_workload(replace(configuration, engine=Engine.VLLM)))
    assert tokens > 0.9 * reach.sequences * configuration.workload.context_tokens
    llama = replace(configuration, engine=Engine.LLAMA_CPP, precision="q8_0", kv_precision="q8_0")
    assert reached(with_workload(llama)).cache_tokens is None


@pytest.mark.parametrize("sharding", ["none", "zero3"])
def test_fine_tuning_is_sized_by_its_states_and_has_no_speed(sharding):
    configuration = evaluated("scheme-2").configuration
    trained = with_workload(
        configuration,
        use_case=UseCase.FINETUNE,
        context_tokens=2048,
        finetune_method="lora",
        finetune_sharding=sharding,
    )
    need = trained.need
    assert need.optimiser_bytes > 0
    assert need.kv_cache_bytes == 0
    assert len(need.devices) == trained.accelerators
    assert need.total_bytes == sum(one.total_bytes for one in need.devices)
    assert "not forecast" in trained.forecast.because.in_english()
    assert reached(trained).cache_tokens is None
    more = with_workload(trained.configuration, finetune_batch=reached(trained).sequences + 1)
    assert trained.fits is False or more.fits is False or reached(trained).sequences >= 64
