"""`dsdesk build` on the factory catalogue: the keys of the contract, and the exit status of each answer."""

import json
from pathlib import Path

import pytest

from dsdesk.cli.main import main
from dsdesk.project.file import load

BASE = ["build", "--model", "DeepSeek-R1-Distill-Llama-8B", "--precision", "q4_k_m", "--json"]


def test_answer_has_the_keys_of_the_contract_and_a_project_that_opens(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
):
    path = tmp_path / "built.dsdesk"
    assert main([*BASE, "-o", str(path)]) == 0
    answer = json.loads(capfd.readouterr().out)
    assert {"lines", "total", "proven_optimal", "gap", "findings", "evaluation"} <= set(answer)
    assert answer["proven_optimal"] is True
    assert answer["gap"] == 0
    assert not [one for one in answer["findings"] if one["severity"] == "error"]
    lines = [line.part_id for line in load(path).configuration.machines[0].lines]
    assert lines == [line["part_id"] for line in answer["lines"]]


def test_budget_that_is_too_small_says_what_would_be_enough(capfd: pytest.CaptureFixture[str]):
    assert main([*BASE, "--budget", "1000"]) == 1
    answer = json.loads(capfd.readouterr().out)
    assert [way["demand"] for way in answer["conflict"]] == ["budget"]
    assert answer["conflict"][0]["change"]


@pytest.mark.parametrize(
    "wrong",
    [
        ["--gpu", "no such card"],
        ["--gpu", "2x RTX 4090", "--count", "4"],
        ["--currency", "XXX"],
        ["--budget", "much"],
        ["--pin", "nothing"],
    ],
)
def test_bad_input_is_one_sentence(wrong: list[str], capfd: pytest.CaptureFixture[str]):
    assert main([*BASE, *wrong]) == 2
    said = capfd.readouterr()
    assert said.out == ""
    assert len(said.err.strip().splitlines()) == 1


def test_without_a_precision_the_published_one_is_taken(capfd: pytest.CaptureFixture[str]):
    assert main(["build", "--model", "DeepSeek-R1-Distill-Llama-8B", "--json"]) == 0
    answer = json.loads(capfd.readouterr().out)
    assert main(["build", "--model", "DeepSeek-R1-Distill-Llama-8B", "--precision", "bf16", "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["lines"] == answer["lines"]
