"""`rocm-smi` as text: the concise table, the lines "GPU[0] : name: value", and the matrix of link types."""

import re
from dataclasses import replace

from dsdesk.detect.formats.capture import Capture, Format
from dsdesk.detect.formats.rocm_fields import rocm_gpu
from dsdesk.detect.formats.words import hex_digits, number
from dsdesk.detect.snapshot import Gpu, Link, Snapshot

_FACT = re.compile(r"^GPU ?\[?(\d+)\]?[ \t]*:[ \t]*([^\s:][^:\n]*?)[ \t]*:[ \t]*(\S[^\n]*?)[ \t]*$", re.MULTILINE)
_CONCISE = re.compile(
    r"^(\d+) +\[0x([0-9a-f]+) : 0x([0-9a-f]+)\] +([\d.]+)\S* +([\d.]+)W .*? ([\d.]+)W +\d+% +\d+% *\n +(\S.*?) *$",
    re.MULTILINE,
)
_MATRIX = re.compile(r"Link Type between two GPUs[^\n]*\n\s*(GPU0[^\n]*)\n((?:GPU\d+ +[^\n]*\n?)+)")


def _recognises(capture: Capture) -> bool:
    marks = ("ROCm System Management", "ROCm SMI Log", "Link Type between two GPUs", "GPU[0]")
    return any(mark in capture.text for mark in marks)


def _read(capture: Capture) -> Snapshot:
    facts: dict[int, dict[str, object]] = {}
    for found in _FACT.finditer(capture.text):
        facts.setdefault(int(found[1]), {}).setdefault(found[2].lower(), found[3])
    version = re.search(r"^Driver version: *(\S+)", capture.text, re.MULTILINE)
    driver = version[1] if version else ""
    kinds = _links(capture.text)
    numbers = sorted({*facts, *(a for a, _ in kinds), *(b for _, b in kinds)})
    gpus = {index: rocm_gpu(index, facts.get(index, {}), driver) for index in numbers}
    for row in _CONCISE.finditer(capture.text):
        index = int(row[1])
        gpus[index] = _concise(gpus.get(index) or rocm_gpu(index, {}, driver), row)
    place = {index: position for position, index in enumerate(sorted(gpus))}
    return Snapshot(
        gpus=tuple(gpus[index] for index in sorted(gpus)),
        links=tuple(Link(a=place[a], b=place[b], kind=kind) for (a, b), kind in sorted(kinds.items())),
    )


def _concise(gpu: Gpu, row: re.Match[str]) -> Gpu:
    return replace(
        gpu,
        name=gpu.name or row[7],
        pci_id=gpu.pci_id or f"1002:{hex_digits(row[2])}",
        temperature_c=gpu.temperature_c or number(row[4]),
        power_w=gpu.power_w or number(row[5]),
        power_limit_w=gpu.power_limit_w or number(row[6]),
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


FORMAT = Format(key="rocm-smi-text", title="rocm-smi", recognises=_recognises, read=_read)
