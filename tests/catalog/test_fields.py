import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsdesk.base.source import Source
from dsdesk.catalog.fields import FieldError, changed_fields, record
from dsdesk.catalog.rows import facts_of, part_of
from dsdesk.hardware.parts import Accelerator, Board, Case, Fan, Psu, Switch
from dsdesk.hardware.vocabulary import BoardForm, Cooling, LinkKind, PartKind, PcieLink, PowerConnector, Segment

BASE = {"id": "x", "kind": "accelerator", "manufacturer": "M", "name": "N", "segment": "consumer"}
BOARD = {"id": "b", "kind": "board", "manufacturer": "M", "name": "N", "socket": "AM5"}


@pytest.mark.parametrize(
    ("key", "value", "field", "expected"),
    [
        ("memory_gib", 24, "memory_bytes", 24 * 2**30),
        ("memory_gb", 141, "memory_bytes", 141_000_000_000),
        ("visible_memory_mib", 24564, "visible_memory_bytes", 24564 * 2**20),
        ("bandwidth_gb_s", 644.6, "bandwidth_b_s", 644_600_000_000),
        ("fp16_tflops", 165.2, "fp16_flops", 165.2e12),
        ("int8_tops", 660.6, "int8_ops", 660.6e12),
        ("pcie", "4x16", "pcie", PcieLink(4, 16)),
        ("connectors", {"12v_2x6": 1}, "connectors", ((PowerConnector.PCIE_16, 1),)),
        ("connectors", {}, "connectors", ()),
    ],
)
def test_a_key_may_carry_its_unit(key, value, field, expected):
    assert getattr(record(Accelerator, {**BASE, key: value}), field) == expected


def test_a_unit_below_the_base_unit_is_not_rounded():
    values = {"id": "f", "kind": "fan", "manufacturer": "M", "name": "N", "size_mm": 120, "static_pressure_mm_h2o": 1.5}
    fan = record(Fan, values)
    assert fan.static_pressure_pa == pytest.approx(14.71, abs=0.01)


def test_slots_are_tables():
    slot = {"label": "PCIEX16_1", "position": 1, "connector_lanes": 16, "link": "5x16", "bifurcation": ["8+8"]}
    board = record(Board, {**BOARD, "form": "e-atx", "slots": [slot]})
    assert board.form is BoardForm.E_ATX
    assert board.slots[0].link == PcieLink(5, 16)
    assert board.slots[0].bifurcation == ("8+8",)


def test_rows_of_numbers_keep_their_types():
    values = {"id": "s", "kind": "switch", "manufacturer": "M", "name": "N", "ports": [[24, 4e11, "osfp"]]}
    assert record(Switch, values).ports == ((24, 4e11, "osfp"),)
    case = {"id": "c", "kind": "case", "manufacturer": "M", "name": "N", "radiators": {"front": 360, "top": 240}}
    assert record(Case, case).radiators == (("front", 360), ("top", 240))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"memory_gibs": 24}, "memory_gibs"),
        ({"segment": "gaming"}, "consumer"),
        ({"pcie": "x16"}, "4x16"),
        ({"memory_bytes": 1.5}, "whole number"),
        ({"memory_bytes": True}, "not a number"),
        ({"memory_gib": 24, "memory_bytes": 1}, "twice"),
        ({"connectors": {"molex": 1}}, "molex"),
        ({"notes": 3}, "notes"),
    ],
)
def test_what_does_not_fit_is_named(change, words):
    with pytest.raises(FieldError) as caught:
        record(Accelerator, {**BASE, **change})
    assert words in caught.value.message.in_english()


def test_a_missing_field_is_named():
    with pytest.raises(FieldError) as caught:
        record(Accelerator, {key: value for key, value in BASE.items() if key != "segment"})
    assert "segment" in caught.value.message.in_english()


def test_zero_and_false_are_facts_and_survive():
    part = record(Accelerator, {**BASE, "fp8_tflops": 0, "low_profile": False})
    again = part_of("accelerator", facts_of(part))
    assert isinstance(again, Accelerator)
    assert (again.fp8_flops, again.low_profile, again.fp4_flops) == (0.0, False, None)


optional_number = st.none() | st.floats(0, 1e18, allow_nan=False)


@given(
    memory=st.none() | st.integers(0, 2**45),
    rate=optional_number,
    power=optional_number,
    link=st.none() | st.sampled_from(LinkKind),
    cooling=st.none() | st.sampled_from(Cooling),
    pcie=st.none() | st.builds(PcieLink, st.integers(1, 6), st.sampled_from((1, 4, 8, 16))),
    plugs=st.none() | st.lists(st.tuples(st.sampled_from(PowerConnector), st.integers(1, 4)), max_size=3).map(tuple),
    names=st.lists(st.text(max_size=20), max_size=4).map(tuple),
)
def test_a_part_comes_back_from_its_row(memory, rate, power, link, cooling, pcie, plugs, names):
    part = Accelerator(
        id="p",
        kind=PartKind.ACCELERATOR,
        manufacturer="M",
        name="N",
        segment=Segment.SOC,
        memory_bytes=memory,
        fp16_flops=rate,
        board_power_w=power,
        link=link,
        cooling=cooling,
        pcie=pcie,
        connectors=plugs,
        aliases=names,
        sources=(Source("somewhere", "2026-01-01", ("memory_bytes",)),),
    )
    again = part_of("accelerator", facts_of(part))
    assert again == part
    assert repr(again) == repr(part)  # an enum that comes back as text is equal, too


def test_a_slot_of_unknown_position_comes_back():
    slots = [{"label": "one", "connector_lanes": 16, "link": "4x8", "link_when_shared": "4x4"}]
    board = record(Board, {**BOARD, "slots": slots})
    assert board.slots[0].position is None
    assert part_of("board", facts_of(board)) == board


def test_a_field_that_later_versions_do_not_have_is_left_out():
    psu = Psu(id="p", kind=PartKind.PSU, manufacturer="M", name="N", rated_w=850.0)
    held = {**json.loads(facts_of(psu)), "glow": True, "connectors": [["eps_8pin", 2]]}
    assert part_of("psu", json.dumps(held)) == replace(psu, connectors=((PowerConnector.EPS_8, 2),))


def test_only_what_differs_from_the_default_is_written():
    psu = Psu(id="p", kind=PartKind.PSU, manufacturer="M", name="N", rated_w=850.0)
    assert json.loads(facts_of(psu)) == {
        "id": "p",
        "kind": "psu",
        "manufacturer": "M",
        "name": "N",
        "rated_w": 850.0,
    }
    assert "rated_w" not in changed_fields(replace(psu, rated_w=None))
