"""Cards in slots: as many as go in, none over another, and the link that is left."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from dsdesk.build.topology import Card, positions, seat
from dsdesk.hardware.vocabulary import PcieLink
from tests.fakes.catalog import board, slot, workstation_board

GEN4 = PcieLink(4, 16)
CONSUMER = board().slots


def card(width: float = 2, **changes) -> Card:
    values = {"link": GEN4, "width": positions(width), "low_profile": False, **changes}
    return Card(**values)


def labels(places) -> list[str]:
    return [place.slot.label if place.slot else "" for place in places]


def test_half_a_slot_takes_a_whole_opening():
    assert [positions(width) for width in (1, 2, 2.5, 3.5)] == [1, 2, 3, 4]
    assert positions(None) is None


def test_one_card_gets_all_lanes_two_share_them():
    (alone,) = seat((card(),), CONSUMER)
    assert alone.link == PcieLink(4, 16)
    both = seat((card(), card()), CONSUMER)
    assert labels(both) == ["PCIEX16_1", "PCIEX16_2"]
    assert [place.link for place in both] == [PcieLink(4, 8), PcieLink(4, 8)]


def test_third_card_falls_back_to_the_chipset():
    places = seat((card(), card(), card()), CONSUMER)
    assert places[2].link == PcieLink(4, 4)


def test_card_of_three_and_a_half_slots_covers_the_next():
    places = seat((card(3.5), card(3.5)), CONSUMER)
    assert labels(places) == ["PCIEX16_1", "PCIEX4_1"]
    first, second = places
    assert first.slot is not None
    assert second.slot is not None
    assert abs((first.slot.position or 0) - (second.slot.position or 0)) >= 4


def test_case_openings_count():
    four = workstation_board().slots  # positions 1, 3, 5, 7
    assert labels(seat((card(),) * 4, four, last_position=8)).count("") == 0
    assert labels(seat((card(),) * 4, four, last_position=7)).count("") == 1


def test_search_is_better_than_first_come():
    # A wide slot in the middle would cover both others if it were taken first.
    slots = (slot("A", 1), slot("B", 2), slot("C", 4))
    assert labels(seat((card(3), card(3)), slots)) == ["A", "C"]


def test_m2_drives_take_lanes_only_when_they_must():
    slots = (slot("X16", 1, shared_with="M2_2", link_when_shared=PcieLink(5, 8)),)
    (free,) = seat((card(),), slots, m2_drives=1, m2_slots=2)
    assert free.link == PcieLink(4, 16)
    (shared,) = seat((card(),), slots, m2_drives=2, m2_slots=2)
    assert shared.link == PcieLink(4, 8)


def test_processor_limits_the_generation_of_its_own_lanes():
    (place,) = seat((card(),), CONSUMER, cpu_gen=3)
    assert place.link == PcieLink(3, 16)


def test_low_profile_slot_takes_no_full_height_card():
    slots = (slot("LP", 1, low_profile=True),)
    assert labels(seat((card(1),), slots)) == [""]
    assert labels(seat((card(1, low_profile=True),), slots)) == ["LP"]


def test_wish_for_a_slot_is_kept():
    assert labels(seat((card(wanted="PCIEX16_2"),), CONSUMER)) == ["PCIEX16_2"]
    assert labels(seat((card(wanted="NOWHERE"),), CONSUMER)) == [""]


@given(
    st.lists(
        st.tuples(st.integers(1, 9), st.sampled_from([4, 8, 16])), min_size=1, max_size=6, unique_by=lambda s: s[0]
    ),
    st.lists(st.sampled_from([1, 2, 2.5, 3]), max_size=5),
)
def test_no_two_cards_overlap(places, widths):
    slots = tuple(slot(f"S{position}", position, lanes) for position, lanes in places)
    cards = tuple(card(width) for width in widths)
    covered: list[tuple[int, int]] = []
    for place, one in zip(seat(cards, slots), cards, strict=True):
        if place.slot is not None and place.slot.position is not None and one.width is not None:
            covered.append((place.slot.position, place.slot.position + one.width))
    covered.sort()
    assert all(end <= start for (_, end), (start, _) in pairwise(covered))
