"""The slot maps of db/parts/board.toml: what the form allows, what the processor's lanes allow, published maps."""

from collections import Counter

import pytest

from dsdesk.base import assets
from dsdesk.catalog.completeness import shelf_of
from dsdesk.catalog.seed import read_content
from dsdesk.hardware.parts import Board, Cpu
from dsdesk.hardware.vocabulary import BoardForm, Shelf

# Openings behind a board of each form, as ATX 2.2 and its smaller and larger kin define them; an eighth slot of
# an SSI-EEB board hangs over the last opening, which is why that board's notes ask for a larger case.
_OPENINGS = {BoardForm.MINI_ITX: 1, BoardForm.MICRO_ATX: 4, BoardForm.ATX: 7, BoardForm.SSI_EEB: 8}


@pytest.fixture(scope="module")
def parts():
    return read_content(assets.factory_db()).parts


@pytest.fixture(scope="module")
def boards(parts):
    return [part for part in parts if isinstance(part, Board) and part.slots]


def lanes_at_once(board):
    """Lanes that the processor gives to the slots of a board when every slot is filled."""
    labels = {slot.label for slot in board.slots}
    used = 0
    for slot in board.slots:
        halved = slot.shared_with in labels and slot.link_when_shared is not None
        used += (slot.link_when_shared if halved else slot.link).lanes if slot.from_cpu else 0
    return used


def test_sixty_boards_of_every_platform_can_be_built_with(boards):
    sockets = Counter(board.socket for board in boards if board.shelf is Shelf.BUILDABLE)
    assert sockets.total() >= 60
    assert {"AM5", "LGA1851", "LGA1700", "sTR5", "SP3", "SP5", "LGA4677-W"} <= set(sockets)
    assert min(sockets[socket] for socket in ("AM5", "LGA1851", "LGA1700")) >= 9


def test_every_board_of_the_shelf_has_a_processor_for_its_socket(parts, boards):
    taken = {part.socket for part in parts if isinstance(part, Cpu) and shelf_of(part) is Shelf.BUILDABLE}
    assert {board.socket for board in boards if board.shelf is Shelf.BUILDABLE} <= taken


def test_slots_lie_in_openings_of_their_own(boards):
    for board in boards:
        places = [slot.position for slot in board.slots if slot.position is not None]
        assert len(places) == len(set(places)), board.id
        assert places == sorted(places), board.id
        assert 1 <= min(places) <= max(places) <= _OPENINGS.get(board.form, 8), board.id


def test_a_slot_carries_no_more_lanes_than_its_connector_has(boards):
    for board in boards:
        for slot in board.slots:
            assert slot.link.lanes <= slot.connector_lanes, (board.id, slot.label)
            if slot.link_when_shared is not None:
                assert slot.link_when_shared.lanes <= slot.link.lanes, (board.id, slot.label)
            for split in slot.bifurcation:
                assert sum(map(int, split.split("+"))) == slot.link.lanes, (board.id, slot.label)


def test_what_takes_lanes_away_is_a_slot_or_a_drive_place(boards):
    for board in boards:
        labels = {slot.label for slot in board.slots}
        for slot in board.slots:
            assert bool(slot.shared_with) == (slot.link_when_shared is not None), (board.id, slot.label)
            if slot.shared_with:
                assert slot.shared_with in labels or slot.shared_with.startswith("M"), (board.id, slot.label)
                assert slot.shared_with != slot.label, board.id


# Lanes of one processor: AM5 and LGA1851 keep four for the first M.2 place; 128 of EPYC and Threadripper PRO.
@pytest.mark.parametrize(("socket", "lanes"), [("AM5", 20), ("LGA1851", 20), ("LGA1700", 16), ("SP3", 128)])
def test_slots_take_no_more_lanes_than_the_processor_gives(boards, socket, lanes):
    for board in boards:
        if board.socket == socket:
            assert lanes_at_once(board) <= lanes * board.sockets, board.id


# hardwareluxx.de reviews 64652 and 65816; SMBIOS of W790E-SAGE SE and MZ32-AR0 in github.com/linuxhw/DMI.
@pytest.mark.parametrize(
    ("board_id", "places", "lanes"),
    [
        ("msi-mpg-x870e-carbon-wifi", (2, 6, 7), (16, 4, 4)),
        ("asus-rog-strix-b860-f-gaming-wifi", (2, 7), (16, 4)),
        ("asus-pro-ws-w790e-sage-se", (1, 2, 3, 4, 5, 6, 7), (16, 16, 16, 16, 16, 8, 16)),
        ("gigabyte-mz32-ar0", (1, 2, 3, 4, 5, 6, 7), (16, 16, 8, 16, 16, 8, 16)),
    ],
)
def test_published_slot_maps(boards, board_id, places, lanes):
    board = next(board for board in boards if board.id == board_id)
    assert tuple(slot.position for slot in board.slots) == places
    assert tuple(slot.link.lanes for slot in board.slots) == lanes


def test_a_workstation_board_is_not_offered_to_a_server_processor(parts, boards):
    scalable = {
        part.socket for part in parts if isinstance(part, Cpu) and part.name.startswith(("Xeon Gold", "Xeon Pl"))
    }
    assert scalable == {"LGA4677"}
    assert all(board.socket != "LGA4677" for board in boards if board.chipset == "W790")
