"""`npu-smi info` of Huawei Ascend, two lines a chip, box widths by release; and `npu-smi info -t topo`, a matrix."""

import re

from dsdesk.base.message import N_, Message
from dsdesk.detect.formats.capture import Capture, Format
from dsdesk.detect.formats.words import number, pci_address, said
from dsdesk.detect.snapshot import Gpu, Link, PciPlace, Snapshot

_MIB = 1024**2
_CHIP = re.compile(r"^\| *(\d+) +(\S+) *\| *(\S+) *\| *(\S+) +(\S+)")
_BELOW = re.compile(r"^\| *(\d+)(?: +(\d+))? *\| *([0-9A-Fa-fx]{4}:\S+|NA|N/A) *\|([^|\n]*)")
# A3 calls its chips by their physical number.
_HEADER = re.compile(
    r"^[ \t]*((?:NPU|Phy-ID)0(?:[ \t]+(?:NPU|Phy-ID)\d+)+)(?:[ \t]+CPU Affinity)?[ \t]*$", re.MULTILINE
)
_ROW = re.compile(r"^[ \t]*(?:NPU|Phy-ID)(\d+)[ \t]+(\S[^\n]*)$", re.MULTILINE)
_OF = re.compile(r"(\d+) */ *(\d+)")


def _recognises(capture: Capture) -> bool:
    text = capture.text
    if ("NPU1" in text or "Phy-ID1" in text) and _HEADER.search(text):
        return True
    return "npu-smi" in text or (
        "| NPU " in text and re.search(r"^\| NPU +Name +\| Health", text, re.MULTILINE) is not None
    )


def _read(capture: Capture) -> Snapshot:
    version = re.search(r"npu-smi \S+ +Version: *(\S+)", capture.text)
    driver = version[1] if version else ""
    lines = capture.text.split("\n")
    gpus: list[Gpu] = []
    warnings: list[Message] = []
    for line, below in zip(lines, [*lines[1:], ""], strict=True):
        chip, rest = _CHIP.match(line), _BELOW.match(below)
        if chip and rest:
            gpus.append(_gpu(chip, rest, driver, len(gpus)))
            health = said(chip[3])
            if health and health.upper() not in {"OK", "0K"}:  # the second is a slip of whoever typed it off
                text = N_(
                    "{name} (NPU {number}) reports its health as {health}; ask “npu-smi info -t health” for more."
                )
                warnings.append(Message(text, name=gpus[-1].name, number=int(chip[1]), health=health))
    count, links = _topology(capture.text)
    if not gpus:
        gpus = [Gpu(name="", vendor="huawei", index=index) for index in range(count)]
    return Snapshot(gpus=tuple(gpus), links=links if len(gpus) == count else (), warnings=tuple(warnings))


def _topology(text: str) -> tuple[int, tuple[Link, ...]]:
    """How many chips the matrix has, and how they are joined: HCCS, or as `nvidia-smi topo -m` has it."""
    header = _HEADER.search(text)
    if header is None:
        return 0, ()
    count = len(header[1].split())
    links = []
    for row in _ROW.finditer(text, header.end()):
        a, cells = int(row[1]), row[2].split()[:count]
        links += [Link(a=a, b=b, kind=kind) for b, kind in enumerate(cells) if a < b and kind.isalpha()]
    return count, tuple(links)


def _gpu(chip: re.Match[str], below: re.Match[str], driver: str, position: int) -> Gpu:
    pairs = [(int(used), int(total)) for used, total in _OF.findall(below[4])]
    # 910 fills HBM-Usage (the last), 310P only Memory-Usage; 910A fills both.
    used, total = next(((used, total) for used, total in reversed(pairs) if total), (0, 0))
    busy = number(below[4])
    return Gpu(
        name=chip[2] if chip[2].lower().startswith("ascend") else f"Ascend {chip[2]}",
        vendor="huawei",
        index=int(below[2]) if below[2] else position,
        memory_bytes=total * _MIB or None,
        memory_free_bytes=(total - used) * _MIB if total else None,
        pci=PciPlace(address=pci_address(below[3])),
        driver=driver,
        power_w=number(chip[4]) if said(chip[4]) else None,
        temperature_c=number(chip[5]),
        utilisation=None if busy is None else busy / 100,
    )


FORMAT = Format(key="npu-smi", title="npu-smi info", recognises=_recognises, read=_read)
