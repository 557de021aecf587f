"""The long lists that can be looked up and quoted: every row is a part of its kind with fields that exist."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from dsdesk.catalog.fields import decoders, field_of_key
from dsdesk.catalog.text import part_from
from dsdesk.hardware.parts import CLASS_OF_KIND, Part
from dsdesk.hardware.vocabulary import PartKind, Shelf

FOLDER = Path(__file__).parents[2] / "db" / "parts" / "listed"
KINDS = (
    PartKind.BOARD,
    PartKind.CASE,
    PartKind.COOLER,
    PartKind.CPU,
    PartKind.DRIVE,
    PartKind.FAN,
    PartKind.MEMORY,
    PartKind.PSU,
)
LISTS = {"memory_types", "sockets", "boards"}
TEXT = {"id", "manufacturer", "name", "mpn", "atx_version", "chipset", "socket"}


def _value(kind: PartKind, column: str, text: str) -> object:
    if column in LISTS:
        return text.split(";")
    if column == "connectors":
        return {key: int(number) for key, number in (pair.split("=") for pair in text.split(";"))}
    if text in {"true", "false"}:
        return text == "true"
    if column in TEXT or not re.fullmatch(r"\d+(\.\d+)?", text):
        return text
    return float(text) if "." in text else int(text)


def _parts(kind: PartKind) -> Iterator[Part]:
    with (FOLDER / f"{kind.value}.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            table = {column: _value(kind, column, text) for column, text in row.items() if text}
            table |= {
                "shelf": "listed",
                "source": f"BuildCores OpenDB 136a77a, {row['id'].removeprefix('opendb-')}",
                "source_date": "2026-08-17",
            }
            yield part_from(kind, table)


@pytest.mark.parametrize("kind", KINDS)
def test_every_row_is_a_part(kind: PartKind) -> None:
    parts = list(_parts(kind))
    assert len(parts) > 200
    assert len({part.id for part in parts}) == len(parts)
    assert {part.shelf for part in parts} == {Shelf.LISTED}
    assert all(part.manufacturer and part.name for part in parts)


@pytest.mark.parametrize("kind", KINDS)
def test_no_column_is_empty_throughout(kind: PartKind) -> None:
    with (FOLDER / f"{kind.value}.csv").open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        filled = {column for row in reader for column, text in row.items() if text}
    assert filled == set(reader.fieldnames or ())


@pytest.mark.parametrize("kind", KINDS)
def test_columns_are_fields(kind: PartKind) -> None:
    header = (FOLDER / f"{kind.value}.csv").read_text(encoding="utf-8").splitlines()[0].split(",")
    assert [column for column in header if field_of_key(CLASS_OF_KIND[kind], column) is None] == []
    assert {"id", "manufacturer", "name", "mpn"} <= set(header) & set(decoders(Part))
