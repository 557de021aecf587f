"""`nvidia-smi -L` and `nvidia-smi nvlink -s`: cards by number, with their MIG devices or NVLinks below."""

import re
from collections import Counter

from dsdesk.detect.formats.capture import Capture, Format
from dsdesk.detect.formats.nvidia_fields import is_unified
from dsdesk.detect.snapshot import Gpu, Link, Slice, Snapshot

_CARD = re.compile(r"^\s*GPU (\d+): (\S.*?)\s*\(UUID: ")
_SLICE = re.compile(r"^\s+MIG (\S+)\s+Device\s+\d+:")
_LINK = re.compile(r"^\s*Link (\d+): ([\d.]+) GB/s")
_NO_LINK = re.compile(r"^\s*Link (\d+): <inactive>|all links are inActive", re.IGNORECASE)
_PAIR = 2


def _recognises(capture: Capture) -> bool:
    return "(UUID: " in capture.text and re.search(_CARD.pattern, capture.text, re.MULTILINE) is not None


def _read(capture: Capture) -> Snapshot:
    names: dict[int, str] = {}
    slices: dict[int, dict[str, Slice]] = {}
    links: dict[int, dict[str, float]] = {}
    current = -1
    for line in capture.text.split("\n"):
        if card := _CARD.match(line):
            current = int(card[1])
            names.setdefault(current, card[2])
        elif current < 0:
            continue
        elif part := _SLICE.match(line):
            slices.setdefault(current, {})[line.strip()] = Slice(name=part[1])
        elif link := _LINK.match(line):
            links.setdefault(current, {})[link[1]] = float(link[2]) * 1e9
        elif _NO_LINK.search(line):
            links.setdefault(current, {})
    gpus = tuple(
        Gpu(
            name=name,
            vendor="nvidia",
            index=index,
            unified_memory=is_unified(name),
            mig=True if index in slices else None,
            slices=tuple(slices.get(index, {}).values()),
            nvlinks=len(links[index]) if index in links else None,
            nvlink_b_s=max(links[index].values(), default=None) if index in links else None,
        )
        for index, name in sorted(names.items())
    )
    return Snapshot(gpus=gpus, links=_bridged(gpus))


def _bridged(gpus: tuple[Gpu, ...]) -> tuple[Link, ...]:
    """Two cards that alone have active links, as many each, are joined by them; of more the pairs are not known."""
    linked = [position for position, gpu in enumerate(gpus) if gpu.nvlinks]
    counts = Counter(gpus[position].nvlinks for position in linked)
    if len(linked) != _PAIR or len(counts) != 1:
        return ()
    return (Link(a=linked[0], b=linked[1], kind=f"NV{gpus[linked[0]].nvlinks}"),)


FORMAT = Format(key="nvidia-smi-list", title="nvidia-smi -L, nvidia-smi nvlink -s", recognises=_recognises, read=_read)
