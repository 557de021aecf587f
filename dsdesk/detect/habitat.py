"""The machine around: operating system, bare metal or virtual machine or container or WSL."""

import platform
from pathlib import Path

from dsdesk.detect.formats.words import jetson_name
from dsdesk.detect.pci_place import text
from dsdesk.detect.snapshot import Habitat, HostFacts

_VIRTUAL_MAKERS = ("QEMU", "KVM", "VMware", "Microsoft Corporation Virtual", "Xen", "innotek", "Amazon EC2", "Google")


def read_host(root: Path) -> HostFacts:
    """The host of a Linux tree."""
    release = dict(
        line.split("=", 1) for line in text(root / "etc/os-release").splitlines() if "=" in line and line[0] != "#"
    )
    dmi = root / "sys/class/dmi/id"
    driver = text(root / "proc/driver/nvidia/version").splitlines()
    return HostFacts(
        os=release.get("PRETTY_NAME", "").strip('"'),
        kernel=text(root / "proc/sys/kernel/osrelease"),
        habitat=habitat(root),
        maker=text(dmi / "sys_vendor"),
        product=text(dmi / "product_name") or jetson_name(text(root / "proc/device-tree/model")),
        board=text(dmi / "board_name"),
        nvidia_driver=_driver_version(driver[0]) if driver else "",
    )


def _driver_version(line: str) -> str:
    """The version in "NVRM version: NVIDIA UNIX x86_64 Kernel Module  580.65.06  Sun Jul 27 ..."."""
    return next((word for word in line.split() if word[0].isdigit() and "." in word), "")


def habitat(root: Path) -> Habitat:
    """Where this system runs; a container on a virtual machine counts as a container."""
    if "microsoft" in text(root / "proc/version").lower():
        return Habitat.WSL
    if (root / ".dockerenv").exists() or (root / "run/.containerenv").exists():
        return Habitat.CONTAINER
    maker = f"{text(root / 'sys/class/dmi/id/sys_vendor')} {text(root / 'sys/class/dmi/id/product_name')}"
    if any(name in maker for name in _VIRTUAL_MAKERS) or _has_hypervisor_flag(root):
        return Habitat.VIRTUAL
    return Habitat.METAL if maker.strip() else Habitat.UNKNOWN


def _has_hypervisor_flag(root: Path) -> bool:
    return " hypervisor" in text(root / "proc/cpuinfo")


def host_elsewhere() -> HostFacts:
    """What Python itself knows of a host that is not Linux."""
    return HostFacts(os=platform.platform(terse=True), kernel=platform.release())
