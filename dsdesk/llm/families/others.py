"""Decoders with habits of their own: Llama 4, MiniMax-M3 and the per-layer shapes of Nemotron NAS.

Source: `transformers/models/{llama4,minimax_m3_vl}` 5.24.0; DeciLM's `block_configs` as the checkpoint's config
gives them.
"""

from dataclasses import replace

from dsdesk.base.errors import InputError
from dsdesk.base.message import Message
from dsdesk.llm.architecture import Architecture, AttentionKind, TensorRole
from dsdesk.llm.draft import Draft, where, without
from dsdesk.llm.families.decoder import add_feed_forward, finished, head_shape
from dsdesk.llm.families.moe import read_mixture
from dsdesk.llm.families.traits import Traits
from dsdesk.llm.fields import Fields

_LLAMA4 = Traits(
    qkv_bias=None,
    dense_width=("intermediate_size_mlp", "intermediate_size"),
    expert_width=("intermediate_size",),
    shared_width=("intermediate_size",),
)
_M3 = Traits(
    qkv_bias=False, qk_norm="head", router_bias=True, dense_width=("dense_intermediate_size", "intermediate_size")
)


def build_llama4(fields: Fields) -> Architecture:
    """Llama 4: three layers of chunked attention, then one that sees everything; one shared expert."""
    draft = Draft()
    count, hidden = fields.layers("num_hidden_layers"), fields.integer("hidden_size")
    tied = fields.flag("tie_word_embeddings")
    mixture = read_mixture(fields, count, _LLAMA4)
    marks = fields.integers("no_rope_layers")
    full = where(marks[:count], 0) if marks else tuple(index for index in range(count) if (index + 1) % 4 == 0)
    shape = head_shape(fields, _LLAMA4, hidden)
    everywhere = tuple(range(count))
    draft.ends(fields.integer("vocab_size"), hidden, tied=tied)
    draft.attend(full, shape, AttentionKind.FULL)
    chunk = fields.integer("attention_chunk_size", default=8192)
    draft.attend(without(count, full), shape, AttentionKind.CHUNKED, chunk)
    draft.vector(hidden, everywhere, copies=2)
    add_feed_forward(draft, fields, _LLAMA4, mixture, everywhere)
    return finished(fields, draft, count, tied=tied, experts=mixture.experts if mixture else None)


def build_mllama(fields: Fields) -> Architecture:
    """Llama 3.2 Vision: some layers look at the picture instead of the text; what they keep of it is not counted.

    Raises:
        InputError: a field is missing or absurd.
    """
    draft, traits = Draft(), Traits(qkv_bias=False)
    count, hidden = fields.layers("num_hidden_layers"), fields.integer("hidden_size")
    vocab, tied = fields.integer("vocab_size"), fields.flag("tie_word_embeddings")
    crossed = tuple(index for index in fields.integers("cross_attention_layers") or () if 0 <= index < count)
    shape, everywhere = head_shape(fields, traits, hidden), tuple(range(count))
    draft.add(TensorRole.EMBED, vocab + _MLLAMA_ROWS, hidden)
    if not tied:
        draft.add(TensorRole.HEAD, vocab, hidden)
    draft.vector(hidden)
    draft.attend(without(count, crossed), shape, AttentionKind.FULL)
    draft.project_heads(crossed, replace(shape, qk_norm="head"))
    draft.vector(1, crossed, role=TensorRole.OTHER, copies=2)
    draft.vector(hidden, everywhere, copies=2)
    add_feed_forward(draft, fields, traits, None, everywhere)
    return finished(fields, draft, count, tied=tied)


_MLLAMA_ROWS = 8


def build_minimax_m3(fields: Fields) -> Architecture:
    """MiniMax-M3: ordinary attention, block-sparse with an indexer in the layers with experts."""
    draft = Draft()
    count, hidden = fields.layers("num_hidden_layers"), fields.integer("hidden_size")
    tied = fields.flag("tie_word_embeddings")
    mixture = read_mixture(fields, count, _M3)
    shape = head_shape(fields, _M3, hidden)
    sparse = fields.section("sparse_attention_config")
    marks = sparse.integers("sparse_attention_freq") if sparse else None
    indexed = where(marks[:count], 1) if marks else ()
    everywhere = tuple(range(count))
    draft.ends(fields.integer("vocab_size"), hidden, tied=tied)
    draft.attend(without(count, indexed), shape, AttentionKind.FULL)
    if sparse and indexed:
        heads, dim = sparse.integer("sparse_num_index_heads"), sparse.integer("sparse_index_dim")
        topk = sparse.integer("sparse_topk_blocks") * sparse.integer("sparse_block_size")
        draft.attend(indexed, shape, AttentionKind.FULL)
        draft.attention[-1] = replace(draft.attention[-1], index_heads=heads, index_head_dim=dim, index_topk=topk)
        draft.add(TensorRole.INDEXER, heads * dim, hidden, indexed)
        draft.add(TensorRole.INDEXER, dim, hidden, indexed)
        draft.vector(dim, indexed, copies=2)
    draft.vector(hidden, everywhere, copies=2)
    add_feed_forward(draft, fields, _M3, mixture, everywhere)
    return finished(fields, draft, count, tied=tied, experts=mixture.experts if mixture else None)


def build_nemotron_nas(fields: Fields) -> Architecture:
    """Nemotron NAS (DeciLM): every layer has its own number of KV heads and its own width, or neither.

    Raises:
        InputError: a block replaces attention by something this reader does not know.
    """
    draft = Draft()
    hidden, heads = fields.integer("hidden_size"), fields.integer("num_attention_heads")
    blocks = [one for one in fields.items("block_configs") or () if isinstance(one, dict)]
    if not blocks:
        raise InputError(Message("The model's config lacks the field {field}.", field="block_configs"))
    count = len(blocks)
    tied = fields.flag("tie_word_embeddings")
    draft.ends(fields.integer("vocab_size"), hidden, tied=tied)
    shape = head_shape(fields, Traits(qkv_bias=None), hidden)
    groups: dict[int, list[int]] = {}
    widths: dict[int, list[int]] = {}
    for index, block in enumerate(blocks):
        attention, feed = Fields(block).section("attention"), Fields(block).section("ffn")
        for part in (attention, feed):
            if part is not None and part.get("replace_with_linear") is True:
                because = Message(
                    "Layer {layer} replaces attention by a linear map, which dsdesk does not know.", layer=index
                )
                raise InputError(because)
        if attention is not None and not attention.flag("no_op"):
            groups.setdefault(max(1, heads // attention.integer("n_heads_in_group")), []).append(index)
        if feed is not None and not feed.flag("no_op"):
            widths.setdefault(_ffn_width(feed, hidden), []).append(index)
    for kv_heads, layers in sorted(groups.items()):
        draft.attend(tuple(layers), replace(shape, kv_heads=kv_heads), AttentionKind.FULL)
        draft.vector(hidden, tuple(layers))
    for width, layers in sorted(widths.items()):
        draft.feed_forward(tuple(layers), hidden, width)
        draft.vector(hidden, tuple(layers))
    return finished(fields, draft, count, tied=tied)


def _ffn_width(section: Fields, hidden: int) -> int:
    """DeciLM's rule: two thirds of the multiple of the hidden size, rounded up to 256."""
    mult = section.get("ffn_mult")
    if not isinstance(mult, int | float) or not 0 < mult < 1000:  # noqa: PLR2004 - no network is that wide
        raise InputError(Message("The model's config lacks the field {field}.", field="ffn_mult"))
    width = int(2 * mult * hidden / 3)
    return (width + 255) // 256 * 256
