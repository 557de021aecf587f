"""CSV and XLSX files as rows of text, whatever program and encoding they come from."""

import csv
from pathlib import Path

from dsdesk.base.errors import FileError
from dsdesk.base.message import Message

Sheet = list[list[str]]

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_SEPARATORS = "\t;,|"
_SAMPLE_LINES = 20


def read_sheet(path: Path) -> Sheet:
    """The rows of the first sheet of `path`; empty cells are "".

    Raises:
        FileError: the file is missing, empty, or no table.
    """
    try:
        rows = _workbook(path) if path.suffix.lower() in (".xlsx", ".xlsm") else _text(path)
    except OSError as error:
        raise FileError(Message("{file} cannot be read: {error}", file=str(path), error=str(error))) from error
    rows = [[cell.strip() for cell in row] for row in rows]
    if not any(any(row) for row in rows):
        raise FileError(Message("{file} has no rows.", file=str(path)))
    return rows


def decoded(data: bytes) -> str:
    """Text of a file in UTF-8, UTF-16 or, failing these, GB 18030 (which Chinese Excel writes).

    Raises:
        UnicodeDecodeError: it is none of these.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("gb18030")


def _text(path: Path) -> Sheet:
    try:
        text = decoded(path.read_bytes())
    except UnicodeDecodeError as error:
        raise FileError(
            Message("{file} is neither UTF-8, UTF-16 nor GB 18030 text; save it as CSV or XLSX.", file=str(path))
        ) from error
    if "\0" in text:
        raise FileError(Message("{file} is not a text file; save it as CSV or XLSX.", file=str(path)))
    return list(csv.reader(text.splitlines(), delimiter=_separator(text)))


def _separator(text: str) -> str:
    """The sign that stands most evenly in the first lines."""
    lines = [line for line in text.splitlines() if line.strip()][:_SAMPLE_LINES]

    def weight(sign: str) -> tuple[int, int]:
        counts = sorted(line.count(sign) for line in lines)
        return (counts[len(counts) // 2], counts[-1]) if counts else (0, 0)

    return max(_SEPARATORS, key=weight)


def _workbook(path: Path) -> Sheet:
    from zipfile import BadZipFile

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, ValueError) as error:
        raise FileError(Message("{file} is not a workbook that can be read.", file=str(path))) from error
    try:
        sheet = book.worksheets[0]
        return [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    finally:
        book.close()
