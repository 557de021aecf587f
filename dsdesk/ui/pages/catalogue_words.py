"""Fields of parts in words, and their values in the unit that people read."""

from dataclasses import dataclass, fields, is_dataclass
from enum import StrEnum
from typing import Any

from dsdesk.base.message import N_
from dsdesk.base.units import TB, Quantity, Unit, format_number
from dsdesk.hardware.parts import CLASS_OF_KIND, Part
from dsdesk.hardware.vocabulary import Cooling, LinkKind, Mount, PartKind, PcieLink, Segment
from dsdesk.ui.words import _

LABELS = {
    "manufacturer": N_("Manufacturer"),
    "name": N_("Name"),
    "mpn": N_("Manufacturer's part number"),
    "aliases": N_("Also called"),
    "discontinued": N_("Discontinued"),
    "weight_kg": N_("Weight"),
    "warranty_months": N_("Warranty, months"),
    "notes": N_("Remarks"),
    "segment": N_("Made for"),
    "memory_bytes": N_("Memory"),
    "memory_type": N_("Kind of memory"),
    "bandwidth_b_s": N_("Bandwidth"),
    "fp32_flops": N_("FP32, dense"),
    "fp16_flops": N_("FP16, dense"),
    "bf16_flops": N_("BF16, dense"),
    "fp8_flops": N_("FP8, dense"),
    "int8_ops": N_("INT8, dense"),
    "fp4_flops": N_("FP4, dense"),
    "board_power_w": N_("Board power"),
    "excursion_factor": N_("Short peak over board power"),
    "mount": N_("Mounting"),
    "slot_width": N_("Slots taken"),
    "length_mm": N_("Length"),
    "height_mm": N_("Height"),
    "low_profile": N_("Low profile"),
    "cooling": N_("Cooling"),
    "connectors": N_("Power plugs"),
    "pcie": N_("PCIe link"),
    "link": N_("Link"),
    "link_b_s": N_("Link, both directions"),
    "link_max_devices": N_("Devices on the link"),
    "compute_id": N_("Computes as"),
    "max_per_platform": N_("Most in one machine"),
    "unified_memory": N_("Shares the host's memory"),
    "gpu_memory_share": N_("Share the GPU may use"),
    "launch_date": N_("Released"),
    "pci_ids": N_("PCI ids"),
    "visible_memory_bytes": N_("Memory that the driver reports"),
    "devices_per_part": N_("Devices on one card"),
    "socket": N_("Socket"),
    "cores": N_("Cores"),
    "threads": N_("Threads"),
    "tdp_w": N_("Base power"),
    "max_power_w": N_("Maximum power"),
    "pcie_gen": N_("PCIe generation"),
    "pcie_lanes": N_("PCIe lanes"),
    "memory_types": N_("Kinds of memory"),
    "memory_channels": N_("Memory channels"),
    "memory_mt_s": N_("Memory rate, MT/s"),
    "memory_max_bytes": N_("Most memory"),
    "integrated_graphics": N_("Graphics inside"),
    "sockets_max": N_("Most in one board"),
    "instruction_sets": N_("Instruction sets"),
    "sockets": N_("Sockets"),
    "chipset": N_("Chipset"),
    "form": N_("Form"),
    "memory_slots": N_("Memory slots"),
    "slots": N_("PCIe slots"),
    "m2_slots": N_("M.2 slots"),
    "sata_ports": N_("SATA ports"),
    "u2_ports": N_("U.2 ports"),
    "eps_connectors": N_("EPS sockets"),
    "ethernet": N_("Ethernet"),
    "power_w": N_("Power"),
    "module_bytes": N_("Size of a module"),
    "modules": N_("Modules"),
    "mt_s": N_("Rate, MT/s"),
    "ranks": N_("Ranks"),
    "ecc": N_("Error correction"),
    "capacity_bytes": N_("Capacity"),
    "rotational": N_("Hard disk"),
    "seq_read_b_s": N_("Sequential read"),
    "seq_write_b_s": N_("Sequential write"),
    "active_power_w": N_("Power at work"),
    "idle_power_w": N_("Power at rest"),
    "endurance_dwpd": N_("Drive writes a day"),
    "ure_per_bit": N_("Read errors per bit"),
    "rated_w": N_("Rated power"),
    "low_line_w": N_("Rated power at 100–127 V"),
    "atx_version": N_("ATX version"),
    "efficiency": N_("80 PLUS"),
    "inlet": N_("Inlet"),
    "radiator_mm": N_("Radiator"),
    "capacity_w": N_("Carries away"),
    "tower_count": N_("Towers"),
    "boards": N_("Takes boards"),
    "gpu_length_mm": N_("Longest card"),
    "cooler_height_mm": N_("Highest cooler"),
    "psu_length_mm": N_("Longest supply"),
    "psu_form": N_("Takes supplies"),
    "expansion_slots": N_("Expansion slots"),
    "low_profile_slots": N_("Low-profile slots"),
    "bays_2_5": N_("2.5-inch bays"),
    "bays_3_5": N_("3.5-inch bays"),
    "radiators": N_("Radiator mounts"),
    "fans_included": N_("Fans included"),
    "fan_mounts": N_("Fan mounts"),
    "rack_units": N_("Height in the rack"),
    "ducted": N_("Ducted airflow"),
    "size_mm": N_("Size"),
    "airflow_m3_s": N_("Airflow"),
    "static_pressure_pa": N_("Static pressure"),
    "noise_dba": N_("Noise, dB(A)"),
    "thickness_mm": N_("Thickness"),
    "fits": N_("Fits"),
    "devices": N_("Joins cards"),
    "spacing_slots": N_("Distance in slots"),
    "depth_mm": N_("Depth"),
    "cpu_socket": N_("Processor socket"),
    "cpu_ids": N_("Processors included"),
    "memory_included_bytes": N_("Memory included"),
    "gpu_mount": N_("Accelerator places"),
    "gpu_max": N_("Most accelerators"),
    "gpu_ids": N_("Accelerators it takes"),
    "gpu_included": N_("Accelerators included"),
    "gpu_slot_width": N_("Widest card, slots"),
    "low_profile_only": N_("Low-profile cards only"),
    "gpu_link": N_("Link between accelerators"),
    "gpu_power_w_max": N_("Most power of an accelerator"),
    "psus": N_("Supplies"),
    "psu_w": N_("Power of one supply"),
    "psu_low_line_w": N_("The same at 100–127 V"),
    "psu_efficiency": N_("80 PLUS"),
    "redundancy": N_("Redundancy"),
    "base_power_w": N_("Power without parts"),
    "liquid_cooled": N_("Needs facility water"),
    "bays": N_("Drive bays"),
    "network": N_("Network"),
    "network_ports": N_("Network ports"),
    "inlet_max_c": N_("Warmest inlet air"),
    "ports": N_("Ports"),
    "port_bit_s": N_("Rate of a port"),
    "connector": N_("Connector"),
    "protocol": N_("Protocol"),
    "throughput_bit_s": N_("Throughput"),
    "typical_power_w": N_("Typical power"),
    "reach_m": N_("Reach"),
    "load_kg": N_("Load"),
    "phases": N_("Phases"),
    "outlets": N_("Outlets"),
    "rated_va": N_("Rated apparent power"),
    "runtime": N_("Runtime"),
}

_RATE = 1e6  # from here on a number in a row is bits per second
_HIDDEN = {"id", "kind", "sources", "unverified", "shelf"}


@dataclass(frozen=True, slots=True)
class FieldUnit:
    """How a field with a certain ending is read and typed.

    Attributes:
        ending: of the field's name.
        key: ending of the key under which the catalogue takes the typed number.
        text: the unit.
        unit: the same for a Quantity, None where there is none.
    """

    ending: str
    key: str
    text: str
    unit: Unit | None = None


_UNITS = (
    FieldUnit("capacity_bytes", "capacity_gb", "GB", Unit.GB),
    FieldUnit("_bytes", "_gib", "GiB", Unit.GIB),
    FieldUnit("_bit_s", "_gbit_s", "Gbit/s", Unit.GBIT_S),
    FieldUnit("_b_s", "_gb_s", "GB/s", Unit.GB_S),
    FieldUnit("_flops", "_tflops", "TFLOPS", Unit.TFLOPS),
    FieldUnit("_ops", "_tops", "TOPS", Unit.TFLOPS),
    FieldUnit("_m3_s", "_m3_h", "m³/h", Unit.M3_H),
    FieldUnit("gpu_power_w_max", "gpu_power_w_max", "W", Unit.WATT),
    FieldUnit("_w", "_w", "W", Unit.WATT),
    FieldUnit("_va", "_va", "VA"),
    FieldUnit("_mm", "_mm", "mm", Unit.MM),
    FieldUnit("_kg", "_kg", "kg", Unit.KG),
    FieldUnit("_pa", "_pa", "Pa"),
    FieldUnit("_max_c", "_max_c", "°C", Unit.CELSIUS),
    FieldUnit("reach_m", "reach_m", "m"),
    FieldUnit("rack_units", "rack_units", "U", Unit.RACK_UNIT),
)


def unit_of(name: str) -> FieldUnit | None:
    """The unit in which a field is read, None for a plain one."""
    return next((one for one in _UNITS if name.endswith(one.ending)), None)


def label(name: str) -> str:
    """What a field is called."""
    return _(LABELS.get(name, name))


def shown_fields(kind: PartKind) -> tuple[str, ...]:
    """Names of the fields that are shown for a kind, its own before those that every part has."""
    common = [one.name for one in fields(Part) if one.name not in _HIDDEN]
    every = [one.name for one in fields(CLASS_OF_KIND[kind]) if one.name not in _HIDDEN]
    own = [name for name in every if name not in common]
    return (
        "manufacturer",
        "name",
        "mpn",
        *own,
        *(name for name in common if name not in {"manufacturer", "name", "mpn"}),
    )


def word(value: StrEnum) -> str:
    """A value of a closed vocabulary; the names of standards stay as they are."""
    words = _WORDS.get(type(value), {})
    return _(words[value]) if value in words else value.value


# By vocabulary: equal texts of two of them would be one key.
_WORDS: dict[type, dict[StrEnum, str]] = {
    Segment: {
        Segment.CONSUMER: N_("consumers"),
        Segment.WORKSTATION: N_("workstations"),
        Segment.DATACENTER: N_("data centres"),
        Segment.SOC: N_("part of a chip (SoC)"),
    },
    Mount: {
        Mount.PCIE: N_("PCIe card"),
        Mount.SXM: N_("SXM module"),
        Mount.OAM: N_("OAM module"),
        Mount.SUPERCHIP: N_("superchip"),
        Mount.OTHER: N_("other"),
    },
    Cooling: {
        Cooling.ACTIVE: N_("fans of its own"),
        Cooling.BLOWER: N_("blower"),
        Cooling.FLOW_THROUGH: N_("flow-through"),
        Cooling.PASSIVE: N_("passive: needs a duct"),
        Cooling.LIQUID: N_("liquid"),
    },
    LinkKind: {
        LinkKind.NONE: N_("none"),
        LinkKind.NVLINK_BRIDGE: N_("NVLink bridge"),
        LinkKind.NVLINK: "NVLink",
        LinkKind.INFINITY_FABRIC: "Infinity Fabric",
        LinkKind.HCCS: "HCCS",
        LinkKind.ETHERNET: N_("Ethernet"),
    },
}


def value_text(name: str, value: object) -> str:
    """A value of a field; what is not published is said to be so."""
    if value is None:
        return _("not published")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int | float):
        return _number(name, value)
    return _other(name, value)


def _number(name: str, value: float) -> str:
    known = unit_of(name)
    if value == 0 and name.endswith(("_flops", "_ops")):
        return _("not in hardware")
    if name == "capacity_bytes" and value >= TB:
        return Quantity(value, Unit.TB).text()
    if name == "ure_per_bit":
        return f"{value:.0e}"
    if name == "gpu_memory_share":
        return Quantity(value, Unit.PERCENT).text()
    if known is None:
        return format_number(value)
    if known.unit is None:
        return f"{format_number(value)}\N{NO-BREAK SPACE}{known.text}"
    return f"{format_number(Quantity(value, known.unit).shown())}\N{NO-BREAK SPACE}{known.text}"


def _other(name: str, value: object) -> str:
    if isinstance(value, PcieLink):
        return f"PCIe {value.gen}.0 ×{value.lanes}"
    if isinstance(value, StrEnum):
        return word(value)
    if isinstance(value, tuple):
        return _tuple(name, value)
    if is_dataclass(value):
        return _nested(value)
    return str(value) or _("not published")


def _tuple(name: str, value: tuple[Any, ...]) -> str:
    if not value:
        return _("none given")
    return "; ".join(_row(one) if isinstance(one, tuple) else value_text("", one) for one in value)


def _row(row: tuple[Any, ...]) -> str:
    """Such as (1, 12v_2x6) or (48, 400 Gbit/s, QSFP-DD)."""
    words = []
    for one in row:
        if isinstance(one, float) and one >= _RATE:
            words.append(Quantity(one, Unit.GBIT_S).text())
        else:
            words.append(value_text("", one))
    return " × ".join(reversed(words)) if len(row) == 2 else " · ".join(words)  # noqa: PLR2004 - (what, number)


def _nested(value: Any) -> str:  # noqa: ANN401 - a slot
    link = getattr(value, "link", None)
    name = getattr(value, "label", "")
    return f"{name} ({value_text('', link)})" if link is not None else str(name)
