"""Every project file that was ever written still opens; tests/released/ has a sample of each format."""

from pathlib import Path

import pytest

from dsdesk.project.file import load, to_text
from dsdesk.project.project import FORMAT_VERSION

RELEASED = Path(__file__).resolve().parents[1] / "released"
SAMPLES = sorted(RELEASED.glob("project-*.dsdesk"))


def test_there_is_a_sample_of_every_format():
    assert [path.stem for path in SAMPLES] == [f"project-{one + 1}" for one in range(FORMAT_VERSION)]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_projects_open(sample):
    project = load(sample)
    (configuration,) = project.configurations
    assert configuration.model.llm_id == "deepseek-ai/deepseek-llm-67b-base"
    assert configuration.machines[0].lines[1].part_id == "nvidia-h200-nvl"
    assert configuration.workload.sequences == 200
    assert f'"format_version": {FORMAT_VERSION}' in to_text(project)
