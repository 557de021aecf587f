"""What a model needs of memory: weights, KV cache, working buffers and the engine's own, on every device of a plan.

[bytes] total = weights + KV cache + activations + runtime.

Every term is counted for each device of the plan; the totals are their sums, so what several devices hold is counted as
often as it is held.
"""

from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import NotRequired, TypedDict, Unpack

from dsdesk.base.errors import InputError
from dsdesk.base.message import Message
from dsdesk.base.source import LazyWhy, Unknown, Why
from dsdesk.base.units import GIB
from dsdesk.llm.architecture import Llm
from dsdesk.llm.precision import Engine
from dsdesk.sizing.kv_cache import LLAMA, CacheRow, as_kept, assumed_layout, cache_row
from dsdesk.sizing.memory_draft import draft_cache_bytes, draft_weights_bytes
from dsdesk.sizing.memory_engine import (
    Step,
    activation_bytes,
    activation_formula,
    assumed_constants,
    check_devices,
    runtime_bytes,
    runtime_formula,
    step_on,
)
from dsdesk.sizing.memory_placement import Placement, placement, stage_layers
from dsdesk.sizing.memory_weights import active_parameters, layers_inside, loaded_parameters, weight_table
from dsdesk.sizing.offload import most_offloaded
from dsdesk.sizing.precisions import KvFormat, parse_kv_precision, weights_bytes
from dsdesk.sizing.results import DeviceMemory, MemoryNeed, ParallelPlan

__all__ = ["alike", "fullest_bytes", "need", "stage_layers"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """The arguments of `need`, read."""

    llm: Llm
    precision: str
    form: KvFormat
    engine: Engine
    context_tokens: int
    sequences: int
    plan: ParallelPlan
    offload_layers: int
    step: Step
    drafts: bool


class Asked(TypedDict):
    """What memory is asked for, beside the model.

    Attributes:
        precision: key of the weight precision.
        kv_precision: of the cache.
        engine: which engine.
        context_tokens: longest context of one sequence.
        sequences: sequences in flight.
        plan: how it is split.
        offload_layers: layers kept in host memory, or whose routed experts are (see `sizing.offload`); 0 if not said.
        device_bytes: memory of one device; None or not said = not known: large ones take larger steps.
        drafts: whether a module that drafts tokens is loaded beside the model; not if not said.
    """

    precision: str
    kv_precision: str
    engine: Engine
    context_tokens: int
    sequences: int
    plan: ParallelPlan
    offload_layers: NotRequired[int]
    device_bytes: NotRequired[int | None]
    drafts: NotRequired[bool]


def need(llm: Llm, **asked: Unpack[Asked]) -> MemoryNeed | Unknown:
    """The memory of a workload.

    Raises:
        InputError: a precision is unknown, or a count is not positive.
    """
    case = _case(llm, asked)
    total = _weights(case)
    return total if isinstance(total, Unknown) else _answer(case, total)


def fullest_bytes(llm: Llm, **asked: Unpack[Asked]) -> int | Unknown:
    """The memory of the fullest device, as `need` counts it, without the explanations: for searches."""
    case = _case(llm, asked)
    total = _weights(case)
    if isinstance(total, Unknown):
        return total
    placed = placement(llm, case.precision, case.engine, case.plan, case.offload_layers)
    return max(sum(stage) for stage in _stages(case, placed, _rows(case))) + runtime_bytes(case.engine, case.plan)


def _case(llm: Llm, asked: Asked) -> _Case:
    engine, plan = asked["engine"], asked["plan"]
    return _Case(
        llm=llm,
        precision=asked["precision"],
        form=parse_kv_precision(asked["kv_precision"]),
        engine=engine,
        context_tokens=asked["context_tokens"],
        sequences=asked["sequences"],
        plan=ParallelPlan(tp=plan.tp, pp=plan.pp, ep=plan.ep, dp=plan.dp),  # the same whatever its reasons
        offload_layers=min(asked.get("offload_layers", 0), most_offloaded(llm, engine)),
        step=step_on(engine, asked.get("device_bytes")),
        drafts=asked.get("drafts", False),
    )


def alike(devices: tuple[DeviceMemory, ...]) -> tuple[tuple[DeviceMemory, ...], ...]:
    """Devices that hold the same amounts together, the fullest first."""
    found: dict[DeviceMemory, list[DeviceMemory]] = {}
    for one in devices:
        found.setdefault(replace(one, device=0), []).append(one)
    return tuple(tuple(same) for same in sorted(found.values(), key=lambda same: -same[0].total_bytes))


def _rows(case: _Case) -> tuple[CacheRow, ...]:
    each = -(-case.sequences // case.plan.dp)
    kept = as_kept(case.llm.architecture.attention, case.engine)
    return tuple(cache_row(one, case.form, case.engine, case.context_tokens, each) for one in kept)


def _weights(case: _Case) -> int | Unknown:
    """Bytes of the weights, or why there is no need."""
    if case.context_tokens < 1 or case.sequences < 1 or case.offload_layers < 0:
        raise InputError(Message("Context length and number of sequences must be at least 1."))
    check_devices(case.plan.devices)
    total = weights_bytes(case.llm, case.precision)
    if isinstance(total, Unknown) or case.llm.architecture.attention:
        return total
    return Unknown(
        Message("How {model} keeps its context is not known, so its memory is not known.", model=case.llm.name)
    )


@lru_cache(maxsize=2048)
def _answer(case: _Case, total: int) -> MemoryNeed:
    rows = _rows(case)
    placed = placement(case.llm, case.precision, case.engine, case.plan, case.offload_layers)
    devices = _devices(case, placed, rows)
    host = placed.host_bytes
    if placed.host_layers and case.engine in LLAMA:
        host += sum(row.layer_bytes * layers_inside(row.layers, placed.host_layers) for row in rows)
    return MemoryNeed(
        parameters=loaded_parameters(case.llm),
        active_parameters=active_parameters(case.llm),
        weights_bytes=sum(one.weights_bytes for one in devices),
        kv_cache_bytes=sum(one.kv_cache_bytes for one in devices),
        kv_cache_bytes_per_token=sum(one.token_bytes * len(one.layers) for one in rows),
        activation_bytes=sum(one.activation_bytes for one in devices),
        runtime_bytes=sum(one.runtime_bytes for one in devices),
        devices=devices,
        host_bytes=round(host),
        assumed=_assumed(case, placed),
        why=LazyWhy(partial(_why, case, total, rows, devices, placed)),
    )


def _devices(case: _Case, placed: Placement, rows: tuple[CacheRow, ...]) -> tuple[DeviceMemory, ...]:
    """Every device; those of one stage hold the same."""
    plan, own = case.plan, runtime_bytes(case.engine, case.plan)
    stages = _stages(case, placed, rows)
    found = []
    for number in range(plan.devices):
        weights, cached, work = stages[number // plan.tp % plan.pp]
        found.append(
            DeviceMemory(
                device=number, weights_bytes=weights, kv_cache_bytes=cached, activation_bytes=work, runtime_bytes=own
            )
        )
    return tuple(found)


def _stages(case: _Case, placed: Placement, rows: tuple[CacheRow, ...]) -> list[tuple[int, int, int]]:
    """Weights, cache and buffers of a device of every pipeline stage [bytes]."""
    plan, last = case.plan, case.plan.pp - 1
    buffers: dict[tuple[bool, int], int] = {}
    stages = []
    for number, stage in enumerate(placed.stages):
        kind = (number == last, stage.copied_bytes)
        if kind not in buffers:
            buffers[kind] = activation_bytes(
                case.llm,
                case.engine,
                case.context_tokens,
                case.sequences,
                plan,
                last=kind[0],
                step=case.step,
                copied_bytes=stage.copied_bytes,
            )
        cache = sum(
            row.layer_bytes * layers_inside(row.layers, stage.layers) / min(plan.tp, row.shards) for row in rows
        )
        weights = stage.weights_bytes
        if case.drafts and number == last:
            weights += draft_weights_bytes(case.llm, case.precision, case.engine, plan)
            cache += draft_cache_bytes(case.llm, rows, plan)
        stages.append((weights, round(cache), buffers[kind]))
    return stages


def _assumed(case: _Case, placed: Placement) -> tuple[Message, ...]:
    found = list(assumed_layout(case.llm.architecture.attention, case.form, case.engine))
    if case.drafts:
        found.append(_MTP if case.llm.architecture.mtp_layers else _ONE_LAYER)
    elif case.llm.architecture.mtp_layers:
        found.append(_NO_MTP)
    if placed.expert_layers:
        found.append(
            Message(
                "The routed experts of {layers} layers lie in host memory; attention, shared experts and the cache "
                "stay on the accelerators.",
                layers=len(placed.expert_layers),
            )
        )
    if placed.host_layers:
        found.append(
            Message("{layers} layers lie in host memory as a whole, with their cache.", layers=len(placed.host_layers))
        )
    found.extend(assumed_constants(case.engine, case.plan, case.step))
    found.extend(case.llm.architecture.unknown)
    return tuple(found)


_NO_MTP = Message("Multi-token-prediction layers are not loaded.")
_MTP = Message("Multi-token-prediction layers are loaded, with their cache, on the devices of the last stage.")
_ONE_LAYER = Message("The draft model is taken as one layer like the last of the model, with its cache.")


def _why(
    case: _Case, total: int, rows: tuple[CacheRow, ...], devices: tuple[DeviceMemory, ...], placed: Placement
) -> Why:
    weights = sum(one.weights_bytes for one in devices)
    cache = sum(one.kv_cache_bytes for one in devices)
    work = sum(one.activation_bytes for one in devices)
    own = sum(one.runtime_bytes for one in devices)
    once = sum(len(row.layers) * row.layer_bytes for row in rows)
    of_all = f"{len(devices)} x, {work / GIB:.2f} GiB"
    parts = (
        Why(
            title=Message("Weights"),
            formula=f"{_by_kind(case)}; {total / GIB:.2f} GiB in the files, {weights / GIB:.2f} GiB on devices, "
            f"{placed.host_bytes / GIB:.2f} GiB in host memory",
            source=case.llm.sources[0].text if case.llm.sources else "config.json",
        ),
        Why(
            title=Message("KV cache"),
            formula=" + ".join(f"{len(row.layers)} layers x {row.formula}" for row in rows)
            + f" = {once / GIB:.3f} GiB; {cache / GIB:.3f} GiB on devices",
            source="vLLM v1/kv_cache_interface.py; llama.cpp src/llama-kv-cache.cpp",
        ),
        Why(title=Message("Working buffers"), formula=f"{_buffers(case, placed)}; {of_all}", source=_ACTIVATION_SOURCE),
        Why(
            title=Message("Engine and driver"),
            formula=f"{runtime_formula(case.engine, case.plan)}; {len(devices)} x, {own / GIB:.2f} GiB",
            source=_RUNTIME_SOURCE,
        ),
    )
    everything = weights + cache + work + own
    formula = (
        f"{weights / GIB:.2f} + {cache / GIB:.2f} + {work / GIB:.2f} + {own / GIB:.2f} = {everything / GIB:.2f} GiB"
    )
    return Why(title=Message("Memory on the accelerators"), formula=formula, source="the sum of its parts", parts=parts)


def _by_kind(case: _Case) -> str:
    held = weight_table(case.llm, case.precision, case.engine).by_kind()
    terms = [f"{kind} {size / GIB:.2f}" for kind, size in sorted(held.items(), key=lambda one: -one[1])]
    return f"{' + '.join(terms)} = {sum(held.values()) / GIB:.2f} GiB in {case.precision}"


def _buffers(case: _Case, placed: Placement) -> str:
    copied = max(stage.copied_bytes for stage in placed.stages)
    return activation_formula(
        case.llm, case.engine, case.context_tokens, case.sequences, case.plan, step=case.step, copied_bytes=copied
    )


_ACTIVATION_SOURCE = "llama.cpp src/llama-graph.cpp; vLLM fused_moe.py, topk_topp_sampler.py; docs/method/memory.md"
_RUNTIME_SOURCE = "published start-up logs, see docs/method/memory.md"
