"""The user's own layer: parts, prices and language models that no factory catalogue touches. Written by SQLModel."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING

from dsdesk.base.errors import CatalogError
from dsdesk.base.imports import importing
from dsdesk.base.message import Message
from dsdesk.catalog import migrate
from dsdesk.catalog.engine import engine_on
from dsdesk.catalog.names import squeeze
from dsdesk.catalog.rows import IMPORTED_FROM, name_rows, part_row, price_row, text_row
from dsdesk.catalog.search import Words
from dsdesk.hardware.parts import Part
from dsdesk.hardware.prices import Price

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlmodel import Session, SQLModel

    from dsdesk.catalog.tables import ReplacedRow

PREFIX = "user:"
_AT_ONCE = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What a file adds to the user's layer.

    Attributes:
        what: the format.
        source: the file.
        parts: to be added, or to replace those with the same id.
        prices: price points.
        models: language models as id, name and config.json.
        measurements: each as JSON, and whether forecasts are calibrated with it.
    """

    what: str
    source: str
    parts: tuple[Part, ...] = ()
    prices: tuple[Price, ...] = ()
    models: tuple[tuple[str, str, str], ...] = ()
    measurements: tuple[tuple[str, bool], ...] = ()


def own_id(part: Part) -> str:
    """The id an own part gets: marked as the user's, and made from its name."""
    return part.id if part.id.startswith(PREFIX) else PREFIX + squeeze(part.id or part.full_name)


class OwnLayer:
    """Writes the user's own database; the file is made on the first write.

    Attributes:
        place: the file, or the URI of a database in memory.
        words: what a search knows besides names.
    """

    def __init__(self, place: Path | str, words: Words) -> None:
        self.place = place
        self.words = words
        self._lock = RLock()
        self._engine: Engine | None = None

    def open(self) -> None:
        """Make the database, or bring it to the newest form, unless that is done.

        Raises:
            CatalogError: it is damaged, newer than this dsdesk, or cannot be written.
        """
        with self._lock:
            if self._engine is None:
                self._engine = self._opened()

    def _opened(self) -> "Engine":
        with importing():
            from dsdesk.catalog import tables  # noqa: F401 - here, where only one thread imports
        if isinstance(self.place, Path) and self.place.exists():
            revision = migrate.revision_of(self.place)
            if revision and revision != migrate.known_revisions()[-1]:
                migrate.keep_copy(self.place, revision)
        with _told(self.place):
            engine = engine_on(self.place, write_ahead=True)
            with engine.begin() as connection:
                migrate.upgrade(connection)
            return engine

    def close(self) -> None:
        """Let the file go."""
        with self._lock:
            if self._engine is not None:
                self._engine.dispose()
                self._engine = None

    @contextmanager
    def _session(self) -> Iterator["Session"]:
        from sqlmodel import Session

        with self._lock:
            self.open()
            with _told(self.place), Session(self._engine) as session:
                yield session
                session.commit()

    def put_parts(self, parts: Iterable[Part]) -> tuple[Part, ...]:
        """Add parts, or replace those with the same id; returns them as they are stored, with their ids."""
        with self._session() as session:
            return _put_parts(session, parts, None, self.words)

    def remove_part(self, part_id: str) -> None:
        """Take an own part away; its prices stay, since they belong to the part's id."""
        from dsdesk.catalog.tables import OwnPartRow

        with self._session() as session:
            row = session.get(OwnPartRow, part_id)
            if row is None:
                raise CatalogError(Message("{part} is not one of your own parts.", part=part_id))
            session.delete(row)

    def put_prices(self, prices: Iterable[Price]) -> None:
        """Add price points."""
        with self._session() as session:
            _put_prices(session, prices, None)

    def put_import(self, brought: "Brought", day: date, tell: Callable[[float], None]) -> int:
        """Keep what a file brought, all of it or nothing; returns the number of the import.

        Args:
            brought: parts, prices, models and measurements.
            day: of the import.
            tell: told the share that is done; what it raises leaves everything as it was.
        """
        from dsdesk.catalog.tables import BatchRow, OwnLlmRow

        with self._session() as session:
            row = BatchRow(made_on=day.isoformat(), what=brought.what, source=brought.source)
            session.add(row)
            session.flush()
            if row.id is None:
                raise AssertionError("a flushed row has its key")
            for first in range(0, len(brought.parts), _AT_ONCE):
                tell(first / len(brought.parts))
                _put_parts(session, brought.parts[first : first + _AT_ONCE], row.id, self.words)
            _put_prices(session, brought.prices, row.id)
            for llm_id, name, config in brought.models:
                session.merge(OwnLlmRow(id=llm_id, name=name, config=config))
            _put_measurements(session, brought.measurements)
            tell(1.0)
            return row.id

    def remove_price(self, price_id: int) -> None:
        """Take a price of the user's own away."""
        from dsdesk.catalog.tables import OwnPriceRow

        with self._session() as session:
            if (row := session.get(OwnPriceRow, price_id)) is not None:
                session.delete(row)

    def write(self, act: "Callable[[Session], None]") -> None:
        """Do something to the database, all of it or nothing."""
        with self._session() as session:
            act(session)

    def put_llm(self, llm_id: str, name: str, config: str) -> None:
        """Keep a language model of the user's own."""
        from dsdesk.catalog.tables import OwnLlmRow

        with self._session() as session:
            session.merge(OwnLlmRow(id=llm_id, name=name, config=config))

    def remove_llm(self, llm_id: str) -> None:
        """Forget a language model of the user's own."""
        from dsdesk.catalog.tables import OwnLlmRow

        with self._session() as session:
            if (row := session.get(OwnLlmRow, llm_id)) is not None:
                session.delete(row)

    def undo_batch(self, batch: int) -> None:
        """Take an import back: what it added goes, what it replaced returns.

        Raises:
            CatalogError: there is no such import.
        """
        from dsdesk.catalog.tables import BatchRow

        with self._session() as session:
            row = session.get(BatchRow, batch)
            if row is None:
                raise CatalogError(Message("There is no import number {number}.", number=batch))
            _give_back(session, batch, self.words)
            session.flush()
            session.delete(row)


def _give_back(session: "Session", batch: int, words: Words) -> None:
    """Undo what an import did to parts; where a later import changed one again, that one holds the older state now."""
    from sqlmodel import select

    from dsdesk.catalog.rows import part_of
    from dsdesk.catalog.tables import OwnPartRow, ReplacedRow

    for old in session.exec(select(ReplacedRow).where(ReplacedRow.batch_id == batch)).all():
        later = _later_change(session, old.part_id, batch)
        if later is not None:
            later.row = old.row
            continue
        was = json.loads(old.row)
        _write_part(session, part_of(was["kind"], was["facts"]), was["position"], was["batch_id"], words)
    for part in session.exec(select(OwnPartRow).where(OwnPartRow.batch_id == batch)).all():
        later = _later_change(session, part.id, batch)
        if later is not None:
            part.batch_id = later.batch_id
            session.delete(later)


def _later_change(session: "Session", part_id: str, batch: int) -> "ReplacedRow | None":
    """What the first import after `batch` that changed a part found there."""
    from sqlmodel import col, select

    from dsdesk.catalog.tables import ReplacedRow

    changes = select(ReplacedRow).where(ReplacedRow.part_id == part_id, ReplacedRow.batch_id > batch)
    return session.exec(changes.order_by(col(ReplacedRow.batch_id))).first()


def _put_parts(session: "Session", parts: Iterable[Part], batch: int | None, words: Words) -> tuple[Part, ...]:
    stored = tuple(replace(part, id=own_id(part)) for part in parts)
    known, last = _known_parts(session, typed=batch is None)
    fresh = {part.id: part for part in stored if part.id not in known}
    first = last + 1 if batch is None else max(last + 1, IMPORTED_FROM)
    _insert_parts(session, fresh.values(), first, batch, words)
    for part in stored:
        if part.id in known:
            _replace_part(session, part, batch, words)
    return stored


def _put_prices(session: "Session", prices: Iterable[Price], batch: int | None) -> None:
    from sqlmodel import insert

    from dsdesk.catalog.tables import OwnPriceRow

    rows = [{**price_row(price), "batch_id": batch} for price in prices]
    if rows:
        session.execute(insert(OwnPriceRow), rows)


def _put_measurements(session: "Session", measurements: Iterable[tuple[str, bool]]) -> None:
    """Those that are there already are left as they are."""
    from sqlmodel import select

    from dsdesk.catalog.tables import OwnMeasurementRow

    known = set(session.exec(select(OwnMeasurementRow.facts)))
    session.add_all(
        OwnMeasurementRow(facts=facts, used=int(used)) for facts, used in measurements if facts not in known
    )


def _known_parts(session: "Session", *, typed: bool) -> tuple[set[str], int]:
    """The ids of all own parts, and the last position of the typed or of all of them."""
    from sqlmodel import select

    from dsdesk.catalog.tables import OwnPartRow

    rows = session.exec(select(OwnPartRow.id, OwnPartRow.position)).all()
    places = [position for _, position in rows if not typed or position < IMPORTED_FROM]
    return {part_id for part_id, _ in rows}, max(places, default=0)


def _insert_parts(session: "Session", parts: Iterable[Part], first: int, batch: int | None, words: Words) -> None:
    from sqlmodel import insert

    from dsdesk.catalog.tables import OwnNameRow, OwnPartRow, OwnTextRow

    numbered = list(enumerate(parts, start=first))
    if numbered:
        session.execute(insert(OwnPartRow), [{**part_row(part, place), "batch_id": batch} for place, part in numbered])
        session.execute(insert(OwnTextRow), [text_row(part, place, words) for place, part in numbered])
        session.execute(insert(OwnNameRow), [row for _, part in numbered for row in name_rows(part)])


def _replace_part(session: "Session", part: Part, batch: int | None, words: Words) -> None:
    """Write over a part that is there, keeping what it was when an import does it."""
    from dsdesk.catalog.tables import OwnPartRow, ReplacedRow

    before = session.get(OwnPartRow, part.id)
    if before is None:
        return
    if batch is not None:
        session.add(ReplacedRow(batch_id=batch, part_id=part.id, row=_as_json(before)))
        session.flush()
    _write_part(session, part, before.position, before.batch_id, words)


def _write_part(session: "Session", part: Part, position: int, batch: int | None, words: Words) -> None:
    from sqlmodel import delete, insert

    from dsdesk.catalog.tables import OwnNameRow, OwnPartRow, OwnTextRow

    session.merge(OwnPartRow(**part_row(part, position), batch_id=batch))
    session.flush()
    session.merge(OwnTextRow(**text_row(part, position, words)))
    session.execute(delete(OwnNameRow).where(OwnNameRow.part_id == part.id))  # type: ignore[arg-type]
    session.execute(insert(OwnNameRow), list(name_rows(part)))


def _as_json(row: "SQLModel") -> str:
    return json.dumps(row.model_dump(), ensure_ascii=False)


@contextmanager
def _told(place: Path | str) -> Iterator[None]:
    """What the database layer raises, told as a `CatalogError`."""
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield
    except (SQLAlchemyError, OSError) as error:
        cause = getattr(error, "orig", None) or error
        raise CatalogError(
            Message("Your own parts and prices cannot be written to {file}: {error}", file=str(place), error=str(cause))
        ) from error
