"""The printed rates of a device that matter for one precision in one engine."""

from enum import Enum

from dsdesk.base.message import Message
from dsdesk.base.source import Unknown
from dsdesk.hardware.parts import Accelerator
from dsdesk.llm.precision import Engine, Precision, PrecisionFamily
from dsdesk.sizing.results import HostSpeed
from dsdesk.sizing.step_terms import Rates
from dsdesk.sizing.support import Level
from dsdesk.sizing.support_generations import generation

_FIRST_WITH_BF16 = 80  # compute capability times ten
INTEGER_PRODUCTS = frozenset({Engine.LLAMA_CPP, Engine.IK_LLAMA_CPP})


class Products(Enum):
    """How ggml multiplies quantised weights by the tokens of a prompt."""

    INTEGER = "integer"  # in 8-bit integers, by matrix units or by dot products of four
    WIDENED = "widened"  # by a library in 16 bits, from weights that were written to memory so
    INSIDE = "inside"  # in 16 bits, from weights that the kernel itself unpacks


# Chips without matrix units for integers, which have dot products of four bytes. Sources: NVIDIA CUDA C++ programming
# guide, __dp4a (capability 6.1); AMD RDNA 2 and Vega 7nm ISA guides, V_DOT4_I32_I8.
_DOT_PRODUCTS = frozenset({"pascal", "rdna2", "vega"})
# HIP took the library for long prompts on these until December 2025. Sources: ggml-cuda/mmq.cu of 2025,
# ggml_cuda_should_use_mmq; llama.cpp pull request 17576, "HIP: enable WMMA-MMQ INT kernels for RDNA 3".
_LIBRARY_ON_HIP = frozenset({"rdna3", "rdna3.5", "rdna4", "cdna1", "cdna2", "cdna3"})
_BEFORE_WMMA = frozenset({"2024", "2025"})
_LIBRARY_ON_CUDA = frozenset({"pascal-dc", "volta"})  # no integers in tensor cores, or not even dot products of them


def products_of(device: Accelerator, backend: str, era: str) -> Products:
    """How ggml multiplies on a device; `era` as in `Variant`.

    Until June 2024 CUDA took the library for long prompts wherever there are tensor cores, and does so still where
    these know no integers. Vulkan, Metal and SYCL unpack inside; Vulkan on Intel multiplies integers in
    vectors, since it takes no matrix units before Xe 2, and cards of Xe 2 are measured no faster. Sources: llama.cpp
    pull request 8075 of 2024-06-23, with the speeds in 8062; ggml-cuda/mmq.cu, ggml_cuda_should_use_mmq;
    ggml-vulkan.cpp, ggml_vk_khr_cooperative_matrix_support.
    """
    chip = generation(device).key
    if chip in _DOT_PRODUCTS:
        return Products.INTEGER
    if backend == "vulkan":
        return Products.INTEGER if chip == "xe" else Products.INSIDE
    if backend == "hip":
        return Products.WIDENED if era in _BEFORE_WMMA and chip in _LIBRARY_ON_HIP else Products.INTEGER
    if backend == "cuda":
        return Products.WIDENED if era == "2024" or chip in _LIBRARY_ON_CUDA else Products.INTEGER
    return Products.INSIDE


def rates(
    device: Accelerator,
    precision: Precision,
    engine: Engine,
    level: Level,
    host: HostSpeed,
    products: Products = Products.INTEGER,
) -> Rates | Unknown:
    """Rates of `device`, or why there are none; `products` says how ggml multiplies quantised weights."""
    if device.bandwidth_b_s is None:
        return Unknown(Message("the memory bandwidth of {device} is not published", device=device.full_name))
    wide = wide_flops(device)
    if wide is None:
        return Unknown(Message("no matrix rate of {device} is published", device=device.full_name))
    vector = device.fp32_flops or wide / 2
    widened = products is Products.WIDENED and engine in INTEGER_PRODUCTS and precision.family is PrecisionFamily.GGUF
    return Rates(
        bandwidth_b_s=device.bandwidth_b_s,
        math_flops=_math_flops(device, precision, engine, level, products) or wide,
        attention_flops=wide,
        vector_flops=vector,
        unpack=level is Level.WEIGHTS_ONLY or (precision.family is PrecisionFamily.GGUF),
        widened=widened,
        flow_b_s=units_hz(device) if engine in INTEGER_PRODUCTS else None,
        host_b_s=host.memory_bandwidth_b_s,
        bus_b_s=device.pcie.bandwidth_b_s() if device.pcie and engine is Engine.LLAMA_CPP else None,
    )


# FP32 lanes of a compute unit, two operations each: NVIDIA CUDA C++ programming guide, "Arithmetic Instructions"; AMD
# RDNA 3 and CDNA 3 ISA guides (dual issue counts twice in the printed rate); Apple and Intel Xe cores have 128.
_LANES = 128
_LANES_64 = frozenset({"pascal-dc", "volta", "turing", "ampere-dc", "rdna2", "vega", "cdna1", "cdna2"})


def units_hz(device: Accelerator) -> float | None:
    """Compute units (SM, CU, core) times their clock [1/s], from the printed FP32 rate."""
    if not device.fp32_flops:
        return None
    lanes = 64 if generation(device).key in _LANES_64 else _LANES
    return device.fp32_flops / (2.0 * lanes)


def wide_flops(device: Accelerator) -> float | None:
    """Dense 16-bit matrix rate [1/s], or what its other printed rates say of it.

    Within one generation of matrix units each halving of the width doubles the dense rate, so an 8-bit rate stands for
    twice, and a 4-bit rate for four times the 16-bit one; a chip without matrix units multiplies at its FP32 rate, and
    so does one that is slower in 16 bits than in 32 (GP102: 1/64), since engines fall back on FP32 there.
    """
    chip = generation(device)
    first = device.fp16_flops if chip.rank and chip.rank < _FIRST_WITH_BF16 else device.bf16_flops or device.fp16_flops
    if first:
        return max(first, device.fp32_flops or 0.0)
    if device.fp8_flops:
        return device.fp8_flops / 2
    if device.fp4_flops:
        return device.fp4_flops / 4
    if device.int8_ops:
        return device.int8_ops / 2
    return device.fp32_flops


_BY_VECTORS = _DOT_PRODUCTS | {"xe"}  # only Vulkan multiplies integers on Intel
_WIDE = frozenset({PrecisionFamily.FLOAT16, PrecisionFamily.GGUF})
# Vector instructions for every sum of 32 products of bytes, which is a block of a quantised format: it is converted and
# added with the scale of both blocks. Twice as many, or half, fit worse on devices that a fit did not see.
_SCALING = 2.0
_BLOCK = 32.0


def _integer_flops(device: Accelerator) -> float | None:
    """Rate of quantised products in integers: those of the printed rate, and the scaling of their sums at FP32 rate.

    Where an 8-bit rate is not printed, the 16-bit one stands for it.
    Source of the method: ggml-cuda/mmq.cuh, which scales the sums of every block.
    """
    if generation(device).key in _BY_VECTORS:
        printed = 4.0 * device.fp32_flops if device.fp32_flops else None
    else:
        printed = device.int8_ops or wide_flops(device)
    if printed is None or not device.fp32_flops:
        return printed
    return 1.0 / (1.0 / printed + _SCALING / (_BLOCK * device.fp32_flops))


def _math_flops(
    device: Accelerator, precision: Precision, engine: Engine, level: Level, products: Products
) -> float | None:
    if engine in INTEGER_PRODUCTS and precision.family is PrecisionFamily.GGUF and products is Products.INTEGER:
        return _integer_flops(device)
    if engine in INTEGER_PRODUCTS and precision.family in _WIDE and device.int8_ops:
        # F16 products accumulate in 16 bits (ggml-cuda.cu, CUBLAS_COMPUTE_16F), which consumer cards do at full rate:
        # half of the 8-bit one; the printed 16-bit rate is that of 32-bit accumulation.
        return max(device.int8_ops / 2, device.fp16_flops or 0.0)
    if level is not Level.NATIVE:
        return None
    return {
        PrecisionFamily.FP8: device.fp8_flops,
        PrecisionFamily.INT8: device.int8_ops,
        PrecisionFamily.NVFP4: device.fp4_flops,
        PrecisionFamily.MXFP4: device.fp8_flops,  # 4-bit weights meet 8-bit activations
    }.get(precision.family)
