"""A filled spreadsheet: the open cells by their hidden keys. Formulas and macros are told, never run."""

import re
from io import BytesIO
from zipfile import BadZipFile, ZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from dsdesk.base.errors import FileError
from dsdesk.base.message import N_, Message
from dsdesk.quote.doubts import Doubt, DoubtKind
from dsdesk.quote.mark import MARK
from dsdesk.quote.offer import Written
from dsdesk.quote.xlsx import ENTRIES, LETTER

_LARGEST_UNPACKED = 128 * 1024 * 1024
_KEY = re.compile(r"[LS]\d+")
_LOCKED = ("quantity", "mpn")  # what the supplier should not have changed
_COLUMN = {name: "ABCDEFGHIJKLMNO".index(LETTER[name]) for name in (*ENTRIES, *_LOCKED)}
_ANSWER = {"spec": 5, "term": 3}  # column of the answer on the sheets of deviations and terms


def read_xlsx(file: BytesIO, name: str) -> Written:
    """The entries of a returned spreadsheet.

    Raises:
        FileError: it cannot be opened, or is none of ours.
    """
    doubts: list[Doubt] = []
    try:
        with ZipFile(file) as archive:
            if sum(member.file_size for member in archive.infolist()) > _LARGEST_UNPACKED:
                raise FileError(Message(N_("{path} is too large to be an offer."), path=name))
            if any("vbaProject" in member for member in archive.namelist()):
                doubts.append(Doubt(DoubtKind.MACROS))
        book = load_workbook(file, read_only=False, data_only=False, keep_links=False)
    except (BadZipFile, InvalidFileException, KeyError, ValueError, EOFError) as error:
        raise FileError(Message(N_("{path} is no readable spreadsheet."), path=name)) from error
    if MARK not in book.sheetnames:
        raise FileError(Message(N_("{path} is not the spreadsheet that was sent: it lacks its mark."), path=name))
    mark = {str(row[0]): str(row[1]) for row in book[MARK].iter_rows(values_only=True, max_col=2) if row[0]}
    entries: dict[str, str] = {}
    for sheet in book.worksheets:
        if sheet.title != MARK:
            _collect(sheet, entries, doubts)
    return Written(source=name, mark=mark, entries=entries, doubts=tuple(doubts))


def _collect(sheet: Worksheet, entries: dict[str, str], doubts: list[Doubt]) -> None:
    for row in sheet.iter_rows(values_only=True):
        key = row[0]
        if not isinstance(key, str):
            continue
        if _KEY.fullmatch(key):
            cells = {f"{key}.{field}": row[column] for field, column in _COLUMN.items() if column < len(row)}
        elif key.startswith("term."):
            cells = {key: row[_ANSWER["term"]] if len(row) > _ANSWER["term"] else None}
        elif ".spec" in key:
            cells = {key: row[_ANSWER["spec"]] if len(row) > _ANSWER["spec"] else None}
        else:
            continue
        for place, value in cells.items():
            _keep(place, value, entries, doubts)


def _keep(place: str, value: object, entries: dict[str, str], doubts: list[Doubt]) -> None:
    if value is None or value == "":
        return
    if isinstance(value, str) and value.startswith("="):
        doubts.append(Doubt(DoubtKind.FORMULA, place))
        return
    entries[place] = _number(value) if isinstance(value, float) else str(value)


def _number(value: float) -> str:
    """A float of the sheet as people typed it: the shortest digits, without an exponent."""
    text = repr(value)
    return f"{value:.4f}" if "e" in text else text.removesuffix(".0")
