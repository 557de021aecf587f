"""CSV and XLSX files as rows of text, whatever program and encoding they come from."""

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path

from dsdesk.base.errors import FileError
from dsdesk.base.message import Message
from dsdesk.catalog.importers.merged import fill_merged, merged_ranges

Sheet = list[list[str]]

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_SEPARATORS = "\t;,|"
_SAMPLE_LINES = 20
_SAMPLE_BYTES = 4096
_ROWS_A_REPORT = 500
_USUAL_ROWS = 50_000
BROKEN = "\N{REPLACEMENT CHARACTER}"  # stands where bytes are no sign of the encoding
_MOST_BROKEN = 0.001  # of the signs: a few bytes cut off do not cost the list


def read_sheets(path: Path, tell: Callable[[float], None] = lambda _share: None) -> Iterator[Sheet]:
    """The sheets of `path`, one after the other; those without a row are left out and empty cells are "".

    Args:
        path: CSV or XLSX.
        tell: told the share of a sheet that is read; what it raises ends the reading.

    Raises:
        FileError: the file is missing, empty, or no table.
    """
    is_empty = True
    for rows in _workbook(path, tell) if path.suffix.lower() in (".xlsx", ".xlsm") else _text(path):
        sheet = [[cell.strip() for cell in row] for row in rows]
        if any(any(row) for row in sheet):
            is_empty = False
            yield sheet
    if is_empty:
        raise FileError(Message("{file} has no rows.", file=str(path)))


def decoded(data: bytes) -> str:
    """Text of a file in UTF-8, UTF-16 or, failing these, GB 18030 (which Chinese Excel writes).

    Raises:
        UnicodeDecodeError: it is none of these.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding)
    if (wide := _wide(data)) is not None:
        return data.decode(wide)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _chinese(data)


def _wide(data: bytes) -> str | None:
    """Which UTF-16 a file without a mark is in: one byte of each sign of a table's ASCII is zero."""
    sample = data[:_SAMPLE_BYTES]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if max(even, odd) < len(sample) // 8 or min(even, odd) > max(even, odd) // 8:
        return None
    return "utf-16-be" if even > odd else "utf-16-le"


def _chinese(data: bytes) -> str:
    try:
        return data.decode("gb18030")
    except UnicodeDecodeError:
        text = data.decode("gb18030", errors="replace")
        if text.count(BROKEN) > len(text) * _MOST_BROKEN:
            raise
        return text


def _text(path: Path) -> Iterator[Sheet]:
    try:
        text = decoded(path.read_bytes())
    except OSError as error:
        raise FileError(Message("{file} cannot be read: {error}", file=str(path), error=str(error))) from error
    except UnicodeDecodeError as error:
        raise FileError(
            Message("{file} is neither UTF-8, UTF-16 nor GB 18030 text; save it as CSV or XLSX.", file=str(path))
        ) from error
    if "\0" in text:
        raise FileError(Message("{file} is not a text file; save it as CSV or XLSX.", file=str(path)))
    try:
        yield list(csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text)))
    except csv.Error as error:
        raise FileError(Message("{file} cannot be read: {error}", file=str(path), error=str(error))) from error


def _separator(text: str) -> str:
    """The sign that stands most evenly in the first lines."""
    lines = [line for line in text[: _SAMPLE_LINES * _SAMPLE_BYTES].splitlines() if line.strip()][:_SAMPLE_LINES]

    def weight(sign: str) -> tuple[int, int]:
        counts = sorted(line.count(sign) for line in lines)
        return (counts[len(counts) // 2], counts[-1]) if counts else (0, 0)

    return max(_SEPARATORS, key=weight)


def _workbook(path: Path, tell: Callable[[float], None]) -> Iterator[Sheet]:
    from zipfile import BadZipFile

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(path, read_only=True, data_only=True)
        merged = merged_ranges(path)
    except OSError as error:
        raise FileError(Message("{file} cannot be read: {error}", file=str(path), error=str(error))) from error
    except (BadZipFile, InvalidFileException, KeyError, ValueError, SyntaxError) as error:
        raise FileError(Message("{file} is not a workbook that can be read.", file=str(path))) from error
    try:
        for sheet in book.worksheets:
            rows: Sheet = []
            for row in sheet.iter_rows(values_only=True):
                if len(rows) % _ROWS_A_REPORT == 0:
                    tell(min(1.0, len(rows) / (sheet.max_row or _USUAL_ROWS)))
                rows.append([_cell(cell) for cell in row])
            fill_merged(rows, merged.get(sheet.title, ()))
            yield rows
    finally:
        book.close()


def _cell(value: object) -> str:
    if value is None:
        return ""
    return f"{value:.12g}" if isinstance(value, float) else str(value)
