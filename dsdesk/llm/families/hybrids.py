"""Recurrent layers mixed with attention: Qwen3-Next and 3.5, Kimi Linear and K3, MiniMax-01, Nemotron-H, Granite 4.

Source: `transformers/models/{qwen3_next,qwen3_5,kimi_linear,minimax,nemotron_h,granitemoehybrid}` 5.24.0.
"""

from dsdesk.llm.architecture import Architecture, AttentionKind, Experts, TensorRole
from dsdesk.llm.draft import Draft, Layers, where, without
from dsdesk.llm.families.decoder import add_feed_forward, add_mixture, finished, head_shape
from dsdesk.llm.families.mla import attend_latent, latent_shape
from dsdesk.llm.families.moe import Mixture, read_mixture
from dsdesk.llm.families.recurrent import MambaShape, gated_delta, kimi_delta, lightning, mamba
from dsdesk.llm.families.traits import Traits
from dsdesk.llm.fields import Fields

_QWEN = Traits(
    qkv_bias=None, qk_norm="head", query_gate=True, shared_width=("shared_expert_intermediate_size",), shared_gate=True
)
_KIMI = Traits(router_bias=True)
_PLAIN = Traits(qkv_bias=False, expert_width=("intermediate_size",))


def _full_layers(fields: Fields, count: int) -> Layers:
    types = fields.texts("layer_types")
    if types is not None:
        return where(types[:count], "full_attention", "attention")
    every = fields.integer("full_attention_interval")
    return tuple(index for index in range(count) if (index + 1) % every == 0)


def build_qwen_hybrid(fields: Fields) -> Architecture:
    """Qwen3-Next, Qwen3.5 and 3.6: three gated DeltaNet layers, then one of gated attention."""
    draft = Draft()
    count, hidden = fields.layers("num_hidden_layers"), fields.integer("hidden_size")
    tied = fields.flag("tie_word_embeddings")
    mixture = read_mixture(fields, count, _QWEN)
    shape = head_shape(fields, _QWEN, hidden)
    full = _full_layers(fields, count)
    everywhere = tuple(range(count))
    draft.ends(fields.integer("vocab_size"), hidden, tied=tied)
    draft.attend(full, shape, AttentionKind.FULL)
    gated_delta(draft, without(count, full), fields, hidden)
    draft.vector(hidden, everywhere, copies=2)
    add_feed_forward(draft, fields, _QWEN, mixture, everywhere)
    number = fields.integer("mtp_num_hidden_layers", "num_nextn_predict_layers", default=0, low=0)
    if number:
        mtp, layers = Draft(), tuple(range(count, count + number))
        mtp.project_heads(layers, shape)
        mtp.vector(hidden, layers, copies=5)
        mtp.add(TensorRole.OTHER, hidden, 2 * hidden, layers)
        if mixture:
            add_mixture(mtp, hidden, _QWEN, mixture, layers)
        else:
            mtp.feed_forward(layers, hidden, fields.integer("intermediate_size"))
        draft.take_as_mtp(mtp)
    return finished(fields, draft, count, tied=tied, experts=mixture.experts if mixture else None, mtp=number)


def build_kimi_linear(fields: Fields) -> Architecture:
    """Kimi Linear and K3: KDA layers with latent attention between them; K3's experts work in a narrower space."""
    draft = Draft()
    count, hidden = fields.layers("num_hidden_layers"), fields.integer("hidden_size")
    tied = fields.flag("tie_word_embeddings")
    mixture = read_mixture(fields, count, _KIMI)
    section = fields.section("linear_attn_config")
    marks = section.integers("full_attn_layers") if section else None
    types = fields.texts("layer_types")
    full = tuple(index - 1 for index in marks or () if 0 < index <= count)
    if marks is None and types is not None:
        full = where(types[:count], "full_attention")
    linear = without(count, full)
    everywhere = tuple(range(count))
    draft.ends(fields.integer("vocab_size"), hidden, tied=tied)
    shape = latent_shape(fields)
    attend_latent(draft, full, shape, None)
    if fields.flag("mla_use_output_gate"):
        draft.add(TensorRole.ATTN_GATE, shape.heads * shape.value, hidden, full)
    kimi_delta(draft, linear, fields, hidden)
    draft.vector(hidden, everywhere, copies=2)
    narrow = fields.integer("routed_expert_hidden_size", default=0, low=0)
    if mixture and narrow:
        _latent_experts(draft, fields, mixture, hidden, narrow, everywhere)
    else:
        add_feed_forward(draft, fields, _KIMI, mixture, everywhere)
    return finished(fields, draft, count, tied=tied, experts=mixture.experts if mixture else None)


def _latent_experts(draft: Draft, fields: Fields, mixture: Mixture, hidden: int, narrow: int, layers: Layers) -> None:
    """Experts between two projections into a narrower space (K3, Nemotron 3 Super)."""
    experts = mixture.experts
    dense = tuple(index for index in layers if index not in experts.layers)
    draft.feed_forward(dense, hidden, fields.integer("intermediate_size"))
    draft.router(experts.layers, hidden, experts.routed, bias=True)
    draft.experts(experts.layers, narrow, experts.intermediate, experts.routed)
    draft.add(TensorRole.OTHER, narrow, hidden, experts.layers)
    draft.add(TensorRole.OTHER, hidden, narrow, experts.layers)
    if fields.flag("latent_moe_use_norm"):
        draft.vector(narrow, experts.layers)
    draft.shared_experts(experts.layers, hidden, mixture.shared_width)


def build_minimax(fields: Fields) -> Architecture:
    """MiniMax-Text-01 and M1: lightning attention with ordinary attention in every eighth layer."""
    draft = Draft()
    count, hidden = fields.layers("num_hidden_layers"), fields.integer("hidden_size")
    tied = fields.flag("tie_word_embeddings")
    mixture = read_mixture(fields, count, _PLAIN)
    marks = fields.integers("attn_type_list")
    full = where(marks[:count], 1) if marks is not None else where(fields.texts("layer_types") or (), "full_attention")
    shape = head_shape(fields, _PLAIN, hidden)
    everywhere = tuple(range(count))
    draft.ends(fields.integer("vocab_size"), hidden, tied=tied)
    draft.attend(full, shape, AttentionKind.FULL)
    lightning(draft, without(count, full), shape.heads, shape.head_dim, hidden)
    draft.vector(hidden, everywhere, copies=2)
    add_feed_forward(draft, fields, _PLAIN, mixture, everywhere)
    return finished(fields, draft, count, tied=tied, experts=mixture.experts if mixture else None)


_BLOCKS = {"M": "mamba", "E": "moe", "*": "attention", "-": "mlp"}


def build_nemotron_h(fields: Fields) -> Architecture:
    """Nemotron-H and Nemotron 3: every layer is one block, Mamba 2, attention, dense or mixed feed-forward."""
    draft = Draft()
    blocks = fields.texts("layers_block_type") or tuple(
        _BLOCKS.get(mark, mark) for mark in fields.text("hybrid_override_pattern")
    )
    count, hidden = len(blocks), fields.integer("hidden_size")
    tied = fields.flag("tie_word_embeddings")
    shape = head_shape(fields, _PLAIN, hidden)
    draft.ends(fields.integer("vocab_size"), hidden, tied=tied)
    draft.attend(where(blocks, "attention", "full_attention"), shape, AttentionKind.FULL)
    mamba(draft, where(blocks, "mamba", "linear_attention"), _nemotron_mamba(fields), hidden)
    draft.vector(hidden, tuple(range(count)))
    draft.feed_forward(where(blocks, "mlp"), hidden, fields.integer("intermediate_size"), gated=False)
    moe = where(blocks, "moe")
    experts = _nemotron_experts(draft, fields, moe, hidden) if moe else None
    number = fields.integer("num_nextn_predict_layers", default=0, low=0) if moe else 0
    if number and fields.has("mtp_hybrid_override_pattern", "mtp_layers_block_type"):
        mtp, layers = Draft(), tuple(range(count, count + number))
        mtp.project_heads(layers, shape)
        _nemotron_experts(mtp, fields, layers, hidden)
        mtp.vector(hidden, layers, copies=5)
        mtp.add(TensorRole.OTHER, hidden, 2 * hidden, layers)
        draft.take_as_mtp(mtp)
    return finished(fields, draft, count, tied=tied, experts=experts, mtp=number)


def _nemotron_mamba(fields: Fields) -> MambaShape:
    return MambaShape(
        heads=fields.integer("mamba_num_heads"),
        head_dim=fields.integer("mamba_head_dim"),
        groups=fields.integer("n_groups"),
        state=fields.integer("ssm_state_size"),
        kernel=fields.integer("conv_kernel", default=4),
        conv_bias=fields.flag("use_conv_bias", default=True),
        bias=fields.flag("use_bias", "mamba_proj_bias"),
    )


def _nemotron_experts(draft: Draft, fields: Fields, layers: Layers, hidden: int) -> Experts:
    routed, width = fields.integer("n_routed_experts"), fields.integer("moe_intermediate_size")
    narrow = fields.integer("moe_latent_size", default=0, low=0)
    draft.router(layers, hidden, routed, bias=True)
    draft.experts(layers, narrow or hidden, width, routed, gated=False)
    if narrow:
        draft.add(TensorRole.OTHER, narrow, hidden, layers)
        draft.add(TensorRole.OTHER, hidden, narrow, layers)
    shared = fields.integer("n_shared_experts", default=1, low=0)
    joint = fields.integer("moe_shared_expert_intermediate_size", default=shared * width)
    draft.shared_experts(layers, hidden, joint, gated=False)
    return Experts(
        routed=routed, shared=shared, top_k=fields.integer("num_experts_per_tok"), intermediate=width, layers=layers
    )


def build_granite_hybrid(fields: Fields) -> Architecture:
    """Granite 4 H: Mamba 2 with a few attention layers; each layer also has experts and a shared network."""
    draft = Draft()
    count, hidden = fields.layers("num_hidden_layers"), fields.integer("hidden_size")
    tied = fields.flag("tie_word_embeddings", default=True)
    traits = Traits(qkv_bias=None, expert_width=("intermediate_size",), shared_width=("shared_intermediate_size",))
    mixture = read_mixture(fields, count, traits)
    full = _full_layers(fields, count)
    everywhere = tuple(range(count))
    draft.ends(fields.integer("vocab_size"), hidden, tied=tied)
    draft.attend(full, head_shape(fields, traits, hidden), AttentionKind.FULL)
    shape = MambaShape(
        heads=fields.integer("mamba_n_heads"),
        head_dim=fields.integer("mamba_d_head"),
        groups=fields.integer("mamba_n_groups", default=1),
        state=fields.integer("mamba_d_state"),
        kernel=fields.integer("mamba_d_conv", default=4),
        conv_bias=fields.flag("mamba_conv_bias", default=True),
        bias=fields.flag("mamba_proj_bias"),
    )
    mamba(draft, without(count, full), shape, hidden)
    draft.vector(hidden, everywhere, copies=2)
    if mixture:
        add_mixture(draft, hidden, traits, mixture, everywhere)
    else:
        draft.shared_experts(everywhere, hidden, fields.integer("shared_intermediate_size", "intermediate_size"))
    return finished(fields, draft, count, tied=tied, experts=mixture.experts if mixture else None)
