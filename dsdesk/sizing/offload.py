"""What leaves for host memory, layer by layer: the routed experts of a mixture, whole layers of any other model.

A count of offloaded layers means, with llama.cpp, ik_llama.cpp and KTransformers and a mixture of experts: the routed
experts of so many layers lie in host memory; attention, shared experts, norms and the whole cache stay on the devices.
On one device these are the first layers that have experts, as `--n-cpu-moe` takes them; over several devices every one
gives the experts of its own first layers, in proportion, which `-ot` names. Where the experts of all layers have left
and the rest still exceeds the devices, whole layers follow from the first on, each with its cache (a smaller `-ngl`).
With other models and engines whole layers leave from the start.

[bytes] a device computes experts of the host on long prompts after copying them: its buffer grows to the largest
expert tensor + t x k x (2 x width + 2 x hidden) x 4 + the mask, which start-up logs of llama.cpp show to the MiB.
llama.cpp and ik_llama.cpp map the file of a model: what the host's memory does not hold stays on the drive, and the
operating system reads it again whenever a token needs it. [bytes] on the drive = host weights - host memory x (1 -
headroom). KTransformers keeps all experts in memory.
Source: llama.cpp pull requests 14992 and 15077 (`--cpu-moe`, `--n-cpu-moe`), ggml-cuda's op offload, `--no-mmap` of
`common/arg.cpp`, read 2026-11-25.
"""

from functools import lru_cache

from dsdesk.llm.architecture import Llm
from dsdesk.llm.architecture import TensorRole as Role
from dsdesk.llm.precision import Engine

EXPERTS = frozenset((Role.EXPERT_GATE, Role.EXPERT_UP, Role.EXPERT_DOWN))
# Engines that can keep part of the weights in host memory.
OFFLOADING = frozenset({Engine.LLAMA_CPP, Engine.IK_LLAMA_CPP, Engine.KTRANSFORMERS})
# Engines that map the file, so that the operating system may leave part of it on the drive.
_MAPPING = frozenset({Engine.LLAMA_CPP, Engine.IK_LLAMA_CPP})
_COPIED_FROM = 32


@lru_cache(maxsize=512)
def expert_layers(llm: Llm) -> tuple[int, ...]:
    """The layers that have routed experts, MTP layers left out."""
    found: set[int] = set()
    for group in llm.architecture.tensors:
        if group.role in EXPERTS and not group.mtp:
            found.update(group.layers)
    return tuple(sorted(found))


def by_experts(llm: Llm, engine: Engine) -> bool:
    """Whether experts leave before anything else does."""
    return engine in OFFLOADING and bool(expert_layers(llm))


def copies_experts(llm: Llm, engine: Engine, tokens: int) -> bool:
    """Whether a device copies experts that lie in host memory to compute a micro-batch of `tokens` itself.

    llama.cpp does from 32 tokens on; ik_llama.cpp from 32 tokens an expert on, on average: 32 x experts / active.
    Source: ggml-cuda's offload_op of both; ik_llama.cpp pull request 520.
    """
    experts = llm.architecture.experts
    if engine is not Engine.IK_LLAMA_CPP or experts is None:
        return tokens >= _COPIED_FROM
    return tokens * experts.top_k >= _COPIED_FROM * experts.routed


def most_offloaded(llm: Llm, engine: Engine) -> int:
    """The largest count that can be offloaded: experts, and with llama.cpp whole layers after them."""
    if not by_experts(llm, engine):
        return llm.architecture.layer_count
    return len(expert_layers(llm)) + (llm.architecture.layer_count if engine in _MAPPING else 0)


def split_offload(llm: Llm, engine: Engine, offload_layers: int) -> tuple[int, int]:
    """Of how many layers the routed experts leave, and how many of the first layers leave as a whole.

    Where experts leave first, a count beyond all of them means whole layers: `-ngl` beside `--cpu-moe`.
    """
    if not by_experts(llm, engine):
        return 0, min(offload_layers, llm.architecture.layer_count)
    experts = min(offload_layers, len(expert_layers(llm)))
    return experts, min(offload_layers, most_offloaded(llm, engine)) - experts


def left_on_drive(host_bytes: int, memory_bytes: int | None, engine: Engine, headroom: float) -> int:
    """Bytes of a need that its host cannot keep in memory and an engine that maps its file reads from the drive.

    Args:
        host_bytes: of the need.
        memory_bytes: of the host, None if not known: then nothing is said to be on the drive.
        engine: which engine.
        headroom: share of the memory to keep free.
    """
    if memory_bytes is None or engine not in _MAPPING:
        return 0
    return max(0, round(host_bytes - memory_bytes * (1.0 - headroom)))


def host_share(llm: Llm, offload_layers: int) -> float:
    """The share of what can leave that lies in host memory: of the routed experts, or of all layers."""
    most = len(expert_layers(llm)) or llm.architecture.layer_count
    return min(1.0, offload_layers / max(1, most))


def layers_in_host(llm: Llm, stages: tuple[range, ...], offload_layers: int) -> tuple[tuple[int, ...], ...]:
    """Whose experts lie in host memory, for every pipeline stage: its own first ones, in proportion to what it has."""
    own = [tuple(one for one in expert_layers(llm) if one in stage) for stage in stages]
    total = sum(len(one) for one in own)
    found, passed = [], 0
    for layers in own:
        before = offload_layers * passed // max(1, total)
        passed += len(layers)
        found.append(layers[: offload_layers * passed // max(1, total) - before])
    return tuple(found)
