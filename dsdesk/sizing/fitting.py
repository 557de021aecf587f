"""Does it fit: memory there is against memory needed, with headroom, and how much has to go to the host."""

from collections.abc import Callable
from dataclasses import dataclass

from dsdesk.base.source import Unknown
from dsdesk.sizing.offload import OFFLOADING
from dsdesk.sizing.results import MemoryNeed

__all__ = ["OFFLOADING", "Offload", "fits", "least_offload", "rule_of_thumb_bytes"]

# The guide's rule (G2): one GB holds about 0.6e9 parameters at FP16.
GUIDE_PARAMETERS_PER_BYTE = 0.6
GUIDE_BITS = 16


def fits(need: MemoryNeed | Unknown | None, per_device: int | None, headroom: float) -> bool | None:
    """Whether every device holds its share with `headroom` (a fraction of its memory) left free; None if unknown."""
    if not isinstance(need, MemoryNeed) or per_device is None or not need.devices:
        return None
    fullest = max(device.total_bytes for device in need.devices)
    return fullest <= per_device * (1.0 - headroom)


@dataclass(frozen=True, slots=True)
class Offload:
    """How many layers have to lie in host memory, and the need that results."""

    layers: int
    need: MemoryNeed | Unknown


def least_offload(
    need_with: Callable[[int], MemoryNeed | Unknown], layer_count: int, per_device: int | None, headroom: float
) -> Offload:
    """The fewest layers to offload so that the rest fits, by bisection; all of them where even that does not help.

    Args:
        need_with: memory needed with so many layers offloaded.
        layer_count: the most that can leave.
        per_device: memory of one device [bytes].
        headroom: fraction of it to keep free.
    """
    whole = need_with(0)
    if fits(whole, per_device, headroom) is not False:
        return Offload(0, whole)
    low, high = 0, layer_count
    while high - low > 1:
        middle = (low + high) // 2
        if fits(need_with(middle), per_device, headroom):
            high = middle
        else:
            low = middle
    return Offload(high, need_with(high))


def rule_of_thumb_bytes(parameters: int, bits_per_weight: float) -> int:
    """What the guide's rule of thumb says for the weights [bytes].

    Equation: parameters / 0.6 x bits / 16.
    Source: the guide's section 2.1 (G2). It is shown beside the exact figure, never used.
    """
    return round(parameters / GUIDE_PARAMETERS_PER_BYTE * bits_per_weight / GUIDE_BITS)
