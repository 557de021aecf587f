"""The plain table of `nvidia-smi`. It cuts long names with "..."; the whole name comes from -L or -q."""

import re
from collections.abc import Iterator
from dataclasses import replace

from dsdesk.detect.formats.capture import Capture, Format
from dsdesk.detect.formats.nvidia_fields import is_unified
from dsdesk.detect.formats.words import enabled, number, pci_address, said, size_bytes
from dsdesk.detect.snapshot import Gpu, HostFacts, PciPlace, Slice, Snapshot

_HEAD = re.compile(
    r"\| NVIDIA-SMI [^\n]*?(?:Driver|KMD) Version: *([\d.]+)(?:[^\n]*?CUDA (?:UMD )?Version: *([\d.]+))?"
)
_CARD = re.compile(
    r"^\| {1,4}(\d+) +(\S.*?) +(?:On|Off|N/A|WDDM|TCC|MCDM|ERR!) *\|"
    r" *([0-9A-Fa-f]{4,8}:\S+|N/A) +(?:On|Off|N/A) *\|([^|\n]*)\|"
)
_USE = re.compile(r"^\|[^|\n]*?(\S+) */ *(\S+) *\| *([^|\n]+?) *\| *(\S+)")
_HEAT = re.compile(r"^\| *\S+ +(\d+)C\b")
_MODE = re.compile(r"^\|[^|\n]*\|[^|\n]*\| *(\S+) *\|")
_SLICE = re.compile(r"^\| +(\d+) +\d+ +\d+ +\d+ +\| *\d+MiB */ *(\d+MiB) *\|")
# `nvidia-smi mig -lgi`: one line an instance, by name.
_INSTANCE = re.compile(r"^\| +(\d+) +MIG (\S+) +\d+ +\d+ +\d+:\d+ *\|", re.MULTILINE)


def _recognises(capture: Capture) -> bool:
    return "| NVIDIA-SMI" in capture.text or "| GPU instances:" in capture.text


def _read(capture: Capture) -> Snapshot:
    start = capture.text.find("| NVIDIA-SMI")
    if start < 0:
        return Snapshot(gpus=tuple(_instances(capture.text)))
    lines = capture.text[start:].split("\n")
    head = _HEAD.search(lines[0])
    driver = head[1] if head else ""
    gpus: dict[int, Gpu] = {}
    slices: dict[int, list[Slice]] = {}
    for number_of_line, line in enumerate(lines[1:], start=1):
        if "| NVIDIA-SMI" in line:
            break  # a second table of the same bundle: the cards are the same
        if card := _CARD.match(line):
            below = [*lines[number_of_line + 1 : number_of_line + 3], "", ""]
            gpus.setdefault(int(card[1]), _gpu(card, below[0], below[1], driver))
        elif found := _SLICE.match(line):
            slices.setdefault(int(found[1]), []).append(Slice(memory_bytes=size_bytes(found[2])))
    return Snapshot(
        host=HostFacts(nvidia_driver=driver, cuda=(head[2] or "") if head else ""),
        gpus=tuple(_with_slices(gpu, slices.get(index, [])) for index, gpu in gpus.items()),
    )


def _gpu(card: re.Match[str], use: str, mode: str, driver: str) -> Gpu:
    found, mig, heat = _USE.match(use), _MODE.match(mode), _HEAT.match(use)
    used, _, memory = found[3].partition("/") if found else ("", "", "")
    total, taken = size_bytes(memory), size_bytes(used)
    draw, limit = (number(found[1]), number(found[2])) if found else (None, None)
    share = number(found[4]) if found else None
    return Gpu(
        name=card[2].strip(),
        vendor="nvidia",
        index=int(card[1]),
        memory_bytes=total or None,
        memory_free_bytes=None if not total or taken is None else max(0, total - taken),
        unified_memory=is_unified(card[2]),
        pci=PciPlace(address=pci_address(card[3])),
        driver=driver,
        power_limit_w=limit,
        power_w=draw,
        temperature_c=None if heat is None else float(heat[1]),
        utilisation=None if share is None else share / 100,
        # The column counts errors where error correction is on.
        ecc={"Off": False}.get(card[4].strip(), True if said(card[4]).isdecimal() else None),
        mig=enabled(mig[1]) if mig else None,
        driver_model=next((model for model in ("WDDM", "TCC", "MCDM") if model in card[0]), ""),
    )


def _instances(text: str) -> Iterator[Gpu]:
    """Cards by number with the names of their parts."""
    parts: dict[int, list[Slice]] = {}
    for found in _INSTANCE.finditer(text):
        parts.setdefault(int(found[1]), []).append(Slice(name=found[2]))
    for index, slices in sorted(parts.items()):
        yield Gpu(name="", vendor="nvidia", index=index, mig=True, slices=tuple(slices))


def _with_slices(gpu: Gpu, slices: list[Slice]) -> Gpu:
    return replace(gpu, slices=tuple(slices)) if slices else gpu


FORMAT = Format(key="nvidia-smi-table", title="nvidia-smi", recognises=_recognises, read=_read)
