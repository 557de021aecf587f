"""Processors and NUMA nodes as the kernel lists them in sysfs, where /proc/cpuinfo does not tell (ARM, POWER)."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from dsdesk.detect.pci_place import number, text
from dsdesk.detect.snapshot import CpuFacts

_KIB = 1024


def completed(cpu: CpuFacts, root: Path) -> CpuFacts:
    """`cpu` with what it lacks: threads, cores, sockets, and the NUMA nodes that have processors."""
    places = [_place(folder) for folder in (root / "sys/devices/system/cpu").glob("cpu[0-9]*") if folder.is_dir()]
    places = [place for place in places if place[1] is not None] or places  # one that is switched off has no place
    packages = {package for package, _ in places if package is not None and package >= 0}
    cores = {(package, core) for package, core in places if core is not None}
    nodes = sum(1 for node in _nodes(root) if text(node / "cpulist"))
    return replace(
        cpu,
        threads=cpu.threads or len(places) or None,
        sockets=cpu.sockets or len(packages) or None,
        cores=cpu.cores or len(cores) or None,
        numa_nodes=nodes or None,
    )


def _place(folder: Path) -> tuple[int | None, int | None]:
    return number(folder / "topology/physical_package_id"), number(folder / "topology/core_id")


def _nodes(root: Path) -> Iterator[Path]:
    yield from sorted((root / "sys/devices/system/node").glob("node[0-9]*"))


def accelerator_memory_bytes(root: Path) -> int:
    """Memory in NUMA nodes without a processor: on POWER9 and Grace these are the accelerators' own.

    The kernel counts it in MemTotal. On x86 such a node is memory behind CXL, which is the host's.
    """
    if re.search(r"^flags\s*:", text(root / "proc/cpuinfo"), re.MULTILINE):
        return 0
    total = 0
    for node in _nodes(root):
        found = re.search(r"MemTotal:\s+(\d+) kB", text(node / "meminfo"))
        if found and (node / "cpulist").exists() and not text(node / "cpulist"):
            total += int(found[1]) * _KIB
    return total
