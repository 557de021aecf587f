"""BuildCores OpenDB: a checkout (open-db/KIND/*.json) or one JSON-lines file a kind (KIND.jsonl, KIND.jsonl.xz).

The database is under the ODC Attribution License 1.0; the notice is among `contents.ATTRIBUTIONS`.
"""

import json
import lzma
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from dsdesk.base.errors import FileError
from dsdesk.base.message import Message
from dsdesk.catalog.fields import FieldError
from dsdesk.catalog.importers.buildcores_records import READERS, partner_card
from dsdesk.catalog.importers.imported import Imported, Problem, Tell, tell_nobody
from dsdesk.catalog.store import Store
from dsdesk.catalog.text import part_from
from dsdesk.hardware.parts import Accelerator, Part
from dsdesk.hardware.vocabulary import PartKind

_LINES_A_REPORT = 200


def read_checkout(path: Path, store: Store, *, day: date, tell: Tell = tell_nobody) -> Imported:
    """Every part under `path` that dsdesk has a kind for.

    Args:
        path: a checkout, or a folder with one file a kind.
        store: lends cards the facts of their chip.
        day: of the import.
        tell: told the share that is done; what it raises ends the reading.

    Raises:
        FileError: there is nothing of BuildCores there.
    """
    parts: dict[str, Part] = {}
    problems: list[Problem] = []
    for kind, where, text in _records(path, tell):
        try:
            part = _part(kind, json.loads(text), store, day)
        except FieldError as error:
            problems.append(Problem(where, error.message))
        except (ValueError, KeyError, TypeError, AttributeError):
            problems.append(Problem(where, Message("The record is not one of BuildCores OpenDB.")))
        else:
            parts[part.id] = part
    if not parts and not problems:
        raise FileError(Message("There are no parts of BuildCores OpenDB in {path}.", path=str(path)))
    return Imported(what="buildcores", source=str(path), parts=tuple(parts.values()), problems=tuple(problems))


def _files(path: Path) -> list[tuple[str, Path]]:
    patterns = ("{kind}.jsonl*", "open-db/{kind}/*.json", "{kind}/*.json")
    return [
        (kind, file)
        for kind in READERS
        for file in sorted(one for pattern in patterns for one in path.glob(pattern.format(kind=kind)))
    ]


def _records(path: Path, tell: Tell) -> Iterator[tuple[str, str, str]]:
    """(kind, where, text) of every record."""
    files = _files(path)
    for done, (kind, file) in enumerate(files):
        tell(done / len(files))
        try:
            if file.suffix == ".json":
                yield kind, file.name, file.read_text(encoding="utf-8")
                continue
            opener = lzma.open if file.suffix == ".xz" else open
            with opener(file, "rt", encoding="utf-8") as lines:
                for number, line in enumerate(lines, start=1):
                    if number % _LINES_A_REPORT == 0:
                        tell(done / len(files))
                    yield kind, f"{file.name}:{number}", line
        except (OSError, UnicodeDecodeError, lzma.LZMAError, EOFError) as error:
            raise FileError(Message("{file} cannot be read: {error}", file=str(file), error=str(error))) from error


def _part(kind: str, record: Mapping[str, Any], store: Store, day: date) -> Part:
    part_kind, reader = READERS[kind]
    table = {name: value for name, value in {**_common(record, day), **reader(record)}.items() if value is not None}
    part = part_from(part_kind, table)
    if isinstance(part, Accelerator):
        chip = store.find_part(str(record.get("chipset") or ""), PartKind.ACCELERATOR)
        if isinstance(chip, Accelerator):
            return partner_card(part, chip)
    return part


def _common(record: Mapping[str, Any], day: date) -> dict[str, Any]:
    meta = record["metadata"]
    maker, name = str(meta["manufacturer"]), str(meta["name"]).strip()
    if name.casefold().startswith(maker.casefold() + " "):
        name = name[len(maker) :].strip()
    numbers = [str(one) for one in meta.get("part_numbers") or () if one]
    return {
        "id": f"user:buildcores-{record['opendb_id']}",
        "manufacturer": maker,
        "name": name,
        "mpn": numbers[0] if numbers else None,
        "aliases": numbers[1:],
        "source": f"BuildCores OpenDB (ODC-By 1.0), record {record['opendb_id']}",
        "source_date": day.isoformat(),
    }
