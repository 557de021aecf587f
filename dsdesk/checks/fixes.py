"""Ways out that are tried before they are offered: a fix is shown only if the finding is gone once it is applied."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import islice
from typing import TypeVar, cast

from dsdesk.base.message import N_, Message
from dsdesk.base.units import Quantity, Unit
from dsdesk.build.inventory import accelerators_of
from dsdesk.build.power import card_power_w
from dsdesk.build.resolve import resolve
from dsdesk.build.serving import serving
from dsdesk.build.sized import plan_and_need, sized
from dsdesk.checks import registry
from dsdesk.checks.context import CheckContext
from dsdesk.checks.finding import Finding, Fix, Severity
from dsdesk.checks.node import Node
from dsdesk.hardware.parts import CLASS_OF_KIND, Accelerator, Drive, Part
from dsdesk.hardware.vocabulary import Mount, Shelf
from dsdesk.project.edits import Edit, add_part, change_line, combine, remove_line
from dsdesk.project.project import Line, Project
from dsdesk.sizing.storage import PoolReport, report

P = TypeVar("P", bound=Part)

# A fix is searched among this many of the smallest candidates; one trial costs about half a millisecond.
MOST_TRIALS = 12

_HARDWARE = frozenset({"parts", "fit", "power", "cooling", "memory", "pcie", "links", "storage", "site", "network"})

_Key = tuple[str, int | None]
_Weighed = tuple[Counter[_Key], Counter[_Key]]


def first_that_clears(context: CheckContext, code: str, machine: int | None, edits: Iterable[Edit]) -> Edit | None:
    """The first edit after which `code` has fewer findings for `machine` and no other hardware error is new."""
    if not context.proposing:
        return None
    before, errors_before = _weigh_once(context)
    key = (code, machine)
    for edit in islice(edits, MOST_TRIALS):
        after, errors_after = _weigh(attempt(context, edit))
        if after[key] < max(before[key], 1) and not _worse(errors_before, errors_after, key):
            return edit
    return None


def attempt(context: CheckContext, edit: Edit) -> CheckContext:
    """The context after an edit, as far as hardware follows from it: plan, need and forecast stay what they were."""
    project = edit.apply(context.project)
    build = resolve(project.configuration, project.site, context.catalog)
    accelerator, number = next(iter(accelerators_of(build)), (None, 0))
    return replace(
        context,
        project=project,
        build=build,
        accelerator=accelerator,
        accelerators=number,
        pools=_pools_after(context, project),
        proposing=False,
        weighed={},
    )


def resized(context: CheckContext, edit: Edit, *, speed: bool = False) -> CheckContext:
    """The context after an edit with plan and memory computed anew, and with `speed` the forecast."""
    after = attempt(context, edit)
    if after.llm is None:
        return after
    served = serving(after.build)
    found = (sized if speed else plan_and_need)(after.llm, after.configuration, served)
    forecast = found.forecast if speed else after.forecast
    return replace(
        after,
        plan=found.plan,
        need=found.need,
        forecast=forecast,
        accelerator=served.accelerator,
        accelerators=served.count,
    )


def first_that_serves(
    context: CheckContext, edits: Iterable[Edit], serves: Callable[[CheckContext], bool], *, speed: bool = False
) -> Edit | None:
    """The first edit after which the model is served as `serves` says and no hardware error is new."""
    if not context.proposing:
        return None
    errors_before = _weigh_once(context)[1]
    for edit in islice(edits, MOST_TRIALS):
        after = resized(context, edit, speed=speed)
        if serves(after) and (_same_parts(context, after) or not _worse(errors_before, _weigh(after)[1], ("", None))):
            return edit
    return None


def _same_parts(context: CheckContext, after: CheckContext) -> bool:
    return context.configuration.machines == after.configuration.machines


def _pools_after(context: CheckContext, project: Project) -> tuple[PoolReport, ...]:
    weights = getattr(context.need, "weights_bytes", None)
    lines = {line.no: line for machine in project.configuration.machines for line in machine.lines}
    reports: list[PoolReport] = []
    for pool in project.configuration.pools:
        line = lines.get(pool.line_no)
        drive = context.catalog.part(line.part_id) if line else None
        if isinstance(drive, Drive):
            reports.append(report(pool, drive, weights))
    return tuple(reports)


def _weigh_once(context: CheckContext) -> _Weighed:
    """The weight of a context as it is, computed when the first fix is looked for."""
    found = context.weighed.get("hardware")
    if found is None:
        context.weighed["hardware"] = found = _weigh(context)
    return cast(_Weighed, found)


def _weigh(context: CheckContext) -> _Weighed:
    """How often each code is found at all above a note, and as an error."""
    quiet = replace(context, proposing=False)
    found = registry.run_subjects(quiet, _HARDWARE)
    serious = [finding for finding in found if finding.severity > Severity.NOTE]
    errors = [finding for finding in serious if finding.severity is Severity.ERROR]
    return Counter(map(_key, serious)), Counter(map(_key, errors))


def _key(finding: Finding) -> _Key:
    return finding.code, finding.machine


def _worse(before: Counter[_Key], after: Counter[_Key], mended: _Key) -> bool:
    return any(number > before[key] for key, number in after.items() if key != mended)


def candidates(
    context: CheckContext, kind: type[P], accepts: Callable[[P], bool], size: Callable[[P], float]
) -> Iterator[P]:
    """Parts of a class that `accepts` takes, buildable ones first, then smallest first; stopped ones are left out."""
    if not context.proposing:
        return
    part_kind = next(key for key, value in CLASS_OF_KIND.items() if value is kind)
    for shelf in (Shelf.BUILDABLE, Shelf.LISTED):  # the long shelf is looked through only when the short one is used up
        found = (part for part in context.catalog.parts(part_kind, shelf) if isinstance(part, kind))
        yield from sorted((part for part in found if not part.discontinued and accepts(part)), key=size)


def replace_line(
    node: Node, code: str, line: Line, parts: Iterable[Part], *, term: str = "short", quantity: int | None = None
) -> tuple[Fix, ...]:
    """A fix that puts another part in a line, if one of `parts` clears the finding."""
    pieces = line.quantity if quantity is None else quantity
    edits = (
        change_line(
            line.no,
            Message(N_("Replace it by {count} × {part}"), count=pieces, part=part.full_name),
            part_id=part.id,
            quantity=pieces,
            slot="",
        )
        for part in parts
        if part.id != line.part_id
    )
    return as_fix(first_that_clears(node.context, code, node.index, edits), term)


def swap(
    node: Node, code: str, line: Line, kind: type[P], accepts: Callable[[P], bool], size: Callable[[P], float]
) -> tuple[Fix, ...]:
    """A fix that puts the smallest part of the same kind in a line that `accepts` takes and that clears the finding."""
    parts = candidates(node.context, kind, accepts, size)
    return replace_line(node, code, line, parts)


def add_line(node: Node, code: str, parts: Iterable[Part], *, quantity: int = 1) -> tuple[Fix, ...]:
    """A fix that adds a part to a machine, if one of `parts` clears the finding."""
    edits = (
        add_part(
            part.id,
            Message(N_("Add {count} × {part}"), count=quantity, part=part.full_name),
            quantity=quantity,
            machine=node.index,
        )
        for part in parts
    )
    return as_fix(first_that_clears(node.context, code, node.index, edits))


def change_quantity(node: Node, code: str, line: Line, quantities: Iterable[int], name: str) -> tuple[Fix, ...]:
    """A fix that sets the pieces of a line to the first of `quantities` that clears the finding; 0 removes it."""
    edits = (
        change_line(line.no, Message(N_("Take {count} × {part}"), count=pieces, part=name), quantity=pieces)
        if pieces > 0
        else remove_line(line.no, Message(N_("Remove {part}"), part=name))
        for pieces in quantities
    )
    return as_fix(first_that_clears(node.context, code, node.index, edits))


def drop_line(node: Node, code: str, line: Line, name: str) -> tuple[Fix, ...]:
    """A fix that removes a line, if that clears the finding."""
    return change_quantity(node, code, line, (0,), name)


def limit_power(node: Node, code: str, watts: Iterable[float], *, whole: bool = False) -> tuple[Fix, ...]:
    """A fix that limits the board power of all cards of a node, to the highest of `watts` that clears the finding.

    `whole` says that the finding is about all machines together.
    """
    cards = [(line, card) for line, card in node.cards() if card.mount is Mount.PCIE]
    top = max((card_power_w(line, card) or 0.0 for line, card in cards), default=0.0)
    edits = (_power_limit(cards, limit) for limit in watts if limit < top)
    return as_fix(first_that_clears(node.context, code, None if whole else node.index, edits))


def _power_limit(cards: list[tuple[Line, Accelerator]], limit: float) -> Edit:
    text = Message(N_("Limit the board power of every card to {watt}"), watt=Quantity(limit, Unit.WATT))
    limited = [line for line, card in cards if (card_power_w(line, card) or 0.0) > limit]
    return combine(text, *(change_line(line.no, text, power_limit_w=float(limit)) for line in limited))


def as_fix(edit: Edit | None, term: str = "short") -> tuple[Fix, ...]:
    """An edit as a fix, and nothing as nothing."""
    return () if edit is None else (Fix(text=edit.text, edit=edit, term=term),)


def advice(text: Message, term: str = "long") -> tuple[Fix, ...]:
    """A way out that no edit of the project can take."""
    return (Fix(text=text, term=term),)


def no_other(kind: Message) -> tuple[Fix, ...]:
    """The advice where the catalogue has nothing to offer."""
    text = N_("The catalogue has no {kind} that fits; enter one as a part of your own")
    return advice(Message(text, kind=kind), "short")
