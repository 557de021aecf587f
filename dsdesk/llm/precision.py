"""Precisions and engines as closed vocabularies: keys as users write them, widths, and what each is made of.

Block layouts of GGUF are in `dsdesk.sizing.formats`; here is what the choice lists need, and how a checkpoint says that
it stores its own tensors.
"""

import math
from dataclasses import dataclass
from enum import StrEnum


class Engine(StrEnum):
    """Inference engines that can be planned for."""

    LLAMA_CPP = "llama.cpp"
    IK_LLAMA_CPP = "ik_llama.cpp"
    VLLM = "vllm"
    SGLANG = "sglang"
    TENSORRT_LLM = "tensorrt-llm"
    KTRANSFORMERS = "ktransformers"
    MLX = "mlx"


class PrecisionFamily(StrEnum):
    """What a precision is by construction; hardware and engine support follow the family."""

    FLOAT32 = "float32"
    FLOAT16 = "float16"
    BFLOAT16 = "bfloat16"
    FP8 = "fp8"
    INT8 = "int8"
    INT4 = "int4"
    MXFP4 = "mxfp4"
    NVFP4 = "nvfp4"
    GGUF = "gguf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Precision:
    """One way to store weights.

    Attributes:
        key: as the command line and files write it ("q4_k_m", "fp8", "awq").
        name: as people write it ("Q4_K_M", "FP8").
        family: see PrecisionFamily.
        nominal_bits: bits per weight of the bulk tensors, scales included; exact sizes come from `dsdesk.sizing`.
        source: where the layout is described.
    """

    key: str
    name: str
    family: PrecisionFamily
    nominal_bits: float
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFormat:
    """How one weight matrix lies in a safetensors file: its bits and those of the scales that belong to it.

    Attributes:
        name: as people call it ("FP8 128 x 128").
        bits: of one weight.
        block_rows: output rows that share a scale, 0 = all.
        block_columns: input columns that share a scale, 0 = all.
        scale_bits: of one scale, zero point included.
        row_bits: further bits for each input column of a matrix (GPTQ's g_idx).
        tensor_bits: further bits for each matrix (global scales).
    """

    name: str
    bits: float
    block_rows: int = 1
    block_columns: int = 1
    scale_bits: float = 0
    row_bits: int = 0
    tensor_bits: int = 0

    def bytes_of(self, rows: int, columns: int) -> int:
        """Bytes of one matrix of `rows` x `columns`, scales included."""
        blocks = math.ceil(rows / (self.block_rows or rows)) * math.ceil(columns / (self.block_columns or columns))
        bits = rows * columns * self.bits + blocks * self.scale_bits + columns * self.row_bits + self.tensor_bits
        return math.ceil(bits / 8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Storage:
    """What a checkpoint's own config says of how its tensors are stored.

    Attributes:
        key: key of the precision that stands for it.
        by_role: format of each `TensorRole` value that is quantised; the rest is kept in `rest_bits`.
        rest_bits: bits of everything else.
    """

    key: str
    by_role: tuple[tuple[str, StoredFormat], ...] = ()
    rest_bits: int = 16

    def format_of(self, role: str) -> StoredFormat | None:
        """The format of tensors of `role`, None where they are kept."""
        return dict(self.by_role).get(role)
