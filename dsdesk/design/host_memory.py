"""Host memory as a part of a load: how fast what the shelf offers is, and which parts give as much.

A load that keeps layers in host memory counts on a bandwidth and a capacity. As with links of cards, each speed that
boards or a platform can have is a load of its own, slowest first; processor, memory and board must then reach it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from dsdesk.build.host import REGISTERED, TWO_PER_CHANNEL_MT_S
from dsdesk.design.market import Market
from dsdesk.hardware.parts import Board, Cpu, Memory, Platform
from dsdesk.hardware.vocabulary import MemoryType

_STEP = 1.05  # speeds that differ by less are not told apart
_CHANNEL_BYTES = 8
_ANY = float("inf")


@dataclass(frozen=True, slots=True)
class HostDemand:
    """What a load counts on.

    Attributes:
        bandwidth_b_s: of all channels together.
        memory_bytes: with the headroom.
    """

    bandwidth_b_s: float
    memory_bytes: int


@dataclass(frozen=True, slots=True)
class _Seat:
    """What a board or a platform gives to processors and memory."""

    socket: str
    sockets: int
    channels: int | None
    mt_s: int | None
    types: tuple[MemoryType, ...]


def bandwidths(market: Market, platform: Platform | None) -> tuple[float, ...]:
    """Bandwidths that the shelf gives with every channel filled [B/s], slowest first, in steps of at least 5 %."""
    kept: list[float] = []
    for found in sorted({*_found(market, platform)}):
        if not kept or found >= kept[-1] * _STEP:
            kept.append(found)
    return tuple(kept)


def _found(market: Market, platform: Platform | None) -> Iterator[float]:
    kits = {(kit.memory_type, kit.mt_s) for kit in market.parts(Memory) if kit.mt_s}
    cpus = {(cpu.socket, cpu.memory_channels, cpu.memory_mt_s) for cpu in market.parts(Cpu)}
    for seat in _seats(market, platform):
        for socket, channels, mt_s in cpus:
            if socket != seat.socket or (channels is None and seat.channels is None):
                continue
            number = min(channels or _ANY, seat.channels or _ANY) * seat.sockets
            for kind, rate in kits:
                if kind in seat.types and rate is not None:
                    yield number * _CHANNEL_BYTES * 1e6 * min(rate, seat.mt_s or _ANY, _limit(kind, mt_s))


def _seats(market: Market, platform: Platform | None) -> Iterable[_Seat]:
    if platform is not None:
        types = platform.memory_types
        return {_Seat(platform.cpu_socket, platform.sockets or 1, platform.memory_channels, None, types)}
    boards = market.parts(Board)
    return {
        _Seat(board.socket, 1, board.memory_channels, board.memory_mt_s, board.memory_types)
        for board in boards
        if board.sockets == 1
    }


def _limit(kind: MemoryType, cpu_mt_s: int | None) -> float:
    """The rate of a processor limits registered memory alone, as the build counts it."""
    return cpu_mt_s or _ANY if kind in REGISTERED else _ANY


def reached_by_cpu(demand: HostDemand, cpu: Cpu, pieces: int, kit: Memory, modules: int) -> bool:
    """Whether processors and modules may reach the bandwidth; a board may still slow them down."""
    channels = (cpu.memory_channels or _ANY) * pieces
    rate = min(kit.mt_s or 0, _limit(kit.memory_type, cpu.memory_mt_s))
    return _bandwidth(cpu.socket, channels, modules, rate) >= demand.bandwidth_b_s


def reached_by_board(demand: HostDemand, board: Board, kit: Memory, modules: int) -> bool:
    """Whether a board with such modules may reach the bandwidth; a processor may still slow them down."""
    rate = min(kit.mt_s or 0, board.memory_mt_s or _ANY)
    return _bandwidth(board.socket, board.memory_channels or _ANY, modules, rate) >= demand.bandwidth_b_s


def _bandwidth(socket: str, channels: float, modules: int, mt_s: float) -> float:
    """Of filled channels [B/s]; 0 where two modules share one at a rate that nobody tells."""
    if modules > channels:
        rule = TWO_PER_CHANNEL_MT_S.get(socket)
        mt_s = min(mt_s, rule[0]) if rule else 0
    return min(channels, modules) * _CHANNEL_BYTES * 1e6 * mt_s
