"""Weights by place: which tensors a device holds under tensor, pipeline and expert parallelism.

Tensor parallelism cuts attention by heads, feed-forward networks by width and the vocabulary by rows. Key and value
projections stop shrinking at as many devices as there are KV heads. Norms, routers, the down projections of latent
attention, indexers and compressors are repeated on every device. Routed experts are cut by the larger of the tensor
and the expert parallel size. llama.cpp keeps the token embedding in host memory; where it is also the output matrix,
it lies on the last device as well. vLLM's kernels for experts in MXFP4 want hidden rows in multiples of 256, so that
those of gpt-oss (2,880) are stored as 3,072: its logs print 64.38 GiB for 60.8 GiB in the files of the 120B model.

Source: vLLM 0.33.0 `models/llama.py`, `vocab_parallel_embedding.py`, `quantization/mxfp4.py`; start-up logs of
llama.cpp and of vLLM (issue 33155).
"""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from dsdesk.base.source import Unknown
from dsdesk.llm.architecture import Llm
from dsdesk.llm.architecture import TensorRole as Role
from dsdesk.llm.precision import Engine
from dsdesk.sizing.gguf_mix import MIXES, PLAIN, piece_bytes, pieces
from dsdesk.sizing.kv_cache import LLAMA, pad
from dsdesk.sizing.offload import EXPERTS
from dsdesk.sizing.precisions import group_bytes, weights_bytes
from dsdesk.sizing.results import ParallelPlan

_MXFP4_MULTIPLE = 256
_KINDS = (
    ("embeddings", ("embed", "lookup", "head")),
    ("attention", ("attn", "mla", "indexer", "compressor", "ssm")),
    ("feed-forward", ("ffn", "shared")),
    ("experts", ("expert",)),
    ("vision", ("vision",)),
)
_KV = frozenset((Role.ATTN_K, Role.ATTN_V))
_REPEATED = frozenset(
    (Role.NORM, Role.BIAS, Role.ROUTER, Role.MLA_Q_A, Role.MLA_KV_A, Role.INDEXER, Role.COMPRESSOR, Role.OTHER)
)


class _Block(NamedTuple):
    """Tensors that are cut alike: bytes in each of their layers. A tuple: hundreds of thousands are made in a sweep.

    Attributes:
        role: what they do.
        layers: where they are; empty for the ends of the model.
        each: bytes in one layer.
    """

    role: Role
    layers: tuple[int, ...]
    each: float


@dataclass(frozen=True, slots=True)
class WeightTable:
    """All weights of a model in one precision for one engine.

    Attributes:
        blocks: the tensors.
        kv_heads: into how many parts key and value projections can be cut.
        tied: whether the output matrix is the embedding.
        host_embedding: the engine keeps the token embedding in host memory (llama.cpp).
        host_lookup: further lookup tables lie in host memory: with llama.cpp, and DeepSeek V4.1's with every engine.
    """

    blocks: tuple[_Block, ...]
    kv_heads: int
    tied: bool
    host_embedding: bool
    host_lookup: bool

    def on_device(self, layers: range, plan: ParallelPlan, *, first: bool, last: bool) -> float:
        """Bytes on one device that holds `layers` of its pipeline stage."""
        total, whole = 0.0, plan.tp == plan.ep == 1
        for role, inside, each in self.blocks:
            if inside:
                held = layers_inside(inside, layers)
            else:
                held = 1 if self._ends_here(role, first=first, last=last) else 0
            if held:
                total += each * held / (1 if whole else self._cut(role, plan))
        return total

    def expert_bytes(self, layers: tuple[int, ...]) -> float:
        """Bytes of the routed experts of `layers`, uncut."""
        held = frozenset(layers)
        own = (block for block in self.blocks if block.role in EXPERTS)
        return sum(block.each * sum(1 for one in block.layers if one in held) for block in own)

    def largest_expert_bytes(self) -> float:
        """Bytes of the largest tensor of routed experts."""
        return max((block.each for block in self.blocks if block.role in EXPERTS), default=0.0)

    def layer_bytes(self, layers: range) -> float:
        """Bytes of whole layers, uncut."""
        return sum(block.each * layers_inside(block.layers, layers) for block in self.blocks if block.layers)

    def host_bytes(self) -> float:
        """Bytes that lie in host memory even without offload."""
        held = {Role.EMBED: self.host_embedding, Role.LOOKUP: self.host_lookup}
        return sum(block.each for block in self.blocks if held.get(block.role))

    def by_kind(self) -> dict[str, float]:
        """Bytes of the whole model by what the tensors do, those that it has none of left out."""
        found: dict[str, float] = {}
        for block in self.blocks:
            kind = next((kind for kind, starts in _KINDS if block.role.value.startswith(starts)), "rest")
            found[kind] = found.get(kind, 0.0) + block.each * max(1, len(block.layers))
        return found

    def _cut(self, role: Role, plan: ParallelPlan) -> int:
        if role in EXPERTS:
            return max(plan.tp, plan.ep)
        if role in _REPEATED:
            return 1
        if role in _KV:
            return min(plan.tp, self.kv_heads)
        return plan.tp

    def _ends_here(self, role: Role, *, first: bool, last: bool) -> bool:
        if role is Role.EMBED:
            return (first and not self.host_embedding) or (last and self.tied and (self.host_embedding or not first))
        if role is Role.LOOKUP:
            return first and not self.host_lookup
        return first if role is Role.VISION else last


@lru_cache(maxsize=512)
def loaded_parameters(llm: Llm) -> int:
    """Parameters that an engine loads: MTP layers are left out."""
    return sum(one.parameters for one in llm.architecture.tensors if not one.mtp)


@lru_cache(maxsize=512)
def active_parameters(llm: Llm) -> int:
    """Parameters that a token uses."""
    return llm.architecture.active_parameters


def layers_inside(layers: tuple[int, ...], stage: range) -> int:
    """How many of `layers`, which ascend, lie in `stage`, a run of layers."""
    if not stage or not layers:
        return 0
    if stage.start <= layers[0] and layers[-1] < stage.stop:
        return len(layers)
    return bisect_left(layers, stage.stop) - bisect_left(layers, stage.start)


def _blocks(llm: Llm, precision: str, engine: Engine) -> Iterable[_Block]:
    own = [one for one in llm.architecture.tensors if one.stored_bytes is not None and not one.mtp]
    if own and precision == llm.native_precision:
        for one in own:
            yield _Block(one.role, one.layers, (one.stored_bytes or 0) / max(1, len(one.layers)))
        return
    if precision in MIXES or (engine in LLAMA and precision in PLAIN):
        kept = llm.storage is not None and llm.storage.key == "mxfp4" and precision != "f32"
        for piece in pieces(llm.architecture):
            size = piece_bytes(piece, precision, experts_in_mxfp4=kept)
            yield _Block(piece.role, piece.layers, size / max(1, len(piece.layers)))
        return
    for group in llm.architecture.tensors:
        if not group.mtp:
            yield _Block(group.role, group.layers, group_bytes(llm, group, precision) / max(1, len(group.layers)))


def _padded(block: _Block, factor: float) -> _Block:
    return _Block(block.role, block.layers, block.each * factor) if block.role in EXPERTS else block


@lru_cache(maxsize=256)
def weight_table(llm: Llm, precision: str, engine: Engine) -> WeightTable:
    """The weights of `llm`; the user's own files are scaled to their real size."""
    blocks = tuple(_blocks(llm, precision, engine))
    whole = weights_bytes(llm, precision)
    if llm.own_tensor_bytes is not None and not isinstance(whole, Unknown):
        counted = sum(one.each * max(1, len(one.layers)) for one in blocks)
        if counted:
            factor = whole / counted
            blocks = tuple(_Block(one.role, one.layers, one.each * factor) for one in blocks)
    if engine is Engine.VLLM and precision == "mxfp4":
        hidden = llm.architecture.hidden_size
        blocks = tuple(_padded(one, pad(hidden, _MXFP4_MULTIPLE) / hidden) for one in blocks)
    heads = [one.kv_heads for one in llm.architecture.attention]
    return WeightTable(
        blocks=blocks,
        kv_heads=max(1, min(heads, default=1)),
        tied=llm.architecture.tied_embeddings,
        host_embedding=engine in LLAMA,
        host_lookup=engine in LLAMA or llm.architecture.model_type.startswith("deepseek_v41"),
    )
