"""The parts as text: every file loads, every part is told apart, sourced and, where it says so, complete."""

import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from dsdesk.build.topology import Card, seat
from dsdesk.catalog.completeness import missing_fields
from dsdesk.catalog.text import read_part_file
from dsdesk.hardware.parts import Board, Case, Cooler, Cpu, Memory, Part, Psu
from dsdesk.hardware.vocabulary import MemoryType, PcieLink, PowerConnector, Shelf

FOLDER = Path(__file__).parents[2] / "db" / "parts"
KINDS = ("cpu", "board", "memory", "drive", "psu", "cooler", "case", "fan")
PARTS: dict[str, tuple[Part, ...]] = {kind: tuple(read_part_file(FOLDER / f"{kind}.toml")) for kind in KINDS}
EVERY = [part for parts in PARTS.values() for part in parts]


def _buildable(kind: str) -> list[Part]:
    return [part for part in PARTS[kind] if part.shelf is Shelf.BUILDABLE]


def test_ids_are_unique_and_speak() -> None:
    counts = Counter(part.id for part in EVERY)
    assert [part_id for part_id, count in counts.items() if count > 1] == []
    assert [part.id for part in EVERY if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", part.id)] == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_part_has_sources_with_dates(kind: str) -> None:
    for part in PARTS[kind]:
        assert part.sources, part.id
        for source in part.sources:
            assert len(source.text) > 10, part.id
            assert date(2015, 1, 1) <= date.fromisoformat(source.date) <= date(2030, 1, 1), part.id


@pytest.mark.parametrize("kind", KINDS)
def test_buildable_parts_have_every_checked_field(kind: str) -> None:
    assert {part.id: missing_fields(part) for part in _buildable(kind) if missing_fields(part)} == {}


@pytest.mark.parametrize(
    ("kind", "least"),
    [("cpu", 40), ("board", 60), ("memory", 80), ("drive", 60), ("psu", 80), ("cooler", 60), ("case", 60), ("fan", 10)],
)
def test_there_is_enough_to_build_from(kind: str, least: int) -> None:
    assert len(_buildable(kind)) >= least


def test_opendb_is_credited() -> None:
    notice = (FOLDER / "ATTRIBUTION.md").read_text(encoding="utf-8")
    assert "Contains information from BuildCores OpenDB (https://github.com/buildcores/buildcores-open-db)" in notice
    assert "ODC Attribution License" in notice


def test_slot_maps_are_consistent() -> None:
    for board in PARTS["board"]:
        assert isinstance(board, Board)
        labels = [slot.label for slot in board.slots]
        assert len(labels) == len(set(labels)), board.id
        positions = [slot.position for slot in board.slots if slot.position is not None]
        assert positions == sorted(positions), board.id
        assert len(positions) == len(set(positions)), board.id
        for slot in board.slots:
            assert slot.link.lanes <= slot.connector_lanes, (board.id, slot.label)
            assert bool(slot.shared_with) == (slot.link_when_shared is not None), (board.id, slot.label)
            if slot.link_when_shared:
                assert slot.link_when_shared.lanes <= slot.link.lanes, (board.id, slot.label)


def test_every_buildable_board_can_be_populated() -> None:
    cpus = [part for part in _buildable("cpu") if isinstance(part, Cpu)]
    coolers = [part for part in _buildable("cooler") if isinstance(part, Cooler)]
    cases = [part for part in _buildable("case") if isinstance(part, Case)]
    kits = [part for part in _buildable("memory") if isinstance(part, Memory)]
    for board in _buildable("board"):
        assert isinstance(board, Board)
        assert any(cpu.socket == board.socket for cpu in cpus), board.id
        assert any(board.socket in cooler.sockets for cooler in coolers), board.id
        assert any(board.form in case.boards for case in cases), board.id
        fitting = [kit for kit in kits if kit.memory_type in board.memory_types]
        assert any(kit.modules <= (board.memory_slots or 0) for kit in fitting), board.id


def test_processors_take_the_memory_of_their_socket() -> None:
    by_socket = {
        "AM5": {MemoryType.DDR5_UDIMM},
        "LGA1851": {MemoryType.DDR5_UDIMM, MemoryType.DDR5_CUDIMM},
        "LGA1700": {MemoryType.DDR5_UDIMM, MemoryType.DDR4_UDIMM},
        "sTR5": {MemoryType.DDR5_RDIMM},
        "SP5": {MemoryType.DDR5_RDIMM},
        "SP3": {MemoryType.DDR4_RDIMM},
        "LGA4677": {MemoryType.DDR5_RDIMM},
        "LGA4677-W": {MemoryType.DDR5_RDIMM},  # the same contacts; a name of our own for what Xeon W goes into
        "SP6": {MemoryType.DDR5_RDIMM},
        "sWRX8": {MemoryType.DDR4_UDIMM, MemoryType.DDR4_RDIMM},
    }
    for cpu in PARTS["cpu"]:
        assert isinstance(cpu, Cpu)
        assert set(cpu.memory_types) == by_socket[cpu.socket], cpu.id
        assert (cpu.max_power_w or 0) >= (cpu.tdp_w or 0), cpu.id


def test_supplies_can_start_a_board() -> None:
    for supply in _buildable("psu"):
        assert isinstance(supply, Psu)
        plugs = dict(supply.connectors or ())
        assert plugs.get(PowerConnector.ATX_24, 0) >= 1, supply.id
        assert plugs.get(PowerConnector.EPS_8, 0) >= 1, supply.id


@pytest.mark.parametrize(
    "part_id",
    [
        "amd-ryzen-9-7950x",
        "corsair-cmh64gx5m2b6000z30w",
        "samsung-990-pro-2tb",
        "seagate-ironwolf-4tb",
        "samsung-pm1743-15-36tb-u2",
        "seagate-exos-x20-20tb",
        "samsung-m321r4ga3bb6-cqk-x16",
        "intel-xeon-platinum-8480-plus",
        "intel-xeon-gold-6430",
    ],
)
def test_the_parts_that_the_guide_names_are_there(part_id: str) -> None:
    assert part_id in {part.id for part in EVERY}


@pytest.mark.parametrize("cards", [1, 2, 4])
def test_two_slot_cards_can_be_seated(cards: int) -> None:
    card = Card(link=PcieLink(5, 16), width=2)
    assert any(_seats_all((card,) * cards, board, case) for board in _boards() for case in _cases())


def test_two_three_slot_cards_can_be_seated_beside_a_desktop_processor() -> None:
    card = Card(link=PcieLink(4, 16), width=3)
    desktop = [board for board in _boards() if board.socket == "AM5"]
    assert any(_seats_all((card, card), board, case) for board in desktop for case in _cases())


def _boards() -> list[Board]:
    return [part for part in _buildable("board") if isinstance(part, Board)]


def _cases() -> list[Case]:
    return [part for part in _buildable("case") if isinstance(part, Case)]


def _seats_all(cards: tuple[Card, ...], board: Board, case: Case) -> bool:
    """Whether all the cards fit the board in this case, each on lanes of the processor."""
    if board.form not in case.boards:
        return False
    places = seat(cards, board.slots, last_position=case.expansion_slots)
    return all(place.slot is not None and place.slot.from_cpu for place in places)
