"""The catalogue as people write it: db/parts/KIND.toml, db/prices/*.csv and db/rates.csv into frozen values.

Every error names the file, the part and the field, so that it can be mended without reading code.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from dsdesk.base.errors import CatalogError
from dsdesk.base.message import Message
from dsdesk.catalog.completeness import shelf_of
from dsdesk.catalog.fields import FieldError, decoders, field_of_key, record
from dsdesk.hardware.parts import CLASS_OF_KIND, Part
from dsdesk.hardware.vocabulary import PartKind


def read_parts(folder: Path) -> tuple[Part, ...]:
    """Every part under `folder` (KIND.toml files), in the order of the files and of their tables.

    Raises:
        CatalogError: the folder has no parts, or a file, a part or a field is wrong.
    """
    parts: dict[str, Part] = {}
    for path in sorted(folder.glob("*.toml")):
        for part in read_part_file(path):
            if part.id in parts:
                raise _problem(path, part.id, Message("the id is used twice"))
            parts[part.id] = part
    if not parts:
        raise CatalogError(Message("There are no parts in {folder}.", folder=str(folder)))
    return tuple(parts.values())


def read_part_file(path: Path) -> Iterator[Part]:
    """The parts of one file, whose name is their kind.

    Raises:
        CatalogError: the file cannot be read, or a part in it is wrong.
    """
    try:
        kind = PartKind(path.stem)
    except ValueError:
        raise CatalogError(Message("{file} is not named after a kind of part.", file=path.name)) from None
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise CatalogError(Message("{file} cannot be read: {error}", file=path.name, error=str(error))) from error
    parts = tables.pop("part", [])
    if tables or not isinstance(parts, list):
        names = tuple(sorted(tables)) or ("[part]",)
        raise CatalogError(Message("{file} may hold [[part]] tables only, not {names}.", file=path.name, names=names))
    for number, table in enumerate(parts, start=1):
        name = str(table.get("id", f"no. {number}"))
        try:
            yield part_from(kind, table)
        except FieldError as problem:
            raise _problem(path, name, problem.message) from None


def _problem(path: Path, part: str, problem: Message) -> CatalogError:
    return CatalogError(Message("{file}, part {part}: {problem}", file=path.name, part=part, problem=problem))


def part_from(kind: PartKind, table: Mapping[str, Any]) -> Part:
    """One part from its table. `source` and `source_date` are short for a first entry of `sources`.

    Without a `shelf` of its own the part is buildable when every field that checks read is filled.

    Raises:
        FieldError: see `dsdesk.catalog.fields.record`; also for a part without a source.
    """
    values = dict(table)
    own_shelf = "shelf" in values
    text, day = values.pop("source", ""), values.pop("source_date", "")
    sources = list(values.pop("sources", ()))
    if text:
        sources.insert(0, {"text": text, "date": _iso(day)})
    values["sources"] = [{"date": "", **source} for source in sources]
    values["unverified"] = [_field_name(kind, key) for key in values.get("unverified", ())]
    for source in values["sources"]:
        source["fields"] = [_field_name(kind, key) for key in source.get("fields", ())]
    part: Part = record(CLASS_OF_KIND[kind], {"kind": kind.value, **values})
    if not part.sources:
        raise FieldError(Message("source: every part needs one"))
    return part if own_shelf else replace(part, shelf=shelf_of(part))


def _iso(day: object) -> str:
    return day if isinstance(day, str) else getattr(day, "isoformat", lambda: "")()


def _field_name(kind: PartKind, key: object) -> str:
    target = field_of_key(CLASS_OF_KIND[kind], str(key))
    if target is None:
        raise FieldError(Message("{field}: there is no such field", field=str(key)))
    return target[0]


def part_fields(kind: PartKind) -> tuple[str, ...]:
    """The fields of a kind that other kinds do not have, in the order of the dataclass."""
    common = decoders(Part)
    return tuple(name for name in decoders(CLASS_OF_KIND[kind]) if name not in common)
