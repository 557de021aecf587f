"""The printed rates of a device that matter for one precision in one engine."""

from dsdesk.base.message import Message
from dsdesk.base.source import Unknown
from dsdesk.hardware.parts import Accelerator
from dsdesk.llm.precision import Engine, Precision, PrecisionFamily
from dsdesk.sizing.results import HostSpeed
from dsdesk.sizing.step_terms import Rates
from dsdesk.sizing.support import Level
from dsdesk.sizing.support_generations import generation

_FIRST_WITH_BF16 = 80  # compute capability times ten
_INTEGER_PRODUCTS = frozenset({Engine.LLAMA_CPP, Engine.IK_LLAMA_CPP})


def rates(
    device: Accelerator, precision: Precision, engine: Engine, level: Level, host: HostSpeed, *, old: bool = False
) -> Rates | Unknown:
    """Rates of `device`, or why there are none; `old` engines are those from before 2025.

    Until June 2024 llama.cpp multiplied long prompts by weights that it had written to memory in 16 bits. Source:
    llama.cpp pull request 8075 of 2024-06-23 (MMQ instead of cuBLAS by default), with the speeds in 8062.
    """
    if device.bandwidth_b_s is None:
        return Unknown(Message("the memory bandwidth of {device} is not published", device=device.full_name))
    wide = wide_flops(device)
    if wide is None:
        return Unknown(Message("no matrix rate of {device} is published", device=device.full_name))
    vector = device.fp32_flops or wide / 2
    widened = old and engine in _INTEGER_PRODUCTS and precision.family is PrecisionFamily.GGUF
    return Rates(
        bandwidth_b_s=device.bandwidth_b_s,
        math_flops=_math_flops(device, precision, engine, level, widened=widened) or wide,
        attention_flops=wide,
        vector_flops=vector,
        unpack=level is Level.WEIGHTS_ONLY or (precision.family is PrecisionFamily.GGUF),
        widened=widened,
        flow_b_s=units_hz(device) if engine in _INTEGER_PRODUCTS else None,
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


def _dp4a(device: Accelerator) -> float | None:
    """8-bit rate of the Pascal cards that have it and print none: four products a lane, as the printed one of a P40."""
    return 4.0 * device.fp32_flops if device.fp32_flops and generation(device).key == "pascal" else None


def _math_flops(
    device: Accelerator, precision: Precision, engine: Engine, level: Level, *, widened: bool
) -> float | None:
    if engine in _INTEGER_PRODUCTS and precision.family is PrecisionFamily.GGUF and not widened:
        return device.int8_ops or _dp4a(device)  # quantised products run on 8-bit integers; ggml-cuda/mmq.cuh
    if engine in _INTEGER_PRODUCTS and (widened or precision.family is PrecisionFamily.FLOAT16) and device.int8_ops:
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
