"""Gemma 4: windowed and global layers of different heads, per-layer embeddings, layers that share another's cache.

Source: `transformers/models/gemma4` 5.24.0.
"""

from dataclasses import replace

from dsdesk.base.errors import InputError
from dsdesk.base.message import Message
from dsdesk.llm.architecture import Architecture, AttentionKind, TensorRole
from dsdesk.llm.draft import Draft, HeadShape, Layers, where
from dsdesk.llm.families.decoder import finished, head_shape
from dsdesk.llm.families.moe import Mixture, read_mixture
from dsdesk.llm.families.traits import Traits
from dsdesk.llm.fields import Fields

_TRAITS = Traits(qk_norm="head", tied=True)


def build_gemma4(fields: Fields) -> Architecture:
    """Gemma 4.

    Raises:
        InputError: a field is missing or absurd.
    """
    draft = Draft()
    count, hidden = fields.layers("num_hidden_layers"), fields.integer("hidden_size")
    vocab = fields.integer("vocab_size")
    tied = fields.flag("tie_word_embeddings", default=True)
    types = fields.texts("layer_types") or ()
    if len(types) < count:
        raise InputError(Message("The model's config lacks the field {field}.", field="layer_types"))
    everywhere = tuple(range(count))
    sharing = fields.integer("num_kv_shared_layers", default=0, low=0)
    first_shared = count - min(sharing, count)
    draft.ends(vocab, hidden, tied=tied)
    local = head_shape(fields, _TRAITS, hidden)
    window = fields.integer("sliding_window")
    for name, kind, shape in (
        ("full_attention", AttentionKind.FULL, _global(fields, local)),
        ("sliding_attention", AttentionKind.SLIDING, local),
    ):
        layers = where(types[:count], name)
        draft.attend(tuple(one for one in layers if one < first_shared), shape, kind, window)
        share_cache(draft, tuple(one for one in layers if one >= first_shared), shape, kind, window)
    draft.vector(1, everywhere, role=TensorRole.OTHER)
    width = fields.integer("intermediate_size")
    double = 2 if fields.flag("use_double_wide_mlp") else 1
    draft.feed_forward(everywhere[:first_shared], hidden, width)
    draft.feed_forward(everywhere[first_shared:], hidden, width * double)
    mixture = read_mixture(fields, count, _TRAITS) if fields.flag("enable_moe_block") else None
    draft.vector(hidden, everywhere, copies=7 if mixture else 4)
    if mixture:
        _experts(draft, mixture, hidden, everywhere)
    _per_layer(draft, fields, hidden, count)
    return finished(
        fields, draft, count, hidden=hidden, vocab=vocab, tied=tied, experts=mixture.experts if mixture else None
    )


def _global(fields: Fields, local: HeadShape) -> HeadShape:
    """Heads of the layers that see everything: wider, fewer, and keys may serve as values."""
    own = fields.section("per_layer_config")
    wide = fields.integer("global_head_dim", default=0, low=0)
    if not wide and own is not None:
        sizes = [one.integer("head_dim", default=0, low=0) for one in own.sections()]
        wide = max(sizes, default=0)
    wide = wide or local.head_dim
    return replace(
        local,
        head_dim=wide,
        v_head_dim=wide,
        kv_heads=fields.integer("num_global_key_value_heads", default=local.kv_heads),
        shared_kv=fields.flag("attention_k_eq_v"),
    )


def share_cache(draft: Draft, layers: Layers, shape: HeadShape, kind: AttentionKind, window: int) -> None:
    """Layers without keys and values of their own: queries and output only, no cache."""
    if not layers:
        return
    width = shape.heads * shape.head_dim
    draft.add(TensorRole.ATTN_Q, width, shape.hidden, layers)
    draft.add(TensorRole.ATTN_OUT, shape.hidden, width, layers)
    draft.vector(shape.head_dim, layers)
    cache = Draft()
    cache.attend(layers, shape, kind, window)
    draft.remember(replace(cache.attention[0], kv_shared=True))


def _experts(draft: Draft, mixture: Mixture, hidden: int, layers: Layers) -> None:
    """Routed experts beside the dense network, a router with scales of its own."""
    routed = mixture.experts.routed
    draft.router(layers, hidden, routed)
    draft.vector(hidden, layers, role=TensorRole.ROUTER)
    draft.vector(routed, layers, role=TensorRole.ROUTER)
    draft.experts(layers, hidden, mixture.experts.intermediate, routed)


def _per_layer(draft: Draft, fields: Fields, hidden: int, count: int) -> None:
    """Embeddings that every layer reads anew (the E2B and E4B models)."""
    width = fields.integer("hidden_size_per_layer_input", default=0, low=0)
    if not width:
        return
    layers = tuple(range(count))
    draft.add(TensorRole.LOOKUP, fields.integer("vocab_size_per_layer_input"), count * width)
    draft.add(TensorRole.OTHER, count * width, hidden)
    draft.vector(width)
    draft.add(TensorRole.OTHER, width, hidden, layers)
    draft.add(TensorRole.OTHER, hidden, width, layers)
    draft.vector(hidden, layers)
