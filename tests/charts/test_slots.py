"""What the picture of a board shows: every slot once, every card where the build seats it."""

import pytest

from dsdesk.charts.slots import slot_sketches
from tests.claims.factory import evaluated


@pytest.mark.parametrize("scheme", ["scheme-1", "scheme-2", "scheme-3"])
def test_every_seated_card_is_drawn_once_with_its_link(scheme):
    for machine in evaluated(scheme).build.machines:
        drawn = [(one.line_no, one.label, one.negotiated) for one in slot_sketches(machine) if one.line_no is not None]
        assert sorted(map(str, drawn)) == sorted(str((seat.line_no, seat.slot, seat.link)) for seat in machine.seats)


def test_slots_come_in_the_order_of_their_openings():
    sketches = slot_sketches(evaluated("scheme-1").build.machines[0])
    at = [one.position for one in sketches if one.position is not None]
    assert at
    assert at == sorted(at)
    assert any(one.card for one in sketches)
