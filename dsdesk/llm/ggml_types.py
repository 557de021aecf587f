"""GGUF tensor types: how many weights a block holds and how many bytes it takes.

Source: `gguf` 0.19.0 (PyPI) `gguf/constants.py` GGMLQuantizationType and GGML_QUANT_SIZES, read 2026-11-24.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GgmlType:
    """One tensor type of GGUF.

    Attributes:
        name: as files name it.
        number: as file headers name it.
        block: weights in a block; rows are a multiple of it.
        size: bytes of a block.
        fallback: the type that the quantiser takes for rows that no block of this type divides.
    """

    name: str
    number: int
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
    GgmlType("Q1_0", 41, 128, 18),
    GgmlType("IQ1_S", 19, 256, 50, "IQ4_NL"),
    GgmlType("TQ1_0", 34, 256, 54, "Q4_0"),
    GgmlType("IQ1_M", 29, 256, 56, "IQ4_NL"),
    GgmlType("IQ2_XXS", 16, 256, 66, "IQ4_NL"),
    GgmlType("TQ2_0", 35, 256, 66, "Q4_0"),
    GgmlType("IQ2_XS", 17, 256, 74, "IQ4_NL"),
    GgmlType("IQ2_S", 22, 256, 82, "IQ4_NL"),
    GgmlType("Q2_K", 10, 256, 84, "Q4_0"),
    GgmlType("IQ3_XXS", 18, 256, 98, "IQ4_NL"),
    GgmlType("Q3_K", 11, 256, 110, "Q4_0"),
    GgmlType("IQ3_S", 21, 256, 110, "IQ4_NL"),
    GgmlType("IQ4_XS", 23, 256, 136, "IQ4_NL"),
    GgmlType("MXFP4", 39, 32, 17, "F16"),
    GgmlType("Q4_0", 2, 32, 18, "F16"),
    GgmlType("Q4_K", 12, 256, 144, "Q5_0"),
    GgmlType("IQ4_NL", 20, 32, 18, "F16"),
    GgmlType("NVFP4", 40, 64, 36, "F16"),
    GgmlType("Q4_1", 3, 32, 20, "F16"),
    GgmlType("Q5_0", 6, 32, 22, "F16"),
    GgmlType("Q5_K", 13, 256, 176, "Q5_1"),
    GgmlType("Q5_1", 7, 32, 24, "F16"),
    GgmlType("Q6_K", 14, 256, 210, "Q8_0"),
    GgmlType("Q8_0", 8, 32, 34, "F16"),
    GgmlType("Q8_K", 15, 256, 292, "Q8_0"),
    GgmlType("F16", 1, 1, 2),
    GgmlType("BF16", 30, 1, 2),
    GgmlType("F32", 0, 1, 4),
    GgmlType("F64", 28, 1, 8),
    GgmlType("I8", 24, 1, 1),
    GgmlType("I16", 25, 1, 2),
    GgmlType("I32", 26, 1, 4),
    GgmlType("I64", 27, 1, 8),
)

GGML: Mapping[str, GgmlType] = {one.name: one for one in _TYPES}
"""By name."""

BY_NUMBER: Mapping[int, GgmlType] = {one.number: one for one in _TYPES}
