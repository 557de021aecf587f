"""One frozen dataclass a kind of part. Units are in the names; None means "not published", never zero.

Field names are those of db/parts/*.toml after unit conversion by suffix (see `dsdesk.catalog.seed`): a file may say
`memory_gib = 24` where the field is `memory_bytes`.
"""

from dataclasses import dataclass

from dsdesk.base.source import Source
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What every part has.

    Attributes:
        id: stable catalogue id, such as "nvidia-rtx-4090".
        kind: see PartKind.
        manufacturer: who makes it.
        name: model name without the manufacturer.
        mpn: manufacturer part number, None where the name covers many (a board partner's card) or it is not published.
        aliases: other names that people and drivers use.
        shelf: buildable or only listed.
        discontinued: True when the maker stopped it; None if not known.
        weight_kg: mass.
        warranty_months: the maker's usual term.
        notes: what a buyer should know.
        sources: where the facts come from.
        unverified: field names whose value has no public source and is an assumption.
    """

    id: str
    kind: PartKind
    manufacturer: str
    name: str
    mpn: str | None = None
    aliases: tuple[str, ...] = ()
    shelf: Shelf = Shelf.LISTED
    discontinued: bool | None = None
    weight_kg: float | None = None
    warranty_months: int | None = None
    notes: str = ""
    sources: tuple[Source, ...] = ()
    unverified: tuple[str, ...] = ()

    @property
    def full_name(self) -> str:
        """Manufacturer and name, as written on a quote."""
        return self.name if self.name.startswith(self.manufacturer) else f"{self.manufacturer} {self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Accelerator(Part):
    """A GPU, NPU or the graphics part of an SoC.

    Rates are dense [1/s]; 0.0 means the chip does not have the format in hardware, None that it is not published.
    `link_b_s` is the total of both directions per device, as vendors print it. `board_power_w` is TGP or TBP.
    `excursion_factor` is the measured sub-millisecond peak over the board power. `compute_id` is "sm_89", "gfx942", ...
    `host_memory_shared` marks unified memory, of which `gpu_memory_share` may be given to the GPU.
    `max_per_platform` is how many one platform carries; `connectors` are plugs on the card with their number.
    `visible_memory_bytes` is what the driver reports, ECC on where it is the maker's default. `devices_per_part` is as
    how many devices software sees the part (two dies on one card); all figures are of the whole part.
    """

    segment: Segment
    memory_bytes: int | None = None
    memory_type: str = ""
    bandwidth_b_s: float | None = None
    fp32_flops: float | None = None
    fp16_flops: float | None = None
    bf16_flops: float | None = None
    fp8_flops: float | None = None
    int8_ops: float | None = None
    fp4_flops: float | None = None
    board_power_w: float | None = None
    excursion_factor: float | None = None
    mount: Mount = Mount.PCIE
    slot_width: float | None = None
    length_mm: float | None = None
    height_mm: float | None = None
    low_profile: bool | None = None
    cooling: Cooling | None = None
    connectors: tuple[tuple[PowerConnector, int], ...] | None = None
    pcie: PcieLink | None = None
    link: LinkKind | None = None
    link_b_s: float | None = None
    link_max_devices: int | None = None
    compute_id: str = ""
    max_per_platform: int | None = None
    unified_memory: bool = False
    gpu_memory_share: float | None = None
    launch_date: str = ""
    pci_ids: tuple[str, ...] = ()
    visible_memory_bytes: int | None = None
    devices_per_part: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Cpu(Part):
    """A processor. `max_power_w` is PPT (AMD) or PL2 / maximum turbo power (Intel): what the supply must carry."""

    socket: str
    cores: int | None = None
    threads: int | None = None
    tdp_w: float | None = None
    max_power_w: float | None = None
    pcie_gen: int | None = None
    pcie_lanes: int | None = None
    memory_types: tuple[MemoryType, ...] = ()
    memory_channels: int | None = None
    memory_mt_s: int | None = None
    memory_max_bytes: int | None = None
    integrated_graphics: bool | None = None
    sockets_max: int | None = None
    instruction_sets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A PCIe slot of a board.

    Attributes:
        position: expansion position counted from the one nearest the CPU (1 = the first opening); None if unknown.
        connector_lanes: physical length, 16 for x16.
        link: electrical link with nothing else plugged.
        from_cpu: lanes come from the CPU, not the chipset.
        shared_with: label of the slot or M.2 place that takes lanes away when it is filled.
        link_when_shared: what is left then.
        bifurcation: widths it can be split into, such as "8+8".
        label: as printed in the manual, "PCIEX16_1".
        low_profile: whether only low-profile cards fit (servers).
    """

    label: str
    position: int | None
    connector_lanes: int
    link: PcieLink
    from_cpu: bool | None = None
    shared_with: str = ""
    link_when_shared: PcieLink | None = None
    bifurcation: tuple[str, ...] = ()
    low_profile: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Board(Part):
    """A main board with its slot map."""

    socket: str
    sockets: int = 1
    chipset: str = ""
    form: BoardForm | None = None
    memory_types: tuple[MemoryType, ...] = ()
    memory_slots: int | None = None
    memory_channels: int | None = None
    memory_max_bytes: int | None = None
    memory_mt_s: int | None = None
    slots: tuple[Slot, ...] = ()
    m2_slots: int | None = None
    sata_ports: int | None = None
    u2_ports: int | None = None
    eps_connectors: int | None = None
    ethernet: str = ""
    power_w: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory(Part):
    """A memory kit of `modules` equal DIMMs."""

    memory_type: MemoryType
    module_bytes: int
    modules: int = 1
    mt_s: int | None = None
    ranks: int | None = None
    ecc: bool | None = None
    height_mm: float | None = None
    power_w: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Drive(Part):
    """An SSD or hard disk."""

    form: DriveForm | None = None
    capacity_bytes: int | None = None
    rotational: bool = False
    pcie: PcieLink | None = None
    seq_read_b_s: float | None = None
    seq_write_b_s: float | None = None
    active_power_w: float | None = None
    idle_power_w: float | None = None
    endurance_dwpd: float | None = None
    ure_per_bit: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Psu(Part):
    """A power supply, for a PC (`form` "atx", "sfx") or a server ("crps", vendor's own). Low line is 100-127 V."""

    rated_w: float | None = None
    low_line_w: float | None = None
    form: str = "atx"
    atx_version: str = ""
    efficiency: Efficiency | None = None
    connectors: tuple[tuple[PowerConnector, int], ...] | None = None
    length_mm: float | None = None
    inlet: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cooler(Part):
    """A CPU cooler: `radiator_mm` is 0 for air, 120 to 420 for closed loops; `capacity_w` is what its maker claims."""

    sockets: tuple[str, ...] = ()
    height_mm: float | None = None
    radiator_mm: int | None = None
    capacity_w: float | None = None
    tower_count: int | None = None
    power_w: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case(Part):
    """A chassis for a PC or workstation build. `radiators` lists mounts as (place, largest radiator in mm)."""

    boards: tuple[BoardForm, ...] = ()
    gpu_length_mm: float | None = None
    cooler_height_mm: float | None = None
    psu_length_mm: float | None = None
    psu_form: str = "atx"
    expansion_slots: int | None = None
    low_profile_slots: bool = False
    bays_2_5: int | None = None
    bays_3_5: int | None = None
    radiators: tuple[tuple[str, int], ...] | None = None
    fans_included: int | None = None
    fan_mounts: int | None = None
    rack_units: int | None = None
    ducted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Fan(Part):
    """A case fan."""

    size_mm: int
    airflow_m3_s: float | None = None
    static_pressure_pa: float | None = None
    noise_dba: float | None = None
    power_w: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Radiator(Part):
    """A radiator of a custom water loop."""

    size_mm: int
    thickness_mm: float | None = None
    capacity_w: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bridge(Part):
    """An NVLink bridge. `fits` are accelerator ids; `spacing_slots` the distance of the two cards."""

    fits: tuple[str, ...] = ()
    devices: int = 2
    spacing_slots: int | None = None
    bandwidth_b_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Riser(Part):
    """A PCIe riser or extension cable."""

    link: PcieLink | None = None
    length_mm: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform(Part):
    """A server, barebone, baseboard system (DGX, HGX, OAM) or complete machine (DGX Spark, Mac).

    Attributes:
        form: "server", "workstation", "baseboard system", "complete machine".
        rack_units: height.
        depth_mm: of the chassis.
        sockets: CPU sockets.
        cpu_socket: which CPUs fit, "" when they are part of the machine.
        cpu_ids: CPUs that it is delivered with.
        memory_types: DIMMs it takes.
        memory_slots: DIMM places.
        memory_channels: per CPU.
        memory_max_bytes: largest configuration.
        memory_included_bytes: host memory that it is delivered with, None if none or not published.
        gpu_mount: what its accelerator places take.
        gpu_max: how many.
        gpu_ids: accelerators that it is delivered with or that its maker lists; empty = not restricted by id.
        gpu_included: how many accelerators come with it.
        gpu_slot_width: widest card.
        low_profile_only: whether all slots take low-profile cards only.
        gpu_link: what joins the accelerators.
        gpu_power_w_max: highest board power of one accelerator that its maker supports.
        psus: supplies fitted.
        psu_w: rating of one at high line.
        psu_low_line_w: the same at 100-127 V; 0 = not allowed there.
        redundancy: such as "1+1", "5+1".
        max_power_w: its maker's maximum at the input.
        base_power_w: draw of the platform without CPUs, DIMMs, drives and accelerators, fans included.
        ducted: whether its fans force air through passive cards.
        liquid_cooled: whether it needs facility water.
        bays: drive bays as (form, number).
        slots: PCIe slots, when a map is known.
        network: ports that come with it, as its maker writes them.
        network_ports: the same as (number, bits per second, connector).
        inlet_max_c: highest inlet temperature with accelerators.
    """

    form: str = "server"
    rack_units: float | None = None
    depth_mm: float | None = None
    sockets: int | None = None
    cpu_socket: str = ""
    cpu_ids: tuple[str, ...] = ()
    memory_types: tuple[MemoryType, ...] = ()
    memory_slots: int | None = None
    memory_channels: int | None = None
    memory_max_bytes: int | None = None
    memory_included_bytes: int | None = None
    gpu_mount: Mount | None = None
    gpu_max: int | None = None
    gpu_ids: tuple[str, ...] = ()
    gpu_included: int = 0
    gpu_slot_width: float | None = None
    low_profile_only: bool | None = None
    gpu_link: LinkKind | None = None
    gpu_power_w_max: float | None = None
    psus: int | None = None
    psu_w: float | None = None
    psu_low_line_w: float | None = None
    psu_efficiency: Efficiency | None = None
    redundancy: str = ""
    max_power_w: float | None = None
    base_power_w: float | None = None
    ducted: bool | None = None
    liquid_cooled: bool | None = None
    bays: tuple[tuple[DriveForm, int], ...] = ()
    slots: tuple[Slot, ...] = ()
    network: str = ""
    network_ports: tuple[tuple[int, float, str], ...] = ()
    inlet_max_c: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Nic(Part):
    """A network adapter."""

    ports: int = 1
    port_bit_s: float | None = None
    connector: str = ""
    protocol: str = ""
    pcie: PcieLink | None = None
    power_w: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch(Part):
    """A network switch. `ports` lists (number, bits per second, connector)."""

    ports: tuple[tuple[int, float, str], ...] = ()
    throughput_bit_s: float | None = None
    rack_units: float | None = None
    typical_power_w: float | None = None
    max_power_w: float | None = None
    protocol: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cable(Part):
    """A copper cable, active cable, or transceiver with fibre. `reach_m` is the longest run."""

    form: str = "dac"
    port_bit_s: float | None = None
    connector: str = ""
    reach_m: float | None = None
    power_w: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rack(Part):
    """A cabinet."""

    rack_units: int | None = None
    depth_mm: float | None = None
    load_kg: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pdu(Part):
    """A power distribution unit."""

    rated_w: float | None = None
    phases: int | None = None
    outlets: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ups(Part):
    """An uninterruptible supply. `runtime` lists (load in W, seconds)."""

    rated_va: float | None = None
    rated_w: float | None = None
    runtime: tuple[tuple[float, float], ...] | None = None


CLASS_OF_KIND: dict[PartKind, type[Part]] = {
    PartKind.ACCELERATOR: Accelerator,
    PartKind.CPU: Cpu,
    PartKind.BOARD: Board,
    PartKind.MEMORY: Memory,
    PartKind.DRIVE: Drive,
    PartKind.PSU: Psu,
    PartKind.COOLER: Cooler,
    PartKind.CASE: Case,
    PartKind.FAN: Fan,
    PartKind.RADIATOR: Radiator,
    PartKind.BRIDGE: Bridge,
    PartKind.RISER: Riser,
    PartKind.PLATFORM: Platform,
    PartKind.NIC: Nic,
    PartKind.SWITCH: Switch,
    PartKind.CABLE: Cable,
    PartKind.RACK: Rack,
    PartKind.PDU: Pdu,
    PartKind.UPS: Ups,
}
