"""Whole machines of catalogue parts: nothing that a check calls an error, every card on lanes of the processor."""

from pathlib import Path

import pytest

from dsdesk.build.links import main_accelerator
from dsdesk.build.resolve import resolve
from dsdesk.catalog.text import read_parts
from dsdesk.checks.context import CheckContext
from dsdesk.checks.finding import Severity
from dsdesk.checks.subjects import run_checks
from dsdesk.project.project import Configuration, Line, Machine, Project, Site
from dsdesk.sizing.results import ParallelPlan
from tests.fakes.catalog import FakeCatalog

FOLDER = Path(__file__).parents[2] / "db" / "parts"


@pytest.fixture(scope="module")
def catalog() -> FakeCatalog:
    return FakeCatalog(read_parts(FOLDER))


BUILDS = {
    "one card": (
        ("nvidia-rtx-4090", 1),
        ("amd-ryzen-7-9700x", 1),
        ("asus-tuf-gaming-b650-plus-wifi", 1),
        ("corsair-cmk96gx5m2b6000z30", 1),
        ("samsung-990-pro-2tb", 1),
        ("corsair-rm1000e-2025", 1),
        ("noctua-nh-d15", 1),
        ("fractal-design-torrent", 1),
    ),
    "two cards": (
        ("nvidia-rtx-4090", 2),
        ("amd-ryzen-9-7950x", 1),
        ("asus-proart-x870e-creator-wifi", 1),
        ("corsair-cmh64gx5m2b6000z30w", 1),
        ("samsung-990-pro-2tb", 1),
        ("seagate-ironwolf-4tb", 1),
        ("seasonic-prime-tx-1600", 1),
        ("arctic-liquid-freezer-iii-360", 1),
        ("fractal-design-define-7-xl", 1),
    ),
    "four cards": (
        ("nvidia-rtx-pro-6000-max-q", 4),
        ("amd-threadripper-pro-9975wx", 1),
        ("asus-pro-ws-wrx90e-sage-se", 1),
        ("v-color-tra564g60d436o", 1),
        ("samsung-9100-pro-4tb", 2),
        ("super-flower-leadex-titanium-2800-w", 1),
        ("silverstone-xe360-tr5", 1),
        ("phanteks-enthoo-pro-2-server-edition", 1),
    ),
    "four cards on EPYC": (
        ("nvidia-rtx-pro-6000-max-q", 4),
        ("amd-epyc-9355p", 1),
        ("asrock-rack-genoad8x-2t-bcm", 1),
        ("samsung-m321r8ga0eb2-ccp-x8", 1),
        ("samsung-9100-pro-4tb", 2),
        ("super-flower-leadex-titanium-2800-w", 1),
        ("arctic-liquid-freezer-ws360-sp5", 1),
        ("phanteks-enthoo-pro-2-server-edition", 1),
    ),
}


@pytest.mark.parametrize("name", BUILDS)
def test_a_complete_build_has_no_error(name: str, catalog: FakeCatalog) -> None:
    lines = tuple(
        Line(no=no, part_id=part_id, quantity=quantity) for no, (part_id, quantity) in enumerate(BUILDS[name], start=1)
    )
    project = Project(configurations=(Configuration(machines=(Machine(lines=lines),)),), site=Site())
    build = resolve(project.configuration, project.site, catalog)
    machine = build.machines[0]
    accelerator, number = main_accelerator(machine)
    context = CheckContext(
        project=project,
        catalog=catalog,
        llm=None,
        build=build,
        accelerator=accelerator,
        accelerators=number,
        plan=ParallelPlan(),
        need=None,
        forecast=None,
        pools=(),
    )
    assert [finding.code for finding in run_checks(context) if finding.severity >= Severity.ERROR] == []
    assert number == BUILDS[name][0][1]
    assert all(seat.slot and seat.link and seat.link.lanes >= 8 for seat in machine.seats)
