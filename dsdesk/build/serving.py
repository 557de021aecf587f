"""Which accelerators of a build serve the model, and how they are joined."""

from dataclasses import dataclass, replace

from dsdesk.build.inventory import accelerators_in, accelerators_of, device_memory_bytes, lines_of, machine_with
from dsdesk.build.links import node_network_bit_s
from dsdesk.build.machine import Build
from dsdesk.hardware.parts import Accelerator
from dsdesk.sizing.calibration import NOT_MEASURED, Calibration, calibrated_with
from dsdesk.sizing.own_speed import OwnSpeeds
from dsdesk.sizing.results import HostSpeed, Interconnect


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """The accelerators that a plan may use: one kind, since engines split a model over equal devices.

    Attributes:
        accelerator: the kind with the most memory in all, None without one.
        count: over all nodes.
        nodes: that hold it.
        memory_bytes: of one device that a model may use, None if not published.
        power_limit_w: lowest limit set by the user, None if none is.
        interconnect: how they are joined.
        host: of a node that holds them.
        others: names of the kinds that the plan leaves idle.
        own_speeds: the user's measurements that forecasts are calibrated with.
    """

    accelerator: Accelerator | None = None
    count: int = 0
    nodes: int = 0
    memory_bytes: int | None = None
    power_limit_w: float | None = None
    interconnect: Interconnect = Interconnect()
    host: HostSpeed = HostSpeed()
    others: tuple[str, ...] = ()
    own_speeds: OwnSpeeds = NOT_MEASURED

    @property
    def calibration(self) -> Calibration:
        """What speeds are forecast with."""
        return calibrated_with(self.own_speeds)


def serving(build: Build) -> Served:
    """The accelerators of `build` that serve, chosen by the memory that they have together."""
    found = accelerators_of(build)
    if not found:
        host = build.machines[0].host if build.machines else HostSpeed()
        return Served(host=host)
    accelerator, count = max(found, key=lambda pair: (device_memory_bytes(pair[0]) or 0) * pair[1])
    machine = machine_with(build, accelerator)
    assert machine is not None
    holding = [one for one in build.machines if any(kind == accelerator for kind, _ in accelerators_in(one))]
    nodes = sum(one.machine.count for one in holding)
    limits = [
        line.power_limit_w
        for one in holding
        for line, part in lines_of(one.parts, Accelerator)
        if part == accelerator and line.power_limit_w is not None
    ]
    network = node_network_bit_s(machine, build.shared) if nodes > 1 else None
    return Served(
        accelerator=accelerator,
        count=count,
        nodes=nodes,
        memory_bytes=device_memory_bytes(accelerator),
        power_limit_w=min(limits, default=None),
        interconnect=replace(machine.interconnect, nodes=nodes, node_bit_s=network),
        host=machine.host,
        own_speeds=build.own_speeds,
        others=tuple(other.full_name for other, _ in found if other != accelerator),
    )
