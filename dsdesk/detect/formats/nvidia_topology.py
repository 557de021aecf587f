"""`nvidia-smi topo -m`: who reaches whom, and how."""

import re

from dsdesk.detect.formats.capture import Capture, Format
from dsdesk.detect.formats.words import whole
from dsdesk.detect.snapshot import Gpu, Link, Snapshot

_KIND = re.compile(r"X|SYS|SOC|NODE|PHB|PXB|PIX|PSB|NV\d+")
# Network adapters are called NIC0, or by their own names: mlx5_0, bnxt_re0, roceP2p1s0.
_HEADER = re.compile(r"^[\s#>|\"']*(GPU0(?:[ \t]+[A-Za-z]\w*\d\w*)*)([ \t]+CPU Affinity.*)?[ \t]*$", re.MULTILINE)
_FIRST_ROW = re.compile(r"^[\s#>|\"']*GPU0[ \t]+X(?:[ \t]+\S+)*[ \t]*$", re.MULTILINE)
_PREFIX = "#>| \t\"'"
_SPACED_NUMA = 2


def _recognises(capture: Capture) -> bool:
    return "GPU0" in capture.text and _matrix(capture.text) is not None


def _matrix(text: str) -> tuple[list[str], list[str], str] | None:
    """Names of the columns, the lines below, and the rest of the header of the first such matrix."""
    for header in _HEADER.finditer(text):
        columns = header[1].split()
        lines = text[header.end() + 1 :].split("\n")[: len(columns) + 4]
        first = next((line for line in lines if line.strip()), "")
        cells = first.lstrip(_PREFIX).split()
        if cells[:1] == ["GPU0"] and cells[1:2] == ["X"] and _all_kinds(cells[1 : 1 + len(columns)]):
            return columns, lines, header[2] or ""
    return _headless(text)


def _headless(text: str) -> tuple[list[str], list[str], str] | None:
    """A matrix whose first line was lost: the accelerators come first, as many as there are rows of them."""
    first = _FIRST_ROW.search(text)
    if first is None:
        return None
    lines = text[first.start() :].lstrip("\n").split("\n")
    count = 0
    while count < len(lines) and re.match(rf"GPU{count}\s", lines[count].lstrip(_PREFIX)):
        count += 1
    kinds = lines[0].lstrip(_PREFIX).split()[1 : 1 + count]
    if len(kinds) < count or not _all_kinds(kinds):
        return None
    return [f"GPU{number}" for number in range(count)], lines[:count], ""


def _all_kinds(cells: list[str]) -> bool:
    return all(_KIND.fullmatch(cell) for cell in cells)


def _read(capture: Capture) -> Snapshot:
    found = _matrix(capture.text)
    if found is None:
        return Snapshot()
    columns, lines, trailing = found
    nodes: dict[str, int | None] = {}
    kinds: dict[tuple[int, int], str] = {}
    for line in lines:
        cells = line.lstrip(_PREFIX).split()
        if not cells or not re.fullmatch(r"GPU\d+", cells[0]) or cells[0] not in columns:
            continue
        reached = [cell for cell in cells[1 : 1 + len(columns)] if _KIND.fullmatch(cell)]
        row = int(cells[0][3:])
        for column, kind in zip(columns, reached, strict=False):
            if column.startswith("GPU") and kind != "X":
                pair = (min(row, int(column[3:])), max(row, int(column[3:])))
                kinds.setdefault(pair, "SYS" if kind == "SOC" else kind)
        nodes[cells[0]] = (
            _node(line.lstrip("#>| \"'"), len(columns), trailing) if len(reached) == len(columns) else None
        )
    gpus = [column for column in columns if column.startswith("GPU")]
    numbers = sorted(int(column[3:]) for column in gpus)
    place = {one: position for position, one in enumerate(numbers)}
    return Snapshot(
        gpus=tuple(Gpu(name="", vendor="nvidia", index=one, numa_node=nodes.get(f"GPU{one}")) for one in numbers),
        links=tuple(Link(a=place[a], b=place[b], kind=kind) for (a, b), kind in sorted(kinds.items())),
    )


def _node(line: str, columns: int, trailing: str) -> int | None:
    """NUMA node in the column after the processors. Split by tabs, since empty cells vanish among blanks."""
    if "NUMA Affinity" not in trailing:
        return None
    if "\t" in line:
        cells = line.split("\t")
        text = cells[columns + 2] if len(cells) > columns + 2 else ""
    else:
        rest = line.split()[columns + 1 :]
        complete = _SPACED_NUMA + ("GPU NUMA ID" in trailing)
        text = rest[1] if len(rest) == complete else ""
    return whole(text) if re.fullmatch(r"\s*\d+\s*", text) else None


FORMAT = Format(key="nvidia-topology", title="nvidia-smi topo -m", recognises=_recognises, read=_read)
