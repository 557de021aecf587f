"""`lstopo` of hwloc as XML: packages, cores, memory and PCI devices."""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from dsdesk.detect.formats.capture import Capture, Format
from dsdesk.detect.formats.nvidia_fields import is_unified, product_name
from dsdesk.detect.formats.words import pci_address, said, whole
from dsdesk.detect.pci_names import VENDORS
from dsdesk.detect.snapshot import CpuFacts, Gpu, HostFacts, MemoryFacts, PciPlace, Snapshot

_PCI = re.compile(
    r"(03|12)[0-9a-f]{2}(?: [0-9a-f]{4})? \[([0-9a-f]{4}):([0-9a-f]{4})\]"
    r"(?: \[([0-9a-f]{4}):([0-9a-f]{4})\])?(?: ([0-9a-f]{2}))?",
    re.IGNORECASE,
)


def _recognises(capture: Capture) -> bool:
    return "<topology" in capture.text and "<object " in capture.text


def _read(capture: Capture) -> Snapshot:
    root = capture.xml
    if root is None:
        return Snapshot()
    machine = root if root.get("type") == "Machine" else root.find("object[@type='Machine']")
    if machine is None:
        return Snapshot()
    packages = list(_all(machine, "Package")) or list(_all(machine, "Socket"))
    infos = _infos(machine)
    memory = [
        whole(one.get("local_memory")) for one in _all(machine, "NUMANode") if "GPU" not in one.get("subtype", "")
    ]
    first = _infos(packages[0]) if packages else {}
    return Snapshot(
        host=HostFacts(
            maker=infos.get("DMISysVendor", ""),
            product=infos.get("DMIProductName", "") or infos.get("PlatformModel", ""),
            board=infos.get("DMIBoardName", ""),
            os=infos.get("OSName", ""),
            kernel=infos.get("OSRelease", ""),
        ),
        gpus=tuple(_gpus(machine)),
        cpu=CpuFacts(
            name=first.get("CPUModel", "") or infos.get("CPUModel", ""),
            sockets=len(packages) or None,
            cores=sum(1 for _ in _all(machine, "Core")) or None,
            threads=sum(1 for _ in _all(machine, "PU")) or None,
            numa_nodes=len(memory) or None,
        ),
        memory=MemoryFacts(total_bytes=sum(one for one in memory if one) or None),
    )


def _all(root: Element, kind: str) -> Iterator[Element]:
    return (one for one in root.iter("object") if one.get("type") == kind)


def _infos(element: Element) -> dict[str, str]:
    return {info.get("name", ""): said(info.get("value")) for info in element.findall("info")}


def _gpus(root: Element) -> Iterator[Gpu]:
    for device in _all(root, "PCIDev"):
        found = _PCI.match(device.get("pci_type", ""))
        vendor = VENDORS.get(found[2].lower()) if found else None
        if not found or not vendor:
            continue
        inner = [_infos(one) for one in device.iter("object") if one.get("type") == "OSDev"]
        names = [name for facts in inner if (name := facts.get("GPUModel", ""))]
        kibi = [whole(facts.get("CUDAGlobalMemorySize") or facts.get("LevelZeroHBMSize")) for facts in inner]
        pci_id = f"{found[2]}:{found[3]}".lower()
        subsystem = f"{found[4]}:{found[5]}".lower() if found[4] else ""
        name = product_name(names[0] if names else "", pci_id, subsystem, found[6] or "") or _infos(device).get(
            "PCIDevice", ""
        )
        yield Gpu(
            name=name,
            vendor=vendor,
            memory_bytes=next((one * 1024 for one in kibi if one), None),
            unified_memory=is_unified(name),
            pci=PciPlace(address=pci_address(device.get("pci_busid"))),
            pci_id=pci_id,
            subsystem=subsystem,
        )


FORMAT = Format(key="hwloc", title="lstopo --of xml", recognises=_recognises, read=_read)
