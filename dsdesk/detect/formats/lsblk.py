"""`lsblk -J` with any columns, `lsblk -P`, and its table."""

import re
from collections.abc import Iterator
from typing import Any

from dsdesk.detect.formats.capture import Capture, Format
from dsdesk.detect.formats.words import said, size_bytes
from dsdesk.detect.snapshot import Disk, Snapshot

_PAIR = re.compile(r'(\w[\w:-]*)="([^"]*)"')
_WHOLE = re.compile(r"(nvme\d+n\d+|sd[a-z]+|vd[a-z]+|hd[a-z]+|xvd[a-z]+|mmcblk\d+|pmem\d+)$")
_NO_DISK = {"fd0"}


# Columns of the table that hold one word each; a model may hold several and stands where the others leave off.
_TABLE = re.compile(r"^NAME +(?=[^\n]*\bSIZE\b)[A-Z][A-Z0-9:%/ -]*$", re.MULTILINE)


def _recognises(capture: Capture) -> bool:
    text = capture.text
    if '"blockdevices"' in text or ('NAME="' in text and 'SIZE="' in text):
        return True
    return "NAME " in text and _TABLE.search(text) is not None


def _rows(capture: Capture) -> Iterator[dict[str, Any]]:
    value = capture.json if '"blockdevices"' in capture.text else None
    if isinstance(value, dict):
        rows = value.get("blockdevices")
        for row in rows if isinstance(rows, list) else ():
            if isinstance(row, dict):
                yield {str(key).lower(): fact for key, fact in row.items()}
        return
    for line in capture.text.split("\n"):
        if line.startswith('NAME="'):
            yield {key.lower(): fact for key, fact in _PAIR.findall(line)}
    yield from _table(capture.text)


def _table(text: str) -> Iterator[dict[str, str]]:
    """Rows of the plain table, cell by cell below their headings: words stand flush left or right with them."""
    header = _TABLE.search(text)
    if header is None:
        return
    spans = [(found.start(), found.end(), found[0].lower()) for found in re.finditer(r"\S+", header[0])]
    for line in text[header.end() + 1 :].split("\n"):
        if not line.strip():
            break
        row: dict[str, str] = {}
        for word in re.finditer(r"\S+", line):
            touched = [name for start, end, name in spans if word.start() < end and word.end() > start]
            left = [name for start, _, name in spans if start <= word.start()]
            name = (touched or left[-1:] or [spans[0][2]])[0]
            row[name] = f"{row[name]} {word[0]}" if name in row else word[0]
        if row.get("name", "")[:1].isalnum():
            yield row


def _read(capture: Capture) -> Snapshot:
    disks = []
    for row in _rows(capture):
        name = said(row.get("name")).removeprefix("/dev/")
        kind = said(row.get("type")) or ("disk" if _WHOLE.fullmatch(name) else "")
        capacity = _bytes(row.get("size"))
        if kind != "disk" or not capacity or name in _NO_DISK or name.startswith(("zram", "ram", "loop", "nbd")):
            continue
        disks.append(
            Disk(
                name=name,
                model=said(row.get("model")).strip(),
                capacity_bytes=capacity,
                rotational=_flag(row.get("rota")),
                transport=said(row.get("tran")) or ("nvme" if name.startswith("nvme") else ""),
            )
        )
    return Snapshot(disks=tuple(disks))


def _bytes(size: object) -> int | None:
    if isinstance(size, int):
        return size
    text = said(size)
    return int(text) if text.isdecimal() else size_bytes(text)


def _flag(value: object) -> bool | None:
    if isinstance(value, bool):
        return value
    return {"1": True, "0": False}.get(said(value))


FORMAT = Format(key="lsblk", title="lsblk -J", recognises=_recognises, read=_read)
