"""The links between accelerators as a collective sees them: one-way bandwidth and the kind that sets the latency."""

from dataclasses import dataclass

from dsdesk.base.message import Message
from dsdesk.base.source import Unknown
from dsdesk.hardware.vocabulary import LinkKind
from dsdesk.sizing.results import Interconnect

_SWITCHED = frozenset(
    {LinkKind.NVLINK, LinkKind.NVLINK_BRIDGE, LinkKind.INFINITY_FABRIC, LinkKind.HCCS, LinkKind.OTHER}
)


@dataclass(frozen=True, slots=True)
class Wire:
    """What a collective travels on.

    Attributes:
        kind: "fabric" (NVLink, Infinity Fabric, HCCS), "pcie", "host" (PCIe through host memory) or "network".
        bandwidth_b_s: one way and device, raw.
    """

    kind: str
    bandwidth_b_s: float


def inside_node(interconnect: Interconnect) -> Wire | Unknown:
    """The wire between two devices of one node.

    Without peer-to-peer every byte crosses the bus twice, up into host memory and down again, so the raw bandwidth is
    halved. Source: NCCL user guide, environment variables NCCL_P2P_DISABLE and NCCL_SHM_DISABLE.
    """
    if interconnect.kind in _SWITCHED:
        if interconnect.bandwidth_b_s is None:
            return Unknown(Message("the bandwidth of the link between the accelerators is not published"))
        return Wire("fabric", interconnect.bandwidth_b_s)
    if interconnect.kind is LinkKind.ETHERNET:
        return between_nodes(interconnect)
    raw = interconnect.pcie.bandwidth_b_s() if interconnect.pcie else interconnect.bandwidth_b_s
    if not raw:
        return Unknown(Message("the PCIe link of the accelerators is not known"))
    return Wire("pcie", raw) if interconnect.peer_to_peer else Wire("host", raw / 2)


def between_nodes(interconnect: Interconnect) -> Wire | Unknown:
    """The wire between two nodes."""
    if interconnect.node_bit_s:
        return Wire("network", interconnect.node_bit_s / 8)
    if interconnect.kind is LinkKind.ETHERNET and interconnect.bandwidth_b_s:
        return Wire("network", interconnect.bandwidth_b_s)
    return Unknown(Message("the network between the machines is not known"))


def wire_for(interconnect: Interconnect, devices: int) -> Wire | Unknown:
    """The slowest wire of a group of `devices`: the network when a group spans nodes, else the one inside the node."""
    if devices <= 1:
        return Wire("fabric", float("inf"))
    return between_nodes(interconnect) if interconnect.nodes > 1 else inside_node(interconnect)


def all_reduce_bytes(size_bytes: float, devices: int) -> float:
    """Bytes one device sends for an all-reduce of `size_bytes` [B].

    Equation: 2 * (n - 1) / n * S, the lower bound that ring and two-shot algorithms reach.
    Source: Patarasuk and Yuan, "Bandwidth optimal all-reduce algorithms", JPDC 69(2), 2009.
    """
    return 2.0 * (devices - 1) / devices * size_bytes


def all_to_all_bytes(size_bytes: float, devices: int) -> float:
    """Bytes one device sends when its `size_bytes` are spread evenly over `devices` [B]: S * (n - 1) / n."""
    return (devices - 1) / devices * size_bytes
