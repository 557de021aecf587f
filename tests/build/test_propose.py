"""A proposed machine passes every check."""

import pytest

from dsdesk.base.source import Unknown
from dsdesk.build.options import options
from dsdesk.build.propose import Wish, propose, propose_parts
from dsdesk.checks.finding import Severity
from dsdesk.evaluate import evaluate
from dsdesk.hardware.parts import Accelerator, Platform
from dsdesk.project.project import Configuration, ModelChoice, Project, Site
from tests.fakes import catalog as fake
from tests.fakes.catalog import FakeCatalog
from tests.fakes.llms import dense_llm


def accelerator(catalog: FakeCatalog, part_id: str) -> Accelerator:
    part = catalog.part(part_id)
    assert isinstance(part, Accelerator)
    return part


@pytest.mark.parametrize(
    ("part_id", "count"), [("gpu-24", 1), ("gpu-24", 2), ("gpu-48", 1), ("gpu-48", 2), ("gpu-48", 4)]
)
def test_proposed_machine_passes_every_check(part_id, count):
    catalog = FakeCatalog()
    site = Site(circuits=4)
    edit = propose(Wish(accelerator=accelerator(catalog, part_id), count=count), site, catalog)
    assert not isinstance(edit, Unknown)
    project = edit.apply(Project(site=site))
    errors = [one for one in evaluate(project, catalog).findings if one.severity is Severity.ERROR]
    assert errors == []


def test_the_cheapest_known_part_is_taken_and_the_drive_holds_the_weights():
    catalog = FakeCatalog()
    parts = propose_parts(Wish(accelerator=accelerator(catalog, "gpu-24"), weights_bytes=2 * 10**12), Site(), catalog)
    assert not isinstance(parts, Unknown)
    assert "ssd-4t" in {part.id for part, _ in parts}


def test_weights_lie_on_the_proposed_drive():
    catalog = FakeCatalog()
    edit = propose(Wish(accelerator=accelerator(catalog, "gpu-24")), Site(), catalog)
    assert not isinstance(edit, Unknown)
    configuration = edit.apply(Project()).configuration
    drives = {line.no for line in configuration.machines[0].lines if line.part_id.startswith("ssd")}
    assert {pool.line_no for pool in configuration.pools} == drives


def test_module_gets_its_platform():
    catalog = FakeCatalog()
    parts = propose_parts(Wish(accelerator=accelerator(catalog, "module-80"), count=8), Site(), catalog)
    assert not isinstance(parts, Unknown)
    assert [type(part) for part, _ in parts] == [Platform]


def test_platform_that_is_delivered_with_other_modules_is_not_proposed():
    other = fake.module("module-other")
    catalog = FakeCatalog([other, fake.module(), fake.baseboard(gpu_ids=("module-80", "module-other"))])
    assert isinstance(propose_parts(Wish(accelerator=other, count=8), Site(), catalog), Unknown)


def test_what_cannot_be_built_says_which_part_is_missing():
    catalog = FakeCatalog()
    passive = propose_parts(Wish(accelerator=accelerator(catalog, "gpu-80")), Site(), catalog)
    assert isinstance(passive, Unknown)
    many = propose_parts(Wish(accelerator=accelerator(catalog, "gpu-24"), count=9), Site(), catalog)
    assert isinstance(many, Unknown)
    assert "board" in many.because.in_english()
    bare = FakeCatalog([fake.gpu(), fake.board(), fake.case()])
    assert isinstance(propose_parts(Wish(accelerator=fake.gpu()), Site(), bare), Unknown)


def test_options_hold_the_model_with_headroom():
    llm = dense_llm()  # 16 GB in BF16
    catalog = FakeCatalog(llms=(llm,))
    configuration = Configuration(model=ModelChoice(llm_id=llm.id), precision="bf16")
    found = {option.accelerator.id: option.count for option in options(llm, configuration, catalog)}
    assert found["gpu-48"] == 1
    assert found["gpu-24"] in {1, 2}
    assert "gpu-low" in found  # 16 GiB: more than one
    assert found["gpu-low"] >= 2
    counts = [option.count for option in options(llm, configuration, catalog)]
    assert counts == sorted(counts)
