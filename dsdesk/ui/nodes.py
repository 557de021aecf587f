"""Edits of whole nodes: one more kind, one less, how many of one."""

from dataclasses import replace

from dsdesk.base.message import N_, Message
from dsdesk.project.edits import Edit
from dsdesk.project.project import Machine, Project


def add_node() -> Edit:
    """Another kind of node, empty."""

    def apply(project: Project) -> Project:
        configuration = project.configuration
        name = f"node {len(configuration.machines) + 1}"
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
        return project.with_configuration(replace(configuration, machines=machines or (Machine(),), pools=pools))

    return Edit(Message(N_("Remove a node")), apply)


def count_nodes(index: int, count: int) -> Edit:
    """So many of a kind of node."""

    def apply(project: Project) -> Project:
        configuration = project.configuration
        machines = list(configuration.machines)
        machines[index] = replace(machines[index], count=count)
        return project.with_configuration(replace(configuration, machines=tuple(machines)))

    return Edit(Message(N_("{count} such nodes"), count=count), apply, f"node.{index}.count")
