"""DeepSeek V4: one shared key/value row, compressed by layer, with a window, an indexer and residual streams.

Source: `transformers/models/deepseek_v4` 5.24.0; vLLM 0.33.0 `models/deepseek_v4`.
"""

from dsdesk.llm.architecture import Architecture, AttentionGroup, AttentionKind, TensorRole
from dsdesk.llm.draft import Draft, Layers, where
from dsdesk.llm.families.decoder import add_mixture, finished
from dsdesk.llm.families.moe import Mixture, read_mixture
from dsdesk.llm.families.traits import Traits
from dsdesk.llm.fields import Fields

_TRAITS = Traits()
_CSA, _HCA = 4, 128


def project_v4(draft: Draft, layers: Layers, fields: Fields) -> None:
    """Queries over a low rank, one key/value row, an output projection in groups."""
    hidden, heads = fields.integer("hidden_size"), fields.integer("num_attention_heads")
    dim, rank = fields.integer("head_dim"), fields.integer("q_lora_rank")
    groups, out = fields.integer("o_groups"), fields.integer("o_lora_rank")
    draft.add(TensorRole.MLA_Q_A, rank, hidden, layers)
    draft.add(TensorRole.MLA_Q_B, heads * dim, rank, layers)
    draft.add(TensorRole.MLA_KV_A, dim, hidden, layers)
    draft.add(TensorRole.ATTN_OUT, groups * out, heads * dim // groups, layers)
    draft.add(TensorRole.ATTN_OUT, hidden, groups * out, layers)
    for size in (rank, dim, heads):
        draft.vector(size, layers)


def compress(
    draft: Draft, layers: Layers, hidden: int, dim: int, ratio: int, *, role: TensorRole, overlap: bool
) -> None:
    """The compressor that makes one row of `ratio` tokens; where windows overlap it is twice as wide."""
    if not layers:
        return
    width = 2 * dim if overlap else dim
    draft.add(role, width, hidden, layers, 2)
    draft.vector(ratio * width, layers, role=role)
    draft.vector(dim, layers)


def streams(draft: Draft, layers: Layers, hidden: int, mult: int) -> None:
    """The residual streams' mixing weights, before attention and before the experts, kept in FP32."""
    rows = (2 + mult) * mult
    draft.add(TensorRole.OTHER, rows, mult * hidden, layers, 2)
    draft.vector(rows, layers, role=TensorRole.OTHER, copies=2)
    draft.vector(3, layers, role=TensorRole.OTHER, copies=2)


def stream_head(draft: Draft, hidden: int, mult: int, layers: Layers = ()) -> None:
    """The mixing weights that put the streams together again."""
    draft.add(TensorRole.OTHER, mult, mult * hidden, layers)
    draft.vector(mult, layers, role=TensorRole.OTHER)
    draft.vector(1, layers, role=TensorRole.OTHER)


def index_v4(draft: Draft, layers: Layers, fields: Fields, ratio: int) -> None:
    """The indexer and its own compressor."""
    hidden, rank = fields.integer("hidden_size"), fields.integer("q_lora_rank")
    heads, dim = fields.integer("index_n_heads"), fields.integer("index_head_dim")
    draft.add(TensorRole.INDEXER, heads * dim, rank, layers)
    draft.add(TensorRole.INDEXER, heads, hidden, layers)
    compress(draft, layers, hidden, dim, ratio, role=TensorRole.INDEXER, overlap=ratio == _CSA)


def group_v4(fields: Fields, layers: Layers, ratio: int, *, indexed: bool) -> AttentionGroup:
    """How layers of one compression keep the context."""
    dim, rope = fields.integer("head_dim"), fields.integer("qk_rope_head_dim")
    return AttentionGroup(
        kind=AttentionKind.COMPRESSED,
        layers=layers,
        heads=fields.integer("num_attention_heads"),
        kv_heads=1,
        head_dim=dim,
        v_head_dim=0,
        rope_dim=rope,
        window=fields.integer("sliding_window"),
        compress_ratio=ratio,
        index_heads=fields.integer("index_n_heads") if indexed else 0,
        index_head_dim=fields.integer("index_head_dim") if indexed else 0,
        index_topk=fields.integer("index_topk") if indexed else 0,
    )


def mixture_v4(draft: Draft, fields: Fields, mixture: Mixture, layers: Layers, first: int) -> None:
    """Experts everywhere; the first layers choose them by a table over the vocabulary instead of a score correction."""
    hidden = fields.integer("hidden_size")
    add_mixture(draft, hidden, _TRAITS, mixture, layers)
    types = fields.texts("mlp_layer_types")
    first = first or (types.count("hash_moe") if types else 0)
    hashed = tuple(index for index in layers if index < first)
    scored = tuple(index for index in layers if index >= first)
    if hashed:
        draft.vector(fields.integer("vocab_size") * mixture.experts.top_k, hashed, role=TensorRole.ROUTER)
    if scored:
        draft.vector(mixture.experts.routed, scored, role=TensorRole.ROUTER)


def layer_v4(draft: Draft, fields: Fields, mixture: Mixture, layers: Layers) -> None:
    """Everything of a layer but its compressor and its indexer."""
    hidden, mult = fields.integer("hidden_size"), fields.integer("hc_mult", default=1)
    project_v4(draft, layers, fields)
    draft.vector(hidden, layers, copies=2)
    streams(draft, layers, hidden, mult)
    mixture_v4(draft, fields, mixture, layers, fields.integer("num_hash_layers", default=0, low=0))


def _ratios(fields: Fields) -> Layers:
    """The compression of each layer where the config names it instead of numbering it."""
    rates = fields.section("compress_rates")
    known = {"sliding_attention": 0, "compressed_sparse_attention": _CSA, "heavily_compressed_attention": _HCA}
    if rates is not None:
        known = {name: rates.integer(name, default=ratio, low=0) for name, ratio in known.items()}
    return tuple(known.get(name, 0) for name in fields.texts("layer_types") or ())


def build_deepseek_v4(fields: Fields) -> Architecture:
    """DeepSeek V4.

    Raises:
        InputError: a field is missing or absurd.
    """
    draft = Draft()
    count, hidden = fields.layers("num_hidden_layers"), fields.integer("hidden_size")
    vocab, dim = fields.integer("vocab_size"), fields.integer("head_dim")
    mult = fields.integer("hc_mult", default=1)
    mixture = read_mixture(fields, count, _TRAITS)
    assert mixture is not None
    ratios = (fields.integers("compress_ratios") or _ratios(fields))[:count]
    draft.ends(vocab, hidden, tied=False)
    stream_head(draft, hidden, mult)
    layer_v4(draft, fields, mixture, tuple(range(count)))
    for ratio in sorted(set(ratios)):
        layers = where(ratios, ratio)
        if ratio:
            compress(draft, layers, hidden, dim, ratio, role=TensorRole.COMPRESSOR, overlap=ratio == _CSA)
        if ratio == _CSA:
            index_v4(draft, layers, fields, ratio)
        draft.remember(group_v4(fields, layers, ratio, indexed=ratio == _CSA))
    number = fields.integer("num_nextn_predict_layers", default=0, low=0)
    if number:
        mtp, layers = Draft(), tuple(range(count, count + number))
        layer_v4(mtp, fields, mixture, layers)
        mtp.add(TensorRole.OTHER, hidden, hidden, layers, 2)
        stream_head(mtp, hidden, mult, layers)
        mtp.vector(hidden, layers, copies=3)
        draft.take_as_mtp(mtp)
    return finished(fields, draft, count, hidden=hidden, vocab=vocab, experts=mixture.experts, mtp=number)
