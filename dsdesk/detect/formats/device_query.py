"""`deviceQuery` of the CUDA samples. Its totals lie below those of the driver: they are what a program may use."""

import re

from dsdesk.detect.formats.capture import Capture, Format
from dsdesk.detect.formats.nvidia_fields import is_unified
from dsdesk.detect.formats.words import number, pci_address
from dsdesk.detect.snapshot import Gpu, HostFacts, PciPlace, Snapshot

_CARD = re.compile(r'^Device (\d+): "([^"]+)"', re.MULTILINE)
_PCI = re.compile(r"PCI Domain ID / Bus ID / location ID: *(\d+) / (\d+) / (\d+)")


def _recognises(capture: Capture) -> bool:
    return "CUDA Capability Major/Minor" in capture.text and _CARD.search(capture.text) is not None


def _read(capture: Capture) -> Snapshot:
    cards = list(_CARD.finditer(capture.text))
    ends = [card.start() for card in cards[1:]] + [len(capture.text)]
    gpus = [_gpu(card, capture.text[card.end() : end]) for card, end in zip(cards, ends, strict=True)]
    version = re.search(r"CUDA Driver Version / Runtime Version\s+([\d.]+)", capture.text)
    return Snapshot(host=HostFacts(cuda=version[1] if version else ""), gpus=tuple(gpus))


def _gpu(card: re.Match[str], block: str) -> Gpu:
    total = re.search(r"Total amount of global memory:[^\n]*\((\d+) bytes\)", block)
    compute = re.search(r"CUDA Capability Major/Minor version number: *(\d+)\.(\d+)", block)
    place = _PCI.search(block)
    ecc = re.search(r"Device has ECC support: *(\w+)", block)
    address = f"{int(place[1]):04x}:{int(place[2]):02x}:{int(place[3]):02x}.0" if place else ""
    return Gpu(
        name=card[2],
        vendor="nvidia",
        index=int(number(card[1]) or 0),
        memory_bytes=int(total[1]) if total else None,
        unified_memory=is_unified(card[2]),
        compute_id=f"sm_{compute[1]}{compute[2]}" if compute else "",
        pci=PciPlace(address=pci_address(address)),
        ecc=None if ecc is None else ecc[1] == "Enabled",
    )


FORMAT = Format(key="device-query", title="deviceQuery", recognises=_recognises, read=_read)
