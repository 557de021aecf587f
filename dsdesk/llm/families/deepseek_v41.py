"""DeepSeek V4.1: V4's layers, of which four store compressed rows for all; n-gram tables; draft layers of their own.

Source: the checkpoint's config; vLLM 0.33.0 `models/deepseek_v41` (rows of 528 bytes, ratios of 1 and 2). The size of
an indexer key is taken from V4.
"""

from dataclasses import replace

from dsdesk.base.errors import InputError
from dsdesk.base.message import Message
from dsdesk.llm.architecture import Architecture, TensorRole
from dsdesk.llm.draft import Draft, without
from dsdesk.llm.families.decoder import finished
from dsdesk.llm.families.deepseek_v4 import compress, group_v4, index_v4, layer_v4, stream_head
from dsdesk.llm.families.moe import read_mixture
from dsdesk.llm.families.traits import Traits
from dsdesk.llm.fields import Fields

_ROW_SCALE = 32


def build_deepseek_v41(fields: Fields) -> Architecture:
    """DeepSeek V4.1.

    Raises:
        InputError: a field is missing or absurd.
    """
    draft = Draft()
    count, hidden = fields.layers("num_hidden_layers"), fields.integer("hidden_size")
    vocab, mult = fields.integer("vocab_size"), fields.integer("hc_mult", default=1)
    mixture = read_mixture(fields, count, Traits())
    if mixture is None:
        raise InputError(Message("The model's config lacks the field {field}.", field="n_routed_experts"))
    draft.ends(vocab, hidden, tied=False)
    stream_head(draft, hidden, mult)
    layer_v4(draft, fields, mixture, tuple(range(count)))
    for rows in fields.integers("engram_num_embeddings") or ():
        draft.add(TensorRole.LOOKUP, rows, fields.integer("engram_head_dim"))
    _attend(draft, fields, count)
    number = fields.integer("num_nextn_predict_layers", default=0, low=0)
    if number:
        mtp, layers = Draft(), tuple(range(count, count + number))
        experts = replace(mixture.experts, routed=fields.integer("dspark_n_routed_experts"))
        layer_v4(mtp, fields, replace(mixture, experts=experts), layers)
        mtp.add(TensorRole.OTHER, hidden, hidden, layers, 2)
        draft.take_as_mtp(mtp)
    return finished(fields, draft, count, hidden=hidden, vocab=vocab, experts=mixture.experts, mtp=number)


def _attend(draft: Draft, fields: Fields, count: int) -> None:
    """Compressors and caches: who stores rows, who stores indexer keys, who only keeps the window."""
    hidden, dim = fields.integer("hidden_size"), fields.integer("head_dim")
    ratios = (fields.integers("compress_ratios") or ())[:count]
    stored, indexed = fields.integers("kv_source_layer_ids"), fields.integers("index_source_layer_ids")
    if len(ratios) < count or stored is None or indexed is None:
        raise InputError(Message("The model's config lacks the field {field}.", field="kv_source_layer_ids"))
    row = dim + dim // _ROW_SCALE
    for ratio in sorted(set(ratios)):
        for stores in (True, False):
            layers = tuple(one for one in indexed if one < count and ratios[one] == ratio and (one in stored) is stores)
            if not ratio or not layers:
                continue
            if stores:
                compress(draft, layers, hidden, dim, ratio, role=TensorRole.COMPRESSOR, overlap=ratio > 1)
            index_v4(draft, layers, fields, ratio)
            group = group_v4(fields, layers, ratio, indexed=True)
            draft.remember(replace(group, row_bytes=row, stores_rows=stores))
    others = without(count, tuple(one for one in indexed if one < count))
    draft.remember(replace(group_v4(fields, others, 0, indexed=False), row_bytes=row, stores_rows=False))
