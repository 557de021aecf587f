import pytest

from dsdesk.claims import Strength, Verdict, claims_of_scheme
from dsdesk.project.project import Line, Project
from dsdesk.project.templates import SCHEMES, scheme
from tests.claims.factory import evaluated, factory_catalog


def lines(project: Project) -> list[Line]:
    configuration = project.configuration
    return [line for machine in configuration.machines for line in machine.lines] + list(configuration.shared)


@pytest.mark.parametrize("key", SCHEMES)
def test_scheme_names_parts_and_model_of_the_catalogue(key):
    project = scheme(key)

    assert project.claims_of == key
    assert factory_catalog().llm(project.configuration.model.llm_id) is not None
    assert [line.part_id for line in lines(project) if factory_catalog().part(line.part_id) is None] == []
    assert len({line.no for line in lines(project)}) == len(lines(project))


def test_schemes_are_as_the_guide_writes_them():
    def quantity(key: str, part_id: str) -> int:
        project = scheme(key)
        of_machines = sum(
            line.quantity * machine.count
            for machine in project.configuration.machines
            for line in machine.lines
            if line.part_id == part_id
        )
        return of_machines + sum(line.quantity for line in project.configuration.shared if line.part_id == part_id)

    assert quantity("scheme-1", "nvidia-rtx-4090") == 2
    assert quantity("scheme-2", "nvidia-h200-nvl") == 2
    assert quantity("scheme-2", "samsung-pm1743-15-36tb-u2") == 2
    assert quantity("scheme-3", "amd-mi300x") == 16 * 4
    assert quantity("scheme-3", "nvidia-dgx-h100") == 1
    assert scheme("scheme-2").configuration.workload.requests_per_day == 500_000


@pytest.mark.parametrize("key", SCHEMES)
def test_scheme_evaluates(key):
    assert evaluated(key).accelerators in {2, 64}


@pytest.mark.parametrize(
    ("key", "wrong"),
    [
        ("scheme-1", {"g8-power": "A"}),
        ("scheme-2", {"g9-r760xs": "B"}),
        ("scheme-3", {"g10-dgx": "A", "g10-switch": "A", "g10-mi300x-nodes": "B"}),
    ],
)
def test_scheme_tells_what_the_guide_has_wrong_and_how_sure_that_is(key, wrong):
    of_scheme = {claim.id: claim for claim in claims_of_scheme(evaluated(key), factory_catalog(), key)}

    for claim_id, strength in wrong.items():
        claim = of_scheme[claim_id]
        assert claim.verdict is Verdict.WRONG
        assert claim.strength is Strength(strength)
        assert claim.source
    assert {claim.scheme for claim in of_scheme.values()} == {key}
