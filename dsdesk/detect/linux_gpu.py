"""Accelerators of Linux without a driver's library: sysfs below a root folder, which may be a recorded tree."""

import re
from pathlib import Path

from dsdesk.base.message import N_, Message
from dsdesk.detect.pci_names import VENDORS, name_of
from dsdesk.detect.pci_place import number, pci_place, text
from dsdesk.detect.snapshot import Gpu, PciPlace

# PCI base class 03 is a display controller, 12 a processing accelerator (PCI Code and ID Assignment Specification).
# Hygon and Intel call some of theirs co-processors (0b40).
_DISPLAY, _ACCELERATOR, _COPROCESSOR, _BRIDGE = "03", "12", "0b40", "0604"
_ADDRESS = re.compile(r"[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-9a-f]")
_PREFETCHABLE = 0x2000  # IORESOURCE_PREFETCH of the kernel's ioport.h
_UNIFIED = {"10de:2e12"}  # GB10


def scan_gpus(root: Path) -> tuple[tuple[Gpu, ...], tuple[Message, ...]]:
    """Accelerators on the PCI bus, with what needs no driver library, and what to know about them."""
    gpus: list[Gpu] = []
    warnings: list[Message] = []
    devices = root / "sys/bus/pci/devices"
    for device in sorted(devices.iterdir()) if devices.is_dir() else ():
        if not text(device / "class").removeprefix("0x").startswith((_DISPLAY, _ACCELERATOR, _COPROCESSOR)):
            continue
        driver = device / "driver"
        gpu = card_at(device, device.name, driver.resolve().name if driver.exists() else "")
        if gpu is None:
            continue
        gpus.append(gpu)
        if gpu.driver in _DRIVERS:
            warnings.append(Message(_DRIVERS[gpu.driver], name=gpu.name, address=gpu.pci.address))
        elif not gpu.driver:
            warnings.append(
                Message(N_("{name} at {address} has no driver loaded."), name=gpu.name, address=gpu.pci.address)
            )
    return tuple(gpus), tuple(warnings)


_DRIVERS = {
    "nouveau": N_("{name} at {address} is run by nouveau, which no inference engine uses. Install the NVIDIA driver."),
    "vfio-pci": N_("{name} at {address} is reserved for a virtual machine (vfio-pci)."),
    "radeon": N_("{name} at {address} is run by the old radeon driver, which no inference engine uses."),
}


def card_at(device: Path, address: str, driver: str) -> Gpu | None:
    """The card whose sysfs folder is `device`, None if its maker makes no accelerators.

    Args:
        device: its folder.
        address: on the PCI bus.
        driver: kernel module, "" without one.
    """
    vendor_id, device_id, subsystem = _ids(device)
    vendor = VENDORS.get(vendor_id)
    if vendor is None:
        return None
    revision = text(device / "revision").removeprefix("0x").lower()
    vram, used = number(device / "mem_info_vram_total"), number(device / "mem_info_vram_used")
    shared = number(device / "mem_info_gtt_total") if _is_integrated(device) else None
    visible = number(device / "mem_info_vis_vram_total") or _largest_window(device)
    share, milli_c = number(device / "gpu_busy_percent"), _sensor(device, "temp1_input")
    cap, draw = _sensor(device, "power1_cap"), _sensor(device, "power1_average")
    total = vram if vram is None or shared is None else vram + shared
    return Gpu(
        name=name_of(vendor_id, device_id, subsystem, revision) or f"{vendor.upper()} {vendor_id}:{device_id}",
        vendor=vendor,
        memory_bytes=total,
        memory_free_bytes=None if total is None or used is None else total - used,
        unified_memory=shared is not None or f"{vendor_id}:{device_id}" in _UNIFIED,
        shared_memory_bytes=shared,
        visible_memory_bytes=visible if shared is None else None,
        pci=_link(device, address),
        pci_id=f"{vendor_id}:{device_id}" if device_id else "",
        subsystem=subsystem,
        driver=driver,
        power_limit_w=cap,
        power_min_w=_sensor(device, "power1_cap_min"),
        power_max_w=_sensor(device, "power1_cap_max"),
        power_w=draw,
        temperature_c=None if milli_c is None else milli_c * 1e3,
        utilisation=None if share is None else share / 100,
        numa_node=_node(number(device / "numa_node")),
        sources=("sysfs",),
    )


def _ids(device: Path) -> tuple[str, str, str]:
    """Vendor, device and "vendor:device" of the board; the uevent has all three where single files were not kept."""

    def digits(name: str) -> str:
        return text(device / name).removeprefix("0x").lower()

    event = text(device / "uevent").lower()
    pci = re.search(r"^pci_id=([0-9a-f]{1,4}):([0-9a-f]{1,4})$", event, re.MULTILINE)
    board = re.search(r"^pci_subsys_id=([0-9a-f]{1,4}):([0-9a-f]{1,4})$", event, re.MULTILINE)
    vendor = digits("vendor") or (pci[1].zfill(4) if pci else "")
    model = digits("device") or (pci[2].zfill(4) if pci else "")
    maker = digits("subsystem_vendor") or (board[1].zfill(4) if board else "")
    kind = digits("subsystem_device") or (board[2].zfill(4) if board else "")
    return vendor, model, f"{maker}:{kind}" if maker and kind else ""


def _is_integrated(device: Path) -> bool:
    """Whether an AMD chip has a share of the host's memory in place of its own.

    Its memory then has no maker, and the chip no power limit beside the processor's.
    """
    has_maker = (device / "mem_info_vram_vendor").exists()
    return (device / "mem_info_vram_total").exists() and not has_maker and _sensor(device, "power1_cap") is None


def _sensor(device: Path, name: str) -> float | None:
    """A reading of the hardware monitor in units (it counts millionths of a watt and thousandths of a degree)."""
    file = next(iter(sorted(device.glob(f"hwmon/hwmon*/{name}"))), None)
    value = number(file) if file else None
    return None if value is None else value / 1e6


def _largest_window(device: Path) -> int | None:
    """Bytes of the largest prefetchable window (BAR): what the processor can address of the card at once.

    A window is a power of two: it tells whether resizable BAR is on, not how large the memory is.
    """
    sizes = []
    for line in text(device / "resource").splitlines():
        words = line.split()
        if len(words) == 3 and all(re.fullmatch(r"0x[0-9a-f]{1,16}", word) for word in words):  # noqa: PLR2004
            start, end, flags = (int(word, 16) for word in words)
            if flags & _PREFETCHABLE and end > start:
                sizes.append(end - start + 1)
    return max(sizes, default=None)


def _link(device: Path, address: str) -> PciPlace:
    """The link that carries the card's traffic.

    An Intel Arc chip sits behind a switch of its own and reports 2.5 GT/s x1 for ever; the link to the machine is that
    of the upstream bridge of this switch. Source: recorded trees of an A380 and a B580.
    """
    own = pci_place(device, address)
    if (own.gen_max or own.gen_now, own.width_max or own.width_now) != (1, 1):
        return own
    try:
        parents = [parent for parent in device.resolve().parents if _ADDRESS.fullmatch(parent.name)]
    except OSError:
        parents = []
    bridges = [parent for parent in parents if text(parent / "class").removeprefix("0x").startswith(_BRIDGE)]
    # Downstream port of the switch, its upstream bridge, then the port of the machine.
    if len(bridges) < 3:  # noqa: PLR2004
        return PciPlace(address=address)
    return pci_place(bridges[1], address)


def _node(numa: int | None) -> int | None:
    return None if numa is None or numa < 0 else numa
