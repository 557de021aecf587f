"""Fine-tuning as a workload: the memory of every device while a model is trained, in the terms of any other need.

Data parallel training: every device holds the same amount and works on examples of its own; what ZeRO or FSDP divides
is divided by all devices. [bytes] total = devices x (weights + gradients + optimiser states + activations + runtime).
"""

from dsdesk.base.message import Message
from dsdesk.base.source import Unknown
from dsdesk.llm.architecture import Llm
from dsdesk.sizing.finetune import Sharding, Training, training_need
from dsdesk.sizing.memory_engine import check_devices
from dsdesk.sizing.memory_weights import loaded_parameters
from dsdesk.sizing.results import DeviceMemory, MemoryNeed, ParallelPlan

_NOT_FORECAST = Message(
    "Training speed is not forecast: published measurements of it are too few to say how far a forecast would be off."
)


def training_memory(llm: Llm, training: Training) -> MemoryNeed | Unknown:
    """The memory of all devices while fine-tuning.

    Raises:
        InputError: a count is not positive.
    """
    check_devices(training.devices)
    found = training_need(llm, training)
    if isinstance(found, Unknown):
        return found
    count = training.devices
    devices = tuple(
        DeviceMemory(
            device=number,
            weights_bytes=found.weights_bytes,
            kv_cache_bytes=0,
            activation_bytes=found.activation_bytes,
            runtime_bytes=found.runtime_bytes,
            gradient_bytes=found.gradient_bytes,
            optimiser_bytes=found.optimiser_bytes,
        )
        for number in range(count)
    )
    return MemoryNeed(
        parameters=loaded_parameters(llm),
        active_parameters=llm.architecture.active_parameters,
        weights_bytes=count * found.weights_bytes,
        kv_cache_bytes=0,
        kv_cache_bytes_per_token=0.0,
        activation_bytes=count * found.activation_bytes,
        runtime_bytes=count * found.runtime_bytes,
        devices=devices,
        gradient_bytes=count * found.gradient_bytes,
        optimiser_bytes=count * found.optimiser_bytes,
        assumed=_assumed(llm, training),
        why=found.why,
    )


def training_plan(training: Training) -> ParallelPlan:
    """Every device trains on examples of its own."""
    if training.devices == 1:
        return ParallelPlan()
    text = Message("each of {devices} devices trains on examples of its own", devices=training.devices)
    return ParallelPlan(dp=training.devices, reasons=(text, _DIVIDED[training.sharding]))


def training_speed() -> Unknown:
    """Why there is no figure for the speed."""
    return Unknown(_NOT_FORECAST)


_DIVIDED = {
    Sharding.NONE: Message("nothing is divided: every device holds the whole model and its states"),
    Sharding.ZERO_1: Message("ZeRO 1 divides the optimiser's states"),
    Sharding.ZERO_2: Message("ZeRO 2 divides gradients and the optimiser's states"),
    Sharding.ZERO_3: Message("ZeRO 3 (FSDP) divides weights, gradients and the optimiser's states"),
}


def _assumed(llm: Llm, training: Training) -> tuple[Message, ...]:
    found = [
        Message(
            "Activations are those of a layer whose feed-forward network is four times as wide as its hidden rows, "
            "with attention scores never stored (arXiv 2205.05198, equation 2)."
        ),
        Message("The driver's context takes 450 MiB: published start-up logs show 0.4 to 0.6 GiB."),
    ]
    if training.sharding is Sharding.ZERO_3 and training.devices > 1:
        found.append(Message("ZeRO 3 holds two layers uncut: the one that computes and the next."))
    if llm.architecture.experts is not None:
        found.append(Message("Adapters are put on attention and shared matrices, not on routed experts."))
    return tuple(found)
