"""Edits of whole configurations: one more, another name, one less, which is shown."""

from dataclasses import replace

from dsdesk.base.message import N_, Message
from dsdesk.project.edits import Edit
from dsdesk.project.project import Project

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def duplicate(index: int) -> Edit:
    """A copy of a configuration after it, which is then the one that is shown."""

    def apply(project: Project) -> Project:
        copied = project.configurations[index]
        before, after = project.configurations[: index + 1], project.configurations[index + 1 :]
        copy = replace(copied, name=_free_name(project))
        return replace(project, configurations=(*before, copy, *after), active=index + 1)

    return Edit(Message(N_("Duplicate the configuration")), apply)


def rename(index: int, name: str) -> Edit:
    """Another name for a configuration."""

    def apply(project: Project) -> Project:
        configurations = list(project.configurations)
        configurations[index] = replace(configurations[index], name=name)
        return replace(project, configurations=tuple(configurations))

    return Edit(Message(N_("Rename the configuration")), apply, f"configuration.{index}.name")


def remove(index: int) -> Edit:
    """Take a configuration out; the last one stays."""

    def apply(project: Project) -> Project:
        if len(project.configurations) == 1:
            return project
        kept = tuple(one for position, one in enumerate(project.configurations) if position != index)
        active = project.active - 1 if project.active > index else min(project.active, len(kept) - 1)
        return replace(project, configurations=kept, active=active)

    return Edit(Message(N_("Remove the configuration")), apply)


def activate(index: int) -> Edit:
    """Show another configuration on every page."""
    return Edit(Message(N_("Show another configuration")), lambda project: replace(project, active=index))


def _free_name(project: Project) -> str:
    taken = {one.name for one in project.configurations}
    return next((letter for letter in _LETTERS if letter not in taken), str(len(taken) + 1))
