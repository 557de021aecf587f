"""State-space models, alone or between and beside attention: Mamba, Mamba 2, Jamba, Bamba, Falcon-H1.

Source: `transformers/models/{mamba,mamba2,falcon_mamba,jamba,bamba,falcon_h1}` 5.24.0.
"""

from dataclasses import replace

from dsdesk.llm.architecture import Architecture, AttentionKind, TensorRole
from dsdesk.llm.draft import Draft, Layers, without
from dsdesk.llm.families.decoder import add_feed_forward, finished, head_shape
from dsdesk.llm.families.moe import read_mixture
from dsdesk.llm.families.recurrent import MambaShape, linear_group, mamba
from dsdesk.llm.families.traits import Traits
from dsdesk.llm.fields import Fields

_PLAIN = Traits(qkv_bias=None, out_bias=None)
_STATE = TensorRole.SSM_STATE


def mamba_one(draft: Draft, layers: Layers, fields: Fields, hidden: int, *, norms: bool = False) -> None:
    """Mamba 1: a state for each inner channel, its step, input and output read from the token.

    Args:
        draft: where the tensors go.
        layers: which layers.
        fields: the config.
        hidden: width of the residual stream.
        norms: step, input and output are normed (Jamba).
    """
    inner = fields.integer("mamba_expand", "expand", default=2) * hidden
    if not norms:
        inner = fields.integer("intermediate_size", "d_inner", default=inner)
    state = fields.integer("mamba_d_state", "state_size", default=16)
    rank = fields.get("mamba_dt_rank") or fields.get("time_step_rank")
    rank = rank if isinstance(rank, int) and not isinstance(rank, bool) and 0 < rank <= hidden else -(-hidden // 16)
    kernel = fields.integer("mamba_d_conv", "conv_kernel", default=4)
    draft.add(TensorRole.SSM_IN, 2 * inner, hidden, layers)
    draft.add(TensorRole.SSM_CONV, inner, kernel, layers)
    if fields.flag("mamba_conv_bias", "use_conv_bias", default=True):
        draft.vector(inner, layers, role=TensorRole.BIAS)
    if fields.flag("mamba_proj_bias", "use_bias"):
        draft.vector(2 * inner, layers, role=TensorRole.BIAS)
        draft.vector(hidden, layers, role=TensorRole.BIAS)
    draft.add(_STATE, rank + 2 * state, inner, layers)
    draft.add(_STATE, inner, rank, layers)
    draft.vector(inner, layers, role=TensorRole.BIAS)
    draft.add(_STATE, inner, state, layers)
    draft.vector(inner, layers, role=_STATE)
    if norms:
        draft.vector(rank, layers)
        draft.vector(state, layers, copies=2)
    draft.add(TensorRole.SSM_OUT, hidden, inner, layers)
    draft.remember(linear_group(layers, 1, inner, inner * state, inner * (kernel - 1)))


def build_mamba(fields: Fields) -> Architecture:
    """Mamba and Falcon-Mamba: nothing but state-space layers.

    Raises:
        InputError: a field is missing or absurd.
    """
    draft = Draft()
    count, hidden = fields.layers("num_hidden_layers", "n_layer"), fields.integer("hidden_size", "d_model")
    tied = fields.flag("tie_word_embeddings", default=True)
    everywhere = tuple(range(count))
    draft.ends(fields.integer("vocab_size"), hidden, tied=tied)
    mamba_one(draft, everywhere, fields, hidden)
    draft.vector(hidden, everywhere)
    return finished(fields, draft, count, tied=tied)


def build_mamba2(fields: Fields) -> Architecture:
    """Mamba 2 and Codestral Mamba.

    Raises:
        InputError: a field is missing or absurd.
    """
    draft = Draft()
    count, hidden = fields.layers("num_hidden_layers"), fields.integer("hidden_size")
    tied = fields.flag("tie_word_embeddings")
    everywhere = tuple(range(count))
    shape = MambaShape(
        heads=fields.integer("num_heads"),
        head_dim=fields.integer("head_dim"),
        groups=fields.integer("n_groups", default=8),
        state=fields.integer("state_size"),
        kernel=fields.integer("conv_kernel", default=4),
        conv_bias=fields.flag("use_conv_bias", default=True),
        bias=fields.flag("use_bias"),
    )
    draft.ends(fields.integer("vocab_size"), hidden, tied=tied)
    mamba(draft, everywhere, shape, hidden)
    draft.vector(hidden, everywhere)
    return finished(fields, draft, count, tied=tied)


def build_jamba(fields: Fields) -> Architecture:
    """Jamba: Mamba with attention in every eighth layer and experts in every second.

    Raises:
        InputError: a field is missing or absurd.
    """
    draft = Draft()
    count, hidden = fields.layers("num_hidden_layers"), fields.integer("hidden_size")
    tied = fields.flag("tie_word_embeddings")
    every, first = fields.integer("attn_layer_period"), fields.integer("attn_layer_offset", low=0)
    full = tuple(index for index in range(count) if index % every == first)
    traits = Traits(qkv_bias=False, expert_width=("intermediate_size",))
    mixture = read_mixture(fields, count, traits)
    if mixture:
        every, first = fields.integer("expert_layer_period"), fields.integer("expert_layer_offset", low=0)
        mixed = tuple(index for index in range(count) if index % every == first)
        mixture = replace(mixture, experts=replace(mixture.experts, layers=mixed))
    everywhere = tuple(range(count))
    draft.ends(fields.integer("vocab_size"), hidden, tied=tied)
    draft.attend(full, head_shape(fields, traits, hidden), AttentionKind.FULL)
    mamba_one(draft, without(count, full), fields, hidden, norms=True)
    draft.vector(hidden, everywhere, copies=2)
    add_feed_forward(draft, fields, traits, mixture, everywhere)
    return finished(fields, draft, count, tied=tied, experts=mixture.experts if mixture else None)


def _mamba_shape(fields: Fields, hidden: int) -> MambaShape:
    inner = fields.integer("mamba_d_ssm", default=fields.integer("mamba_expand", default=2) * hidden)
    heads = fields.integer("mamba_n_heads")
    head_dim = fields.get("mamba_d_head")
    return MambaShape(
        heads=heads,
        head_dim=head_dim if isinstance(head_dim, int) and head_dim > 0 else max(1, inner // heads),
        groups=fields.integer("mamba_n_groups", default=1),
        state=fields.integer("mamba_d_state"),
        kernel=fields.integer("mamba_d_conv", default=4),
        conv_bias=fields.flag("mamba_conv_bias", default=True),
        bias=fields.flag("mamba_proj_bias"),
        norm=fields.flag("mamba_rms_norm", default=True),
    )


def build_bamba(fields: Fields) -> Architecture:
    """Bamba: Mamba 2 with a few attention layers, a dense network in each.

    Raises:
        InputError: a field is missing or absurd.
    """
    draft = Draft()
    count, hidden = fields.layers("num_hidden_layers"), fields.integer("hidden_size")
    tied = fields.flag("tie_word_embeddings")
    full = tuple(index for index in fields.integers("attn_layer_indices") or () if 0 <= index < count)
    everywhere = tuple(range(count))
    draft.ends(fields.integer("vocab_size"), hidden, tied=tied)
    draft.attend(full, head_shape(fields, _PLAIN, hidden), AttentionKind.FULL)
    mamba(draft, without(count, full), _mamba_shape(fields, hidden), hidden)
    draft.vector(hidden, everywhere, copies=2)
    add_feed_forward(draft, fields, _PLAIN, None, everywhere)
    return finished(fields, draft, count, tied=tied)


def build_falcon_h1(fields: Fields) -> Architecture:
    """Falcon-H1: attention and Mamba 2 side by side in every layer.

    Raises:
        InputError: a field is missing or absurd.
    """
    draft = Draft()
    count, hidden = fields.layers("num_hidden_layers"), fields.integer("hidden_size")
    tied = fields.flag("tie_word_embeddings")
    everywhere = tuple(range(count))
    shape = replace(_mamba_shape(fields, hidden), norm=fields.flag("mamba_rms_norm"))
    draft.ends(fields.integer("vocab_size"), hidden, tied=tied)
    draft.attend(everywhere, head_shape(fields, _PLAIN, hidden), AttentionKind.FULL)
    mamba(draft, everywhere, shape, hidden)
    draft.vector(hidden, everywhere, copies=2)
    add_feed_forward(draft, fields, _PLAIN, None, everywhere)
    return finished(fields, draft, count, tied=tied)
