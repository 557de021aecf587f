"""Multi-head latent attention: DeepSeek V2 and V3, Kimi K2, Mistral 4; with a sparse indexer in V3.2 and GLM-5.

Source: DeepSeek-V2 (arXiv 2405.04434) section 2.1, `transformers/models/{deepseek_v3,glm_moe_dsa,hy_v4}` 5.24.0.
"""

from dataclasses import dataclass, replace

from dsdesk.llm.architecture import Architecture, AttentionGroup, AttentionKind, TensorRole
from dsdesk.llm.draft import Draft, Layers
from dsdesk.llm.families.decoder import add_feed_forward, add_mixture, finished
from dsdesk.llm.families.moe import Mixture, read_mixture
from dsdesk.llm.families.traits import Traits
from dsdesk.llm.fields import Fields

V2 = Traits()
V3 = Traits(router_bias=True, mtp="deepseek")
MISTRAL = Traits()
SMALL = Traits(tied=True)
SCORED = Traits(router_bias=True)
NORMED = Traits(router_bias=True, moe_norms=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class LatentShape:
    """The projections of latent attention.

    Attributes:
        hidden: width of the residual stream.
        heads: query heads.
        q_rank: rank of the query projection, 0 where it is a single matrix.
        kv_rank: latent elements a token.
        nope: elements of a head without position.
        rope: elements of the shared rotary key.
        value: elements of a value head.
        bias: biases on the down projections and the output.
    """

    hidden: int
    heads: int
    q_rank: int
    kv_rank: int
    nope: int
    rope: int
    value: int
    bias: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexerShape:
    """The indexer that picks the tokens sparse attention looks at."""

    heads: int
    head_dim: int
    topk: int
    layers: Layers


def latent_shape(fields: Fields) -> LatentShape:
    """The shape of latent attention as a config tells it."""
    return LatentShape(
        hidden=fields.integer("hidden_size"),
        heads=fields.integer("num_attention_heads"),
        q_rank=fields.integer("q_lora_rank", default=0, low=0),
        kv_rank=fields.integer("kv_lora_rank"),
        nope=fields.integer("qk_nope_head_dim", low=0),
        rope=fields.integer("qk_rope_head_dim", low=0),
        value=fields.integer("v_head_dim"),
        bias=fields.flag("attention_bias"),
    )


def project_latent(draft: Draft, layers: Layers, shape: LatentShape) -> None:
    """The tensors of latent attention in `layers`."""
    if not layers:
        return
    role = TensorRole
    head = shape.nope + shape.rope
    if shape.q_rank:
        draft.add(role.MLA_Q_A, shape.q_rank, shape.hidden, layers)
        draft.vector(shape.q_rank, layers)
        draft.add(role.MLA_Q_B, shape.heads * head, shape.q_rank, layers)
    else:
        draft.add(role.ATTN_Q, shape.heads * head, shape.hidden, layers)
    draft.add(role.MLA_KV_A, shape.kv_rank + shape.rope, shape.hidden, layers)
    draft.vector(shape.kv_rank, layers)
    draft.add(role.MLA_KV_B, shape.heads * (shape.nope + shape.value), shape.kv_rank, layers)
    draft.add(role.ATTN_OUT, shape.hidden, shape.heads * shape.value, layers)
    if shape.bias:
        for size in (shape.q_rank, shape.kv_rank + shape.rope, shape.hidden):
            draft.vector(size, layers, role=role.BIAS)


def read_indexer(fields: Fields, layers: Layers) -> IndexerShape | None:
    """The sparse indexer, None where the config has none."""
    if not fields.has("index_n_heads", "index_head_dim"):
        return None
    types = fields.texts("indexer_types")
    if types is not None:
        layers = tuple(index for index in layers if index >= len(types) or types[index] == "full")
    return IndexerShape(
        heads=fields.integer("index_n_heads"),
        head_dim=fields.integer("index_head_dim"),
        topk=fields.integer("index_topk"),
        layers=layers,
    )


def project_indexer(draft: Draft, layers: Layers, shape: LatentShape, indexer: IndexerShape) -> None:
    """The indexer's tensors in `layers`."""
    role = TensorRole.INDEXER
    draft.add(role, indexer.heads * indexer.head_dim, shape.q_rank or shape.hidden, layers)
    draft.add(role, indexer.head_dim, shape.hidden, layers)
    draft.add(role, indexer.heads, shape.hidden, layers)
    draft.vector(indexer.head_dim, layers, copies=2)


def latent_group(
    shape: LatentShape, layers: Layers, indexer: IndexerShape | None = None, *, own: bool = True
) -> AttentionGroup:
    """How layers of latent attention keep the context.

    Args:
        shape: the projections.
        layers: which layers.
        indexer: the sparse indexer, None for dense attention.
        own: whether these layers keep indexer keys of their own.
    """
    return AttentionGroup(
        kind=AttentionKind.MLA_SPARSE if indexer else AttentionKind.MLA,
        layers=layers,
        heads=shape.heads,
        kv_heads=1,
        head_dim=shape.nope,
        v_head_dim=shape.value,
        rope_dim=shape.rope,
        kv_lora_rank=shape.kv_rank,
        index_heads=indexer.heads if indexer else 0,
        index_head_dim=indexer.head_dim if indexer and own else 0,
        index_topk=indexer.topk if indexer else 0,
    )


def attend_latent(draft: Draft, layers: Layers, shape: LatentShape, indexer: IndexerShape | None) -> None:
    """Tensors and cache of latent attention in `layers`."""
    project_latent(draft, layers, shape)
    if indexer is None:
        draft.remember(latent_group(shape, layers))
        return
    project_indexer(draft, indexer.layers, shape, indexer)
    draft.remember(latent_group(shape, indexer.layers, indexer))
    others = tuple(index for index in layers if index not in indexer.layers)
    draft.remember(latent_group(shape, others, indexer, own=False))


def build_latent(fields: Fields, traits: Traits) -> Architecture:
    """The architecture of a model with latent attention in every layer.

    Raises:
        InputError: a field is missing or absurd.
    """
    draft = Draft()
    count = fields.layers("num_hidden_layers")
    shape = latent_shape(fields)
    vocab = fields.integer("vocab_size")
    tied = fields.flag("tie_word_embeddings", default=traits.tied)
    mixture = read_mixture(fields, count, traits)
    everywhere = tuple(range(count))
    draft.ends(vocab, shape.hidden, tied=tied)
    attend_latent(draft, everywhere, shape, read_indexer(fields, everywhere))
    draft.vector(shape.hidden, everywhere, copies=2)
    if traits.moe_norms and mixture:
        draft.vector(shape.hidden, mixture.experts.layers, copies=traits.moe_norms)
    add_feed_forward(draft, fields, traits, mixture, everywhere)
    mtp = fields.integer("num_nextn_predict_layers", default=0, low=0) if traits.mtp else 0
    if mtp:
        _add_mtp(draft, fields, traits, shape, mixture, tuple(range(count, count + mtp)))
    return finished(
        fields,
        draft,
        count,
        hidden=shape.hidden,
        vocab=vocab,
        tied=tied,
        experts=mixture.experts if mixture else None,
        mtp=mtp,
    )


def build_hy_v4(fields: Fields) -> Architecture:
    """Hunyuan 4: sparse latent attention with an output gate and sinks, residual streams mixed before each half.

    Raises:
        InputError: a field is missing or absurd.
    """
    plain = build_latent(fields, V3)
    draft, shape = Draft(), latent_shape(fields)
    layers, mult = tuple(range(plain.layer_count)), fields.integer("hc_mult", default=1)
    further = tuple(range(plain.layer_count, plain.layer_count + plain.mtp_layers))
    for mtp, held in ((False, layers), (True, further)):
        part = Draft()
        if held:
            part.add(TensorRole.ATTN_GATE, shape.heads * shape.value, shape.hidden, held)
            part.vector(shape.heads, held, role=TensorRole.BIAS)
        draft.tensors.extend(replace(group, mtp=mtp) for group in part.tensors)
    draft.add(TensorRole.OTHER, 2 * mult, mult * shape.hidden, layers, 2)
    draft.vector(2 * mult, layers, role=TensorRole.OTHER, copies=2)
    draft.vector(2, layers, role=TensorRole.OTHER, copies=2)
    draft.add(TensorRole.OTHER, mult, mult * shape.hidden)
    draft.vector(mult, role=TensorRole.OTHER)
    draft.vector(1, role=TensorRole.OTHER)
    return replace(plain, tensors=(*plain.tensors, *draft.tensors))


def _add_mtp(
    draft: Draft, fields: Fields, traits: Traits, shape: LatentShape, mixture: Mixture | None, layers: Layers
) -> None:
    """Multi-token-prediction layers: a whole layer, a projection of twice the width, their own ends where stored."""
    mtp = Draft()
    project_latent(mtp, layers, shape)
    indexer = read_indexer(fields, layers)
    if indexer:
        project_indexer(mtp, layers, shape, indexer)
    mtp.vector(shape.hidden, layers, copies=5)
    mtp.add(TensorRole.OTHER, shape.hidden, 2 * shape.hidden, layers)
    if mixture:
        add_mixture(mtp, shape.hidden, traits, mixture, layers)
    if fields.flag("mtp_own_embeddings", default=fields.text("model_type") in _OWN_ENDS):
        vocab = fields.integer("vocab_size")
        mtp.add(TensorRole.EMBED, vocab, shape.hidden, layers)
        mtp.add(TensorRole.HEAD, vocab, shape.hidden, layers)
    draft.take_as_mtp(mtp)


_OWN_ENDS = ("deepseek_v3", "deepseek_v32", "glm4_moe_lite")
