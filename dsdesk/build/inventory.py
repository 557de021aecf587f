"""What checks, totals and proposals ask of a build: parts of a kind, its accelerators, their memory."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TypeVar

from dsdesk.build.machine import Build, PlacedPart, ResolvedMachine
from dsdesk.hardware.parts import Accelerator, Cpu, Part, Platform
from dsdesk.project.project import Line

P = TypeVar("P", bound=Part)


def lines_of(parts: Iterable[PlacedPart], kind: type[P]) -> Iterator[tuple[Line, P]]:
    """Lines whose part is of the class `kind`, with the part."""
    for placed in parts:
        if isinstance(placed.part, kind):
            yield placed.line, placed.part


def first(parts: Iterable[PlacedPart], kind: type[P]) -> tuple[Line, P] | None:
    """The first line of a class, None without one."""
    return next(lines_of(parts, kind), None)


def count_of(parts: Iterable[PlacedPart], kind: type[Part]) -> int:
    """Pieces of a class."""
    return sum(line.quantity for line, _ in lines_of(parts, kind))


def platform_of(parts: Iterable[PlacedPart]) -> Platform | None:
    """The platform that a machine is built on, None for one that is built from a board."""
    found = first(parts, Platform)
    return found[1] if found else None


def accelerators_in(machine: ResolvedMachine) -> tuple[tuple[Accelerator, int], ...]:
    """Accelerators of one node, those that come with the platform among them, most numerous first."""
    counts: Counter[Accelerator] = Counter()
    for accelerator, number in machine.included:
        counts[accelerator] += number
    for line, accelerator in lines_of(machine.parts, Accelerator):
        counts[accelerator] += line.quantity
    return tuple(counts.most_common())


def accelerators_of(build: Build) -> tuple[tuple[Accelerator, int], ...]:
    """Accelerators over all nodes, most numerous first; equal numbers in the order of the lines."""
    counts: Counter[Accelerator] = Counter()
    for machine in build.machines:
        for accelerator, number in accelerators_in(machine):
            counts[accelerator] += number * machine.machine.count
    return tuple(counts.most_common())


def device_memory_bytes(accelerator: Accelerator) -> int | None:
    """Memory that weights and cache may use on one device: what the driver shows, or its share of unified memory.

    None when the size is not published, or of unified memory neither the share nor what the driver shows.
    """
    if accelerator.unified_memory and accelerator.gpu_memory_share is not None:
        size = accelerator.memory_bytes
        return None if size is None else round(size * accelerator.gpu_memory_share)
    if accelerator.visible_memory_bytes is not None:
        return accelerator.visible_memory_bytes
    return None if accelerator.unified_memory else accelerator.memory_bytes


def machine_with(build: Build, accelerator: Accelerator) -> ResolvedMachine | None:
    """The first node that holds `accelerator`."""
    for machine in build.machines:
        if any(found == accelerator for found, _ in accelerators_in(machine)):
            return machine
    return None


def cpus_in(machine: ResolvedMachine) -> tuple[tuple[Cpu, int], ...]:
    """Processors of one node, whether they are lines or come with the platform."""
    return machine.cpus
