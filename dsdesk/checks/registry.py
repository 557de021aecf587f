"""The registry of checks: a check cannot exist without its reason, its remedy and its source."""

import re
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, replace
from functools import wraps

from dsdesk.checks.context import CheckContext
from dsdesk.checks.finding import Finding
from dsdesk.checks.node import Node

CheckFunction = Callable[[CheckContext], Iterator[Finding]]
NodeFunction = Callable[[Node], Iterator[Finding]]

ASSUMPTION = "Assumption"

_CODE = re.compile(r"[a-z]+\.[ENW]\d{3}")
_SECTIONS = ("Reason:", "Remedy:", "Source:")


@dataclass(frozen=True, slots=True)
class Check:
    """A registered check.

    Attributes:
        code: "power.E003": the subject, and the worst that it says (E error, W warning, N note).
        title: first line of the docstring.
        reason: why it matters.
        remedy: what to do.
        source: where the rule comes from.
        run: yields the findings.
    """

    code: str
    title: str
    reason: str
    remedy: str
    source: str
    run: CheckFunction

    @property
    def subject(self) -> str:
        """The part of the code before the dot."""
        return self.code.partition(".")[0]

    @property
    def is_assumption(self) -> bool:
        """Whether the rule is general knowledge: its source then begins with that word."""
        return self.source.startswith(ASSUMPTION)


_CHECKS: dict[str, Check] = {}


def check(code: str) -> Callable[[CheckFunction], CheckFunction]:
    """Register the decorated function as the check `code`.

    Raises:
        ValueError: the code is malformed or taken, or the docstring lacks one of Reason:, Remedy: and Source:.
    """

    def register(function: CheckFunction) -> CheckFunction:
        if not _CODE.fullmatch(code):
            raise ValueError(f"{code!r} is not of the form subject.E001")
        if code in _CHECKS:
            raise ValueError(f"{code} is registered already, by {_CHECKS[code].run.__qualname__}")
        title, sections = _read_docstring(code, function.__doc__ or "")
        reason, remedy, source = (sections[name] for name in _SECTIONS)
        _CHECKS[code] = Check(code, title, reason, remedy, source, function)
        return function

    return register


def machine_check(code: str) -> Callable[[NodeFunction], NodeFunction]:
    """Register the decorated function as a check that looks at one machine after another."""

    def register(function: NodeFunction) -> NodeFunction:
        @wraps(function)
        def run(context: CheckContext) -> Iterator[Finding]:
            for index, machine in enumerate(context.build.machines):
                for finding in function(Node(context, index, machine)):
                    yield replace(finding, machine=index)

        check(code)(run)
        return function

    return register


def registered() -> tuple[Check, ...]:
    """Every check whose module has been imported; `dsdesk.checks.subjects` imports them all."""
    return tuple(_CHECKS.values())


def run_subjects(context: CheckContext, subjects: Container[str]) -> tuple[Finding, ...]:
    """Findings of the checks of some subjects, in the order in which they were registered."""
    return tuple(finding for one in registered() if one.subject in subjects for finding in findings_of(one, context))


def findings_of(one: Check, context: CheckContext) -> Iterator[Finding]:
    """Findings of a check, with the source of the check where they name none of their own."""
    for finding in one.run(context):
        source = finding.source or one.source
        yield replace(finding, code=one.code, source=source, assumption=finding.assumption or one.is_assumption)


def _read_docstring(code: str, docstring: str) -> tuple[str, dict[str, str]]:
    lines = [line.strip() for line in docstring.strip().splitlines()]
    sections: dict[str, list[str]] = {}
    current: list[str] | None = None
    for text in lines[1:]:
        line = text
        name = next((section for section in _SECTIONS if line.startswith(section)), None)
        if name is not None:
            current = sections.setdefault(name, [])
            line = line.removeprefix(name)
        if current is not None and line.strip():
            current.append(line.strip())
    missing = [section for section in _SECTIONS if not sections.get(section)]
    if missing or not lines:
        raise ValueError(f"the docstring of {code} lacks {', '.join(missing) or 'a title'}")
    return lines[0].rstrip("."), {name: " ".join(words) for name, words in sections.items()}
