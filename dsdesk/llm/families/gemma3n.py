"""Gemma 3n: four residual streams, per-layer embeddings, layers that read another's cache.

Source: `transformers/models/gemma3n` 5.24.0.
"""

from dsdesk.base.errors import InputError
from dsdesk.base.message import Message
from dsdesk.llm.architecture import Architecture, AttentionKind, TensorRole
from dsdesk.llm.draft import Draft, Layers, where
from dsdesk.llm.families.decoder import finished, head_shape
from dsdesk.llm.families.gemma4 import share_cache
from dsdesk.llm.families.traits import Traits
from dsdesk.llm.fields import Fields

_TRAITS = Traits(qk_norm="head", tied=True)
_EVERY = 5


def _widths(fields: Fields, count: int) -> tuple[int, ...]:
    listed = fields.integers("intermediate_size")
    if listed is None:
        return (fields.integer("intermediate_size"),) * count
    if len(listed) < count or min(listed) < 1:
        raise InputError(Message("The model's config lacks the field {field}.", field="intermediate_size"))
    return listed[:count]


def build_gemma3n(fields: Fields) -> Architecture:
    """Gemma 3n.

    Raises:
        InputError: a field is missing or absurd.
    """
    draft = Draft()
    count, hidden = fields.layers("num_hidden_layers"), fields.integer("hidden_size")
    vocab = fields.integer("vocab_size")
    tied = fields.flag("tie_word_embeddings", default=True)
    types = fields.texts("layer_types") or tuple(
        "sliding_attention" if (index + 1) % _EVERY else "full_attention" for index in range(count)
    )
    first_shared = count - min(fields.integer("num_kv_shared_layers", default=0, low=0), count)
    shape = head_shape(fields, _TRAITS, hidden)
    window = fields.integer("sliding_window")
    draft.ends(vocab, hidden, tied=tied)
    for name, kind in (("full_attention", AttentionKind.FULL), ("sliding_attention", AttentionKind.SLIDING)):
        layers = where(types[:count], name)
        draft.attend(tuple(one for one in layers if one < first_shared), shape, kind, window)
        share_cache(draft, tuple(one for one in layers if one >= first_shared), shape, kind, window)
    widths = _widths(fields, count)
    for width in sorted(set(widths)):
        draft.feed_forward(where(widths, width), hidden, width)
    everywhere = tuple(range(count))
    draft.vector(hidden, everywhere, copies=4)
    _streams(draft, fields, hidden, everywhere)
    _per_layer(draft, fields, hidden, everywhere)
    return finished(fields, draft, count, hidden=hidden, vocab=vocab, tied=tied)


def _streams(draft: Draft, fields: Fields, hidden: int, layers: Layers) -> None:
    """AltUp, which predicts and corrects the streams, and the low-rank LAuReL beside attention."""
    streams, rank = fields.integer("altup_num_inputs", default=4), fields.integer("laurel_rank", default=64)
    other = TensorRole.OTHER
    draft.add(other, streams, streams, layers)
    draft.add(other, streams * streams, streams, layers)
    draft.add(other, streams, hidden, layers)
    draft.vector(hidden, layers, copies=2)
    draft.add(other, rank, hidden, layers)
    draft.add(other, hidden, rank, layers)
    draft.vector(hidden, layers)
    draft.add(other, hidden, hidden, copies=2 * (streams - 1))


def _per_layer(draft: Draft, fields: Fields, hidden: int, layers: Layers) -> None:
    """Embeddings that every layer reads anew."""
    width = fields.integer("hidden_size_per_layer_input", default=256)
    rows = fields.integer("vocab_size_per_layer_input", "vocab_size")
    draft.add(TensorRole.LOOKUP, rows, len(layers) * width)
    draft.add(TensorRole.OTHER, len(layers) * width, hidden)
    draft.vector(width)
    draft.add(TensorRole.OTHER, width, hidden, layers)
    draft.add(TensorRole.OTHER, hidden, width, layers)
    draft.vector(hidden, layers)
