"""Where a fact comes from, and what to say when there is none."""

from dataclasses import dataclass

from dsdesk.base.message import Message


@dataclass(frozen=True, slots=True)
class Source:
    """A document or dataset that states facts.

    Attributes:
        text: what a reader needs to find it (address, title, file and revision).
        date: ISO date on which it was read or published, or "" where that is not known.
        fields: the field names it backs; empty means all that no other source claims.
    """

    text: str
    date: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unknown:
    """An answer that cannot be given, and why. Formulas return it instead of a default."""

    because: Message


@dataclass(frozen=True, slots=True)
class Why:
    """How a number came about, for the user who opens "why": the formula, its inputs and its source.

    Attributes:
        title: what the number is.
        formula: the equation with the numbers put in.
        source: public code, paper or standard that the formula follows.
        parts: the explanations of the terms.
    """

    title: Message
    formula: str
    source: str
    parts: tuple["Why", ...] = ()
