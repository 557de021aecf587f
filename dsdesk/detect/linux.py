"""Linux without rights and without a driver: sysfs and procfs below a root folder, which may be a recorded tree."""

import re
from dataclasses import replace
from pathlib import Path

from dsdesk.detect.linux_topology import accelerator_memory_bytes, completed
from dsdesk.detect.pci_place import number, pci_place, text
from dsdesk.detect.snapshot import CpuFacts, Disk, MemoryFacts

_INSTRUCTION_SETS = ("avx", "avx2", "avx512f", "avx512_bf16", "avx512_vnni", "amx_tile", "amx_bf16", "amx_int8", "sve")
_NO_MEMORY_TYPES = {"Unknown", "Other", "RAM", "DRAM", "<OUT OF SPEC>"}
_SECTOR_BYTES = 512  # /sys/block/*/size counts these whatever the disk uses


def read_cpu(root: Path) -> CpuFacts:
    """Processors from /proc/cpuinfo, and from sysfs what it does not say."""
    return completed(cpu_from(text(root / "proc/cpuinfo")), root)


def cpu_from(cpuinfo: str) -> CpuFacts:
    """Processors in the text of /proc/cpuinfo."""
    names: list[str] = []
    packages: set[str] = set()
    cores: set[tuple[str, str]] = set()
    flags: set[str] = set()
    threads = 0
    package = ""
    for line in cpuinfo.splitlines():
        key, _, value = (piece.strip() for piece in line.partition(":"))
        if key == "processor":
            threads += 1
            package = ""
        elif key in {"model name", "Model"}:
            names.append(value)
        elif key == "physical id":
            package = value
            packages.add(value)
        elif key == "core id":
            cores.add((package, value))
        elif key in {"flags", "Features"}:
            flags.update(value.split())
    return CpuFacts(
        name=names[0] if names else "",
        sockets=len(packages) or None,
        cores=len(cores) or None,
        threads=threads or None,
        instruction_sets=instruction_sets(" ".join(flags)),
    )


def instruction_sets(flags: str) -> tuple[str, ...]:
    """Those of a list of processor flags that matter to inference."""
    found = set(flags.split())
    return tuple(name for name in _INSTRUCTION_SETS if name in found)


def read_memory(root: Path) -> MemoryFacts:
    """Host memory from /proc/meminfo, its modules from what udev keeps of the firmware's table."""
    modules, slots = modules_from_udev(text(root / "run/udev/data/+dmi:id"))
    memory = memory_from(text(root / "proc/meminfo"))
    total = memory.total_bytes
    if total is not None:
        total = max(0, total - accelerator_memory_bytes(root))
    return replace(memory, total_bytes=total, modules=modules, slots=slots)


def memory_from(meminfo: str) -> MemoryFacts:
    """Host memory in the text of /proc/meminfo."""
    sizes = dict(re.findall(r"^(Mem\w+):\s+(\d+) kB", meminfo, re.MULTILINE))

    def size(name: str) -> int | None:
        return int(sizes[name]) * 1024 if name in sizes else None

    return MemoryFacts(total_bytes=size("MemTotal"), available_bytes=size("MemAvailable"))


def modules_from_udev(properties: str) -> tuple[tuple[tuple[int, int | None, str], ...], int | None]:
    """Memory modules as (bytes, MT/s, type), and the slots of the board, in udev's properties of the firmware.

    udev reads the firmware's table as root when the system starts and keeps it where everybody may read
    (systemd 248 and later; not in containers).
    """
    found = re.findall(r"^(?:E: ?)?MEMORY_DEVICE_(\d+)_(\w+)=(.*)$", properties, re.MULTILINE)
    devices: dict[int, dict[str, str]] = {}
    for index, key, value in found:
        devices.setdefault(int(index), {})[key] = value.strip()
    modules = []
    for _, facts in sorted(devices.items()):
        size = facts.get("SIZE", "")
        if facts.get("PRESENT") == "0" or not size.isdecimal() or int(size) == 0:
            continue
        speed = facts.get("CONFIGURED_SPEED_MTS") or facts.get("SPEED_MTS") or ""
        kind = facts.get("TYPE", "")
        modules.append((int(size), int(speed) if speed.isdecimal() else None, "" if kind in _NO_MEMORY_TYPES else kind))
    return tuple(modules), len(devices) or None


def os_name(release: str) -> str:
    """The name in the text of /etc/os-release."""
    found = re.search(r'^PRETTY_NAME="?([^"\n]*)"?', release, re.MULTILINE)
    return found[1] if found else ""


def read_disks(root: Path) -> tuple[Disk, ...]:
    """Whole disks from /sys/block; loop, memory, optical and mapped devices are left out."""
    disks = []
    blocks = root / "sys/block"
    for block in sorted(blocks.iterdir()) if blocks.is_dir() else ():
        if re.match(r"(loop|ram|zram|dm-|md|sr|fd|nbd)", block.name):
            continue
        sectors = number(block / "size")
        if not sectors:
            continue
        is_nvme, is_virtual = block.name.startswith("nvme"), block.name.startswith("vd")
        controller = block / "device/device"
        disks.append(
            Disk(
                name=block.name,
                model=text(block / "device/model"),
                capacity_bytes=sectors * _SECTOR_BYTES,
                # What lies behind a virtual disk is not known; the kernel calls it rotating.
                rotational=None if is_virtual else {"1": True, "0": False}.get(text(block / "queue/rotational")),
                transport="nvme" if is_nvme else "virtio" if is_virtual else "",
                pci=pci_place(controller.resolve()) if is_nvme and controller.exists() else None,
            )
        )
    return tuple(disks)
