"""Tables of cases, as spreadsheets of all countries save them: read by the names of their columns, written as UTF-8."""

import csv
import io
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dsdesk.base.errors import FileError
from dsdesk.base.message import Message

_SEPARATORS = (",", ";", "\t")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseTable:
    """A table, read.

    Attributes:
        columns: their names as the file writes them.
        rows: what stands in each, under the column's name and under the same in lower case without spaces around it.
    """

    columns: Sequence[str]
    rows: Sequence[Mapping[str, str | None]]


def read_table(path: Path, needed: Collection[str], lacks: Message) -> CaseTable:
    """The table in `path`: separated by comma, semicolon or tab, in UTF-8 or UTF-16.

    Args:
        path: of the file.
        needed: columns that must be there, in lower case.
        lacks: what is said where one is not.

    Raises:
        FileError: the file cannot be read as CSV, or lacks a column.
    """
    try:
        data = path.read_bytes()
        text = data.decode("utf-16" if data.startswith(_UTF_16) else "utf-8-sig")
        columns, rows = _read(text)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise FileError(Message("The file {file} cannot be read as CSV.", file=str(path))) from error
    if not {_plain(name) for name in columns} >= set(needed):
        raise FileError(lacks)
    return CaseTable(columns=columns, rows=rows)


def _read(text: str) -> tuple[list[str], list[dict[str, str | None]]]:
    head = text.lstrip().split("\n", 1)[0]
    separator = max(_SEPARATORS, key=head.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator)
    columns = list(reader.fieldnames or ())
    return columns, [row | {_plain(name): row[name] for name in columns} for row in reader]


def _plain(name: str) -> str:
    return name.strip().lower()


def write_table(path: Path, table: CaseTable, added: Sequence[str], answers: Iterable[Mapping[str, str]]) -> None:
    """The table with the columns `added`, one answer a row; columns of these names that were there give way.

    Raises:
        FileError: the file cannot be written.
    """
    kept = [name for name in table.columns if _plain(name) not in added]
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, [*kept, *added], extrasaction="ignore")
            writer.writeheader()
            writer.writerows({**row, **told} for row, told in zip(table.rows, answers, strict=True))
    except OSError as error:
        raise FileError(Message("The file {file} cannot be written.", file=str(path))) from error
