"""A detected machine becomes the project's machine: its parts are owned and cost nothing."""

from collections import Counter
from dataclasses import replace

from dsdesk.base.message import N_, Message
from dsdesk.build.catalog import Catalog
from dsdesk.detect.advice import Run
from dsdesk.detect.snapshot import Gpu, Snapshot
from dsdesk.hardware.parts import Accelerator, Platform
from dsdesk.project.edits import Edit, change_configuration, combine, next_line_no
from dsdesk.project.project import Line, Machine, ModelChoice, Project, Workload


def adopt_edit(snapshot: Snapshot, catalog: Catalog | None = None) -> Edit:
    """An edit that replaces the machines of the active configuration by the detected one (matched parts only).

    Args:
        snapshot: matched against `catalog`.
        catalog: tells what comes with a complete machine and how a card is rated; None = accelerators and processors
            only.
    """
    parts = _accelerators(snapshot)
    limits = _limits(snapshot.gpus, catalog)
    if snapshot.cpu.part_id:
        parts[snapshot.cpu.part_id] = snapshot.cpu.sockets or 1
    if catalog is not None:
        parts += _around(snapshot)
        parts = _without_included(parts, snapshot, catalog)

    def apply(project: Project) -> Project:
        first = next_line_no(project)
        lines = tuple(
            Line(no=first + offset, part_id=part_id, quantity=quantity, owned=True, power_limit_w=limits.get(part_id))
            for offset, (part_id, quantity) in enumerate(parts.items())
        )
        name = snapshot.host.product or "detected"
        configuration = project.configuration
        return project.with_configuration(replace(configuration, machines=(Machine(name=name, lines=lines),), pools=()))

    return Edit(Message(N_("Use this machine")), apply)


def run_edit(snapshot: Snapshot, run: Run, workload: Workload, catalog: Catalog | None = None) -> Edit:
    """An edit that makes the detected machine the project's, and what a row of the advice runs on it its model."""
    adopt = adopt_edit(snapshot, catalog)
    choose = change_configuration(
        Message(N_("Run {model} on this machine"), model=run.name),
        model=ModelChoice(llm_id=run.model),
        precision=run.precision,
        engine=run.engine,
        workload=workload,
    )
    return combine(choose.text, adopt, choose)


def _accelerators(snapshot: Snapshot) -> Counter[str]:
    return Counter(gpu.part_id for gpu in snapshot.gpus if gpu.part_id)


def _around(snapshot: Snapshot) -> Counter[str]:
    """Board or server, memory and drives."""
    parts = Counter(disk.part_id for disk in snapshot.disks if disk.part_id)
    if snapshot.host.part_id:
        parts[snapshot.host.part_id] = 1
    if snapshot.memory.part_id:
        parts[snapshot.memory.part_id] = snapshot.memory.part_count
    return parts


def _without_included(parts: Counter[str], snapshot: Snapshot, catalog: Catalog) -> Counter[str]:
    """A complete machine brings accelerators, processors and memory: they are no lines beside it."""
    frame = catalog.part(snapshot.host.part_id) if snapshot.host.part_id else None
    if not isinstance(frame, Platform):
        return parts
    left = Counter(parts)
    for part_id in frame.gpu_ids if frame.gpu_included else ():
        left[part_id] -= frame.gpu_included
    for part_id in frame.cpu_ids:
        del left[part_id]
    if frame.memory_included_bytes is not None and snapshot.memory.part_id:
        del left[snapshot.memory.part_id]
    return +left


def _limits(gpus: tuple[Gpu, ...], catalog: Catalog | None) -> dict[str, float]:
    """The lowest limit by part, where it is set below what the card is rated for."""
    found: dict[str, float] = {}
    for gpu in gpus:
        part = catalog.part(gpu.part_id) if catalog is not None and gpu.part_id else None
        rated = part.board_power_w if isinstance(part, Accelerator) else None
        if rated is not None and gpu.power_limit_w is not None and gpu.power_limit_w < rated:
            found[gpu.part_id] = min(gpu.power_limit_w, found.get(gpu.part_id, rated))
    return found
