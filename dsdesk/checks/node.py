"""One machine of a build as a check sees it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

from dsdesk.build.inventory import first, lines_of, platform_of
from dsdesk.build.machine import PlacedPart, PowerBudget, ResolvedMachine
from dsdesk.checks.context import CheckContext
from dsdesk.hardware.parts import Accelerator, Board, Case, Cpu, Part, Platform, Psu
from dsdesk.project.assumptions import Assumptions
from dsdesk.project.project import Line

P = TypeVar("P", bound=Part)


@dataclass(frozen=True, slots=True)
class Node:
    """A machine, its index, and everything else.

    Attributes:
        context: the whole.
        index: of the machine in the configuration.
        machine: resolved.
    """

    context: CheckContext
    index: int
    machine: ResolvedMachine

    @property
    def parts(self) -> tuple[PlacedPart, ...]:
        """Every line with its part."""
        return self.machine.parts

    @property
    def power(self) -> PowerBudget:
        """Its power budget."""
        return self.machine.power

    @property
    def platform(self) -> Platform | None:
        """The platform that it is built on."""
        return platform_of(self.parts)

    @property
    def psu(self) -> tuple[Line, Psu] | None:
        """The line of its supplies."""
        return first(self.parts, Psu)

    @property
    def board(self) -> tuple[Line, Board] | None:
        """Its board."""
        return first(self.parts, Board)

    @property
    def case(self) -> tuple[Line, Case] | None:
        """Its case."""
        return first(self.parts, Case)

    @property
    def cpu(self) -> Cpu | None:
        """Its kind of processor, whether a line or delivered with the platform."""
        return self.machine.cpus[0][0] if self.machine.cpus else None

    @property
    def assumed(self) -> Assumptions:
        """What is taken where no document says otherwise."""
        return self.context.site.assumed

    def all(self, kind: type[P]) -> Iterator[tuple[Line, P]]:
        """Lines of a class."""
        return lines_of(self.parts, kind)

    def cards(self) -> Iterator[tuple[Line, Accelerator]]:
        """Lines of accelerators."""
        return lines_of(self.parts, Accelerator)

    def key(self, code: str) -> tuple[str, int | None]:
        """What a fix has to clear."""
        return code, self.index
