"""Which part of a kind suits a machine at first sight: what fixes and proposals choose from, before they try it out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dsdesk.build.inventory import first
from dsdesk.checks.node import Node
from dsdesk.hardware.parts import Board, Case, Cooler, Cpu, Drive, Memory, Part, Platform, Psu
from dsdesk.hardware.vocabulary import DriveForm, MemoryType, PartKind
from dsdesk.project.assumptions import ASSUMED, Assumptions
from dsdesk.sizing.airflow import class_w, cooler_class
from dsdesk.sizing.electricity import atx_3, least_rating_w


@dataclass(frozen=True, slots=True)
class Suits:
    """How parts of a kind are chosen.

    Attributes:
        accepts: whether a part goes with the rest of the machine.
        size: what "smallest" means for the kind.
    """

    accepts: Callable[[Node, Any], bool]
    size: Callable[[Any], float]


def is_complete(platform: Platform) -> bool:
    """Whether a platform comes with processors: a complete machine, or one that is delivered with accelerators."""
    return bool(platform.cpu_ids or platform.gpu_included) or platform.form == "complete machine"


def socket_of(node: Node) -> str | None:
    """The socket that the machine's processors go into, None while nothing decides it."""
    if node.board is not None:
        return node.board[1].socket
    if node.platform is not None:
        return node.platform.cpu_socket or None
    return node.cpu.socket if node.cpu else None


def chipset_takes(board: Board, cpu: Cpu) -> bool:
    """Whether the chipset takes a processor that goes into the board's socket.

    Source: blog.ocworks.com/archives/52175237 (WRX90 is for Threadripper PRO alone; TRX50 takes both lines).
    """
    return not takes_pro_alone(board) or is_pro(cpu)


def takes_pro_alone(board: Board) -> bool:
    """Whether the chipset takes processors for workstations and no others of its socket."""
    return "WRX90" in board.chipset


def is_pro(cpu: Cpu) -> bool:
    """Whether a processor is of the line for workstations, as its maker marks it."""
    return "PRO" in cpu.name.split()


def memory_types_of(node: Node) -> tuple[MemoryType, ...]:
    """The kinds of memory that board or platform, and processor, take; empty while nothing decides it."""
    host = node.board[1].memory_types if node.board else node.platform.memory_types if node.platform else ()
    by_cpu = node.cpu.memory_types if node.cpu else ()
    if host and by_cpu:
        return tuple(kind for kind in host if kind in by_cpu)
    return host or by_cpu


def cooler_w(cooler: Cooler, assumed: Assumptions) -> float | None:
    """What a cooler carries [W]: its maker's figure, or the limit of its class; None where neither can be told."""
    if cooler.capacity_w is not None:
        return cooler.capacity_w
    kind = cooler_class(cooler.radiator_mm, cooler.height_mm, cooler.tower_count)
    return class_w(kind, assumed) if kind else None


def cooler_fits_case(cooler: Cooler, case: Case | None) -> bool:
    """Whether height, or radiator, is known to go into the case."""
    if case is None:
        return True
    if cooler.radiator_mm:
        return any(size >= cooler.radiator_mm for _, size in case.radiators or ())
    if case.cooler_height_mm is None or cooler.height_mm is None:
        return False
    return cooler.height_mm <= case.cooler_height_mm


def longest_card_mm(node: Node) -> float:
    """The longest card whose length is published [mm]."""
    return max((card.length_mm or 0.0 for _, card in node.cards()), default=0.0)


def _cpu(node: Node, cpu: Cpu) -> bool:
    if socket_of(node) is None and node.platform is not None:
        return False  # a server whose socket is not published: its maker says what goes in
    return cpu.socket == socket_of(node) if socket_of(node) else True


def _board(node: Node, board: Board) -> bool:
    case = node.case[1] if node.case else None
    in_case = case is None or (board.form is not None and board.form in case.boards)
    memory = first(node.parts, Memory)
    takes = memory is None or memory[1].memory_type in board.memory_types
    cards = sum(line.quantity for line, _ in node.cards())
    socket = node.cpu.socket if node.cpu else board.socket
    return in_case and takes and board.socket == socket and len(board.slots) >= cards


def _memory(node: Node, memory: Memory) -> bool:
    types = memory_types_of(node)
    return not types or memory.memory_type in types


def _drive(node: Node, drive: Drive) -> bool:
    if drive.rotational or drive.form is None:
        return False
    if node.platform is not None:
        return any(form is drive.form for form, _ in node.platform.bays)
    return drive.form is DriveForm.M2_2280


def _psu(node: Node, psu: Psu) -> bool:
    if node.platform is not None:
        return False  # servers take supplies of their own
    case = node.case[1] if node.case else None
    if case is not None and psu.form != case.psu_form:
        return False
    return (psu.rated_w or 0.0) >= least_rating_w(node.power.known_w, node.power.peak_w, atx_3(node.assumed))


def _cooler(node: Node, cooler: Cooler) -> bool:
    socket, heat = socket_of(node), node.cpu.max_power_w if node.cpu else None
    carries = cooler_w(cooler, node.assumed)
    enough = heat is None or (carries is not None and carries >= heat)
    case = node.case[1] if node.case else None
    return (socket is None or socket in cooler.sockets) and enough and cooler_fits_case(cooler, case)


def _case(node: Node, case: Case) -> bool:
    board = node.board[1] if node.board else None
    return (board is None or board.form in case.boards) and (case.gpu_length_mm or 0.0) >= longest_card_mm(node)


_SUITS: dict[PartKind, Suits] = {
    PartKind.CPU: Suits(_cpu, lambda cpu: cpu.cores or 0),
    PartKind.BOARD: Suits(_board, lambda board: len(board.slots)),
    PartKind.MEMORY: Suits(_memory, lambda memory: memory.module_bytes * memory.modules),
    PartKind.DRIVE: Suits(_drive, lambda drive: drive.capacity_bytes or 0),
    PartKind.PSU: Suits(_psu, lambda psu: psu.rated_w or 0.0),
    PartKind.COOLER: Suits(_cooler, lambda cooler: cooler_w(cooler, ASSUMED) or 0.0),
    PartKind.CASE: Suits(_case, lambda case: case.gpu_length_mm or 0.0),
}


def suiting(node: Node, kind: PartKind) -> Callable[[Any], bool]:
    """A test for parts of a kind against the rest of the machine."""
    suits = _SUITS[kind]
    return lambda part: suits.accepts(node, part)


def suits_of(kind: PartKind) -> Suits | None:
    """How parts of a kind are chosen, None for kinds that are never chosen by themselves."""
    return _SUITS.get(kind)


def size_of(part: Part) -> float:
    """The size of a part among its kind."""
    suits = _SUITS.get(part.kind)
    return suits.size(part) if suits else 0.0
