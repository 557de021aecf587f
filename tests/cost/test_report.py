from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsdesk.base.message import Message
from dsdesk.base.money import ExchangeRate, Money
from dsdesk.base.source import Unknown
from dsdesk.cost.exchange import Exchange
from dsdesk.cost.lines import choose_price
from dsdesk.cost.report import cost_report
from dsdesk.hardware.prices import Condition, Seller
from dsdesk.project.project import Line
from tests.cost.samples import LINES, Shelf, build_of, known, price, speed, with_cost


def cny(amount):
    return Money(Decimal(amount), "CNY")


def test_total_is_lines_plus_tax_once(project, build, shelf):
    report = cost_report(project, build, None, shelf)

    assert report.net_total == cny("22000.00")
    assert report.tax == cny("2860.00")
    assert report.total == cny("24860.00")
    assert report.complete


def test_lines_of_repeated_nodes_are_counted_over_all_nodes(project, shelf):
    report = cost_report(project, build_of(LINES, shelf, count=3), None, shelf)

    assert [line.quantity for line in report.lines] == [6, 3]
    assert report.net_total == cny("66000.00")


def test_tax_included_in_a_price_is_taken_out(project, build, shelf):
    shelf.points["card"] = (price("card", "11300", includes_tax=True),)

    report = cost_report(project, build, None, shelf)

    assert report.lines[0].unit_net == cny("10000.00")


def test_owned_lines_cost_nothing_and_typed_prices_win(project, shelf):
    lines = (
        Line(no=1, part_id="card", owned=True),
        Line(no=2, part_id="psu", unit_price=Money(Decimal("1500"), "CNY")),
    )

    report = cost_report(project, build_of(lines, shelf), None, shelf)

    assert [(line.basis, line.net) for line in report.lines] == [("owned", cny("0")), ("typed", cny("1500.00"))]


def test_a_line_without_a_price_is_said_and_not_guessed(project, build, shelf):
    shelf.points.pop("psu")

    report = cost_report(project, build, None, shelf)

    assert report.net_total == cny("20000.00")
    assert not report.complete
    assert report.lines[1].net is None
    assert report.lines[1].because is not None
    assert any(note.values.get("priced") == 1 and note.values.get("lines") == 2 for note in report.notes)


def test_a_currency_without_a_rate_is_left_out(project, build, shelf):
    shelf.points["card"] = (price("card", "100", "XXX"),)

    report = cost_report(project, build, None, shelf)

    assert report.net_total == cny("2000.00")
    assert known(report.lines[0].because).values["found"] == "XXX"


def test_the_users_rate_goes_before_the_reference_rate(project, build, shelf):
    shelf.points["card"] = (price("card", "1000", "USD"),)
    rate = ExchangeRate("USD", "CNY", Decimal(8), date(2020, 1, 1), "bank")

    typed = cost_report(with_cost(project, rates=(rate,)), build, None, shelf)
    reference = cost_report(project, build, None, shelf)

    assert typed.lines[0].unit_net == cny("8000.00")
    assert reference.lines[0].unit_net == cny("6652.88")
    assert any("European Central Bank" in note.text for note in reference.notes)
    assert not any("European Central Bank" in note.text for note in typed.notes)


@given(amount=st.decimals(min_value="0.01", max_value="1000000", places=2))
def test_conversion_there_and_back_is_the_identity_to_a_cent(amount):
    exchange = Exchange(reference=Shelf().rates)
    there = known(exchange.convert(Money(amount, "USD"), "CNY"))
    back = known(exchange.convert(there, "USD"))

    assert abs(back.amount - amount) < Decimal("0.01")


def test_a_used_price_never_stands_in_for_a_new_one():
    used = price("card", "5000", condition=Condition.USED, on=date(2026, 9, 1))
    new = price("card", "10000", on=date(2026, 1, 1))
    mine = price("card", "9000", condition=Condition.USED, seller=Seller.USER)
    bulk = price("card", "1", min_quantity=100)

    assert choose_price((used, new), "new", 2) is new
    assert choose_price((used, new), "used", 2) is used
    assert choose_price((used, new, mine), "new", 2) is mine
    assert choose_price((bulk, new), "new", 2) is new
    assert choose_price((), "new", 2) is None


def test_energy_of_a_year(project, build, shelf):
    report = cost_report(project, build, None, shelf)

    # 1000 W x 0.5 x 24 h x 365 x 1.5 / 1000
    assert known(report.energy).kwh_per_year == pytest.approx(6570)
    assert known(report.energy).cost_per_year == cny("5256.00")


def test_unknown_wall_power_or_tariff_is_not_zero(project, shelf):
    unknown = Unknown(Message("no draw"))
    report = cost_report(project, build_of(LINES, shelf, wall_w=unknown), None, shelf)
    assert report.energy is unknown
    assert isinstance(report.energy_per_mtok, Unknown)
    assert any("Energy is not" in note.text for note in report.notes)

    report = cost_report(with_cost(project, electricity_per_kwh=None), build_of(LINES, shelf), None, shelf)
    assert known(report.energy).kwh_per_year == pytest.approx(6570)
    assert isinstance(known(report.energy).cost_per_year, Unknown)


def test_ownership_by_year_with_residual_value(project, build, shelf):
    report = cost_report(project, build, None, shelf)
    second = report.years[1]

    assert [year.year for year in report.years] == [1, 2, 3]
    assert second.cumulative == cny("35372.00")  # 24860 + 2 x 5256
    assert second.residual == cny("9000.00")  # 45 % of two cards, and of nothing else
    assert second.net == cny("26372.00")


def test_break_even_month_against_an_api(project, build, shelf):
    project = with_cost(project, api_input_per_mtok=cny("10"), api_output_per_mtok=cny("40"))

    hosted = known(cost_report(project, build, None, shelf).hosted)

    # 1000 requests a day of 1024 + 512 tokens: 365000 x (1024 x 10 + 512 x 40) / 1e6 / 12
    assert hosted.api_per_month == cny("934.40")
    assert hosted.running_per_month == cny("438.00")
    assert hosted.break_even_month == 51  # 24860 / 496.40 = 50.08
    assert hosted.api is None


def test_no_break_even_when_running_costs_more_than_the_api(project, build, shelf):
    project = with_cost(project, api_input_per_mtok=cny("0.1"), api_output_per_mtok=cny("0.1"))

    hosted = known(cost_report(project, build, None, shelf).hosted)

    assert hosted.break_even_month is None
    assert "never pays" in hosted.because.text


def test_a_stated_load_beyond_the_forecast_is_cut_and_said(project, build, shelf):
    report = cost_report(project, build, speed(requests_s=0.001), shelf)

    assert known(report.tokens).requests_per_year == pytest.approx(0.001 * 86400 * 365)
    assert known(report.tokens).basis.values["wanted"] == 1000


def test_cost_of_a_million_tokens(project, build, shelf):
    report = cost_report(project, build, speed(requests_s=1.0), shelf)

    tokens = 365_000 * 512 * 3
    assert report.per_mtok == Money(report.years[-1].net.amount / tokens * 1_000_000, "CNY").rounded()


def test_without_any_price_nothing_is_said_to_pay_for_itself(project, build, shelf):
    shelf.points.clear()
    project = with_cost(project, api_input_per_mtok=cny("10"), api_output_per_mtok=cny("40"))

    report = cost_report(project, build, None, shelf)

    assert isinstance(report.hosted, Unknown)
    assert isinstance(report.per_mtok, Unknown)


def test_advice_without_prices_names_no_amount(project, build, shelf):
    shelf.points.clear()

    season = cost_report(project, build, None, shelf).advice[0]

    assert season.code == "season"
    assert season.text.values == {}


def test_advice_says_that_only_the_guide_says_it(project, build, shelf):
    advice = {one.code: one for one in cost_report(project, build, None, shelf).advice}

    assert advice["season"].text.values["low"] == cny("3729.00")
    assert "no other source" in advice["season"].standing_text.text
    assert "resale-consumer" in advice
    assert "service" not in advice  # the terms of the quote ask for it already
    shorter = replace(project, quote=replace(project.quote, warranty_months=12))
    assert "service" in {one.code for one in cost_report(shorter, build, None, shelf).advice}
