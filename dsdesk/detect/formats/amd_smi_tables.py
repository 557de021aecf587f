"""Tables of `amd-smi`: the summary that it prints without a command, and the matrices of `amd-smi topology`.

Source: AMD SMI documentation, "amd-smi CLI"; outputs in issues of ROCm/rocm-systems (ROCm 6.2 to 7.2).
"""

import re

from dsdesk.detect.formats.capture import Capture, Format
from dsdesk.detect.formats.words import number, pci_address, size_bytes, version
from dsdesk.detect.snapshot import Gpu, Habitat, HostFacts, Link, PciPlace, Snapshot

_BDF = r"[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-9a-f]"
_FIRST = re.compile(
    rf"^\| *({_BDF}) +(\S.*?) *\| *(\S+(?: %)?) +(\S+(?: .?C)?) +\S+ +([\d.]+|N/A) */ *([\d.]+|N/A) W *\|$",
    re.MULTILINE | re.IGNORECASE,
)
_SECOND = re.compile(r"^\| *(\d+) [^|\n]*\| *(\S+)[^|\n]*? ([\d.]+) */ *([\d.]+) (MB|GB) *\|$")
_MATRIX = re.compile(rf"^LINK TYPE TABLE: *\n *((?:{_BDF}\s*?)+)\n((?:{_BDF}[^\n]*\n?)+)", re.MULTILINE | re.IGNORECASE)


def _recognises(capture: Capture) -> bool:
    return "| AMD-SMI " in capture.text or ("LINK TYPE TABLE:" in capture.text and bool(_MATRIX.search(capture.text)))


def _read(capture: Capture) -> Snapshot:
    driver = re.search(r"amdgpu version: *(\S+)", capture.text)
    gpus = _summary(capture.text, version(driver[1]) if driver else "")
    if gpus:
        return Snapshot(host=HostFacts(habitat=_habitat(capture.text)), gpus=gpus)
    return _topology(capture.text)


def _habitat(text: str) -> Habitat:
    found = re.search(r"^\| Platform: Linux (\w+)", text, re.MULTILINE)
    return {"Baremetal": Habitat.METAL, "Guest": Habitat.VIRTUAL}.get(found[1] if found else "", Habitat.UNKNOWN)


def _summary(text: str, driver: str) -> tuple[Gpu, ...]:
    gpus: list[Gpu] = []
    for first in _FIRST.finditer(text):
        second = _SECOND.match(text[first.end() + 1 :].split("\n", 1)[0])
        used, total = (f"{second[3]} {second[5]}", f"{second[4]} {second[5]}") if second else ("", "")
        share = number(second[2]) if second else None
        memory, taken = size_bytes(total), size_bytes(used)
        # A chip with no limit of its own is part of a processor: what is told is its carve-out of the host's memory.
        is_shared = number(first[6]) == 0
        gpus.append(
            Gpu(
                # "VF" ends the name of a virtual function, which a guest sees.
                name=first[2].removesuffix(" VF"),
                vendor="amd",
                index=int(second[1]) if second else len(gpus),
                memory_bytes=None if is_shared else memory,
                memory_free_bytes=None if is_shared or memory is None or taken is None else memory - taken,
                unified_memory=is_shared,
                virtualisation="VGPU" if first[2].endswith(" VF") else "",
                pci=PciPlace(address=pci_address(first[1])),
                driver=driver,
                power_w=number(first[5]),
                power_limit_w=number(first[6]) or None,
                temperature_c=number(first[4]),
                utilisation=None if share is None else share / 100,
            )
        )
    return tuple(gpus)


def _topology(text: str) -> Snapshot:
    found = _MATRIX.search(text)
    if found is None:
        return Snapshot()
    columns = found[1].lower().split()
    kinds: dict[tuple[int, int], str] = {}
    for line in found[2].lower().splitlines():
        cells = line.split()
        if cells[0] not in columns:
            continue
        row = columns.index(cells[0])
        for column, kind in enumerate(cells[1 : 1 + len(columns)]):
            if column != row and kind.isalpha() and kind != "self":
                kinds.setdefault((min(row, column), max(row, column)), kind.upper())
    return Snapshot(
        gpus=tuple(
            Gpu(name="", vendor="amd", index=index, pci=PciPlace(address=address))
            for index, address in enumerate(columns)
        ),
        links=tuple(Link(a=a, b=b, kind=kind) for (a, b), kind in sorted(kinds.items())),
    )


FORMAT = Format(key="amd-smi-tables", title="amd-smi", recognises=_recognises, read=_read)
