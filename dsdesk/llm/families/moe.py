"""Which layers are mixtures, and of how many experts: the fields that different families use for the same thing."""

from dataclasses import dataclass

from dsdesk.llm.architecture import Experts
from dsdesk.llm.draft import Layers, where, without
from dsdesk.llm.families.traits import Traits
from dsdesk.llm.fields import Fields

ROUTED = ("n_routed_experts", "num_experts", "num_local_experts", "moe_num_experts")
TOP_K = (
    "num_experts_per_tok",
    "num_experts_per_token",
    "experts_per_token",
    "moe_topk",
    "moe_k",
    "top_k_experts",
    "moe_top_k",
)
_SHARED = ("n_shared_experts", "num_shared_experts", "moe_num_shared_experts", "num_shared_expert")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixture:
    """The mixture of experts as a config tells it.

    Attributes:
        experts: counts and layers.
        shared_width: joint inner width of the experts that every token passes.
        corrected: the config says that each router has a score correction vector.
    """

    experts: Experts
    shared_width: int
    corrected: bool = False


def moe_layers(fields: Fields, count: int) -> Layers:
    """The indices of the layers with experts."""
    types = fields.texts("mlp_layer_types")
    if types is not None:
        return where(types[:count], "sparse", "moe", "hash_moe")
    marks = fields.integers("moe_layer_freq")
    if marks is not None:
        return where(marks[:count], 1)
    if fields.has("moe_layers_enum"):
        return tuple(int(one) for one in fields.text("moe_layers_enum").split(",") if one.strip().isdigit())
    first = fields.integer("first_k_dense_replace", "moe_layer_start_index", "num_dense_layers", default=0, low=0)
    last = fields.integer("moe_layer_end_index", default=count - 1, low=0)
    every = fields.integer(
        "moe_layer_freq", "decoder_sparse_step", "moe_layer_interval", "interleave_moe_layer_step", default=1
    )
    dense = fields.integers("mlp_only_layers") or ()
    if fields.has("decoder_sparse_step", "interleave_moe_layer_step"):
        chosen = (index for index in range(count) if (index + 1) % every == 0)
    else:
        chosen = (index for index in range(count) if first <= index <= last and index % every == 0)
    return tuple(index for index in chosen if index not in dense)


def read_mixture(fields: Fields, count: int, traits: Traits) -> Mixture | None:
    """The mixture of experts, None where the config has none.

    Raises:
        InputError: it has experts, but not how many or how wide.
    """
    if not fields.has(*ROUTED):
        return None
    layers = moe_layers(fields, count)
    routed = fields.integer(*ROUTED)
    if routed == 1 or not layers:
        return None
    width = fields.integer(*traits.expert_width, "moe_intermediate_size", "intermediate_size")
    shared = fields.integer(*_SHARED, default=0, low=0)
    joint = shared * width
    if traits.shared_width:
        joint = fields.integer(*traits.shared_width, default=joint, low=0)
        shared = shared or (1 if joint else 0)
    experts = Experts(routed=routed, shared=shared, top_k=fields.integer(*TOP_K), intermediate=width, layers=layers)
    corrected = fields.flag("moe_router_enable_expert_bias")
    return Mixture(experts=experts, shared_width=joint, corrected=corrected)


def dense_layers(count: int, mixture: Mixture | None) -> Layers:
    """The layers without experts."""
    return without(count, mixture.experts.layers) if mixture else tuple(range(count))
