"""Ordinary decoders: MHA, GQA or MQA in every layer, then a dense or a mixed feed-forward network.

Source: `transformers/models/TYPE/modeling_TYPE.py` 5.24.0 for every type in `traits`.
"""

from dataclasses import replace

from dsdesk.base.errors import InputError
from dsdesk.base.message import Message
from dsdesk.llm.architecture import Architecture, AttentionKind, Experts, TensorRole
from dsdesk.llm.draft import Draft, HeadShape, Layers, where, without
from dsdesk.llm.families.moe import Mixture, read_mixture
from dsdesk.llm.families.traits import Traits
from dsdesk.llm.fields import Fields


def build_decoder(fields: Fields, traits: Traits) -> Architecture:
    """The architecture of an ordinary decoder.

    Raises:
        InputError: a field that the type needs is missing or absurd.
    """
    draft = Draft()
    count = fields.layers("num_hidden_layers", "n_layer", "num_layers")
    hidden = fields.integer("hidden_size", "n_embd", "d_model")
    vocab = fields.integer("vocab_size")
    tied = fields.flag("tie_word_embeddings", default=traits.tied)
    mixture = read_mixture(fields, count, traits)
    draft.ends(vocab, hidden, tied=tied, norm=traits.final_norm)
    if traits.norm_bias:
        draft.vector(hidden)
    if traits.embed_norm:
        draft.vector(hidden, copies=2 if traits.norm_bias else 1)
    if traits.head_bias or fields.flag("lm_head_bias"):
        draft.vector(vocab, role=TensorRole.BIAS)
    if traits.positions:
        draft.add(TensorRole.LOOKUP, fields.integer(traits.positions) + traits.positions_more, hidden)
    shape = head_shape(fields, traits, hidden)
    attend_layers(draft, fields, traits, shape, count)
    everywhere = tuple(range(count))
    add_norms(draft, fields, traits, mixture, shape, everywhere)
    add_feed_forward(draft, fields, traits, mixture, everywhere)
    mtp = add_mtp(draft, fields, traits, shape, mixture, count)
    return finished(
        fields,
        draft,
        count,
        hidden=hidden,
        vocab=vocab,
        tied=tied,
        experts=mixture.experts if mixture else None,
        mtp=mtp,
    )


def add_norms(
    draft: Draft, fields: Fields, traits: Traits, mixture: Mixture | None, shape: HeadShape, layers: Layers
) -> None:
    """The vectors of `layers` that belong to no matrix: norms with their biases, single numbers."""
    norms = traits.norms - (1 if traits.parallel and fields.flag(traits.parallel) else 0)
    if norms:
        draft.vector(shape.hidden, layers, copies=norms * (2 if traits.norm_bias else 1))
    if traits.moe_norms and mixture:
        draft.vector(shape.hidden, mixture.experts.layers, copies=traits.moe_norms)
    if traits.sub_norms:
        draft.vector(shape.heads * shape.v_head_dim, layers)
        draft.vector(fields.integer(*traits.dense_width), layers)
    if traits.scalars:
        draft.vector(1, layers, role=TensorRole.OTHER, copies=traits.scalars)


def finished(
    fields: Fields,
    draft: Draft,
    count: int,
    *,
    hidden: int | None = None,
    vocab: int | None = None,
    tied: bool = False,
    experts: Experts | None = None,
    mtp: int = 0,
) -> Architecture:
    """The architecture whose tensors and attention `draft` holds.

    Args:
        fields: the config.
        draft: what it was counted into.
        count: layers without MTP.
        hidden: width of the residual stream, None = as the config's own field says.
        vocab: rows of the embedding, None = as the config's own field says.
        tied: whether the head is the embedding.
        experts: of a mixture.
        mtp: multi-token-prediction layers.

    Raises:
        InputError: a field is missing or absurd.
    """
    return Architecture(
        model_type=fields.text("model_type"),
        hidden_size=fields.integer("hidden_size", "d_model") if hidden is None else hidden,
        layer_count=count,
        vocab_size=fields.integer("vocab_size") if vocab is None else vocab,
        max_context_tokens=context(fields),
        tensors=tuple(draft.tensors),
        attention=tuple(draft.attention),
        experts=experts,
        mtp_layers=mtp,
        tied_embeddings=tied,
    )


def context(fields: Fields) -> int | None:
    """The longest context the config allows, None where it does not say."""
    names = ("max_position_embeddings", "n_positions", "seq_length", "max_seq_len", "model_max_length")
    return fields.integer(*names) if fields.has(*names) else None


def head_shape(fields: Fields, traits: Traits, hidden: int) -> HeadShape:
    """The shape of ordinary attention as config and traits tell it."""
    heads = fields.integer("num_attention_heads", "n_head")
    kv_heads = fields.integer("num_key_value_heads", "num_attention_groups", default=heads)
    head_dim = fields.integer("head_dim", default=max(1, hidden // heads))
    qkv_bias = fields.flag("attention_bias", "qkv_bias", "use_qkv_bias") if traits.qkv_bias is None else traits.qkv_bias
    out_bias = qkv_bias if traits.out_bias is None else traits.out_bias
    norm = traits.qk_norm
    if norm == "config":
        norm = "head" if fields.flag("use_qk_norm") else ""
    elif norm == "config_layer":
        norm = "layer" if fields.flag("use_qk_norm", "qk_layernorm") else ""
    return HeadShape(
        hidden=hidden,
        heads=heads,
        kv_heads=kv_heads,
        head_dim=head_dim,
        v_head_dim=fields.integer("v_head_dim", default=head_dim),
        qkv_bias=qkv_bias,
        out_bias=out_bias,
        qk_norm=norm,
        fused=traits.fused_qkv,
        gated=traits.query_gate,
    )


def sliding_layers(fields: Fields, traits: Traits, count: int) -> Layers:
    """The layers that keep a window only."""
    types = fields.texts("layer_types")
    if types is not None:
        return where(types[:count], "sliding_attention", "sliding_window", "local_attention")
    pattern = fields.integers("hybrid_layer_pattern")
    if pattern is not None:
        return where(pattern[:count], 1)
    if not fields.has(traits.window) or fields.get("use_sliding_window") is False or traits.sliding == "":
        return ()
    if traits.sliding == "even":
        return tuple(range(0, count, 2))
    if traits.sliding == "config":
        every = fields.integer("sliding_window_pattern", "_sliding_window_pattern", default=count + 1)
        return tuple(index for index in range(count) if (index + 1) % every)
    return tuple(range(count))


def attend_layers(draft: Draft, fields: Fields, traits: Traits, shape: HeadShape, count: int) -> None:
    """Attention of all layers, full ones first."""
    sliding = sliding_layers(fields, traits, count)
    window = fields.integer(traits.window) if sliding else None
    local = sliding_shape(fields, shape)
    for layers, kind, one in (
        *_by_heads(fields, without(count, sliding), AttentionKind.FULL, shape),
        *_by_heads(fields, sliding, AttentionKind.SLIDING, local),
    ):
        draft.attend(layers, one, kind, window)
        sinks = traits.sinks or fields.flag(
            "add_swa_attention_sink_bias" if kind is AttentionKind.SLIDING else "add_full_attention_sink_bias"
        )
        if sinks:
            draft.vector(one.heads, layers, role=TensorRole.BIAS)
        if traits.head_gate:
            draft.add(TensorRole.ATTN_GATE, one.heads, one.hidden, layers)
        if traits.output_gate:
            draft.add(TensorRole.ATTN_GATE, one.heads * one.v_head_dim, one.hidden, layers)


def _by_heads(
    fields: Fields, layers: Layers, kind: AttentionKind, shape: HeadShape
) -> list[tuple[Layers, AttentionKind, HeadShape]]:
    """`layers` apart by their number of query heads, where the config lists it for each."""
    listed = fields.integers("num_attention_heads_per_layer") or ()
    if not layers or not listed or len(listed) <= layers[-1]:
        return [(layers, kind, shape)] if layers else []
    if min(listed) < 1:
        raise InputError(Message("The model's config lacks the field {field}.", field="num_attention_heads_per_layer"))
    found: dict[int, list[int]] = {}
    for layer in layers:
        found.setdefault(listed[layer], []).append(layer)
    return [(tuple(held), kind, replace(shape, heads=heads)) for heads, held in sorted(found.items())]


def sliding_shape(fields: Fields, shape: HeadShape) -> HeadShape:
    """The attention shape of windowed layers, where a family gives them other heads."""
    other = fields.section("attention_other_setting")
    if other is not None:
        shape = replace(
            shape,
            heads=other.integer("num_attention_heads", default=shape.heads),
            kv_heads=other.integer("num_attention_groups", default=shape.kv_heads),
        )
    return replace(
        shape,
        heads=fields.integer("swa_num_attention_heads", default=shape.heads),
        kv_heads=fields.integer("swa_num_key_value_heads", default=shape.kv_heads),
        head_dim=fields.integer("swa_head_dim", default=shape.head_dim),
        v_head_dim=fields.integer("swa_v_head_dim", default=shape.v_head_dim),
    )


def add_feed_forward(draft: Draft, fields: Fields, traits: Traits, mixture: Mixture | None, layers: Layers) -> None:
    """The feed-forward networks of `layers`, dense or mixed."""
    hidden = fields.integer("hidden_size", "n_embd", "d_model")
    bias = fields.flag("mlp_bias", "use_bias") if traits.ffn_bias is None else traits.ffn_bias
    dense = tuple(index for index in layers if mixture is None or index not in mixture.experts.layers)
    if dense:
        width = fields.integer(*traits.dense_width, "n_inner", default=traits.wide * hidden or None)
        draft.feed_forward(dense, hidden, width, gated=traits.gated, bias=bias)
    if mixture is None or len(dense) == len(layers):
        return
    add_mixture(draft, hidden, traits, mixture, tuple(index for index in layers if index not in dense))


def add_mixture(draft: Draft, hidden: int, traits: Traits, mixture: Mixture, layers: Layers) -> None:
    """Router, routed and shared experts of `layers`."""
    experts = mixture.experts
    draft.router(layers, hidden, experts.routed, bias=mixture.corrected or traits.router_bias or traits.expert_bias)
    draft.experts(layers, hidden, experts.intermediate, experts.routed, gated=traits.gated)
    if traits.expert_bias:
        draft.vector(2 * experts.intermediate, layers, role=TensorRole.BIAS, copies=experts.routed)
        draft.vector(hidden, layers, role=TensorRole.BIAS, copies=experts.routed)
    draft.shared_experts(layers, hidden, mixture.shared_width, gated=traits.gated)
    if traits.shared_gate and mixture.shared_width:
        draft.add(TensorRole.ROUTER, 1, hidden, layers)


def add_mtp(draft: Draft, fields: Fields, traits: Traits, shape: HeadShape, mixture: Mixture | None, count: int) -> int:
    """Multi-token-prediction layers where the family stores them; returns how many."""
    number = fields.integer("num_nextn_predict_layers", default=0, low=0) if traits.mtp else 0
    if not number:
        return 0
    layers = tuple(range(count, count + number))
    mtp = Draft()
    hidden = shape.hidden
    vocab = fields.integer("vocab_size")
    mtp.add(TensorRole.OTHER, hidden, 2 * hidden, layers)
    if traits.mtp == "step":
        mtp.project_heads(layers, sliding_shape(fields, shape))
        mtp.add(TensorRole.ATTN_GATE, sliding_shape(fields, shape).heads, hidden, layers)
        mtp.feed_forward(layers, hidden, fields.integer("intermediate_size"))
        mtp.add(TensorRole.HEAD, vocab, hidden, layers)
        mtp.vector(hidden, layers, copies=5)
    elif traits.mtp == "mimo":
        mtp.project_heads(layers, shape)
        mtp.feed_forward(layers, hidden, fields.integer("intermediate_size"))
        mtp.vector(hidden, layers, copies=5)
    else:
        mtp.project_heads(layers, shape)
        mtp.vector(hidden, layers, copies=5)
        if mixture:
            add_mixture(mtp, hidden, traits, mixture, layers)
        if fields.flag("mtp_own_embeddings"):
            mtp.add(TensorRole.EMBED, vocab, hidden, layers)
            mtp.add(TensorRole.HEAD, vocab, hidden, layers)
    draft.take_as_mtp(mtp)
    return number
