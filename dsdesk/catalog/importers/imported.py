"""What a reader found in a file: parts and prices to be kept, and what was left out and why."""

from dataclasses import dataclass

from dsdesk.base.message import Message
from dsdesk.catalog.contents import Batch
from dsdesk.catalog.store import Store
from dsdesk.hardware.parts import Part
from dsdesk.hardware.prices import Price


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
    """

    what: str
    source: str
    parts: tuple[Part, ...] = ()
    prices: tuple[Price, ...] = ()
    problems: tuple[Problem, ...] = ()
    models: tuple[tuple[str, str, str], ...] = ()

    def keep(self, store: Store) -> Batch:
        """Put it into the user's layer; `Store.undo_import` takes it back, except for language models."""
        for llm_id, name, config in self.models:
            store.add_own_llm(llm_id, name, config)
        return store.add_import(self.what, self.source, self.parts, self.prices)
