"""A detected machine as the formulas see it: equal accelerators, how they are joined, and the host beside them."""

from collections import defaultdict
from dataclasses import replace

from dsdesk.build.catalog import Catalog
from dsdesk.build.inventory import device_memory_bytes
from dsdesk.build.serving import Served
from dsdesk.detect.matching import MODIFIED, VIRTUAL
from dsdesk.detect.snapshot import Gpu, Snapshot
from dsdesk.hardware.parts import Accelerator, Cpu
from dsdesk.hardware.vocabulary import LinkKind, PcieLink
from dsdesk.sizing.forecast_case import interconnect_of
from dsdesk.sizing.results import HostSpeed, Interconnect

_FABRIC = ("NV", "XGMI", "HCCS", "LINK")
_BUS_BYTES = 8  # a channel of DDR4 or DDR5 is 64 data bits wide (JEDEC)


def served_by(snapshot: Snapshot, catalog: Catalog) -> Served:
    """The accelerators of `snapshot` that would serve: of one kind, with the most memory together.

    Args:
        snapshot: matched against `catalog`.
        catalog: for the figures that a driver does not report.
    """
    host = host_of(snapshot, catalog)
    groups: dict[Accelerator, list[int]] = defaultdict(list)
    for position, gpu in enumerate(snapshot.gpus):
        part = measured_part(gpu, catalog)
        if part is not None:
            groups[part].append(position)
    if not groups:
        return Served(host=host)
    device, places = max(groups.items(), key=lambda pair: (device_memory_bytes(pair[0]) or 0) * len(pair[1]))
    limits = [limit for place in places if (limit := snapshot.gpus[place].power_limit_w)]
    board = device.board_power_w
    return Served(
        accelerator=device,
        count=len(places),
        nodes=1,
        memory_bytes=device_memory_bytes(device),
        power_limit_w=min(limits) if limits and board and min(limits) < board else None,
        interconnect=joined(snapshot, places, device),
        host=_shared(device, host),
        others=tuple(dict.fromkeys(part.full_name for part in groups if part != device)),
        own_speeds=catalog.own_speeds,
    )


def _shared(device: Accelerator, host: HostSpeed) -> HostSpeed:
    if not device.unified_memory:
        return host
    return HostSpeed(memory_bandwidth_b_s=device.bandwidth_b_s, memory_bytes=host.memory_bytes or device.memory_bytes)


def measured_part(gpu: Gpu, catalog: Catalog) -> Accelerator | None:
    """The catalogue's part with the memory that was measured; the largest slice where it is partitioned."""
    key = gpu.part_id or (gpu.candidates[0] if gpu.certainty in {MODIFIED, VIRTUAL} else "")
    part = catalog.part(key) if key else None
    if not isinstance(part, Accelerator):
        return None
    slices = [one.memory_bytes for one in gpu.slices if one.memory_bytes]
    if gpu.mig and slices:
        return replace(part, visible_memory_bytes=max(slices))
    if gpu.memory_bytes is None:
        return part
    if part.unified_memory:
        return replace(part, memory_bytes=gpu.memory_bytes, visible_memory_bytes=_unified(part, gpu.memory_bytes))
    # Equal cards may differ by a few pages; one size keeps them one kind.
    size = gpu.memory_bytes // (64 << 20) * (64 << 20)
    return replace(part, memory_bytes=max(part.memory_bytes or 0, size), visible_memory_bytes=size)


def _unified(part: Accelerator, host_bytes: int) -> int | None:
    """What a driver would show of a host with this much memory: the part's own share of it."""
    if part.visible_memory_bytes is None or not part.memory_bytes:
        return None
    return min(host_bytes, part.visible_memory_bytes)


def joined(snapshot: Snapshot, places: list[int], device: Accelerator) -> Interconnect:
    """How the cards at `places` are joined: as measured, where it was; else as such cards usually are."""
    usual = interconnect_of(device, len(places))
    wanted = set(places)
    kinds = [link.kind for link in snapshot.links if {link.a, link.b} <= wanted]
    pcie = _slowest(snapshot, places) or usual.pcie
    if not kinds or len(places) < 2:  # noqa: PLR2004 - one card is not joined to anything
        return replace(usual, pcie=pcie, nodes=1)
    if all(kind.startswith(_FABRIC) for kind in kinds):
        per_way = device.link_b_s / 2 if device.link_b_s else None
        kind = device.link if device.link not in {None, LinkKind.NONE} else LinkKind.OTHER
        return replace(usual, kind=kind or LinkKind.OTHER, bandwidth_b_s=per_way, pcie=pcie, peer_to_peer=True, nodes=1)
    return replace(usual, kind=LinkKind.PCIE, bandwidth_b_s=None, pcie=pcie, nodes=1)


def _slowest(snapshot: Snapshot, places: list[int]) -> PcieLink | None:
    """The link of the slowest card under load: the generation that card and slot share, the lanes that it has."""
    links = []
    for place in places:
        pci = snapshot.gpus[place].pci
        gens = [gen for gen in (pci.gen_max, pci.gen_host_max) if gen]
        lanes = pci.width_now or pci.width_max
        if gens and lanes:
            links.append(PcieLink(gen=min(gens), lanes=lanes))
    return min(links, key=lambda link: 2**link.gen * link.lanes, default=None)


def host_of(snapshot: Snapshot, catalog: Catalog) -> HostSpeed:
    """Size of host memory, and its bandwidth where its modules are known.

    Equation: bandwidth [B/s] = channels with a module x 8 B x transfers per second.
    """
    modules = snapshot.memory.modules
    speeds = [speed for _, speed, _ in modules if speed]
    cpu = catalog.part(snapshot.cpu.part_id) if snapshot.cpu.part_id else None
    channels = cpu.memory_channels if isinstance(cpu, Cpu) else None
    size = snapshot.memory.total_bytes
    if not speeds or channels is None:
        return HostSpeed(memory_bytes=size)
    filled = min(len(modules), channels * (snapshot.cpu.sockets or 1))
    return HostSpeed(memory_bandwidth_b_s=filled * _BUS_BYTES * min(speeds) * 1e6, memory_bytes=size)


def host_power_w(snapshot: Snapshot, catalog: Catalog) -> float:
    """What the processors draw at most [W], 0 where they are not in the catalogue."""
    cpu = catalog.part(snapshot.cpu.part_id) if snapshot.cpu.part_id else None
    if not isinstance(cpu, Cpu):
        return 0.0
    return (cpu.max_power_w or 0.0) * (snapshot.cpu.sockets or 1)
