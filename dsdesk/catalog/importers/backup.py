"""The user's own layer as one JSON file: to keep, to carry to another machine, to put back."""

import json
import os
from pathlib import Path
from typing import Any

from dsdesk.base.errors import FileError
from dsdesk.base.message import Message
from dsdesk.catalog.fields import FieldError, changed_fields, record
from dsdesk.catalog.importers.imported import Imported, Problem
from dsdesk.catalog.rows import price_of, price_row
from dsdesk.catalog.store import Store
from dsdesk.hardware.parts import CLASS_OF_KIND, Part
from dsdesk.hardware.prices import Price
from dsdesk.hardware.vocabulary import PartKind

FORMAT = "dsdesk own parts and prices"
VERSION = 1
_PRICE_KEYS = "part_id amount currency condition seller day source includes_tax min_quantity"
_MODEL_KEYS = ("id", "name", "config")


def write_backup(store: Store, path: Path) -> None:
    """All parts, prices and language models of the user's own as a file; it appears whole or not at all.

    Raises:
        FileError: the file cannot be written.
    """
    held = {
        "format": FORMAT,
        "version": VERSION,
        "parts": [changed_fields(part) for part in store.own_parts()],
        "prices": [price_row(price) for _, price in store.own_prices()],
        "models": [dict(zip(_MODEL_KEYS, row, strict=True)) for row in store.own_llms()],
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
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise FileError(Message("{file} cannot be read: {error}", file=str(path), error=str(error))) from error
    if not isinstance(held, dict) or held.get("format") != FORMAT:
        raise FileError(Message("{file} is not a backup of own parts and prices.", file=str(path)))
    if held.get("version") != VERSION:
        raise FileError(
            Message(
                "{file} was written by a newer dsdesk (version {version}).", file=str(path), version=held["version"]
            )
        )
    problems: list[Problem] = []
    parts = [part for row in held.get("parts", ()) if (part := _part(row, problems)) is not None]
    prices = [price for row in held.get("prices", ()) if (price := _price(row, problems)) is not None]
    models = [model for row in held.get("models", ()) if (model := _model(row, problems)) is not None]
    return Imported(
        what="backup",
        source=str(path),
        parts=tuple(parts),
        prices=tuple(prices),
        problems=tuple(problems),
        models=tuple(models),
    )


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
    except (KeyError, ValueError, ArithmeticError):
        problems.append(Problem(str(row.get("part_id")), Message("The price is not complete.")))
        return None
