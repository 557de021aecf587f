"""A supplier's price list: CSV or XLSX with columns of any names and order, read row by row.

Which column is what is guessed from the headings and shown; the user may say otherwise and read again. A row whose part
or price is not clear is reported with its line, never guessed.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from dsdesk.base.errors import FileError
from dsdesk.base.message import Message
from dsdesk.catalog.importers.amounts import CellError, currency_in, read_amount
from dsdesk.catalog.importers.imported import Imported, Problem
from dsdesk.catalog.importers.sheets import read_sheet
from dsdesk.catalog.names import squeeze
from dsdesk.catalog.store import Store
from dsdesk.hardware.parts import Part
from dsdesk.hardware.prices import Condition, Price, Seller

# Words of headings, those that decide first; a heading belongs to the first role one of whose words it contains.
_HEADINGS: Mapping[str, tuple[str, ...]] = {
    "mpn": ("料号", "物料编码", "物料号", "零件号", "订货号", "货号", "partnumber", "partno", "mpn", "sku", "pn"),
    "date": ("日期", "报价日", "date"),
    "price": ("单价", "含税价", "未税价", "报价", "售价", "价格", "unitprice", "price", "quote"),
    "currency": ("币种", "货币", "currency"),
    "quantity": ("起订量", "最小数量", "moq", "minqty", "minimum"),
    "condition": ("成色", "新旧", "condition"),
    "name": (
        "产品名称",
        "品名",
        "名称",
        "型号",
        "产品",
        "物料",
        "描述",
        "model",
        "name",
        "item",
        "product",
        "description",
    ),
}
_LINES_TO_LOOK_THROUGH = 15
_USED = ("二手", "拆机", "翻新", "refurbished", "refurb", "used")
_SAID_OF_A_PART = re.compile("|".join((*_USED, "全新", "盒装", "散片", "现货", r"\bnew\b")), re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Columns:
    """Where things stand in the sheet; None = there is no such column.

    Attributes:
        header: line of the headings, from 0.
        roles: column by role ("name", "mpn", "price", "currency", "quantity", "date", "condition").
        headings: the headings as written.
    """

    header: int
    roles: Mapping[str, int]
    headings: tuple[str, ...]


def guess_columns(rows: Sequence[Sequence[str]]) -> Columns:
    """The line of the headings and what its columns are.

    Raises:
        FileError: no line has a heading for a price and one for a name or part number.
    """
    for line, row in enumerate(rows[:_LINES_TO_LOOK_THROUGH]):
        roles: dict[str, int] = {}
        for column, heading in enumerate(row):
            role = _role(heading)
            if role is not None:
                roles.setdefault(role, column)
        if "price" in roles and ("name" in roles or "mpn" in roles):
            return Columns(line, roles, tuple(row))
    raise FileError(
        Message("No column for a price beside one for a name or part number was found in the first {count} lines.",
                count=_LINES_TO_LOOK_THROUGH)
    )  # fmt: skip


def _role(heading: str) -> str | None:
    plain = squeeze(heading)
    if plain in ("pn", "sku", "mpn"):
        return "mpn"
    for role, words in _HEADINGS.items():
        if any(word in plain for word in words if len(word) > len("pn") or not word.isascii()):
            return role
    return None


def read_price_list(
    path: Path, store: Store, *, day: date, currency: str = "CNY", columns: Columns | None = None
) -> Imported:
    """The prices of a supplier's list, and the rows that are not clear.

    Args:
        path: CSV or XLSX.
        store: finds the parts.
        day: date of rows that give none.
        currency: of prices that name none.
        columns: where things stand, None = guessed from the headings.

    Raises:
        FileError: the file cannot be read, or has no column for prices.
    """
    rows = read_sheet(path)
    places = columns or guess_columns(rows)
    prices: list[Price] = []
    problems: list[Problem] = []
    heading = places.headings[places.roles["price"]]
    defaults = _Defaults(
        day=day,
        currency=currency_in(heading) or currency,
        includes_tax="含税" in heading,
        source=path.name,
    )
    for number, row in enumerate(rows[places.header + 1 :], start=places.header + 2):
        cells = {role: row[column] for role, column in places.roles.items() if column < len(row)}
        if not any(cells.get(role) for role in ("name", "mpn", "price")):
            continue
        try:
            prices.append(_price(cells, store, defaults))
        except CellError as error:
            problems.append(Problem(str(number), error.message))
    return Imported(what="price list", source=str(path), prices=tuple(prices), problems=tuple(problems))


@dataclass(frozen=True, slots=True)
class _Defaults:
    day: date
    currency: str
    includes_tax: bool
    source: str


def _price(cells: Mapping[str, str], store: Store, defaults: _Defaults) -> Price:
    part = _part(cells, store)
    currency = currency_in(cells.get("currency", "")) or defaults.currency
    used = any(word in " ".join(cells.values()).lower() for word in _USED)
    return Price(
        part_id=part.id,
        money=read_amount(cells.get("price", ""), currency),
        condition=Condition.USED if used else Condition.NEW,
        seller=Seller.DISTRIBUTOR,
        on=_day(cells.get("date", ""), defaults.day),
        source=defaults.source,
        includes_tax=defaults.includes_tax,
        min_quantity=_quantity(cells.get("quantity", "")),
    )


def _part(cells: Mapping[str, str], store: Store) -> Part:
    written = [_SAID_OF_A_PART.sub(" ", cells.get(role, "")).strip() for role in ("mpn", "name")]
    names = [name for name in written if name]
    for name in names:
        if (part := store.find_part(name)) is not None:
            return part
    if not names:
        raise CellError(Message("the row names no part"))
    alike = tuple(part.full_name for part in store.candidates(names[-1], limit=3))
    if alike:
        raise CellError(Message("{name} may be {parts}", name=repr(names[-1]), parts=alike))
    raise CellError(Message("{name} is not in the catalogue", name=repr(names[-1])))


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
    except ValueError:
        raise CellError(Message("{text} is no quantity", text=repr(text))) from None
