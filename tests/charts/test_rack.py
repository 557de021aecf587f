"""What stands where: nodes from the floor up, switches at the top, nothing over another."""

from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from dsdesk.build.machine import PlacedPart
from dsdesk.charts.rack import USUAL_UNITS, racks
from dsdesk.hardware.parts import Platform, Rack, Switch
from dsdesk.hardware.vocabulary import PartKind
from dsdesk.project.project import Line, Machine


def platform(units, form="server"):
    return Platform(id="p", kind=PartKind.PLATFORM, manufacturer="M", name="P", rack_units=units, form=form)


def node(part, count=1, name="node"):
    line = Line(no=1, part_id="p")
    parts = (PlacedPart(line, part),) if part is not None else (PlacedPart(line, None),)
    return SimpleNamespace(machine=Machine(name=name, count=count, lines=(line,)), parts=parts)


def build(*nodes, switches=(), rack=None, number=1):
    shared = [
        PlacedPart(
            Line(no=10 + at, part_id="s"),
            Switch(id="s", kind=PartKind.SWITCH, manufacturer="M", name="S", rack_units=units),
        )
        for at, units in enumerate(switches)
    ]
    if rack is not None:
        part = Rack(id="r", kind=PartKind.RACK, manufacturer="M", name="R", rack_units=rack)
        shared.append(PlacedPart(Line(no=99, part_id="r", quantity=number), part))
    return SimpleNamespace(machines=nodes, shared=tuple(shared))


def test_eight_unit_nodes_fill_a_rack_from_the_floor_and_the_switch_tops_it():
    found = racks(build(node(platform(8), 6), switches=(1,), rack=42, number=2))
    assert [one.units for one in found.elevations] == [42, 42]
    first, second = found.elevations
    assert [one.bottom for one in first.mounted] == [1, 9, 17, 25, 33, 42]
    assert [one.name for one in first.mounted] == ["node 1", "node 2", "node 3", "node 4", "node 5", "S"]
    assert [(one.name, one.bottom) for one in second.mounted] == [("node 6", 1)]
    assert found.planned == 2


def test_half_units_take_a_whole_one_and_heavy_ones_stand_lowest():
    found = racks(build(node(platform(1.5), name="small"), node(platform(4), name="big")))
    (rack,) = found.elevations
    assert rack.units == 6 < USUAL_UNITS
    assert [(one.name, one.bottom, one.units) for one in rack.mounted] == [("big", 1, 4), ("small", 5, 2)]


def test_what_is_not_known_is_told_and_desks_are_no_racks():
    found = racks(build(node(platform(None), 3), node(None, 2, "bare"), node(platform(None, "workstation"))))
    assert found.elevations == ()
    assert found.unplaced == ("2 × bare", "node 1", "node 2", "node 3")


@given(
    st.lists(st.tuples(st.integers(1, 12), st.integers(1, 9)), min_size=1, max_size=8),
    st.lists(st.integers(1, 4), max_size=5),
    st.integers(24, 52),
)
def test_nothing_stands_in_another_or_outside(nodes, switches, units):
    found = racks(build(*(node(platform(high), count) for high, count in nodes), switches=switches, rack=units))
    mounted = sum(len(rack.mounted) for rack in found.elevations)
    assert mounted == sum(count for _high, count in nodes) + len(switches)
    for rack in found.elevations:
        taken = [unit for one in rack.mounted for unit in range(one.bottom, one.bottom + one.units)]
        assert len(taken) == len(set(taken)) == rack.used_units
        assert all(1 <= unit <= rack.units for unit in taken)
