"""`rocm-smi` and Hygon's `hy-smi` as text: the concise table, lines "GPU[0] : name: value", and the link matrix."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from dsdesk.detect.formats.capture import Capture, Format
from dsdesk.detect.formats.rocm_fields import rocm_gpu
from dsdesk.detect.formats.words import hex_digits, number, said
from dsdesk.detect.snapshot import Gpu, Link, Snapshot

_FACT = re.compile(
    r"^(GPU|DCU|HCU) ?\[?(\d+)\]?[ \t]*:[ \t]*([^\s:][^:\n]*?)[ \t]*:[ \t]*(\S[^\n]*?)[ \t]*$", re.MULTILINE
)
# Columns of the table changed with every release; it is known by these, and read by their names.
_HEADER = re.compile(r"^(?:GPU|Device|DCU|HCU) {2,}\S[^\n]*(?:PwrCap|AvgPwr)[^\n]*$", re.MULTILINE)
_ID = re.compile(r"0x([0-9a-f]+)", re.IGNORECASE)
_MATRIX = re.compile(r"Link Type between two GPUs[^\n]*\n\s*(GPU0[^\n]*)\n((?:GPU\d+ +[^\n]*\n?)+)")
_CSV = re.compile(r"^device,(\S[^\n]*)\n((?:card\d+,[^\n]*\n?)+)", re.MULTILINE)


def _recognises(capture: Capture) -> bool:
    marks = ("ROCm System Management", "ROCm SMI Log", "Link Type between two GPUs", "GPU[0]", "HCU[0]", "DCU[0]")
    text = capture.text
    if any(mark in text for mark in marks) or ("\ncard" in text and _CSV.search(text)):
        return True
    return "AvgPwr" in text and _HEADER.search(text) is not None


def _read(capture: Capture) -> Snapshot:
    facts: dict[int, dict[str, object]] = {}
    is_hygon = re.search(r"^(?:DCU|HCU)(?: ?\[| {2,})", capture.text, re.MULTILINE) is not None
    for found in _FACT.finditer(capture.text):
        facts.setdefault(int(found[2]), {}).setdefault(found[3].lower(), found[4])
    for index, key, value in _csv(capture.text):
        facts.setdefault(index, {}).setdefault(key.lower(), value)
    version = re.search(r"^Driver version: *(\S+)", capture.text, re.MULTILINE | re.IGNORECASE)
    driver = version[1] if version else ""
    kinds = _links(capture.text)
    rows = dict(_concise_rows(capture.text))
    numbers = sorted({*facts, *rows, *(a for a, _ in kinds), *(b for _, b in kinds)})
    gpus = {index: rocm_gpu(index, facts.get(index, {}), driver) for index in numbers}
    for index, row in rows.items():
        gpus[index] = _concise(gpus[index], row)
    if is_hygon:
        gpus = {index: replace(gpu, vendor="hygon") for index, gpu in gpus.items()}
    place = {index: position for position, index in enumerate(sorted(gpus))}
    return Snapshot(
        gpus=tuple(gpus[index] for index in sorted(gpus)),
        links=tuple(Link(a=place[a], b=place[b], kind=kind) for (a, b), kind in sorted(kinds.items())),
    )


def _csv(text: str) -> Iterator[tuple[int, str, str]]:
    """Values of `rocm-smi --csv`."""
    for table in _CSV.finditer(text):
        columns = table[1].split(",")
        for line in table[2].splitlines():
            card, *cells = line.split(",")
            for key, value in zip(columns, cells, strict=False):
                yield int(card[4:]), key.strip(), value.strip()


def _concise_rows(text: str) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Cells by the name of their column; the line below a card may carry its name."""
    header = _HEADER.search(text)
    if header is None:
        return
    columns = re.split(r" {2,}", header[0].strip())
    lines = text[header.end() + 1 :].split("\n")
    for line, below in zip(lines, [*lines[1:], ""], strict=True):
        cells = re.split(r" {2,}", re.sub(r",\s+", ", ", line.strip()))
        if line[:1].isdigit() and len(cells) == len(columns):
            row = dict(zip(columns, cells, strict=True))
            if re.match(r" +\S", below) and not below.strip().startswith("("):
                row["below"] = below.strip()
            yield int(cells[0]), row


def _concise(gpu: Gpu, row: Mapping[str, str]) -> Gpu:
    def cell(*names: str) -> str:
        return next((text for name in names if (text := said(row.get(name)))), "")

    found = _ID.search(cell("IDs", "[Model : Revision]"))
    share = number(cell("GPU%", "DCU%", "HCU%"))
    return replace(
        gpu,
        name=gpu.name or row.get("below", ""),
        pci_id=gpu.pci_id or (f"1002:{hex_digits(found[1])}" if found else ""),
        temperature_c=gpu.temperature_c or number(cell("Temp")),
        power_w=gpu.power_w or number(cell("Power", "AvgPwr")),
        power_limit_w=gpu.power_limit_w or number(cell("PwrCap")),
        utilisation=gpu.utilisation if gpu.utilisation is not None or share is None else share / 100,
    )


def _links(text: str) -> dict[tuple[int, int], str]:
    found = _MATRIX.search(text)
    kinds: dict[tuple[int, int], str] = {}
    if not found:
        return kinds
    columns = [int(one[3:]) for one in found[1].split() if re.fullmatch(r"GPU\d+", one)]
    for line in found[2].splitlines():
        cells = line.split()
        row = int(cells[0][3:])
        for column, kind in zip(columns, cells[1:], strict=False):
            if kind.isalpha() and row != column:
                kinds.setdefault((min(row, column), max(row, column)), kind.upper())
    return kinds


FORMAT = Format(key="rocm-smi-text", title="rocm-smi, hy-smi", recognises=_recognises, read=_read)
