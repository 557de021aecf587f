"""`lsblk -J` with any columns, and `lsblk -P`."""

import re
from collections.abc import Iterator
from typing import Any

from dsdesk.detect.formats.capture import Capture, Format
from dsdesk.detect.formats.words import said, size_bytes
from dsdesk.detect.snapshot import Disk, Snapshot

_PAIR = re.compile(r'(\w[\w:-]*)="([^"]*)"')
_WHOLE = re.compile(r"(nvme\d+n\d+|sd[a-z]+|vd[a-z]+|hd[a-z]+|xvd[a-z]+|mmcblk\d+|pmem\d+)$")
_NO_DISK = {"fd0"}


def _recognises(capture: Capture) -> bool:
    return '"blockdevices"' in capture.text or ('NAME="' in capture.text and 'SIZE="' in capture.text)


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
