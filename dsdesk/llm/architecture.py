"""The shape of a language model: every tensor group, every attention group. All that sizing and forecasting read.

An Architecture is derived from a config (`config_json`) or from the headers of weight files (`gguf`, `safetensors`)
and never holds weights. Sizes are in elements; bytes depend on the precision and are computed in `dsdesk.sizing`.
"""

from dataclasses import dataclass
from enum import StrEnum

from dsdesk.base.message import Message
from dsdesk.base.source import Source
from dsdesk.llm.precision import Storage


class TensorRole(StrEnum):
    """What a tensor does; quantisers and parallel plans decide by it."""

    EMBED = "embed"
    LOOKUP = "lookup"  # further tables of which a token reads one row (per-layer embeddings)
    HEAD = "head"
    NORM = "norm"
    BIAS = "bias"
    ATTN_Q = "attn_q"
    ATTN_K = "attn_k"
    ATTN_V = "attn_v"
    ATTN_QKV = "attn_qkv"
    ATTN_GATE = "attn_gate"
    ATTN_OUT = "attn_out"
    MLA_Q_A = "mla_q_a"
    MLA_Q_B = "mla_q_b"
    MLA_KV_A = "mla_kv_a"
    MLA_KV_B = "mla_kv_b"
    INDEXER = "indexer"
    COMPRESSOR = "compressor"
    FFN_GATE = "ffn_gate"
    FFN_UP = "ffn_up"
    FFN_DOWN = "ffn_down"
    EXPERT_GATE = "expert_gate"
    EXPERT_UP = "expert_up"
    EXPERT_DOWN = "expert_down"
    SHARED_GATE = "shared_gate"
    SHARED_UP = "shared_up"
    SHARED_DOWN = "shared_down"
    ROUTER = "router"
    SSM_IN = "ssm_in"
    SSM_OUT = "ssm_out"
    SSM_CONV = "ssm_conv"
    SSM_STATE = "ssm_state"
    VISION = "vision"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class TensorGroup:
    """Equal tensors that recur over layers (and over experts).

    Attributes:
        role: what they do.
        rows: output features of one tensor.
        columns: input features of one tensor, the row length that block formats divide; 1-D tensors have columns = 1.
        copies: how many stand in one layer (the routed experts); 1 otherwise.
        layers: indices of the layers that hold them, ascending; empty for tensors outside (embedding, head, vision).
        mtp: whether they belong to multi-token-prediction layers, which most engines do not load by default.
        stored_bytes: bytes of the whole group in the user's own file, None where only its shape is known.
    """

    role: TensorRole
    rows: int
    columns: int
    copies: int = 1
    layers: tuple[int, ...] = ()
    mtp: bool = False
    stored_bytes: int | None = None

    @property
    def count(self) -> int:
        """How many tensors the group stands for."""
        return self.copies * max(1, len(self.layers))

    @property
    def parameters(self) -> int:
        """Elements of the whole group."""
        return self.rows * self.columns * self.count


class AttentionKind(StrEnum):
    """How a group of layers remembers the context."""

    FULL = "full"  # MHA, GQA, MQA by the head counts
    SLIDING = "sliding"  # full within `window` tokens
    CHUNKED = "chunked"  # local chunks of `window` tokens (Llama 4)
    MLA = "mla"  # one latent vector a token
    MLA_SPARSE = "mla_sparse"  # MLA with an indexer that picks top-k tokens (DeepSeek V3.2, GLM-5)
    COMPRESSED = "compressed"  # DeepSeek V4: rows shared by `compress_ratio` tokens, beside a window
    LINEAR = "linear"  # fixed state: gated DeltaNet, KDA, Mamba2, lightning


@dataclass(frozen=True, slots=True, kw_only=True)
class AttentionGroup:
    """The attention of a set of equal layers, as the KV cache and the FLOP count see it.

    Attributes:
        kind: see AttentionKind.
        layers: indices of the layers, ascending; MTP layers are not among them.
        heads: query heads.
        kv_heads: key/value heads (1 latent for MLA).
        head_dim: elements of one key head; for MLA the decompressed non-RoPE part.
        v_head_dim: elements of one value head.
        rope_dim: elements of the decoupled RoPE key (MLA), else 0.
        kv_lora_rank: latent elements a token (MLA), else 0.
        window: tokens kept by SLIDING, CHUNKED and COMPRESSED layers, else None.
        compress_ratio: tokens that share one compressed row (COMPRESSED); 0 where only the window is kept.
        index_heads: heads of the sparse indexer.
        index_head_dim: elements of one indexer key; 0 without an indexer.
        index_topk: tokens that sparse attention looks at; 0 = all.
        state_elements: elements of the recurrent state of one layer and sequence (LINEAR), kept in FP32.
        conv_elements: elements of the convolution state of one layer and sequence (LINEAR), kept in 16 bit.
        row_bytes: bytes of one row in an engine's FP8 layout (COMPRESSED), 0 = as DeepSeek V4's.
        stores_rows: whether these layers store compressed rows of their own or read another layer's (COMPRESSED).
        kv_shared: layers that reuse another layer's cache and store none of their own.
    """

    kind: AttentionKind
    layers: tuple[int, ...]
    heads: int
    kv_heads: int
    head_dim: int
    v_head_dim: int
    rope_dim: int = 0
    kv_lora_rank: int = 0
    window: int | None = None
    compress_ratio: int = 0
    index_heads: int = 0
    index_head_dim: int = 0
    index_topk: int = 0
    state_elements: int = 0
    conv_elements: int = 0
    row_bytes: int = 0
    stores_rows: bool = True
    kv_shared: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Experts:
    """The mixture of experts.

    Attributes:
        routed: routed experts in one layer.
        shared: experts every token passes.
        top_k: routed experts a token passes.
        intermediate: inner width of one routed expert.
        layers: indices of the MoE layers.
    """

    routed: int
    shared: int
    top_k: int
    intermediate: int
    layers: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Architecture:
    """All tensors and all attention of one model.

    Attributes:
        model_type: as the config names it ("deepseek_v3").
        hidden_size: width of the residual stream.
        layer_count: transformer layers without MTP layers.
        vocab_size: rows of the embedding.
        max_context_tokens: longest context the config allows, None if it does not say.
        tensors: every tensor of the checkpoint.
        attention: every attention group.
        experts: the mixture of experts, None for dense models.
        mtp_layers: multi-token-prediction layers in the checkpoint.
        tied_embeddings: whether the head is the embedding.
        unknown: what could not be told from the files; empty when all is accounted for.
    """

    model_type: str
    hidden_size: int
    layer_count: int
    vocab_size: int
    max_context_tokens: int | None
    tensors: tuple[TensorGroup, ...]
    attention: tuple[AttentionGroup, ...]
    experts: Experts | None = None
    mtp_layers: int = 0
    tied_embeddings: bool = False
    unknown: tuple[Message, ...] = ()

    def __hash__(self) -> int:
        # Caches are keyed by architectures: the lists of tensors are compared, but too long to be hashed each time.
        return hash((self.model_type, self.hidden_size, self.layer_count, self.vocab_size, len(self.tensors)))

    @property
    def parameters(self) -> int:
        """Elements of all tensors of the checkpoint, MTP and vision included."""
        return sum(group.parameters for group in self.tensors)

    @property
    def active_parameters(self) -> int:
        """Elements that one token meets: top_k of the routed experts; no lookup tables, no MTP, no vision."""
        share = self.experts.top_k / self.experts.routed if self.experts else 1.0
        routed = {TensorRole.EXPERT_GATE, TensorRole.EXPERT_UP, TensorRole.EXPERT_DOWN}
        total = 0.0
        for group in self.tensors:
            if group.mtp or group.role in (TensorRole.VISION, TensorRole.LOOKUP):
                continue
            total += group.parameters * (share if group.role in routed else 1.0)
        return round(total)


class Tier(StrEnum):
    """The guide's three tiers (G1), each standing for named checkpoints."""

    LITE = "lite"
    PRO = "pro"
    ULTRA = "ultra"


@dataclass(frozen=True, slots=True, kw_only=True)
class Llm:
    """One published set of weights.

    Attributes:
        id: the library id, such as "deepseek-ai/DeepSeek-V3", or "local:NAME" for the user's own.
        name: how people call it.
        family: such as "DeepSeek-V3".
        organisation: who published it.
        architecture: its shape.
        native_precision: key of the precision its published weights are in (see `dsdesk.llm.precision`).
        parameters_published: exact count its publisher states, None if not published.
        active_parameters_published: the same for active parameters.
        parameters_residual: one line that explains the difference from the computed count, "" where there is none.
        licence: as published.
        released: ISO date or "".
        tiers: the guide's tiers it stands for.
        own_tensor_bytes: bytes of the tensors as they lie in the user's own files, None for library models.
        storage: how the checkpoint says it stores its tensors, None where all are in the native precision.
        sources: where the facts come from.
        notes: what a user should know.
    """

    id: str
    name: str
    family: str
    organisation: str
    architecture: Architecture
    native_precision: str
    parameters_published: int | None = None
    active_parameters_published: int | None = None
    parameters_residual: str = ""
    licence: str = ""
    released: str = ""
    tiers: tuple[Tier, ...] = ()
    own_tensor_bytes: int | None = None
    storage: Storage | None = None
    sources: tuple[Source, ...] = ()
    notes: str = ""

    def __hash__(self) -> int:
        return hash((self.id, self.native_precision, self.own_tensor_bytes))
