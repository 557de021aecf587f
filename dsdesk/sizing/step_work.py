"""What one forward pass has to do, read off the tensors: bytes to read and operations to compute, before any device.

Operations are counted as 2 per multiply-add. Equations follow the tensor shapes themselves; the attention of MLA is
counted absorbed while decoding and decompressed in prefill, as engines run it.

Source: Williams, Waterman, Patterson, "Roofline", CACM 52(4), 2009; DeepSeek-V2, arXiv 2405.04434, section 2.1 (MLA).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from dsdesk.llm.architecture import Architecture, AttentionGroup, AttentionKind, Llm, TensorRole
from dsdesk.sizing.gguf_mix import MIXES, piece_bytes, pieces
from dsdesk.sizing.precisions import group_bytes

ROUTED = frozenset({TensorRole.EXPERT_GATE, TensorRole.EXPERT_UP, TensorRole.EXPERT_DOWN})
# Held whole by every tensor-parallel rank: latent down-projections have one head (vLLM and SGLang replicate them).
_COPIED = frozenset({TensorRole.MLA_Q_A, TensorRole.MLA_KV_A, TensorRole.INDEXER, TensorRole.ROUTER, TensorRole.NORM})
_NOT_READ = frozenset({TensorRole.VISION})
_MIXED = frozenset({AttentionKind.LINEAR, AttentionKind.MLA_SPARSE})
_ALIKE = 0.8
_VECTORS = frozenset({TensorRole.NORM, TensorRole.BIAS})


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelWork:
    """One pass over a model at one precision.

    Attributes:
        layers: transformer layers.
        hidden: width of the residual stream.
        body_bytes: weights that every pass reads and tensor parallelism splits, without experts and head.
        copied_bytes: weights that every rank reads whole.
        head_bytes: output projection.
        expert_bytes: all routed experts of all layers.
        body_parameters: elements behind body_bytes.
        copied_parameters: elements behind copied_bytes.
        head_parameters: elements behind head_bytes.
        expert_parameters: elements behind expert_bytes.
        routed: routed experts in one layer, 0 for dense models.
        top_k: of them a token uses.
        moe_layers: layers with experts.
        attention: what the context costs.
    """

    layers: int
    hidden: int
    body_bytes: float
    copied_bytes: float
    head_bytes: float
    expert_bytes: float
    body_parameters: float
    copied_parameters: float
    head_parameters: float
    expert_parameters: float
    routed: int
    top_k: int
    moe_layers: int
    attention: tuple[AttentionGroup, ...]

    @property
    def shape(self) -> str:
        """Which kernels a layer is made of: "dense", "moe", "latent", "mixed" or "compressed"."""
        kinds = {group.kind for group in self.attention}
        if AttentionKind.COMPRESSED in kinds:
            return "compressed"
        if kinds & _MIXED:
            return "mixed"
        if AttentionKind.MLA in kinds:
            return "latent"
        return "moe" if self.routed else "dense"

    @property
    def weights_bytes(self) -> float:
        """All that is read when every expert is touched."""
        return self.body_bytes + self.copied_bytes + self.head_bytes + self.expert_bytes

    def distinct_experts(self, tokens: float) -> float:
        """Expected routed experts of one layer that `tokens` tokens touch.

        Equation: E * (1 - (1 - k/E)^(n^0.8)). For even and independent routing the exponent is 1; tokens of one text
        and of one batch prefer the same experts, and 0.8 is what the step times of batches of servers show.
        """
        if not self.routed:
            return 0.0
        return float(self.routed * (1.0 - (1.0 - self.top_k / self.routed) ** (tokens**_ALIKE)))


_WORK: dict[tuple[int, str, bool], tuple[Llm, ModelWork]] = {}
_MOST_WORK = 1024


def model_work(llm: Llm, key: str, *, sparse: bool = True) -> ModelWork:
    """The work of `llm` with weights at the precision `key`; MTP layers and vision towers are left out.

    Kept per object and not per value: hashing a whole architecture costs more than a forecast.

    Args:
        llm: the model.
        key: of the precision.
        sparse: whether the engine skips the rows that an indexer does not pick; else attention sees all of them.
    """
    found = _WORK.get((id(llm), key, sparse))
    if found is None or found[0] is not llm:
        if len(_WORK) >= _MOST_WORK:
            _WORK.clear()
        work = _count(llm, key)
        if not sparse:
            work = replace(work, attention=tuple(replace(group, index_topk=0) for group in work.attention))
        found = (llm, work)
        _WORK[(id(llm), key, sparse)] = found
    return found[1]


def _count(llm: Llm, key: str) -> ModelWork:
    architecture = llm.architecture
    size = {"body": 0.0, "copied": 0.0, "head": 0.0, "expert": 0.0}
    count = dict(size)
    for role, elements, stored in _tensors(llm, key):
        share = _share(role, architecture)
        if share is None:
            continue
        size[share] += stored
        count[share] += 0 if role in _VECTORS else elements
    experts = architecture.experts
    work = ModelWork(
        layers=architecture.layer_count,
        hidden=architecture.hidden_size,
        body_bytes=size["body"],
        copied_bytes=size["copied"],
        head_bytes=size["head"],
        expert_bytes=size["expert"],
        body_parameters=count["body"],
        copied_parameters=count["copied"],
        head_parameters=count["head"],
        expert_parameters=count["expert"],
        routed=experts.routed if experts else 0,
        top_k=experts.top_k if experts else 0,
        moe_layers=len(experts.layers) if experts else 0,
        attention=architecture.attention,
    )
    own = llm.own_tensor_bytes if key == llm.native_precision else None
    return scaled_to(work, own) if own else work


def _tensors(llm: Llm, key: str) -> Iterator[tuple[TensorRole, float, float]]:
    """(role, elements, bytes) of all tensors that an engine loads."""
    if key in MIXES:
        for piece in pieces(llm.architecture):
            yield piece.role, piece.elements, piece_bytes(piece, key)
        return
    for group in llm.architecture.tensors:
        if not group.mtp:
            yield group.role, group.parameters, group_bytes(llm, group, key)


def scaled_to(work: ModelWork, weights_bytes: float) -> ModelWork:
    """The same work with weights of a known file size, spread as before."""
    factor = weights_bytes / work.weights_bytes
    return replace(
        work,
        body_bytes=work.body_bytes * factor,
        copied_bytes=work.copied_bytes * factor,
        head_bytes=work.head_bytes * factor,
        expert_bytes=work.expert_bytes * factor,
    )


def _share(role: TensorRole, architecture: Architecture) -> str | None:
    if role in _NOT_READ:
        return None
    if role in ROUTED:
        return "expert"
    if role is TensorRole.HEAD:
        return "head"
    if role is TensorRole.EMBED:  # one row a token is nothing; a tied embedding is read whole as the head
        return "head" if architecture.tied_embeddings else None
    return "copied" if role in _COPIED else "body"


def kept_tokens(group: AttentionGroup, context: float) -> float:
    """Cached rows that one query of this group attends to at `context` tokens."""
    match group.kind:
        case AttentionKind.SLIDING:
            return min(context, float(group.window or context))
        case AttentionKind.CHUNKED:
            window = float(group.window or context)
            return context if context <= window else window / 2
        case AttentionKind.MLA_SPARSE:
            return min(context, float(group.index_topk or context))
        case AttentionKind.COMPRESSED:
            return min(context, float(group.window or 0)) + _compressed_rows(group, context)
        case AttentionKind.LINEAR:
            return 0.0
        case _:
            return context


def _compressed_rows(group: AttentionGroup, context: float) -> float:
    if not group.compress_ratio:
        return 0.0
    rows = context / group.compress_ratio
    return min(rows, float(group.index_topk)) if group.index_topk else rows


def _index_rows(group: AttentionGroup, context: float) -> float:
    return context / group.compress_ratio if group.compress_ratio else context


def row_elements(group: AttentionGroup) -> float:
    """Elements of one cached row of one layer: the latent for MLA, one vector for compressed layers, else K and V."""
    if group.kv_lora_rank:
        return float(group.kv_lora_rank + group.rope_dim)
    if group.kind is AttentionKind.COMPRESSED:
        return float(group.kv_heads * group.head_dim)
    return float(group.kv_heads * (group.head_dim + group.v_head_dim))


def read_bytes(group: AttentionGroup, context: float, kv_bytes: float) -> float:
    """Cache bytes that all layers of `group` read to make one token of one sequence at `context` tokens."""
    a_layer = kept_tokens(group, context) * row_elements(group) * kv_bytes
    a_layer += _index_rows(group, context) * group.index_head_dim * min(kv_bytes, 2.0) if group.index_head_dim else 0.0
    a_layer += 2 * (4 * group.state_elements + 2 * group.conv_elements)  # a recurrent state is read and written
    return a_layer * len(group.layers)


def attention_operations(group: AttentionGroup, context: float, *, decode: bool) -> float:
    """Operations of all layers of `group` for one query token that sees `context` tokens."""
    if group.kv_lora_rank and (decode or group.kind is AttentionKind.MLA_SPARSE):
        width = 2 * group.kv_lora_rank + group.rope_dim
    else:
        width = group.head_dim + group.rope_dim + group.v_head_dim
    a_layer = 2.0 * group.heads * width * kept_tokens(group, context)
    a_layer += 2.0 * group.index_heads * group.index_head_dim * _index_rows(group, context)
    a_layer += 6.0 * group.state_elements  # decay, rank-one update and read-out of the state
    return a_layer * len(group.layers)


def shard_share(group: AttentionGroup, tp: int) -> float:
    """Share of a group's cache on one of `tp` ranks: latent rows and surplus KV heads are replicated."""
    if group.kv_lora_rank or group.kind is AttentionKind.COMPRESSED:
        return 1.0
    if group.kind is AttentionKind.LINEAR:
        return 1.0 / tp
    return max(1.0 / tp, 1.0 / max(1, group.kv_heads))
