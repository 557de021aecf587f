"""When a parallel plan is allowed: the divisibility rules of the engines, each with the file that enforces it."""

from collections.abc import Iterator

from dsdesk.base.message import Message
from dsdesk.llm.architecture import Architecture, AttentionKind, Llm, TensorRole
from dsdesk.llm.precision import Engine
from dsdesk.sizing.results import ParallelPlan

_LAYER_SPLIT = frozenset({Engine.LLAMA_CPP, Engine.IK_LLAMA_CPP, Engine.KTRANSFORMERS, Engine.MLX})
_BLOCK_RULES = frozenset({Engine.VLLM, Engine.SGLANG})
_FP8_BLOCK = 128
_MARLIN_IN = 128


def violations(
    llm: Llm, precision: str, engine: Engine, plan: ParallelPlan, *, blocks: bool = True
) -> tuple[Message, ...]:
    """Why `engine` would refuse `plan` for `llm`; empty when it is allowed.

    With `blocks` false the rules of quantisation blocks are left out: releases differ in whether they pad a cut block,
    and runs are published of plans that the release read here refuses.

    Source: vLLM 0.33.0 config/model.py:1559, models/llama.py:148-156, fp8_utils.py:1326-1371, marlin_utils.py:180-194;
    SGLang 0.5.23 models/llama.py:183-189, quantization/fp8.py:597-608. TensorRT-LLM was not read: taken as the same.
    """
    block = _block(precision) if blocks and engine in _BLOCK_RULES else 0
    return tuple(_violations(llm.architecture, block, engine, plan))


def _violations(architecture: Architecture, block: int, engine: Engine, plan: ParallelPlan) -> Iterator[Message]:
    if min(plan.tp, plan.pp, plan.ep, plan.dp) < 1:
        yield Message("parallel sizes start at 1")
        return
    if engine in _LAYER_SPLIT:
        if plan.tp > 1 or plan.ep > 1:
            yield Message("{engine} splits by layers, not by tensors or experts", engine=engine.value)
        return
    if plan.pp > architecture.layer_count:
        yield Message("{pp} pipeline stages for {layers} layers", pp=plan.pp, layers=architecture.layer_count)
    yield from _heads(architecture, plan.tp)
    yield from _experts(architecture, block, plan)
    if plan.tp > 1:
        yield from _widths(architecture, block, plan.tp)


def _heads(architecture: Architecture, tp: int) -> Iterator[Message]:
    """Query heads divide by TP; KV heads divide by it or it by them; a latent (MLA) is replicated under any TP."""
    for group in architecture.attention:
        if group.heads and group.heads % tp:
            yield Message("{heads} attention heads do not divide by TP {tp}", heads=group.heads, tp=tp)
            return
        latent = group.kv_lora_rank or group.kind in (AttentionKind.LINEAR, AttentionKind.COMPRESSED)
        if not latent and group.kv_heads % tp and tp % group.kv_heads:
            yield Message("TP {tp} and {heads} KV heads do not divide", tp=tp, heads=group.kv_heads)
            return


def _experts(architecture: Architecture, block: int, plan: ParallelPlan) -> Iterator[Message]:
    experts = architecture.experts
    if experts is None:
        if plan.ep > 1:
            yield Message("a dense model has no experts to spread")
        return
    if plan.ep > experts.routed:
        yield Message("EP {ep} is more than {routed} routed experts", ep=plan.ep, routed=experts.routed)
    if plan.ep > 1 or plan.tp == 1:
        return
    if block and (experts.intermediate % plan.tp or (experts.intermediate // plan.tp) % block):
        yield Message(
            "expert width {width} over TP {tp} is no multiple of {block}; use expert parallelism",
            width=experts.intermediate,
            tp=plan.tp,
            block=block,
        )


def _widths(architecture: Architecture, block: int, tp: int) -> Iterator[Message]:
    for group in architecture.tensors:
        if group.mtp or group.role not in (TensorRole.FFN_DOWN, TensorRole.SHARED_DOWN):
            continue
        if group.columns % tp:
            yield Message("layer width {width} does not divide by TP {tp}", width=group.columns, tp=tp)
            return
        if block and group.role is TensorRole.FFN_DOWN and (group.columns // tp) % block:
            yield Message(
                "layer width {width} over TP {tp} is no multiple of {block}", width=group.columns, tp=tp, block=block
            )
            return


def _block(precision: str) -> int:
    """Rows that one scale serves, which a partition must not cut: blockwise FP8 checkpoints and Marlin's INT4."""
    if precision in ("fp8", "fp8_block"):
        return _FP8_BLOCK
    return _MARLIN_IN if precision in ("awq", "gptq", "int4") else 0
