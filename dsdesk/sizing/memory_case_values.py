"""One measured quantity, predicted: which part of the memory a metric means, on which device."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from dsdesk.base.message import Message
from dsdesk.base.source import Unknown
from dsdesk.base.units import GIB, MIB
from dsdesk.llm.architecture import AttentionGroup, AttentionKind, Llm
from dsdesk.llm.precision import Engine
from dsdesk.sizing.kv_cache import CacheRow, as_kept, cache_row, cells
from dsdesk.sizing.memory import need, stage_layers
from dsdesk.sizing.memory_capacity import cache_budget, cache_tokens
from dsdesk.sizing.memory_engine import COMMUNICATION
from dsdesk.sizing.memory_graph import Graph, graph_bytes, input_bytes
from dsdesk.sizing.memory_weights import weight_table
from dsdesk.sizing.precisions import PRECISIONS, KvFormat, file_bytes, parse_kv_precision, weights_bytes
from dsdesk.sizing.results import MemoryNeed, ParallelPlan

# Of the memory on the box, what the driver shows to programs: 23.55 of 24 GiB in a published vLLM log.
_USABLE = 0.981
_UNIFIED = re.compile(r"Ryzen AI Max|Apple|GB10|DGX Spark", re.IGNORECASE)
LLAMA = (Engine.LLAMA_CPP, Engine.IK_LLAMA_CPP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A row, read.

    Attributes:
        llm: the model it names.
        row: its text.
        engine: None where it names none that is known.
        precision: key, None where its name is none of ours.
        devices: accelerators.
        context: longest context [tokens].
        sequences: in flight.
        derivable: whether the size follows from the precision's name; mixes made tensor by tensor do not.
    """

    llm: Llm
    row: Mapping[str, str]
    engine: Engine | None
    precision: str | None
    devices: int
    context: int
    sequences: int
    derivable: bool

    def flag(self, name: str) -> str:
        """The value of a flag in the row ("ubatch=512", "-fa 1"), "" where it is not there."""
        found = re.search(rf"(?:^|[\s-]){re.escape(name)}[=\s]+([\w.]+)", self.row.get("flags", ""))
        return found.group(1) if found else ""

    def place(self) -> str:
        """The device that the row's notes name ("CUDA0", "CPU"), "" where they name none."""
        found = re.match(r"(CUDA_Host|CUDA\d+|CPU|Metal|ROCm\d+|Vulkan\d+)\b", self.row.get("notes", ""))
        return found.group(1) if found else ""

    def kv(self) -> KvFormat:
        """The cache format."""
        return parse_kv_precision(self.row.get("kv_precision", ""))

    def kv_of(self, group: AttentionGroup) -> KvFormat:
        """The cache format of a group, where the row says that values have a type of their own."""
        keys = self.kv()
        found = re.search(r"V \((\w+)\)", self.row.get("notes", ""))
        if found is None or not group.v_head_dim or group.kv_lora_rank:
            return keys
        values = parse_kv_precision(found.group(1))
        width = group.head_dim + group.v_head_dim
        bits = (keys.bits * group.head_dim + values.bits * group.v_head_dim) / width
        return replace(keys, bits=bits)

    def spills(self) -> bool:
        """Whether the weights exceed the accelerators, so that some of them lie in host memory."""
        memory = re.search(r"(\d+)\s*GB", self.row.get("gpu", ""))
        if memory is None:
            return True
        stated = re.search(r"([\d.]+) *bpw", self.row.get("precision", ""))
        bits = float(stated.group(1)) if stated else PRECISIONS[self.precision].nominal_bits if self.precision else 16.0
        weights = bits / 8 * sum(one.parameters for one in self.llm.architecture.tensors if not one.mtp)
        return weights > int(memory.group(1)) * GIB * self.devices

    def plan(self) -> ParallelPlan:
        """The plan: what the row says, else layers for llama.cpp and tensors for the others."""
        sizes = {
            name: int(size) for name, size in re.findall(r"\b(tp|pp|ep|dp)=?(\d+)", self.row.get("parallelism", ""))
        }
        if sizes:
            return ParallelPlan(**{name: max(1, size) for name, size in sizes.items()})  # type: ignore[arg-type]
        return ParallelPlan(pp=self.devices) if self.engine in LLAMA else ParallelPlan(tp=self.devices)


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


def _compute_buffer(case: Case) -> float | Unknown:
    if case.engine not in LLAMA:
        return Unknown(Message("Only llama.cpp and its relatives print this buffer."))
    place = case.place()
    digits = re.search(r"\d+$", place)
    last = digits is None or int(digits.group(0)) >= case.devices - 1
    on_host = "CPU only" in case.row.get("gpu", "")
    latent = any(one.kv_lora_rank for one in case.llm.architecture.attention)
    if case.spills() and not on_host and (not digits or (not latent and not last)):
        return Unknown(Message("The buffer depends on which experts lie in host memory, which the row does not say."))
    flash = case.flag("fa") or case.flag("flash_attn")
    mode = case.flag("mla")
    graph = Graph(
        tokens=min(int(case.flag("ubatch") or 512), case.context),
        slots=cells(Engine.LLAMA_CPP, case.context),
        flash=flash == "1",
        latent_mode=int(mode) if mode.isdigit() else None,
        most_bytes=int(case.flag("amb") or 0) * MIB,
        pipelined=case.devices > 1 and not case.spills(),
        host=place == "CPU",
    )
    if place == "CUDA_Host" or (place == "CPU" and "ngl" in case.row.get("flags", "")):
        return float(input_bytes(case.llm, graph))
    return float(graph_bytes(case.llm, graph, last=last))


def _peak(case: Case) -> float | Unknown:
    if case.row.get("flags", "").startswith("llama.cpp-") and case.flag("fa") != "1":
        return Unknown(Message("Without flash attention the buffers of ROCm and Vulkan are not modelled."))
    found = _needed(case)
    if isinstance(found, Unknown):
        return found
    shared = found.host_bytes if _UNIFIED.search(case.row.get("gpu", "")) else 0
    return (found.total_bytes + shared) / len(found.devices)


def _part(name: str) -> Callable[[Case], float | Unknown]:
    def value(case: Case) -> float | Unknown:
        found = _needed(case)
        return found if isinstance(found, Unknown) else float(getattr(found.devices[0], name))

    return value


def _device_bytes(case: Case) -> float | Unknown:
    found = re.search(r"(\d+)\s*GB", case.row.get("gpu", ""))
    if found is None:
        return Unknown(Message("The row does not say how much memory the device has."))
    return int(found.group(1)) * GIB * _USABLE


def _fraction(case: Case) -> float:
    for name in ("gpu-memory-utilization", "gpu_memory_utilization", "mem-fraction-static"):
        text = case.flag(name)
        if text:
            return float(text)
    return 0.9


def _budget(case: Case) -> float | Unknown:
    key, memory = _sized(case), _device_bytes(case)
    if isinstance(key, Unknown):
        return key
    if isinstance(memory, Unknown):
        return memory
    if case.engine is None:
        return Unknown(Message("The engine {engine} is not known.", engine=case.row.get("engine", "")[:40]))
    batched = int(case.flag("max-num-batched-tokens") or 0) or None
    return cache_budget(
        case.llm,
        precision=key,
        engine=case.engine,
        plan=case.plan(),
        device_bytes=memory,
        fraction=_fraction(case),
        batched_tokens=batched,
    )


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
    "memory_after_load": _peak,
    "kv_cache_total": _cache_total,
    "kv_buffer_on_device": _cache_on_device,
    "compute_buffer": _compute_buffer,
    "peak_gpu_memory": _peak,
    "activation_peak": _part("activation_bytes"),
    "non_torch_memory": lambda _: float(COMMUNICATION),
    "kv_memory_available_per_gpu": _budget,
    "kv_memory_per_gpu": _budget,
    "kv_tokens": _cache_tokens,
    "device_total": _device_total,
}
