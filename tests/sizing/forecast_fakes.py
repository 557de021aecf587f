"""A small dense model, a small mixture and two cards, with round numbers that can be checked by hand."""

from dsdesk.base.source import Source
from dsdesk.hardware.parts import Accelerator
from dsdesk.hardware.vocabulary import LinkKind, PartKind, PcieLink, Segment
from dsdesk.llm.architecture import (
    Architecture,
    AttentionGroup,
    AttentionKind,
    Experts,
    Llm,
    TensorGroup,
    TensorRole,
)

LAYERS = tuple(range(32))
_SOURCE = (Source("made for tests", "2026-11-24"),)


def _tensors(*, experts: int = 0) -> tuple[TensorGroup, ...]:
    def group(role: TensorRole, rows: int, columns: int, copies: int = 1) -> TensorGroup:
        return TensorGroup(role=role, rows=rows, columns=columns, copies=copies, layers=LAYERS)

    shared = (
        TensorGroup(role=TensorRole.EMBED, rows=128256, columns=4096),
        TensorGroup(role=TensorRole.HEAD, rows=128256, columns=4096),
        group(TensorRole.NORM, 4096, 1),
        group(TensorRole.ATTN_Q, 4096, 4096),
        group(TensorRole.ATTN_K, 1024, 4096),
        group(TensorRole.ATTN_V, 1024, 4096),
        group(TensorRole.ATTN_OUT, 4096, 4096),
    )
    if not experts:
        return (
            *shared,
            group(TensorRole.FFN_GATE, 14336, 4096),
            group(TensorRole.FFN_UP, 14336, 4096),
            group(TensorRole.FFN_DOWN, 4096, 14336),
        )
    return (
        *shared,
        group(TensorRole.ROUTER, experts, 4096),
        group(TensorRole.EXPERT_GATE, 1536, 4096, experts),
        group(TensorRole.EXPERT_UP, 1536, 4096, experts),
        group(TensorRole.EXPERT_DOWN, 4096, 1536, experts),
    )


def llm(name: str = "maker/Test-Model-8B", *, experts: int = 0) -> Llm:
    """A model of the shape of a common 8B one, or a mixture of `experts` experts of which 8 are used."""
    attention = AttentionGroup(
        kind=AttentionKind.FULL, layers=LAYERS, heads=32, kv_heads=8, head_dim=128, v_head_dim=128
    )
    architecture = Architecture(
        model_type="llama",
        hidden_size=4096,
        layer_count=32,
        vocab_size=128256,
        max_context_tokens=131072,
        tensors=_tensors(experts=experts),
        attention=(attention,),
        experts=Experts(routed=experts, shared=0, top_k=8, intermediate=1536, layers=LAYERS) if experts else None,
    )
    return Llm(
        id=name,
        name=name.rsplit("/", maxsplit=1)[-1],
        family="Test",
        organisation="maker",
        architecture=architecture,
        native_precision="bf16",
    )


def card(**changes: object) -> Accelerator:
    """A card with 1 TB/s, 160 TFLOPS and 24 GiB, of a generation that is measured; `changes` replace fields."""
    fields: dict[str, object] = {
        "id": "test-card",
        "kind": PartKind.ACCELERATOR,
        "manufacturer": "NVIDIA",
        "name": "RTX 9000 Test",
        "segment": Segment.CONSUMER,
        "memory_bytes": 24 * 2**30,
        "bandwidth_b_s": 1e12,
        "fp32_flops": 80e12,
        "fp16_flops": 160e12,
        "bf16_flops": 160e12,
        "fp8_flops": 320e12,
        "int8_ops": 640e12,
        "fp4_flops": 0.0,
        "board_power_w": 450.0,
        "pcie": PcieLink(4, 16),
        "link": LinkKind.NONE,
        "compute_id": "sm_89",
        "sources": _SOURCE,
    }
    return Accelerator(**{**fields, **changes})
