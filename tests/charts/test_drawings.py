"""What the drawings of a machine show: every part once, where it is, at its published size."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsdesk.build.inventory import accelerators_in
from dsdesk.charts.chassis import chassis
from dsdesk.charts.drawing import Tone
from dsdesk.charts.rack import Mounted, RackElevation, Racks, racks
from dsdesk.charts.rack_drawing import rack_front
from dsdesk.charts.slot_drawing import slot_drawing
from dsdesk.charts.slots import slot_sketches
from dsdesk.charts.topology import topology
from dsdesk.hardware.vocabulary import PartKind
from tests.claims.factory import evaluated

SCHEMES = ["scheme-1", "scheme-2", "scheme-3"]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_accelerator_hangs_on_the_host_once(scheme):
    for machine in evaluated(scheme).build.machines:
        drawn = [str(box.text) for box in topology(machine).boxes]
        for card, number in accelerators_in(machine):
            assert drawn.count(card.name) == number


def test_links_are_those_that_the_cards_negotiate():
    words = [str(joint.text) for joint in topology(evaluated("scheme-1").build.machines[0]).joints]
    assert words.count("PCIe 4.0 ×8") == 2
    bridged = topology(evaluated("scheme-2").build.machines[0]).joints
    assert any(joint.thick and "450 GB/s" in joint.text.in_english() for joint in bridged if joint.text)


def test_cards_in_a_case_are_as_long_as_published_and_do_not_overlap():
    drawing = chassis(evaluated("scheme-1").build.machines[0])
    cards = [box for box in drawing.boxes if box.text == "GeForce RTX 4090"]
    assert [card.width for card in cards] == [304.0, 304.0]  # nvidia.com, Founders Edition
    for one, other in combinations(cards, 2):
        assert one.y + one.height <= other.y or other.y + other.height <= one.y
    frame = drawing.boxes[0]
    assert frame.tone is Tone.FRAME
    assert all(box.x >= 0 and box.x + box.width <= frame.width for box in drawing.boxes)


def test_every_card_lies_over_the_openings_that_it_covers():
    sketches = slot_sketches(evaluated("scheme-1").build.machines[0])
    drawing = slot_drawing(sketches)
    cards = [box for box in drawing.boxes if box.line_no is not None]
    assert len(cards) == 2
    assert all("PCIe 4.0 ×8" in box.text.in_english() for box in cards)
    labels = [box for box in drawing.boxes if box.tone is Tone.LABEL]
    assert len(labels) == len(sketches)
    (first, second) = sorted(cards, key=lambda box: box.y)
    assert first.height > 2 * labels[0].height
    assert second.y >= first.y + first.height


def test_what_is_not_known_is_not_drawn():
    assert not chassis(evaluated("scheme-2").build.machines[0])  # a server, not a case
    assert not rack_front(Racks())


@given(st.lists(st.lists(st.integers(1, 8), max_size=4), min_size=1, max_size=9))
def test_what_stands_in_a_rack_lies_inside_it_and_apart(shelves):
    elevations = []
    for number, units in enumerate(shelves, 1):
        bottoms = [1 + sum(units[:at]) for at in range(len(units))]
        mounted = tuple(
            Mounted(name=f"{number}-{at}", part="p", kind=PartKind.PLATFORM, bottom=low, units=high, line_no=at)
            for at, (low, high) in enumerate(zip(bottoms, units, strict=True))
        )
        elevations.append(RackElevation(name="", number=number, units=42, mounted=mounted))
    drawing = rack_front(Racks(elevations=tuple(elevations)))
    things = [box for box in drawing.boxes if box.line_no is not None]
    assert len(things) == sum(map(len, shelves))
    for one, other in combinations(things, 2):
        apart_x = one.x + one.width <= other.x + 1e-9 or other.x + other.width <= one.x + 1e-9
        apart_y = one.y + one.height <= other.y + 1e-9 or other.y + other.height <= one.y + 1e-9
        assert apart_x or apart_y
    assert all(box.y >= -1e-9 and box.y + box.height <= drawing.height + 1e-9 for box in drawing.boxes)


def test_the_racks_of_a_plan_hold_its_switches():
    names = [box.text for box in rack_front(racks(evaluated("scheme-3").build)).boxes]
    assert names.count("7280PR3-24") == 2
