"""Which accelerator runs which precision in which engine, and how: natively, by unpacking weights, emulated, or not."""

from dataclasses import dataclass
from enum import StrEnum

from dsdesk.base.message import Message
from dsdesk.hardware.parts import Accelerator
from dsdesk.llm.precision import Engine, Precision, PrecisionFamily
from dsdesk.sizing.support_generations import Generation, generation


class Level(StrEnum):
    """How a precision runs."""

    NATIVE = "native"
    WEIGHTS_ONLY = "weights_only"
    EMULATED = "emulated"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Support:
    """An answer of the matrix.

    Attributes:
        level: see Level.
        because: the reason.
        source: where it was read; starts with "unverified" where no public code or document was found.
    """

    level: Level
    because: Message
    source: str

    @property
    def verified(self) -> bool:
        """Whether a public source backs the answer."""
        return not self.source.startswith("unverified")


_AMPERE, _BLACKWELL_RTX = 80, 120  # compute capability times ten
_VLLM = "vLLM 0.33.0 wheel, "
_UNVERIFIED = "unverified: general knowledge, no public source read"
_GGML = frozenset({Engine.LLAMA_CPP, Engine.IK_LLAMA_CPP, Engine.KTRANSFORMERS})
_SERVERS = frozenset({Engine.VLLM, Engine.SGLANG, Engine.TENSORRT_LLM})
_WIDE = frozenset({PrecisionFamily.FLOAT32, PrecisionFamily.FLOAT16, PrecisionFamily.BFLOAT16})

_RUNS = Message("the matrix units compute in this format")
_UNPACKS = Message("weights stay packed in memory and are unpacked to 16 bit for the product")
_TOO_OLD = Message("needs a newer generation of chips")


def runs(accelerator: Accelerator, precision: Precision, engine: Engine) -> Support:
    """How `accelerator` runs weights at `precision` in `engine`."""
    chip = generation(accelerator)
    refusal = _engine_on_vendor(chip, engine) or _format_in_engine(precision, engine)
    if refusal is not None:
        return refusal
    if engine in _GGML:
        return _ggml(chip, precision)
    if engine is Engine.MLX:
        return Support(Level.NATIVE if precision.family in _WIDE else Level.WEIGHTS_ONLY, _UNPACKS, _UNVERIFIED)
    if chip.vendor == "nvidia":
        return _nvidia(chip, precision, engine)
    if chip.vendor == "amd":
        return _amd(chip, precision)
    return Support(
        Level.UNKNOWN, Message("no public source says how this chip runs {precision}", precision=precision.name), ""
    )


def _engine_on_vendor(chip: Generation, engine: Engine) -> Support | None:
    allowed: dict[Engine, frozenset[str]] = {
        Engine.TENSORRT_LLM: frozenset({"nvidia"}),
        Engine.MLX: frozenset({"apple"}),
        Engine.VLLM: frozenset({"nvidia", "amd", "intel", "other"}),
        Engine.SGLANG: frozenset({"nvidia", "amd", "intel", "other"}),
        Engine.KTRANSFORMERS: frozenset({"nvidia", "amd", "intel", "other"}),
    }
    if chip.vendor in allowed.get(engine, frozenset({chip.vendor})):
        return None
    return Support(Level.NO, Message("{engine} does not run on this maker's chips", engine=engine.value), _UNVERIFIED)


def _format_in_engine(precision: Precision, engine: Engine) -> Support | None:
    if precision.family is PrecisionFamily.GGUF and engine is Engine.VLLM:
        return Support(Level.NO, Message("current vLLM has no GGUF reader"), _VLLM + "list of quantisation methods")
    if precision.family is PrecisionFamily.GGUF and engine is Engine.TENSORRT_LLM:
        return Support(Level.NO, Message("TensorRT-LLM does not read GGUF files"), _UNVERIFIED)
    if precision.family in (PrecisionFamily.FP8, PrecisionFamily.INT8) and engine in (
        Engine.LLAMA_CPP,
        Engine.IK_LLAMA_CPP,
    ):
        because = Message("llama.cpp has no {precision} tensor type; convert to Q8_0", precision=precision.name)
        return Support(Level.NO, because, "llama.cpp as vendored in llama_cpp_python 0.3.36, ggml types")
    if precision.family is PrecisionFamily.INT4 and engine in (Engine.LLAMA_CPP, Engine.IK_LLAMA_CPP):
        because = Message("llama.cpp does not read GPTQ or AWQ weights; take a GGUF of about 4 bits")
        return Support(Level.NO, because, "llama.cpp as vendored in llama_cpp_python 0.3.36, ggml types")
    return None


def _ggml(chip: Generation, precision: Precision) -> Support:
    if precision.family is PrecisionFamily.BFLOAT16 and 0 < chip.rank < _AMPERE:
        return Support(Level.EMULATED, Message("BF16 is widened to FP32, which is slow; take F16"), _UNVERIFIED)
    if precision.family in _WIDE:
        return Support(Level.NATIVE, _RUNS, "llama.cpp as vendored in llama_cpp_python 0.3.36")
    if precision.family in (PrecisionFamily.MXFP4, PrecisionFamily.NVFP4) and chip.rank >= _BLACKWELL_RTX:
        return Support(Level.NATIVE, _RUNS, "llama.cpp, ggml-cuda/common.cuh:296, 377 (BLACKWELL_MMA_AVAILABLE)")
    return Support(Level.WEIGHTS_ONLY, _UNPACKS, "llama.cpp, ggml-cuda: every GGUF type is unpacked on every GPU")


def _nvidia(chip: Generation, precision: Precision, engine: Engine) -> Support:
    rules = _NVIDIA_RULES[precision.family]
    for least, level, because, source in rules:
        if chip.rank >= least:
            return Support(level, because, source)
    if precision.family is PrecisionFamily.BFLOAT16:
        return Support(Level.NO, Message("BF16 needs compute capability 8.0; take FP16"), _UNVERIFIED)
    return Support(Level.NO, _TOO_OLD, _VLLM + f"get_min_capability ({engine.value})")


_FP8_NATIVE = _VLLM + "platforms/cuda.py:587 (supports_fp8 from 8.9)"
_MARLIN = _VLLM + "kernels/linear/scaled_mm/marlin.py:42"
_Rule = tuple[int, Level, Message, str]
_WIDE_RULE: tuple[_Rule, ...] = ((60, Level.NATIVE, _RUNS, _UNVERIFIED),)
_NVIDIA_RULES: dict[PrecisionFamily, tuple[_Rule, ...]] = {
    PrecisionFamily.FLOAT32: _WIDE_RULE,
    PrecisionFamily.FLOAT16: _WIDE_RULE,
    PrecisionFamily.BFLOAT16: ((80, Level.NATIVE, _RUNS, _UNVERIFIED),),
    PrecisionFamily.FP8: (
        (89, Level.NATIVE, _RUNS, _FP8_NATIVE),
        (75, Level.WEIGHTS_ONLY, _UNPACKS, _MARLIN),
    ),
    PrecisionFamily.INT8: (
        (120, Level.NATIVE, _RUNS, _UNVERIFIED),
        (100, Level.UNKNOWN, Message("no public source says how this chip runs {precision}", precision="INT8"), ""),
        (75, Level.NATIVE, _RUNS, _UNVERIFIED),
    ),
    PrecisionFamily.INT4: (
        (75, Level.WEIGHTS_ONLY, _UNPACKS, _VLLM + "get_min_capability: auto_awq 7.5, auto_gptq 6.0"),
    ),
    PrecisionFamily.MXFP4: (
        (100, Level.NATIVE, _RUNS, _VLLM + "trtllm_mxfp4_moe.py:123 (family 100); marlin first on family 120"),
        (80, Level.WEIGHTS_ONLY, _UNPACKS, _VLLM + "get_min_capability: mxfp4 8.0; marlin_moe.py:594"),
    ),
    PrecisionFamily.NVFP4: (
        (100, Level.NATIVE, _RUNS, _VLLM + "trtllm_nvfp4_moe.py:205, cutlass_moe.py:718"),
        (75, Level.WEIGHTS_ONLY, _UNPACKS, _VLLM + "marlin_utils_fp4.py:35"),
    ),
    PrecisionFamily.GGUF: ((60, Level.WEIGHTS_ONLY, _UNPACKS, "SGLang 0.5.23 wheel, get_min_capability: gguf 6.0"),),
}


def _amd(chip: Generation, precision: Precision) -> Support:
    family = precision.family
    if family in _WIDE:
        return Support(Level.NATIVE, _RUNS, _UNVERIFIED)
    if family is PrecisionFamily.FP8:
        return _amd_fp8(chip)
    if family is PrecisionFamily.MXFP4 and chip.key == "cdna4":
        return Support(Level.NATIVE, _RUNS, _VLLM + "supports_mx (gfx95)")
    if family is PrecisionFamily.MXFP4 and chip.key == "cdna3":
        return Support(Level.WEIGHTS_ONLY, _UNPACKS, _VLLM + "AITER Triton a16w4")
    if family is PrecisionFamily.NVFP4:
        level = Level.EMULATED if chip.key in ("cdna3", "cdna4") else Level.NO
        return Support(level, Message("NVFP4 is emulated on AMD chips"), _UNVERIFIED)
    if family is PrecisionFamily.INT4:
        return Support(Level.WEIGHTS_ONLY, _UNPACKS, _UNVERIFIED)
    because = Message("no public source says how this chip runs {precision}", precision=precision.name)
    return Support(Level.UNKNOWN, because, "")


def _amd_fp8(chip: Generation) -> Support:
    if chip.key in ("cdna3", "cdna4"):
        return Support(Level.NATIVE, _RUNS, _VLLM + "platforms/rocm.py:1259 (gfx94 in e4m3fnuz)")
    if chip.key.startswith("rdna"):
        because = Message("the engine accepts FP8 here, but which kernels exist was not checked")
        return Support(Level.UNKNOWN, because, _VLLM + "platforms/rocm.py (supports_fp8)")
    return Support(Level.NO, _TOO_OLD, _VLLM + "platforms/rocm.py:1259")
