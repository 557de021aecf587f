"""Wishes that begin with a machine that is there: "complete my list" and "make more of my machine"."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace

from dsdesk.base.errors import InputError
from dsdesk.base.message import N_, Message
from dsdesk.build.catalog import Catalog
from dsdesk.design.market import CHOSEN_KINDS
from dsdesk.design.wish import BuildWish, Start
from dsdesk.hardware.parts import Part
from dsdesk.hardware.vocabulary import PartKind
from dsdesk.project.project import Line

_CARRIED = frozenset(CHOSEN_KINDS)


def begun(wish: BuildWish, start: Start, catalog: Catalog) -> BuildWish:
    """`wish` with what the machine of its project has: all of it must stay, or it is there and may be replaced.

    Parts that are marked as owned cost nothing in any case.

    Raises:
        InputError: the project has several kinds of nodes.
    """
    if start is Start.NOTHING:
        return wish
    machines = wish.project.configuration.machines
    if len(machines) != 1:
        raise InputError(Message(N_("The builder works on one kind of node; this project has several.")))
    placed = [(line, part) for line in machines[0].lines if (part := catalog.part(line.part_id)) is not None]
    return _completed(wish, placed) if start is Start.LIST else _upgraded(wish, placed)


Placed = list[tuple[Line, Part]]


def _firsts(placed: Placed) -> Iterator[tuple[Line, Part]]:
    """The first line of every kind that the builder chooses."""
    seen: set[PartKind] = set()
    for line, part in placed:
        if part.kind in _CARRIED and part.kind not in seen:
            seen.add(part.kind)
            yield line, part


def _owned(placed: Placed, counts: Callable[[Line], bool]) -> tuple[tuple[str, int], ...]:
    number: Counter[str] = Counter()
    for line, part in placed:
        if counts(line):
            number[part.id] += line.quantity
    return tuple(number.items())


def _completed(wish: BuildWish, placed: Placed) -> BuildWish:
    """Everything on the list stays; what it lacks is chosen."""
    firsts = [(line, part) for line, part in _firsts(placed) if part.kind is not PartKind.DRIVE]
    first_numbers = {line.no for line, _ in firsts}
    kept = tuple(line for line, _ in placed if line.no not in first_numbers)
    cards = next((line.quantity for line, part in firsts if part.kind is PartKind.ACCELERATOR), None)
    nodes = wish.project.configuration.machines[0].count
    has_drives = any(part.kind is PartKind.DRIVE for _, part in placed)
    return replace(
        wish,
        pinned=tuple(dict.fromkeys((*wish.pinned, *(part.id for _, part in firsts)))),
        pieces=tuple((part.id, line.quantity) for line, part in firsts),
        count=wish.count if cards is None else cards * nodes,
        owned=(*wish.owned, *_owned(placed, lambda line: line.owned and line.no in first_numbers)),
        kept=kept,
        settled=(PartKind.DRIVE,) if has_drives else (),
    )


def _upgraded(wish: BuildWish, placed: Placed) -> BuildWish:
    """Everything in the machine is there; parts that the builder chooses may be replaced, the others stay."""
    firsts = {line.no for line, _ in _firsts(placed)}
    kinds = _CARRIED - {PartKind.DRIVE}
    kept = tuple(replace(line, owned=True) for line, part in placed if line.no not in firsts and part.kind not in kinds)
    stay = {line.no for line in kept}
    return replace(wish, owned=(*wish.owned, *_owned(placed, lambda line: line.no not in stay)), kept=kept)
