"""Everything in the catalogue as files that other programs read: JSON, CSV, XLSX."""

import csv
import io
import json
import os
import re
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from dsdesk.base.errors import FileError, InputError, reason_of
from dsdesk.base.message import N_, Message
from dsdesk.catalog.fields import changed_fields
from dsdesk.catalog.rows import price_row
from dsdesk.catalog.store import Store
from dsdesk.hardware.prices import HostedApi
from dsdesk.hardware.vocabulary import PartKind

_SHARE_READ = 0.5
_UNPRINTED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
Tell = Callable[[float], None]

FORMAT = "dsdesk catalogue"
VERSION = 1
Row = Mapping[str, Any]


def tables(store: Store, tell: Tell = lambda _share: None) -> dict[str, list[Row]]:
    """The catalogue with the user's own layer as tables: one a kind of part, prices, rates, models, measurements, APIs.

    Args:
        store: the catalogue.
        tell: told the share that is done; what it raises ends the work.
    """
    found: dict[str, list[Row]] = {}
    prices: list[Row] = []
    for number, kind in enumerate(PartKind):
        tell(number / len(PartKind))
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
    found["own_models"] = [{"id": key, "name": name, "config": config} for key, name, config in store.own_llms()]
    found["own_measurements"] = [{**asdict(one), "used": used} for one, used in store.measurements.kept()]
    found["hosted_apis"] = [_api(one) for one in store.hosted_apis]
    return found


def _api(one: HostedApi) -> Row:
    return {
        "id": one.id,
        "name": one.name,
        "models": list(one.llms),
        "input_per_mtok": str(one.input_per_mtok.amount),
        "output_per_mtok": str(one.output_per_mtok.amount),
        "currency": one.input_per_mtok.currency,
        "date": one.on.isoformat(),
        "source": one.source,
    }


def export(store: Store, path: Path, tell: Tell = lambda _share: None, *, replace: bool = False) -> None:
    """Write everything to `path`: *.json or *.xlsx as one file, anything else as a folder of CSV files.

    Args:
        store: the catalogue.
        path: appears whole or not at all.
        tell: told the share that is done; what it raises leaves nothing behind.
        replace: whether a file of that name may be replaced; a folder never is.

    Raises:
        InputError: `path` is there already.
        FileError: it cannot be written.
    """
    if path.is_dir() or (path.exists() and not replace):
        raise InputError(Message(N_("{path} exists already. Choose another name."), path=str(path)))
    write = _WRITERS.get(path.suffix.lower(), _write_csv)
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        write(_Held(store.version, tables(store, lambda share: tell(share * _SHARE_READ))), draft)
        tell(1.0)
        draft.replace(path)
    except OSError as error:
        raise FileError(
            Message(N_("{path} cannot be written: {reason}."), path=str(path), reason=reason_of(error))
        ) from error
    finally:
        if draft.is_dir():
            shutil.rmtree(draft, ignore_errors=True)
        else:
            draft.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class _Held:
    version: str
    tables: Mapping[str, list[Row]]


def _write_json(held: _Held, path: Path) -> None:
    whole = {"format": FORMAT, "version": VERSION, "catalogue": held.version, **held.tables}
    path.write_text(json.dumps(whole, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _write_csv(held: _Held, path: Path) -> None:
    path.mkdir()
    for name, rows in held.tables.items():
        text = io.StringIO()
        columns = _columns(rows)
        writer = csv.writer(text)
        writer.writerow(columns)
        writer.writerows([_cell(row.get(column)) for column in columns] for row in rows)
        # The mark at the beginning lets spreadsheets see that this is UTF-8.
        (path / f"{name}.csv").write_text(text.getvalue(), encoding="utf-8-sig", newline="")


def _write_xlsx(held: _Held, path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    for name, rows in held.tables.items():
        sheet = book.create_sheet(name)
        columns = _columns(rows)
        sheet.append(columns)
        for row in rows:
            sheet.append([_cell(row.get(column)) for column in columns])
    book.save(path)


_WRITERS: Mapping[str, Callable[[_Held, Path], None]] = {".json": _write_json, ".xlsx": _write_xlsx}


def _columns(rows: Iterable[Row]) -> list[str]:
    return list(dict.fromkeys(key for row in rows for key in row))


def _cell(value: object) -> object:
    if isinstance(value, str):
        plain = _UNPRINTED.sub("", value)  # no workbook holds them
        return f"'{plain}" if plain[:1] in tuple("=+-@\t\r") else plain  # a name must not be taken for a formula
    if value is None or isinstance(value, int | float):
        return value
    return json.dumps(value, ensure_ascii=False)
