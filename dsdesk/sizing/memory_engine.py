"""Working buffers and an engine's own memory on one device.

[bytes] vLLM, SGLang: the larger of t x 2 x (4 x h + (3 x width + 2 x heads x d) / tp) and logits for up to 256
sequences in FP32, with t = 2,048 tokens of a prefill step. Runtime: 450 MiB for the CUDA context, for engines with
captured graphs 500 MiB more, and 256 MiB of communication buffers between several devices.

These constants are assumptions: published logs give 0.19 GiB of activations and 0.2 to 0.25 GiB outside PyTorch for a
14B model on two cards, and 0.4 to 0.6 GiB between what llama.cpp counts and what the driver shows.
"""

from functools import lru_cache

from dsdesk.base.message import Message
from dsdesk.base.units import MIB
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
    batched_tokens: int | None = None,
    copied_bytes: int = 0,
) -> int:
    """Working buffers of one device.

    llama.cpp reserves one graph for a micro-batch of 512 tokens (see `memory_graph`). vLLM and SGLang measure a prefill
    step of 2,048 tokens: hidden rows, the widest feed-forward pair in 16 bit, and the logits of 256 sampled sequences
    in FP32.
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
    hidden = llm.architecture.hidden_size
    width, heads = _widest(llm)
    tokens = max(batched_tokens or BATCHED_TOKENS, sequences)
    inner = tokens * 2 * (4 * hidden + (3 * width + 2 * heads) // plan.tp)
    logits = min(SAMPLED_SEQUENCES, tokens) * llm.architecture.vocab_size * 4 if last else 0
    return max(inner, logits + tokens * 2 * hidden)


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
    "measure at the start; a log of a 14B model on two cards shows 0.19 GiB."
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
