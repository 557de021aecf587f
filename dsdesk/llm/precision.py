"""Precisions and engines as closed vocabularies: keys as users write them, widths, and what each is made of.

Block layouts are in `dsdesk.sizing.formats`; here is only what the choice lists need.
"""

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
