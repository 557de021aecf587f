"""Ask the machine that dsdesk runs on, from the bus up: what no vendor reports is still there."""

import os
import sys
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

from dsdesk.base.message import N_, Message
from dsdesk.detect.habitat import host_elsewhere, read_host
from dsdesk.detect.kfd import with_kfd
from dsdesk.detect.linux import read_cpu, read_disks, read_memory
from dsdesk.detect.linux_gpu import scan_gpus
from dsdesk.detect.nvml import NvmlAnswer, ask_nvml
from dsdesk.detect.snapshot import CpuFacts, Gpu, Link, MemoryFacts, PciPlace, Snapshot
from dsdesk.detect.symptoms import with_findings

Progress = Callable[[float, Message], None]


def detect(root: Path | None = None, progress: Progress | None = None) -> Snapshot:
    """What this machine has, or a recorded tree below `root`, which no library is asked about.

    Args:
        root: folder with sys/, proc/, etc/ of a Linux machine; None = this machine.
        progress: told the share done and what comes next; may raise to cancel.
    """
    tell = progress or (lambda _share, _what: None)
    if root is None and not sys.platform.startswith("linux"):
        return _elsewhere(tell)
    base = root or Path("/")
    tell(0.1, Message(N_("Reading the PCI bus")))
    bare, warnings = scan_gpus(base)
    gpus, links = with_kfd(bare, base / "sys/class/kfd/kfd/topology")
    snapshot = Snapshot(
        host=read_host(base),
        gpus=gpus,
        links=links,
        cpu=read_cpu(base),
        memory=read_memory(base),
        disks=read_disks(base),
        warnings=warnings,
    )
    if root is not None:
        return with_findings(snapshot)
    tell(0.4, Message(N_("Asking NVIDIA's library")))
    return with_findings(merged(snapshot, ask_nvml()))


def merged(snapshot: Snapshot, nvml: NvmlAnswer) -> Snapshot:
    """The bus scan with what NVML adds: by address, the measured value first; the set of cards is the union of both."""
    from_bus = {gpu.pci.address: gpu for gpu in snapshot.gpus}
    answered = {gpu.pci.address for gpu in nvml.gpus}
    seen = [_joined(from_bus[gpu.pci.address], gpu) if gpu.pci.address in from_bus else gpu for gpu in nvml.gpus]
    silent = [gpu for gpu in snapshot.gpus if gpu.pci.address not in answered]
    has_nvidia = bool(nvml.gpus) or any(gpu.vendor == "nvidia" for gpu in snapshot.gpus)
    warnings = snapshot.warnings + (nvml.warnings if has_nvidia else ())
    for gpu in silent:
        if gpu.vendor == "nvidia" and nvml.gpus:
            warnings += (_silent(gpu),)
    gpus = (*seen, *silent)
    place = {gpu.pci.address: position for position, gpu in enumerate(gpus)}
    moved = tuple(_moved(link, snapshot.gpus, place) for link in snapshot.links)
    return replace(snapshot, host=nvml.on(snapshot.host), gpus=gpus, links=(*nvml.links, *moved), warnings=warnings)


def _moved(link: Link, gpus: tuple[Gpu, ...], place: dict[str, int]) -> Link:
    return Link(a=place[gpus[link.a].pci.address], b=place[gpus[link.b].pci.address], kind=link.kind)


def _silent(gpu: Gpu) -> Message:
    text = N_("{name} at {address} is on the PCI bus but does not answer: power, riser or driver fault. Reboot.")
    return Message(text, name=gpu.name, address=gpu.pci.address)


def _joined(bus: Gpu, nvml: Gpu) -> Gpu:
    """Both readings of one card; NVML wins where it says something, but not with a name that is none."""
    changes = {
        field.name: value
        for field in fields(Gpu)
        if (value := getattr(nvml, field.name)) not in {None, ""} and field.name not in {"pci", "sources"}
    }
    if nvml.name == "Graphics Device":
        changes["name"] = bus.name
    places = {
        field.name: getattr(nvml.pci, field.name)
        for field in fields(PciPlace)
        if getattr(nvml.pci, field.name) is not None
    }
    return replace(bus, **changes, pci=replace(bus.pci, **places), sources=(*bus.sources, *nvml.sources))


def _elsewhere(tell: Progress) -> Snapshot:
    """Systems other than Linux: NVIDIA's library and what Python knows; the rest is said to be missing."""
    tell(0.3, Message(N_("Asking NVIDIA's library")))
    nvml = ask_nvml()
    bare = Snapshot(
        host=host_elsewhere(),
        cpu=CpuFacts(threads=os.cpu_count()),
        memory=MemoryFacts(),
        warnings=(Message(N_("On this system only NVIDIA cards are read. Enter other parts on the Machine page.")),),
    )
    return merged(bare, nvml)
