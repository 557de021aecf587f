"""The list itself: parts that are missing, and parts that the catalogue does not have."""

from collections.abc import Iterator

from dsdesk.base.message import N_, Message
from dsdesk.build.inventory import first
from dsdesk.checks.context import CheckContext
from dsdesk.checks.finding import Finding, Fix, Severity
from dsdesk.checks.fixes import add_line, advice, as_fix, candidates
from dsdesk.checks.node import Node
from dsdesk.checks.registry import check, machine_check
from dsdesk.checks.suits import Suits, is_complete, suits_of
from dsdesk.hardware.parts import CLASS_OF_KIND, Part
from dsdesk.hardware.vocabulary import Mount, PartKind
from dsdesk.project.edits import remove_line

_NAMES: dict[PartKind, Message] = {
    PartKind.CPU: Message(N_("a processor")),
    PartKind.BOARD: Message(N_("a board")),
    PartKind.MEMORY: Message(N_("memory modules")),
    PartKind.DRIVE: Message(N_("a drive")),
    PartKind.PSU: Message(N_("a power supply")),
    PartKind.COOLER: Message(N_("a CPU cooler")),
    PartKind.CASE: Message(N_("a case")),
}


def missing_kinds(node: Node) -> tuple[PartKind, ...]:
    """Kinds without which the machine is not complete; none for one without any part."""
    if not any(placed.part for placed in node.parts):
        return ()
    if node.platform is None and any(card.mount is not Mount.PCIE for _, card in node.cards()):
        return ()  # a module wants a platform, not a board; fit.E011 says so
    wanted = tuple(_NAMES)
    if node.platform is not None:
        wanted = tuple(kind for kind, brings in _brings(node).items() if not brings)
    return tuple(kind for kind in wanted if first(node.parts, CLASS_OF_KIND[kind]) is None)


def _brings(node: Node) -> dict[PartKind, bool]:
    """What a platform brings by itself: a complete machine everything, a barebone its board, case and cooling."""
    platform = node.platform
    if platform is None or is_complete(platform):
        return {}
    return {
        PartKind.CPU: bool(node.machine.cpus),
        PartKind.MEMORY: platform.memory_included_bytes is not None or not platform.memory_types,
        PartKind.DRIVE: not platform.bays,
        PartKind.PSU: bool(platform.psus),
    }


@machine_check("parts.E001")
def machine_is_complete(node: Node) -> Iterator[Finding]:
    """A machine has everything that it takes to start.

    Reason: a list that lacks a part cannot be built; suppliers would guess or ask back.
    Remedy: add the part.
    Source: what a PC is made of; a platform brings board, case and cooling, a complete machine everything.
    """
    for kind in missing_kinds(node):
        part_class = CLASS_OF_KIND[kind]
        suits = suits_of(kind)
        fixes = add_line(node, "parts.E001", _smallest(node, part_class, suits)) if suits else ()
        name = _NAMES[kind]
        yield Finding(
            severity=Severity.ERROR,
            message=Message(N_("The machine “{machine}” lacks {part}"), machine=node.machine.machine.name, part=name),
            fixes=fixes or advice(Message(N_("Add {part} by hand: the catalogue has none that fits"), part=name)),
        )


def _smallest(node: Node, part_class: type[Part], suits: Suits) -> Iterator[Part]:
    return candidates(node.context, part_class, lambda part: suits.accepts(node, part), suits.size)


@check("parts.E002")
def parts_are_in_the_catalogue(context: CheckContext) -> Iterator[Finding]:
    """Every line names a part that the catalogue still has.

    Reason: nothing can be checked, priced or quoted of a part that is not known.
    Remedy: update the catalogue, enter it as a part of your own, or remove the line.
    Source: the catalogue that the project is opened with.
    """
    places = [(index, machine.parts) for index, machine in enumerate(context.build.machines)]
    for index, parts in [*places, (None, context.build.shared)]:
        for placed in parts:
            if placed.part is not None:
                continue
            no, part_id = placed.line.no, placed.line.part_id
            remove = as_fix(remove_line(no, Message(N_("Remove line {no} ({part})"), no=no, part=part_id)))
            yield Finding(
                severity=Severity.ERROR,
                message=Message(N_("Line {no}: the catalogue has no part “{part}”"), no=no, part=part_id),
                subject=(no,),
                machine=index,
                fixes=(*remove, *_own_part()),
            )


def _own_part() -> tuple[Fix, ...]:
    return advice(Message(N_("Enter it in the catalogue as a part of your own, or update the catalogue")))
