"""Chip generations by compute id: the families by which support and calibration are told apart."""

from dataclasses import dataclass

from dsdesk.hardware.parts import Accelerator


@dataclass(frozen=True, slots=True)
class Generation:
    """A family of chips.

    Attributes:
        key: such as "ada".
        vendor: "nvidia", "amd", "apple", "intel", "other".
        rank: capability of NVIDIA chips times ten, 0 for others.
    """

    key: str
    vendor: str
    rank: int = 0


# Compute capabilities: NVIDIA CUDA C++ programming guide, "Compute Capabilities"; gfx numbers: LLVM AMDGPU usage guide.
_NVIDIA = {
    60: "pascal-dc",
    61: "pascal",
    70: "volta",
    72: "volta",
    75: "turing",
    80: "ampere-dc",
    86: "ampere",
    87: "ampere",
    89: "ada",
    90: "hopper",
    100: "blackwell-dc",
    103: "blackwell-dc",
    110: "blackwell-dc",
    120: "blackwell",
    121: "blackwell-soc",
}
_AMD = (
    ("gfx906", "vega"),
    ("gfx908", "cdna1"),
    ("gfx90a", "cdna2"),
    ("gfx942", "cdna3"),
    ("gfx950", "cdna4"),
    ("gfx10", "rdna2"),
    ("gfx115", "rdna3.5"),
    ("gfx11", "rdna3"),
    ("gfx12", "rdna4"),
)


def generation(device: Accelerator) -> Generation:
    """The generation of `device`; its manufacturer stands in for an unknown compute id."""
    compute = device.compute_id.lower()
    if compute.startswith("sm_") and compute[3:].isdigit():
        rank = int(compute[3:])
        return Generation(_NVIDIA.get(rank, f"sm_{rank}"), "nvidia", rank)
    for prefix, key in _AMD:
        if compute.startswith(prefix):
            return Generation(key, "amd")
    if compute.startswith("metal"):
        return Generation("apple", "apple")
    if compute.startswith("xe"):
        return Generation("xe", "intel")
    return Generation(compute.split(" ")[0] or device.manufacturer.lower(), "other")
