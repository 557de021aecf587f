"""`mx-smi` of MetaX and `mthreads-gmi` of Moore Threads: two lines a card in a table.

Source: outputs in the public guides of PaddlePaddle, GPUStack and SwanLab (mx-smi 2.1 and 2.2, mthreads-gmi 1.14).
"""

import re
from collections.abc import Iterator

from dsdesk.detect.formats.capture import Capture, Format
from dsdesk.detect.formats.words import lanes, number, pci_address, said, size_bytes
from dsdesk.detect.snapshot import Gpu, Link, PciPlace, Snapshot

_MIB = 1024**2
_METAX = re.compile(
    r"^\| *(\d+) +(\S.*?) +(?:(?:On|Off) +)?\| *([0-9a-f]{4,8}:\S+) +\| *(\S+)[^|\n]*\| *\n"
    r"\| *(\S+) +([\d.]+|NA|N/A)W?(?: */ *([\d.]+|NA|N/A)W?)?[^|\n]*\| *(\d+)/(\d+) MiB",
    re.MULTILINE | re.IGNORECASE,
)
_MTHREADS = re.compile(
    r"^(\d+) +(\S.*?) *\|([0-9a-f]{4,8}:\S+) *\|(\S+) +(\d+)MiB\((\d+)MiB\) *\n"
    r" +\S+ *\|(\d+)x\((\d+)x\) *\|(\S+)",
    re.MULTILINE | re.IGNORECASE,
)
_MX_HEADER = re.compile(r"^\s*(GPU0(?:\s+GPU\d+)+)(?:\s+Node Affinity.*|\s+CPU Affinity.*)?$", re.MULTILINE)


def _recognises(capture: Capture) -> bool:
    text = capture.text
    return "| MX-SMI" in text or "mthreads-gmi:" in text or "MetaX System Management Interface" in text


def _read(capture: Capture) -> Snapshot:
    if "mthreads-gmi:" in capture.text:
        return Snapshot(gpus=tuple(_mthreads(capture.text)))
    gpus = tuple(_metax(capture.text))
    links = tuple(_metax_links(capture.text))
    if not gpus and links:
        count = max(link.b for link in links) + 1
        gpus = tuple(Gpu(name="", vendor="metax", index=index) for index in range(count))
    return Snapshot(gpus=gpus, links=tuple(link for link in links if link.b < len(gpus)))


def _metax(text: str) -> Iterator[Gpu]:
    version = re.search(r"Kernel Mode Driver Version: *(\S+)", text)
    for card in _METAX.finditer(text):
        name, share = card[2], number(card[4])
        used, total = int(card[8]) * _MIB, int(card[9]) * _MIB
        yield Gpu(
            name=name if name.startswith("MetaX") else f"MetaX {name.removeprefix('MX')}",
            vendor="metax",
            index=int(card[1]),
            memory_bytes=total or None,
            memory_free_bytes=total - used if total else None,
            pci=PciPlace(address=pci_address(card[3])),
            driver=said(version[1]) if version else "",
            power_w=number(card[6]),
            power_limit_w=number(card[7]),
            temperature_c=number(card[5]),
            utilisation=None if share is None else share / 100,
        )


def _metax_links(text: str) -> Iterator[Link]:
    """The matrix of `mx-smi topo -m`; MX is its own link."""
    header = _MX_HEADER.search(text)
    if header is None:
        return
    count = len(header[1].split())
    for line in text[header.end() + 1 :].split("\n")[:count]:
        cells = line.split()
        if not cells or not re.fullmatch(r"GPU\d+", cells[0]):
            continue
        row = int(cells[0][3:])
        for column, kind in enumerate(cells[1 : 1 + count]):
            if column > row and kind != "X":
                yield Link(a=row, b=column, kind="LINK" if kind == "MX" else kind)


def _mthreads(text: str) -> Iterator[Gpu]:
    version = re.search(r"Driver Version: *(\S+)", text)
    for card in _MTHREADS.finditer(text):
        share, total = number(card[4]), size_bytes(f"{card[6]} MiB")
        yield Gpu(
            name=card[2],
            vendor="mthreads",
            index=int(card[1]),
            memory_bytes=total,
            memory_free_bytes=max(0, total - int(card[5]) * _MIB) if total else None,
            pci=PciPlace(address=pci_address(card[3]), width_now=lanes(card[7]), width_max=lanes(card[8])),
            driver=said(version[1]) if version else "",
            temperature_c=number(card[9]),
            utilisation=None if share is None else share / 100,
        )


FORMAT = Format(key="mx-smi", title="mx-smi, mthreads-gmi", recognises=_recognises, read=_read)
