"""What a reader found in a file: parts and prices to be kept, and what was left out and why."""

from collections.abc import Callable
from dataclasses import dataclass

from dsdesk.base.message import Message
from dsdesk.catalog.contents import Batch
from dsdesk.catalog.importers.columns import Columns
from dsdesk.catalog.measurements import facts_of
from dsdesk.catalog.own import Brought
from dsdesk.catalog.store import Store
from dsdesk.hardware.parts import Part
from dsdesk.hardware.prices import Price
from dsdesk.measured.measurement import Measurement

Tell = Callable[[float], None]


def tell_nobody(_share: float) -> None:
    """Progress that nobody looks at."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A row or record that was left out.

    Attributes:
        where: line, cell or record.
        message: what is wrong with it.
    """

    where: str
    message: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """A file read, not yet kept.

    Attributes:
        what: the format.
        source: the file.
        parts: parts it brings.
        prices: prices it brings.
        problems: what was left out.
        models: language models it brings, as id, name and config.json.
        measurements: measurements it brings, and whether forecasts are calibrated with each.
        columns: of a price list, where its columns were taken from.
    """

    what: str
    source: str
    parts: tuple[Part, ...] = ()
    prices: tuple[Price, ...] = ()
    problems: tuple[Problem, ...] = ()
    models: tuple[tuple[str, str, str], ...] = ()
    measurements: tuple[tuple[Measurement, bool], ...] = ()
    columns: Columns | None = None

    def keep(self, store: Store, tell: Tell = tell_nobody) -> Batch:
        """Put it into the user's layer, whole or not at all.

        `Store.undo_import` takes it back, except for language models and measurements.
        """
        brought = Brought(
            what=self.what,
            source=self.source,
            parts=self.parts,
            prices=self.prices,
            models=self.models,
            measurements=tuple((facts_of(one), used) for one, used in self.measurements),
        )
        return store.add_import(brought, tell)
