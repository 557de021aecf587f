"""Versions of driver, toolkit and stack that a chip and its engine need."""

from collections.abc import Iterator

from dsdesk.base.message import N_, Message
from dsdesk.build.inventory import accelerators_of
from dsdesk.checks.context import CheckContext
from dsdesk.checks.finding import Finding, Severity, unchecked
from dsdesk.checks.fixes import advice
from dsdesk.checks.registry import check
from dsdesk.hardware.parts import Accelerator
from dsdesk.llm.precision import Engine
from dsdesk.sizing.support_generations import generation

_TURING_RANK = 75  # compute capability 7.5, the oldest that CUDA 13 builds for
_BLACKWELL_RANK = 100  # compute capability 10.0
_BLACKWELL_TOOLKIT = "12.8"
_DRIVERS = (("12", 525), ("13", 580))  # CUDA major version, oldest driver branch

# What vLLM asks for, by compute id.
_VLLM_STACK = {
    "gfx90a": "ROCm 6.3",
    "gfx942": "ROCm 6.3",
    "gfx950": "ROCm 7.0",
    "gfx1100": "ROCm 6.3",
    "gfx1101": "ROCm 6.3",
    "gfx1150": "ROCm 7.0.2",
    "gfx1151": "ROCm 7.0.2",
    "gfx1200": "ROCm 6.3",
    "gfx1201": "ROCm 6.3",
    "ascend910b": "CANN 9.0.0",
    "ascend910_93": "CANN 9.0.0",
}


@check("software.N003")
def driver_is_new_enough(context: CheckContext) -> Iterator[Finding]:
    """Driver and toolkit are new enough for the chip.

    Reason: an engine built for a toolkit does not start on an older driver, and code for an older chip may not run.
    Remedy: install the driver branch before the engine, and take an engine that is built with this toolkit.
    Source: docs.nvidia.com, CUDA compatibility, table 1 (CUDA 12.x: driver 525 or later; 13.x: 580 or later) and
        Blackwell compatibility guide (native code from CUDA 12.8 on); NVIDIA's notice on Maxwell, Pascal and Volta, as
        quoted in pytorch/pytorch issue 157517 (the next major toolkit cannot target them). For
        other vendors only what vLLM asks for was found, see software.W004.
    """
    for card, _ in accelerators_of(context.build):
        chip = generation(card)
        if chip.vendor != "nvidia":
            if context.configuration.engine is Engine.VLLM and _stack(card):
                continue
            reason = Message(N_("the oldest driver for {part} was found in no public table"), part=card.full_name)
            yield unchecked(reason)
            continue
        values: dict[str, int | str] = {f"driver{major}": driver for major, driver in _DRIVERS}
        text = N_("{part}: CUDA 12 needs driver {driver12} or later, CUDA 13 driver {driver13} or later")
        if chip.rank >= _BLACKWELL_RANK:
            text = N_("{part}: needs CUDA {toolkit} or later; CUDA 12 needs driver {driver12}, CUDA 13 {driver13}")
            values["toolkit"] = _BLACKWELL_TOOLKIT
        elif chip.rank < _TURING_RANK:
            text = N_("{part}: CUDA 12 is the last for this chip, with driver {driver12} or later; CUDA 13 left it out")
        yield Finding(severity=Severity.NOTE, message=Message(text, part=card.full_name, **values))


@check("software.W004")
def engine_lists_the_chip(context: CheckContext) -> Iterator[Finding]:
    """The engine names the chip among those that it runs on, and the stack under it is new enough.

    Reason: on a chip that it does not name vLLM may not even build, and on an older stack its wheels do not load.
    Remedy: install the stack first, in the version that the release of the engine names; or take llama.cpp.
    Source: docs.vllm.ai, installation on GPUs of version 0.31 (compute capability 7.5 or higher; MI200, MI300 and
        MI350, Radeon RX 7900 and 9000, Ryzen AI MAX and AI 300; ROCm 6.3, 7.0 for MI350, 7.0.2 for Ryzen AI) and of
        vllm-ascend 0.20 (CANN 9.0.0, Atlas A2 as a rule).
    """
    if context.configuration.engine is not Engine.VLLM:
        return
    for card, _ in accelerators_of(context.build):
        chip, stack = generation(card), _stack(card)
        if stack:
            text = N_("{part}: vLLM asks for {stack} or later, in the version that its release names")
            yield Finding(severity=Severity.NOTE, message=Message(text, part=card.full_name, stack=stack))
        elif (chip.vendor == "amd" and card.compute_id) or (chip.vendor == "nvidia" and chip.rank < _TURING_RANK):
            yield Finding(
                severity=Severity.WARNING,
                message=Message(N_("vLLM does not name {part} among the chips that it runs on"), part=card.full_name),
                fixes=advice(Message(N_("Use llama.cpp, or an older release of vLLM that still names it"))),
            )


def _stack(card: Accelerator) -> str:
    """The stack that vLLM asks for on a chip, "" where its documents name none."""
    return _VLLM_STACK.get(card.compute_id.lower(), "")
