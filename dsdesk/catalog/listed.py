"""The long lists of parts that can be looked up and quoted: db/parts/listed/KIND.csv.

There are thousands of them with few facts each, so they go from text to rows without becoming parts in between: the
first start would take twice as long. The tests make each of them a part.
"""

import csv
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import get_args, get_origin, get_type_hints

from dsdesk.base.errors import CatalogError
from dsdesk.base.message import Message
from dsdesk.catalog.fields import WHOLE_FROM, field_of_key
from dsdesk.catalog.names import Level, keys_of, squeeze
from dsdesk.catalog.rows import as_json
from dsdesk.catalog.search import Words, text_of
from dsdesk.hardware.parts import CLASS_OF_KIND
from dsdesk.hardware.vocabulary import PartKind, Shelf

Column = tuple[str, Callable[[str], object]]


@dataclass(frozen=True, slots=True)
class ListedPart:
    """A part of a long list, as the rows that stand for it.

    Attributes:
        id: catalogue id.
        kind: of the part.
        facts: its fields as JSON.
        text: what a search looks through.
        keys: by which names it is found, with the level of each.
    """

    id: str
    kind: str
    facts: str
    text: str
    keys: dict[str, int]


def read_listed(folder: Path, words: Words) -> Iterator[ListedPart]:
    """The parts of every long list under `folder`.

    Raises:
        CatalogError: a file cannot be read, has a column that is no field, or a value that does not fit.
    """
    source = folder / "listed" / "source.toml"
    for path in sorted(folder.glob("listed/*.csv")):
        try:
            said = tomllib.loads(source.read_text(encoding="utf-8"))
            origin = {"text": said["text"], "date": said["date"]}
            with path.open(encoding="utf-8", newline="") as lines:
                yield from _parts(path, csv.DictReader(lines), origin, words)
        except (OSError, KeyError, tomllib.TOMLDecodeError, UnicodeDecodeError, csv.Error) as error:
            raise CatalogError(Message("{file} cannot be read: {error}", file=path.name, error=str(error))) from error


def _parts(path: Path, rows: "csv.DictReader[str]", origin: dict[str, str], words: Words) -> Iterator[ListedPart]:
    kind = PartKind(path.stem)
    columns = {name: _column(path, kind, name) for name in rows.fieldnames or ()}
    constant = {"kind": kind.value, "shelf": Shelf.LISTED.value}
    for row in rows:
        try:
            values = {columns[key][0]: columns[key][1](text) for key, text in row.items() if text}
        except (KeyError, ValueError):
            raise CatalogError(
                Message("{file}, part {part}: {problem}", file=path.name, part=row.get("id"), problem=str(row))
            ) from None
        maker, name, number = row["manufacturer"], row["name"], row.get("mpn") or ""
        sources = [{"text": origin["text"].format(record=row["id"].partition("-")[2]), "date": origin["date"]}]
        yield ListedPart(
            row["id"],
            kind.value,
            as_json({**constant, **values, "sources": sources}),
            text_of(maker, (name, number), (number,), words),
            _keys(kind, maker, name, number),
        )


def _keys(kind: PartKind, maker: str, name: str, number: str) -> dict[str, int]:
    if kind is PartKind.CPU:  # the machine names it, in words of its own
        return {key: int(level) for key, level in keys_of((f"{maker} {name}", name, number)).items()}
    return dict.fromkeys(filter(None, (squeeze(f"{maker} {name}"), squeeze(number))), int(Level.STRICT))


def _column(path: Path, kind: PartKind, key: str) -> Column:
    target = field_of_key(CLASS_OF_KIND[kind], key)
    if target is None:
        raise CatalogError(
            Message(
                "{file}, part {part}: {problem}",
                file=path.name,
                part="*",
                problem=Message("{field}: there is no such field", field=key),
            )
        )
    name, factor = target
    return name, _converter(get_type_hints(CLASS_OF_KIND[kind])[name], factor)


def _converter(hint: object, factor: float | None) -> Callable[[str], object]:
    kinds = set(get_args(hint)) | {hint}
    if factor is not None:
        return lambda text: (
            round(float(text) * factor) if int in kinds or factor >= WHOLE_FROM else float(text) * factor
        )
    if get_origin(hint) is tuple or any(get_origin(one) is tuple for one in kinds):
        return lambda text: [_entry(one) for one in text.split(";")]
    if bool in kinds:
        return lambda text: {"true": True, "false": False}[text]
    if int in kinds:
        return int
    return float if float in kinds else str


def _entry(text: str) -> object:
    name, equals, number = text.partition("=")
    return [name, int(number)] if equals else name
