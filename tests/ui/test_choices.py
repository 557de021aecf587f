"""The chooser says what goes together, what does not, and why."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from dsdesk.base.message import Message
from dsdesk.checks.finding import Severity
from dsdesk.evaluate import evaluate
from dsdesk.hardware.vocabulary import PartKind
from dsdesk.llm.precision import Engine
from dsdesk.project.edits import add_part, remove_line
from dsdesk.project.project import Configuration, ModelChoice, Project
from dsdesk.project.templates import scheme
from dsdesk.ui.choices import Place, put_in, weigh
from dsdesk.ui.differences import differences

TASK = SimpleNamespace(report=lambda _fraction: None)


def _line(project, catalog, kind):
    return next(line for line in project.configuration.machines[0].lines if catalog.part(line.part_id).kind is kind)


def _weighed(project, catalog, place, *names, kind):
    parts = [catalog.find_part(name, kind) for name in names]
    assert all(parts), names
    return weigh(evaluate(project, catalog), catalog, place, parts, TASK)


def test_board_of_another_socket_is_refused_with_the_reason(parts_catalog):
    project = scheme("scheme-1")
    board = _line(project, parts_catalog, PartKind.BOARD)
    intel = next(one for one in parts_catalog.parts(PartKind.BOARD) if one.socket == "LGA1700")
    amd = parts_catalog.part(board.part_id)
    place = Place(0, board)
    refused, kept = weigh(evaluate(project, parts_catalog), parts_catalog, place, [intel, amd], TASK)
    assert refused.verdict is Severity.ERROR
    assert any("LGA1700" in finding.message.in_english() for finding in refused.against)
    assert kept.verdict is not Severity.ERROR


def test_first_part_of_a_machine_is_not_blamed_for_what_is_missing(parts_catalog):
    choice = _weighed(Project(), parts_catalog, Place(0, None), "RTX 4090", kind=PartKind.ACCELERATOR)[0]
    assert choice.verdict is None
    after = put_in(choice, Place(0, None)).apply(Project())
    assert [finding.code for finding in evaluate(after, parts_catalog).findings].count("parts.E001") > 0


@pytest.mark.parametrize(("name", "count"), [("RTX 3090", 2), ("RTX PRO 6000 Blackwell Workstation Edition", 1)])
def test_as_many_cards_as_the_model_needs(parts_catalog, name, count):
    # 32.8e9 parameters at Q4_K_M are about 18.5 GiB of weights; with cache, runtime and 20 % headroom more than 24 GiB.
    model = ModelChoice(llm_id="deepseek-ai/DeepSeek-R1-Distill-Qwen-32B")
    project = Project(configurations=(Configuration(model=model, precision="q4_k_m"),))
    choice = _weighed(project, parts_catalog, Place(0, None), name, kind=PartKind.ACCELERATOR)[0]
    assert (choice.quantity, choice.holds) == (count, True)


def test_a_card_in_exchange_must_hold_the_model_too(parts_catalog):
    project = scheme("scheme-1")
    line = _line(project, parts_catalog, PartKind.ACCELERATOR)
    larger = ModelChoice(llm_id="deepseek-ai/DeepSeek-R1-Distill-Qwen-32B")
    changed = replace(project.configuration, model=larger, precision="q4_k_m", engine=Engine.LLAMA_CPP)
    project = replace(project, configurations=(changed,))
    small, kept = _weighed(project, parts_catalog, Place(0, line), "Arc B580", "RTX 4090", kind=PartKind.ACCELERATOR)
    assert (small.holds, kept.holds) == (False, True)
    assert small.needed is not None
    assert small.needed > line.quantity


def test_differences_name_lines_and_numbers(parts_catalog):
    before = scheme("scheme-1")
    card = _line(before, parts_catalog, PartKind.ACCELERATOR)
    after = remove_line(card.no).apply(before)
    after = add_part(parts_catalog.find_part("H200 NVL 141GB", PartKind.ACCELERATOR).id, Message("")).apply(after)
    said = differences(before, after, parts_catalog)
    assert said == ("− 2 × NVIDIA GeForce RTX 4090", "+ 1 × NVIDIA H200 NVL 141GB")
