"""The terms of one forward pass on one device, each in seconds at the printed rates, before any efficiency.

A pass is either one decode step of `sequences` sequences, or the reading of a prompt in chunks. Terms are plain
numbers, so that the same equation in `step_time` serves the forecast (floats) and the fit (arrays).
"""

from dataclasses import dataclass, fields, replace
from math import ceil, log, log2, sqrt

from dsdesk.llm.architecture import AttentionGroup
from dsdesk.sizing.links import Wire, all_reduce_bytes, all_to_all_bytes
from dsdesk.sizing.results import ParallelPlan
from dsdesk.sizing.step_work import (
    ModelWork,
    attention_operations,
    kept_tokens,
    read_bytes,
    row_elements,
    shard_share,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Printed rates of one device [1/s].

    Attributes:
        bandwidth_b_s: memory.
        math_flops: matrix rate at the precision in which weights are multiplied.
        attention_flops: matrix rate of attention, 16 bit.
        vector_flops: FP32 rate outside the matrix units, which unpacks quantised weights.
        unpack: whether weights are unpacked before they are multiplied.
        widened: whether weights for long products are first written to memory in 16 bits and read again.
        flow_b_s: one byte a clock and compute unit, where the engine's kernels keep few loads on the way; None = many.
        host_b_s: host memory, None if unknown.
        bus_b_s: link to the host over which offloaded weights travel for long prompts, None where the host computes.
    """

    bandwidth_b_s: float
    math_flops: float
    attention_flops: float
    vector_flops: float
    unpack: bool
    widened: bool = False
    flow_b_s: float | None = None
    host_b_s: float | None = None
    bus_b_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Seconds at printed rates, and counts.

    Attributes:
        dense_read: dense weights from memory [s].
        dense_flow: the same through the compute units, at one byte a clock and unit [s].
        dense_math: their multiplications [s].
        dense_pad: multiplications of one token, which each padding row costs [s].
        expert_read: touched routed experts from memory [s].
        expert_flow: the same through the compute units [s].
        expert_math: their multiplications [s].
        expert_pad: one padding row in every touched expert [s].
        unpack: one vector operation for every quantised weight read [s].
        rewrite: weights that are written and read again in 16 bits, from memory [s].
        scores: one byte for every score of attention that is not fused, from memory [s].
        again: context that fused attention reads again for every block of rows of a prompt, from memory, as far as one
            layer of it does not stay in the chip's caches [s].
        kv_read: context from memory [s].
        attention_math: attention multiplications [s].
        passes: forward passes.
        layer_passes: layers times passes.
        launched: the same, of passes that the host launches kernel by kernel.
        looped: routed experts that a prompt touches, times layers and passes, where their products run one by one.
        sequence_passes: sequences times passes.
        collectives: collectives times log2 of their group.
        dispatches: exchanges of tokens between experts of other attention copies.
        wire: bytes over links at their raw bandwidth [s].
        handovers: layers whose tokens go to the host and come back, times passes.
        host_read: offloaded weights that the CPU multiplies, from host memory [s].
        host_math: their multiplications, at as many operations as the host's memory has sixteenths of a byte [s].
        bus_read: offloaded weights that are copied to the device, over its bus [s].
    """

    dense_read: float = 0.0
    dense_flow: float = 0.0
    dense_math: float = 0.0
    dense_pad: float = 0.0
    expert_read: float = 0.0
    expert_flow: float = 0.0
    expert_math: float = 0.0
    expert_pad: float = 0.0
    unpack: float = 0.0
    rewrite: float = 0.0
    scores: float = 0.0
    again: float = 0.0
    kv_read: float = 0.0
    attention_math: float = 0.0
    passes: float = 0.0
    layer_passes: float = 0.0
    launched: float = 0.0
    looped: float = 0.0
    sequence_passes: float = 0.0
    collectives: float = 0.0
    dispatches: float = 0.0
    wire: float = 0.0
    handovers: float = 0.0
    host_read: float = 0.0
    host_math: float = 0.0
    bus_read: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """How a pass lies on the devices.

    Attributes:
        plan: parallel sizes.
        wire: what the collectives travel on.
        kv_bytes: bytes of one cache element.
        resident_share: share of the layers' weights in device memory; the rest is in host memory.
        offload_experts: whether only routed experts lie in host memory.
        fused: whether attention keeps its scores on the chip.
        absorbed: whether prompts, too, attend to latent rows (MLA) as they are cached.
        looped: whether a prompt's products with routed experts may run one expert after another.
    """

    plan: ParallelPlan
    wire: Wire
    kv_bytes: float
    resident_share: float = 1.0
    offload_experts: bool = False
    fused: bool = True
    absorbed: bool = False
    looped: bool = False


def decode_terms(
    work: ModelWork, rates: Rates, place: Placement, *, sequences: float, context: float, queries: float = 1.0
) -> Terms:
    """One decode step in which each of `sequences` sequences computes `queries` tokens at `context` tokens."""
    local = sequences / place.plan.dp
    read, math, scores = _attention(work, rates, place, local, context)
    tokens = local * queries
    query = (read, math * queries, scores * queries)
    return _pass(work, rates, place, tokens=tokens, passes=1.0, sequences=tokens, attention=query)


def added(terms: Terms, more: Terms, times: float) -> Terms:
    """The terms of a pass and `times` those of another one."""
    return Terms(**{f.name: getattr(terms, f.name) + times * getattr(more, f.name) for f in fields(Terms)})


def prefill_terms(
    work: ModelWork, rates: Rates, place: Placement, *, tokens: float, depth: float, chunk: float, prompts: float = 1.0
) -> Terms:
    """Reading `prompts` prompts of `tokens` tokens after `depth` cached ones, in chunks of at most `chunk` tokens."""
    total = tokens * prompts
    passes = float(max(1, ceil(total / chunk)))
    mean_context = depth + tokens / 2
    # Fused kernels skip what the mask hides; others compute every query of a chunk against all rows up to its end.
    seen = mean_context if place.fused else mean_context + min(tokens, chunk) / 2
    latent = place.absorbed
    math = sum(attention_operations(g, seen, decode=latent) * total / place.plan.tp for g in work.attention)
    read = sum(
        read_bytes(g, mean_context, place.kv_bytes) * shard_share(g, place.plan.tp) * prompts for g in work.attention
    ) * max(1.0, passes / prompts)
    attention = (
        read / rates.bandwidth_b_s,
        math / rates.attention_flops,
        _scores(work, place, total, seen) / rates.bandwidth_b_s,
    )
    again = sum(_again(group, place, total, mean_context) for group in work.attention) if place.fused else 0.0
    once = _pass(
        work,
        rates,
        place,
        tokens=total / passes,
        passes=passes,
        sequences=prompts,
        attention=attention,
        launched=work.layers * passes,
    )
    return replace(once, again=again / place.plan.tp / rates.bandwidth_b_s)


_BLOCK = 16.0  # rows of a prompt that share one reading of the context
_REACH = 256e6  # bytes of one layer's context up to which caches and address translation reach


def _again(group: AttentionGroup, place: Placement, tokens: float, context: float) -> float:
    """Bytes of context that all layers of `group` read from memory again, block after block of a prompt.

    Source: Dao et al., "FlashAttention", arXiv 2205.14135, theorem 2 (reads in proportion to the blocks of rows).
    """
    layer = kept_tokens(group, context) * row_elements(group) * place.kv_bytes
    missed = layer * layer / (layer * layer + _REACH * _REACH)
    return tokens / _BLOCK * layer * missed * len(group.layers)


def _attention(
    work: ModelWork, rates: Rates, place: Placement, sequences: float, context: float
) -> tuple[float, float, float]:
    """Seconds at printed rates to decode one token of each sequence: (cache read, operations, one byte a score)."""
    read = math = 0.0
    for group in work.attention:
        read += sequences * read_bytes(group, context, place.kv_bytes) * shard_share(group, place.plan.tp)
        math += sequences * attention_operations(group, context, decode=True) / place.plan.tp
    scores = _scores(work, place, sequences, context)
    return read / rates.bandwidth_b_s, math / rates.attention_flops, scores / rates.bandwidth_b_s


def _scores(work: ModelWork, place: Placement, queries: float, context: float) -> float:
    """Scores that attention writes to memory: one for each head, query and row it sees, none where it is fused.

    Source: Dao et al., "FlashAttention", arXiv 2205.14135, section 3.
    """
    if place.fused:
        return 0.0
    rows = sum(group.heads * kept_tokens(group, context) * len(group.layers) for group in work.attention)
    return queries * rows / place.plan.tp


def _pass(
    work: ModelWork,
    rates: Rates,
    place: Placement,
    *,
    tokens: float,
    passes: float,
    sequences: float,
    attention: tuple[float, float, float],
    launched: float = 0.0,
) -> Terms:
    plan = place.plan
    ways = expert_ways(plan)
    gathered = tokens * plan.dp if plan.ep > 1 else tokens  # experts serve the tokens of all attention copies
    touched = work.distinct_experts(gathered) / work.routed if work.routed else 0.0
    busiest = _busiest(work, gathered, ways) if plan.ep > 1 else 1.0
    on_device, in_host = place.resident_share, 1.0 - place.resident_share
    dense_share = 1.0 if place.offload_experts else on_device
    dense_bytes = (work.body_bytes / plan.tp + work.copied_bytes) * dense_share + work.head_bytes / plan.tp
    dense_flops = 2.0 * (work.body_parameters / plan.tp + work.copied_parameters) * dense_share
    expert_share = on_device
    expert_bytes = work.expert_bytes / ways * touched * expert_share
    per_expert_row = 2.0 * work.expert_parameters / ways / max(1, work.routed) * expert_share
    host_bytes = work.expert_bytes / ways * touched * in_host
    host_flops = 2.0 * work.expert_parameters / ways / max(1, work.routed) * work.top_k * in_host
    if not place.offload_experts:
        host_bytes += (work.body_bytes / plan.tp + work.copied_bytes) * in_host
        host_flops += 2.0 * (work.body_parameters / plan.tp + work.copied_parameters) * in_host
    unpacked = (work.body_parameters + work.head_parameters) / plan.tp * dense_share
    unpacked += work.expert_parameters / ways * touched * expert_share
    host_read, host_math, bus_read = _from_host(rates, host_bytes, host_flops, tokens)
    collectives, dispatches, wire_bytes = _collectives(work, place, tokens)
    return Terms(
        dense_read=dense_bytes * passes / rates.bandwidth_b_s,
        dense_flow=dense_bytes * passes / rates.flow_b_s if rates.flow_b_s else 0.0,
        dense_math=(dense_flops * tokens * passes + 2.0 * work.head_parameters / plan.tp * sequences)
        / rates.math_flops,
        dense_pad=dense_flops * passes / rates.math_flops * _padded(rates, tokens, dense=True),
        expert_read=expert_bytes * busiest * passes / rates.bandwidth_b_s,
        expert_flow=expert_bytes * busiest * passes / rates.flow_b_s if rates.flow_b_s else 0.0,
        expert_math=per_expert_row * work.top_k * gathered * busiest * passes / rates.math_flops,
        expert_pad=per_expert_row
        * touched
        * work.routed
        * busiest
        * passes
        / rates.math_flops
        * _padded(rates, gathered, dense=False),
        unpack=unpacked * passes / rates.vector_flops if rates.unpack else 0.0,
        rewrite=_WIDENED * unpacked * passes / rates.bandwidth_b_s if rates.widened and tokens >= _LONG_PROMPT else 0.0,
        scores=attention[2],
        kv_read=attention[0],
        attention_math=attention[1],
        passes=passes,
        layer_passes=work.layers * passes,
        launched=launched,
        looped=touched * work.routed * work.moe_layers * expert_share * passes if launched and place.looped else 0.0,
        sequence_passes=sequences * passes,
        collectives=collectives * passes,
        dispatches=dispatches * passes,
        wire=wire_bytes * passes / place.wire.bandwidth_b_s,
        handovers=in_host * (work.moe_layers if place.offload_experts else work.layers) * passes if host_read else 0.0,
        host_read=host_read * passes,
        host_math=host_math * passes,
        bus_read=bus_read * passes,
    )


def expert_ways(plan: ParallelPlan) -> int:
    """Over how many devices of a stage the routed experts are spread."""
    return plan.tp * plan.dp if plan.ep > 1 else plan.tp


_BY_VECTORS = 8  # tokens up to which ggml multiplies by vector kernels, without tiles: MMVQ_MAX_BATCH_SIZE in mmvq.cuh
_ROWS = 64.0  # tokens from which tiles of ggml are whole: fewer take a narrower tile, mul_mat_q_case in mmq.cuh


def _padded(rates: Rates, tokens: float, *, dense: bool) -> float:
    """Share of the rows of a tile that are padding in a dense product, or at most in that of an expert."""
    if rates.flow_b_s is None:
        return 1.0
    if tokens <= _BY_VECTORS:
        return 0.0
    width = min(1.0, tokens / _ROWS)
    return width * (1.0 - width) if dense else width


_WIDENED = 4.0  # bytes: 16 bits written and read again
_LONG_PROMPT = 32  # tokens from which llama.cpp copies weights to the GPU: ggml-cuda.cu, op offload minimum batch


_HOST_OPERATIONS = 16.0  # operations a byte of memory bandwidth: a server's processor with wide vectors, to scale from


def _from_host(rates: Rates, host_bytes: float, flops: float, tokens: float) -> tuple[float, float, float]:
    """Seconds at printed rates to use weights in host memory: (read there, multiplied there, copied to the device).

    `flops` are those of one token.
    """
    if not host_bytes or rates.host_b_s is None:
        return 0.0, 0.0, 0.0
    if rates.bus_b_s and tokens >= _LONG_PROMPT:
        return 0.0, 0.0, host_bytes / rates.bus_b_s
    return host_bytes / rates.host_b_s, flops * tokens / (rates.host_b_s * _HOST_OPERATIONS), 0.0


def _busiest(work: ModelWork, tokens: float, ways: int) -> float:
    """Load of the device with the most experts to serve over the mean, for even routing.

    Equation: 1 + sqrt(2 * ln(n) / m): the largest of n sums of m independent choices; at most all experts of a device.
    Source: Raab and Steger, "Balls into Bins", RANDOM 1998, heavily loaded case.
    """
    mean = max(1e-9, work.distinct_experts(tokens) / ways)
    most = work.routed / ways / mean if mean < work.routed / ways else 1.0
    return min(1.0 + sqrt(2.0 * log(ways) / mean), max(1.0, most))


def _collectives(work: ModelWork, place: Placement, tokens: float) -> tuple[float, float, float]:
    """(collectives weighted by log2 of their group, exchanges between experts, bytes one device sends) of one pass.

    Two all-reduces of the residual stream a layer under tensor parallelism. Where attention runs in copies, a MoE layer
    sends every token's top-k copies to the experts and back. One hand-over a stage boundary.

    Source: Shoeybi et al., "Megatron-LM", arXiv 1909.08053, section 3; DeepSeek-V3, arXiv 2412.19437, section 3.2.
    """
    plan = place.plan
    residual = tokens * work.hidden * 2.0
    count = sent = dispatches = 0.0
    if plan.tp > 1:
        count += 2.0 * work.layers * log2(plan.tp)
        sent += 2.0 * work.layers * all_reduce_bytes(residual, plan.tp)
    if plan.ep > 1 and plan.dp > 1:
        ways = expert_ways(plan)
        dispatches += 2.0 * work.moe_layers
        copies = min(work.top_k, ways)
        sent += work.moe_layers * all_to_all_bytes(residual * copies / plan.tp * 1.5, ways)
    if plan.pp > 1:
        count += plan.pp - 1
        sent += (plan.pp - 1) * residual
    return count, dispatches, sent
