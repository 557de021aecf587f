"""Merged cells of a workbook: openpyxl forgets them where it reads quickly, so they are read from the file itself."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO
from xml.etree.ElementTree import fromstring
from zipfile import ZipFile

Range = tuple[int, int, int, int]  # first row, first column, last row, last column, from 0

_REFERENCE = re.compile(r"([A-Z]+)(\d+):([A-Z]+)(\d+)")
# Sought as bytes: a sheet of 50,000 rows is not parsed a second time.
_MERGED = re.compile(rb"""<(?:\w+:)?mergeCell\s[^>]*?ref=["']([A-Z]+\d+:[A-Z]+\d+)["']""")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_PIECE, _OVERLAP = 1 << 20, 200


def merged_ranges(path: Path) -> Mapping[str, tuple[Range, ...]]:
    """The merged ranges of every sheet by its title.

    Raises:
        OSError: the file cannot be opened.
        BadZipFile: it is no workbook.
        KeyError: a piece of it is missing.
        SyntaxError: a piece of it is no XML.
    """
    with ZipFile(path) as archive:
        relations = fromstring(archive.read("xl/_rels/workbook.xml.rels"))
        targets = {one.get("Id"): str(one.get("Target")) for one in relations}
        found: dict[str, tuple[Range, ...]] = {}
        for sheet in fromstring(archive.read("xl/workbook.xml")).iter():
            target = targets.get(sheet.get(_RELATION)) if sheet.tag.endswith("}sheet") else None
            if target is not None and "worksheets" in target:
                member = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
                with archive.open(member) as file:
                    found[str(sheet.get("name"))] = tuple(map(_range, sorted(_references(file))))
        return found


def _references(file: IO[bytes]) -> set[str]:
    found: set[str] = set()
    rest = b""
    while piece := file.read(_PIECE):
        found.update(match[1].decode("ascii") for match in _MERGED.finditer(rest + piece))
        rest = piece[-_OVERLAP:]
    return found


def _range(reference: str) -> Range:
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        raise AssertionError("found by the same pattern")
    return int(match[2]) - 1, _number(match[1]), int(match[4]) - 1, _number(match[3])


def _number(letters: str) -> int:
    number = 0
    for sign in letters:
        number = number * 26 + ord(sign) - ord("A") + 1
    return number - 1


def fill_merged(rows: list[list[str]], ranges: Iterable[Range]) -> None:
    """Put what stands in the first row of a merged range into every row of it.

    Columns are left alone: a title over the whole width is not the content of each column.
    """
    for top, left, bottom, _right in ranges:
        if top >= len(rows) or left >= len(rows[top]):
            continue
        for row in rows[top + 1 : bottom + 1]:
            if left < len(row) and not row[left].strip():
                row[left] = rows[top][left]
