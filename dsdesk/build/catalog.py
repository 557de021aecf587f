"""The Catalog protocol: what the core asks of a parts database. `catalog.store` meets it, and a dict does in a test."""

from collections.abc import Iterable
from typing import Protocol

from dsdesk.base.money import ExchangeRate
from dsdesk.hardware.parts import Part
from dsdesk.hardware.prices import HostedApi, Price
from dsdesk.hardware.vocabulary import PartKind, Shelf
from dsdesk.llm.architecture import Llm
from dsdesk.measured.run import MeasuredRun
from dsdesk.sizing.own_speed import OwnSpeeds


class Catalog(Protocol):
    """Read-only, in memory, quick: an evaluation may ask it thousands of times."""

    @property
    def version(self) -> str:
        """Version and date of the factory catalogue."""
        ...

    def part(self, part_id: str) -> Part | None:
        """The part with this id, None if there is none."""
        ...

    def parts(self, kind: PartKind, shelf: Shelf | None = None) -> Iterable[Part]:
        """All parts of a kind, or those on one shelf, user's own included, in stable order."""
        ...

    def find_part(self, name: str, kind: PartKind | None = None) -> Part | None:
        """The part that people or drivers call `name`; None if none or several."""
        ...

    def llm(self, llm_id: str) -> Llm | None:
        """The language model with this id (or the exact last path element of it), None if there is none."""
        ...

    def llms(self) -> Iterable[Llm]:
        """All language models, in stable order."""
        ...

    def prices(self, part_id: str) -> tuple[Price, ...]:
        """Price points of a part, newest first; the user's own come first."""
        ...

    @property
    def own_speeds(self) -> OwnSpeeds:
        """What the user's own measurements say of their machines; nothing where there are none or they are off."""
        ...

    def measured_runs(self, device_id: str, llm_id: str) -> tuple[MeasuredRun, ...]:
        """Published and own measurements of a model on a device that may be shown."""
        ...

    @property
    def rates(self) -> tuple[ExchangeRate, ...]:
        """Dated reference exchange rates, newest first."""
        ...

    @property
    def hosted_apis(self) -> tuple[HostedApi, ...]:
        """Dated prices of hosted APIs, newest first."""
        ...
