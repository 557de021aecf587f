"""What is assumed can be changed, and what reads it answers accordingly."""

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsdesk.base.errors import FileError
from dsdesk.checks.assumed import VALUES, AssumedValue
from dsdesk.evaluate import Evaluation
from dsdesk.hardware.parts import Part
from dsdesk.project.assumptions import ASSUMED, Assumptions
from dsdesk.project.file import from_text, to_text
from dsdesk.project.project import Project
from tests.checks.cases import CASES, Case, judged
from tests.fakes import catalog as fake
from tests.fakes.catalog import desktop, project_with


def test_every_number_is_offered_with_the_checks_that_read_it():
    assert [value.field for value in VALUES] == list(dict.fromkeys(value.field for value in VALUES))
    assert {value.field for value in VALUES} == {one.name for one in fields(Assumptions)}
    assert {code for value in VALUES for code in value.codes} <= set(CASES)


def _with(part: Part, place: str) -> Case:
    """A machine with a part that publishes nothing."""
    return Case(failing=project_with(desktop(**{place: part.id})), parts=(part,))


def _cooler(**size: object) -> Case:
    return _with(fake.cooler("odd", capacity_w=None, **{"height_mm": 140.0, "tower_count": None, **size}), "cooler")


UNPUBLISHED = {
    "atx2_share": _with(fake.psu("odd", atx_version="2.4"), "psu"),
    "atx2_peak": _with(fake.psu("odd", atx_version="2.4"), "psu"),
    "board_w": _with(fake.board("odd", power_w=None), "board"),
    "fan_w": _with(fake.fan("odd", power_w=None), "fan"),
    "pump_w": _with(fake.cooler("odd", power_w=None), "cooler"),
    "nic_w": _with(fake.nic("odd", power_w=None), "nic"),
    "ssd_w": _with(fake.drive("odd", active_power_w=None), "drive"),
    "disk_w": _with(fake.disk("odd", active_power_w=None), "drive"),
    "rdimm_w": _with(fake.rdimm("odd", power_w=None), "memory"),
    "low_cooler_w": _cooler(height_mm=60.0),
    "tower_w": _cooler(tower_count=1),
    "twin_tower_w": _cooler(tower_count=2),
    "loop_120_w": _cooler(height_mm=None, radiator_mm=120),
    "loop_240_w": _cooler(height_mm=None, radiator_mm=240),
    "loop_280_w": _cooler(height_mm=None, radiator_mm=360),
    "radiator_mm": Case(
        failing=project_with(desktop(cooler="cooler-loop", case="odd")),
        parts=(fake.case("odd", radiators=(("front", 360),)),),
    ),
}


def _said(evaluation: Evaluation) -> object:
    budgets = [(machine.power.known_w, machine.power.peak_w) for machine in evaluation.build.machines]
    return budgets, [(one.code, one.message) for one in evaluation.findings]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: value.field)
def test_another_value_gives_another_answer(value: AssumedValue):
    usual = getattr(ASSUMED, value.field)
    cases = [UNPUBLISHED[value.field]] if value.field in UNPUBLISHED else [CASES[code] for code in value.codes]
    for case in cases:
        for project in (case.failing, case.passing):
            for other in (usual * 0.05, usual * 20):
                assumed = replace(ASSUMED, **{value.field: other})
                changed = replace(project, site=replace(project.site, assumed=assumed))
                if _said(judged(changed, case.catalog())) != _said(judged(project, case.catalog())):
                    return
    pytest.fail("nothing reads it")


@given(st.builds(Assumptions, **{one.name: st.floats(1e-3, 1e4) for one in fields(Assumptions)}))
def test_they_are_kept_in_the_file(assumed: Assumptions):
    project = Project()
    kept = replace(project, site=replace(project.site, assumed=assumed))
    assert from_text(to_text(kept), "x") == kept


@pytest.mark.parametrize("number", ["0.0", "-1.0", "1e999"])
def test_what_nothing_can_be_computed_with_is_refused(number):
    text = to_text(Project()).replace('"air_rise_k": 15.0', f'"air_rise_k": {number}')
    with pytest.raises(FileError, match="assumed"):
        from_text(text, "x")
