"""Networks between nodes as numbers: leaf and spine, dual homing, reach of cables."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class LeafSpine:
    """A non-blocking two-tier fabric of equal switches.

    Attributes:
        leaves: switches that hosts are plugged into.
        spines: switches that join the leaves; 0 when one leaf is enough.
        host_cables: between hosts and leaves.
        uplinks: between leaves and spines.
    """

    leaves: int
    spines: int
    host_cables: int
    uplinks: int


def leaf_spine(host_ports: int, radix: int) -> LeafSpine | None:
    """Switches and cables for `host_ports` without oversubscription; None when two tiers do not reach.

    Equation: half of every leaf's ports go down and half up: leaves = ceil(hosts / (R/2)),
        spines = ceil(leaves (R/2) / R), at most R R/2 hosts.
    Source: C. Clos, A Study of Non-Blocking Switching Networks, 1953, folded.
    """
    if host_ports <= radix:
        return LeafSpine(leaves=1, spines=0, host_cables=host_ports, uplinks=0)
    half = radix // 2
    if host_ports > radix * half:
        return None
    leaves = math.ceil(host_ports / half)
    return LeafSpine(
        leaves=leaves, spines=math.ceil(leaves * half / radix), host_cables=host_ports, uplinks=leaves * half
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DualHoming:
    """Every node on two switches ("two-star").

    Attributes:
        ports_each: ports needed on each of the two switches.
        fits: whether each switch has them.
        survives: whether all nodes stay connected when one switch fails.
    """

    ports_each: int
    fits: bool
    survives: bool


def dual_homing(nodes: int, ports_per_node: int, switch_ports: tuple[int, ...]) -> DualHoming:
    """Whether nodes with their ports split over two switches stay connected when one of them fails.

    Equation: ports on each switch = nodes x floor(ports of a node / 2).
    """
    each = nodes * (ports_per_node // 2)
    two = tuple(sorted(switch_ports, reverse=True)[:2])
    fits = len(two) == 2 and min(two) >= each  # noqa: PLR2004 - two stars
    return DualHoming(ports_each=each, fits=fits, survives=fits and ports_per_node >= 2)  # noqa: PLR2004


# Longest passive copper at 400 Gbit/s (100G-PAM4) [m].
DAC_400G_M = 3.0
DAC_400G_SOURCE = "docs.nvidia.com, LinkX 400G cables: direct attach copper up to 3 m"
