"""A Finding: what a check has to say about the build, with the numbers and the ways out."""

from dataclasses import dataclass
from enum import IntEnum

from dsdesk.base.message import N_, Message
from dsdesk.project.edits import Edit


class Severity(IntEnum):
    """How bad it is; higher is worse."""

    NOTE = 0  # worth knowing
    UNCHECKED = 1  # cannot be checked, because a fact is not published
    WARNING = 2  # works, but not well or not always
    ERROR = 3  # does not go together


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """A way out.

    Attributes:
        edit: applied with one click; None for advice that no edit of the project can do.
        text: what it does.
        term: "short" or "long" (G17).
    """

    text: Message
    edit: Edit | None = None
    term: str = "short"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a check found.

    Attributes:
        code: "power.E003"; the letter tells the kind of check, `severity` the finding. The registry fills it in.
        severity: see Severity.
        message: one sentence with both numbers in it.
        subject: line numbers it is about; empty for the whole.
        machine: index of the node, None for the whole.
        fixes: ways out, best first; the message of an error without any says why there is none.
        source: where the rule comes from; the registry fills in that of the check.
        assumption: whether the rule is general knowledge rather than a sourced limit.
    """

    code: str = ""
    severity: Severity
    message: Message
    subject: tuple[int, ...] = ()
    machine: int | None = None
    fixes: tuple[Fix, ...] = ()
    source: str = ""
    assumption: bool = False


def unchecked(because: Message, subject: tuple[int, ...] = (), machine: int | None = None) -> Finding:
    """A finding that says what could not be checked, and for want of which fact."""
    text = Message(N_("Cannot be checked, because {reason}"), reason=because)
    return Finding(severity=Severity.UNCHECKED, message=text, subject=subject, machine=machine)


def not_published(fact: Message, part: str, subject: tuple[int, ...] = (), machine: int | None = None) -> Finding:
    """`unchecked` for the usual want: a fact of a part that its maker does not publish."""
    because = Message(N_("{fact} of {part} is not published"), fact=fact, part=part)
    return unchecked(because, subject, machine)
