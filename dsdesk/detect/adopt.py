"""A detected machine becomes the project's machine: its parts are owned and cost nothing."""

from collections import Counter
from dataclasses import replace

from dsdesk.base.message import N_, Message
from dsdesk.detect.snapshot import Snapshot
from dsdesk.project.edits import Edit, next_line_no
from dsdesk.project.project import Line, Machine, Project


def adopt_edit(snapshot: Snapshot) -> Edit:
    """An edit that replaces the machines of the active configuration by the detected one (matched parts only)."""
    parts = Counter(gpu.part_id for gpu in snapshot.gpus if gpu.part_id)
    if snapshot.cpu.part_id:
        parts[snapshot.cpu.part_id] = snapshot.cpu.sockets or 1

    def apply(project: Project) -> Project:
        first = next_line_no(project)
        lines = tuple(
            Line(no=first + offset, part_id=part_id, quantity=quantity, owned=True)
            for offset, (part_id, quantity) in enumerate(parts.items())
        )
        name = snapshot.host.product or "detected"
        configuration = project.configuration
        return project.with_configuration(replace(configuration, machines=(Machine(name=name, lines=lines),), pools=()))

    return Edit(Message(N_("Use this machine")), apply)
