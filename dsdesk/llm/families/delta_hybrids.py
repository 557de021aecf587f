"""Delta-rule layers with attention of several kinds between them: Ling 3, GLM-5 Flash, OLMo Hybrid, Qwen 3.8 Flash.

Source: `transformers/models/{bailing_hybrid,glm5_next,olmo_hybrid,qwen4_exp}` 5.24.0.
"""

from dataclasses import replace

from dsdesk.llm.architecture import Architecture, AttentionKind, TensorRole
from dsdesk.llm.draft import Draft, Layers, where, without
from dsdesk.llm.families.decoder import add_feed_forward, add_mixture, finished, head_shape
from dsdesk.llm.families.deepseek_v4 import streams
from dsdesk.llm.families.mla import attend_latent, latent_shape, project_indexer, project_latent, read_indexer
from dsdesk.llm.families.moe import read_mixture
from dsdesk.llm.families.recurrent import gated_delta, kimi_delta, linear_group
from dsdesk.llm.families.traits import Traits
from dsdesk.llm.fields import Fields

_SCORED = Traits(router_bias=True)
_QWEN4 = Traits(
    qkv_bias=None, qk_norm="head", query_gate=True, shared_width=("shared_expert_intermediate_size",), shared_gate=True
)
_OLMO = Traits(qkv_bias=None, qk_norm="layer")


def _full(fields: Fields, count: int, field: str, default: int) -> Layers:
    """The layers with attention: as listed, else the last of every group."""
    types = fields.texts("layer_types")
    if types is not None:
        return where(types[:count], "full_attention", "indexed_attention")
    every = fields.integer(field, default=default)
    return tuple(index for index in range(count) if (index + 1) % every == 0)


def build_bailing_hybrid(fields: Fields) -> Architecture:
    """Ling 3: Kimi delta attention with full-rank gates, latent attention with one gate a head.

    Raises:
        InputError: a field is missing or absurd.
    """
    draft = Draft()
    count, hidden = fields.layers("num_hidden_layers"), fields.integer("hidden_size")
    tied, mixture = fields.flag("tie_word_embeddings"), read_mixture(fields, count, _SCORED)
    full = _full(fields, count, "layer_group_size", 6)
    linear, everywhere = without(count, full), tuple(range(count))
    shape = latent_shape(fields)
    draft.ends(fields.integer("vocab_size"), hidden, tied=tied)
    attend_latent(draft, full, shape, None)
    draft.add(TensorRole.ATTN_GATE, shape.heads, hidden, full)
    _channel_delta(draft, linear, fields, hidden)
    draft.vector(hidden, everywhere, copies=2)
    add_feed_forward(draft, fields, _SCORED, mixture, everywhere)
    number = fields.integer("num_nextn_predict_layers", default=0, low=0)
    if number:
        mtp, layers = Draft(), tuple(range(count, count + number))
        project_latent(mtp, layers, shape)
        mtp.add(TensorRole.ATTN_GATE, shape.heads, hidden, layers)
        mtp.vector(hidden, layers, copies=5)
        mtp.add(TensorRole.OTHER, hidden, 2 * hidden, layers)
        if mixture:
            add_mixture(mtp, hidden, _SCORED, mixture, layers)
        draft.take_as_mtp(mtp)
    return finished(fields, draft, count, tied=tied, experts=mixture.experts if mixture else None, mtp=number)


def _channel_delta(draft: Draft, linear: Layers, fields: Fields, hidden: int) -> None:
    """Ling's delta attention: decay and output gate for each channel, both of full rank."""
    heads = fields.integer("linear_num_heads", default=fields.integer("num_attention_heads"))
    dim = fields.integer("linear_head_dim", default=fields.integer("v_head_dim"))
    kernel = fields.integer("short_conv_kernel_size", "linear_conv_kernel_dim")
    width = heads * dim
    for role in (TensorRole.ATTN_Q, TensorRole.ATTN_K, TensorRole.ATTN_V, TensorRole.ATTN_GATE, TensorRole.SSM_STATE):
        draft.add(role, width, hidden, linear)
    draft.add(TensorRole.SSM_CONV, width, kernel, linear, 3)
    draft.add(TensorRole.SSM_STATE, heads, hidden, linear)
    for size, role in ((heads, TensorRole.SSM_STATE), (width, TensorRole.SSM_STATE), (dim, TensorRole.NORM)):
        draft.vector(size, linear, role=role)
    draft.add(TensorRole.SSM_OUT, hidden, width, linear)
    draft.remember(linear_group(linear, heads, dim, heads * dim * dim, 3 * (kernel - 1) * width))


def build_glm5_next(fields: Fields) -> Architecture:
    """GLM-5 Flash: Kimi delta attention, sparse latent attention without rotary keys, mixed residual streams.

    Raises:
        InputError: a field is missing or absurd.
    """
    draft = Draft()
    count, hidden = fields.layers("num_hidden_layers"), fields.integer("hidden_size")
    tied = fields.flag("tie_word_embeddings")
    known = fields if fields.has("mlp_layer_types", "first_k_dense_replace") else fields.with_values(_DENSE_START)
    mixture = read_mixture(known, count, _SCORED)
    full = _full(fields, count, "full_attention_interval", 4)
    everywhere = tuple(range(count))
    shape, indexer = latent_shape(fields), read_indexer(fields, full)
    draft.ends(fields.integer("vocab_size"), hidden, tied=tied)
    attend_latent(draft, full, shape, indexer)
    pool = fields.integer("index_kpool", default=0, low=0)
    if indexer and pool:
        _pool(draft, indexer.layers, hidden, indexer.head_dim, pool)
        draft.attention = [
            replace(one, index_head_dim=-(-one.index_head_dim // pool)) if one.index_head_dim else one
            for one in draft.attention
        ]
    kimi_delta(draft, without(count, full), fields, hidden)
    draft.vector(hidden, everywhere, copies=2)
    if fields.integer("hc_mult", default=1) > 1:
        streams(draft, everywhere, hidden, fields.integer("hc_mult"))
    add_feed_forward(draft, known, _SCORED, mixture, everywhere)
    number = fields.integer("num_nextn_predict_layers", default=0, low=0)
    if number:
        mtp, layers = Draft(), tuple(range(count, count + number))
        project_latent(mtp, layers, shape)
        if indexer:
            project_indexer(mtp, layers, shape, indexer)
            _pool(mtp, layers, hidden, indexer.head_dim, pool)
        mtp.vector(hidden, layers, copies=5)
        mtp.add(TensorRole.OTHER, hidden, 2 * hidden, layers)
        if mixture:
            add_mixture(mtp, hidden, _SCORED, mixture, layers)
        draft.take_as_mtp(mtp)
    return finished(fields, draft, count, tied=tied, experts=mixture.experts if mixture else None, mtp=number)


_DENSE_START = {"first_k_dense_replace": 3}


def _pool(draft: Draft, layers: Layers, hidden: int, dim: int, pool: int) -> None:
    """The gate and the positions by which `pool` indexer keys become one."""
    draft.add(TensorRole.INDEXER, dim, hidden, layers)
    draft.vector(pool * dim, layers, role=TensorRole.INDEXER)


def build_olmo_hybrid(fields: Fields) -> Architecture:
    """OLMo Hybrid: three gated DeltaNet layers, then one of attention with a norm behind instead of before.

    Raises:
        InputError: a field is missing or absurd.
    """
    draft = Draft()
    count, hidden = fields.layers("num_hidden_layers"), fields.integer("hidden_size")
    tied = fields.flag("tie_word_embeddings")
    full, everywhere = _full(fields, count, "full_attention_interval", 4), tuple(range(count))
    draft.ends(fields.integer("vocab_size"), hidden, tied=tied)
    draft.attend(full, head_shape(fields, _OLMO, hidden), AttentionKind.FULL)
    gated_delta(draft, without(count, full), fields, hidden)
    draft.vector(hidden, everywhere, copies=2)
    add_feed_forward(draft, fields, _OLMO, None, everywhere)
    return finished(fields, draft, count, tied=tied)


def build_qwen4(fields: Fields) -> Architecture:
    """Qwen 3.8 Flash: DeltaNet and indexed attention, mixed residual streams, tables of n-grams in some layers.

    Raises:
        InputError: a field is missing or absurd.
    """
    draft = Draft()
    count, hidden = fields.layers("num_hidden_layers"), fields.integer("hidden_size")
    tied, mixture = fields.flag("tie_word_embeddings"), read_mixture(fields, count, _QWEN4)
    full, everywhere = _full(fields, count, "full_attention_interval", 4), tuple(range(count))
    shape = head_shape(fields, _QWEN4, hidden)
    draft.ends(fields.integer("vocab_size"), hidden, tied=tied, norm=False)
    draft.attend(full, shape, AttentionKind.FULL)
    _index(draft, full, fields, hidden)
    gated_delta(draft, without(count, full), fields, hidden)
    for _ in ("attention", "experts"):
        _mix(draft, fields, hidden, everywhere)
    _mix(draft, fields, hidden, (), inject=False)
    add_feed_forward(draft, fields, _QWEN4, mixture, everywhere)
    _ngrams(draft, fields, hidden)
    number = fields.integer("mtp_num_hidden_layers", default=0, low=0)
    if number:
        mtp, layers = Draft(), tuple(range(count, count + number))
        mtp.project_heads(layers, shape)
        _index(mtp, layers, fields, hidden)
        for _ in ("attention", "experts"):
            _mix(mtp, fields, hidden, layers)
        _mix(mtp, fields, hidden, layers, inject=False)
        mtp.vector(hidden * (1 + fields.integer("hc_count", default=4)), layers)
        mtp.add(TensorRole.OTHER, hidden, 2 * hidden, layers)
        if mixture:
            add_mixture(mtp, hidden, _QWEN4, mixture, layers)
        draft.take_as_mtp(mtp)
    return finished(fields, draft, count, tied=tied, experts=mixture.experts if mixture else None, mtp=number)


def _index(draft: Draft, layers: Layers, fields: Fields, hidden: int) -> None:
    """The indexer of attention layers: keys of several tokens averaged into one."""
    if not fields.has("indexer_n_heads") or not layers:
        return
    heads, dim = fields.integer("indexer_n_heads"), fields.integer("indexer_head_dim")
    ratio = fields.integer("indexer_compress_ratio", default=1)
    draft.add(TensorRole.INDEXER, (heads + fields.integer("indexer_kv_heads", default=1)) * dim, hidden, layers)
    draft.vector(dim, layers, copies=2)
    if draft.attention:
        draft.attention[-1] = replace(
            draft.attention[-1],
            index_heads=heads,
            index_head_dim=-(-dim // ratio),
            index_topk=fields.integer("indexer_budget", default=0, low=0),
        )


def _mix(draft: Draft, fields: Fields, hidden: int, layers: Layers, *, inject: bool = True) -> None:
    """The learned mixing of residual streams, of low rank."""
    streams_, rank = fields.integer("hc_count", default=4), fields.integer("hc_lowrank", default=320)
    width = streams_ * hidden
    draft.vector(width, layers)
    draft.add(TensorRole.OTHER, rank, width, layers)
    draft.add(TensorRole.OTHER, width, rank, layers)
    if inject:
        draft.add(TensorRole.OTHER, streams_, width, layers)


def _ngrams(draft: Draft, fields: Fields, hidden: int) -> None:
    """Tables of hashed n-grams: of each a token reads a few rows."""
    layers = tuple(index - 1 for index in fields.integers("ple_layer_ids") or () if index > 0)
    if not layers:
        return
    heads = (fields.integer("ngram_size", default=3) - 1) * fields.integer("heads_per_ngram", default=8)
    width = fields.integer("ple_embed_dim", default=hidden)
    rows = _table_rows(fields, heads)
    wide = fields.integer("hc_count", default=4) * hidden
    draft.add(TensorRole.LOOKUP, rows, width // heads, layers)
    draft.add(TensorRole.OTHER, wide, width, layers)
    draft.add(TensorRole.OTHER, hidden, width, layers)
    draft.vector(wide, layers, copies=3)
    draft.add(TensorRole.SSM_CONV, wide, fields.integer("ple_conv_kernel_size", default=4), layers)
    draft.vector(2 * heads + fields.integer("ngram_size", default=3), layers, role=TensorRole.OTHER)


def _table_rows(fields: Fields, heads: int) -> int:
    """Rows of one table: a prime for each head, the first ones from the base on, padded together."""
    divisor = fields.integer("make_ngram_vocab_size_divisible_by", default=128)
    total, candidate = 0, fields.integer("ngram_vocab_size_base", default=20_000_000)
    for _ in range(min(heads, 64)):
        while not _is_prime(candidate):
            candidate += 1
        total += candidate
        candidate += 1
    return -(-total // divisor) * divisor


def _is_prime(number: int) -> bool:
    """Whether `number` is a prime, by the bases that decide below 3.3e24 (Sorenson and Webster, arXiv 1509.00864)."""
    small = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41)
    if number < small[-1] + 1 or any(number % one == 0 for one in small):
        return number in small
    odd, twos = number - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    for base in small:
        power = pow(base, odd, number)
        if power in (1, number - 1):
            continue
        if not any((power := power * power % number) == number - 1 for _ in range(twos - 1)):
            return False
    return True
