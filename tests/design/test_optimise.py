"""The builder's list passes every check, is what plain enumeration finds, and says so honestly."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsdesk.base.errors import InputError
from dsdesk.base.money import Money
from dsdesk.checks.finding import Severity
from dsdesk.design.optimise import build_machine, frontier
from dsdesk.design.wish import BuildAnswer, BuildWish, Form, NoAnswer, Objective
from dsdesk.hardware.parts import Part
from dsdesk.hardware.prices import Condition, Price, Seller
from dsdesk.hardware.vocabulary import PartKind, Shelf
from dsdesk.llm.precision import Engine
from dsdesk.project.project import Configuration, CostAssumptions, ModelChoice, Project, Site, Workload
from dsdesk.sizing.results import Forecast
from tests.design import plain
from tests.fakes import catalog as fake
from tests.fakes.catalog import FakeCatalog
from tests.fakes.llms import dense_llm

LLM = dense_llm()
PRICES = {
    "gpu-24": 12000,
    "gpu-48": 40000,
    "gpu-80": 150000,
    "cpu-16": 3000,
    "cpu-8": 1500,
    "cpu-lga": 2500,
    "cpu-tr": 20000,
    "board-am5": 2000,
    "board-lga": 1900,
    "board-am5-big": 2600,
    "board-trx": 7000,
    "memory-2x32": 1600,
    "memory-2x48": 2400,
    "memory-2x16": 800,
    "rdimm-64": 2500,
    "ssd-2t": 1100,
    "ssd-4t": 2200,
    "ssd-15t": 15000,
    "psu-1000": 1200,
    "psu-650": 600,
    "psu-1600": 3000,
    "psu-2500": 5000,
    "cooler-tower": 300,
    "cooler-loop": 900,
    "cooler-low": 200,
    "case-atx": 500,
    "case-small": 400,
    "case-big": 1200,
    "gpu-low": 9000,
    "hgx-8": 1800000,
    "server-2u": 60000,
}


def priced(prices: dict[str, int], parts=None) -> FakeCatalog:
    points = [
        Price(
            part_id=part_id,
            money=Money(Decimal(amount), "CNY"),
            condition=Condition.NEW,
            seller=Seller.RETAIL,
            on=date(2026, 1, 1),
            source="test",
        )
        for part_id, amount in prices.items()
    ]
    return FakeCatalog(parts, llms=(LLM,), prices=points)


def wish(
    *,
    precision="bf16",
    engine=Engine.VLLM,
    workload: Workload | None = None,
    budget: int | None = None,
    site=None,
    **changes,
):
    configuration = Configuration(
        model=ModelChoice(llm_id=LLM.id), precision=precision, engine=engine, workload=workload or Workload()
    )
    cost = CostAssumptions(budget=None if budget is None else Money(Decimal(budget), "CNY"))
    project = Project(configurations=(configuration,), site=site or Site(), cost=cost)
    return BuildWish(project=project, **changes)


def answered(wanted: BuildWish, catalog: FakeCatalog) -> BuildAnswer:
    found = build_machine(wanted, catalog)
    assert isinstance(found, BuildAnswer), found
    return found


def speed(found: BuildAnswer) -> Forecast:
    assert isinstance(found.evaluation.forecast, Forecast)
    return found.evaluation.forecast


def errors(found: BuildAnswer) -> list[str]:
    return [one.code for one in found.evaluation.findings if one.severity is Severity.ERROR]


def small_market() -> list[Part]:
    keep = {"gpu-24", "gpu-48", "cpu-16", "cpu-8", "cpu-lga", "board-am5", "board-lga", "memory-2x32", "memory-2x16"}
    keep |= {"ssd-2t", "psu-1000", "psu-650", "psu-1600", "cooler-tower", "cooler-low", "case-atx", "case-small"}
    return [part for part in fake.market() if part.id in keep]


@settings(max_examples=6)
@given(st.fixed_dictionaries({part.id: st.integers(100, 60000) for part in small_market()}))
def test_optimum_is_that_of_plain_enumeration(prices):
    catalog = priced(prices, small_market())
    wanted = wish(site=Site(circuits=2))
    best = plain.cheapest(wanted, LLM, catalog)
    found = build_machine(wanted, catalog)
    assert best is not None
    assert isinstance(found, BuildAnswer)
    assert plain.total_cents(found.project, catalog) == best.cents
    assert found.proven_optimal
    assert found.gap == 0.0


@settings(max_examples=25)
@given(
    st.fixed_dictionaries({part_id: st.integers(100, 60000) for part_id in PRICES}),
    st.sampled_from(list(Objective)),
    st.sampled_from(list(Form)),
    st.sampled_from([None, 20000, 60000, 200000]),
    st.sampled_from(["bf16", "fp8"]),
    st.integers(1, 16),
)
def test_every_list_passes_every_check(prices, objective, form, budget, precision, sequences):
    catalog = priced(prices)
    workload = Workload(sequences=sequences)
    wanted = wish(precision=precision, workload=workload, budget=budget, objective=objective, form=form)
    found = build_machine(wanted, catalog)
    if isinstance(found, NoAnswer):
        assert found.because.text
        return
    assert errors(found) == []
    assert found.evaluation.fits
    if budget is not None:
        assert found.total.amount <= budget


def test_the_same_wish_has_the_same_answer():
    catalog = priced(PRICES)
    assert answered(wish(), catalog).project == answered(wish(), catalog).project


def test_fastest_within_a_budget_is_faster_than_cheapest():
    catalog = priced(PRICES)
    cheap = answered(wish(), catalog)
    fast = answered(wish(budget=100000, objective=Objective.FASTEST), catalog)
    assert speed(fast).output_tok_s_total.estimate > speed(cheap).output_tok_s_total.estimate
    assert fast.total.amount <= 100000


def test_parts_without_a_price_are_left_out_and_counted():
    prices = {key: value for key, value in PRICES.items() if key not in {"psu-1000", "case-atx"}}
    found = answered(wish(), priced(prices))
    assert {"psu-1000", "case-atx"}.isdisjoint(line.part_id for line in found.lines)
    assert found.left_out >= 2
    assert found.unpriced == ()


def test_a_load_that_needs_an_unpriced_part_is_not_called_cheap():
    """Two small cards go only into the board that has no price, beside one that has."""
    single = fake.board("board-one", slots=(fake.slot("PCIEX16_1", 1),))
    parts = [part for part in small_market() if part.kind is not PartKind.BOARD]
    parts += [single, fake.board("board-two"), fake.gpu("gpu-half", memory_bytes=14 * 2**30, board_power_w=150.0)]
    found = answered(wish(), priced({**PRICES, "board-one": 2000, "gpu-half": 1000}, parts))
    assert {"gpu-24", "board-one"} <= {line.part_id for line in found.lines}
    assert found.unpriced == ()
    assert found.proven_optimal


def test_kind_without_any_price_is_chosen_by_size_and_said():
    cases = {"case-atx", "case-small", "case-big"}
    found = answered(wish(), priced({key: value for key, value in PRICES.items() if key not in cases}))
    assert len(found.unpriced) == 1
    assert any("case" in text.in_english() for text in found.proof)


def test_a_list_that_keeps_the_budget_by_an_unknown_price_alone_is_not_proven():
    prices = {**PRICES, "board-lga": 500000, "board-am5-big": 500000, "board-trx": 500000}
    del prices["board-am5"]
    found = answered(wish(budget=60000), priced(prices))
    assert found.unpriced == ("Acme board-am5",)
    assert not found.proven_optimal
    assert found.total.amount <= 60000
    assert "Not proven" in found.proof[0].in_english()
    assert "Acme board-am5" in found.proof[0].in_english()
    sure = answered(wish(budget=600000), priced(prices))
    assert sure.unpriced == ()
    assert sure.proven_optimal


def test_layers_lie_in_host_memory_only_if_they_may():
    """The model is larger than the only card, and the only board takes one of them."""
    keep = [part for part in small_market() if part.kind not in {PartKind.BOARD, PartKind.ACCELERATOR}]
    slow = fake.memory("memory-slow", module_bytes=16 * 2**30, mt_s=3600)
    card = fake.gpu("gpu-12", memory_bytes=12 * 2**30)
    parts = [*keep, slow, card, fake.board("board-one", slots=(fake.slot("PCIEX16_1", 1),))]
    catalog = priced({**PRICES, "memory-slow": 500, "gpu-12": 4000, "board-one": 2000}, parts)
    wanted = wish(precision="f16", engine=Engine.LLAMA_CPP, workload=Workload(sequences=1))
    assert isinstance(build_machine(wanted, catalog), NoAnswer)

    beside = replace(wanted, offload=True)
    cheap = answered(beside, catalog)
    assert errors(cheap) == []
    assert cheap.evaluation.fits
    assert cheap.proven_optimal
    assert cheap.evaluation.offload_layers > 0
    assert any("host memory" in text.in_english() for text in cheap.proof)

    fast = answered(replace(beside, objective=Objective.FASTEST), catalog)
    assert "memory-slow" in {line.part_id for line in cheap.lines}
    assert "memory-slow" not in {line.part_id for line in fast.lines}
    assert speed(fast).decode_tok_s_per_user.estimate > speed(cheap).decode_tok_s_per_user.estimate


def test_owned_parts_cost_nothing_and_only_the_rest_is_bought():
    owned = (("cpu-16", 1), ("board-am5", 1), ("gpu-24", 1))
    found = answered(wish(owned=owned), priced(PRICES))
    by_id = {line.part_id: line for line in found.lines}
    assert by_id["cpu-16"].basis == "owned"
    assert by_id["gpu-24"].basis == "owned"
    assert found.total.amount < answered(wish(), priced(PRICES)).total.amount


def test_pinned_parts_are_in_the_list_and_banned_ones_are_not():
    found = answered(wish(pinned=("case-big", "psu-1600"), banned=("cpu-8",)), priced(PRICES))
    ids = {line.part_id for line in found.lines}
    assert {"case-big", "psu-1600"} <= ids
    assert "cpu-8" not in ids


def test_listed_parts_come_in_only_when_they_are_pinned():
    listed = fake.case("case-listed", shelf=Shelf.LISTED)
    catalog = priced({**PRICES, "case-listed": 1}).with_parts(listed)
    assert "case-listed" not in {line.part_id for line in answered(wish(), catalog).lines}
    pinned = answered(wish(pinned=("case-listed",)), catalog)
    assert "case-listed" in {line.part_id for line in pinned.lines}


def test_budget_that_is_too_small_is_named_with_the_amount_that_frees_it():
    catalog = priced(PRICES)
    found = build_machine(wish(budget=9000), catalog)
    assert isinstance(found, NoAnswer)
    assert [way.demand for way in found.conflict] == ["budget"]
    edit = found.conflict[0].edit
    assert edit is not None
    enough = replace(found.wish, project=edit.apply(found.wish.project))
    assert enough.budget is not None
    cheapest = answered(wish(), catalog).total.amount
    assert cheapest <= enough.budget.amount < cheapest + 1
    assert answered(enough, catalog).total.amount == cheapest


def test_speed_and_budget_conflict_and_either_change_frees_an_answer():
    catalog = priced(PRICES)
    cheap = answered(wish(), catalog)
    wanted = speed(cheap).decode_tok_s_per_user.estimate * 1.4
    budget = round(cheap.total.amount) + 1
    found = build_machine(wish(budget=budget, workload=Workload(decode_tok_s_min=wanted)), catalog)
    assert isinstance(found, NoAnswer)
    assert {way.demand for way in found.conflict} == {"speed", "budget"}
    for way in found.conflict:
        assert way.edit is not None, way.demand
        freed = replace(found.wish, project=way.edit.apply(found.wish.project))
        assert isinstance(build_machine(freed, catalog), BuildAnswer), way.demand


def test_circuit_of_the_site_is_a_demand():
    found = build_machine(wish(site=Site(mains_v=220.0, circuit_a=1.0)), priced(PRICES))
    assert isinstance(found, NoAnswer)
    assert "circuit" in {way.demand for way in found.conflict}


def test_nothing_holds_a_model_that_is_too_large():
    parts = [part for part in fake.market() if part.id not in {"gpu-48", "module-80", "gpu-80", "gpu-141", "gpu-24"}]
    found = build_machine(wish(workload=Workload(sequences=400)), priced(PRICES, parts))
    assert isinstance(found, NoAnswer)
    assert found.conflict == ()


def test_stopping_gives_no_proof():
    catalog = priced(PRICES)
    found = build_machine(wish(), catalog, progress=lambda _share, _text: False)
    assert isinstance(found, NoAnswer)
    told: list[float] = []

    def until_the_second_load(share, _text):
        told.append(share)
        return sum(one >= 0.4 for one in told) < 2

    stopped = build_machine(wish(objective=Objective.VALUE), catalog, until_the_second_load)
    if isinstance(stopped, BuildAnswer):
        assert not stopped.proven_optimal
        assert stopped.gap is not None
        assert stopped.gap >= 0


def test_frontier_rises_in_price_and_in_speed():
    points = frontier(wish(), priced(PRICES))
    assert len(points) >= 2
    for below, above in pairwise(points):
        assert below.total.amount < above.total.amount
        assert below.tok_s < above.tok_s


def test_without_a_model_it_is_asked_for():
    with pytest.raises(InputError):
        build_machine(BuildWish(project=Project()), priced(PRICES))
