"""Which GGUF tensor type a row of weights can really take.

Source: llama.cpp `src/llama-quant.cpp` `tensor_type_fallback` (llama_cpp_python 0.3.36), read 2026-11-24.
"""

from dsdesk.llm.ggml_types import GGML, GgmlType

__all__ = ["GGML", "GgmlType", "fitting"]


def fitting(kind: str, columns: int) -> GgmlType:
    """The type that the quantiser really uses for rows of `columns` weights when it wants `kind`."""
    found = GGML[kind]
    while columns % found.block and found.fallback:
        found = GGML[found.fallback]
    return found if columns % found.block == 0 else GGML["F16"]
