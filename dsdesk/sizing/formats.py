"""GGUF tensor types: how many weights a block holds and how many bytes it takes.

Source: `gguf` 0.19.0 (PyPI) `gguf/constants.py` GGML_QUANT_SIZES, read 2026-11-24; the types of ik_llama.cpp from its
`ggml/include/ggml.h` names and the bits per weight that its logs print.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GgmlType:
    """One tensor type of GGUF.

    Attributes:
        name: as files name it.
        block: weights in a block; rows are a multiple of it.
        size: bytes of a block.
        fallback: the type that the quantiser takes for rows that no block of this type divides.
    """

    name: str
    block: int
    size: int
    fallback: str = ""

    @property
    def bits(self) -> float:
        """Bits per weight."""
        return self.size * 8 / self.block

    def bytes_of(self, elements: int) -> int:
        """Bytes of `elements` weights whose rows the block divides."""
        return elements * self.size // self.block


_TYPES = (
    GgmlType("Q1_0", 128, 18),
    GgmlType("IQ1_S", 256, 50, "IQ4_NL"),
    GgmlType("TQ1_0", 256, 54, "Q4_0"),
    GgmlType("IQ1_M", 256, 56, "IQ4_NL"),
    GgmlType("IQ2_XXS", 256, 66, "IQ4_NL"),
    GgmlType("TQ2_0", 256, 66, "Q4_0"),
    GgmlType("IQ2_XS", 256, 74, "IQ4_NL"),
    GgmlType("IQ2_S", 256, 82, "IQ4_NL"),
    GgmlType("Q2_K", 256, 84, "Q4_0"),
    GgmlType("IQ3_XXS", 256, 98, "IQ4_NL"),
    GgmlType("Q3_K", 256, 110, "Q4_0"),
    GgmlType("IQ3_S", 256, 110, "IQ4_NL"),
    GgmlType("IQ4_XS", 256, 136, "IQ4_NL"),
    GgmlType("MXFP4", 32, 17, "F16"),
    GgmlType("Q4_0", 32, 18, "F16"),
    GgmlType("Q4_K", 256, 144, "Q5_0"),
    GgmlType("IQ4_NL", 32, 18, "F16"),
    GgmlType("NVFP4", 64, 36, "F16"),
    GgmlType("Q4_1", 32, 20, "F16"),
    GgmlType("Q5_0", 32, 22, "F16"),
    GgmlType("Q5_K", 256, 176, "Q5_1"),
    GgmlType("Q5_1", 32, 24, "F16"),
    GgmlType("Q6_K", 256, 210, "Q8_0"),
    GgmlType("Q8_0", 32, 34, "F16"),
    GgmlType("Q8_K", 256, 292, "Q8_0"),
    GgmlType("F16", 1, 2),
    GgmlType("BF16", 1, 2),
    GgmlType("F32", 1, 4),
    GgmlType("F64", 1, 8),
    GgmlType("I8", 1, 1),
    GgmlType("I16", 1, 2),
    GgmlType("I32", 1, 4),
    GgmlType("I64", 1, 8),
)

GGML: Mapping[str, GgmlType] = {one.name: one for one in _TYPES}


def fitting(kind: str, columns: int) -> GgmlType:
    """The type that the quantiser really uses for rows of `columns` weights when it wants `kind`."""
    found = GGML[kind]
    while columns % found.block and found.fallback:
        found = GGML[found.fallback]
    return found if columns % found.block == 0 else GGML["F16"]
