"""`xpu-smi discovery` of Intel, as a table and as JSON, for all devices or with -d for one of them.

Source: Intel XPU Manager documentation, "xpu-smi discovery" (names of its properties, versions 1.0 to 2.1).
"""

import re
from collections.abc import Iterator
from typing import Any

from dsdesk.detect.formats.capture import Capture, Format
from dsdesk.detect.formats.nvidia_fields import product_name
from dsdesk.detect.formats.words import enabled, generation, hex_digits, lanes, pci_address, said, size_bytes, whole
from dsdesk.detect.snapshot import Gpu, PciPlace, Snapshot

Facts = dict[str, str]
_ROW = re.compile(r"^\| *(\d*) *\| *([^:|\n]+?): *([^|\n]*?) *\|$", re.MULTILINE)
# Names in the table, and the properties that JSON has in their place.
_NAMES = {
    "device name": "device_name",
    "pci bdf address": "pci_bdf_address",
    "pci device id": "pci_device_id",
    "driver version": "driver_version",
    "pcie generation": "pcie_generation",
    "pcie max link width": "pcie_max_link_width",
    "memory physical size": "memory_physical_size",
    "ecc state": "memory_ecc_state",
    "function type": "device_function_type",
}


def _recognises(capture: Capture) -> bool:
    text = capture.text
    if '"pci_bdf_address"' in text or '"memory_physical_size_byte"' in text:
        return any(True for _ in _devices(capture))
    return "| Device ID | Device Information" in text


def _devices(capture: Capture) -> Iterator[Facts]:
    if '"' in capture.text and isinstance(capture.json, dict | list):
        yield from _in_json(capture.json)
        return
    facts: Facts = {}
    for row in _ROW.finditer(capture.text):
        if row[1]:
            if facts:
                yield facts
            facts = {"device_id": row[1]}
        name = _NAMES.get(row[2].strip().lower())
        if name and facts:
            facts.setdefault(name, row[3])
    if facts:
        yield facts


def _in_json(value: Any) -> Iterator[Facts]:  # noqa: ANN401 - JSON
    rows = value.get("device_list", value.get("devices", [value])) if isinstance(value, dict) else value
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict) and "device_name" in row:
            yield {str(key): said(fact) for key, fact in row.items() if not isinstance(fact, dict | list)}


def _read(capture: Capture) -> Snapshot:
    # A virtual function is a share of a physical one that is listed too.
    rows = [facts for facts in _devices(capture) if said(facts.get("device_function_type")).lower() != "virtual"]
    return Snapshot(gpus=tuple(_gpu(facts) for facts in rows))


def _gpu(facts: Facts) -> Gpu:
    device = hex_digits(facts.get("pci_device_id"))
    pci_id = f"8086:{device}" if device else ""
    counted, free = whole(facts.get("memory_physical_size_byte")), whole(facts.get("memory_free_size_byte"))
    bus = whole(facts.get("pcie_generation"))
    return Gpu(
        name=product_name(said(facts.get("device_name")), pci_id),
        vendor="intel",
        index=whole(facts.get("device_id")),
        memory_bytes=counted or size_bytes(facts.get("memory_physical_size")) or None,
        memory_free_bytes=free,
        pci=PciPlace(
            address=pci_address(facts.get("pci_bdf_address")),
            # -1 stands for a link that was not told.
            gen_max=generation(facts.get("pcie_generation")) if bus and bus > 0 else None,
            width_max=lanes(facts.get("pcie_max_link_width")) if bus and bus > 0 else None,
        ),
        pci_id=pci_id,
        driver=said(facts.get("driver_version")),
        ecc=enabled(facts.get("memory_ecc_state")),
    )


FORMAT = Format(key="xpu-smi", title="xpu-smi discovery", recognises=_recognises, read=_read)
