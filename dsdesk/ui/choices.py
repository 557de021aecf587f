"""Which parts of a kind go together with the rest of a machine: each is put in, checked, and taken out again."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from dsdesk.base.message import N_, Message
from dsdesk.build.catalog import Catalog
from dsdesk.checks.context import CheckContext
from dsdesk.checks.finding import Finding, Severity
from dsdesk.checks.fixes import attempt
from dsdesk.checks.registry import run_subjects
from dsdesk.hardware.parts import Accelerator, Part, Platform
from dsdesk.hardware.vocabulary import Mount
from dsdesk.llm.architecture import Llm
from dsdesk.project.edits import Edit, add_part, change_line, next_line_no
from dsdesk.project.project import Line
from dsdesk.sizing.results import MemoryNeed
from dsdesk.ui.survey import cards_needed

if TYPE_CHECKING:
    from dsdesk.evaluate import Evaluation
    from dsdesk.ui.tasks import Task

# What decides whether a part goes in; a part that is merely too slow or too hot for the site may still be chosen.
_SUBJECTS = frozenset({"parts", "fit", "power", "cooling", "memory", "pcie", "links", "storage"})

_SOLD_FILLED = frozenset({Mount.SXM, Mount.OAM})

# Said as soon as a machine has its first part; the places that wait say it already, and it is no part's fault.
_INCOMPLETE = "parts.E001"

_Key = tuple[str, int | None, str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a part would go.

    Attributes:
        machine: number of the node, None for the shared parts.
        line: the line whose part it would replace, None to add one.
    """

    machine: int | None
    line: Line | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A part that could be put in.

    Attributes:
        part: the part.
        quantity: how many: as many as the line has, or as many as the model needs.
        holds: for accelerators, whether that many hold the model; None where it is not known or not asked.
        needed: how many accelerators the model takes; None where not even eight do, or where it is not asked.
        against: what would be wrong then and is not now, worst first.
    """

    part: Part
    quantity: int = 1
    holds: bool | None = None
    needed: int | None = None
    against: tuple[Finding, ...] = ()

    @property
    def verdict(self) -> Severity | None:
        """The worst that speaks against it, None when nothing does."""
        return max((finding.severity for finding in self.against), default=None)


def put_in(choice: Choice, place: Place) -> Edit:
    """The edit that puts a part in its place."""
    name = choice.part.full_name
    if place.line is not None:
        text = Message(N_("Replace it by {part}"), part=name)
        return change_line(place.line.no, text, part_id=choice.part.id, slot="")
    text = Message(N_("Add {count} × {part}"), count=choice.quantity, part=name)
    return add_part(choice.part.id, text, quantity=choice.quantity, machine=place.machine)


def weigh(
    evaluation: "Evaluation", catalog: Catalog, place: Place, parts: Iterable[Part], task: "Task"
) -> tuple[Choice, ...]:
    """Every one of `parts` tried in its place, in their order."""
    context = context_of(evaluation, catalog)
    before = _serious(context)
    line_no = place.line.no if place.line else next_line_no(evaluation.project)
    candidates = tuple(parts)
    weighed = []
    for position, part in enumerate(candidates):
        task.report(position / len(candidates))
        choice = _counted(evaluation, place, part)
        weighed.append(replace(choice, against=_against(context, before, put_in(choice, place), line_no)))
    return tuple(weighed)


def _counted(evaluation: "Evaluation", place: Place, part: Part) -> Choice:
    quantity = place.line.quantity if place.line is not None else None
    alone = evaluation.accelerator is None if quantity is None else not evaluation.other_accelerators
    llm = evaluation.llm if isinstance(evaluation.need, MemoryNeed) else None  # nothing holds what nobody can size
    if isinstance(part, Accelerator) and isinstance(llm, Llm) and alone:
        needed = cards_needed(evaluation.configuration, llm, part)
        if quantity is None:
            modules = _modules(evaluation, place, part)
            return Choice(part=part, quantity=modules or needed or 1, holds=needed is not None, needed=needed)
        nodes = 1 if place.machine is None else evaluation.configuration.machines[place.machine].count
        holds = needed is not None and needed <= quantity * nodes
        return Choice(part=part, quantity=quantity, holds=holds, needed=needed)
    if quantity is not None:
        return Choice(part=part, quantity=quantity)
    return Choice(part=part, quantity=_modules(evaluation, place, part) or 1)


def _modules(evaluation: "Evaluation", place: Place, part: Part) -> int | None:
    """How many modules the platform of the machine is sold with: all its places are filled; None for cards."""
    if not isinstance(part, Accelerator) or part.mount not in _SOLD_FILLED or place.machine is None:
        return None
    placed = evaluation.build.machines[place.machine].parts
    platforms = [one.part for one in placed if isinstance(one.part, Platform)]
    return next((one.gpu_max for one in platforms if one.gpu_mount is part.mount), None)


def context_of(evaluation: "Evaluation", catalog: Catalog) -> CheckContext:
    """What checks look at, as it was when the evaluation was made."""
    return CheckContext(
        project=evaluation.project,
        catalog=catalog,
        llm=evaluation.llm if isinstance(evaluation.llm, Llm) else None,
        build=evaluation.build,
        accelerator=evaluation.accelerator,
        accelerators=evaluation.accelerators,
        plan=evaluation.plan,
        need=evaluation.need,
        forecast=evaluation.forecast,
        pools=evaluation.pools,
        proposing=False,
    )


def _serious(context: CheckContext) -> Counter[_Key]:
    found = run_subjects(context, _SUBJECTS)
    return Counter(_key(one) for one in found if one.severity >= Severity.WARNING)


def _key(finding: Finding) -> _Key:
    """What makes two findings the same trouble, whatever the numbers in them."""
    return finding.code, finding.machine, finding.message.text, finding.subject


def _against(context: CheckContext, before: Counter[_Key], edit: Edit, line_no: int) -> tuple[Finding, ...]:
    """Findings about the part itself, and those that are there with it and not without it."""
    left = Counter(before)
    new: list[Finding] = []
    for finding in run_subjects(attempt(context, edit), _SUBJECTS):
        if finding.severity < Severity.WARNING or finding.code == _INCOMPLETE:
            continue
        if line_no not in finding.subject and left[_key(finding)] > 0:
            left[_key(finding)] -= 1
        else:
            new.append(finding)
    return tuple(sorted(new, key=lambda finding: -finding.severity))
