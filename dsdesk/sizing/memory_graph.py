"""llama.cpp's compute buffer: the largest set of intermediate tensors that live at once in one graph.

[bytes], with t tokens of a micro-batch, n slots of the cache, h hidden size, H heads of d elements, V vocabulary:
    scores without flash attention   n x t x H x 4, limited to `-amb` where ik_llama.cpp is told so
    mask                             n x t x 2 with flash attention, x 4 without
    latent attention, expanded       n x (H x (d_k + d_v) x 2 + 4 x rank) and one FP32 chunk of keys and values
    queries and residual rows        2 x t x (H x d) x 4 + 2 x t x h x 4
    routed experts                   t x k x (2 x width + h) x 4
    experts copied from the host     the largest tensor + t x k x (2 x width + 2 x h) x 4 + mask
    logits on the last device        V x t x 4 + 2 x t x h x 4
    the host's inputs                the mask + t x h x 4; where the host computes experts
                                     t x k x h x 4 + the larger of the mask and t x h x 4 + 2 x t x k x width x 4
                                     (once the width where gate and up are fused: `-fmoe`, usual with `-mla`)
ik_llama.cpp hands its mask over in FP32 and copies experts for micro-batches of 32 x experts / k tokens or more (pull
request 520), llama.cpp for 32 tokens or more. The buffer is the largest of these sets; with several devices in a
pipeline the inputs are held four times. Source: `ggml_backend_sched` and `src/llama-graph.cpp` of llama.cpp; agrees
with start-up logs of both.
"""

from dataclasses import dataclass

from dsdesk.base.units import MIB
from dsdesk.llm.architecture import AttentionGroup, AttentionKind, Llm

_PIPELINE_COPIES = 4
_EXPANDED_FROM = 128  # tokens of a micro-batch from which ik_llama.cpp expands the latent
_LATENT = (AttentionKind.MLA, AttentionKind.MLA_SPARSE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """One engine's settings that decide the buffer.

    Attributes:
        tokens: of a micro-batch (`-ub`).
        slots: of the cache that one sequence sees.
        flash: flash attention is on.
        latent_mode: ik_llama.cpp's `-mla`: 0 full heads, 1 latent, 2 and 3 latent and expanded for prompts; None for
            llama.cpp, which keeps the latent and absorbs the projections.
        most_bytes: ik_llama.cpp's `-amb`, 0 = no limit.
        pipelined: several devices work on one batch in turn, so inputs are copied.
        host: it runs on the processor.
        copied_bytes: largest expert tensor that is copied from host memory for long prompts, 0 where none lies there.
    """

    tokens: int = 512
    slots: int = 4096
    flash: bool = True
    latent_mode: int | None = None
    most_bytes: int = 0
    pipelined: bool = False
    host: bool = False
    copied_bytes: int = 0


def graph_bytes(llm: Llm, graph: Graph, *, last: bool) -> int:
    """The compute buffer of one device that holds whole layers.

    Args:
        llm: the model.
        graph: the settings.
        last: whether the device holds the output matrix.
    """
    inner, logits = _moments(llm, graph)
    return max(inner, logits if last else 0)


def graph_formula(llm: Llm, graph: Graph) -> str:
    """How `graph_bytes` of the last device comes about, with its numbers."""
    inner, logits = _moments(llm, graph)
    shape = llm.architecture
    return (
        f"max(a layer with {graph.tokens} tokens over {graph.slots:,} slots = {inner / MIB:,.0f} MiB, "
        f"{shape.vocab_size:,} x {graph.tokens} x 4 + {1 if graph.host else 2} x {graph.tokens} x "
        f"{shape.hidden_size:,} x 4 = {logits / MIB:,.0f} MiB)"
    )


def _moments(llm: Llm, graph: Graph) -> tuple[int, int]:
    """Bytes while the largest layer is computed, and while the logits are."""
    hidden = llm.architecture.hidden_size * graph.tokens * 4
    groups = [one for one in llm.architecture.attention if one.kind is not AttentionKind.LINEAR]
    inner = max((_attention(one, graph, hidden) for one in groups), default=4 * hidden)
    inner = max(inner, _experts(llm, graph))
    if graph.pipelined:
        inner += _PIPELINE_COPIES * hidden
    return inner, llm.architecture.vocab_size * graph.tokens * 4 + (1 if graph.host else 2) * hidden


def input_bytes(llm: Llm, graph: Graph, *, experts: bool = False) -> int:
    """The host's buffer beside accelerators: the mask and the embedded tokens, and experts that it computes.

    Args:
        llm: the model.
        graph: the settings; a latent mode means ik_llama.cpp.
        experts: whether the host computes routed experts.
    """
    mask = graph.slots * graph.tokens * 4 if graph.latent_mode is not None else _mask(graph)
    hidden = llm.architecture.hidden_size * graph.tokens * 4
    mixture = llm.architecture.experts
    if mixture is not None and experts:
        rows, pairs = graph.tokens * mixture.top_k * 4, 1 if graph.latent_mode else 2
        return rows * llm.architecture.hidden_size + max(mask, hidden + pairs * rows * mixture.intermediate)
    return mask * (_PIPELINE_COPIES if graph.pipelined else 1) + hidden


def _mask(graph: Graph) -> int:
    return graph.slots * graph.tokens * (2 if graph.flash else 4)


def _attention(group: AttentionGroup, graph: Graph, hidden: int) -> int:
    if group.kind in _LATENT and graph.latent_mode != 0:
        return _latent(group, graph, hidden)
    key = group.head_dim + (group.rope_dim if group.kind in _LATENT else 0)
    query = group.heads * key * graph.tokens * 4
    mask = _mask(graph) * (_PIPELINE_COPIES if graph.pipelined else 1)
    scores = 0 if graph.flash else graph.slots * graph.tokens * group.heads * 4
    return scores + mask + 2 * query + 2 * hidden


def _latent(group: AttentionGroup, graph: Graph, hidden: int) -> int:
    """Latent attention: absorbed into wide queries, or expanded to full heads for prompts."""
    mask = _mask(graph) * (_PIPELINE_COPIES + 1 if graph.pipelined else 1)
    if graph.flash and graph.latent_mode in (2, 3):
        elements = group.heads * (group.head_dim + group.rope_dim + group.v_head_dim)
        chunk = group.heads * (group.head_dim + group.v_head_dim) * graph.slots * 4
        if graph.most_bytes and chunk > graph.most_bytes:
            chunk = 0 if graph.host else graph.most_bytes
        rows = group.heads * (group.head_dim + group.rope_dim + group.v_head_dim) * graph.tokens * 4
        return graph.slots * (2 * elements + 4 * group.kv_lora_rank) + mask + chunk + rows + hidden
    scores = 0 if graph.flash else graph.slots * graph.tokens * group.heads * 4
    if graph.most_bytes:
        scores = min(scores, graph.most_bytes)
    wide = group.heads * (group.kv_lora_rank + group.rope_dim) * graph.tokens * 4
    if graph.latent_mode in (2, 3) and graph.tokens < _EXPANDED_FROM:
        return scores + mask + wide
    out = group.heads * group.kv_lora_rank * graph.tokens * 4
    query = group.heads * (group.head_dim + group.rope_dim) * graph.tokens * 4
    return scores + mask + wide + out + query + 8 * hidden


def _experts(llm: Llm, graph: Graph) -> int:
    """Gate, up and down rows of the routed experts of one layer."""
    experts = llm.architecture.experts
    if experts is None:
        return 0
    each = 2 * experts.intermediate + llm.architecture.hidden_size
    if not graph.copied_bytes:
        return graph.tokens * experts.top_k * each * 4
    rows = graph.tokens * experts.top_k * (each + llm.architecture.hidden_size) * 4
    return graph.copied_bytes + rows + _mask(graph)
