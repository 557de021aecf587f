"""A Snapshot: what one machine has, each fact as it was read, nothing guessed."""

from dataclasses import dataclass, field
from enum import StrEnum

from dsdesk.base.message import N_, Message
from dsdesk.base.units import Quantity, Unit


class Habitat(StrEnum):
    """What kind of machine it is."""

    METAL = "metal"
    VIRTUAL = "virtual"
    CONTAINER = "container"
    WSL = "wsl"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class PciPlace:
    """Where a card sits and how it is linked; None = not reported. At idle the generation drops: the width tells."""

    address: str = ""
    gen_now: int | None = None
    gen_max: int | None = None
    gen_host_max: int | None = None
    width_now: int | None = None
    width_max: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """A part of a partitioned accelerator (MIG): its profile, such as "3g.40gb", and its memory."""

    name: str = ""
    memory_bytes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Occupant:
    """A program that holds memory of an accelerator; its name may be hidden, the size untold."""

    program: str = ""
    memory_bytes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gpu:
    """One accelerator.

    Attributes:
        name: as its driver prints it, or from the PCI id.
        vendor: "nvidia", "amd", "intel", "apple", "huawei", ...
        memory_bytes: measured total; None when nobody reported it.
        memory_reserved_bytes: taken by the driver.
        memory_free_bytes: free when it was read.
        unified_memory: shares the host's memory.
        part_id: catalogue id, "" without a match.
        certainty: "id", "name", "memory", "modified", "virtual", or "" (see `dsdesk.detect.matching`).
        candidates: catalogue ids that are also possible.
        pci: place and link.
        pci_id: "10de:2684".
        subsystem: "1043:889a", "" if not read.
        driver: version, or name of the kernel module.
        compute_id: "sm_89", "gfx942".
        power_limit_w: as set now.
        power_min_w: lowest that may be set.
        power_max_w: highest that may be set.
        temperature_c: when read.
        utilisation: fraction when read.
        power_w: when read.
        ecc: whether error correction is on; None if not reported.
        mig: whether it is partitioned.
        numa_node: of the host, None if not reported.
        index: number by which its maker's tool calls it.
        slices: parts that it is split into.
        occupants: programs that hold its memory, the largest first; empty where nobody may tell.
        shared_memory_bytes: host memory that it may use beside its own (GTT of an integrated AMD chip).
        visible_memory_bytes: memory that the processor can address at once; a small part without resizable BAR.
        nvlinks: active NVLinks, None if not reported.
        nvlink_b_s: of one of them and direction.
        virtualisation: "Pass-Through", "VGPU", "" on bare metal or if not reported.
        driver_model: of Windows, "WDDM", "TCC" or "MCDM".
        sources: readers that contributed.
        origins: (field, source) for each value that a capture gave.
    """

    name: str
    vendor: str
    memory_bytes: int | None = None
    memory_reserved_bytes: int | None = None
    memory_free_bytes: int | None = None
    unified_memory: bool = False
    part_id: str = ""
    certainty: str = ""
    candidates: tuple[str, ...] = ()
    pci: PciPlace = field(default_factory=PciPlace)
    pci_id: str = ""
    subsystem: str = ""
    driver: str = ""
    compute_id: str = ""
    power_limit_w: float | None = None
    power_min_w: float | None = None
    power_max_w: float | None = None
    temperature_c: float | None = None
    utilisation: float | None = None
    power_w: float | None = None
    ecc: bool | None = None
    mig: bool | None = None
    numa_node: int | None = None
    index: int | None = None
    slices: tuple[Slice, ...] = ()
    occupants: tuple[Occupant, ...] = ()
    shared_memory_bytes: int | None = None
    visible_memory_bytes: int | None = None
    nvlinks: int | None = None
    nvlink_b_s: float | None = None
    virtualisation: str = ""
    driver_model: str = ""
    sources: tuple[str, ...] = ()
    origins: tuple[tuple[str, str], ...] = ()

    @property
    def label(self) -> str:
        """What to call it in a sentence: its name, or what else is known of it."""
        return self.name or self.pci_id or self.pci.address or self.vendor


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """How two accelerators are joined.

    Attributes:
        a: position of one in `Snapshot.gpus`.
        b: position of the other.
        kind: as `nvidia-smi topo -m` writes it (NV4, PIX, PXB, PHB, NODE, SYS), or XGMI, HCCS, PCIE.
    """

    a: int
    b: int
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CpuFacts:
    """The processors of the host; cores and threads are those of all sockets."""

    name: str = ""
    sockets: int | None = None
    cores: int | None = None
    threads: int | None = None
    numa_nodes: int | None = None
    instruction_sets: tuple[str, ...] = ()
    part_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryFacts:
    """Host memory.

    Attributes:
        total_bytes: of the host.
        available_bytes: not in use when it was read.
        slots: of the board.
        modules: as (bytes, MT/s or None, type), where they can be read without rights.
        part_id: catalogue id of a kit of such modules, "" without one.
        part_count: how many of these kits.
    """

    total_bytes: int | None = None
    available_bytes: int | None = None
    slots: int | None = None
    modules: tuple[tuple[int, int | None, str], ...] = ()
    part_id: str = ""
    part_count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """A block device that is not a partition, loop or memory disk."""

    name: str
    model: str = ""
    capacity_bytes: int | None = None
    rotational: bool | None = None
    transport: str = ""
    pci: PciPlace | None = None
    part_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostFacts:
    """The machine itself.

    Attributes:
        part_id: catalogue id of its server or complete machine, else of its board.
        free_x16_slots: that the firmware calls available, None where nobody may read it.
        psu_w: rating of one of its supplies, None as above; desktops do not tell it.
    """

    os: str = ""
    kernel: str = ""
    habitat: Habitat = Habitat.UNKNOWN
    maker: str = ""
    product: str = ""
    board: str = ""
    nvidia_driver: str = ""
    cuda: str = ""
    part_id: str = ""
    free_x16_slots: int | None = None
    psu_w: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """All of one machine.

    Attributes:
        host: the machine itself.
        gpus: accelerators, by PCI address.
        links: between them.
        cpu: processors.
        memory: host memory.
        disks: drives.
        warnings: what could not be read and what that means.
        sources: captures that were read, each by its file and kind; empty for this machine.
    """

    host: HostFacts = field(default_factory=HostFacts)
    gpus: tuple[Gpu, ...] = ()
    links: tuple[Link, ...] = ()
    cpu: CpuFacts = field(default_factory=CpuFacts)
    memory: MemoryFacts = field(default_factory=MemoryFacts)
    disks: tuple[Disk, ...] = ()
    warnings: tuple[Message, ...] = ()
    sources: tuple[str, ...] = ()

    def summary(self) -> tuple[Message, ...]:
        """What was found, a sentence each, for the page and the terminal."""
        sentences = [_about_gpu(gpu) for gpu in self.gpus]
        if not self.gpus:
            sentences.append(Message(NO_ACCELERATOR))
        if self.cpu.name:
            sentences.append(
                Message(N_("Processor: {name}, {threads} threads."), name=self.cpu.name, threads=self.cpu.threads)
            )
        if self.memory.total_bytes is not None:
            sentences.append(Message(N_("Host memory: {size}."), size=Quantity(self.memory.total_bytes, Unit.GIB)))
        return (*sentences, *self.warnings)


NO_ACCELERATOR = N_(
    "No accelerator was found. Small models run on the processor; for more, choose a machine on the Machine page, "
    "or open a capture of the machine that you mean."
)


def _about_gpu(gpu: Gpu) -> Message:
    size = None if gpu.memory_bytes is None else Quantity(gpu.memory_bytes, Unit.GIB)
    name = gpu.name or Message(N_("unnamed ({vendor})"), vendor=gpu.vendor or gpu.pci_id)
    return Message(N_("Accelerator: {name}, memory {size}."), name=name, size=size)
