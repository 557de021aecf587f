"""`system_profiler` of macOS, with -json and as text. An Apple chip's accelerator shares the memory of the machine."""

import re
from collections.abc import Iterator
from typing import Any

from dsdesk.detect.formats.capture import Capture, Format
from dsdesk.detect.formats.words import lanes, said, size_bytes, whole
from dsdesk.detect.snapshot import CpuFacts, Disk, Gpu, HostFacts, MemoryFacts, PciPlace, Snapshot

_SECTION = re.compile(r'"SP\w+DataType"')


# Lines of the text, and the properties that JSON has in their place.
_TEXT_NAMES = {
    "Model Name": "machine_name",
    "Model Identifier": "machine_model",
    "Chip": "chip_type",
    "Processor Name": "cpu_type",
    "Total Number of Cores": "number_processors",
    "Number of Processors": "packages",
    "Memory": "physical_memory",
    "Chipset Model": "sppci_model",
    "VRAM (Total)": "spdisplays_vram",
    "VRAM (Dynamic, Max)": "spdisplays_vram_shared",
    "Vendor": "spdisplays_vendor",
    "Device ID": "spdisplays_device-id",
    "System Version": "os_version",
    "Kernel Version": "kernel_version",
}
_TEXT_SECTIONS = {
    "Hardware": "SPHardwareDataType",
    "Graphics/Displays": "SPDisplaysDataType",
    "Software": "SPSoftwareDataType",
}


def _recognises(capture: Capture) -> bool:
    text = capture.text
    if "Chipset Model: " in text or "Model Identifier: " in text:
        return True
    return "DataType" in text and _SECTION.search(text) is not None


def _value(capture: Capture) -> object:
    """The JSON, or the text in its shape: a dict of sections of rows."""
    if _SECTION.search(capture.text):
        return capture.json
    sections: dict[str, list[dict[str, str]]] = {}
    rows: list[dict[str, str]] = sections.setdefault("SPHardwareDataType", [])
    for line in capture.text.split("\n"):
        key, colon, value = line.strip().partition(":")
        if line[:1].isalpha() and key in _TEXT_SECTIONS:
            rows = sections.setdefault(_TEXT_SECTIONS[key], [])
        name = _TEXT_NAMES.get(key)
        if not colon or name is None or not value.strip():
            continue
        if name == "sppci_model":
            rows = sections.setdefault("SPDisplaysDataType", [])
            rows.append({})
        elif not rows:
            rows.append({})
        rows[-1].setdefault(name, value.strip())
    return sections


def _rows(value: object, section: str) -> Iterator[dict[str, Any]]:
    rows = value.get(section) if isinstance(value, dict) else None
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict):
            yield row


def _read(capture: Capture) -> Snapshot:
    value = _value(capture)
    hardware: dict[str, Any] = next(_rows(value, "SPHardwareDataType"), {})
    software: dict[str, Any] = next(_rows(value, "SPSoftwareDataType"), {})
    memory = size_bytes(hardware.get("physical_memory"))
    # "proc 12:8:4" counts all cores, then those for speed and those for economy.
    cores = whole(said(hardware.get("number_processors")).removeprefix("proc "))
    return Snapshot(
        host=HostFacts(
            os=said(software.get("os_version")),
            kernel=said(software.get("kernel_version")),
            maker="Apple" if hardware else "",
            product=said(hardware.get("machine_name")),
            board=said(hardware.get("machine_model")),
        ),
        gpus=tuple(_gpu(row, memory) for row in _rows(value, "SPDisplaysDataType")),
        cpu=CpuFacts(
            name=said(hardware.get("chip_type") or hardware.get("cpu_type")),
            sockets=whole(hardware.get("packages")) or (1 if hardware else None),
            cores=cores,
            threads=cores if said(hardware.get("chip_type")) else None,
        ),
        memory=MemoryFacts(total_bytes=memory, modules=tuple(_modules(value))),
        disks=tuple(_disks(value)),
    )


def _gpu(row: dict[str, Any], memory: int | None) -> Gpu:
    name = said(row.get("sppci_model") or row.get("_name"))
    is_apple = name.startswith("Apple") or "apple" in said(row.get("spdisplays_vendor")).lower()
    makers = ("nvidia", "amd", "intel")
    vendor = (
        "apple"
        if is_apple
        else next((one for one in makers if one in name.lower()), "amd" if "radeon" in name.lower() else "")
    )
    own = size_bytes(row.get("spdisplays_vram"))
    device = re.search(r"0x([0-9a-f]{4})\b", said(row.get("spdisplays_device-id")), re.IGNORECASE)
    ids = {"nvidia": "10de", "amd": "1002", "intel": "8086"}
    return Gpu(
        name=name,
        vendor=vendor,
        memory_bytes=memory if is_apple else own,
        unified_memory=is_apple,
        pci_id=f"{ids[vendor]}:{device[1].lower()}" if device and vendor in ids else "",
        pci=PciPlace(width_now=lanes(row.get("spdisplays_pcie_width"))),
    )


def _modules(value: object) -> Iterator[tuple[int, int | None, str]]:
    for row in _rows(value, "SPMemoryDataType"):
        items = row.get("_items")
        for item in items if isinstance(items, list) else [row]:
            size = size_bytes(item.get("dimm_size") or item.get("SPMemoryDataType")) if isinstance(item, dict) else None
            if size:
                yield size, whole(item.get("dimm_speed")), said(item.get("dimm_type"))


def _disks(value: object) -> Iterator[Disk]:
    for row in _rows(value, "SPNVMeDataType"):
        items = row.get("_items")
        for item in items if isinstance(items, list) else ():
            size = whole(item.get("size_in_bytes")) if isinstance(item, dict) else None
            if size:
                yield Disk(
                    name=said(item.get("bsd_name")),
                    model=said(item.get("device_model")),
                    capacity_bytes=size,
                    rotational=False,
                    transport="nvme",
                )


FORMAT = Format(key="system-profiler", title="system_profiler", recognises=_recognises, read=_read)
