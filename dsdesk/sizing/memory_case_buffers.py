"""Buffers that llama.cpp and ik_llama.cpp print at the start, and peaks of runs without flash attention, predicted."""

import re

from dsdesk.base.message import Message
from dsdesk.base.source import Unknown
from dsdesk.base.units import MIB
from dsdesk.llm.precision import Engine
from dsdesk.sizing.kv_cache import LLAMA, cells
from dsdesk.sizing.memory_case import Case
from dsdesk.sizing.memory_graph import Graph, graph_bytes, input_bytes
from dsdesk.sizing.memory_pool import pool_bytes
from dsdesk.sizing.offload import copies_experts
from dsdesk.sizing.precisions import PRECISIONS

# ik_llama.cpp's quick-start guide (discussion 258) repacks these types for processors at the start (-rtr); CUDA
# computes repacked tensors of its own IQ types only, so that experts of the others stay with the host.
_FOR_THE_HOST = re.compile(r"\bQ\d", re.IGNORECASE)
_LATENT_MODES = frozenset({"0", "1", "2", "3"})
_16_BIT = frozenset({"f16", "bf16"})


def compute_buffer(case: Case) -> float | Unknown:
    """The compute buffer of the device that the row names."""
    if case.engine not in LLAMA:
        return Unknown(Message("Only llama.cpp and its relatives print this buffer."))
    place, gpus = case.place(), "CPU only" not in case.row.get("gpu", "")
    beside = place == "CUDA_Host" or (place == "CPU" and "ngl" in case.row.get("flags", ""))
    if beside and gpus:
        return _beside_devices(case)
    digits = re.search(r"\d+$", place)
    last = digits is None or int(digits.group(0)) >= case.devices - 1
    if gpus and _two_versions(case):
        return Unknown(
            Message(
                "Versions of ik_llama.cpp differ twofold in what -mla 2 expands with flash attention (pull request "
                "260), and the row names no version."
            )
        )
    if gpus and case.devices > 1 and case.device_gib() is None:
        return Unknown(Message("The row does not say how much memory the device has."))
    if case.spills() and gpus:
        return _hybrid(case, last=last) if digits else _placement_unknown()
    return float(graph_bytes(case.llm, _graph(case), last=last))


def without_flash(case: Case) -> float:
    """What a run without flash attention needs more on its device than one with it: scores and a wider mask."""
    graphs = (_graph(case, flash=flash) for flash in (False, True))
    plain, flash = (graph_bytes(case.llm, graph, last=True) for graph in graphs)
    return float(plain - flash)


def rocm_pool(case: Case, *, flash: bool) -> float:
    """The pool of a ROCm build, see `sizing.memory_pool`."""
    quantised = case.precision is not None and case.precision not in _16_BIT
    return pool_bytes(
        case.llm, tokens=case.micro_batch(), context_tokens=case.context, flash=flash, quantised=quantised
    )


def _placement_unknown() -> Unknown:
    return Unknown(Message("The buffer depends on which experts lie in host memory, which the row does not say."))


def _two_versions(case: Case) -> bool:
    """Logs of one model with the same flags print 455 to 1,042 MiB."""
    return case.flag("mla") == "2" and case.flag("fa") == "1" and not case.row.get("engine_version", "")


def _beside_devices(case: Case) -> float | Unknown:
    """The host's buffer beside accelerators: inputs, and experts that are not worth copying to a device."""
    if case.spills() and (case.llm.architecture.experts is None or case.device_gib() is None):
        return _placement_unknown()
    return float(input_bytes(case.llm, _graph(case), experts=case.spills() and not _copied(case)))


def _hybrid(case: Case, *, last: bool) -> float | Unknown:
    """A device of a model that exceeds the devices: it copies the experts it computes for long prompts."""
    latent = any(one.kv_lora_rank for one in case.llm.architecture.attention)
    if not latent and not last and not _copied(case):
        return _placement_unknown()
    copied = 0 if latent or last else _largest_expert(case)
    return float(graph_bytes(case.llm, _graph(case, copied=copied), last=last))


def _copied(case: Case) -> bool:
    engine = case.engine or Engine.LLAMA_CPP
    repacked = engine is Engine.IK_LLAMA_CPP and _FOR_THE_HOST.search(case.row.get("precision", ""))
    return not repacked and copies_experts(case.llm, engine, case.micro_batch())


def _largest_expert(case: Case) -> int:
    """Bytes of the experts of one layer in one matrix, at the bits a weight that the row states [bytes]."""
    experts = case.llm.architecture.experts
    if experts is None:
        return 0
    stated = re.search(r"([\d.]+) *bpw", case.row.get("precision", ""))
    bits = float(stated.group(1)) if stated else PRECISIONS[case.precision].nominal_bits if case.precision else 16.0
    return round(experts.routed * experts.intermediate * case.llm.architecture.hidden_size * bits / 8)


def _graph(case: Case, *, flash: bool | None = None, copied: int = 0) -> Graph:
    stated = case.flag("fa") or case.flag("flash_attn")
    mode = case.flag("mla")
    if case.engine is Engine.IK_LLAMA_CPP and mode not in _LATENT_MODES:
        mode = "0"
    return Graph(
        tokens=case.micro_batch(),
        slots=cells(Engine.LLAMA_CPP, case.context),
        flash=stated == "1" if flash is None else flash,
        latent_mode=int(mode) if mode in _LATENT_MODES else None,
        most_bytes=(case.count("amb") or 0) * MIB,
        pipelined=case.devices > 1 and not case.spills(),
        host=case.place() == "CPU",
        copied_bytes=copied,
    )
