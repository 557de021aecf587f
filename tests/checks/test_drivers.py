"""What driver and toolkit a chip needs: one sentence for each age of chip."""

import pytest

from dsdesk.hardware.parts import Accelerator
from tests.checks.cases import fake_catalog, judged, replace_engine
from tests.fakes import catalog as fake
from tests.fakes.catalog import desktop, project_with


@pytest.mark.parametrize(
    ("compute_id", "words"), [("sm_70", "CUDA 12 is the last"), ("sm_89", "driver 580"), ("sm_120", "CUDA 12.8")]
)
def test_each_age_of_chip_has_its_versions(compute_id, words):
    card: Accelerator = fake.gpu("gpu-aged", compute_id=compute_id)
    findings = judged(project_with(desktop(accelerator="gpu-aged")), fake_catalog().with_parts(card)).findings
    said = [one.message.in_english() for one in findings if one.code == "software.N003"]
    assert len(said) == 1
    assert words in said[0]


@pytest.mark.parametrize(
    ("compute_id", "words"),
    [("gfx942", "ROCm 6.3"), ("gfx950", "ROCm 7.0"), ("ascend910b", "CANN 9.0.0"), ("sm_61", "does not name")],
)
def test_vllm_asks_for_a_stack_or_does_not_name_the_chip(compute_id, words):
    card: Accelerator = fake.gpu("gpu-aged", compute_id=compute_id)
    project = replace_engine(project_with(desktop(accelerator="gpu-aged")))
    findings = judged(project, fake_catalog().with_parts(card)).findings
    said = [one.message.in_english() for one in findings if one.code == "software.W004"]
    assert len(said) == 1
    assert words in said[0]
