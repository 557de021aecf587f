"""A catalogue in memory, and parts with sensible values of our own: for tests of every room.

`FakeCatalog()` holds a small market (two sockets, servers, a module platform, network); `FakeCatalog(parts=...)` only
what it is given. Every builder takes overrides by field name.
"""

from collections.abc import Iterable
from typing import Any

from dsdesk.base.money import ExchangeRate
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
    Pdu,
    Platform,
    Psu,
    Rack,
    Riser,
    Slot,
    Switch,
    Ups,
)
from dsdesk.hardware.prices import HostedApi, Price
from dsdesk.hardware.vocabulary import (
    BoardForm,
    Cooling,
    DriveForm,
    Efficiency,
    LinkKind,
    MemoryType,
    Mount,
    PartKind,
    PcieLink,
    PowerConnector,
    Segment,
    Shelf,
)
from dsdesk.llm.architecture import Llm
from dsdesk.measured.run import MeasuredRun
from dsdesk.project.project import Configuration, Line, Machine, Project
from dsdesk.sizing.own_speed import OwnSpeeds

GIB = 1024**3
TB = 10**12


class FakeCatalog:
    """A dict that meets `dsdesk.build.catalog.Catalog`."""

    def __init__(
        self, parts: Iterable[Part] | None = None, llms: Iterable[Llm] = (), prices: Iterable[Price] = ()
    ) -> None:
        self._parts = {part.id: part for part in (market() if parts is None else parts)}
        self._llms = {llm.id: llm for llm in llms}
        self._prices = tuple(prices)

    @property
    def version(self) -> str:
        return "test 2026-01-01"

    def part(self, part_id: str) -> Part | None:
        return self._parts.get(part_id)

    def parts(self, kind: PartKind, shelf: Shelf | None = None) -> Iterable[Part]:
        return tuple(part for part in self._parts.values() if part.kind is kind and shelf in {None, part.shelf})

    def find_part(self, name: str, kind: PartKind | None = None) -> Part | None:
        found = [
            part
            for part in self._parts.values()
            if name in {part.id, part.name, part.full_name, *part.aliases} and kind in {None, part.kind}
        ]
        return found[0] if len(found) == 1 else None

    def llm(self, llm_id: str) -> Llm | None:
        return self._llms.get(llm_id)

    def llms(self) -> Iterable[Llm]:
        return tuple(self._llms.values())

    def prices(self, part_id: str) -> tuple[Price, ...]:
        return tuple(price for price in self._prices if price.part_id == part_id)

    own_speeds = OwnSpeeds()

    def measured_runs(self, device_id: str, llm_id: str) -> tuple[MeasuredRun, ...]:
        return ()

    @property
    def rates(self) -> tuple[ExchangeRate, ...]:
        return ()

    @property
    def hosted_apis(self) -> tuple[HostedApi, ...]:
        return ()

    def with_parts(self, *parts: Part) -> "FakeCatalog":
        """This catalogue and further parts."""
        return FakeCatalog([*self._parts.values(), *parts], self._llms.values(), self._prices)

    def without(self, *part_ids: str) -> "FakeCatalog":
        """This catalogue less some parts."""
        kept = [part for part in self._parts.values() if part.id not in part_ids]
        return FakeCatalog(kept, self._llms.values(), self._prices)


def _make(part_class: type[Part], defaults: dict[str, Any], changes: dict[str, Any]) -> Any:
    values = {"manufacturer": "Acme", "shelf": Shelf.BUILDABLE, **defaults, **changes}
    values.setdefault("name", str(values["id"]))
    return part_class(**values)


def gpu(part_id: str = "gpu-24", **changes: Any) -> Accelerator:
    """A consumer card: 24 GiB, 350 W, two slots, PCIe 4.0 x16, one 16-pin plug."""
    defaults = {
        "id": part_id,
        "kind": PartKind.ACCELERATOR,
        "manufacturer": "NVIDIA",
        "segment": Segment.CONSUMER,
        "memory_bytes": 24 * GIB,
        "memory_type": "GDDR6X",
        "bandwidth_b_s": 1.0e12,
        "fp32_flops": 80e12,
        "fp16_flops": 160e12,
        "bf16_flops": 160e12,
        "fp8_flops": 320e12,
        "int8_ops": 320e12,
        "fp4_flops": 0.0,
        "board_power_w": 350.0,
        "slot_width": 2.0,
        "length_mm": 300.0,
        "low_profile": False,
        "cooling": Cooling.ACTIVE,
        "connectors": ((PowerConnector.PCIE_16, 1),),
        "pcie": PcieLink(4, 16),
        "link": LinkKind.NONE,
        "compute_id": "sm_89",
    }
    return _make(Accelerator, defaults, changes)  # type: ignore[no-any-return]


def server_gpu(part_id: str = "gpu-80", **changes: Any) -> Accelerator:
    """A passive data-centre card with an NVLink edge."""
    defaults = {
        "segment": Segment.DATACENTER,
        "memory_bytes": 80 * GIB,
        "bandwidth_b_s": 2.0e12,
        "board_power_w": 300.0,
        "length_mm": 267.0,
        "cooling": Cooling.PASSIVE,
        "pcie": PcieLink(5, 16),
        "link": LinkKind.NVLINK_BRIDGE,
        "link_b_s": 600e9,
        "link_max_devices": 2,
        "compute_id": "sm_90",
    }
    return gpu(part_id, **{**defaults, **changes})


def module(part_id: str = "module-80", **changes: Any) -> Accelerator:
    """An SXM module."""
    defaults = {
        "segment": Segment.DATACENTER,
        "mount": Mount.SXM,
        "memory_bytes": 80 * GIB,
        "bandwidth_b_s": 3.3e12,
        "board_power_w": 700.0,
        "slot_width": None,
        "length_mm": None,
        "low_profile": None,
        "cooling": Cooling.PASSIVE,
        "connectors": (),
        "pcie": PcieLink(5, 16),
        "link": LinkKind.NVLINK,
        "link_b_s": 900e9,
        "compute_id": "sm_90",
        "max_per_platform": 8,
    }
    return gpu(part_id, **{**defaults, **changes})


def cpu(part_id: str = "cpu-16", **changes: Any) -> Cpu:
    """A desktop processor of 16 cores for AM5."""
    defaults = {
        "id": part_id,
        "kind": PartKind.CPU,
        "socket": "AM5",
        "cores": 16,
        "threads": 32,
        "tdp_w": 170.0,
        "max_power_w": 230.0,
        "pcie_gen": 5,
        "pcie_lanes": 28,
        "memory_types": (MemoryType.DDR5_UDIMM,),
        "memory_channels": 2,
        "memory_mt_s": 5200,
        "memory_max_bytes": 192 * GIB,
        "integrated_graphics": True,
        "sockets_max": 1,
    }
    return _make(Cpu, defaults, changes)  # type: ignore[no-any-return]


def server_cpu(part_id: str = "cpu-32s", **changes: Any) -> Cpu:
    """A server processor with eight channels for LGA4677."""
    defaults = {
        "socket": "LGA4677",
        "cores": 32,
        "threads": 64,
        "max_power_w": 350.0,
        "pcie_lanes": 80,
        "memory_types": (MemoryType.DDR5_RDIMM,),
        "memory_channels": 8,
        "memory_mt_s": 4800,
        "memory_max_bytes": 4096 * GIB,
        "integrated_graphics": False,
        "sockets_max": 2,
    }
    return cpu(part_id, **{**defaults, **changes})


def slot(label: str, position: int | None, lanes: int = 16, **changes: Any) -> Slot:
    """A PCIe 5.0 slot that is electrically as wide as it looks."""
    values: dict[str, Any] = {"connector_lanes": 16, "link": PcieLink(5, lanes), "from_cpu": True}
    return Slot(label=label, position=position, **{**values, **changes})


def board(part_id: str = "board-am5", **changes: Any) -> Board:
    """An ATX board whose two wide slots share sixteen lanes: x16 alone, x8 each together; three positions apart."""
    pair = PcieLink(5, 8)
    defaults = {
        "id": part_id,
        "kind": PartKind.BOARD,
        "socket": "AM5",
        "chipset": "X670E",
        "form": BoardForm.ATX,
        "memory_types": (MemoryType.DDR5_UDIMM,),
        "memory_slots": 4,
        "memory_channels": 2,
        "memory_max_bytes": 192 * GIB,
        "memory_mt_s": 6400,
        "slots": (
            slot("PCIEX16_1", 1, 16, shared_with="PCIEX16_2", link_when_shared=pair, bifurcation=("8+8",)),
            slot("PCIEX16_2", 4, 8, shared_with="PCIEX16_1", link_when_shared=pair),
            slot("PCIEX4_1", 7, 4, from_cpu=False, link=PcieLink(4, 4)),
        ),
        "m2_slots": 4,
        "sata_ports": 4,
        "u2_ports": 0,
        "eps_connectors": 2,
        "power_w": 40.0,
    }
    return _make(Board, defaults, changes)  # type: ignore[no-any-return]


def workstation_board(part_id: str = "board-trx", **changes: Any) -> Board:
    """An E-ATX board with four full slots two positions apart, for a socket with eight channels."""
    slots = tuple(slot(f"PCIEX16_{n}", 2 * n - 1) for n in range(1, 5))
    defaults = {
        "socket": "sTR5",
        "chipset": "WRX90",
        "form": BoardForm.E_ATX,
        "memory_types": (MemoryType.DDR5_RDIMM,),
        "memory_slots": 8,
        "memory_channels": 8,
        "memory_max_bytes": 2048 * GIB,
        "slots": slots,
        "u2_ports": 2,
        "eps_connectors": 2,
    }
    return board(part_id, **{**defaults, **changes})


def memory(part_id: str = "memory-2x32", **changes: Any) -> Memory:
    """A kit of two 32 GiB UDIMMs."""
    defaults = {
        "id": part_id,
        "kind": PartKind.MEMORY,
        "memory_type": MemoryType.DDR5_UDIMM,
        "module_bytes": 32 * GIB,
        "modules": 2,
        "mt_s": 6000,
        "ecc": False,
        "power_w": 10.0,
    }
    return _make(Memory, defaults, changes)  # type: ignore[no-any-return]


def rdimm(part_id: str = "rdimm-64", **changes: Any) -> Memory:
    """One registered DIMM of 64 GiB."""
    defaults = {"memory_type": MemoryType.DDR5_RDIMM, "module_bytes": 64 * GIB, "modules": 1, "mt_s": 4800, "ecc": True}
    return memory(part_id, **{**defaults, **changes})


def drive(part_id: str = "ssd-2t", **changes: Any) -> Drive:
    """An M.2 SSD of 2 TB that reads 7.4 GB/s."""
    defaults = {
        "id": part_id,
        "kind": PartKind.DRIVE,
        "form": DriveForm.M2_2280,
        "capacity_bytes": 2 * TB,
        "pcie": PcieLink(4, 4),
        "seq_read_b_s": 7.4e9,
        "seq_write_b_s": 6.9e9,
        "active_power_w": 8.0,
    }
    return _make(Drive, defaults, changes)  # type: ignore[no-any-return]


def disk(part_id: str = "disk-20t", **changes: Any) -> Drive:
    """A hard disk of 20 TB."""
    defaults = {
        "form": DriveForm.SATA_3_5,
        "capacity_bytes": 20 * TB,
        "rotational": True,
        "pcie": None,
        "seq_read_b_s": 285e6,
        "ure_per_bit": 1e-15,
    }
    return drive(part_id, **{**defaults, **changes})


def psu(part_id: str = "psu-1000", **changes: Any) -> Psu:
    """An ATX 3.1 supply of 1000 W, gold."""
    defaults = {
        "id": part_id,
        "kind": PartKind.PSU,
        "rated_w": 1000.0,
        "atx_version": "3.1",
        "efficiency": Efficiency.GOLD,
        "connectors": (
            (PowerConnector.PCIE_16, 2),
            (PowerConnector.PCIE_8, 4),
            (PowerConnector.EPS_8, 2),
            (PowerConnector.ATX_24, 1),
        ),
        "length_mm": 150.0,
    }
    return _make(Psu, defaults, changes)  # type: ignore[no-any-return]


def cooler(part_id: str = "cooler-tower", **changes: Any) -> Cooler:
    """A dual-tower air cooler for AM5 and sTR5, 250 W by its maker."""
    defaults = {
        "id": part_id,
        "kind": PartKind.COOLER,
        "sockets": ("AM5", "LGA1851"),
        "height_mm": 160.0,
        "radiator_mm": 0,
        "capacity_w": 250.0,
        "tower_count": 2,
        "power_w": 3.0,
    }
    return _make(Cooler, defaults, changes)  # type: ignore[no-any-return]


def case(part_id: str = "case-atx", **changes: Any) -> Case:
    """A tower for boards up to E-ATX with seven openings."""
    defaults = {
        "id": part_id,
        "kind": PartKind.CASE,
        "boards": (BoardForm.E_ATX, BoardForm.ATX, BoardForm.MICRO_ATX, BoardForm.MINI_ITX),
        "gpu_length_mm": 400.0,
        "cooler_height_mm": 170.0,
        "psu_length_mm": 220.0,
        "expansion_slots": 8,
        "bays_2_5": 2,
        "bays_3_5": 4,
        "radiators": (("front", 360), ("top", 360)),
        "fans_included": 3,
        "fan_mounts": 9,
    }
    return _make(Case, defaults, changes)  # type: ignore[no-any-return]


def fan(part_id: str = "fan-120", **changes: Any) -> Fan:
    """A 120 mm fan of 100 m³/h."""
    defaults = {"id": part_id, "kind": PartKind.FAN, "size_mm": 120, "airflow_m3_s": 100 / 3600, "power_w": 2.0}
    return _make(Fan, defaults, changes)  # type: ignore[no-any-return]


def bridge(part_id: str = "bridge-80", **changes: Any) -> Bridge:
    """A two-way bridge for the data-centre card."""
    defaults = {
        "id": part_id,
        "kind": PartKind.BRIDGE,
        "fits": ("gpu-80",),
        "devices": 2,
        "spacing_slots": 2,
        "bandwidth_b_s": 600e9,
    }
    return _make(Bridge, defaults, changes)  # type: ignore[no-any-return]


def riser(part_id: str = "riser-5", **changes: Any) -> Riser:
    """A PCIe 5.0 x16 riser cable."""
    return _make(Riser, {"id": part_id, "kind": PartKind.RISER, "link": PcieLink(5, 16)}, changes)  # type: ignore[no-any-return]


def server(part_id: str = "server-2u", **changes: Any) -> Platform:
    """A 2U server for four double-wide passive cards, two supplies of 2400 W, one of them redundant."""
    defaults = {
        "id": part_id,
        "kind": PartKind.PLATFORM,
        "rack_units": 2.0,
        "depth_mm": 900.0,
        "weight_kg": 30.0,
        "sockets": 2,
        "cpu_socket": "LGA4677",
        "memory_types": (MemoryType.DDR5_RDIMM,),
        "memory_slots": 32,
        "memory_channels": 8,
        "memory_max_bytes": 8192 * GIB,
        "gpu_mount": Mount.PCIE,
        "gpu_max": 4,
        "gpu_slot_width": 2.0,
        "low_profile_only": False,
        "gpu_power_w_max": 600.0,
        "psus": 2,
        "psu_w": 3200.0,
        "psu_low_line_w": 1400.0,
        "psu_efficiency": Efficiency.TITANIUM,
        "redundancy": "1+1",
        "base_power_w": 250.0,
        "ducted": True,
        "liquid_cooled": False,
        "bays": ((DriveForm.U2, 8),),
        "slots": tuple(slot(f"SLOT{n}", 2 * n - 1) for n in range(1, 5)),
        "network": "2x 25GbE",
        "network_ports": ((2, 25e9, "SFP28"),),
        "inlet_max_c": 35.0,
    }
    return _make(Platform, defaults, changes)  # type: ignore[no-any-return]


def baseboard(part_id: str = "hgx-8", **changes: Any) -> Platform:
    """A complete machine with eight SXM modules."""
    defaults = {
        "form": "baseboard system",
        "rack_units": 8.0,
        "cpu_socket": "",
        "cpu_ids": ("cpu-32s",),
        "memory_included_bytes": 2048 * GIB,
        "gpu_mount": Mount.SXM,
        "gpu_max": 8,
        "gpu_ids": ("module-80",),
        "gpu_included": 8,
        "gpu_slot_width": None,
        "gpu_link": LinkKind.NVLINK,
        "gpu_power_w_max": 700.0,
        "psus": 6,
        "psu_w": 3300.0,
        "psu_low_line_w": 0.0,
        "redundancy": "4+2",
        "max_power_w": 10200.0,
        "base_power_w": None,
        "slots": (),
        "network_ports": ((8, 400e9, "OSFP"),),
        "weight_kg": 130.0,
    }
    return server(part_id, **{**defaults, **changes})


def nic(part_id: str = "nic-400", **changes: Any) -> Nic:
    """A network card with one port of 400 Gbit/s."""
    defaults = {
        "id": part_id,
        "kind": PartKind.NIC,
        "ports": 1,
        "port_bit_s": 400e9,
        "connector": "OSFP",
        "protocol": "infiniband",
        "pcie": PcieLink(5, 16),
        "power_w": 25.0,
    }
    return _make(Nic, defaults, changes)  # type: ignore[no-any-return]


def switch(part_id: str = "switch-64", **changes: Any) -> Switch:
    """A switch of 64 ports of 400 Gbit/s."""
    defaults = {
        "id": part_id,
        "kind": PartKind.SWITCH,
        "ports": ((64, 400e9, "OSFP"),),
        "rack_units": 1.0,
        "typical_power_w": 750.0,
        "max_power_w": 1500.0,
        "protocol": "infiniband",
        "weight_kg": 15.0,
    }
    return _make(Switch, defaults, changes)  # type: ignore[no-any-return]


def cable(part_id: str = "dac-400", **changes: Any) -> Cable:
    """A copper cable of 400 Gbit/s and 3 m."""
    defaults = {
        "id": part_id,
        "kind": PartKind.CABLE,
        "form": "dac",
        "port_bit_s": 400e9,
        "connector": "OSFP",
        "reach_m": 3.0,
        "power_w": 0.1,
    }
    return _make(Cable, defaults, changes)  # type: ignore[no-any-return]


def rack(part_id: str = "rack-42", **changes: Any) -> Rack:
    """A cabinet of 42 U."""
    defaults = {"id": part_id, "kind": PartKind.RACK, "rack_units": 42, "depth_mm": 1200.0, "load_kg": 1300.0}
    return _make(Rack, defaults, changes)  # type: ignore[no-any-return]


def pdu(part_id: str = "pdu-22k", **changes: Any) -> Pdu:
    """A three-phase distribution unit of 22 kW."""
    return _make(Pdu, {"id": part_id, "kind": PartKind.PDU, "rated_w": 22000.0, "phases": 3}, changes)  # type: ignore[no-any-return]


def ups(part_id: str = "ups-3k", **changes: Any) -> Ups:
    """An uninterruptible supply of 3 kVA."""
    return _make(Ups, {"id": part_id, "kind": PartKind.UPS, "rated_va": 3000.0, "rated_w": 2700.0}, changes)  # type: ignore[no-any-return]


def market() -> list[Part]:
    """Enough of everything that a fix finds something to offer."""
    eight, ten = (PowerConnector.PCIE_8, 6), (PowerConnector.EPS_8, 2)
    return [
        gpu(),
        gpu("gpu-48", memory_bytes=48 * GIB, segment=Segment.WORKSTATION, cooling=Cooling.BLOWER, board_power_w=300.0),
        gpu(
            "gpu-low",
            memory_bytes=16 * GIB,
            low_profile=True,
            slot_width=1.0,
            length_mm=168.0,
            board_power_w=70.0,
            connectors=(),
            cooling=Cooling.PASSIVE,
            segment=Segment.DATACENTER,
        ),
        server_gpu(),
        server_gpu("gpu-141", memory_bytes=141 * 10**9, board_power_w=600.0),
        module(),
        cpu(),
        cpu("cpu-8", cores=8, threads=16, tdp_w=65.0, max_power_w=88.0),
        cpu(
            "cpu-lga", socket="LGA1851", max_power_w=250.0, memory_types=(MemoryType.DDR5_UDIMM, MemoryType.DDR5_CUDIMM)
        ),
        server_cpu(),
        server_cpu("cpu-tr", socket="sTR5", sockets_max=1),
        board(),
        board("board-lga", socket="LGA1851", chipset="Z890"),
        board("board-am5-big", memory_max_bytes=256 * GIB, form=BoardForm.E_ATX),
        workstation_board(),
        memory(),
        memory("memory-2x48", module_bytes=48 * GIB),
        memory("memory-2x16", module_bytes=16 * GIB),
        rdimm(),
        rdimm("rdimm-128", module_bytes=128 * GIB),
        drive(),
        drive("ssd-4t", capacity_bytes=4 * TB),
        drive("ssd-15t", form=DriveForm.U2, capacity_bytes=15 * TB, pcie=PcieLink(5, 4), seq_read_b_s=13e9),
        disk(),
        psu(),
        psu("psu-650", rated_w=650.0, connectors=((PowerConnector.PCIE_8, 2), (PowerConnector.EPS_8, 1))),
        psu(
            "psu-1600",
            rated_w=1600.0,
            efficiency=Efficiency.TITANIUM,
            length_mm=200.0,
            connectors=((PowerConnector.PCIE_16, 4), eight, ten),
        ),
        psu(
            "psu-2500",
            rated_w=2500.0,
            efficiency=Efficiency.PLATINUM,
            length_mm=200.0,
            connectors=((PowerConnector.PCIE_16, 4), eight, ten),
        ),
        cooler(),
        cooler(
            "cooler-loop",
            height_mm=None,
            radiator_mm=360,
            capacity_w=350.0,
            tower_count=None,
            sockets=("AM5", "LGA1851", "sTR5"),
        ),
        cooler("cooler-low", height_mm=47.0, capacity_w=None, tower_count=1),
        case(),
        case(
            "case-small",
            boards=(BoardForm.MICRO_ATX, BoardForm.MINI_ITX),
            gpu_length_mm=280.0,
            expansion_slots=4,
            cooler_height_mm=120.0,
            psu_length_mm=160.0,
            radiators=(("top", 240),),
            bays_3_5=0,
        ),
        case("case-big", expansion_slots=9, gpu_length_mm=450.0, cooler_height_mm=190.0, bays_3_5=12),
        fan(),
        bridge(),
        riser(),
        server(),
        server(
            "server-lp",
            gpu_max=None,
            low_profile_only=True,
            psu_w=1600.0,
            slots=tuple(slot(f"SLOT{n}", n, 16, low_profile=True) for n in range(1, 7)),
        ),
        baseboard(),
        nic(),
        nic("nic-400-2", ports=2),
        switch(),
        cable(),
        rack(),
        pdu(),
        ups(),
    ]


def line(no: int, part_id: str, quantity: int = 1, **changes: Any) -> Line:
    """A line."""
    return Line(no=no, part_id=part_id, quantity=quantity, **changes)


def desktop(*, skip: Iterable[str] = (), **other: str | tuple[str, int]) -> Machine:
    """A machine that goes together: keys are kinds, values part ids or (id, quantity); `skip` leaves kinds out."""
    parts: dict[str, str | tuple[str, int]] = {
        "accelerator": "gpu-24",
        "cpu": "cpu-16",
        "board": "board-am5",
        "memory": "memory-2x32",
        "drive": "ssd-2t",
        "psu": "psu-1000",
        "cooler": "cooler-tower",
        "case": "case-atx",
    }
    parts |= other
    lines = []
    for no, (kind, what) in enumerate(parts.items(), start=1):
        part_id, quantity = what if isinstance(what, tuple) else (what, 1)
        if kind not in skip:
            lines.append(line(no, part_id, quantity))
    return Machine(lines=tuple(lines))


def rack_server(*, platform: str = "server-2u", skip: Iterable[str] = (), **other: str | tuple[str, int]) -> Machine:
    """A server that goes together."""
    parts: dict[str, str | tuple[str, int]] = {
        "platform": platform,
        "accelerator": ("gpu-80", 2),
        "cpu": ("cpu-32s", 2),
        "memory": ("rdimm-64", 16),
        "drive": "ssd-15t",
    }
    parts |= other
    lines = []
    for no, (kind, what) in enumerate(parts.items(), start=1):
        part_id, quantity = what if isinstance(what, tuple) else (what, 1)
        if kind not in skip:
            lines.append(line(no, part_id, quantity))
    return Machine(lines=tuple(lines))


def project_with(*machines: Machine, **changes: Any) -> Project:
    """A project of these machines; further fields go to its configuration."""
    return Project(configurations=(Configuration(machines=machines or (Machine(),), **changes),))
