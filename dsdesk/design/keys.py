"""All that each rule about a pair of kinds reads of either part: parts with equal keys go with the same parts.

A rule in `dsdesk.design.rules` that comes to read another field needs it here too; a test over the whole shelf holds
every rule to its keys.
"""

from collections.abc import Hashable
from typing import TypeVar

from dsdesk.checks.suits import is_pro, takes_pro_alone
from dsdesk.design.program import Choice
from dsdesk.hardware.parts import Board, Case, Cooler, Cpu, Memory, Part, Psu
from dsdesk.hardware.vocabulary import PowerConnector
from dsdesk.sizing.airflow import cooler_class

P = TypeVar("P", bound=Part)


def _as(kind: type[P], choice: Choice) -> P:
    part = choice.part
    assert isinstance(part, kind)
    return part


def cpu_for_memory(choice: Choice) -> Hashable:
    """Kinds, capacity, channels, rate."""
    cpu = _as(Cpu, choice)
    return cpu.memory_types, cpu.memory_max_bytes, cpu.memory_channels, cpu.memory_mt_s, choice.pieces


def memory(choice: Choice) -> Hashable:
    """Kind, capacity, modules, rate."""
    kit = _as(Memory, choice)
    modules = kit.modules * choice.pieces
    return kit.memory_type, modules * kit.module_bytes, modules, kit.mt_s


def board_for_cpu(choice: Choice) -> Hashable:
    """Socket, kinds of memory, channels."""
    board = _as(Board, choice)
    return board.socket, takes_pro_alone(board), board.memory_types, board.memory_channels


def cpu_for_board(choice: Choice) -> Hashable:
    """Socket, kinds of memory, channels."""
    cpu = _as(Cpu, choice)
    return cpu.socket, is_pro(cpu), cpu.memory_types, cpu.memory_channels


def board_for_memory(choice: Choice) -> Hashable:
    """Kinds, slots, capacity, channels, rate."""
    board = _as(Board, choice)
    most = board.memory_slots, board.memory_max_bytes
    return board.memory_types, *most, board.memory_channels, board.memory_mt_s, board.sockets


def board_for_case(choice: Choice) -> Hashable:
    """Form, and the slots of the cards."""
    board = _as(Board, choice)
    return board.form, board.slots, board.m2_slots


def case_for_board(choice: Choice) -> Hashable:
    """Forms and openings."""
    case = _as(Case, choice)
    return case.boards, case.expansion_slots


def cooler_for_cpu(choice: Choice) -> Hashable:
    """Sockets and heat."""
    cooler = _as(Cooler, choice)
    return cooler.sockets, cooler.capacity_w, cooler_class(cooler.radiator_mm, cooler.height_mm, cooler.tower_count)


def cpu_for_cooler(choice: Choice) -> Hashable:
    """Socket and heat."""
    cpu = _as(Cpu, choice)
    return cpu.socket, cpu.max_power_w


def cooler_for_case(choice: Choice) -> Hashable:
    """Height or radiator."""
    cooler = _as(Cooler, choice)
    return cooler.height_mm, cooler.radiator_mm


def case_for_cooler(choice: Choice) -> Hashable:
    """Height, mounts, room for cards."""
    case = _as(Case, choice)
    return case.cooler_height_mm, case.radiators, case.gpu_length_mm


def psu_for_case(choice: Choice) -> Hashable:
    """Form and length."""
    psu = _as(Psu, choice)
    return psu.form, psu.length_mm


def case_for_psu(choice: Choice) -> Hashable:
    """Form and length."""
    case = _as(Case, choice)
    return case.psu_form, case.psu_length_mm


def psu_for_board(choice: Choice) -> Hashable:
    """Plugs for the processor."""
    psu = _as(Psu, choice)
    return psu.connectors is None, dict(psu.connectors or ()).get(PowerConnector.EPS_8, 0)


def board_for_psu(choice: Choice) -> Hashable:
    """Plugs for the processor."""
    return _as(Board, choice).eps_connectors
