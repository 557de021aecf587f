"""The factory database, built from db/ into one file that is never changed afterwards.

`python -m dsdesk.catalog.seed FOLDER` builds it ahead of time, so that an installed dsdesk need not.
"""

import os
import sys
import tomllib
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dsdesk.base import assets
from dsdesk.base.errors import CatalogError
from dsdesk.base.imports import importing
from dsdesk.base.message import Message
from dsdesk.base.money import ExchangeRate
from dsdesk.catalog.engine import engine_on
from dsdesk.catalog.listed import ListedPart, read_listed
from dsdesk.catalog.pricelist import read_prices, read_rates
from dsdesk.catalog.rows import name_rows, part_row, price_row, text_row
from dsdesk.catalog.search import Words, read_words
from dsdesk.catalog.text import read_parts
from dsdesk.hardware.parts import Part
from dsdesk.hardware.prices import Price
from dsdesk.hardware.vocabulary import Shelf

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

Progress = Callable[[float, Message], None]

# Counts changes of the factory tables and of what is written into them; part of the name of the file.
SCHEMA = 4


class NotWritableError(CatalogError):
    """The factory database cannot be written where it should lie."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """All that the factory database holds.

    Attributes:
        version: of the catalogue.
        parts: in the order of the files.
        prices: every price point.
        rates: exchange rates.
        words: what a search knows besides names.
        listed: the long lists of parts that can only be looked up.
    """

    version: str
    parts: tuple[Part, ...]
    prices: tuple[Price, ...]
    rates: tuple[ExchangeRate, ...]
    words: Words
    listed: tuple[ListedPart, ...] = ()


def source_files(folder: Path) -> list[Path]:
    """The files of db/ that the factory database is built from."""
    single = [folder / name for name in ("version.toml", "words.toml", "rates.csv")]
    return [path for path in single if path.is_file()] + sorted(
        [*folder.glob("parts/*.toml"), *folder.glob("parts/listed/*"), *folder.glob("prices/*.csv")]
    )


def digest(folder: Path) -> str:
    """A short hash of the content of db/ and of the schema: what a built file is named after.

    Raises:
        CatalogError: a file cannot be read, or there is none.
    """
    summed = blake2b(str(SCHEMA).encode(), digest_size=8)
    files = source_files(folder)
    if not files:
        raise CatalogError(Message("There is no catalogue in {folder}.", folder=str(folder)))
    for path in files:
        try:
            data = path.read_bytes()
        except OSError as error:
            raise CatalogError(Message("{file} cannot be read: {error}", file=path.name, error=str(error))) from error
        summed.update(f"{path.name}:{len(data)}:".encode())
        summed.update(data)
    return summed.hexdigest()


def read_content(folder: Path) -> Content:
    """Everything under db/, checked.

    Raises:
        CatalogError: something in it is wrong; the message says what and where.
    """
    parts, words = read_parts(folder / "parts"), read_words(folder / "words.toml")
    prices = read_prices(folder / "prices")
    known = {part.id for part in parts}
    for price in prices:
        if price.part_id not in known:
            raise CatalogError(Message("There is a price for {part}, which is not a part.", part=price.part_id))
    version = read_version(folder)
    listed = tuple(read_listed(folder / "parts", words))
    rates = read_rates(folder / "rates.csv")
    return Content(version=version, parts=parts, prices=prices, rates=rates, words=words, listed=listed)


def read_version(folder: Path) -> str:
    """The version of the catalogue.

    Raises:
        CatalogError: db/version.toml is missing or wrong.
    """
    try:
        return str(tomllib.loads((folder / "version.toml").read_text(encoding="utf-8"))["version"])
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError) as error:
        raise CatalogError(Message("{file} cannot be read: {error}", file="version.toml", error=str(error))) from error


def file_name(hashed: str) -> str:
    """The name of the file built from content with this hash."""
    return f"catalog-{hashed}.sqlite"


def build(folder: Path, target: Path, progress: Progress | None = None) -> None:
    """Build the factory database of db/ at `folder` as the file `target`; it appears whole or not at all.

    Raises:
        CatalogError: db/ is wrong.
        NotWritableError: the file cannot be written.
    """
    tell = progress or (lambda _share, _what: None)
    tell(0.0, Message("Reading the parts catalogue"))
    content = read_content(folder)
    tell(0.4, Message("Preparing the database"))
    with importing():
        from sqlalchemy.exc import SQLAlchemyError

        from dsdesk.catalog import tables  # noqa: F401 - here, where only one thread imports

    draft = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        draft.unlink(missing_ok=True)
        engine = engine_on(draft, draft=True)
        fill(engine, content, tell)
        engine.dispose()
        with draft.open("rb+") as file:
            os.fsync(file.fileno())
        draft.replace(target)
    except (OSError, SQLAlchemyError) as error:
        raise NotWritableError(
            Message("The catalogue cannot be written to {file}: {error}", file=str(target), error=str(error))
        ) from error
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
    tell(1.0, Message("The catalogue is ready"))


def fill(engine: "Engine", content: Content, tell: Progress) -> None:
    """Create the factory tables and write `content` into them, in one transaction."""
    with importing():
        from dsdesk.catalog import tables

    count = len(content.parts) + len(content.listed)
    tell(0.6, Message("Writing {count} parts", count=count))
    meta = {"version": content.version, "schema": str(SCHEMA), "parts": str(count)}
    with engine.begin() as connection:
        tables.FactoryTable.metadata.create_all(connection)
        _insert_parts(connection, content)
        _insert(connection, tables.PriceRow, [price_row(price) for price in content.prices])
        _insert(connection, tables.RateRow, [_rate_row(rate) for rate in content.rates])
        _insert(connection, tables.MetaRow, [{"key": key, "value": value} for key, value in meta.items()])


def _insert_parts(connection: "Connection", content: Content) -> None:
    from dsdesk.catalog import tables

    numbered = list(enumerate(content.parts))
    parts = [part_row(part, number) for number, part in numbered]
    texts = [text_row(part, number, content.words) for number, part in numbered]
    names = [row for _, part in numbered for row in name_rows(part)]
    for number, one in enumerate(content.listed, start=len(numbered)):
        kind, place = one.kind, number
        parts.append({"id": one.id, "kind": kind, "shelf": Shelf.LISTED.value, "position": place, "facts": one.facts})
        texts.append({"part_id": one.id, "kind": kind, "position": place, "text": one.text})
        names += [{"key": key, "part_id": one.id, "level": level} for key, level in one.keys.items()]
    _insert(connection, tables.PartRow, parts)
    _insert(connection, tables.TextRow, texts)
    _insert(connection, tables.NameRow, names)


def _rate_row(rate: ExchangeRate) -> dict[str, str]:
    return {
        "base": rate.base,
        "quote": rate.quote,
        "day": rate.on.isoformat(),
        "rate": str(rate.rate),
        "source": rate.source,
    }


def _insert(connection: "Connection", table: type, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows that all have the same keys; SQLAlchemy's own way through as many rows takes twice as long."""
    from sqlmodel import insert

    if rows:
        compiled = insert(table).compile(dialect=connection.dialect, column_keys=list(rows[0]))
        names = getattr(compiled, "positiontup", None) or list(rows[0])
        connection.exec_driver_sql(str(compiled), [tuple(row[name] for name in names) for row in rows])


def main(arguments: Iterable[str]) -> int:
    """Build the factory database into the folder that is named, and print its path."""
    (folder,) = (Path(one) for one in arguments)
    source = assets.factory_db()
    target = folder / file_name(digest(source))
    build(source, target)
    sys.stdout.write(f"{target}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
