"""`Get-CimInstance … | ConvertTo-Json` of Windows, one class or several, also as a list; and its own probe's answers.

Source: Microsoft's reference of the classes Win32_Processor, Win32_PhysicalMemory, Win32_VideoController,
Win32_ComputerSystem, Win32_OperatingSystem, Win32_BaseBoard, Win32_DiskDrive and MSFT_PhysicalDisk; SMBIOS 3.7
table 77 for the numbers of memory types. Objects are told by their properties, since -Property drops the class.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from dsdesk.detect.formats.capture import Capture, Format
from dsdesk.detect.formats.dmidecode import own_words
from dsdesk.detect.formats.nvidia_fields import product_name
from dsdesk.detect.formats.words import said, whole
from dsdesk.detect.pci_names import VENDORS
from dsdesk.detect.snapshot import CpuFacts, Disk, Gpu, Habitat, HostFacts, MemoryFacts, Snapshot

_MEMORY_TYPES = {24: "DDR3", 26: "DDR4", 30: "LPDDR4", 34: "DDR5", 35: "LPDDR5", 32: "HBM", 33: "HBM2"}
_BUS_TYPES = {17: "nvme", 11: "sata", 10: "sas", 7: "usb", 8: "raid"}
_HARD_DISK, _SOLID = 3, 4
# AdapterRAM is 32 bits wide and stops below 4 GiB for every larger card.
_MOST_ADAPTER_RAM = 4_290_000_000
_HARDWARE_ID = re.compile(
    r"VEN_([0-9A-F]{4})&DEV_([0-9A-F]{4})(?:&SUBSYS_([0-9A-F]{4})([0-9A-F]{4}))?(?:&REV_([0-9A-F]{2}))?", re.IGNORECASE
)
_MARKS = {
    "NumberOfLogicalProcessors",
    "AdapterRAM",
    "AdapterCompatibility",
    "SMBIOSMemoryType",
    "ConfiguredClockSpeed",
    "MediaType",
    "BusType",
    "TotalPhysicalMemory",
    "qwMemorySize",
    "HardwareInformation.qwMemorySize",
    "TotalVisibleMemorySize",
    "CsProcessors",
    "CsTotalPhysicalMemory",
}
# `Format-List`, the form of the screen, and `wmic … /format:list`.
_LISTED = re.compile(r"^(\w+) *[:=] ?([^\n]*)$", re.MULTILINE)
_COMPUTER = {
    "OsName": "Caption",
    "OsVersion": "Version",
    "OsBuildNumber": "BuildNumber",
    "CsManufacturer": "Manufacturer",
    "CsModel": "Model",
    "CsTotalPhysicalMemory": "TotalPhysicalMemory",
}
Row = dict[str, Any]


def _recognises(capture: Capture) -> bool:
    text = capture.text
    if any(f'"{mark}"' in text for mark in _MARKS):
        return any(_MARKS & row.keys() for row in _objects(capture.json))
    return any(mark in text for mark in _MARKS) and any(_MARKS & row.keys() for row in _listed(text))


def _listed(text: str) -> Iterator[Row]:
    """Objects of a list: a line a property, a blank line between two."""
    for block in re.split(r"\n\s*\n", text):
        row = {name: value.strip() for name, value in _LISTED.findall(block)}
        if len(row) > 1:
            yield row


def _rows(capture: Capture) -> Iterator[Row]:
    found = list(_objects(capture.json)) if any(f'"{mark}"' in capture.text for mark in _MARKS) else []
    for row in found or _listed(capture.text):
        # `Get-ComputerInfo` gives the properties of several classes in one object, each with the class before it.
        if "CsTotalPhysicalMemory" in row or "OsBuildNumber" in row:
            plain = {name: row[key] for key, name in _COMPUTER.items() if key in row}
            yield {key: value for key, value in plain.items() if key in {"Caption", "Version", "BuildNumber"}}
            yield {
                key: value for key, value in plain.items() if key in {"Manufacturer", "Model", "TotalPhysicalMemory"}
            }
        else:
            yield row


def _objects(value: object, depth: int = 0) -> Iterator[Row]:
    if depth > 6:  # noqa: PLR2004 - classes lie two or three levels deep; what lies deeper is a property's own
        return
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            if isinstance(inner, dict | list):
                yield from _objects(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from _objects(inner, depth + 1)


def _read(capture: Capture) -> Snapshot:
    rows = list(_rows(capture))
    sizes = dict(_registry_sizes(rows))
    gpus = tuple(gpu for row in rows if (gpu := _gpu(row, sizes)))
    return Snapshot(
        host=_host(rows),
        gpus=gpus,
        cpu=_cpu([row for row in rows if "NumberOfLogicalProcessors" in row and "TotalPhysicalMemory" not in row]),
        memory=_memory(rows),
        disks=tuple(disk for row in rows if (disk := _disk(row))),
    )


def _registry_sizes(rows: list[Row]) -> Iterator[tuple[str, int]]:
    """Measured memory by name of the card: the registry holds 64 bits."""
    for row in rows:
        size = _size(row.get("qwMemorySize") or row.get("HardwareInformation.qwMemorySize"))
        if size and said(row.get("DriverDesc")):
            yield said(row["DriverDesc"]), size


def _size(value: object) -> int | None:
    """A number, or its bytes, the lowest first, where a driver keeps it so."""
    if isinstance(value, list):
        return int.from_bytes(bytes(value), "little") if value and _are_bytes(value) else None
    return whole(value)


def _are_bytes(values: list[object]) -> bool:
    return len(values) <= 8 and all(isinstance(one, int) and 0 <= one < 256 for one in values)  # noqa: PLR2004


def _gpu(row: Row, sizes: dict[str, int]) -> Gpu | None:
    if not {"AdapterRAM", "AdapterCompatibility", "VideoProcessor"} & row.keys():
        return None
    found = _HARDWARE_ID.search(said(row.get("PNPDeviceID")))
    vendor_id, device_id = (found[1].lower(), found[2].lower()) if found else ("", "")
    name = said(row.get("Name") or row.get("Caption"))
    vendor = VENDORS.get(vendor_id) or next((one for one in ("nvidia", "amd", "intel") if one in name.lower()), "")
    if not vendor:
        return None
    pci_id = f"{vendor_id}:{device_id}" if found else ""
    ram = whole(row.get("AdapterRAM"))
    return Gpu(
        name=product_name(name, pci_id),
        vendor=vendor,
        memory_bytes=sizes.get(name) or (ram if ram and ram < _MOST_ADAPTER_RAM else None),
        pci_id=pci_id,
        subsystem=f"{found[4]}:{found[3]}".lower() if found and found[3] else "",
        driver=said(row.get("DriverVersion")),
    )


def _cpu(rows: list[Row]) -> CpuFacts:
    cores = [whole(row.get("NumberOfCores")) for row in rows]
    threads = [whole(row.get("NumberOfLogicalProcessors")) for row in rows]
    return CpuFacts(
        name=said(rows[0].get("Name")) if rows else "",
        sockets=len(rows) or None,
        cores=sum(one for one in cores if one) or None,
        threads=sum(one for one in threads if one) or None,
    )


def _memory(rows: list[Row]) -> MemoryFacts:
    modules = tuple(
        (
            int(row["Capacity"]),
            whole(row.get("ConfiguredClockSpeed")) or whole(row.get("Speed")),
            _MEMORY_TYPES.get(whole(row.get("SMBIOSMemoryType")) or 0, ""),
        )
        for row in rows
        if "Capacity" in row
        and said(row["Capacity"]).isdecimal()
        and {"SMBIOSMemoryType", "ConfiguredClockSpeed", "Speed"} & row.keys()
    )
    total = next((whole(row["TotalPhysicalMemory"]) for row in rows if "TotalPhysicalMemory" in row), None)
    slots = next((whole(row["MemoryDevices"]) for row in rows if "MemoryDevices" in row), None)
    return MemoryFacts(total_bytes=total or sum(size for size, _, _ in modules) or None, slots=slots, modules=modules)


def _disk(row: Row) -> Disk | None:
    size = whole(row.get("Size"))
    if not size or not ({"BusType", "InterfaceType"} & row.keys()):
        return None
    bus, media = row.get("BusType"), row.get("MediaType")
    transport = _BUS_TYPES.get(bus, "") if isinstance(bus, int) else said(bus or row.get("InterfaceType")).lower()
    kind = media if isinstance(media, int) else {"HDD": _HARD_DISK, "SSD": _SOLID}.get(said(media))
    return Disk(
        name=said(row.get("DeviceId") or row.get("DeviceID") or row.get("FriendlyName") or row.get("Model")),
        model=said(row.get("FriendlyName") or row.get("Model")),
        capacity_bytes=size,
        rotational=None if kind not in {_HARD_DISK, _SOLID} else kind == _HARD_DISK,
        transport="" if transport == "scsi" else transport,
    )


def _host(rows: list[Row]) -> HostFacts:
    host = HostFacts()
    for row in rows:
        if "TotalPhysicalMemory" in row or ("Model" in row and "Manufacturer" in row and "Size" not in row):
            host = replace(host, maker=own_words(row.get("Manufacturer")), product=own_words(row.get("Model")))
            virtual = row.get("HypervisorPresent") is True and "virtual" in said(row.get("Model")).lower()
            host = replace(host, habitat=Habitat.VIRTUAL if virtual else host.habitat)
        elif "BuildNumber" in row or "TotalVisibleMemorySize" in row:
            host = replace(host, os=said(row.get("Caption")), kernel=said(row.get("Version")))
        elif "Product" in row and "Manufacturer" in row:
            host = replace(host, board=own_words(row.get("Product")))
    return host


FORMAT = Format(key="powershell", title="Get-CimInstance | ConvertTo-Json", recognises=_recognises, read=_read)
