"""What ROCm builds of llama.cpp hold beside the compute buffer while they read a prompt: a pool that only grows.

Matrices of more than 64 rows go through hipBLAS there: quantised weights are unpacked to FP16, and without flash
attention the scores of every micro-batch are copied in FP16. A request takes the smallest free piece that is large
enough, or a new one of 1.05 times its size; pieces are kept. Scores grow with every micro-batch, so that a prompt of n
tokens in micro-batches of t leaves [bytes] 1.05 x the sum over i of i x t x t x H x 2 for those that no piece held
before, H the heads. CUDA builds map memory on demand instead and hold the largest request only.
Source: llama.cpp `ggml-cuda.cu`, `ggml_cuda_pool_leg::alloc` and `ggml_cuda_mul_mat_batched_cublas`, read 2026-11-25.
"""

from dsdesk.llm.architecture import AttentionKind, Llm
from dsdesk.llm.architecture import TensorRole as Role
from dsdesk.sizing.offload import EXPERTS

_AHEAD = 1.05
_FP16 = 2
_NOT_A_LAYER = EXPERTS | {Role.EMBED, Role.HEAD, Role.LOOKUP, Role.VISION}


def pool_bytes(llm: Llm, *, tokens: int, context_tokens: int, flash: bool, quantised: bool) -> float:
    """The pool after a prompt that fills the context.

    Args:
        llm: the model.
        tokens: of a micro-batch.
        context_tokens: of the prompt.
        flash: flash attention is on, so that scores are never stored.
        quantised: the weights are not in 16 bit, so that they are unpacked.
    """
    pieces: list[float] = []
    if quantised:
        _take(pieces, max(_FP16 * rows * columns for rows, columns in _matrices(llm)))
    _take(pieces, _FP16 * tokens * max(columns for _, columns in _matrices(llm)))
    heads = max((one.heads for one in llm.architecture.attention if one.kind is not AttentionKind.LINEAR), default=0)
    step = _FP16 * tokens * tokens * heads
    number, most = 1, 0 if flash or not step else context_tokens // tokens
    while number <= most:
        _take(pieces, number * step)
        number = int(max(pieces) / step) + 1  # the next that no piece holds
    return sum(pieces)


def _take(pieces: list[float], size: float) -> None:
    """Ask for `size` bytes while every piece is free."""
    if not any(piece >= size for piece in pieces):
        pieces.append(_AHEAD * size)


def _matrices(llm: Llm) -> list[tuple[int, int]]:
    """Rows and columns of the matrices in the layers, routed experts left out."""
    groups = [one for one in llm.architecture.tensors if one.role not in _NOT_A_LAYER and not one.mtp and one.layers]
    return [(one.rows, one.columns) for one in groups if one.columns > 1] or [(0, 0)]
