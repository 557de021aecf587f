"""Machines whose processor and accelerator are one chip, told by what they are when no tool lists the accelerator."""

import re
from dataclasses import replace

from dsdesk.detect.snapshot import Gpu, Snapshot

# (what is looked at, pattern, name of the accelerator, its maker). Sources: DMI of a DGX Spark as hwloc's collection of
# topologies records it; /proc/cpuinfo of Ryzen AI Max; device tree of Jetson modules.
_BY_PRODUCT = (
    (re.compile(r"DGX[_ ]Spark|\bGB10\b"), "NVIDIA GB10"),
    (re.compile(r"\bJetson\b.*?\b(AGX Orin|Orin NX|Orin Nano|AGX Xavier|Xavier NX|AGX Thor|Thor)\b"), ""),
)
_IN_PROCESSOR = re.compile(r"^AMD RYZEN AI MAX\S* .*?\bw/ (Radeon \w+)", re.IGNORECASE)


def with_whole_chip(snapshot: Snapshot) -> Snapshot:
    """`snapshot` with the accelerator that its machine or processor contains, if none was listed at all."""
    if snapshot.gpus:
        return snapshot
    gpu = _of_product(f"{snapshot.host.product} {snapshot.host.board}") or _of_processor(snapshot.cpu.name)
    return snapshot if gpu is None else replace(snapshot, gpus=(gpu,))


def _of_product(product: str) -> Gpu | None:
    for pattern, name in _BY_PRODUCT:
        if found := pattern.search(product):
            called = name or f"NVIDIA Jetson {found[1]}"
            return Gpu(name=called, vendor="nvidia", unified_memory=True, sources=("product",))
    return None


def _of_processor(name: str) -> Gpu | None:
    found = _IN_PROCESSOR.match(name)
    if found is None:
        return None
    return Gpu(name=f"AMD {found[1]} Graphics", vendor="amd", unified_memory=True, sources=("processor",))
