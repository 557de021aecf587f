"""Linux without rights and without a driver: sysfs and procfs below a root folder, which may be a recorded tree."""

import re
from pathlib import Path

from dsdesk.base.message import N_, Message
from dsdesk.detect.pci_names import VENDORS, name_of
from dsdesk.detect.snapshot import CpuFacts, Disk, Gpu, MemoryFacts, PciPlace

# PCI base class 03 is a display controller, 12 a processing accelerator (PCI Code and ID Assignment Specification).
_DISPLAY, _ACCELERATOR = "03", "12"
_GT_S = {2.5: 1, 5.0: 2, 8.0: 3, 16.0: 4, 32.0: 5, 64.0: 6}
_INSTRUCTION_SETS = ("avx", "avx2", "avx512f", "avx512_bf16", "avx512_vnni", "amx_tile", "amx_bf16", "amx_int8", "sve")
_SECTOR_BYTES = 512  # /sys/block/*/size counts these whatever the disk uses


def text(path: Path) -> str:
    """The content of a small file without surrounding blanks, "" when it cannot be read."""
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


def number(path: Path) -> int | None:
    """The whole number in a file, None when there is none."""
    content = text(path)
    return int(content) if re.fullmatch(r"-?\d{1,18}", content) else None


def pci_place(device: Path) -> PciPlace:
    """Place and link of the PCI device whose sysfs folder is `device`."""

    def gen(name: str) -> int | None:
        found = re.match(r"([\d.]+)", text(device / name))
        return _GT_S.get(float(found[1])) if found and found[1].count(".") <= 1 else None

    def width(name: str) -> int | None:
        lanes = number(device / name)
        return lanes if lanes and lanes < 255 else None  # noqa: PLR2004 - sysfs says 255 for "unknown"

    return PciPlace(
        address=device.name,
        gen_now=gen("current_link_speed"),
        gen_max=gen("max_link_speed"),
        width_now=width("current_link_width"),
        width_max=width("max_link_width"),
    )


def scan_gpus(root: Path) -> tuple[tuple[Gpu, ...], tuple[Message, ...]]:
    """Accelerators on the PCI bus, with what needs no driver library, and what to know about them."""
    gpus: list[Gpu] = []
    warnings: list[Message] = []
    devices = root / "sys/bus/pci/devices"
    for device in sorted(devices.iterdir()) if devices.is_dir() else ():
        pci_class = text(device / "class").removeprefix("0x")
        vendor_id = text(device / "vendor").removeprefix("0x").lower()
        known = VENDORS.get(vendor_id)
        if known is None or not pci_class.startswith((_DISPLAY, _ACCELERATOR)):
            continue
        gpu = _gpu(device, vendor_id, known)
        gpus.append(gpu)
        if gpu.driver in {"nouveau", "vfio-pci"}:
            warnings.append(Message(_DRIVERS[gpu.driver], name=gpu.name, address=gpu.pci.address))
        elif not gpu.driver:
            warnings.append(
                Message(N_("{name} at {address} has no driver loaded."), name=gpu.name, address=gpu.pci.address)
            )
    return tuple(gpus), tuple(warnings)


_DRIVERS = {
    "nouveau": N_("{name} at {address} is run by nouveau, which no inference engine uses. Install the NVIDIA driver."),
    "vfio-pci": N_("{name} at {address} is reserved for a virtual machine (vfio-pci)."),
}


def _gpu(device: Path, vendor_id: str, vendor: str) -> Gpu:
    device_id = text(device / "device").removeprefix("0x").lower()
    subsystem_device = text(device / "subsystem_device").removeprefix("0x").lower()
    subsystem_vendor = text(device / "subsystem_vendor").removeprefix("0x").lower()
    subsystem = f"{subsystem_vendor}:{subsystem_device}" if subsystem_vendor else ""
    revision = text(device / "revision").removeprefix("0x").lower()
    driver = device / "driver"
    vram = number(device / "mem_info_vram_total")
    used = number(device / "mem_info_vram_used")
    cap = next(iter(sorted(device.glob("hwmon/hwmon*/power1_cap"))), None)
    cap_uw = number(cap) if cap else None
    return Gpu(
        name=name_of(vendor_id, device_id, subsystem, revision) or f"{vendor.upper()} {vendor_id}:{device_id}",
        vendor=vendor,
        memory_bytes=vram,
        memory_free_bytes=None if vram is None or used is None else vram - used,
        pci=pci_place(device),
        pci_id=f"{vendor_id}:{device_id}",
        subsystem=subsystem,
        driver=driver.resolve().name if driver.exists() else "",
        power_limit_w=None if cap_uw is None else cap_uw / 1e6,
        numa_node=_node(number(device / "numa_node")),
        sources=("sysfs",),
    )


def _node(numa: int | None) -> int | None:
    return None if numa is None or numa < 0 else numa


def read_cpu(root: Path) -> CpuFacts:
    """Processors from /proc/cpuinfo."""
    names: list[str] = []
    packages: set[str] = set()
    cores: set[tuple[str, str]] = set()
    flags: set[str] = set()
    threads = 0
    package = ""
    for line in text(root / "proc/cpuinfo").splitlines():
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
        instruction_sets=tuple(name for name in _INSTRUCTION_SETS if name in flags),
    )


def read_memory(root: Path) -> MemoryFacts:
    """Host memory from /proc/meminfo."""
    sizes = dict(re.findall(r"^(\w+):\s+(\d+) kB", text(root / "proc/meminfo"), re.MULTILINE))

    def size(name: str) -> int | None:
        return int(sizes[name]) * 1024 if name in sizes else None

    return MemoryFacts(total_bytes=size("MemTotal"), available_bytes=size("MemAvailable"))


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
        is_nvme = block.name.startswith("nvme")
        controller = block / "device/device"
        disks.append(
            Disk(
                name=block.name,
                model=text(block / "device/model"),
                capacity_bytes=sectors * _SECTOR_BYTES,
                rotational={"1": True, "0": False}.get(text(block / "queue/rotational")),
                transport="nvme" if is_nvme else "virtio" if block.name.startswith("vd") else "",
                pci=pci_place(controller.resolve()) if is_nvme and controller.exists() else None,
            )
        )
    return tuple(disks)
