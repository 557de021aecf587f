"""Claims that the catalogue answers: accelerators, links, slots, platforms, switches (G3 to G5, G8 to G10, G19)."""

from dsdesk.base.message import Message
from dsdesk.base.source import Unknown
from dsdesk.claims.claim import Figure, Judgement, Verdict
from dsdesk.claims.registry import Bench, judge, near, undecided
from dsdesk.hardware.parts import Bridge, Platform, Switch
from dsdesk.hardware.vocabulary import LinkKind, PartKind

_GB = 1e9
_400G = 400e9
_PORTS = 48
_MODULES = 4


def _memory(bench: Bench, part_id: str, guide_gb: float, agrees: Message, differs: Message) -> Judgement:
    part = bench.accelerator(part_id)
    if isinstance(part, Unknown):
        return undecided(part)
    if part.memory_bytes is None:
        return undecided(Unknown(Message("the memory of {part} is not published", part=part.full_name)))
    # Vendors print the size of the stacks in units of 10^9 or 2^30; the nearer of the two is what they mean.
    printed = min((part.memory_bytes / _GB, part.memory_bytes / 2**30), key=lambda size: abs(size - guide_gb))
    ours = Figure(printed, "GB")
    right = near(ours, guide_gb, tolerance=0.01)
    return Judgement(ours=ours, verdict=Verdict.AGREES if right else Verdict.WRONG, reason=agrees if right else differs)


@judge("g3-h200", Message("The H200 has 141 GB of HBM3e."))
def h200(bench: Bench) -> Judgement:
    """Memory of the H200 in the catalogue."""
    text = Message("The catalogue's sources say the same.")
    return _memory(bench, "nvidia-h200-sxm", 141, text, Message("The catalogue's sources say otherwise."))


@judge("g3-gb200", Message("The GB200 is a GPU with 192 GB of HBM3e."))
def gb200(bench: Bench) -> Judgement:
    """Memory of one GPU of a GB200 in the catalogue."""
    differs = Message(
        "GB200 is no card: it is sold in compute trays of two Grace processors and four GPUs, 72 GPUs to a rack, and "
        "186 GB of each GPU are usable."
    )
    return _memory(bench, "nvidia-gb200", 192, Message("The catalogue's sources say the same."), differs)


@judge("g4-mi300x", Message("The MI300X has 192 GB of HBM3."))
def mi300x(bench: Bench) -> Judgement:
    """Memory of the MI300X in the catalogue."""
    text = Message("The catalogue's sources say the same. It is an OAM module, not a card: it needs a platform for it.")
    return _memory(bench, "amd-mi300x", 192, text, Message("The catalogue's sources say otherwise."))


@judge("g5-nvlink", Message("Several RTX 4090 are joined by NVLink bridges."))
def nvlink_on_4090(bench: Bench) -> Judgement:
    """Bridges of the catalogue that fit the RTX 4090."""
    card = bench.accelerator("nvidia-rtx-4090")
    if isinstance(card, Unknown):
        return undecided(card)
    parts = bench.catalog.parts(PartKind.BRIDGE)
    bridges = [part for part in parts if isinstance(part, Bridge) and card.id in part.fits]
    if card.link is LinkKind.NVLINK_BRIDGE or bridges:
        return Judgement(
            ours=Figure(len(bridges)), verdict=Verdict.AGREES, reason=Message("The catalogue has such a bridge.")
        )
    reason = Message(
        "The RTX 4090 has no NVLink connector and its chip no NVLink. The cards talk over PCIe, without direct copies "
        "from card to card."
    )
    return Judgement(ours=Figure(0), verdict=Verdict.WRONG, reason=reason)


@judge("g8-memory", Message("Two RTX 4090 bridged by NVLink give 48 GB of memory."))
def joined_memory(bench: Bench) -> Judgement:
    """Memory of two cards."""
    card = bench.accelerator("nvidia-rtx-4090")
    if isinstance(card, Unknown) or card.memory_bytes is None:
        return undecided(card if isinstance(card, Unknown) else Unknown(Message("the memory is not published")))
    reason = Message(
        "Twice 24 GB, but never one memory of 48 GB: the engine has to split the model, and each card keeps its own "
        "runtime and buffers."
    )
    return Judgement(ours=Figure(2 * card.memory_bytes / 2**30, "GB"), verdict=Verdict.DEPENDS, reason=reason)


@judge("g9-memory", Message("Two H200 have 282 GB of memory."))
def two_h200(bench: Bench) -> Judgement:
    """Memory of two H200."""
    card = bench.accelerator("nvidia-h200-nvl")
    if isinstance(card, Unknown) or card.memory_bytes is None:
        return undecided(card if isinstance(card, Unknown) else Unknown(Message("the memory is not published")))
    sizes = (2 * card.memory_bytes / _GB, 2 * card.memory_bytes / 2**30)
    ours = Figure(min(sizes, key=lambda size: abs(size - 282)), "GB")
    right = near(ours, 282, tolerance=0.01)
    text = Message("Twice 141 GB.") if right else Message("The catalogue's sources say otherwise.")
    return Judgement(ours=ours, verdict=Verdict.AGREES if right else Verdict.WRONG, reason=text)


@judge("g9-r760xs", Message("A PowerEdge R760xs carries two H200."))
def server_takes_h200(bench: Bench) -> Judgement:
    """Whether the server's slots take a full-height, dual-slot card."""
    server, card = bench.part("dell-poweredge-r760xs"), bench.accelerator("nvidia-h200-nvl")
    if isinstance(server, Unknown) or isinstance(card, Unknown):
        return undecided(Unknown(Message("server or card is not in the catalogue")))
    if not isinstance(server, Platform) or server.low_profile_only is None or card.low_profile is None:
        return undecided(Unknown(Message("the height of slots or card is not published")))
    if server.low_profile_only and not card.low_profile:
        reason = Message(
            "All slots of this server take low-profile cards only; the H200 NVL is full height, two slots wide and "
            "600 W. The maker lists such cards for R760xa (four) and R760 (two)."
        )
        return Judgement(ours=Figure(0), verdict=Verdict.WRONG, reason=reason)
    return Judgement(ours=Figure(2), verdict=Verdict.AGREES, reason=Message("The slots take them."))


@judge("g10-dgx", Message("A DGX H100 has eight H100 with 640 GB of HBM3e."))
def dgx_memory(bench: Bench) -> Judgement:
    """Memory and its kind of the H100 in the catalogue."""
    card, platform = bench.accelerator("nvidia-h100-sxm"), bench.part("nvidia-dgx-h100")
    if isinstance(card, Unknown) or card.memory_bytes is None:
        return undecided(card if isinstance(card, Unknown) else Unknown(Message("the memory is not published")))
    count = platform.gpu_included if isinstance(platform, Platform) else 8
    ours = Figure(count * card.memory_bytes / 2**30, "GB")
    if card.memory_type.upper() == "HBM3E":
        return Judgement(ours=ours, verdict=Verdict.AGREES, reason=Message("The catalogue's sources say the same."))
    reason = Message(
        "The size is right, the kind is not: the H100 has {kind}; HBM3e came with the H200.", kind=card.memory_type
    )
    return Judgement(ours=ours, verdict=Verdict.WRONG, reason=reason)


@judge("g10-mi300x-nodes", Message("MI300X servers with four modules each."))
def mi300x_nodes(bench: Bench) -> Judgement:
    """Modules that the platforms of the catalogue carry."""
    platforms = [
        part
        for part in bench.catalog.parts(PartKind.PLATFORM)
        if isinstance(part, Platform) and "amd-mi300x" in part.gpu_ids and part.gpu_max
    ]
    if not platforms:
        return undecided(Unknown(Message("no platform for the MI300X is in the catalogue")))
    fewest = min(part.gpu_max or 0 for part in platforms)
    if fewest == _MODULES:
        return Judgement(
            ours=Figure(_MODULES), verdict=Verdict.AGREES, reason=Message("The catalogue has such a platform.")
        )
    names = tuple(part.full_name for part in platforms)
    reason = Message(
        "Every platform found carries eight on one baseboard: {names}. None with four was found.", names=names
    )
    return Judgement(ours=Figure(fewest), verdict=Verdict.WRONG, reason=reason)


@judge("g10-switch", Message("The Arista 7280R3 has 48 ports of 400 Gbit/s."))
def switch_ports(bench: Bench) -> Judgement:
    """Most 400G ports of one 7280R3 (not 7280R3A) in the catalogue."""
    family = [
        part
        for part in bench.catalog.parts(PartKind.SWITCH)
        if isinstance(part, Switch) and part.name.startswith("7280") and "R3" in part.name and "R3A" not in part.name
    ]
    if not family:
        return undecided(Unknown(Message("no switch of this family is in the catalogue")))
    most = max(sum(number for number, rate, _ in switch.ports if rate == _400G) for switch in family)
    if most >= _PORTS:
        return Judgement(ours=Figure(most), verdict=Verdict.AGREES, reason=Message("The catalogue has such a switch."))
    reason = Message(
        "The family goes to {most} such ports; 36 and 54 belong to the later 7280R3A. Two switches together would "
        "have 48.",
        most=most,
    )
    return Judgement(ours=Figure(most), verdict=Verdict.WRONG, reason=reason)


@judge("g19-pcie", Message("The main board has to have a PCIe 5.0 x16 slot."))
def pcie_generation(bench: Bench) -> Judgement:
    """Generation of the RTX 4090's own connector."""
    card = bench.accelerator("nvidia-rtx-4090")
    if isinstance(card, Unknown) or card.pcie is None:
        return undecided(card if isinstance(card, Unknown) else Unknown(Message("the link is not published")))
    reason = Message(
        "Only for cards that have it. The RTX 4090 is generation {gen} with {lanes} lanes and gains nothing from a "
        "newer slot; two cards on a desktop processor get eight lanes each. nvidia-smi topo -m is the right command.",
        gen=card.pcie.gen,
        lanes=card.pcie.lanes,
    )
    return Judgement(ours=Figure(card.pcie.gen), verdict=Verdict.DEPENDS, reason=reason)
