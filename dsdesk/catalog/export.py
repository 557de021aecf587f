"""Everything in the catalogue as files that other programs read: JSON, CSV, XLSX."""

import csv
import io
import json
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from dsdesk.base.errors import FileError, InputError
from dsdesk.base.message import N_, Message
from dsdesk.catalog.fields import changed_fields
from dsdesk.catalog.rows import price_row
from dsdesk.catalog.store import Store
from dsdesk.hardware.vocabulary import PartKind

FORMAT = "dsdesk catalogue"
VERSION = 1
Row = Mapping[str, Any]


def tables(store: Store) -> dict[str, list[Row]]:
    """The catalogue with the user's own layer as tables: one a kind of part, prices, rates, language models."""
    found: dict[str, list[Row]] = {}
    prices: list[Row] = []
    for kind in PartKind:
        parts = store.parts(kind)
        found[kind.value] = [changed_fields(part) for part in parts]
        prices += [price_row(price) for part in parts for price in store.prices(part.id)]
    found["prices"] = prices
    found["rates"] = [
        {"base": one.base, "quote": one.quote, "rate": str(one.rate), "date": one.on.isoformat(), "source": one.source}
        for one in store.rates
    ]
    found["models"] = [
        {
            "id": llm.id,
            "name": llm.name,
            "family": llm.family,
            "parameters": llm.parameters_published,
            "native_precision": llm.native_precision,
            "licence": llm.licence,
            "released": llm.released,
            "sources": [{"text": one.text, "date": one.date} for one in llm.sources],
        }
        for llm in store.llms()
    ]
    return found


def export(store: Store, path: Path) -> None:
    """Write everything to `path`: *.json or *.xlsx as one file, anything else as a folder of CSV files.

    Raises:
        InputError: `path` is there already.
        FileError: it cannot be written.
    """
    if path.exists():
        raise InputError(Message(N_("{path} exists already. Choose another name."), path=str(path)))
    write = _WRITERS.get(path.suffix.lower(), _write_csv)
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        write(store, draft)
        draft.rename(path)
    except OSError as error:
        raise FileError(
            Message(N_("{path} cannot be written: {reason}."), path=str(path), reason=error.strerror or str(error))
        ) from error


def _write_json(store: Store, path: Path) -> None:
    held = {"format": FORMAT, "version": VERSION, "catalogue": store.version, **tables(store)}
    path.write_text(json.dumps(held, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _write_csv(store: Store, path: Path) -> None:
    path.mkdir()
    for name, rows in tables(store).items():
        text = io.StringIO()
        columns = _columns(rows)
        writer = csv.writer(text)
        writer.writerow(columns)
        writer.writerows([_cell(row.get(column)) for column in columns] for row in rows)
        # The mark at the beginning lets spreadsheets see that this is UTF-8.
        (path / f"{name}.csv").write_text(text.getvalue(), encoding="utf-8-sig", newline="")


def _write_xlsx(store: Store, path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    for name, rows in tables(store).items():
        sheet = book.create_sheet(name)
        columns = _columns(rows)
        sheet.append(columns)
        for row in rows:
            sheet.append([_cell(row.get(column)) for column in columns])
    book.save(path)


_WRITERS: Mapping[str, Callable[[Store, Path], None]] = {".json": _write_json, ".xlsx": _write_xlsx}


def _columns(rows: Iterable[Row]) -> list[str]:
    return list(dict.fromkeys(key for row in rows for key in row))


def _cell(value: object) -> object:
    if isinstance(value, str) and value[:1] in "=+-@":
        return f"'{value}"  # a spreadsheet must not take a name for a formula
    if value is None or isinstance(value, str | int | float):
        return value
    return json.dumps(value, ensure_ascii=False)
