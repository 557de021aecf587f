"""Parts in words: what a kind is called, and the few facts by which people tell parts of a kind apart."""

from collections.abc import Callable
from typing import Any

from dsdesk.base.units import GIB, Quantity, Unit
from dsdesk.hardware.parts import (
    Accelerator,
    Board,
    Bridge,
    Cable,
    Case,
    Cooler,
    Cpu,
    Drive,
    Fan,
    Memory,
    Nic,
    Part,
    Platform,
    Psu,
    Rack,
    Radiator,
    Switch,
    Ups,
)
from dsdesk.hardware.prices import Condition
from dsdesk.hardware.vocabulary import Mount, PartKind
from dsdesk.ui.words import _

_BIG_BYTES = 1e12


def kind_word(kind: PartKind) -> str:
    """What a kind of part is called."""
    return {
        PartKind.ACCELERATOR: _("Accelerator"),
        PartKind.CPU: _("Processor"),
        PartKind.BOARD: _("Main board"),
        PartKind.MEMORY: _("Memory kit"),
        PartKind.DRIVE: _("Drive"),
        PartKind.PSU: _("Power supply"),
        PartKind.COOLER: _("CPU cooler"),
        PartKind.CASE: _("Case"),
        PartKind.FAN: _("Fan"),
        PartKind.RADIATOR: _("Radiator"),
        PartKind.BRIDGE: _("NVLink bridge"),
        PartKind.RISER: _("PCIe riser"),
        PartKind.PLATFORM: _("Platform"),
        PartKind.NIC: _("Network adapter"),
        PartKind.SWITCH: _("Network switch"),
        PartKind.CABLE: _("Cable or optics"),
        PartKind.RACK: _("Rack"),
        PartKind.PDU: _("Power distribution unit"),
        PartKind.UPS: _("UPS"),
    }[kind]


def short_name(part: Part) -> str:
    """What a list calls a part: with its maker, but for accelerators, whose family tells it."""
    return part.name if part.kind is PartKind.ACCELERATOR else part.full_name


def facts(part: Part) -> str:
    """The facts of a part in one line; what is not published is left out."""
    words = _FACTS.get(type(part))
    return " · ".join(one for one in (words(part) if words else ()) if one)


def _shown(value: float | None, unit: Unit) -> str:
    return "" if value is None else Quantity(value, unit).text()


def _capacity(value: float | None) -> str:
    return _shown(value, Unit.TB if value is not None and value >= _BIG_BYTES else Unit.GB)


def _counted(number: float | None, words: str) -> str:
    return "" if number is None else f"{number:g} {words}"


def mount_word(mount: Mount) -> str:
    """How an accelerator is mounted, as its makers write it."""
    return {Mount.PCIE: "PCIe", Mount.SOC: "SoC"}.get(mount, mount.value.upper())


def _accelerator(part: Accelerator) -> tuple[str, ...]:
    memory = _shown(part.memory_bytes, Unit.GIB)
    return (
        f"{memory} {part.memory_type}".strip(),
        _shown(part.bandwidth_b_s, Unit.GB_S),
        _shown(part.board_power_w, Unit.WATT),
        "" if part.mount is Mount.PCIE else mount_word(part.mount),
    )


def _cpu(part: Cpu) -> tuple[str, ...]:
    lanes = f"PCIe {part.pcie_gen} × {part.pcie_lanes}" if part.pcie_gen and part.pcie_lanes else ""
    return part.socket, _counted(part.cores, _("cores")), _shown(part.max_power_w or part.tdp_w, Unit.WATT), lanes


def _board(part: Board) -> tuple[str, ...]:
    long_slots = sum(slot.connector_lanes >= 16 for slot in part.slots)  # noqa: PLR2004 - the width called x16
    slots = _("{count} long slots", count=long_slots) if part.slots else ""
    return part.socket, part.chipset, part.form.value.upper() if part.form else "", slots


def _memory(part: Memory) -> tuple[str, ...]:
    size = f"{part.modules} × {part.module_bytes / GIB:g} GiB"
    rate = "" if part.mt_s is None else f"{part.mt_s} MT/s"
    return size, part.memory_type.value.upper(), rate, "ECC" if part.ecc else ""


def _drive(part: Drive) -> tuple[str, ...]:
    form = part.form.value.upper() if part.form else ""
    return _capacity(part.capacity_bytes), form, _shown(part.seq_read_b_s, Unit.GB_S)


def _psu(part: Psu) -> tuple[str, ...]:
    level = part.efficiency.value.capitalize() if part.efficiency else ""
    return _shown(part.rated_w, Unit.WATT), level, part.atx_version and f"ATX {part.atx_version}", part.form.upper()


def _cooler(part: Cooler) -> tuple[str, ...]:
    size = f"{part.radiator_mm} mm" if part.radiator_mm else _shown(part.height_mm, Unit.MM)
    return _("liquid") if part.radiator_mm else _("air"), size, _shown(part.capacity_w, Unit.WATT)


def _case(part: Case) -> tuple[str, ...]:
    largest = part.boards[-1].value.upper() if part.boards else ""
    cards = "" if part.gpu_length_mm is None else _("cards to {length} mm", length=part.gpu_length_mm)
    return largest, cards, _counted(part.rack_units, "U")


def _platform(part: Platform) -> tuple[str, ...]:
    mount = mount_word(part.gpu_mount) if part.gpu_mount else ""
    cards = f"{part.gpu_max} × {mount}".strip(" ×") if part.gpu_max else ""
    supplies = f"{part.psus} × {_shown(part.psu_w, Unit.WATT)}" if part.psus and part.psu_w else ""
    return _counted(part.rack_units, "U"), part.cpu_socket, cards, supplies


def _ports(count: int, rate: float | None, connector: str) -> str:
    return f"{count} × {_shown(rate, Unit.GBIT_S)} {connector}".strip()


_FACTS: dict[type[Part], Callable[[Any], tuple[str, ...]]] = {
    Accelerator: _accelerator,
    Cpu: _cpu,
    Board: _board,
    Memory: _memory,
    Drive: _drive,
    Psu: _psu,
    Cooler: _cooler,
    Case: _case,
    Platform: _platform,
    Fan: lambda part: (_shown(part.size_mm, Unit.MM), _shown(part.airflow_m3_s, Unit.M3_H)),
    Radiator: lambda part: (_shown(part.size_mm, Unit.MM), _shown(part.capacity_w, Unit.WATT)),
    Bridge: lambda part: (_("{count} cards", count=part.devices), _shown(part.bandwidth_b_s, Unit.GB_S)),
    Nic: lambda part: (_ports(part.ports, part.port_bit_s, part.connector), part.protocol),
    Switch: lambda part: tuple(_ports(*port) for port in part.ports),
    Cable: lambda part: (part.form, _shown(part.port_bit_s, Unit.GBIT_S), part.connector, _counted(part.reach_m, "m")),
    Rack: lambda part: (_counted(part.rack_units, "U"), _shown(part.load_kg, Unit.KG)),
    Ups: lambda part: (_counted(part.rated_va, "VA"), _shown(part.rated_w, Unit.WATT)),
}


def condition_word(condition: Condition) -> str:
    """Which market a price belongs to."""
    return {
        Condition.NEW: _("new"),
        Condition.USED: _("used market"),
        Condition.LIST: _("list price"),
        Condition.LAUNCH: _("price at launch"),
    }[condition]
