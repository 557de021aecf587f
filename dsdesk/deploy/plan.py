"""A launch plan as data: commands, files and notes for the people who run the machine."""

from dataclasses import dataclass

from dsdesk.base.message import Message
from dsdesk.llm.precision import Engine


@dataclass(frozen=True, slots=True)
class Command:
    """One command line.

    Attributes:
        machine: where it is typed: "every node", "head", "worker 1"; "" for a single machine.
        text: the command, ready to paste.
        comment: what it does.
    """

    machine: str
    text: str
    comment: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchPlan:
    """How to start the engine on this machine.

    Attributes:
        engine: which one.
        version: for which the flags were read.
        source: where they were read.
        commands: in the order in which they are typed.
        files: (name, text) to be put on the machine.
        notes: what the operator checks and sets.
        warnings: where the plan does not fit the engine.
        empty: why there is no plan, None where there is one.
    """

    engine: Engine
    version: str = ""
    source: str = ""
    commands: tuple[Command, ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    notes: tuple[Message, ...] = ()
    warnings: tuple[Message, ...] = ()
    empty: Message | None = None
