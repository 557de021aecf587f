"""Edits of whole nodes: one more kind, one less, how many of one, what one is called."""

from dataclasses import replace

from dsdesk.base.message import N_, Message
from dsdesk.project.edits import Edit
from dsdesk.project.project import Machine, Project
from dsdesk.ui.words import _

# What programs call a node before a person does: the default, and the nodes of the guide's schemes.
_CALLED = (N_("machine"), N_("workstation"), N_("server"), N_("head"), N_("worker"), N_("detected"))


def speaking(edit: Edit) -> Edit:
    """The same edit, its result with nodes called in the language of the user where a program has named them."""

    def apply(project: Project) -> Project:
        return in_words(edit.apply(project))

    return replace(edit, apply=apply)


def in_words(project: Project) -> Project:
    """A project that begins, its nodes called in the language of the user; names that a person gave stay."""
    configurations = tuple(
        replace(one, machines=tuple(_called(machine) for machine in one.machines)) for one in project.configurations
    )
    return replace(project, configurations=configurations)


def _called(machine: Machine) -> Machine:
    return replace(machine, name=_(machine.name)) if machine.name in _CALLED else machine


def rename_node(index: int, name: str) -> Edit:
    """Call a node otherwise."""

    def apply(project: Project) -> Project:
        configuration = project.configuration
        machines = list(configuration.machines)
        machines[index] = replace(machines[index], name=name)
        return project.with_configuration(replace(configuration, machines=tuple(machines)))

    return Edit(Message(N_("Rename the node")), apply)


def add_node() -> Edit:
    """Another kind of node, empty."""

    def apply(project: Project) -> Project:
        configuration = project.configuration
        name = _("node {number}", number=len(configuration.machines) + 1)
        return project.with_configuration(
            replace(configuration, machines=(*configuration.machines, Machine(name=name)))
        )

    return Edit(Message(N_("Add a node")), apply)


def remove_node(index: int) -> Edit:
    """Take a kind of node out, with the storage that stands on it; the last one is emptied instead."""

    def apply(project: Project) -> Project:
        configuration = project.configuration
        gone = {line.no for line in configuration.machines[index].lines}
        machines = tuple(one for position, one in enumerate(configuration.machines) if position != index)
        pools = tuple(pool for pool in configuration.pools if pool.line_no not in gone)
        return project.with_configuration(
            replace(configuration, machines=machines or (_called(Machine()),), pools=pools)
        )

    return Edit(Message(N_("Remove a node")), apply)


def count_nodes(index: int, count: int) -> Edit:
    """So many of a kind of node."""

    def apply(project: Project) -> Project:
        configuration = project.configuration
        machines = list(configuration.machines)
        machines[index] = replace(machines[index], count=count)
        return project.with_configuration(replace(configuration, machines=tuple(machines)))

    return Edit(Message(N_("{count} such nodes"), count=count), apply, f"node.{index}.count")
