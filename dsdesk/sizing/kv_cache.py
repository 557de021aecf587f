"""The KV cache as each engine lays it out: what grows with every token, what is fixed, what every device repeats.

[bytes a token and layer], b = bytes of an element of the cache's format:
    MHA, GQA, MQA          KV heads x (key size + value size) x b
    MLA                    (latent rank + rotary size) x b, repeated on every tensor-parallel device
    sparse MLA             and an indexer key: 128 FP8 + one FP32 scale (vLLM, SGLang), or 128 x b (llama.cpp);
                           with an FP8 cache vLLM's row is latent + 16 + 2 x rotary size
    sliding window         as above for the window only: llama.cpp pads window + 512 to 256, paged engines to a block
    DeepSeek V4            584 FP8 bytes (or 512 x b in llama.cpp) shared by 4 or 128 tokens, a window of 128 plain
                           rows, FP32 compressor state
    recurrent layers       nothing; a state of fixed size in FP32 and a convolution state in 16 bit
Paged engines round a sequence up to 16 tokens, llama.cpp its whole context to 256.

Sources, read 2026-11-24: vLLM 0.33.0 `v1/kv_cache_interface.py`, `models/deepseek_v4`; SGLang 0.5.23
`kv_cache_configurator.py`; llama.cpp `src/llama-kv-cache*.cpp`, `llama-hparams.cpp` (llama_cpp_python 0.3.36).
"""

import math
from dataclasses import dataclass, replace

from dsdesk.base.message import Message
from dsdesk.llm.architecture import AttentionGroup, AttentionKind
from dsdesk.llm.precision import Engine
from dsdesk.sizing.precisions import KvFormat

LLAMA = frozenset((Engine.LLAMA_CPP, Engine.IK_LLAMA_CPP))
PAGED = frozenset((Engine.VLLM, Engine.SGLANG, Engine.TENSORRT_LLM))
BLOCK_TOKENS = 16
UBATCH = 512
_PAD = 256
_V4_QUANTISED_PER_SCALE = 64
_FP8_DS_MLA_EXTRA = 16
_INDEX_QUANT_BLOCK = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheRow:
    """The cache of a set of equal layers for a workload.

    Attributes:
        layers: which layers.
        token_bytes: growth of one layer with each token of one sequence.
        layer_bytes: one layer, all sequences at full context.
        shards: into how many parts tensor parallelism can cut it (the KV heads); 1 = every device keeps all of it.
        formula: how `layer_bytes` came about, for the user.
    """

    layers: tuple[int, ...]
    token_bytes: float
    layer_bytes: float
    shards: int
    formula: str


def pad(value: int, multiple: int) -> int:
    """`value` rounded up to a multiple."""
    return (value + multiple - 1) // multiple * multiple


def cells(engine: Engine, context_tokens: int) -> int:
    """Token slots that one sequence takes: paged engines round up to a block, llama.cpp its whole context to 256."""
    if engine in LLAMA:
        return pad(context_tokens, _PAD)
    return pad(context_tokens, BLOCK_TOKENS) if engine in PAGED else context_tokens


def as_kept(attention: tuple[AttentionGroup, ...], engine: Engine) -> tuple[AttentionGroup, ...]:
    """The attention groups as `engine` keeps them.

    llama.cpp has a windowed cache for models that mix windowed and full layers only; where every layer is windowed
    (Mistral 7B v0.1, Phi-3), it keeps the whole context.
    """
    kinds = {one.kind for one in attention if one.kind is not AttentionKind.LINEAR}
    if engine not in LLAMA or kinds != {AttentionKind.SLIDING}:
        return attention
    return tuple(
        replace(one, kind=AttentionKind.FULL, window=None) if one.kind is AttentionKind.SLIDING else one
        for one in attention
    )


def cache_row(group: AttentionGroup, form: KvFormat, engine: Engine, context_tokens: int, sequences: int) -> CacheRow:
    """The cache of one attention group.

    Formulas [bytes a token and layer], b = bytes of an element: full heads `kv_heads x (head_dim + v_head_dim) x b`;
    latent `(kv_lora_rank + rope_dim) x b`; compressed `row / ratio`; recurrent layers nothing.
    """
    if group.kv_shared:
        return CacheRow(
            layers=group.layers, token_bytes=0, layer_bytes=0, shards=1, formula="0 (shares another layer's cache)"
        )
    if group.kind is AttentionKind.LINEAR:
        return _recurrent(group, sequences)
    if group.kind is AttentionKind.COMPRESSED:
        return _compressed(group, form, engine, context_tokens, sequences)
    if group.kind in (AttentionKind.MLA, AttentionKind.MLA_SPARSE):
        return _latent(group, form, engine, context_tokens, sequences)
    return _heads(group, form, engine, context_tokens, sequences)


def _heads(group: AttentionGroup, form: KvFormat, engine: Engine, context: int, sequences: int) -> CacheRow:
    elements = group.kv_heads * (group.head_dim + group.v_head_dim)
    each = elements * form.bits / 8 + _index_bytes(group, form, engine)
    slots = _slots(group, engine, context, sequences)
    growing = 0.0 if group.window is not None and context > group.window else each
    formula = f"{group.kv_heads} x ({group.head_dim} + {group.v_head_dim}) x {form.bits / 8:g} B x {slots:,} tokens"
    return CacheRow(
        layers=group.layers, token_bytes=growing, layer_bytes=each * slots, shards=group.kv_heads, formula=formula
    )


def _slots(group: AttentionGroup, engine: Engine, context: int, sequences: int) -> int:
    """Token slots of all sequences together; windowed layers keep the window only."""
    if group.window is None or engine is Engine.KTRANSFORMERS:
        return cells(engine, context) * sequences
    if engine in LLAMA:
        if group.kind is AttentionKind.CHUNKED or engine is Engine.LLAMA_CPP:
            return pad(min(cells(engine, context) * sequences, group.window * sequences + UBATCH), _PAD)
        return cells(engine, context) * sequences
    if engine in PAGED:
        return (math.ceil(min(context, group.window) / BLOCK_TOKENS) + 1) * BLOCK_TOKENS * sequences
    return min(context, group.window) * sequences


def _latent(group: AttentionGroup, form: KvFormat, engine: Engine, context: int, sequences: int) -> CacheRow:
    row = (group.kv_lora_rank + group.rope_dim) * form.bits / 8
    text = f"({group.kv_lora_rank} + {group.rope_dim}) x {form.bits / 8:g} B"
    if group.kind is AttentionKind.MLA_SPARSE and form.key == "fp8" and engine is Engine.VLLM:
        row = group.kv_lora_rank + _FP8_DS_MLA_EXTRA + 2 * group.rope_dim
        text = f"{group.kv_lora_rank} + {_FP8_DS_MLA_EXTRA} + 2 x {group.rope_dim} B"
    index = _index_bytes(group, form, engine)
    slots = cells(engine, context) * sequences
    extra = f" + {index:g} B indexer" if index else ""
    return CacheRow(
        layers=group.layers,
        token_bytes=row + index,
        layer_bytes=(row + index) * slots,
        shards=1,
        formula=f"({text}{extra}) x {slots:,} tokens",
    )


def _index_bytes(group: AttentionGroup, form: KvFormat, engine: Engine) -> float:
    """One indexer key: FP8 with an FP32 scale for 128 elements, in llama.cpp the cache's own type."""
    if not group.index_head_dim:
        return 0.0
    if engine in LLAMA:
        return group.index_head_dim * form.bits / 8
    return group.index_head_dim + math.ceil(group.index_head_dim / _INDEX_QUANT_BLOCK) * 4


def _recurrent(group: AttentionGroup, sequences: int) -> CacheRow:
    state = group.state_elements * 4 + group.conv_elements * 2
    return CacheRow(
        layers=group.layers,
        token_bytes=0.0,
        layer_bytes=state * sequences,
        shards=group.kv_heads,
        formula=f"({group.state_elements:,} x 4 B + {group.conv_elements:,} x 2 B) x {sequences} sequences",
    )


def _compressed(group: AttentionGroup, form: KvFormat, engine: Engine, context: int, sequences: int) -> CacheRow:
    """DeepSeek V4: `ratio` tokens share a row; a window of plain rows; FP32 state of the compressor."""
    window, ratio = group.window or 0, group.compress_ratio
    overlap = 2 if group.index_head_dim and ratio != 1 else 1
    width = (group.head_dim if group.stores_rows else 0) + group.index_head_dim
    state = overlap * ratio * 2 * overlap * width * 4 if ratio > 1 else 0
    if engine in PAGED:
        plain = group.head_dim - group.rope_dim
        row = group.row_bytes or plain + 2 * group.rope_dim + plain / _V4_QUANTISED_PER_SCALE + 1
        index = _index_bytes(group, form, engine)
    else:
        row, index = group.head_dim * form.bits / 8, group.index_head_dim * form.bits / 8
    kept, rows = min(window, context), math.ceil(cells(engine, context) / ratio) if ratio else 0
    if engine in LLAMA:
        kept, rows = pad(min(cells(engine, context), window + UBATCH), _PAD), pad(rows, _PAD)
    stored = (row if group.stores_rows else 0.0) + index
    each = kept * row + rows * stored + state
    return CacheRow(
        layers=group.layers,
        token_bytes=stored / ratio if ratio else 0.0,
        layer_bytes=each * sequences,
        shards=1,
        formula=(
            f"({kept:,} x {row:g} B window + {rows:,} x {stored:g} B + {state:,} B state) x {sequences} sequences"
        ),
    )


def assumed_layout(groups: tuple[AttentionGroup, ...], form: KvFormat, engine: Engine) -> tuple[Message, ...]:
    """What was assumed where an engine has more than one layout."""
    kinds = {one.kind for one in groups}
    found = []
    if kinds & {AttentionKind.MLA, AttentionKind.MLA_SPARSE} and engine in LLAMA:
        found.append(
            Message(
                "The KV cache holds one latent row a token; files converted before llama.cpp knew MLA store full heads."
            )
        )
    if AttentionKind.COMPRESSED in kinds and engine in PAGED:
        found.append(Message("DeepSeek V4 keeps its cache in FP8 rows of 584 bytes, whatever cache format is chosen."))
    if AttentionKind.SLIDING in kinds and engine in PAGED:
        found.append(Message("Windowed layers keep their window and one block; tokens in flight may need more."))
    return tuple(found)
