"""What the drawing of a node shows, taken from the build: for whoever paints it, on paper or on screen."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from dsdesk.build.inventory import accelerators_in, cpus_in, lines_of
from dsdesk.build.machine import Build, ResolvedMachine
from dsdesk.charts.link_words import LINK, pcie
from dsdesk.hardware.parts import Drive, Memory, Nic
from dsdesk.hardware.vocabulary import LinkKind


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeSketch:
    """What a drawing of one kind of node shows.

    Attributes:
        name: of the node kind.
        count: how many of it.
        processors: (name, number).
        accelerators: (name, number).
        host_link: between processors and accelerators, "" if not known.
        direct_link: among accelerators, "" where they talk over the host link.
        details: memory, drives, network, each "number × name".
    """

    name: str
    count: int
    processors: tuple[tuple[str, int], ...]
    accelerators: tuple[tuple[str, int], ...]
    host_link: str
    direct_link: str
    details: tuple[str, ...]


OVER_HOST = {LinkKind.NONE, LinkKind.PCIE, LinkKind.OTHER}


def node_sketches(build: Build) -> tuple[NodeSketch, ...]:
    """One sketch a kind of node that has accelerators or processors."""
    found = (_sketch(machine) for machine in build.machines if machine.parts)
    return tuple(sketch for sketch in found if sketch.accelerators or sketch.processors)


def _sketch(machine: ResolvedMachine) -> NodeSketch:
    joined = machine.interconnect
    return NodeSketch(
        name=machine.machine.name,
        count=machine.machine.count,
        processors=tuple((cpu.name, number) for cpu, number in cpus_in(machine)),
        accelerators=tuple((card.name, number) for card, number in accelerators_in(machine)),
        host_link=pcie(joined.pcie) if joined.pcie is not None else "",
        direct_link="" if joined.kind in OVER_HOST else LINK[joined.kind],
        details=tuple(_details(machine)),
    )


def _details(machine: ResolvedMachine) -> Iterator[str]:
    """Memory, drives and network, equal parts of several lines together."""
    for kind in (Memory, Drive, Nic):
        counts: Counter[str] = Counter()
        for line, part in lines_of(machine.parts, kind):
            counts[part.full_name] += line.quantity
        yield from (f"{number} × {name}" for name, number in counts.items())
