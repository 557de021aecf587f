"""LongCat-Flash: two latent attentions and two dense networks in one layer, experts beside them, some of them empty.

Source: `transformers/models/longcat_flash` 5.24.0. Each layer is counted as two, since its cache is that of two.
"""

from dsdesk.llm.architecture import Architecture, Experts, TensorRole
from dsdesk.llm.draft import Draft
from dsdesk.llm.families.decoder import finished
from dsdesk.llm.families.mla import attend_latent, latent_shape
from dsdesk.llm.fields import Fields


def build_longcat(fields: Fields) -> Architecture:
    """LongCat-Flash.

    Raises:
        InputError: a field is missing or absurd.
    """
    draft = Draft()
    count = 2 * fields.layers("num_layers", "num_hidden_layers")
    shape, vocab = latent_shape(fields), fields.integer("vocab_size")
    tied = fields.flag("tie_word_embeddings")
    everywhere, mixed = tuple(range(count)), tuple(range(0, count, 2))
    routed, empty = fields.integer("n_routed_experts"), fields.integer("zero_expert_num", default=0, low=0)
    width = fields.integer("expert_ffn_hidden_size", "moe_intermediate_size")
    draft.ends(vocab, shape.hidden, tied=tied)
    attend_latent(draft, everywhere, shape, None)
    draft.vector(shape.hidden, everywhere, copies=2)
    draft.feed_forward(everywhere, shape.hidden, fields.integer("ffn_hidden_size", "intermediate_size"))
    draft.router(mixed, shape.hidden, routed + empty, bias=True)
    if fields.flag("router_bias"):
        draft.vector(routed + empty, mixed, role=TensorRole.ROUTER)
    draft.experts(mixed, shape.hidden, width, routed)
    experts = Experts(
        routed=routed,
        shared=0,
        top_k=min(routed, fields.integer("moe_topk", "num_experts_per_tok")),
        intermediate=width,
        layers=mixed,
    )
    return finished(fields, draft, count, hidden=shape.hidden, vocab=vocab, tied=tied, experts=experts)
