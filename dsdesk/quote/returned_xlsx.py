"""A filled spreadsheet: the open cells by their hidden keys. Formulas and macros are told, never run."""

import re
from collections.abc import Iterator
from decimal import Decimal
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from openpyxl import load_workbook
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from dsdesk.base.errors import FileError
from dsdesk.base.message import N_, Message
from dsdesk.quote.doubts import Doubt, DoubtKind
from dsdesk.quote.mark import MARK
from dsdesk.quote.offer import Written, gathered
from dsdesk.quote.xlsx import ENTRIES, LETTER

_LARGEST_UNPACKED = 128 * 1024 * 1024
_MOST_ROWS = 20_000  # one cell in the last row of a sheet would otherwise make a million of them
_KEY = re.compile(r"[LSO]\d+")
_LOCKED = ("quantity", "mpn", "net")  # what the supplier should not have changed
_COLUMN = {name: "ABCDEFGHIJKLMNOPQRSTUVWXYZ".index(LETTER[name]) for name in (*ENTRIES, *_LOCKED)}
_ANSWER = {"spec": 5, "term": 3}  # column of the answer on the sheets of deviations and terms
_MONEY = {"unit_price", "net"}
_SHOWN_CURRENCY = re.compile(r"\[\$([^\]\-]+)|(US\$|HK\$|[$€£¥])")
_ENCODING = re.compile(rb"""\A[^>]{0,100}encoding\s*=\s*["']([^"']*)""")
_ENCODINGS = (b"utf-8", b"utf-16", b"us-ascii")


def read_xlsx(file: BytesIO, name: str) -> Written:
    """The entries of a returned spreadsheet.

    Raises:
        FileError: it cannot be opened, or is none of ours.
    """
    doubts: list[Doubt] = []
    book = _opened(file, name, doubts)
    if MARK not in book.sheetnames:
        raise FileError(Message(N_("{path} is not the spreadsheet that was sent: it lacks its mark."), path=name))
    mark = {str(row[0]): str(row[1]) for row in book[MARK].iter_rows(values_only=True, max_col=2, max_row=99) if row[0]}
    entries: dict[str, str] = {}
    for sheet in book.worksheets:
        if sheet.title != MARK:
            gathered(entries, _collected(sheet, doubts))
    return Written(source=name, mark=mark, entries=entries, doubts=tuple(doubts))


def _opened(file: BytesIO, name: str, doubts: list[Doubt]) -> Workbook:
    try:
        with ZipFile(file) as archive:
            _refuse(archive, name)
            if any("vbaProject" in member for member in archive.namelist()):
                doubts.append(Doubt(DoubtKind.MACROS))
        return load_workbook(file, read_only=False, data_only=False, keep_links=False)
    except FileError:
        raise
    except Exception as error:  # openpyxl raises whatever a damaged part makes it stumble over
        raise FileError(Message(N_("{path} is no readable spreadsheet."), path=name)) from error


def _refuse(archive: ZipFile, name: str) -> None:
    """Turn away what is too large to unpack, or declares entities, before anything of it is read."""
    if sum(member.file_size for member in archive.infolist()) > _LARGEST_UNPACKED:
        raise FileError(Message(N_("{path} is too large to be an offer."), path=name))
    if any(_declares(archive.read(member)) for member in archive.namelist()):
        raise FileError(Message(N_("{path} holds a document type or entities, which are not read."), path=name))


def _declares(part: bytes) -> bool:
    """Whether a part of the archive declares entities, or an encoding in which it could hide that it does."""
    declared = _ENCODING.match(part)
    return b"<!DOCTYPE" in part.replace(b"\0", b"") or (
        declared is not None and declared[1].lower() not in _ENCODINGS and part.startswith(b"<?xml")
    )


def _collected(sheet: Worksheet, doubts: list[Doubt]) -> Iterator[tuple[str, str]]:
    for row in sheet.iter_rows(max_row=min(sheet.max_row, _MOST_ROWS), max_col=len(LETTER)):
        key = row[0].value
        if not isinstance(key, str):
            continue
        if _KEY.fullmatch(key):
            cells: dict[str, Any] = {f"{key}.{field}": row[column] for field, column in _COLUMN.items()}
        elif key.startswith("term."):
            cells = {key: row[_ANSWER["term"]]}
        elif ".spec" in key:
            cells = {key: row[_ANSWER["spec"]]}
        else:
            continue
        for place, cell in cells.items():
            text = _text(place, cell, doubts)
            if text:
                yield place, text


def _text(place: str, cell: Any, doubts: list[Doubt]) -> str:  # noqa: ANN401 - cells may be merged ones
    """What a cell shows; "" for nothing, and for a formula, which is told unless it is our own of the amount."""
    value, field = cell.value, place.rpartition(".")[2]
    if cell.data_type == "f":
        if field != "net":
            doubts.append(Doubt(DoubtKind.FORMULA, place))
        return ""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "" if value is None else str(value)
    shape = str(cell.number_format)
    if field == "vat" and "%" in shape:
        return f"{_number(float(Decimal(repr(value)) * 100))} %"
    shown = _SHOWN_CURRENCY.search(shape.replace("\N{FULLWIDTH YEN SIGN}", "\N{YEN SIGN}"))
    sign = (shown[1] or shown[2]) if shown and field in _MONEY else ""
    return f"{sign} {_number(value)}".strip()


def _number(value: float) -> str:
    """A number of the sheet as people typed it: the shortest digits without an exponent.

    Three decimals are written as four, since "1.234" typed by a person may mean a thousand.
    """
    text = repr(value)
    if "e" in text:
        return f"{value:.4f}"
    whole, _, decimals = text.partition(".")
    return whole if decimals in {"", "0"} else f"{whole}.{decimals}{'0' if len(decimals) == 3 else ''}"  # noqa: PLR2004
