"""Factory prices and exchange rates as CSV: db/prices/*.csv and db/rates.csv."""

import csv
from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from dsdesk.base.errors import CatalogError
from dsdesk.base.message import Message
from dsdesk.base.money import ExchangeRate, Money
from dsdesk.hardware.prices import Condition, Price, Seller

_COLUMNS = ("part_id", "price", "currency", "condition", "seller", "date", "source")
_RATE_COLUMNS = ("base", "quote", "rate", "date", "source")


def read_prices(folder: Path) -> tuple[Price, ...]:
    """Every price under `folder`, file by file.

    Raises:
        CatalogError: a file cannot be read, lacks a column, or a row is wrong; the message names file, line and column.
    """
    return tuple(price for path in sorted(folder.glob("*.csv")) for price in _prices(path))


def _prices(path: Path) -> Iterator[Price]:
    for line, row in _rows(path, _COLUMNS):
        column = "price"
        try:
            amount = Decimal(row["price"])
            column = "condition"
            condition = Condition(row["condition"])
            column = "seller"
            seller = Seller(row["seller"])
            column = "date"
            day = date.fromisoformat(row["date"]) if row["date"] else None
            column = "min_quantity"
            quantity = int(row.get("min_quantity") or 1)
        except (InvalidOperation, ValueError):
            raise _wrong(path, line, column, row.get(column, "")) from None
        yield Price(
            part_id=row["part_id"],
            money=Money(amount, row["currency"]),
            condition=condition,
            seller=seller,
            on=day,
            source=row["source"],
            includes_tax=row.get("includes_tax") == "yes",
            min_quantity=quantity,
        )


def read_rates(path: Path) -> tuple[ExchangeRate, ...]:
    """The dated exchange rates of `path`; none when there is no such file.

    Raises:
        CatalogError: as for `read_prices`.
    """
    if not path.is_file():
        return ()
    rates: list[ExchangeRate] = []
    for line, row in _rows(path, _RATE_COLUMNS):
        try:
            day, rate = date.fromisoformat(row["date"]), Decimal(row["rate"])
        except (InvalidOperation, ValueError):
            raise _wrong(path, line, "rate", row["rate"]) from None
        rates.append(ExchangeRate(row["base"], row["quote"], rate, day, row["source"]))
    return tuple(rates)


def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CatalogError(Message("{file} cannot be read: {error}", file=path.name, error=str(error))) from error
    reader = csv.DictReader(text.splitlines())
    missing = tuple(name for name in columns if name not in (reader.fieldnames or ()))
    if missing:
        raise CatalogError(Message("{file} lacks the columns {columns}.", file=path.name, columns=missing))
    for row in reader:
        yield reader.line_num, {name: (value or "").strip() for name, value in row.items() if name}


def _wrong(path: Path, line: int, column: str, value: str) -> CatalogError:
    return CatalogError(
        Message(
            "{file}, line {line}: {value} is not a {column}.",
            file=path.name,
            line=line,
            value=repr(value),
            column=column,
        )
    )
