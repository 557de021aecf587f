"""One accelerator as `nvidia-smi` reports it: where each fact stands in the XML, in the text and in the query CSV.

Source: fields of captures of drivers 418 to 610; `nvidia-smi --help-query-gpu` for the names of the columns.
"""

import re
from collections.abc import Callable, Iterable

from dsdesk.base.message import Message
from dsdesk.detect.formats.words import (
    enabled,
    generation,
    lanes,
    number,
    packed_id,
    pci_address,
    said,
    size_bytes,
    whole,
)
from dsdesk.detect.pci_names import name_of
from dsdesk.detect.snapshot import Gpu, PciPlace, Slice
from dsdesk.detect.symptoms import nvml_symptom

# fact: (paths in -q -x, paths in -q, columns of --query-gpu); the first that says something counts, since
# names changed with drivers 525, 535 and 590.
PLACES: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "name": (("product_name",), ("Product Name",), ("name", "gpu_name")),
    "memory": (("fb_memory_usage/total",), ("FB Memory Usage/Total",), ("memory.total",)),
    "reserved": (("fb_memory_usage/reserved",), ("FB Memory Usage/Reserved",), ("memory.reserved",)),
    "free": (("fb_memory_usage/free",), ("FB Memory Usage/Free",), ("memory.free",)),
    "address": (("pci/pci_bus_id",), ("PCI/Bus Id",), ("pci.bus_id", "gpu_bus_id")),
    "pci_id": (("pci/pci_device_id",), ("PCI/Device Id",), ("pci.device_id",)),
    "subsystem": (("pci/pci_sub_system_id",), ("PCI/Sub System Id",), ("pci.sub_device_id",)),
    "gen_now": (
        ("pci/pci_gpu_link_info/pcie_gen/current_link_gen",),
        ("PCI/GPU Link Info/PCIe Generation/Current",),
        ("pcie.link.gen.current", "pcie.link.gen.gpucurrent"),
    ),
    "gen_max": (
        ("pci/pci_gpu_link_info/pcie_gen/max_device_link_gen", "pci/pci_gpu_link_info/pcie_gen/max_link_gen"),
        ("PCI/GPU Link Info/PCIe Generation/Device Max", "PCI/GPU Link Info/PCIe Generation/Max"),
        ("pcie.link.gen.gpumax", "pcie.link.gen.max"),
    ),
    "gen_host_max": (
        ("pci/pci_gpu_link_info/pcie_gen/max_host_link_gen",),
        ("PCI/GPU Link Info/PCIe Generation/Host Max",),
        ("pcie.link.gen.hostmax",),
    ),
    "width_now": (
        ("pci/pci_gpu_link_info/link_widths/current_link_width",),
        ("PCI/GPU Link Info/Link Width/Current",),
        ("pcie.link.width.current",),
    ),
    "width_max": (
        ("pci/pci_gpu_link_info/link_widths/max_link_width",),
        ("PCI/GPU Link Info/Link Width/Max",),
        ("pcie.link.width.max",),
    ),
    "limit": (
        ("gpu_power_readings/current_power_limit", "power_readings/enforced_power_limit", "power_readings/power_limit"),
        (
            "GPU Power Readings/Current Power Limit",
            "GPU Power Readings/GPU Ceiling Power Limit/Current Power Limit",
            "Power Readings/Power Limit",
            "Power Readings/Enforced Power Limit",
        ),
        ("power.limit", "enforced.power.limit"),
    ),
    "limit_min": (
        ("gpu_power_readings/min_power_limit", "power_readings/min_power_limit"),
        ("GPU Power Readings/Min Power Limit", "Power Readings/Min Power Limit"),
        ("power.min_limit",),
    ),
    "limit_max": (
        ("gpu_power_readings/max_power_limit", "power_readings/max_power_limit"),
        ("GPU Power Readings/Max Power Limit", "Power Readings/Max Power Limit"),
        ("power.max_limit",),
    ),
    "power": (
        (
            "gpu_power_readings/average_power_draw",
            "gpu_power_readings/power_draw",
            "gpu_power_readings/instant_power_draw",
            "power_readings/power_draw",
        ),
        (
            "GPU Power Readings/Average Power Draw",
            "GPU Power Readings/Power Draw",
            "GPU Power Readings/Instantaneous Power Draw",
            "Power Readings/Power Draw",
        ),
        ("power.draw", "power.draw.average", "power.draw.instant"),
    ),
    "temperature": (("temperature/gpu_temp",), ("Temperature/GPU Current Temp",), ("temperature.gpu",)),
    "utilisation": (("utilization/gpu_util",), ("Utilization/GPU", "Utilization/Gpu"), ("utilization.gpu",)),
    "ecc": (("ecc_mode/current_ecc",), ("ECC Mode/Current", "Ecc Mode/Current"), ("ecc.mode.current",)),
    "mig": (("mig_mode/current_mig",), ("MIG Mode/Current",), ("mig.mode.current",)),
    "virtualisation": (
        ("gpu_virtualization_mode/virtualization_mode",),
        ("GPU Virtualization Mode/Virtualization Mode",),
        (),
    ),
    "driver_model": (
        ("driver_model/current_dm",),
        ("Driver Model/Current",),
        ("driver_model.current",),
    ),
    "compute": ((), (), ("compute_cap",)),
    "index": ((), (), ("index",)),
}
XML, TEXT, CSV = 0, 1, 2

# Systems on one chip whose processor and accelerator share one memory (NVIDIA's names for them).
_UNIFIED = re.compile(r"\b(GB10|Orin|Xavier|Thor|Tegra)\b")


def nvidia_gpu(get: Callable[[str], str], where: int, driver: str, slices: tuple[Slice, ...] = ()) -> Gpu:
    """The accelerator whose raw values `get` gives by path.

    Args:
        get: raw text at a path or column, "" without one.
        where: XML, TEXT or CSV.
        driver: version.
        slices: MIG devices.
    """

    def fact(name: str) -> str:
        return next((text for path in PLACES[name][where] if (text := said(get(path)))), "")

    pci_id, subsystem = packed_id(fact("pci_id")), packed_id(fact("subsystem"))
    utilisation, compute = number(fact("utilisation")), fact("compute")
    return Gpu(
        name=product_name(fact("name"), pci_id, subsystem),
        vendor="nvidia",
        memory_bytes=size_bytes(_with_unit(fact("memory"))) or None,
        memory_reserved_bytes=size_bytes(_with_unit(fact("reserved"))),
        memory_free_bytes=size_bytes(_with_unit(fact("free"))),
        unified_memory=is_unified(fact("name")),
        pci=PciPlace(
            address=pci_address(fact("address")),
            gen_now=generation(fact("gen_now")),
            gen_max=generation(fact("gen_max")),
            gen_host_max=generation(fact("gen_host_max")),
            width_now=lanes(fact("width_now")),
            width_max=lanes(fact("width_max")),
        ),
        pci_id=pci_id,
        subsystem=subsystem,
        driver=driver,
        compute_id="sm_" + compute.replace(".", "") if compute else "",
        power_limit_w=number(fact("limit")),
        power_min_w=number(fact("limit_min")),
        power_max_w=number(fact("limit_max")),
        power_w=number(fact("power")),
        temperature_c=number(fact("temperature")),
        utilisation=None if utilisation is None else utilisation / 100,
        ecc=enabled(fact("ecc")),
        mig=enabled(fact("mig")),
        index=whole(fact("index")),
        slices=slices,
        virtualisation=fact("virtualisation"),
        driver_model=fact("driver_model").removesuffix("*"),
    )


def is_unified(name: str) -> bool:
    """Whether a chip of this name shares the memory of its processor."""
    return bool(_UNIFIED.search(name))


def product_name(name: str, pci_id: str, subsystem: str = "", revision: str = "") -> str:
    """`name`, or that of the PCI id where the driver was too old to know one."""
    if name and name != "Graphics Device" and not name.startswith("0x"):
        return name
    vendor, _, device = pci_id.partition(":")
    return (name_of(vendor, device, subsystem, revision) if device else "") or (name if name[:2] != "0x" else "")


def _with_unit(text: str) -> str:
    """Query CSV with `nounits` leaves out MiB."""
    return f"{text} MiB" if text.isdecimal() else text


def symptoms_in(values: Iterable[str]) -> tuple[Message, ...]:
    """What the driver says of a card in place of values, in words."""
    found = set(values)
    codes = {"GPU is lost": 15, "GPU requires reset": 16, "Insufficient Permissions": 4}
    return tuple(nvml_symptom(code) for text, code in codes.items() if text in found)
