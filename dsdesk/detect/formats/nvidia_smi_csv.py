"""`nvidia-smi --query-gpu=… --format=csv`: a header of field names, one line a card."""

import re
from collections.abc import Callable, Iterator

from dsdesk.detect.formats.capture import Capture, Format
from dsdesk.detect.formats.nvidia_fields import CSV, PLACES, nvidia_gpu
from dsdesk.detect.formats.words import said
from dsdesk.detect.snapshot import Gpu, HostFacts, Snapshot

_COLUMNS = {column for _, _, columns in PLACES.values() for column in columns} | {"driver_version", "uuid", "gpu_uuid"}
_HEADER = re.compile(r"^[a-z_.0-9A-Z]+(?: \[[^\]]+\])?(?:, ?[a-z_.0-9A-Z]+(?: \[[^\]]+\])?)+ *$", re.MULTILINE)
_MOST_BELOW = 200_000  # characters of rows below one header
_APPLICATIONS = {"pid", "process_name", "used_gpu_memory", "used_memory"}


def _headers(text: str) -> Iterator[tuple[re.Match[str], list[str]]]:
    for found in _HEADER.finditer(text):
        columns = [column.split(" [")[0].strip() for column in found[0].split(",")]
        if len(_COLUMNS.intersection(columns)) >= 2 and not _APPLICATIONS.intersection(columns):  # noqa: PLR2004
            yield found, columns


def _recognises(capture: Capture) -> bool:
    marks = ("memory.total", "pci.bus_id", "driver_version", "power.limit", "compute_cap", "gpu_name", "gpu_uuid")
    return any(mark in capture.text for mark in marks) and any(True for _ in _headers(capture.text))


def _read(capture: Capture) -> Snapshot:
    gpus: dict[object, Gpu] = {}
    driver = ""
    for found, columns in _headers(capture.text):
        start = found.end() + 1
        for position, line in enumerate(capture.text[start : start + _MOST_BELOW].split("\n")):
            cells = [cell.strip() for cell in line.split(",")]
            if len(cells) != len(columns):
                break
            row = {"index": str(position), **dict(zip(columns, cells, strict=True))}
            driver = driver or said(row.get("driver_version"))
            gpu = nvidia_gpu(_getter(row), CSV, driver)
            gpus.setdefault(gpu.pci.address or gpu.index, gpu)
    return Snapshot(host=HostFacts(nvidia_driver=driver), gpus=tuple(gpus.values()))


def _getter(row: dict[str, str]) -> Callable[[str], str]:
    return lambda column: row.get(column, "")


FORMAT = Format(key="nvidia-smi-csv", title="nvidia-smi --query-gpu --format=csv", recognises=_recognises, read=_read)
