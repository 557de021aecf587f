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
