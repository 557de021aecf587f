"""A supplier's price list: CSV or XLSX with columns of any names and order, read row by row.

Which column is what is guessed from the headings and shown; the user may say otherwise and read again. A row whose part
or price is not clear is reported with its line, never guessed.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from dsdesk.base.message import Message
from dsdesk.catalog.importers.amounts import CellError, currency_in, read_amount
from dsdesk.catalog.importers.columns import Columns, ColumnsError, guess_columns
from dsdesk.catalog.importers.imported import Imported, Problem, Tell, tell_nobody
from dsdesk.catalog.importers.sheets import BROKEN, Sheet, read_sheets
from dsdesk.catalog.store import Store
from dsdesk.hardware.parts import Part
from dsdesk.hardware.prices import Condition, Price, Seller

_USED = ("二手", "拆机", "翻新", "refurbished", "refurb", "used")
_SAID_OF_A_PART = re.compile("|".join((*_USED, "全新", "盒装", "散片", "现货", r"\bnew\b")), re.IGNORECASE)
_MOST_SUGGESTED = 200  # a search each; a list of strangers must not take minutes to be told so
_ROWS_A_REPORT = 500


def read_price_list(
    path: Path,
    store: Store,
    *,
    day: date,
    currency: str = "CNY",
    columns: Columns | None = None,
    tell: Tell = tell_nobody,
) -> Imported:
    """The prices of a supplier's list, and the rows that are not clear.

    Args:
        path: CSV or XLSX; of a workbook the first sheet that has prices.
        store: finds the parts.
        day: date of rows that give none.
        currency: of prices that name none.
        columns: where things stand, None = as remembered, or guessed from the headings.
        tell: told the share that is done; what it raises ends the reading.

    Raises:
        FileError: the file cannot be read.
        ColumnsError: it is not clear which column holds prices, and which one names or numbers.
    """
    rows, places = _sheet(path, columns, lambda share: tell(share / 2))
    reading = _Reading(
        parts=_Parts(store),
        day=day,
        currency=currency_in(places.heading(places.roles["price"])) or currency,
        includes_tax="含税" in places.heading(places.roles["price"]),
        source=path.name,
    )
    first = places.header + 1
    for number, row in enumerate(rows[first:], start=first + 1):
        if number % _ROWS_A_REPORT == 0:
            tell((1 + number / len(rows)) / 2)
        reading.take(number, {role: row[column] for role, column in places.roles.items() if column < len(row)})
    return Imported(
        what="price list",
        source=str(path),
        prices=tuple(reading.prices),
        problems=tuple(reading.problems),
        columns=places,
    )


def _sheet(path: Path, columns: Columns | None, tell: Tell) -> tuple[Sheet, Columns]:
    """The first sheet whose columns are clear; with `columns` given, the first that has such headings."""
    unclear: ColumnsError | None = None
    for rows in read_sheets(path, tell):
        places = columns if columns is not None and _has(rows, columns) else guess_columns(rows)
        if places.is_complete:
            return rows, places
        unclear = unclear or ColumnsError(places, rows)
    if unclear is None:
        raise AssertionError("a file without a row was refused before")
    raise unclear


def _has(rows: Sheet, columns: Columns) -> bool:
    return columns.header < len(rows) and tuple(rows[columns.header]) == columns.headings


class _Parts:
    """Finds the parts that rows name, each name once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._find = store.finder()
        self._known: dict[tuple[str, ...], Part | Message] = {}
        self._suggested = 0

    def part(self, names: tuple[str, ...]) -> Part:
        """The part called one of `names`.

        Raises:
            CellError: there is none, or several.
        """
        if names not in self._known:
            self._known[names] = self._looked_up(names)
        found = self._known[names]
        if isinstance(found, Message):
            raise CellError(found)
        return found

    def _looked_up(self, names: Sequence[str]) -> Part | Message:
        for name in names:
            if (part := self._find(name)) is not None:
                return part
        if not names:
            return Message("the row names no part")
        if self._suggested < _MOST_SUGGESTED:
            self._suggested += 1
            alike = tuple(part.full_name for part in self._store.candidates(names[-1], limit=3))
            if alike:
                return Message("{name} may be {parts}", name=repr(names[-1]), parts=alike)
        return Message("{name} is not in the catalogue", name=repr(names[-1]))


@dataclass(slots=True)
class _Reading:
    """A list being read: what its heading says of all rows, and what was found so far."""

    parts: _Parts
    day: date
    currency: str
    includes_tax: bool
    source: str
    prices: list[Price] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    _seen: dict[tuple[object, ...], tuple[int, Price]] = field(default_factory=dict)
    _above: tuple[int, tuple[str, ...]] = (0, ())

    def take(self, number: int, cells: Mapping[str, str]) -> None:
        """A row: a price more, or a problem more."""
        if not any(cells.get(role) for role in ("name", "mpn", "price")):
            return
        try:
            price = self._price(number, cells)
            self._check_repeated(number, price)
        except CellError as error:
            self.problems.append(Problem(str(number), error.message))
        else:
            self.prices.append(price)

    def _price(self, number: int, cells: Mapping[str, str]) -> Price:
        if any(BROKEN in cell for cell in cells.values()):
            raise CellError(Message("the row has signs that cannot be read"))
        part = self.parts.part(self._names(number, cells))
        used = any(word in " ".join(cells.values()).lower() for word in _USED)
        return Price(
            part_id=part.id,
            money=read_amount(cells.get("price", ""), currency_in(cells.get("currency", "")) or self.currency),
            condition=Condition.USED if used else Condition.NEW,
            seller=Seller.DISTRIBUTOR,
            on=_day(cells.get("date", ""), self.day),
            source=self.source,
            includes_tax=self.includes_tax,
            min_quantity=_quantity(cells.get("quantity", "")),
        )

    def _names(self, number: int, cells: Mapping[str, str]) -> tuple[str, ...]:
        """What a row calls its part. A quantity break under a named row, its name cell merged away, is of that part."""
        written = (_SAID_OF_A_PART.sub(" ", cells.get(role, "")).strip() for role in ("mpn", "name"))
        names = tuple(name for name in written if name)
        above, called = self._above
        if not names and called and above == number - 1 and cells.get("quantity"):
            names = called
        self._above = (number, names)
        return names

    def _check_repeated(self, number: int, price: Price) -> None:
        key = (price.part_id, price.condition, price.min_quantity, price.on, price.money.currency)
        first = self._seen.setdefault(key, (number, price))
        if first[0] == number:
            return
        if first[1].money == price.money:
            raise CellError(Message("the same price stands in line {line}", line=first[0]))
        raise CellError(
            Message(
                "line {line} asks {price} for the same part ({part}), which was taken",
                line=first[0],
                price=first[1].money.text(),
                part=price.part_id,
            )
        )


def _day(text: str, default: date) -> date:
    if not text:
        return default
    plain = (
        text.replace("年", "-").replace("月", "-").replace("日", "").replace("/", "-").replace(".", "-").split(" ")[0]
    )
    try:
        year, month, day = (int(piece) for piece in plain.split("-"))
        return date(year, month, day)
    except ValueError:
        raise CellError(Message("{text} is no date such as 2026-01-31", text=repr(text))) from None


def _quantity(text: str) -> int:
    if not text:
        return 1
    try:
        return max(1, int(float(text)))
    except (ValueError, OverflowError):
        raise CellError(Message("{text} is no quantity", text=repr(text))) from None
