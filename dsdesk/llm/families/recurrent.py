"""Layers that keep a fixed state instead of a growing cache: gated DeltaNet, KDA, Mamba 2, lightning attention.

Source: `transformers/models/{qwen3_next,kimi_linear,nemotron_h,minimax}` 5.24.0; state sizes as in llama.cpp
`llama-hparams.cpp` (n_embd_r, n_embd_s) and vLLM `MambaSpec`.
"""

from dataclasses import dataclass

from dsdesk.llm.architecture import AttentionGroup, AttentionKind, TensorRole
from dsdesk.llm.draft import Draft, Layers
from dsdesk.llm.fields import Fields

_STATE = TensorRole.SSM_STATE


def linear_group(layers: Layers, heads: int, head_dim: int, state: int, conv: int) -> AttentionGroup:
    """How such layers keep the context: `state` elements in FP32 and `conv` in 16 bit for a layer and sequence."""
    return AttentionGroup(
        kind=AttentionKind.LINEAR,
        layers=layers,
        heads=heads,
        kv_heads=heads,
        head_dim=head_dim,
        v_head_dim=head_dim,
        state_elements=state,
        conv_elements=conv,
    )


def gated_delta(draft: Draft, layers: Layers, fields: Fields, hidden: int) -> None:
    """Gated DeltaNet (Qwen3-Next, Qwen3.5)."""
    if not layers:
        return
    k_heads, v_heads = fields.integer("linear_num_key_heads"), fields.integer("linear_num_value_heads")
    k_dim, v_dim = fields.integer("linear_key_head_dim"), fields.integer("linear_value_head_dim")
    kernel = fields.integer("linear_conv_kernel_dim", default=4)
    keys, values = k_heads * k_dim, v_heads * v_dim
    draft.add(TensorRole.ATTN_QKV, 2 * keys + values, hidden, layers)
    draft.add(TensorRole.ATTN_GATE, values, hidden, layers)
    draft.add(_STATE, 2 * v_heads, hidden, layers)
    draft.add(TensorRole.SSM_CONV, 2 * keys + values, kernel, layers)
    draft.vector(v_heads, layers, role=_STATE, copies=2)
    draft.vector(v_dim, layers)
    draft.add(TensorRole.SSM_OUT, hidden, values, layers)
    state = v_heads * k_dim * v_dim
    draft.remember(linear_group(layers, v_heads, v_dim, state, (2 * keys + values) * (kernel - 1)))


def kimi_delta(draft: Draft, layers: Layers, fields: Fields, hidden: int) -> None:
    """Kimi delta attention, a gated DeltaNet whose decay is per channel (Kimi Linear, K3)."""
    section = fields.section("linear_attn_config") or fields
    heads = section.integer("linear_num_heads", "num_heads")
    dim = section.integer("linear_head_dim", "head_dim")
    kernel = section.integer("short_conv_kernel_size", "linear_conv_kernel_dim", default=4)
    width = heads * dim
    for role in (TensorRole.ATTN_Q, TensorRole.ATTN_K, TensorRole.ATTN_V):
        draft.add(role, width, hidden, layers)
    draft.add(TensorRole.SSM_CONV, width, kernel, layers, 3)
    draft.add(_STATE, dim, hidden, layers)
    draft.add(_STATE, width, dim, layers)
    draft.add(_STATE, heads, hidden, layers)
    if section.flag("use_full_rank_gate"):
        draft.add(TensorRole.ATTN_GATE, width, hidden, layers)
    else:
        draft.add(_STATE, dim, hidden, layers)
        draft.add(_STATE, width, dim, layers)
    draft.vector(width, layers, role=_STATE)
    draft.vector(heads, layers, role=_STATE)
    draft.vector(dim, layers)
    draft.add(TensorRole.SSM_OUT, hidden, width, layers)
    draft.remember(linear_group(layers, heads, dim, heads * dim * dim, 3 * (kernel - 1) * width))


@dataclass(frozen=True, slots=True, kw_only=True)
class MambaShape:
    """A Mamba 2 mixer."""

    heads: int
    head_dim: int
    groups: int
    state: int
    kernel: int
    conv_bias: bool = True
    bias: bool = False
    norm: bool = True


def mamba(draft: Draft, layers: Layers, shape: MambaShape, hidden: int) -> None:
    """Mamba 2 (Nemotron-H, Granite 4)."""
    if not layers:
        return
    inner = shape.heads * shape.head_dim
    conv = inner + 2 * shape.groups * shape.state
    draft.add(TensorRole.SSM_IN, inner + conv + shape.heads, hidden, layers)
    draft.add(TensorRole.SSM_CONV, conv, shape.kernel, layers)
    if shape.conv_bias:
        draft.vector(conv, layers, role=TensorRole.BIAS)
    if shape.bias:
        draft.vector(inner + conv + shape.heads, layers, role=TensorRole.BIAS)
        draft.vector(hidden, layers, role=TensorRole.BIAS)
    draft.vector(shape.heads, layers, role=_STATE, copies=3)
    if shape.norm:
        draft.vector(inner, layers)
    draft.add(TensorRole.SSM_OUT, hidden, inner, layers)
    group = linear_group(layers, shape.heads, shape.head_dim, inner * shape.state, conv * (shape.kernel - 1))
    draft.remember(group)


def lightning(draft: Draft, layers: Layers, heads: int, head_dim: int, hidden: int) -> None:
    """Lightning attention (MiniMax-01, M1)."""
    width = heads * head_dim
    draft.add(TensorRole.ATTN_QKV, 3 * width, hidden, layers)
    draft.add(TensorRole.ATTN_GATE, width, hidden, layers)
    draft.add(TensorRole.SSM_OUT, hidden, width, layers)
    draft.vector(width, layers)
    draft.remember(linear_group(layers, heads, head_dim, heads * head_dim * head_dim, 0))
