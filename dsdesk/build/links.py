"""What joins the accelerators of a node, and the nodes."""

from collections.abc import Iterable

from dsdesk.build.inventory import accelerators_in, lines_of, platform_of
from dsdesk.build.machine import PlacedPart, ResolvedMachine, Seat
from dsdesk.hardware.parts import Accelerator, Bridge, Nic, Platform, Switch
from dsdesk.hardware.vocabulary import LinkKind, Mount, PcieLink, Segment
from dsdesk.sizing.results import Interconnect

_MODULES = {Mount.SXM, Mount.OAM, Mount.SUPERCHIP, Mount.OTHER}


def interconnect(
    parts: tuple[PlacedPart, ...],
    seats: tuple[Seat, ...],
    accelerator: Accelerator | None,
    number: int,
    platform: Platform | None,
) -> Interconnect:
    """How `number` accelerators of one kind are joined inside a node.

    Modules talk over their baseboard at the rate of the chip; two cards talk over a bridge when one is there that
    fits; everything else goes over PCIe at the rate of the slowest card. Vendors print link rates of both directions
    together.
    """
    if accelerator is None:
        return Interconnect(kind=LinkKind.NONE)
    own_way = None if accelerator.link_b_s is None else accelerator.link_b_s / 2
    if accelerator.mount in _MODULES:
        kind = (platform.gpu_link if platform else None) or accelerator.link or LinkKind.OTHER
        return Interconnect(kind=kind, bandwidth_b_s=own_way, pcie=accelerator.pcie)
    pcie, assumed = _slowest(parts, seats, accelerator)
    if bridge := _joining_bridge(parts, accelerator, number):
        way = own_way if bridge.bandwidth_b_s is None else bridge.bandwidth_b_s / 2
        return Interconnect(kind=LinkKind.NVLINK_BRIDGE, bandwidth_b_s=way, pcie=pcie, assumed=assumed)
    if accelerator.mount is Mount.SOC:
        return Interconnect(kind=LinkKind.NONE, pcie=pcie, assumed=assumed)
    consumer = accelerator.segment is Segment.CONSUMER and accelerator.manufacturer == "NVIDIA"
    return Interconnect(
        kind=LinkKind.PCIE,
        bandwidth_b_s=pcie.bandwidth_b_s() if pcie else None,
        pcie=pcie,
        peer_to_peer=not consumer,
        assumed=assumed,
    )


def _slowest(
    parts: tuple[PlacedPart, ...], seats: tuple[Seat, ...], accelerator: Accelerator
) -> tuple[PcieLink | None, bool]:
    numbers = {line.no for line, found in lines_of(parts, Accelerator) if found == accelerator}
    links = [seat.link for seat in seats if seat.line_no in numbers and seat.link is not None]
    if links:
        return min(links, key=PcieLink.bandwidth_b_s), False
    return accelerator.pcie, True


def _joining_bridge(parts: Iterable[PlacedPart], accelerator: Accelerator, number: int) -> Bridge | None:
    """The bridge that joins all cards of the node: with four cards in two pairs the plan still crosses PCIe."""
    if accelerator.link is not LinkKind.NVLINK_BRIDGE or number < 2:  # noqa: PLR2004 - a link has two ends
        return None
    for _, bridge in lines_of(parts, Bridge):
        if accelerator.id in bridge.fits and bridge.devices >= number:
            return bridge
    return None


def node_network_bit_s(machine: ResolvedMachine, shared: Iterable[PlacedPart]) -> float | None:
    """Network bandwidth of one node [bit/s]: all its ports of the fastest kind, at most what switch ports carry."""
    ports: dict[float, int] = {}
    for number, speed in network_ports(machine):
        if speed is not None:
            ports[speed] = ports.get(speed, 0) + number
    if not ports:
        return None
    speed = max(ports)
    at_switch = [rate for _, switch in lines_of(shared, Switch) for _, rate, _ in switch.ports]
    return ports[speed] * min(speed, max(at_switch, default=speed))


def network_ports(machine: ResolvedMachine) -> tuple[tuple[int, float | None], ...]:
    """Network ports of one node as (number, bit/s), the platform's own ones among them."""
    found: list[tuple[int, float | None]] = [
        (line.quantity * nic.ports, nic.port_bit_s) for line, nic in lines_of(machine.parts, Nic)
    ]
    if platform := platform_of(machine.parts):
        found += [(number, speed) for number, speed, _ in platform.network_ports]
    return tuple(found)


def main_accelerator(machine: ResolvedMachine) -> tuple[Accelerator | None, int]:
    """The most numerous accelerator of a node and its number."""
    return next(iter(accelerators_in(machine)), (None, 0))
