"""The host as offloaded experts see it: memory bandwidth over the channels that are really filled."""

from dataclasses import dataclass

from dsdesk.build.inventory import first, lines_of, platform_of
from dsdesk.build.machine import PlacedPart
from dsdesk.hardware.parts import Accelerator, Board, Cpu, Memory
from dsdesk.hardware.vocabulary import MemoryType
from dsdesk.sizing.results import HostSpeed

# Rate with two DIMMs on a channel, where a rule for the socket is known [MT/s].
TWO_PER_CHANNEL_MT_S: dict[str, tuple[int, str, bool]] = {
    "LGA4677": (4400, "Dell PowerEdge R860 manual, p. 119: 4800 with one, 4400 with two DIMMs a channel", False),
    "AM5": (3600, "general knowledge: Ryzen 7000 and 9000 with four DIMMs", True),
    "SP5": (3600, "general knowledge: EPYC 9004 with two DIMMs a channel (3600 to 4000)", True),
}

REGISTERED = {MemoryType.DDR4_RDIMM, MemoryType.DDR5_RDIMM, MemoryType.DDR5_MRDIMM}


@dataclass(frozen=True, slots=True, kw_only=True)
class Channels:
    """How the memory channels of a node are filled.

    Attributes:
        modules: DIMMs.
        channels: of all processors together, None if not published.
        mt_s: rate they run at, None if it cannot be told.
        bytes: capacity.
    """

    modules: int
    channels: int | None
    mt_s: int | None
    bytes: int

    @property
    def filled(self) -> int | None:
        """Channels with at least one DIMM, spread as widely as they go."""
        return None if self.channels is None else min(self.modules, self.channels)

    @property
    def doubled(self) -> bool:
        """Whether a channel carries more than one DIMM."""
        return self.channels is not None and self.modules > self.channels


def channels(parts: tuple[PlacedPart, ...], cpus: tuple[tuple[Cpu, int], ...]) -> Channels:
    """The memory of a node as channels see it."""
    kits = list(lines_of(parts, Memory))
    modules = sum(line.quantity * kit.modules for line, kit in kits)
    capacity = sum(line.quantity * kit.modules * kit.module_bytes for line, kit in kits)
    number = _channel_count(parts, cpus)
    doubled = number is not None and modules > number
    return Channels(modules=modules, channels=number, mt_s=_rate(parts, cpus, doubled), bytes=capacity)


def host_speed(
    parts: tuple[PlacedPart, ...], cpus: tuple[tuple[Cpu, int], ...], accelerator: Accelerator | None
) -> HostSpeed:
    """Bandwidth and size of host memory.

    Equation: bandwidth [B/s] = filled channels x 8 B x transfers per second.
    Source: JEDEC DDR4 and DDR5: a channel is 64 data bits wide; DDR5 splits it in two halves of 32.
    """
    if accelerator is not None and accelerator.unified_memory:
        return HostSpeed(memory_bandwidth_b_s=accelerator.bandwidth_b_s, memory_bytes=accelerator.memory_bytes)
    found = channels(parts, cpus)
    if not found.modules:
        platform = platform_of(parts)
        return HostSpeed(memory_bytes=platform.memory_included_bytes if platform else None)
    if not found.filled or found.mt_s is None:
        return HostSpeed(memory_bytes=found.bytes)
    return HostSpeed(memory_bandwidth_b_s=found.filled * 8 * found.mt_s * 1e6, memory_bytes=found.bytes)


def _channel_count(parts: tuple[PlacedPart, ...], cpus: tuple[tuple[Cpu, int], ...]) -> int | None:
    number = sum(count for _, count in cpus)
    by_cpu = cpus[0][0].memory_channels if cpus else None
    board = first(parts, Board)
    by_board = board[1].memory_channels if board and board[1].sockets == 1 else None
    platform = platform_of(parts)
    if platform is not None and platform.memory_channels is not None:
        by_board = platform.memory_channels * max(number, 1)
    if by_cpu is not None:
        by_cpu *= number
    known = [value for value in (by_cpu, by_board) if value is not None]
    return min(known) if known else None


def _rate(parts: tuple[PlacedPart, ...], cpus: tuple[tuple[Cpu, int], ...], doubled: bool) -> int | None:
    """The slowest of kits, board and, for registered memory, processor; less where channels carry two DIMMs."""
    kits = [kit for _, kit in lines_of(parts, Memory)]
    rates = [kit.mt_s for kit in kits]
    board = first(parts, Board)
    if board and board[1].memory_mt_s is not None:
        rates.append(board[1].memory_mt_s)
    if cpus and cpus[0][0].memory_mt_s is not None and any(kit.memory_type in REGISTERED for kit in kits):
        rates.append(cpus[0][0].memory_mt_s)
    if doubled:
        rule = TWO_PER_CHANNEL_MT_S.get(cpus[0][0].socket if cpus else "")
        rates.append(rule[0] if rule else None)
    return None if not rates or any(rate is None for rate in rates) else min(rate for rate in rates if rate is not None)
