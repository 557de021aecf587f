"""Edits: functions Project -> Project, made by small factories and named for the undo list.

Everything that changes a project goes through here: pages, one-click fixes, the builder, "adopt this machine".
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from dsdesk.base.message import N_, Message
from dsdesk.project.offers import Award, ReceivedOffer
from dsdesk.project.project import Configuration, Line, Machine, Project


@dataclass(frozen=True, slots=True)
class Edit:
    """A named change of the project.

    Attributes:
        text: what it does, for the undo list and for the button of a fix.
        apply: the change itself.
        merge_key: successive edits with the same non-empty key become one step of undo (typing in a field).
    """

    text: Message
    apply: Callable[[Project], Project]
    merge_key: str = ""


def change_configuration(text: Message, merge_key: str = "", **changes: Any) -> Edit:
    """Replace fields of the active configuration."""
    return Edit(text, lambda p: p.with_configuration(replace(p.configuration, **changes)), merge_key)


def change_workload(text: Message, merge_key: str = "", **changes: Any) -> Edit:
    """Replace fields of the workload of the active configuration."""

    def apply(project: Project) -> Project:
        configuration = project.configuration
        workload = replace(configuration.workload, **changes)
        return project.with_configuration(replace(configuration, workload=workload))

    return Edit(text, apply, merge_key)


def change_site(text: Message, merge_key: str = "", **changes: Any) -> Edit:
    """Replace fields of the site."""
    return Edit(text, lambda p: replace(p, site=replace(p.site, **changes)), merge_key)


def change_cost(text: Message, merge_key: str = "", **changes: Any) -> Edit:
    """Replace fields of the cost assumptions."""
    return Edit(text, lambda p: replace(p, cost=replace(p.cost, **changes)), merge_key)


def change_quote(text: Message, merge_key: str = "", **changes: Any) -> Edit:
    """Replace fields of the terms of the quote."""
    return Edit(text, lambda p: replace(p, quote=replace(p.quote, **changes)), merge_key)


def next_line_no(project: Project) -> int:
    """A line number that the project has never used while it holds the lines that it has."""
    numbers = [
        line.no
        for configuration in project.configurations
        for lines in (*(machine.lines for machine in configuration.machines), configuration.shared)
        for line in lines
    ]
    return max(numbers, default=0) + 1


def _map_lines(configuration: Configuration, change: Callable[[Line], Line | None]) -> Configuration:
    def mapped(lines: tuple[Line, ...]) -> tuple[Line, ...]:
        return tuple(new for line in lines if (new := change(line)) is not None)

    machines = tuple(replace(machine, lines=mapped(machine.lines)) for machine in configuration.machines)
    return replace(configuration, machines=machines, shared=mapped(configuration.shared))


def change_line(no: int, text: Message, merge_key: str = "", **changes: Any) -> Edit:
    """Replace fields of the line numbered `no` in the active configuration."""

    def apply(project: Project) -> Project:
        def change(line: Line) -> Line:
            return replace(line, **changes) if line.no == no else line

        return project.with_configuration(_map_lines(project.configuration, change))

    return Edit(text, apply, merge_key)


def remove_line(no: int, text: Message | None = None) -> Edit:
    """Remove the line numbered `no`, and the pools that stand on it."""

    def apply(project: Project) -> Project:
        configuration = _map_lines(project.configuration, lambda line: None if line.no == no else line)
        pools = tuple(pool for pool in configuration.pools if pool.line_no != no)
        return project.with_configuration(replace(configuration, pools=pools))

    return Edit(text or Message(N_("Remove line {no}"), no=no), apply)


def add_part(part_id: str, text: Message, *, quantity: int = 1, machine: int | None = 0, owned: bool = False) -> Edit:
    """Add a line to machine number `machine`, or to the shared parts when it is None."""

    def apply(project: Project) -> Project:
        line = Line(no=next_line_no(project), part_id=part_id, quantity=quantity, owned=owned)
        configuration = project.configuration
        if machine is None:
            return project.with_configuration(replace(configuration, shared=(*configuration.shared, line)))
        machines = list(configuration.machines)
        machines[machine] = replace(machines[machine], lines=(*machines[machine].lines, line))
        return project.with_configuration(replace(configuration, machines=tuple(machines)))

    return Edit(text, apply)


def set_machines(machines: tuple[Machine, ...], text: Message) -> Edit:
    """Replace all nodes of the active configuration."""
    return change_configuration(text, machines=machines)


def combine(text: Message, *edits: Edit) -> Edit:
    """Several edits as one step."""

    def apply(project: Project) -> Project:
        for edit in edits:
            project = edit.apply(project)
        return project

    return Edit(text, apply)


def add_offers(offers: tuple[ReceivedOffer, ...]) -> Edit:
    """Keep returned offers; a file that is there already is read anew in its place."""

    def apply(project: Project) -> Project:
        new = {offer.sha256: offer for offer in offers}
        kept = tuple(new.pop(one.sha256, one) for one in project.offers)
        return replace(project, offers=(*kept, *new.values()))

    return Edit(Message(N_("Add {count} offers"), count=len(offers)), apply)


def remove_offer(sha256: str) -> Edit:
    """Take an offer away, and what was awarded to it."""

    def apply(project: Project) -> Project:
        offers = tuple(one for one in project.offers if one.sha256 != sha256)
        awards = tuple(one for one in project.awards if one.offer != sha256)
        return replace(project, offers=offers, awards=awards)

    return Edit(Message(N_("Remove an offer")), apply)


def award(awards: tuple[Award, ...], merge_key: str = "") -> Edit:
    """Give lines to offers; an award without an offer takes the line back."""

    def apply(project: Project) -> Project:
        new = {one.key: one for one in awards}
        kept = tuple(one for one in project.awards if one.key not in new)
        return replace(project, awards=(*kept, *(one for one in new.values() if one.offer)))

    return Edit(Message(N_("Award {count} lines"), count=len(awards)), apply, merge_key)
