"""Liquid's models: short convolutions with attention in a few layers (LFM2, LFM2-MoE, LFM3).

Source: `transformers/models/{lfm2,lfm2_moe,lfm3}` 5.24.0; the convolution keeps `conv_L_cache` - 1 rows, as llama.cpp's
`llama-hparams.cpp` (n_embd_r) says.
"""

from dataclasses import replace

from dsdesk.base.errors import InputError
from dsdesk.base.message import Message
from dsdesk.llm.architecture import Architecture, AttentionKind, TensorRole
from dsdesk.llm.draft import Draft, Layers, where
from dsdesk.llm.families.decoder import add_feed_forward, finished, head_shape
from dsdesk.llm.families.moe import read_mixture
from dsdesk.llm.families.recurrent import linear_group
from dsdesk.llm.families.traits import Traits
from dsdesk.llm.fields import Fields

_TRAITS = Traits(qkv_bias=False, qk_norm="head", tied=True, router_bias=False)


def _kinds(fields: Fields, count: int) -> tuple[str, ...]:
    """What each layer is: "conv", "full_attention" or "sliding_attention".

    Raises:
        InputError: the config does not say.
    """
    types = fields.texts("layer_types")
    if types is not None and len(types) >= count:
        return types[:count]
    full = fields.integers("full_attn_idxs")
    if full is None:
        raise InputError(Message("The model's config lacks the field {field}.", field="layer_types"))
    return tuple("full_attention" if index in full else "conv" for index in range(count))


def _width(fields: Fields) -> int:
    """Inner width of a dense network: LFM2 takes two thirds of what the config says, rounded up."""
    width = fields.integer("intermediate_size", "block_ff_dim")
    if not fields.flag("block_auto_adjust_ff_dim"):
        return width
    multiple = fields.integer("block_multiple_of", default=256)
    factor = fields.get("block_ffn_dim_multiplier")
    width = int(2 * width / 3)
    if isinstance(factor, int | float) and 0 < factor < 100:  # noqa: PLR2004 - no network is that wide
        width = int(factor * width)
    return -(-width // multiple) * multiple


def _convolve(draft: Draft, layers: Layers, fields: Fields, hidden: int) -> None:
    kernel = fields.integer("conv_L_cache", default=3)
    draft.add(TensorRole.SSM_IN, 3 * hidden, hidden, layers)
    draft.add(TensorRole.SSM_CONV, hidden, kernel, layers)
    draft.add(TensorRole.SSM_OUT, hidden, hidden, layers)
    if fields.flag("conv_bias"):
        for size in (3 * hidden, hidden, hidden):
            draft.vector(size, layers, role=TensorRole.BIAS)
    draft.remember(linear_group(layers, 1, hidden, 0, hidden * (kernel - 1)))


def build_liquid(fields: Fields) -> Architecture:
    """A model of Liquid's families.

    Raises:
        InputError: a field is missing or absurd.
    """
    draft = Draft()
    count, hidden = fields.layers("num_hidden_layers"), fields.integer("hidden_size")
    tied = fields.flag("tie_word_embeddings", "tie_embedding", default=True)
    kinds = _kinds(fields, count)
    mixture = read_mixture(fields, count, _TRAITS)
    if mixture and fields.flag("use_expert_bias"):
        mixture = replace(mixture, corrected=True)
    known = fields.with_values({"intermediate_size": _width(fields)})
    everywhere = tuple(range(count))
    shape = head_shape(fields, _TRAITS, hidden)
    draft.ends(fields.integer("vocab_size"), hidden, tied=tied)
    for name, kind in (("full_attention", AttentionKind.FULL), ("sliding_attention", AttentionKind.SLIDING)):
        layers = where(kinds, name)
        if not layers:
            continue
        window = fields.integer("sliding_window") if kind is AttentionKind.SLIDING else None
        draft.attend(layers, shape, kind, window)
        if fields.flag("use_attention_gate"):
            draft.add(TensorRole.ATTN_GATE, shape.heads, hidden, layers)
    if convolved := where(kinds, "conv"):
        _convolve(draft, convolved, fields, hidden)
    draft.vector(hidden, everywhere, copies=4 if fields.flag("use_sandwich_norm") else 2)
    add_feed_forward(draft, known, _TRAITS, mixture, everywhere)
    return finished(fields, draft, count, hidden=hidden, tied=tied, experts=mixture.experts if mixture else None)
