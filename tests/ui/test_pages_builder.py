"""The builder on the Machine page: it searches beside the window, shows its proof, and names demands in conflict."""

from dataclasses import replace
from decimal import Decimal

from dsdesk.base.money import Money
from dsdesk.design.wish import BuildAnswer, NoAnswer
from dsdesk.llm.precision import Engine
from dsdesk.project.edits import change_cost
from dsdesk.project.project import Configuration, ModelChoice, Project
from dsdesk.ui.building import Wanted
from tests.fakes.window import settle

_8B = Configuration(
    model=ModelChoice(llm_id="deepseek-ai/DeepSeek-R1-Distill-Llama-8B"), precision="q4_k_m", engine=Engine.LLAMA_CPP
)


def _searched(qtbot, session, wanted: Wanted, *, budget: int | None = None, puts_in: bool = False):
    project = Project(configurations=(_8B,))
    if budget is not None:
        money = Money(Decimal(budget), project.cost.currency)
        project = replace(project, cost=replace(project.cost, budget=money))
    session.desk.store.open(project, None)
    session.window.go("machine")
    settle(qtbot, session)
    building = session.desk.building
    building.want(wanted)
    building.find(puts_in=puts_in)
    qtbot.waitUntil(lambda: building.task is None, timeout=60_000)
    settle(qtbot, session)
    return building


def test_the_machine_that_was_found_is_proven_and_goes_into_the_project(qtbot, session):
    building = _searched(qtbot, session, Wanted(form="desktop"), puts_in=True)
    assert isinstance(building.answer, BuildAnswer)
    assert building.answer.proven_optimal
    ids = {line.part_id for line in session.desk.store.project.configuration.machines[0].lines}
    assert ids == {line.part_id for line in building.answer.lines}


def test_a_budget_that_is_too_small_shows_the_amount_that_frees_an_answer(qtbot, session):
    building = _searched(qtbot, session, Wanted(), budget=10)
    refused = building.answer
    assert isinstance(refused, NoAnswer)
    assert [way.demand for way in refused.conflict] == ["budget"]
    way = refused.conflict[0]
    session.desk.apply(way.edit)
    building.find(way.wish)
    qtbot.waitUntil(lambda: building.task is None, timeout=60_000)
    assert isinstance(building.answer, BuildAnswer)
    assert not building.is_stale


def test_what_asks_for_something_else_by_now_is_said(qtbot, session):
    building = _searched(qtbot, session, Wanted(form="desktop"))
    assert not building.is_stale
    session.desk.apply(change_cost(building.answer.proof[0], budget=Money(Decimal(99_999), "CNY")))
    assert building.is_stale
