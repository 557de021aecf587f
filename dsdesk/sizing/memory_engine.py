"""Working buffers and an engine's own memory on one device.

[bytes] vLLM, SGLang, with t tokens of a prefill step and s sequences that are sampled, the largest of
    dense layers       t x 2 x (4 x h + (3 x width + 2 x heads x d) / tp)
    routed experts     t x 2 x (4 x h + 2 x heads x d / tp) + t x k x 2 x (max(2 x width / tp, h) + width / tp)
    sampling           s x V x 10 + t x 2 x 2 x h: logits in 16 bit and FP32 and their probabilities
An engine starts with t = 2,048 and s = 256, from 70 GiB of device memory on, except on the A100, with 8,192 and 1,024;
so does a need whose device is known. vLLM of 2025 sorted
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

from dsdesk.base.errors import InputError
from dsdesk.base.message import Message
from dsdesk.base.units import GIB, MIB
from dsdesk.hardware.parts import Accelerator
from dsdesk.llm.architecture import AttentionKind, Llm
from dsdesk.llm.precision import Engine
from dsdesk.sizing.kv_cache import LLAMA, UBATCH, cells
from dsdesk.sizing.memory_graph import Graph, graph_bytes, graph_formula
from dsdesk.sizing.results import ParallelPlan

CUDA_CONTEXT = 450 * MIB
COMMUNICATION = 256 * MIB
GRAPHS = 500 * MIB
BATCHED_TOKENS = 2048
SAMPLED_SEQUENCES = 256
LARGE_DEVICE = 70 * GIB
LARGE_BATCHED_TOKENS, LARGE_SAMPLED_SEQUENCES = 8192, 1024
SAMPLED_BYTES, SORTED_BYTES = 10, 38
_MOST_DEVICES = 65_536


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


LARGE_STEP = Step(tokens=LARGE_BATCHED_TOKENS, sampled=LARGE_SAMPLED_SEQUENCES)
_MEASURING = frozenset((Engine.VLLM, Engine.SGLANG, Engine.TENSORRT_LLM))


def check_devices(count: int) -> None:
    """Refuse a number of accelerators that no plan has.

    Raises:
        InputError: it is larger than 65,536.
    """
    if count > _MOST_DEVICES:
        raise InputError(
            Message("A plan has at most {most} accelerators, not {count}.", most=_MOST_DEVICES, count=count)
        )


def first_step(device_bytes: float) -> Step:
    """The step that vLLM prepares for on a device of so much memory where nothing else is said."""
    if device_bytes < LARGE_DEVICE:
        return Step()
    return LARGE_STEP


def step_memory(device: Accelerator | None) -> int | None:
    """Memory of `device` that decides about the step, None where it is small or not known.

    vLLM counts the A100 among small devices, whatever memory it has.
    """
    return None if device is None or "A100" in device.full_name else device.memory_bytes


def step_on(engine: Engine, device_bytes: float | None) -> Step:
    """The step that `engine` prepares for; that of a small device where the memory is not known."""
    return first_step(device_bytes) if engine in _MEASURING and device_bytes is not None else Step()


@lru_cache(maxsize=1024)
def _widest(llm: Llm) -> tuple[int, int]:
    """Widest dense or shared feed-forward network of one token [elements], and its query elements."""
    architecture = llm.architecture
    width = 0
    for group in architecture.tensors:
        if group.role.value in ("ffn_up", "shared_up"):
            width = max(width, group.rows)
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
        return graph_bytes(llm, _graph(engine, context_tokens, sequences, plan, copied_bytes), last=last)
    return max(one for one, _ in _step_parts(llm, plan, step or Step(), sequences, last=last))


def activation_formula(
    llm: Llm, engine: Engine, context_tokens: int, sequences: int, plan: ParallelPlan, *, step: Step, copied_bytes: int
) -> str:
    """How `activation_bytes` of the last device comes about, with its numbers."""
    if engine in LLAMA:
        return graph_formula(llm, _graph(engine, context_tokens, sequences, plan, copied_bytes))
    parts = _step_parts(llm, plan, step, sequences, last=True)
    return "max(" + ", ".join(f"{text} = {one / MIB:,.0f} MiB" for one, text in parts) + ")"


def _graph(engine: Engine, context_tokens: int, sequences: int, plan: ParallelPlan, copied_bytes: int) -> Graph:
    slots = cells(engine, context_tokens) * sequences
    return Graph(
        tokens=min(UBATCH, slots),
        slots=slots,
        pipelined=plan.pp > 1 and not copied_bytes,
        copied_bytes=copied_bytes,
    )


def _step_parts(llm: Llm, plan: ParallelPlan, step: Step, sequences: int, *, last: bool) -> list[tuple[int, str]]:
    """What is there at once in a step, by the moment: bytes and how they come about."""
    hidden, mixture = llm.architecture.hidden_size, llm.architecture.experts
    width, heads = _widest(llm)
    tokens = max(step.tokens, sequences)
    rows = tokens * 2 * (4 * hidden + 2 * heads // plan.tp)
    dense = tokens * 2 * (4 * hidden + (3 * width + 2 * heads) // plan.tp)
    found = [(dense, f"{tokens:,} x 2 x (4 x {hidden:,} + (3 x {width:,} + 2 x {heads:,}) / {plan.tp})")]
    if mixture is not None:
        inside = mixture.intermediate // max(plan.tp, plan.ep)
        wide = max(2 * inside, hidden)
        text = (
            f"{tokens:,} x 2 x (4 x {hidden:,} + 2 x {heads:,} / {plan.tp}) "
            f"+ {tokens:,} x {mixture.top_k} x 2 x ({wide:,} + {inside:,})"
        )
        found.append((rows + tokens * mixture.top_k * 2 * (wide + inside), text))
    drawn, vocabulary = min(step.sampled, tokens) if last else 0, llm.architecture.vocab_size
    logits = drawn * vocabulary * step.logit_bytes + tokens * 2 * 2 * hidden
    found.append((logits, f"{drawn:,} x {vocabulary:,} x {step.logit_bytes} + {tokens:,} x 2 x 2 x {hidden:,}"))
    return found


def runtime_bytes(engine: Engine, plan: ParallelPlan) -> int:
    """The driver's context, captured graphs and communication buffers of one device."""
    if engine in LLAMA or engine in (Engine.KTRANSFORMERS, Engine.MLX):
        return CUDA_CONTEXT
    return CUDA_CONTEXT + GRAPHS + (COMMUNICATION if plan.tp * plan.pp * plan.dp > 1 else 0)


def runtime_formula(engine: Engine, plan: ParallelPlan) -> str:
    """How `runtime_bytes` comes about."""
    terms = [f"context {CUDA_CONTEXT / MIB:.0f}"]
    if engine not in LLAMA and engine not in (Engine.KTRANSFORMERS, Engine.MLX):
        terms.append(f"graphs {GRAPHS / MIB:.0f}")
        if plan.devices > 1:
            terms.append(f"communication {COMMUNICATION / MIB:.0f}")
    return " + ".join(terms) + f" = {runtime_bytes(engine, plan) / MIB:.0f} MiB"


_CONTEXT = Message(
    "The driver's context takes 450 MiB: published start-up logs show 0.4 to 0.6 GiB between what llama.cpp counts and "
    "what the driver shows."
)
_FIRST_BATCH = Message(
    "Buffers are those of one prompt step of 2048 tokens and the logits of 256 sequences, which vLLM and SGLang "
    "measure at the start; cards of 70 GiB and more start with 8192 tokens and 1024 sequences, four times as much."
)
_LARGE_BATCH = Message(
    "Buffers are those of one prompt step of 8192 tokens and the logits of 1024 sequences, with which vLLM starts on "
    "cards of 70 GiB and more."
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


def assumed_constants(engine: Engine, plan: ParallelPlan, step: Step) -> tuple[Message, ...]:
    """The constants in a need, each with its evidence."""
    if engine in LLAMA:
        return _MICRO_BATCH, _CONTEXT
    found = [_LARGE_BATCH if step == LARGE_STEP else _FIRST_BATCH, _CONTEXT]
    if engine not in (Engine.KTRANSFORMERS, Engine.MLX):
        found.append(_CAPTURED)
        if plan.devices > 1:
            found.append(_BETWEEN)
    return tuple(found)
