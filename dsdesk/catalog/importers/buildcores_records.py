"""One function a kind of BuildCores record: its fields in the words of db/parts.

Zeros there often mean "not entered", and sizes were sometimes entered in another unit: such values are left out, since
a gap is answered with "cannot be checked" where a wrong number would be believed.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from dsdesk.hardware.parts import Accelerator
from dsdesk.hardware.vocabulary import PartKind

Record = Mapping[str, Any]
Table = dict[str, Any]

# Sockets whose boards take registered modules only, and those that take unbuffered ones only.
_REGISTERED = {"SP3", "SP5", "SP6", "sTR5", "LGA4677", "LGA4710", "LGA4189"}
_UNBUFFERED = {"AM4", "AM5", "LGA1200", "LGA1700", "LGA1851", "LGA1151"}
_SMALLEST_PLAUSIBLE_MAXIMUM_GB = 8  # a few records give terabytes here

_FORMS = {
    "Mini-ITX": "mini-itx",
    "Micro ATX": "micro-atx",
    "ATX": "atx",
    "EATX": "e-atx",
    "SSI CEB": "ssi-ceb",
    "SSI EEB": "ssi-eeb",
}
_DRIVE_FORMS = {
    ("M.2-2280", ""): "m.2-2280",
    ("M.2-22110", ""): "m.2-22110",
    ('2.5"', "U.2"): "u.2",
    ('2.5"', "SATA"): "sata-2.5",
    ('3.5"', "SATA"): "sata-3.5",
    ('3.5"', "SAS"): "sas-3.5",
}
_COOLING = {"1 Fan": "active", "2 Fans": "active", "3 Fans": "active", "4 Fans": "active"}
_COOLING |= {"Blower": "blower", "Passive": "passive", "Hybrid": "liquid", "Water Cooled": "liquid"}
_CARD_WITHOUT_PLUG_W = 75

# What a card has from its chip.
_LENT = (
    "memory_bytes",
    "memory_type",
    "bandwidth_b_s",
    "fp32_flops",
    "fp16_flops",
    "bf16_flops",
    "fp8_flops",
    "int8_ops",
    "fp4_flops",
    "board_power_w",
    "excursion_factor",
    "pcie",
    "link",
    "link_b_s",
    "link_max_devices",
    "compute_id",
    "visible_memory_bytes",
    "launch_date",
)


def _positive(value: object) -> float | None:
    return value if isinstance(value, int | float) and value > 0 else None


def _socket(name: object) -> str:
    return str(name or "").replace("LGA ", "LGA")


def _memory_types(families: object, socket: str) -> list[str] | None:
    kind = "rdimm" if socket in _REGISTERED else "udimm" if socket in _UNBUFFERED else None
    if kind is None or not isinstance(families, list):
        return None
    return [f"{one.lower()}-{kind}" for one in families if one in ("DDR4", "DDR5")] or None


def _maximum_gib(value: object) -> float | None:
    size = _positive(value)
    return size if size is not None and size >= _SMALLEST_PLAUSIBLE_MAXIMUM_GB else None


def _link(text: object) -> str | None:
    found = re.search(r"PCIe (\d)\.0 x(\d+)", str(text or ""))
    return f"{found[1]}x{found[2]}" if found else None


def cpu(record: Record) -> Table:
    """A processor."""
    specs, socket = record["specifications"], _socket(record.get("socket"))
    memory, graphics = specs.get("memory") or {}, (specs.get("integratedGraphics") or {}).get("model")
    return {
        "socket": socket,
        "cores": _positive(record["cores"].get("total")),
        "threads": _positive(record["cores"].get("threads")),
        "tdp_w": _positive(specs.get("tdp")),
        "max_power_w": _positive(specs.get("ppt")),
        "memory_types": _memory_types(memory.get("types"), socket),
        "memory_channels": _positive(memory.get("channels")),
        "memory_max_gib": _maximum_gib(memory.get("maxSupport")),
        "integrated_graphics": None if graphics is None else graphics != "None",
    }


def card(record: Record) -> Table:
    """A graphics card as its partner sells it."""
    plugs = record.get("power_connectors") or {}
    sixteen = (plugs.get("pcie_12VHPWR") or 0) + (plugs.get("pcie_12V_2x6") or 0)
    counted = {"pcie_6pin": plugs.get("pcie_6_pin"), "pcie_8pin": plugs.get("pcie_8_pin"), "12v_2x6": sixteen}
    connectors = {name: number for name, number in counted.items() if number}
    power = _positive(record.get("tdp"))
    known = connectors or (power is not None and power <= _CARD_WITHOUT_PLUG_W)
    return {
        "segment": "workstation" if re.search(r"PRO|Quadro|RTX A\d| Ada", str(record.get("chipset"))) else "consumer",
        "memory_gib": _positive(record.get("memory")),
        "memory_type": record.get("memory_type") or None,
        "board_power_w": power,
        "slot_width": _positive(record.get("total_slot_width")),
        "length_mm": _positive(record.get("length")),
        "cooling": _COOLING.get(str(record.get("cooling"))),
        "connectors": connectors if known else None,
        "pcie": _link(record.get("interface")),
    }


def partner_card(part: Accelerator, chip: Accelerator) -> Accelerator:
    """`part` with the facts of its chip where its own record says nothing: rates, bandwidth, links."""
    if part.memory_bytes is not None and chip.memory_bytes != part.memory_bytes:
        return part
    lent = {name: getattr(chip, name) for name in _LENT if getattr(part, name) in (None, "")}
    return replace(part, **lent, segment=chip.segment, sources=part.sources + chip.sources)


def board(record: Record) -> Table:
    """A main board; positions of its slots are not in the data."""
    socket, memory = _socket(record.get("socket")), record.get("memory") or {}
    slots = [
        {"label": f"slot {number}", "connector_lanes": lanes, "link": f"{gen[0]}x{lanes}"}
        for number, (gen, lanes) in enumerate(_slots(record), start=1)
    ]
    plugs = (record.get("power_connectors") or {}).get("cpu_power") or ()
    return {
        "socket": socket,
        "chipset": str(record.get("chipset") or "").removeprefix("Intel ").removeprefix("AMD ") or None,
        "form": _FORMS.get(str(record.get("form_factor"))),
        "memory_types": _memory_types([memory.get("ram_type")], socket),
        "memory_slots": _positive(memory.get("slots")),
        "memory_max_gib": _maximum_gib(memory.get("max")),
        "slots": slots,
        "m2_slots": len(record["m2_slots"]) if record.get("m2_slots") else None,
        "sata_ports": (record.get("storage_devices") or {}).get("sata_6_gb_s"),
        "eps_connectors": sum(str(one).strip().startswith("8") for one in plugs) or None,
        "ethernet": ", ".join(str(one.get("speed")) for one in record.get("onboard_ethernet") or ()) or None,
    }


def _slots(record: Record) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    for slot in record.get("pcie_slots") or ():
        gen, lanes = slot.get("gen"), slot.get("lanes")
        if gen and lanes:
            found += [(gen, lanes)] * int(slot.get("quantity") or 0)
    return found


def supply(record: Record) -> Table:
    """A power supply; whether it follows ATX 3 is not in the data."""
    plugs = record.get("connectors") or {}
    names = {"atx_24_pin": "atx_24pin", "eps_8_pin": "eps_8pin", "pcie_6_plus_2_pin": "pcie_8pin"}
    connectors = {ours: plugs[theirs] for theirs, ours in names.items() if plugs.get(theirs)}
    if plugs.get("pcie_12vhpwr"):
        connectors["12v_2x6"] = plugs["pcie_12vhpwr"]
    rating = str(record.get("efficiency_rating") or "").removeprefix("80+").strip().lower()
    return {
        "rated_w": _positive(record.get("wattage")),
        "form": str(record.get("form_factor") or "atx").lower(),
        "efficiency": ("white" if rating in ("", "standard") else rating) if record.get("efficiency_rating") else None,
        "connectors": connectors or None,
        "length_mm": _positive(record.get("length")),
    }


def case(record: Record) -> Table:
    """A chassis; where it takes radiators is not in the data."""
    supplies = record.get("supported_power_supply_form_factors") or ()
    return {
        "boards": [_FORMS[one] for one in record.get("supported_motherboard_form_factors") or () if one in _FORMS],
        "gpu_length_mm": _positive(record.get("max_video_card_length")),
        "cooler_height_mm": _positive(record.get("max_cpu_cooler_height")),
        "psu_form": str(supplies[0]).lower() if supplies else None,
        "expansion_slots": _positive(record.get("expansion_slots")),
        "bays_2_5": record.get("internal_2_5_bays"),
        "bays_3_5": record.get("internal_3_5_bays"),
    }


def cooler(record: Record) -> Table:
    """A CPU cooler; what heat it carries is not in the data."""
    wet = bool(record.get("water_cooled"))
    return {
        "sockets": [_socket(one) for one in record.get("cpu_sockets") or ()],
        "height_mm": None if wet else _positive(record.get("height")),
        "radiator_mm": _positive(record.get("radiator_size")) if wet else 0,
    }


def memory(record: Record) -> Table:
    """A memory kit."""
    modules, family = record["modules"], str(record.get("ram_type")).lower()
    registered = {"Registered": "rdimm", "Unbuffered": "udimm"}.get(str(record.get("registered")), "")
    small = "-sodimm" if "SO-DIMM" in str(record.get("form_factor")) else ""
    return {
        "memory_type": f"{family}-{registered}{small}",
        "module_gib": modules["capacity_gb"],
        "modules": modules["quantity"],
        "mt_s": _positive(record.get("speed")),
        "ecc": {"ECC": True, "Non-ECC": False}.get(str(record.get("ecc"))),
    }


def drive(record: Record) -> Table:
    """An SSD or a hard disk; its speed is not in the data."""
    form, interface = str(record.get("form_factor")), str(record.get("interface"))
    family = next((one for one in ("U.2", "SATA", "SAS") if interface.startswith(one)), "")
    return {
        "form": _DRIVE_FORMS.get((form, "" if form.startswith("M.2") else family)),
        "capacity_gb": _positive(record.get("capacity")),
        "rotational": record.get("type") == "HDD",
        "pcie": _link(interface),
    }


def fan(record: Record) -> Table:
    """A case fan."""
    return {
        "size_mm": record["size"],
        "airflow_cfm": _positive(record.get("max_airflow")),
        "static_pressure_mm_h2o": _positive(record.get("static_pressure")),
        "noise_dba": _positive(record.get("max_noise_level")),
    }


def nic(_record: Record) -> Table:
    """A network card: only its name is in the data."""
    return {}


READERS: Mapping[str, tuple[PartKind, Callable[[Record], Table]]] = {
    "CPU": (PartKind.CPU, cpu),
    "GPU": (PartKind.ACCELERATOR, card),
    "Motherboard": (PartKind.BOARD, board),
    "PSU": (PartKind.PSU, supply),
    "PCCase": (PartKind.CASE, case),
    "CPUCooler": (PartKind.COOLER, cooler),
    "RAM": (PartKind.MEMORY, memory),
    "Storage": (PartKind.DRIVE, drive),
    "CaseFan": (PartKind.FAN, fan),
    "NetworkCard": (PartKind.NIC, nic),
}
