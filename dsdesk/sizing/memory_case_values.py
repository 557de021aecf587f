"""One measured quantity, predicted: which part of the memory a metric means, on which device."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from dsdesk.base.message import Message
from dsdesk.base.source import Unknown
from dsdesk.base.units import GIB
from dsdesk.llm.architecture import AttentionGroup, AttentionKind
from dsdesk.llm.precision import Engine
from dsdesk.sizing.kv_cache import LLAMA, CacheRow, as_kept, cache_row, cells
from dsdesk.sizing.memory import need, stage_layers
from dsdesk.sizing.memory_capacity import cache_budget, cache_tokens
from dsdesk.sizing.memory_case import Case
from dsdesk.sizing.memory_case_buffers import compute_buffer, rocm_pool, without_flash
from dsdesk.sizing.memory_engine import COMMUNICATION, CUDA_CONTEXT, SORTED_BYTES, Step, first_step
from dsdesk.sizing.memory_weights import weight_table
from dsdesk.sizing.precisions import file_bytes, parse_kv_precision, weights_bytes
from dsdesk.sizing.results import MemoryNeed, ParallelPlan

# Of the memory on the box, what CUDA shows to programs: 23.55 of 24 GiB, 79.22 of 80 GiB in published vLLM logs.
_USABLE, _USABLE_OF_LARGE, _LARGE_GIB = 0.981, 0.990, 70
# vLLM sorted all logits to sample before it had a kernel for it.
_SORTED_UNTIL = "2026"
_ROCM = re.compile(r"\b(hip|rocm|rocwmma)\b", re.IGNORECASE)
_UNIFIED = re.compile(r"Ryzen AI Max|Apple|GB10|DGX Spark", re.IGNORECASE)


def predict(case: Case) -> float | Unknown:
    """The row's quantity in bytes (tokens, or parameters where the unit says so)."""
    metric = case.row["metric"].strip()
    answer = _METRICS.get(metric)
    if answer is None:
        return Unknown(Message("The metric {metric} is not known.", metric=metric))
    return answer(case)


def _sized(case: Case) -> str | Unknown:
    """The precision's key, where sizes follow from it."""
    if case.precision is None or not case.derivable:
        return Unknown(
            Message(
                "The size of {precision} does not follow from its name: each tensor has a type of its own.",
                precision=case.row.get("precision", "")[:60] or "?",
            )
        )
    return case.precision


def _file_size(case: Case) -> float | Unknown:
    key = _sized(case)
    return key if isinstance(key, Unknown) else file_bytes(case.llm, key)


def _model_size(case: Case) -> float | Unknown:
    if case.row.get("unit") == "B":
        return float(sum(one.parameters for one in case.llm.architecture.tensors if not one.mtp))
    key = _sized(case)
    if isinstance(key, Unknown):
        return key
    return _loaded(case, key)


def _loaded(case: Case, key: str) -> float | Unknown:
    if case.engine not in LLAMA:
        return weights_bytes(case.llm, key)
    total = weights_bytes(case.llm, key)
    if isinstance(total, Unknown):
        return total
    table = weight_table(case.llm, key, Engine.LLAMA_CPP)
    return sum(one.each * max(1, len(one.layers)) for one in table.blocks)


def _needed(case: Case) -> MemoryNeed | Unknown:
    key = _sized(case)
    if isinstance(key, Unknown):
        return key
    if case.engine is None:
        return Unknown(Message("The engine {engine} is not known.", engine=case.row.get("engine", "")[:40]))
    return need(
        case.llm,
        precision=key,
        kv_precision=case.kv().key,
        engine=case.engine,
        context_tokens=case.context,
        sequences=case.sequences,
        plan=case.plan(),
    )


def _weights_on_device(case: Case) -> float | Unknown:
    found = _needed(case)
    if isinstance(found, Unknown):
        return found
    place = case.place()
    if place == "CPU":
        return float(found.host_bytes)
    return float(found.devices[_number(place, found)].weights_bytes)


def _number(place: str, found: MemoryNeed) -> int:
    digits = re.search(r"\d+$", place)
    return min(int(digits.group(0)) if digits else 0, len(found.devices) - 1)


def _rows(case: Case) -> tuple[CacheRow, ...] | Unknown:
    attention = case.llm.architecture.attention
    if not attention:
        return Unknown(Message("How {model} keeps its context is not known.", model=case.llm.name))
    engine = case.engine
    if engine is not None:
        attention = as_kept(attention, engine)
    if engine is None:
        return Unknown(Message("The engine {engine} is not known.", engine=case.row.get("engine", "")[:40]))
    if engine is Engine.IK_LLAMA_CPP and case.flag("mla") in ("0", ""):
        attention = tuple(_full_heads(one) for one in attention)
    transposed = engine is Engine.IK_LLAMA_CPP and case.flag("mla") == "1" and case.flag("fa") == "0"
    rows = (cache_row(one, case.kv_of(one), engine, case.context, case.sequences) for one in attention)
    return tuple(_transposed(row, one, case) if transposed else row for row, one in zip(rows, attention, strict=True))


def _transposed(row: CacheRow, group: AttentionGroup, case: Case) -> CacheRow:
    """ik_llama.cpp's `-mla 1` without flash attention keeps the latent a second time, transposed, in FP16."""
    extra = 2 * group.kv_lora_rank * cells(Engine.IK_LLAMA_CPP, case.context) * case.sequences
    return replace(row, layer_bytes=row.layer_bytes + extra)


def _full_heads(group: AttentionGroup) -> AttentionGroup:
    """The same attention as files without MLA metadata, or `-mla 0`, keep it."""
    if group.kind not in (AttentionKind.MLA, AttentionKind.MLA_SPARSE):
        return group
    return replace(
        group, kind=AttentionKind.FULL, kv_heads=group.heads, head_dim=group.head_dim + group.rope_dim, rope_dim=0
    )


def _cache_total(case: Case) -> float | Unknown:
    if case.row.get("engine", "").startswith("ds4"):
        return _ds4_cache(case)
    rows = _rows(case)
    if isinstance(rows, Unknown):
        return rows
    return sum(row.layer_bytes * len(row.layers) for row in rows)


def _ds4_cache(case: Case) -> float:
    """What antirez/ds4 writes as a session: rows and states in FP32, the last logits, four bytes a token."""
    form = parse_kv_precision("f32")
    rows = (cache_row(one, form, Engine.MLX, case.context, 1) for one in case.llm.architecture.attention)
    own = 4 * (case.llm.architecture.vocab_size + case.context)
    return own + sum(row.layer_bytes * len(row.layers) for row in rows)


def _cache_on_device(case: Case) -> float | Unknown:
    rows = _rows(case)
    if isinstance(rows, Unknown) or case.engine is None:
        return rows if isinstance(rows, Unknown) else Unknown(Message("The engine is not known."))
    digits = re.search(r"\d+$", case.place())
    stage = min(int(digits.group(0)) if digits else 0, case.devices - 1)
    layers = stage_layers(case.llm.architecture.layer_count, ParallelPlan(pp=case.devices), case.engine, stage)
    return sum(row.layer_bytes * sum(1 for one in row.layers if one in layers) for row in rows)


def _peak(case: Case) -> float | Unknown:
    """The largest use of a device: with ROCm also its pool; what lies in host memory is mapped from the file there."""
    found = _needed(case)
    if isinstance(found, Unknown):
        return found
    rocm = bool(_ROCM.search(case.row.get("engine", "")))
    shared = found.host_bytes if _UNIFIED.search(case.row.get("gpu", "")) and not rocm else 0
    more = 0.0
    if case.engine in LLAMA:
        flash = case.flag("fa") == "1" or not case.row.get("flags", "").startswith("llama.cpp-")
        more = 0.0 if flash else without_flash(case)
        more += rocm_pool(case, flash=flash) if rocm else 0.0
    return (found.total_bytes + shared) / len(found.devices) + more


def _after_load(case: Case) -> float | Unknown:
    """Before there is a cache or a step was run: weights and the driver's context."""
    found = _needed(case)
    return found if isinstance(found, Unknown) else float(found.devices[0].weights_bytes + CUDA_CONTEXT)


def _part(name: str) -> Callable[[Case], float | Unknown]:
    def value(case: Case) -> float | Unknown:
        found = _needed(case)
        return found if isinstance(found, Unknown) else float(getattr(found.devices[0], name))

    return value


def _device_bytes(case: Case) -> float | Unknown:
    memory = case.device_gib()
    if memory is None:
        return Unknown(Message("The row does not say how much memory the device has."))
    return memory * GIB * (_USABLE_OF_LARGE if memory >= _LARGE_GIB else _USABLE)


def _fraction(case: Case) -> float:
    for name in ("gpu-memory-utilization", "gpu_memory_utilization", "mem-fraction-static"):
        if re.fullmatch(r"0?\.\d{1,4}|1(\.0+)?", case.flag(name)):
            return float(case.flag(name))
    return 0.9


def _budget(case: Case) -> float | Unknown:
    key, memory = _sized(case), _device_bytes(case)
    if isinstance(key, Unknown):
        return key
    if isinstance(memory, Unknown):
        return memory
    if case.engine is None:
        return Unknown(Message("The engine {engine} is not known.", engine=case.row.get("engine", "")[:40]))
    return cache_budget(
        case.llm,
        precision=key,
        engine=case.engine,
        plan=case.plan(),
        device_bytes=memory,
        fraction=_fraction(case),
        step=_step(case, memory),
    )


def _step(case: Case, memory: float) -> Step:
    """The largest step that the row's server prepares for."""
    step = first_step(memory)
    tokens = case.count("max-num-batched-tokens") or step.tokens
    sampled = case.count("max-num-seqs") or min(step.sampled, tokens)
    sorts = bool(case.row.get("source_date")) and case.row.get("source_date", "") < _SORTED_UNTIL
    return Step(tokens=tokens, sampled=sampled, logit_bytes=SORTED_BYTES if sorts else step.logit_bytes)


def _cache_tokens(case: Case) -> float | Unknown:
    budget = _budget(case)
    if isinstance(budget, Unknown) or case.engine is None:
        return budget
    return cache_tokens(case.llm, form=case.kv(), engine=case.engine, plan=case.plan(), budget=budget)


def _device_total(case: Case) -> float | Unknown:
    memory = _device_bytes(case)
    return memory if isinstance(memory, Unknown) else memory * _fraction(case)


_METRICS: Mapping[str, Callable[[Case], float | Unknown]] = {
    "file_size": _file_size,
    "model_size": _model_size,
    "weights_on_device": _weights_on_device,
    "memory_after_load": _after_load,
    "kv_cache_total": _cache_total,
    "kv_buffer_on_device": _cache_on_device,
    "compute_buffer": compute_buffer,
    "peak_gpu_memory": _peak,
    "activation_peak": _part("activation_bytes"),
    "non_torch_memory": lambda _: float(COMMUNICATION),
    "kv_memory_available_per_gpu": _budget,
    "kv_memory_per_gpu": _budget,
    "kv_tokens": _cache_tokens,
    "device_total": _device_total,
}
