"""Where a fact comes from, and what to say when there is none."""

from collections.abc import Callable
from dataclasses import dataclass, fields

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


class LazyWhy(Why):
    """A Why that is told when it is first read; it equals the Why that it tells.

    Sizing asks for thousands of numbers, of whose explanations few are opened.
    """

    __slots__ = ("_tell",)
    _tell: Callable[[], Why]

    def __init__(self, tell: Callable[[], Why]) -> None:
        """`tell` makes the explanation, from values that do not change."""
        object.__setattr__(self, "_tell", tell)

    def __getattr__(self, name: str) -> object:
        """A field that is not there yet: all of them are told at once."""
        if name not in Why.__dataclass_fields__:
            raise AttributeError(name)
        told = self._tell()
        for field in fields(Why):
            object.__setattr__(self, field.name, getattr(told, field.name))
        return getattr(told, name)

    def __eq__(self, other: object) -> bool:
        """By content, whichever of the two is lazy."""
        if not isinstance(other, Why):
            return NotImplemented
        return all(getattr(self, one.name) == getattr(other, one.name) for one in fields(Why))

    def __hash__(self) -> int:
        """That of the Why."""
        return hash((self.title, self.formula, self.source, self.parts))
