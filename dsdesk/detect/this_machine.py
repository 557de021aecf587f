"""Ask the machine that dsdesk runs on, from the bus up: what no vendor reports is still there."""

import os
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from dsdesk.base.message import N_, Message
from dsdesk.detect.habitat import host_elsewhere
from dsdesk.detect.linux_machine import read_linux
from dsdesk.detect.nvml import NvmlAnswer, ask_nvml
from dsdesk.detect.snapshot import Gpu, HostFacts, Link, PciPlace, Snapshot
from dsdesk.detect.symptoms import nvml_symptom, version_conflict, with_findings
from dsdesk.detect.system_tools import ask_system, with_links, with_tool

_VERSIONS_DIFFER = 18
_LIBRARY_FOLDERS = ("usr/lib/x86_64-linux-gnu", "usr/lib/aarch64-linux-gnu", "usr/lib64", "usr/lib", "usr/lib/wsl/lib")
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
    if root is not None:
        return with_findings(read_linux(root))
    tell(0.1, Message(N_("Reading the PCI bus")))
    snapshot = read_linux(Path("/"))
    tell(0.4, Message(N_("Asking NVIDIA's library")))
    nvml = ask_nvml()
    nvml.warnings = tuple(with_versions(warning, snapshot.host.nvidia_driver, Path("/")) for warning in nvml.warnings)
    merged_one = merged(snapshot, nvml)
    merged_one = replace(merged_one, warnings=(*merged_one.warnings, *masks(os.environ)))
    if any(gpu.vendor == "huawei" for gpu in snapshot.gpus):
        tell(0.7, Message(N_("Asking npu-smi")))
        merged_one = with_links(with_tool(merged_one, ("npu-smi", "info")), ("npu-smi", "info", "-t", "topo"))
    return with_findings(merged_one)


# What hides cards from engines of this user (CUDA, ROCm and CANN programming guides).
_MASKS = ("CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES", "ASCEND_RT_VISIBLE_DEVICES")


def masks(environment: Mapping[str, str]) -> tuple[Message, ...]:
    """A sentence for every variable that hides cards from the engines that are started from here."""
    text = N_("{name} is set to “{value}”: engines that are started from here see only these cards.")
    return tuple(
        Message(text, name=name, value=environment[name]) for name in _MASKS if environment.get(name) is not None
    )


def with_versions(warning: Message, kernel: str, root: Path) -> Message:
    """`warning` with the versions of module and library, where it says that they differ and both are known."""
    if warning != nvml_symptom(_VERSIONS_DIFFER) or not kernel:
        return warning
    found = (
        re.search(r"libnvidia-ml\.so\.(\d[\d.]+)$", library.name)
        for folder in _LIBRARY_FOLDERS
        for library in (root / folder).glob("libnvidia-ml.so.*")
    )
    library = next((one[1] for one in found if one and "." in one[1] and one[1] != kernel), "")
    return version_conflict(kernel, library) if library else warning


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
    """Windows and macOS: what their own tools say, then NVIDIA's library."""
    tell(0.1, Message(N_("Asking the operating system")))
    system = ask_system()
    host = replace(host_elsewhere(), **_told(system.host))
    cpu = system.cpu if system.cpu.threads else replace(system.cpu, threads=os.cpu_count())
    tell(0.6, Message(N_("Asking NVIDIA's library")))
    return with_findings(merged_by_id(replace(system, host=host, cpu=cpu, sources=()), ask_nvml()))


def _told(host: HostFacts) -> dict[str, Any]:
    return {field.name: value for field in fields(HostFacts) if (value := getattr(host, field.name)) != field.default}


def merged_by_id(snapshot: Snapshot, nvml: NvmlAnswer) -> Snapshot:
    """What the operating system lists, with NVML's cards in place of those of the same PCI id: it gives no address."""
    ids = {gpu.pci_id for gpu in nvml.gpus}
    others = tuple(gpu for gpu in snapshot.gpus if gpu.pci_id not in ids)
    has_nvidia = bool(nvml.gpus) or any(gpu.vendor == "nvidia" for gpu in snapshot.gpus)
    return replace(
        snapshot,
        host=nvml.on(snapshot.host),
        gpus=(*nvml.gpus, *others),
        links=nvml.links,
        warnings=snapshot.warnings + (nvml.warnings if has_nvidia else ()),
    )
