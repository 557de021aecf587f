from dataclasses import replace

import pytest

from dsdesk.base.errors import InputError
from dsdesk.base.source import Unknown
from dsdesk.llm.architecture import Llm
from dsdesk.sizing.finetune import (
    Method,
    Optimiser,
    Sharding,
    Training,
    TrainingNeed,
    trainable_parameters,
    training_need,
)
from dsdesk.sizing.results import MemoryNeed
from dsdesk.sizing.training_memory import training_memory, training_plan
from tests.sizing.library import model

GIB = 2**30
LLAMA2 = "Llama-2-7b-hf"


def trained(llm: Llm, training: Training) -> TrainingNeed:
    answer = training_need(llm, training)
    assert isinstance(answer, TrainingNeed)
    return answer


def test_lora_trains_as_many_parameters_as_peft_prints():
    # PEFT on Llama-2-7B, rank 16 on all linear layers: "trainable params: 39,976,960".
    assert trainable_parameters(model(LLAMA2), Training(method=Method.LORA, rank=16)) == 39_976_960


@pytest.mark.parametrize(
    ("sharding", "share"),
    # ZeRO (arXiv 1910.02054) figure 1, 64 devices: 120, 31.4, 16.6 and 1.9 GB for 7.5 billion parameters.
    [
        (Sharding.NONE, 120 / 7.5),
        (Sharding.ZERO_1, 31.4 / 7.5),
        (Sharding.ZERO_2, 16.6 / 7.5),
        (Sharding.ZERO_3, 1.9 / 7.5),
    ],
)
def test_full_training_takes_what_the_zero_paper_counts(sharding, share):
    llama = model(LLAMA2)
    answer = trained(llama, Training(method=Method.FULL, sharding=sharding, devices=64))
    states = answer.weights_bytes + answer.gradient_bytes + answer.optimiser_bytes
    assert states / llama.architecture.parameters == pytest.approx(share, rel=0.02)


def test_recomputing_saves_memory_and_says_how_much():
    with_it, without = (trained(model(LLAMA2), Training(recompute=recompute)) for recompute in (True, False))
    assert with_it.activation_bytes < without.activation_bytes / 5
    saved = 1 - with_it.total_bytes / without.total_bytes
    assert with_it.saved_by_recompute == pytest.approx(saved, abs=0.001)
    assert without.saved_by_recompute == 0


def test_qlora_needs_less_than_lora_less_than_full():
    full, lora, qlora = (trained(model(LLAMA2), Training(method=method)).total_bytes for method in Method)
    assert qlora < lora < full


def test_smaller_optimisers_need_less():
    sizes = [trained(model(LLAMA2), Training(method=Method.FULL, optimiser=one)).optimiser_bytes for one in Optimiser]
    assert sizes == sorted(sizes, reverse=True)


def test_unknown_models_and_absurd_runs():
    assert isinstance(training_need(model("Janus-Pro-7B"), Training()), Unknown)
    with pytest.raises(InputError):
        trained(model(LLAMA2), Training(batch=0))


@pytest.mark.parametrize(
    ("name", "training", "published"),
    # torchtune README, read 2026-11-25: peak memory of one device, two examples of 2,048 tokens, loss in chunks.
    [
        ("Llama-3.1-8B-Instruct", Training(method=Method.LORA, recompute=True), 16.2),
        ("Llama-3.1-8B-Instruct", Training(method=Method.LORA, recompute=False), 30.3),
        ("Llama-3.1-8B-Instruct", Training(method=Method.QLORA, recompute=True), 7.4),
        ("Llama-3.1-70B-Instruct", Training(method=Method.LORA, sharding=Sharding.ZERO_3, devices=8), 27.6),
    ],
)
def test_peaks_that_torchtune_publishes(name, training, published):
    run = replace(training, batch=2, sequence_tokens=2048, rank=8, chunked_loss=True)
    answer = trained(model(name), run)
    allocated = answer.total_bytes - answer.runtime_bytes  # PyTorch's peak leaves out the driver's context
    assert allocated / GIB == pytest.approx(published, rel=0.1)


@pytest.mark.parametrize(
    ("name", "method", "published"),
    # LLaMA-Factory README, table of hardware requirements ("estimated"), read 2026-11-25.
    [
        ("Llama-2-7b-hf", Method.FULL, 120),
        ("Llama-2-7b-hf", Method.LORA, 16),
        ("Llama-2-7b-hf", Method.QLORA, 6),
        ("Llama-2-70b-hf", Method.FULL, 1200),
        ("Llama-2-70b-hf", Method.LORA, 160),
        ("Llama-2-70b-hf", Method.QLORA, 48),
    ],
)
def test_estimates_that_llama_factory_publishes(name, method, published):
    answer = trained(model(name), Training(method=method, sequence_tokens=1024, batch=1))
    assert answer.total_bytes / 1e9 == pytest.approx(published, rel=0.2)


def test_qlora_brings_65_billion_parameters_below_48_gb():
    # arXiv 2305.14314, abstract: more than 780 GB in 16 bit, less than 48 GB with QLoRA; here 69 billion.
    llama = model("Llama-2-70b-hf")
    short = Training(sequence_tokens=512)
    assert trained(llama, replace(short, method=Method.FULL)).total_bytes > 780e9
    assert trained(llama, replace(short, method=Method.QLORA)).total_bytes < 48e9


@pytest.mark.parametrize("sharding", Sharding)
def test_a_workload_counts_every_device(sharding):
    llama = model(LLAMA2)
    run = Training(method=Method.FULL, sharding=sharding, devices=4)
    one, all_of_it = trained(llama, run), training_memory(llama, run)
    assert isinstance(all_of_it, MemoryNeed)
    assert [device.total_bytes for device in all_of_it.devices] == [one.total_bytes] * 4
    assert all_of_it.total_bytes == 4 * one.total_bytes
    assert all_of_it.why is not None
    assert all_of_it.assumed
    assert training_plan(run).devices == 4
