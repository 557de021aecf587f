"""Edits that make a model need less, or give it more: in the order in which they are tried."""

import math
from collections.abc import Iterator
from dataclasses import replace

from dsdesk.base.message import N_, Message
from dsdesk.build.inventory import accelerators_in, device_memory_bytes, lines_of
from dsdesk.build.links import network_ports
from dsdesk.checks.context import CheckContext
from dsdesk.checks.fixes import candidates
from dsdesk.checks.network import ports_at
from dsdesk.hardware.parts import Accelerator, Switch
from dsdesk.hardware.vocabulary import Mount
from dsdesk.llm.precision import Engine, Precision, PrecisionFamily
from dsdesk.project.edits import Edit, add_part, change_configuration, change_line, change_workload, combine
from dsdesk.project.project import Line, UseCase
from dsdesk.sizing.precisions import PRECISIONS
from dsdesk.sizing.results import MemoryNeed
from dsdesk.sizing.support import Level, runs

_LEAST_BITS = 2.0  # below it answers suffer so much that it is never proposed
_ROUGH_BITS = 3.5  # below it the loss is said
_PAIR = 2  # machines that one cable joins
_LEAST_CONTEXT = 2048
_PACKED = {
    Engine.LLAMA_CPP: ("q8_0",),
    Engine.IK_LLAMA_CPP: ("q8_0",),
    Engine.KTRANSFORMERS: (),
    Engine.MLX: (),
}
# One usual file of each size for engines that read GGUF; the rest of the list is near to these.
_USUAL_GGUF = ("q8_0", "q6_k", "q5_k_m", "q4_k_m", "q3_k_m", "q2_k")


def _usual(precision: Precision) -> bool:
    return precision.family is not PrecisionFamily.GGUF or precision.key in _USUAL_GGUF


def smaller_precision(context: CheckContext) -> Iterator[Edit]:
    """Smaller precisions that the accelerator runs in this engine, largest first."""
    device, now = context.accelerator, PRECISIONS.get(context.configuration.precision)
    if device is None or now is None:
        return
    smaller = [one for one in PRECISIONS.values() if _LEAST_BITS <= one.nominal_bits < now.nominal_bits and _usual(one)]
    for one in sorted(smaller, key=lambda one: -one.nominal_bits):
        if _surely_too_large(context, device, one.nominal_bits / now.nominal_bits):
            continue
        support = runs(device, one, context.configuration.engine)
        if support.level in {Level.NATIVE, Level.WEIGHTS_ONLY}:
            yield change_configuration(_use(one), precision=one.key)


def _surely_too_large(context: CheckContext, device: Accelerator, ratio: float) -> bool:
    """Whether the weights alone, made smaller by `ratio`, exceed a device by a tenth: not worth a trial."""
    memory = device_memory_bytes(device)
    if not isinstance(context.need, MemoryNeed) or memory is None:
        return False
    weights = max((one.weights_bytes for one in context.need.devices), default=0)
    return weights * ratio > 1.1 * memory


def _use(precision: Precision) -> Message:
    if precision.nominal_bits < _ROUGH_BITS:
        return Message(N_("Use {precision} weights, whose answers are noticeably worse"), precision=precision.name)
    return Message(N_("Use {precision} weights"), precision=precision.name)


def packed_cache(context: CheckContext) -> Iterator[Edit]:
    """A KV cache of eight bits."""
    engine, now = context.configuration.engine, context.configuration.kv_precision
    for key in _PACKED.get(engine, ("fp8",)):
        if now in {"f16", "bf16", "f32"}:
            yield change_configuration(Message(N_("Keep the KV cache in {precision}"), precision=key), kv_precision=key)


def offloaded(context: CheckContext) -> Iterator[Edit]:
    """llama.cpp with the layers that do not fit in host memory."""
    if context.configuration.engine in {Engine.LLAMA_CPP, Engine.IK_LLAMA_CPP, Engine.KTRANSFORMERS}:
        if context.configuration.offload_layers is not None:
            text = Message(N_("Offload as many layers as must be"))
            yield change_configuration(text, offload_layers=None)
        return
    for key in ("q8_0", "q4_k_m", "q2_k"):
        text = Message(N_("Use llama.cpp with {precision} weights"), precision=PRECISIONS[key].name)
        yield change_configuration(
            text, engine=Engine.LLAMA_CPP, precision=key, kv_precision="f16", offload_layers=None
        )


def lighter_training(context: CheckContext) -> Iterator[Edit]:
    """Fine-tuning that holds less: recomputing, dividing, a smaller optimiser, then training fewer parameters."""
    work = context.configuration.workload
    if work.use_case is not UseCase.FINETUNE:
        return
    if not work.finetune_recompute:
        text = Message(N_("Compute activations again instead of keeping them"))
        yield change_workload(text, finetune_recompute=True)
    if context.accelerators > 1 and work.finetune_sharding != "zero3":
        yield change_workload(
            Message(N_("Divide the training states over all accelerators")), finetune_sharding="zero3"
        )
    if work.finetune_method == "full" and work.finetune_optimiser == "adamw":
        yield change_workload(Message(N_("Keep the optimiser's states in 8 bits")), finetune_optimiser="adamw_8bit")
    if work.finetune_method == "full":
        yield change_workload(Message(N_("Train adapters only (LoRA)")), finetune_method="lora")
    if work.finetune_method != "qlora":
        yield change_workload(Message(N_("Train adapters over 4-bit weights (QLoRA)")), finetune_method="qlora")
    for batch in (work.finetune_batch // 2, 1):
        if 1 <= batch < work.finetune_batch:
            yield change_workload(Message(N_("Train on {count} examples a step"), count=batch), finetune_batch=batch)


def fewer_tokens(context: CheckContext) -> Iterator[Edit]:
    """Less context for each sequence, then fewer sequences at once."""
    work = context.configuration.workload
    tokens = work.context_tokens // 2
    least = max(_LEAST_CONTEXT, work.input_tokens + work.output_tokens)
    while tokens >= least:
        yield change_workload(Message(N_("Reserve {limit} tokens"), limit=tokens), context_tokens=tokens)
        tokens //= 2
    sequences = work.sequences // 2
    while sequences >= 1:
        yield change_workload(Message(N_("Serve {count} requests at once"), count=sequences), sequences=sequences)
        sequences //= 2


def _serving_line(context: CheckContext) -> tuple[int, Line] | None:
    for index, machine in enumerate(context.build.machines):
        for line, card in lines_of(machine.parts, Accelerator):
            if card == context.accelerator:
                return index, line
    return None


def add_accelerators(context: CheckContext) -> Iterator[Edit]:
    """More of the same accelerator in the same machine."""
    found = _serving_line(context)
    if found is None or context.accelerator is None:
        return
    line = found[1]
    for pieces in sorted({line.quantity + 1, line.quantity + 2, *(n for n in (4, 6, 8) if n > line.quantity)}):
        text = Message(N_("Take {count} × {part}"), count=pieces, part=context.accelerator.full_name)
        yield change_line(line.no, text, quantity=pieces)


def add_machines(context: CheckContext) -> Iterator[Edit]:
    """More machines of the kind that serves, with two switches from three machines on where there is none yet."""
    for index, machine in enumerate(context.build.machines):
        if not any(card == context.accelerator for card, _ in accelerators_in(machine)):
            continue
        for count in (2, 3, 4, 8, 16):
            if count > machine.machine.count:
                yield _machines(context, index, count)


def _machines(context: CheckContext, index: int, count: int) -> Edit:
    machines = list(context.configuration.machines)
    machines[index] = replace(machines[index], count=count)
    text = Message(N_("Take {count} such machines"), count=count)
    more = change_configuration(text, machines=tuple(machines))
    if count <= _PAIR or any(True for _ in lines_of(context.build.shared, Switch)):
        return more
    rate = max((speed or 0.0 for _, speed in network_ports(context.build.machines[index])), default=0.0)
    fitting = candidates(context, Switch, lambda one: ports_at(one, rate) >= count, lambda one: ports_at(one, rate))
    switch = next(fitting, None)
    if switch is None or not rate:
        return more
    text = Message(N_("Take {count} such machines and two {switch}"), count=count, switch=switch.full_name)
    return combine(text, more, add_part(switch.id, text, quantity=2, machine=None))


def larger_accelerator(context: CheckContext) -> Iterator[Edit]:
    """Cards with more memory in the same number, smallest first."""
    found, now = _serving_line(context), context.accelerator
    if found is None or now is None:
        return
    line, least = found[1], device_memory_bytes(now) or 0

    def suits(other: Accelerator) -> bool:
        return other.mount is Mount.PCIE and (device_memory_bytes(other) or 0) > least and _runs(context, other)

    for other in candidates(context, Accelerator, suits, lambda card: device_memory_bytes(card) or 0):
        text = Message(N_("Replace it by {count} × {part}"), count=line.quantity, part=other.full_name)
        yield change_line(line.no, text, part_id=other.id, power_limit_w=None)


def first_accelerator(context: CheckContext) -> Iterator[Edit]:
    """The smallest number of the smallest card that may hold the model, up to four."""
    if not isinstance(context.need, MemoryNeed):
        return
    total = context.need.total_bytes / (1 - context.configuration.headroom)

    def suits(card: Accelerator) -> bool:
        memory = device_memory_bytes(card)
        return card.mount is Mount.PCIE and memory is not None and memory * 4 >= total and _runs(context, card)

    cards = list(candidates(context, Accelerator, suits, lambda card: device_memory_bytes(card) or 0))
    for card in sorted(cards, key=lambda card: math.ceil(total / (device_memory_bytes(card) or 1))):
        pieces = math.ceil(total / (device_memory_bytes(card) or 1))
        text = Message(N_("Add {count} × {part}"), count=pieces, part=card.full_name)
        yield add_part(card.id, text, quantity=pieces)


def _runs(context: CheckContext, card: Accelerator) -> bool:
    precision = PRECISIONS.get(context.configuration.precision)
    if precision is None:
        return False
    return runs(card, precision, context.configuration.engine).level in {Level.NATIVE, Level.WEIGHTS_ONLY}
