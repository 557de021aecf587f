"""What a model needs of memory: weights, KV cache, working buffers and the engine's own, on every device of a plan.

[bytes] total = weights + KV cache + activations + runtime.

Every term is counted for each device of the plan; the totals are their sums, so what several devices hold is counted as
often as it is held. Layers are dealt to pipeline stages evenly, the remainder to the first stages. llama.cpp counts the
output matrix as one more layer and deals from the first device on: Llama 3 8B on four equal cards lies as 9, 8, 8 and 7
layers with the output.
"""

from dataclasses import dataclass, replace

from dsdesk.base.errors import InputError
from dsdesk.base.message import Message
from dsdesk.base.source import Unknown, Why
from dsdesk.base.units import GIB
from dsdesk.llm.architecture import Llm
from dsdesk.llm.precision import Engine
from dsdesk.sizing.kv_cache import LLAMA, CacheRow, as_kept, assumed_layout, cache_row
from dsdesk.sizing.memory_engine import activation_bytes, runtime_bytes
from dsdesk.sizing.memory_weights import WeightTable, layers_inside, weight_table
from dsdesk.sizing.precisions import KvFormat, parse_kv_precision, weights_bytes
from dsdesk.sizing.results import DeviceMemory, MemoryNeed, ParallelPlan


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


def need(
    llm: Llm,
    *,
    precision: str,
    kv_precision: str,
    engine: Engine,
    context_tokens: int,
    sequences: int,
    plan: ParallelPlan,
    offload_layers: int = 0,
) -> MemoryNeed | Unknown:
    """The memory of a workload.

    Args:
        llm: the model.
        precision: key of the weight precision.
        kv_precision: of the cache.
        engine: which engine.
        context_tokens: longest context of one sequence.
        sequences: sequences in flight.
        plan: how it is split.
        offload_layers: transformer layers kept in host memory, from the first on as llama.cpp does.

    Raises:
        InputError: a precision is unknown, or a count is not positive.
    """
    if context_tokens < 1 or sequences < 1 or offload_layers < 0:
        raise InputError(Message("Context length and number of sequences must be at least 1."))
    total = weights_bytes(llm, precision)
    if isinstance(total, Unknown):
        return total
    if not llm.architecture.attention:
        return Unknown(
            Message("How {model} keeps its context is not known, so its memory is not known.", model=llm.name)
        )
    case = _Case(
        llm=llm,
        precision=precision,
        form=parse_kv_precision(kv_precision),
        engine=engine,
        context_tokens=context_tokens,
        sequences=sequences,
        plan=plan,
        offload_layers=min(offload_layers, llm.architecture.layer_count),
    )
    return _answer(case, total)


def _answer(case: _Case, total: int) -> MemoryNeed:
    architecture = case.llm.architecture
    each = -(-case.sequences // case.plan.dp)
    kept = as_kept(architecture.attention, case.engine)
    rows = tuple(cache_row(one, case.form, case.engine, case.context_tokens, each) for one in kept)
    table = weight_table(case.llm, case.precision, case.engine)
    stages = tuple(_device(case, table, rows, stage) for stage in range(case.plan.pp))
    devices = tuple(
        replace(stages[number // case.plan.tp % case.plan.pp], device=number) for number in range(case.plan.devices)
    )
    host = _host_bytes(case, table, rows)
    return MemoryNeed(
        parameters=sum(one.parameters for one in architecture.tensors if not one.mtp),
        active_parameters=architecture.active_parameters,
        weights_bytes=sum(one.weights_bytes for one in devices),
        kv_cache_bytes=sum(one.kv_cache_bytes for one in devices),
        kv_cache_bytes_per_token=sum(one.token_bytes * len(one.layers) for one in rows),
        activation_bytes=sum(one.activation_bytes for one in devices),
        runtime_bytes=sum(one.runtime_bytes for one in devices),
        devices=devices,
        host_bytes=host,
        assumed=_assumed(case),
        why=_why(case, total, rows, devices),
    )


def stage_layers(case_layers: int, plan: ParallelPlan, engine: Engine, stage: int, offload: int = 0) -> range:
    """The layers of one pipeline stage.

    llama.cpp counts the output as one more layer and cuts by equal shares from the first layer on a device; the others
    give the remainder to the earlier stages.
    """
    if engine in LLAMA:
        units = case_layers - offload + 1
        start = offload + -(-units * stage // plan.pp)
        stop = offload + -(-units * (stage + 1) // plan.pp)
        return range(start, min(stop, case_layers))
    base, more = divmod(case_layers - offload, plan.pp)
    start = offload + stage * base + min(stage, more)
    return range(start, start + base + (1 if stage < more else 0))


def _device(case: _Case, table: WeightTable, rows: tuple[CacheRow, ...], stage: int) -> DeviceMemory:
    """Any device of a pipeline stage: those of one stage hold the same."""
    plan = case.plan
    layers = stage_layers(case.llm.architecture.layer_count, plan, case.engine, stage, case.offload_layers)
    weights = table.on_device(layers, plan, first=stage == 0, last=stage == plan.pp - 1)
    cache = sum(row.layer_bytes * layers_inside(row.layers, layers) / min(plan.tp, row.shards) for row in rows)
    return DeviceMemory(
        device=stage,
        weights_bytes=round(weights),
        kv_cache_bytes=round(cache),
        activation_bytes=activation_bytes(
            case.llm, case.engine, case.context_tokens, case.sequences, plan, last=stage == plan.pp - 1
        ),
        runtime_bytes=runtime_bytes(case.engine, plan),
    )


def _host_bytes(case: _Case, table: WeightTable, rows: tuple[CacheRow, ...]) -> int:
    held = range(case.offload_layers)
    total = table.host_bytes()
    if held:
        total += table.layer_bytes(held)
        if case.engine in LLAMA:
            total += sum(row.layer_bytes * layers_inside(row.layers, held) for row in rows)
    return round(total)


def _assumed(case: _Case) -> tuple[Message, ...]:
    found = list(assumed_layout(case.llm.architecture.attention, case.form, case.engine))
    if case.llm.architecture.mtp_layers:
        found.append(Message("Multi-token-prediction layers are not loaded."))
    found.extend(case.llm.architecture.unknown)
    return tuple(found)


def _why(case: _Case, total: int, rows: tuple[CacheRow, ...], devices: tuple[DeviceMemory, ...]) -> Why:
    weights = sum(one.weights_bytes for one in devices)
    cache = sum(one.kv_cache_bytes for one in devices)
    work = sum(one.activation_bytes for one in devices)
    own = sum(one.runtime_bytes for one in devices)
    parts = (
        Why(
            title=Message("Weights"),
            formula=f"{total / GIB:.2f} GiB, by tensor, in {case.precision}; {weights / GIB:.2f} GiB on devices",
            source=case.llm.sources[0].text if case.llm.sources else "config.json",
        ),
        Why(
            title=Message("KV cache"),
            formula=" + ".join(f"{len(row.layers)} layers x {row.formula}" for row in rows)
            + f" = {cache / GIB:.3f} GiB",
            source="vLLM v1/kv_cache_interface.py; llama.cpp src/llama-kv-cache.cpp",
        ),
        Why(title=Message("Working buffers"), formula=f"{work / GIB:.2f} GiB", source=_ACTIVATION_SOURCE),
        Why(title=Message("Engine and driver"), formula=f"{own / GIB:.2f} GiB", source=_RUNTIME_SOURCE),
    )
    everything = weights + cache + work + own
    formula = (
        f"{weights / GIB:.2f} + {cache / GIB:.2f} + {work / GIB:.2f} + {own / GIB:.2f} = {everything / GIB:.2f} GiB"
    )
    return Why(title=Message("Memory on the accelerators"), formula=formula, source="the sum of its parts", parts=parts)


_ACTIVATION_SOURCE = "llama.cpp graph buffers and vLLM's profile run, see docs/method/memory.md"
_RUNTIME_SOURCE = "published start-up logs, see docs/method/memory.md"
