"""Collects the tensors and the attention of a model while its config is read."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from dsdesk.llm.architecture import AttentionGroup, AttentionKind, TensorGroup, TensorRole

Layers = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadShape:
    """The projections of ordinary attention: MHA, GQA or MQA by the head counts.

    Attributes:
        hidden: width of the residual stream.
        heads: query heads.
        kv_heads: key/value heads.
        head_dim: elements of a query or key head.
        v_head_dim: elements of a value head.
        qkv_bias: biases on q, k and v.
        out_bias: bias on the output.
        qk_norm: "" none, "head" one weight vector a head size, "layer" over all heads.
        fused: q, k and v are one tensor.
        gated: the query projection carries an output gate of the same size.
        shared_kv: keys serve as values, so that no value projection is stored.
    """

    hidden: int
    heads: int
    kv_heads: int
    head_dim: int
    v_head_dim: int
    qkv_bias: bool = False
    out_bias: bool = False
    qk_norm: str = ""
    fused: bool = False
    gated: bool = False
    shared_kv: bool = False


class Draft:
    """Tensors and attention groups, in the order in which they were told."""

    def __init__(self) -> None:
        self.tensors: list[TensorGroup] = []
        self.attention: list[AttentionGroup] = []

    def add(self, role: TensorRole, rows: int, columns: int, layers: Layers = (), copies: int = 1) -> None:
        """One kind of matrix in every one of `layers`."""
        self.tensors.append(TensorGroup(role=role, rows=rows, columns=columns, copies=copies, layers=layers))

    def vector(self, size: int, layers: Layers = (), *, role: TensorRole = TensorRole.NORM, copies: int = 1) -> None:
        """A one-dimensional tensor: a norm, a bias, a per-head scalar."""
        if size > 0:
            self.add(role, size, 1, layers, copies)

    def remember(self, group: AttentionGroup) -> None:
        """Note how some layers keep the context, unless there are none."""
        if group.layers:
            self.attention.append(group)

    def take_as_mtp(self, other: "Draft") -> None:
        """Add another draft's tensors as multi-token-prediction tensors; their cache is not the model's."""
        self.tensors.extend(replace(group, mtp=True) for group in other.tensors)

    # ------------------------------------------------------------------ attention

    def project_heads(self, layers: Layers, shape: HeadShape) -> None:
        """The tensors of ordinary attention in `layers`."""
        if not layers:
            return
        role = TensorRole
        q, k, v = shape.heads * shape.head_dim, shape.kv_heads * shape.head_dim, shape.kv_heads * shape.v_head_dim
        if shape.gated:
            q *= 2
        if shape.fused:
            self.add(role.ATTN_QKV, q + k + v, shape.hidden, layers)
        else:
            self.add(role.ATTN_Q, q, shape.hidden, layers)
            self.add(role.ATTN_K, k, shape.hidden, layers)
            if not shape.shared_kv:
                self.add(role.ATTN_V, v, shape.hidden, layers)
        self.add(role.ATTN_OUT, shape.hidden, shape.heads * shape.v_head_dim, layers)
        if shape.qkv_bias:
            for size in (q, k, v):
                self.vector(size, layers, role=role.BIAS)
        if shape.out_bias:
            self.vector(shape.hidden, layers, role=role.BIAS)
        if shape.qk_norm == "head":
            self.vector(shape.head_dim, layers, copies=2)
        elif shape.qk_norm == "layer":
            self.vector(shape.heads * shape.head_dim, layers)
            self.vector(k, layers)

    def attend(self, layers: Layers, shape: HeadShape, kind: AttentionKind, window: int | None = None) -> None:
        """Tensors and cache of ordinary attention in `layers`."""
        self.project_heads(layers, shape)
        self.remember(
            AttentionGroup(
                kind=kind,
                layers=layers,
                heads=shape.heads,
                kv_heads=shape.kv_heads,
                head_dim=shape.head_dim,
                v_head_dim=shape.v_head_dim,
                window=window if kind is not AttentionKind.FULL else None,
            )
        )

    # ------------------------------------------------------------------ feed-forward

    def feed_forward(self, layers: Layers, hidden: int, width: int, *, gated: bool = True, bias: bool = False) -> None:
        """A dense feed-forward network."""
        if not layers:
            return
        if gated:
            self.add(TensorRole.FFN_GATE, width, hidden, layers)
        self.add(TensorRole.FFN_UP, width, hidden, layers)
        self.add(TensorRole.FFN_DOWN, hidden, width, layers)
        if bias:
            self.vector(width, layers, role=TensorRole.BIAS, copies=2 if gated else 1)
            self.vector(hidden, layers, role=TensorRole.BIAS)

    def experts(self, layers: Layers, hidden: int, width: int, count: int, *, gated: bool = True) -> None:
        """Routed experts."""
        if gated:
            self.add(TensorRole.EXPERT_GATE, width, hidden, layers, count)
        self.add(TensorRole.EXPERT_UP, width, hidden, layers, count)
        self.add(TensorRole.EXPERT_DOWN, hidden, width, layers, count)

    def shared_experts(self, layers: Layers, hidden: int, width: int, *, gated: bool = True) -> None:
        """The experts that every token passes, as one network of their joint width."""
        if width <= 0 or not layers:
            return
        if gated:
            self.add(TensorRole.SHARED_GATE, width, hidden, layers)
        self.add(TensorRole.SHARED_UP, width, hidden, layers)
        self.add(TensorRole.SHARED_DOWN, hidden, width, layers)

    def router(self, layers: Layers, hidden: int, count: int, *, bias: bool = False) -> None:
        """The router, with its score correction where the family has one."""
        self.add(TensorRole.ROUTER, count, hidden, layers)
        if bias:
            self.vector(count, layers, role=TensorRole.ROUTER)

    # ------------------------------------------------------------------ ends

    def ends(self, vocab: int, hidden: int, *, tied: bool, norm: bool = True) -> None:
        """Embedding, output matrix and last norm."""
        self.add(TensorRole.EMBED, vocab, hidden)
        if not tied:
            self.add(TensorRole.HEAD, vocab, hidden)
        if norm:
            self.vector(hidden)


def where(marks: Sequence[object], *wanted: object) -> Layers:
    """The indices at which `marks` holds one of `wanted`."""
    return tuple(index for index, mark in enumerate(marks) if mark in wanted)


def without(count: int, layers: Layers) -> Layers:
    """The layers below `count` that are not among `layers`."""
    taken = frozenset(layers)
    return tuple(index for index in range(count) if index not in taken)
