"""`nvidia-smi --query-gpu=… --format=csv`: a header of field names, one line a card; or `noheader`, then by content."""

import re
from collections.abc import Callable, Iterator

from dsdesk.detect.formats.capture import Capture, Format
from dsdesk.detect.formats.nvidia_fields import CSV, PLACES, is_unified, nvidia_gpu
from dsdesk.detect.formats.words import pci_address, said, size_bytes
from dsdesk.detect.snapshot import Gpu, HostFacts, PciPlace, Snapshot

_COLUMNS = {column for _, _, columns in PLACES.values() for column in columns} | {"driver_version", "uuid", "gpu_uuid"}
_HEADER = re.compile(r"^[a-z_.0-9A-Z]+(?: \[[^\]]+\])?(?:, ?[a-z_.0-9A-Z]+(?: \[[^\]]+\])?)+ *$", re.MULTILINE)
_MOST_BELOW = 200_000  # characters of rows below one header
_APPLICATIONS = {"pid", "process_name", "used_gpu_memory", "used_memory"}


def _headers(text: str) -> Iterator[tuple[re.Match[str], list[str]]]:
    for found in _HEADER.finditer(text):
        columns = [column.split(" [")[0].strip() for column in found[0].split(",")]
        if len(_COLUMNS.intersection(columns)) >= 2 and not _APPLICATIONS.intersection(columns):  # noqa: PLR2004
            yield found, columns


# Without a header a row is known by the name of a card and a size; the largest of several sizes is the whole.
_BARE = re.compile(
    r"^(?:(\d+), )?((?:NVIDIA|Tesla|Quadro|GeForce|GRID|TITAN)[^,\n]*), ([^\n]*?\d+ MiB[^\n]*)$", re.MULTILINE
)
_VERSION = re.compile(r"\b\d{3}\.\d{2,3}(?:\.\d{2})?$")


def _recognises(capture: Capture) -> bool:
    if " MiB" in capture.text and _BARE.search(capture.text):
        return True
    marks = ("memory.total", "pci.bus_id", "driver_version", "power.limit", "compute_cap", "gpu_name", "gpu_uuid")
    return any(mark in capture.text for mark in marks) and any(True for _ in _headers(capture.text))


def _read(capture: Capture) -> Snapshot:
    gpus: dict[object, Gpu] = {}
    driver = ""
    headers = list(_headers(capture.text))
    if not headers:
        return _bare(capture.text)
    for found, columns in headers:
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


def _bare(text: str) -> Snapshot:
    gpus: list[Gpu] = []
    driver = ""
    for row in _BARE.finditer(text):
        cells = [cell.strip() for cell in row[3].split(",")]
        sizes = [size for cell in cells if cell.endswith("MiB") and (size := size_bytes(cell)) is not None]
        driver = driver or next((cell for cell in cells if _VERSION.fullmatch(cell)), "")
        gpus.append(
            Gpu(
                name=row[2].strip(),
                vendor="nvidia",
                index=int(row[1]) if row[1] else len(gpus),
                memory_bytes=max(sizes, default=0) or None,
                unified_memory=is_unified(row[2]),
                pci=PciPlace(address=next((at for cell in cells if (at := pci_address(cell))), "")),
                driver=driver,
            )
        )
    return Snapshot(host=HostFacts(nvidia_driver=driver), gpus=tuple(gpus))


def _getter(row: dict[str, str]) -> Callable[[str], str]:
    return lambda column: row.get(column, "")


FORMAT = Format(key="nvidia-smi-csv", title="nvidia-smi --query-gpu --format=csv", recognises=_recognises, read=_read)
