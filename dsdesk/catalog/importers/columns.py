"""Which column of a supplier's list is what: guessed from its headings, corrected by the user, and remembered.

What the user corrected is kept by the headings themselves, so that the next list of the same supplier is read alike.
"""

import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from dsdesk.base import paths
from dsdesk.base.errors import FileError, InputError
from dsdesk.base.message import Message
from dsdesk.catalog.names import squeeze

# Words of headings, those that decide first; a heading belongs to the first role one of whose words it contains.
HEADINGS: Mapping[str, tuple[str, ...]] = {
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
ROLES = ("name", "mpn", "price", "currency", "quantity", "date", "condition")
LINES_TO_LOOK_THROUGH = 15
_KEPT = "price-lists.json"
_MOST_KEPT = 200


@dataclass(frozen=True, slots=True)
class Columns:
    """Where things stand in the sheet.

    Attributes:
        header: line of the headings, from 0.
        roles: column by role, from 0; see `ROLES`.
        headings: the headings as written.
        remembered: whether the user said so for a list with the same headings.
    """

    header: int
    roles: Mapping[str, int]
    headings: tuple[str, ...]
    remembered: bool = field(default=False, compare=False)

    @property
    def is_complete(self) -> bool:
        """Whether there is a price, and a name or number to put it to."""
        return "price" in self.roles and bool({"name", "mpn"} & self.roles.keys())

    def told(self) -> tuple[tuple[str, str], ...]:
        """(role, heading) of every column in use."""
        return tuple((role, self.heading(column)) for role, column in self.roles.items())

    def heading(self, column: int) -> str:
        """What stands above a column, or its letter where nothing does."""
        text = self.headings[column] if column < len(self.headings) else ""
        return text or letter(column)


class ColumnsError(FileError):
    """A list of which it is not clear what its columns are.

    Attributes:
        columns: as far as they were made out; the user may complete them.
        rows: the first rows of the list.
    """

    def __init__(self, columns: Columns, rows: Sequence[Sequence[str]]) -> None:
        super().__init__(
            Message("No column for a price beside one for a name or part number was found in the first {count} lines.",
                    count=LINES_TO_LOOK_THROUGH)
        )  # fmt: skip
        self.columns = columns
        self.rows = tuple(tuple(row) for row in rows[:LINES_TO_LOOK_THROUGH])


def letter(column: int) -> str:
    """The name of a column in a spreadsheet: 0 is A, 26 is AA."""
    name = ""
    while column >= 0:
        name = chr(ord("A") + column % 26) + name
        column = column // 26 - 1
    return name


def guess_columns(rows: Sequence[Sequence[str]]) -> Columns:
    """The line of the headings and what its columns are, incomplete where the headings do not say."""
    kept = _read_kept()
    best = Columns(0, {}, tuple(rows[0]) if rows else ())
    for line, row in enumerate(rows[:LINES_TO_LOOK_THROUGH]):
        if (roles := kept.get(_key(row))) is not None:
            return Columns(line, roles, tuple(row), remembered=True)
        found = Columns(line, _roles(row), tuple(row))
        if found.is_complete:
            return found
        if len(found.roles) > len(best.roles):
            best = found
    return best


def _roles(row: Sequence[str]) -> dict[str, int]:
    roles: dict[str, int] = {}
    for column, heading in enumerate(row):
        role = _role(heading)
        if role is not None:
            roles.setdefault(role, column)
    return roles


def _role(heading: str) -> str | None:
    plain = squeeze(heading)
    if plain in ("pn", "sku", "mpn"):
        return "mpn"
    for role, words in HEADINGS.items():
        if any(word in plain for word in words if len(word) > len("pn") or not word.isascii()):
            return role
    return None


def corrected(columns: Columns, told: Mapping[str, str]) -> Columns:
    """`columns` with what the user says: a heading, a letter or a number from 1 by role; "" takes a role away.

    Raises:
        InputError: there is no such role or column.
    """
    roles = dict(columns.roles)
    for role, text in told.items():
        if role not in ROLES:
            raise InputError(Message("There is no column {role}; there are {roles}.", role=role, roles=ROLES))
        if text:
            roles[role] = _column(columns.headings, text)
        else:
            roles.pop(role, None)
    return Columns(columns.header, roles, columns.headings)


def _column(headings: Sequence[str], text: str) -> int:
    names = {letter(column): column for column in range(len(headings))}
    names |= {str(column + 1): column for column in range(len(headings))}
    names |= {squeeze(heading): column for column, heading in reversed(list(enumerate(headings))) if heading}
    for key in (text.strip().upper(), squeeze(text)):
        if key in names:
            return names[key]
    raise InputError(Message("There is no column {column} in the list.", column=text))


def remember(columns: Columns) -> None:
    """Read lists with these headings in this way from now on; where nothing can be written this is forgotten."""
    kept = {key: dict(roles) for key, roles in _read_kept().items() if key != _key(columns.headings)}
    kept[_key(columns.headings)] = dict(columns.roles)
    recent = dict(list(kept.items())[-_MOST_KEPT:])
    with suppress(OSError):
        path = paths.data() / _KEPT
        draft = path.with_name(f".{path.name}.{os.getpid()}.part")
        draft.write_text(json.dumps(recent, ensure_ascii=False, indent=1), encoding="utf-8")
        draft.replace(path)


def _key(row: Sequence[str]) -> str:
    return "|".join(squeeze(cell) for cell in row).strip("|")


def _read_kept() -> dict[str, dict[str, int]]:
    """The ways that were remembered; a file that is not ours or is damaged counts as none."""
    try:
        path: Path = paths.data() / _KEPT
        held = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(held, dict):
        return {}
    return {key: roles for key, roles in held.items() if key and _is_roles(roles)}


def _is_roles(roles: object) -> bool:
    if not isinstance(roles, dict):
        return False
    return all(role in ROLES and type(column) is int and column >= 0 for role, column in roles.items())
