"""A list is completed and a machine is upgraded by the same search; keys of classes hold what the rules read."""

from dataclasses import replace
from itertools import product

import pytest

from dsdesk.base.errors import InputError
from dsdesk.design import keys
from dsdesk.design.optimise import build_machine
from dsdesk.design.program import Choice, Goal, Program
from dsdesk.design.starts import begun
from dsdesk.design.wish import BuildAnswer, BuildWish, NoAnswer, Start
from dsdesk.hardware.parts import Board, Cpu
from dsdesk.hardware.vocabulary import PartKind
from dsdesk.project.project import Line, Machine
from tests.design.test_optimise import PRICES, errors, priced, wish
from tests.fakes import catalog as fake


def _with(*lines: Line) -> BuildWish:
    wanted: BuildWish = wish()
    configuration = replace(wanted.project.configuration, machines=(Machine(lines=lines),))
    return replace(wanted, project=wanted.project.with_configuration(configuration))


def _found(wanted: BuildWish, start: Start) -> BuildAnswer:
    catalog = priced(PRICES)
    found = build_machine(begun(wanted, start, catalog), catalog)
    assert isinstance(found, BuildAnswer), found
    assert errors(found) == []
    return found


def test_a_list_is_completed_and_keeps_what_it_has():
    wanted = _with(
        Line(no=1, part_id="gpu-48"), Line(no=2, part_id="memory-2x48", quantity=1), Line(no=5, part_id="ssd-4t")
    )
    found = _found(wanted, Start.LIST)
    numbers = {line.part_id: line.quantity for line in found.lines}
    assert {"gpu-48": 1, "memory-2x48": 1, "ssd-4t": 1}.items() <= numbers.items()
    kinds = [found.project.configuration.machines[0].lines]
    assert len(kinds[0]) == 8


def test_a_bridge_that_stays_and_joins_nothing_is_named_in_the_conflict():
    wanted = begun(_with(Line(no=1, part_id="gpu-48"), Line(no=2, part_id="bridge-80")), Start.LIST, priced(PRICES))
    catalog = priced(PRICES)
    found = build_machine(wanted, catalog)
    assert isinstance(found, NoAnswer)
    ways = {way.demand: way for way in found.conflict}
    assert "kept" in ways
    freed = ways["kept"].wish
    assert freed is not None
    answer = build_machine(freed, catalog)
    assert isinstance(answer, BuildAnswer)
    assert "bridge-80" not in {line.part_id for line in answer.lines}


def test_an_upgraded_machine_costs_only_what_is_new():
    cheap = _found(wish(), Start.NOTHING)
    old = tuple(
        Line(no=no, part_id=line.part_id, quantity=line.quantity)
        for no, line in enumerate(cheap.lines, 1)
        if not line.part_id.startswith("gpu")
    )
    found = _found(_with(*old), Start.MACHINE)
    bought = [line.part_id for line in found.lines if line.basis != "owned"]
    assert all(part_id.startswith("gpu") for part_id in bought)
    assert found.total.amount < cheap.total.amount


def test_several_kinds_of_nodes_are_refused():
    wanted = _with()
    two = replace(wanted.project.configuration, machines=(Machine(), Machine()))
    with pytest.raises(InputError, match="one kind of node"):
        begun(replace(wanted, project=wanted.project.with_configuration(two)), Start.LIST, priced(PRICES))


def _choice(part_id: str, cents: int) -> Choice:
    part = next(part for part in fake.market() if part.id == part_id)
    return Choice(part=part, pieces=1, cents=cents, unpriced=0, watts=0.0, size=0.0)


def test_dominated_choices_are_left_out_and_the_optimum_stays():
    boards = (_choice("board-am5", 300), _choice("board-lga", 100))
    cpus = (_choice("cpu-16", 500), _choice("cpu-8", 200), _choice("cpu-lga", 450))
    program = Program(choices=(*boards, *cpus))

    def goes(board: Choice, cpu: Choice) -> bool:
        one, other = board.part, cpu.part
        assert isinstance(one, Board)
        assert isinstance(other, Cpu)
        return one.socket == other.socket

    program.pair(PartKind.BOARD, PartKind.CPU, goes, (keys.board_for_cpu, keys.cpu_for_board))
    small, whole = program.reduced().solve(Goal.CENTS), program.solve(Goal.CENTS)
    cheapest = min(one.cents + other.cents for one, other in product(boards, cpus) if goes(one, other))
    assert small is not None
    assert whole is not None
    assert small.value == whole.value == cheapest
    assert len(program.reduced().choices) < len(program.choices)
