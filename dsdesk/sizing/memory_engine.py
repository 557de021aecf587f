"""Working buffers and an engine's own memory on one device.

[bytes] vLLM, SGLang, with t tokens of a prefill step and s sequences that are sampled, the largest of
    dense layers       t x 2 x (4 x h + (3 x width + 2 x heads x d) / tp)
    routed experts     t x 2 x (4 x h + 2 x heads x d / tp) + t x k x 2 x (max(2 x width / tp, h) + width / tp)
    sampling           s x V x 10 + t x 2 x 2 x h: logits in 16 bit and FP32 and their probabilities
An engine starts with t = 2,048 and s = 256, from 70 GiB of device memory on with 8,192 and 1,024. vLLM of 2025 sorted
all logits to sample, which took 38 bytes each. Runtime: 450 MiB for the CUDA context, for engines with captured graphs
500 MiB more, and 256 MiB of communication buffers between several devices.

Start-up logs of vLLM agree: Llama 3.1 8B on one card of 80 GB, version 0.31: 1.44 GiB of activations and 0.26 GiB
outside PyTorch; Llama 3 8B with version 0.6 and 256 sequences: 1.26 GiB (pull request 10511); a 14B model on two cards:
0.19 GiB where a device does not sample, 1.4 GiB where it does (issue 13061). Between what llama.cpp counts and what the
driver shows lie 0.4 to 0.6 GiB.
Source: vLLM 0.33.0 `engine/arg_utils.py` get_batch_defaults, `fused_moe.py` intermediate_cache13,
`v1/sample/ops/topk_topp_sampler.py`, read 2026-11-25.
"""

from dataclasses import dataclass
from functools import lru_cache

from dsdesk.base.message import Message
from dsdesk.base.units import GIB, MIB
from dsdesk.llm.architecture import AttentionKind, Llm
from dsdesk.llm.precision import Engine
from dsdesk.sizing.kv_cache import LLAMA, UBATCH, cells
from dsdesk.sizing.memory_graph import Graph, graph_bytes
from dsdesk.sizing.results import ParallelPlan

CUDA_CONTEXT = 450 * MIB
COMMUNICATION = 256 * MIB
GRAPHS = 500 * MIB
BATCHED_TOKENS = 2048
SAMPLED_SEQUENCES = 256
LARGE_DEVICE = 70 * GIB
LARGE_BATCHED_TOKENS, LARGE_SAMPLED_SEQUENCES = 8192, 1024
SAMPLED_BYTES, SORTED_BYTES = 10, 38


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The largest step that a server prepares for.

    Attributes:
        tokens: of prompts in it.
        sampled: sequences of which it draws a token.
        logit_bytes: at once for every logit while it draws.
    """

    tokens: int = BATCHED_TOKENS
    sampled: int = SAMPLED_SEQUENCES
    logit_bytes: int = SAMPLED_BYTES


def first_step(device_bytes: float) -> Step:
    """The step that vLLM prepares for on a device of so much memory where nothing else is said."""
    if device_bytes < LARGE_DEVICE:
        return Step()
    return Step(tokens=LARGE_BATCHED_TOKENS, sampled=LARGE_SAMPLED_SEQUENCES)


@lru_cache(maxsize=1024)
def _widest(llm: Llm) -> tuple[int, int]:
    """Widest feed-forward activation of one token [elements], and query elements of one token."""
    architecture = llm.architecture
    width = 0
    for group in architecture.tensors:
        if group.role.value in ("ffn_up", "shared_up"):
            width = max(width, group.rows)
    if architecture.experts:
        width = max(width, architecture.experts.top_k * architecture.experts.intermediate)
    heads = max(
        (
            one.heads * (one.head_dim + one.rope_dim)
            for one in architecture.attention
            if one.kind is not AttentionKind.LINEAR
        ),
        default=architecture.hidden_size,
    )
    return width, heads


def activation_bytes(
    llm: Llm,
    engine: Engine,
    context_tokens: int,
    sequences: int,
    plan: ParallelPlan,
    *,
    last: bool,
    step: Step | None = None,
    copied_bytes: int = 0,
) -> int:
    """Working buffers of one device.

    llama.cpp reserves one graph for a micro-batch of 512 tokens (see `memory_graph`). vLLM and SGLang measure a prefill
    step, by default that of a small device.
    """
    if engine in LLAMA:
        slots = cells(engine, context_tokens) * sequences
        graph = Graph(
            tokens=min(UBATCH, slots),
            slots=slots,
            pipelined=plan.pp > 1 and not copied_bytes,
            copied_bytes=copied_bytes,
        )
        return graph_bytes(llm, graph, last=last)
    step = step or Step()
    hidden = llm.architecture.hidden_size
    width, heads = _widest(llm)
    tokens = max(step.tokens, sequences)
    inner = tokens * 2 * (4 * hidden + (3 * width + 2 * heads) // plan.tp)
    mixture = llm.architecture.experts
    if mixture is not None:
        rows, inside = tokens * mixture.top_k * 2, mixture.intermediate // max(plan.tp, plan.ep)
        routed = tokens * 2 * (4 * hidden + 2 * heads // plan.tp) + rows * (max(2 * inside, hidden) + inside)
        inner = max(inner, routed)
    logits = min(step.sampled, tokens) * llm.architecture.vocab_size * step.logit_bytes if last else 0
    return max(inner, logits + tokens * 2 * 2 * hidden)


def runtime_bytes(engine: Engine, plan: ParallelPlan) -> int:
    """The driver's context, captured graphs and communication buffers of one device."""
    if engine in LLAMA or engine in (Engine.KTRANSFORMERS, Engine.MLX):
        return CUDA_CONTEXT
    return CUDA_CONTEXT + GRAPHS + (COMMUNICATION if plan.tp * plan.pp * plan.dp > 1 else 0)


_CONTEXT = Message(
    "The driver's context takes 450 MiB: published start-up logs show 0.4 to 0.6 GiB between what llama.cpp counts and "
    "what the driver shows."
)
_FIRST_BATCH = Message(
    "Buffers are those of one prompt step of 2048 tokens and the logits of 256 sequences, which vLLM and SGLang "
    "measure at the start; cards of 70 GiB and more start with 8192 tokens and 1024 sequences, four times as much."
)
_CAPTURED = Message(
    "Captured graphs take 500 MiB: vLLM printed 0.21 GiB for a 1B model (pull request 11349), and it grows with layers "
    "and batch sizes."
)
_BETWEEN = Message("Communication buffers take 256 MiB on each device: vLLM logs show 0.2 to 0.25 GiB outside PyTorch.")
_MICRO_BATCH = Message(
    "Buffers are those of llama.cpp's graph with flash attention and micro-batches of 512 tokens; its logs agree to "
    "the MiB."
)


def assumed_constants(engine: Engine, plan: ParallelPlan) -> tuple[Message, ...]:
    """The constants in a need, each with its evidence."""
    if engine in LLAMA:
        return _MICRO_BATCH, _CONTEXT
    found = [_FIRST_BATCH, _CONTEXT]
    if engine not in (Engine.KTRANSFORMERS, Engine.MLX):
        found.append(_CAPTURED)
        if plan.devices > 1:
            found.append(_BETWEEN)
    return tuple(found)
