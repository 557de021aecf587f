"""Versions of driver and toolkit that a chip needs before any engine starts."""

from collections.abc import Iterator

from dsdesk.base.message import N_, Message
from dsdesk.build.inventory import accelerators_of
from dsdesk.checks.context import CheckContext
from dsdesk.checks.finding import Finding, Severity, unchecked
from dsdesk.checks.registry import check
from dsdesk.sizing.support_generations import generation

_TURING_RANK = 75  # compute capability 7.5, the oldest that CUDA 13 builds for
_BLACKWELL_RANK = 100  # compute capability 10.0
_BLACKWELL_TOOLKIT = "12.8"
_DRIVERS = (("12", 525), ("13", 580))  # CUDA major version, oldest driver branch


@check("software.N003")
def driver_is_new_enough(context: CheckContext) -> Iterator[Finding]:
    """Driver and toolkit are new enough for the chip.

    Reason: an engine built for a toolkit does not start on an older driver, and code for an older chip may not run.
    Remedy: install the driver branch before the engine, and take an engine that is built with this toolkit.
    Source: docs.nvidia.com, CUDA compatibility, table 1 (CUDA 12.x: driver 525 or later; 13.x: 580 or later) and
        Blackwell compatibility guide (native code from CUDA 12.8 on); NVIDIA's notice on Maxwell, Pascal and Volta, as
        quoted in pytorch/pytorch issue 157517 (the next major toolkit cannot target them). Nothing
        equal was found for ROCm and CANN.
    """
    for card, _ in accelerators_of(context.build):
        chip = generation(card)
        if chip.vendor != "nvidia":
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
