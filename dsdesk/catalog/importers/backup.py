"""The user's own layer as one JSON file: to keep, to carry to another machine, to put back.

Version 1 had no measurements; it is read as version 2 with none. Keys that sign price lists are not in it: whom to
trust is said on each machine.
"""

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

from dsdesk.base.errors import FileError
from dsdesk.base.message import N_, Message
from dsdesk.catalog.fields import FieldError, changed_fields, record
from dsdesk.catalog.importers.imported import Imported, Problem
from dsdesk.catalog.rows import price_of, price_row
from dsdesk.catalog.store import Store
from dsdesk.hardware.parts import CLASS_OF_KIND, Part
from dsdesk.hardware.prices import Price
from dsdesk.hardware.vocabulary import PartKind
from dsdesk.measured.exchange import measurement_of
from dsdesk.measured.measurement import Measurement

FORMAT = "dsdesk own parts and prices"
VERSION = 2
_PRICE_KEYS = "part_id amount currency condition seller day source includes_tax min_quantity"
_MODEL_KEYS = ("id", "name", "config")


def write_backup(store: Store, path: Path) -> None:
    """Everything of the user's own (parts, prices, language models, measurements) as a file, whole or not at all.

    Raises:
        FileError: the file cannot be written.
    """
    held = {
        "format": FORMAT,
        "version": VERSION,
        "parts": [changed_fields(part) for part in store.own_parts()],
        "prices": [price_row(price) for _, price in store.own_prices()],
        "models": [dict(zip(_MODEL_KEYS, row, strict=True)) for row in store.own_llms()],
        "measurements": [{**asdict(one), "used": used} for one, used in store.measurements.kept()],
    }
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        draft.write_text(json.dumps(held, ensure_ascii=False, indent=1), encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise FileError(Message("{file} cannot be written: {error}", file=str(path), error=str(error))) from error


def read_backup(path: Path) -> Imported:
    """What a backup holds; rows that this dsdesk does not understand are reported.

    Raises:
        FileError: the file is missing, no backup, or of a newer dsdesk.
    """
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise FileError(Message("{file} cannot be read: {error}", file=str(path), error=str(error))) from error
    if not isinstance(held, dict) or held.get("format") != FORMAT:
        raise FileError(Message("{file} is not a backup of own parts and prices.", file=str(path)))
    _check_version(held.get("version"), path)
    problems: list[Problem] = []
    parts = [part for row in _rows(held, "parts") if (part := _part(row, problems)) is not None]
    prices = [price for row in _rows(held, "prices") if (price := _price(row, problems)) is not None]
    models = [model for row in _rows(held, "models") if (model := _model(row, problems)) is not None]
    measured = [one for row in _rows(held, "measurements") if (one := _measurement(row, problems)) is not None]
    return Imported(
        what="backup",
        source=str(path),
        parts=tuple(parts),
        prices=tuple(prices),
        problems=tuple(problems),
        models=tuple(models),
        measurements=tuple(measured),
    )


def _check_version(version: object, path: Path) -> None:
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        raise FileError(Message("{file} is not a backup of own parts and prices.", file=str(path)))
    if version > VERSION:
        raise FileError(
            Message(
                N_("{file} was written by a newer dsdesk (version {version}); this one reads up to {ours}. "
                   "Open it with that version, or update dsdesk."),
                file=str(path), version=version, ours=VERSION,
            )
        )  # fmt: skip


def _rows(held: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """Rows of a table; what is no row, a damaged or hand-made file has it, comes as an empty one and is told."""
    rows = held.get(name, [])
    return [row if isinstance(row, dict) else {} for row in rows] if isinstance(rows, list) else [{}]


def _measurement(row: dict[str, Any], problems: list[Problem]) -> tuple[Measurement, bool] | None:
    used = row.get("used")
    found = measurement_of(row)
    if found is None or not isinstance(used, bool):
        problems.append(Problem("measurements", Message(N_("The measurement is not complete."))))
        return None
    return found, used


def _model(row: dict[str, Any], problems: list[Problem]) -> tuple[str, str, str] | None:
    try:
        return str(row["id"]), str(row["name"]), str(row["config"])
    except (KeyError, TypeError):
        problems.append(Problem("models", Message("The model is not complete.")))
        return None


def _part(row: dict[str, Any], problems: list[Problem]) -> Part | None:
    try:
        return record(CLASS_OF_KIND[PartKind(str(row.get("kind")))], row)
    except FieldError as error:
        problems.append(Problem(str(row.get("id")), error.message))
    except ValueError:
        problems.append(
            Problem(str(row.get("id")), Message("There is no kind of part called {kind}.", kind=row.get("kind")))
        )
    return None


def _price(row: dict[str, Any], problems: list[Problem]) -> Price | None:
    try:
        return price_of(tuple(row[key] for key in _PRICE_KEYS.split()))
    except (KeyError, TypeError, ValueError, ArithmeticError):
        problems.append(Problem(str(row.get("part_id")), Message("The price is not complete.")))
        return None
