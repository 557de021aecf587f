"""The builder's answer by plain enumeration: every combination of parts, judged by the checks alone."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

from dsdesk.build.catalog import Catalog
from dsdesk.checks.finding import Severity
from dsdesk.checks.subjects import run_checks
from dsdesk.design.assembly import judged
from dsdesk.design.rules import LEAST_MEMORY, READ_B_S, SYSTEM_BYTES
from dsdesk.design.wish import BuildWish
from dsdesk.evaluate import evaluate
from dsdesk.hardware.parts import Accelerator, Drive, Memory, Part
from dsdesk.hardware.vocabulary import DriveForm, PartKind, Shelf
from dsdesk.llm.architecture import Llm
from dsdesk.project.project import DriveUse, Line, Machine, Pool, Project
from dsdesk.sizing.results import MemoryNeed

KINDS = (PartKind.BOARD, PartKind.CPU, PartKind.COOLER, PartKind.DRIVE, PartKind.CASE, PartKind.PSU)
HEEDED = ("power.", "cooling.W012", "cooling.E", "pcie.", "memory.", "fit.", "storage.")


@dataclass(frozen=True)
class Plain:
    """A list that passes."""

    cents: int
    project: Project


def machines(catalog: Catalog, counts: tuple[int, ...]) -> Iterator[tuple[Line, ...]]:
    """Every list of one accelerator kind on a board, in every number of memory kits."""
    shelf = {kind: [part for part in catalog.parts(kind) if part.shelf is Shelf.BUILDABLE] for kind in PartKind}
    kits = [(kit, pieces) for kit in shelf[PartKind.MEMORY] for pieces in (1, 2, 4, 8)]
    for card, count in product(shelf[PartKind.ACCELERATOR], counts):
        for kit, pieces in kits:
            for others in product(*(shelf[kind] for kind in KINDS)):
                parts: list[tuple[Part, int]] = [(card, count), (kit, pieces), *((part, 1) for part in others)]
                yield tuple(Line(no=no, part_id=part.id, quantity=n) for no, (part, n) in enumerate(parts, 1))


def cheapest(wish: BuildWish, llm: Llm, catalog: Catalog, counts: tuple[int, ...] = (1, 2)) -> Plain | None:
    """The cheapest list without errors and without a warning that the builder heeds."""
    found: list[tuple[int, tuple[Line, ...]]] = []
    for lines in machines(catalog, counts):
        cents = sum(round(catalog.prices(line.part_id)[0].money.amount * 100) * line.quantity for line in lines)
        found.append((cents, lines))
    for cents, lines in sorted(found, key=lambda one: one[0]):
        project = _project(wish.project, lines, catalog)
        if passes(project, llm, catalog):
            return Plain(cents, project)
    return None


def _project(project: Project, lines: tuple[Line, ...], catalog: Catalog) -> Project:
    drive = next(line for line in lines if isinstance(catalog.part(line.part_id), Drive))
    pools = (Pool(use=DriveUse.WEIGHTS, line_no=drive.no, drives=1),)
    return project.with_configuration(
        replace(project.configuration, machines=(Machine(lines=lines),), pools=pools, offload_layers=0)
    )


def passes(project: Project, llm: Llm, catalog: Catalog) -> bool:
    """Whether the checks and the builder's own demands have nothing against a list."""
    context = judged(project, llm, catalog)
    assert isinstance(context.need, MemoryNeed)
    parts = [catalog.part(line.part_id) for line in project.configuration.machines[0].lines]
    lines = project.configuration.machines[0].lines
    room = SYSTEM_BYTES + context.need.weights_bytes / (1 - project.configuration.headroom)
    for line, part in zip(lines, parts, strict=True):
        if isinstance(part, Drive):
            small = (part.capacity_bytes or 0) < room or (part.seq_read_b_s or 0) < READ_B_S
            if small or part.form is not DriveForm.M2_2280:
                return False
        if isinstance(part, Memory) and part.module_bytes * part.modules * line.quantity < LEAST_MEMORY:
            return False
    return not any(
        finding.severity is Severity.ERROR
        or (finding.severity is Severity.WARNING and finding.code.startswith((*HEEDED, "model.")))
        for finding in run_checks(context)
    )


def total_cents(project: Project, catalog: Catalog) -> int:
    """Net total as the cost report has it."""
    return round(evaluate(project, catalog).cost.net_total.amount * 100)


def cards_of(project: Project, catalog: Catalog) -> dict[str, int]:
    """Accelerators of a project."""
    lines = project.configuration.machines[0].lines
    return {line.part_id: line.quantity for line in lines if isinstance(catalog.part(line.part_id), Accelerator)}
