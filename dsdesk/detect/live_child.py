"""Tells once a second what the accelerators do, a line of JSON each time, in a process of its own.

NVIDIA's by their library, the others by sysfs. It ends when nobody reads it any more.
"""

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dsdesk.detect.linux import memory_from
from dsdesk.detect.linux_gpu import scan_gpus
from dsdesk.detect.nvml_card import Answer, Card, text
from dsdesk.detect.pci_place import text as content
from dsdesk.detect.snapshot import Gpu

PERIOD_S = 1.0


def main(root: Path = Path("/"), lines: int | None = None) -> int:
    """Print {"time_s", "gpus", "host_available"} until the reader goes away.

    Args:
        root: of the Linux machine whose sysfs is read.
        lines: how many, None = without end.
    """
    cards = tuple(_nvidia())
    begun = time.monotonic()
    told = 0
    try:
        while lines is None or told < lines:
            now: Answer = {
                "time_s": round(time.monotonic() - begun, 3),
                "gpus": [*(_sample(bus, card.now()) for bus, card in cards), *_others(root)],
                "host_available": memory_from(content(root / "proc/meminfo")).available_bytes,
            }
            sys.stdout.write(json.dumps(now) + "\n")
            sys.stdout.flush()
            told += 1
            # A whole second from the beginning, so that the time that asking takes adds up to nothing.
            time.sleep(max(0.0, begun + told * PERIOD_S - time.monotonic()) if lines is None else 0.0)
    except (BrokenPipeError, KeyboardInterrupt):
        return 0
    return 0


def _nvidia() -> Iterator[tuple[str, Card]]:
    """NVIDIA's cards by PCI address; none where there is no driver."""
    import pynvml

    nvml: Any = pynvml
    try:
        nvml.nvmlInit()
        count = int(nvml.nvmlDeviceGetCount())
    except nvml.NVMLError:
        return
    for index in range(count):
        try:
            card = Card(nvml, nvml.nvmlDeviceGetHandleByIndex(index))
        except nvml.NVMLError:
            continue
        pci = card.value("nvmlDeviceGetPciInfo")
        if pci:
            yield text(pci.busId), card


def _sample(bus: str, now: Answer) -> Answer:
    total, free = now.get("memory"), now.get("memory_free")
    milliwatts = now.get("power_mw")
    return {
        "bus": bus,
        "utilisation": now.get("utilisation"),
        "temperature_c": now.get("temperature_c"),
        "power_w": None if milliwatts is None else milliwatts / 1000,
        "memory_used": None if total is None or free is None else total - free,
    }


def _others(root: Path) -> Iterator[Answer]:
    """Cards of other makers, whose kernel drivers tell by sysfs."""
    for gpu in scan_gpus(root)[0]:
        if gpu.vendor != "nvidia":
            yield _of_sysfs(gpu)


def _of_sysfs(gpu: Gpu) -> Answer:
    known = gpu.memory_bytes is not None and gpu.memory_free_bytes is not None
    return {
        "bus": gpu.pci.address,
        "utilisation": gpu.utilisation,
        "temperature_c": gpu.temperature_c,
        "power_w": gpu.power_w,
        "memory_used": (gpu.memory_bytes or 0) - (gpu.memory_free_bytes or 0) if known else None,
    }
