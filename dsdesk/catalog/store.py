"""The parts database for the rest of dsdesk, meeting `build.catalog.Catalog`: frozen values by id, name and words.

Reading goes by sqlite3 and is cached in memory; SQLAlchemy, SQLModel and Alembic (half a second) are imported only when
something is written: on the first start with new facts, and when the user adds a part or a price.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from dsdesk.base.errors import CatalogError
from dsdesk.base.message import Message
from dsdesk.base.money import ExchangeRate
from dsdesk.catalog.contents import ATTRIBUTIONS, Batch, Contents, KindCount, assumed_fields, fill_rates
from dsdesk.catalog.files import Opened, open_files
from dsdesk.catalog.hosted import read_apis
from dsdesk.catalog.measurements import MeasurementShelf
from dsdesk.catalog.models import ModelShelf
from dsdesk.catalog.names import Level, agrees, keys, stated_memory
from dsdesk.catalog.own import PREFIX, Brought, OwnLayer, own_id
from dsdesk.catalog.rows import part_of, price_of
from dsdesk.catalog.search import terms
from dsdesk.catalog.seed import Progress
from dsdesk.hardware.parts import Part
from dsdesk.hardware.prices import HostedApi, Price, Seller
from dsdesk.hardware.vocabulary import PartKind, Shelf
from dsdesk.llm.architecture import Llm
from dsdesk.measured.run import MeasuredRun
from dsdesk.sizing.own_speed import OwnSpeeds

if TYPE_CHECKING:
    from sqlmodel import Session

Result = TypeVar("Result")

_AT_ONCE = 500  # SQLite takes 999 parameters in older builds


def open_catalog(progress: Progress | None = None, *, own: bool = True) -> "Store":
    """The catalogue with the user's own layer; the factory database is built first when db/ is new.

    Args:
        progress: told the share that is done and what is being done.
        own: False leaves the user's own database unread and untouched; what is added is then forgotten on closing.

    Raises:
        CatalogError: the own database is damaged or newer than this dsdesk, or db/ is wrong. The own file is left as it
            is; `open_catalog(own=False)` goes on without it, `dsdesk.catalog.files.move_own_aside` starts a new one.
    """
    return Store(open_files(progress, own=own))


def open_anyway(progress: Progress | None = None) -> "Store":
    """As `open_catalog`, but goes on without the user's own database where it cannot be read; `notices` then say why.

    Raises:
        CatalogError: db/ itself is wrong.
    """
    try:
        return open_catalog(progress)
    except CatalogError as error:
        store = open_catalog(progress, own=False)
        store.notices += (error.message,)
        store.is_without_own = True
        return store


class Store:
    """The catalogue. Every method may be called from any thread."""

    def __init__(self, opened: Opened) -> None:
        self._files = opened
        self._reader = opened.reader
        self._own = OwnLayer(opened.own, opened.words)
        self._models = ModelShelf(opened.models, self._reader)
        published = opened.models.parent / "measured.csv"
        self.measurements = MeasurementShelf(published, self._reader, self, self._write_own)
        self.notices = opened.notices  # what the user should know about the state of the files
        self.is_without_own = False  # whether the user's own database is there but cannot be read
        self._forget()

    def _forget(self) -> None:
        self._parts: dict[str, Part] = {}
        self._kinds: dict[tuple[PartKind, Shelf | None], tuple[Part, ...]] = {}
        self._prices: dict[str, tuple[Price, ...]] | None = None
        self._models.forget()
        self.measurements.forget()

    def close(self) -> None:
        """Let the files go."""
        self._own.close()
        self._reader.close()

    @cached_property
    def version(self) -> str:
        """Version of the factory catalogue with the hash of its content."""
        return f"{self._reader.meta()['version']} ({self._files.digest[:8]})"

    # ------------------------------------------------------------------------------------------------------ parts

    def part(self, part_id: str) -> Part | None:
        """The part with this id, None if there is none."""
        if part_id not in self._parts:
            row = self._reader.part(part_id)
            if row is None:
                return None
            self._parts[part_id] = part_of(*row)
        return self._parts[part_id]

    def parts(self, kind: PartKind, shelf: Shelf | None = None) -> tuple[Part, ...]:
        """All parts of a kind, or those on one shelf, the user's own last, in stable order."""
        key = kind, shelf
        if key not in self._kinds:
            rows = self._reader.parts(kind.value, shelf.value if shelf else None)
            self._kinds[key] = tuple(self._remember(*row) for row in rows)
        return self._kinds[key]

    def _remember(self, kind: str, facts: str) -> Part:
        part = part_of(kind, facts)
        return self._parts.setdefault(part.id, part)

    def find_part(self, name: str, kind: PartKind | None = None) -> Part | None:
        """The part that people or drivers call `name`, None if there is none or several are called so.

        A name that is somebody's exactly wins; else words that drivers add are left out; else the memory size, which
        must agree then.
        """
        if (part := self.part(name)) is not None and kind in (None, part.kind):
            return part
        return self._find(name, kind, self._reader.ids_named)

    def finder(self) -> Callable[[str], Part | None]:
        """`find_part` for tens of thousands of names of a list, with every name of the catalogue held in memory.

        A maker may be called as people call it: "海韵 PRIME TX-1600" is of SeaSonic.
        """
        known = self._reader.names()

        def ids_named(key: str, level: int) -> list[str]:
            return list(dict.fromkeys(part_id for part_id, strict in known.get(key, ()) if strict <= level))

        def find(name: str) -> Part | None:
            found = self._find(name, None, ids_named)
            return found or next(filter(None, (self._find(one, None, ids_named) for one in self._spelled(name))), None)

        return find

    def _spelled(self, name: str) -> Iterator[str]:
        """`name` with what people call its maker written as the catalogue writes it."""
        for maker, called in self._files.words.makers.items():
            for word in called:
                if word in name and not word.isascii():
                    yield name.replace(word, f"{maker} ")

    def _find(self, name: str, kind: PartKind | None, ids_named: Callable[[str, int], list[str]]) -> Part | None:
        for level, key in keys(name).items():
            size = stated_memory(name) if level is Level.BARE else None
            found = self._those(ids_named(key, level), kind, size)
            if found:
                return found[0] if len(found) == 1 else None
        return None

    def _those(self, ids: list[str], kind: PartKind | None, size: float | None) -> list[Part]:
        parts = [part for one in ids if (part := self.part(one)) is not None]
        return [part for part in parts if kind in (None, part.kind) and agrees(part, size)]

    def candidates(self, name: str, kind: PartKind | None = None, limit: int = 10) -> tuple[Part, ...]:
        """What `name` may mean: parts that are called so or alike, best first."""
        found: dict[str, Part] = {}
        for level, key in keys(name).items():
            found.update({part.id: part for part in self._those(self._reader.ids_named(key, level), kind, None)})
        if len(found) < limit:
            found.update({part.id: part for part in self.search(name, kind, limit)})
        return tuple(found.values())[:limit]

    def search(self, text: str, kind: PartKind | None = None, limit: int = 50) -> tuple[Part, ...]:
        """Parts in which every word of `text` occurs, best first; all of them for an empty text."""
        wanted = terms(text, self._files.words)
        ids = self._reader.search(wanted, kind.value if kind else None, limit)
        new = [one for one in ids if one not in self._parts]
        for first in range(0, len(new), _AT_ONCE):
            for row in self._reader.parts_among(new[first : first + _AT_ONCE]):
                self._remember(*row)
        return tuple(part for one in ids if (part := self.part(one)) is not None)

    # ----------------------------------------------------------------------------------------------------- models

    def llm(self, llm_id: str) -> Llm | None:
        """The language model with this id, or the only one whose last path element it is; None if there is none."""
        return self._models.llm(llm_id)

    def llms(self) -> tuple[Llm, ...]:
        """All language models by id, the user's own last."""
        return self._models.all()

    # ----------------------------------------------------------------------------------------------------- prices

    def prices(self, part_id: str) -> tuple[Price, ...]:
        """Price points of a part, newest first; the user's own come first."""
        if self._prices is None:
            found: dict[str, list[Price]] = {}
            for row in [*(own[1:] for own in self._reader.own_prices()), *self._reader.prices()]:
                found.setdefault(row[0], []).append(price_of(row))
            self._prices = {one: tuple(points) for one, points in found.items()}
        return self._prices.get(part_id, ())

    @cached_property
    def rates(self) -> tuple[ExchangeRate, ...]:
        """Dated exchange rates of the factory catalogue, newest first."""
        return tuple(
            ExchangeRate(base, quote, Decimal(rate), date.fromisoformat(day), source)
            for base, quote, rate, day, source in self._reader.rates()
        )

    # ------------------------------------------------------------------------------------------------- measurements

    @property
    def own_speeds(self) -> OwnSpeeds:
        """What the user's own measurements say of their machines."""
        return self.measurements.speeds

    def measured_runs(self, device_id: str, llm_id: str) -> tuple[MeasuredRun, ...]:
        """Published and own measurements of a model on a device that may be shown."""
        return self.measurements.runs(device_id, llm_id)

    @cached_property
    def hosted_apis(self) -> tuple[HostedApi, ...]:
        """Hosted APIs with a price that somebody published, newest first."""
        return read_apis(self._files.apis)

    # -------------------------------------------------------------------------------------------- the user's layer

    def own_parts(self) -> tuple[Part, ...]:
        """The user's own parts."""
        return tuple(part_of(*row) for row in self._reader.own_parts())

    def own_prices(self) -> tuple[tuple[int, Price], ...]:
        """The user's own prices with the number by which one is removed, newest first."""
        return tuple((row[0], price_of(row[1:])) for row in self._reader.own_prices())

    def add_own_part(self, part: Part) -> Part:
        """Keep a part of the user's own; returns it with its id, which starts with "user:".

        Raises:
            CatalogError: there is a part with this id already, or the own database cannot be written.
        """
        if self.part(own_id(part)) is not None:
            raise CatalogError(Message("There is an own part called {part} already.", part=part.full_name))
        return self._put(part)

    def update_own_part(self, part: Part) -> Part:
        """Replace a part of the user's own by `part`, which has its id.

        Raises:
            CatalogError: there is no own part with this id, or the own database cannot be written.
        """
        if not part.id.startswith(PREFIX) or self.part(part.id) is None:
            raise CatalogError(Message("{part} is not one of your own parts.", part=part.id))
        return self._put(part)

    def _put(self, part: Part) -> Part:
        (stored,) = self.change_own(lambda own: own.put_parts([part]))
        return stored

    def remove_own_part(self, part_id: str) -> None:
        """Take a part of the user's own away.

        Raises:
            CatalogError: there is none with this id.
        """
        self.change_own(lambda own: own.remove_part(part_id))

    def add_own_price(self, price: Price) -> None:
        """Keep a price of the user's own, for a part of either layer.

        Raises:
            CatalogError: there is no such part, or the own database cannot be written.
        """
        if self.part(price.part_id) is None:
            raise CatalogError(Message("There is no part {part} to price.", part=price.part_id))
        mine = replace(price, source=price.source or "user", seller=price.seller or Seller.USER)
        self.change_own(lambda own: own.put_prices([mine]))

    def remove_own_price(self, price_id: int) -> None:
        """Take a price of the user's own away."""
        self.change_own(lambda own: own.remove_price(price_id))

    def add_own_llm(self, llm_id: str, name: str, config: str) -> None:
        """Keep a language model of the user's own as its config.json."""
        self.change_own(lambda own: own.put_llm(llm_id, name, config))

    def own_llms(self) -> tuple[tuple[str, str, str], ...]:
        """The user's own language models as id, name and config.json."""
        return tuple((row[0], row[1], row[2]) for row in self._reader.own_llms())

    def remove_own_llm(self, llm_id: str) -> None:
        """Forget a language model of the user's own."""
        self.change_own(lambda own: own.remove_llm(llm_id))

    # ----------------------------------------------------------------------------------------------------- imports

    def imports(self) -> tuple[Batch, ...]:
        """The imports so far, newest first; each can be taken back."""
        return tuple(Batch(*row) for row in self._reader.batches())

    def add_import(self, brought: Brought, tell: Callable[[float], None] = lambda _share: None) -> Batch:
        """Keep what a file brought in the user's layer, whole or not at all, as one import that can be taken back.

        Args:
            brought: parts, prices and models.
            tell: told the share that is done; what it raises leaves everything as it was.

        Raises:
            CatalogError: the own database cannot be written.
        """
        number = self.change_own(lambda own: own.put_import(brought, date.today(), tell))
        return next(batch for batch in self.imports() if batch.id == number)

    def undo_import(self, batch: int) -> None:
        """Take an import back: what it added goes, what it replaced returns.

        Raises:
            CatalogError: there is no such import.
        """
        self.change_own(lambda own: own.undo_batch(batch))

    def _write_own(self, act: "Callable[[Session], None]") -> None:
        self.change_own(lambda own: own.write(act))

    def change_own(self, change: Callable[[OwnLayer], Result]) -> Result:
        """Write to the user's layer and forget what was cached."""
        self._own.open()
        if not self._reader.has_own:
            self._reader.attach(self._files.own)
        try:
            return change(self._own)
        finally:
            self._forget()

    # ---------------------------------------------------------------------------------------------------- contents

    def info(self) -> Contents:
        """Everything counted: parts by kind and shelf, how full the checked fields are, prices, models, files."""
        factory = self._reader.prices()
        days = sorted(row[5] for row in factory if row[5])
        kinds = tuple(self._count(kind) for kind in PartKind)
        return Contents(
            version=self.version,
            kinds=kinds,
            parts=sum(one.buildable + one.listed for one in kinds),
            own_parts=sum(one.own for one in kinds),
            prices=len(factory),
            prices_from=days[0] if days else "",
            prices_to=days[-1] if days else "",
            own_prices=len(self._reader.own_prices()),
            models=len(self.llms()),
            own_models=len(self._reader.own_llms()),
            factory_file=str(self._files.factory),
            own_file=str(self._files.own),
            attributions=ATTRIBUTIONS,
            notices=self.notices,
        )

    def _count(self, kind: PartKind) -> KindCount:
        parts = self.parts(kind)
        buildable = sum(part.shelf is Shelf.BUILDABLE for part in parts)
        fields = fill_rates(parts)
        return KindCount(
            kind=kind,
            buildable=buildable,
            listed=len(parts) - buildable,
            own=sum(part.id.startswith(PREFIX) for part in parts),
            filled=sum(share for _, share in fields) / len(fields) if fields else None,
            fields=fields,
            assumed=assumed_fields(parts),
        )
