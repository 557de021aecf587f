"""Which fields the checks read, and how many of them a part has: the line between buildable and only listed."""

from collections.abc import Mapping

from dsdesk.hardware.parts import Accelerator, Part, Platform
from dsdesk.hardware.vocabulary import Mount, PartKind, Shelf

CHECKED_FIELDS: Mapping[PartKind, tuple[str, ...]] = {
    PartKind.ACCELERATOR: ("memory_bytes", "bandwidth_b_s", "fp16_flops", "board_power_w", "link", "compute_id"),
    PartKind.CPU: ("socket", "cores", "max_power_w", "pcie_gen", "pcie_lanes", "memory_types", "memory_channels"),
    PartKind.BOARD: ("socket", "form", "memory_types", "memory_slots", "slots", "m2_slots", "eps_connectors"),
    PartKind.MEMORY: ("memory_type", "module_bytes", "mt_s", "ecc"),
    PartKind.DRIVE: ("form", "capacity_bytes", "seq_read_b_s"),
    PartKind.PSU: ("rated_w", "efficiency", "connectors", "atx_version"),
    PartKind.COOLER: ("sockets", "radiator_mm", "capacity_w"),
    PartKind.CASE: ("boards", "gpu_length_mm", "cooler_height_mm", "expansion_slots"),
    PartKind.FAN: ("size_mm", "airflow_m3_s"),
    PartKind.RADIATOR: ("size_mm", "capacity_w"),
    PartKind.BRIDGE: ("fits", "bandwidth_b_s"),
    PartKind.RISER: ("link", "length_mm"),
    PartKind.PLATFORM: ("form", "gpu_mount", "gpu_max", "psus", "psu_w"),
    PartKind.NIC: ("ports", "port_bit_s", "connector", "pcie"),
    PartKind.SWITCH: ("ports", "throughput_bit_s", "rack_units"),
    PartKind.CABLE: ("port_bit_s", "connector", "reach_m"),
    PartKind.RACK: ("rack_units", "load_kg"),
    PartKind.PDU: ("rated_w", "outlets"),
    PartKind.UPS: ("rated_va", "rated_w"),
}

# A card in a slot has to fit a case and be fed; a module comes with its platform.
_CARD_FIELDS = ("slot_width", "length_mm", "cooling", "connectors", "pcie")


def checked_fields(part: Part) -> tuple[str, ...]:
    """The fields that checks read of this part."""
    fields = CHECKED_FIELDS[part.kind]
    if isinstance(part, Accelerator) and part.mount is Mount.PCIE:
        return fields + _CARD_FIELDS
    if isinstance(part, Platform) and part.form == "complete machine":
        return ("form", "gpu_ids", "gpu_included", "max_power_w")
    return fields


def is_filled(value: object) -> bool:
    """Whether a field says something. None and empty text or lists are silence; zero and False are facts."""
    return value is not None and value != ""


def missing_fields(part: Part) -> tuple[str, ...]:
    """The checked fields that are not published."""
    required_lists = {"memory_types", "slots", "sockets", "boards", "ports", "fits", "gpu_ids"}
    return tuple(
        name
        for name in checked_fields(part)
        if not is_filled(value := getattr(part, name)) or (name in required_lists and value == ())
    )


def shelf_of(part: Part) -> Shelf:
    """Buildable when every checked field is filled, else only listed."""
    return Shelf.LISTED if missing_fields(part) else Shelf.BUILDABLE
