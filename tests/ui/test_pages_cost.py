"""The Cost page: a price is typed where it stands, and everything follows."""

from datetime import date
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QToolTip

from dsdesk.base.errors import InputError
from dsdesk.base.message import Message
from dsdesk.base.money import Money
from dsdesk.cost.exchange import Exchange
from dsdesk.project.edits import change_cost
from dsdesk.project.templates import scheme
from dsdesk.ui.figures import price_why
from dsdesk.ui.pages.cost import CostPage
from dsdesk.ui.pages.cost_lines import _UNIT_COLUMN
from dsdesk.ui.pages.cost_money import age_text, parse_money
from dsdesk.ui.pages.cost_rates import rate_rows, with_rate
from tests.fakes.window import settle


@pytest.mark.parametrize(
    ("text", "money"),
    [
        ("28,000", Money(Decimal(28000), "CNY")),
        ("USD 1999.50", Money(Decimal("1999.50"), "USD")),
        ("1999 eur", Money(Decimal(1999), "EUR")),
        ("12 000元", Money(Decimal(12000), "CNY")),
        ("  ", None),
    ],
)
def test_money_as_people_type_it(text, money):
    assert parse_money(text, "CNY") == money


@pytest.mark.parametrize("text", ["about 300", "-5", "1.2.3", "USD"])
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(InputError, match="amount"):
        parse_money(text, "CNY")


def test_age_in_the_unit_that_reads_best():
    today = date(2026, 11, 24)
    assert age_text(today, today) == "today"
    assert age_text(date(2026, 11, 14), today) == "10 days"
    assert age_text(date(2025, 7, 24), today) == "16 months"
    assert age_text(date(2022, 9, 20), today) == "4 years"
    assert age_text(None, today) == "–"


def _page(qtbot, session):
    session.desk.store.open(scheme("scheme-1"), None)
    session.window.go("cost")
    settle(qtbot, session)
    return session.window.page_named("cost")


def test_typed_price_becomes_the_line_s_and_undo_takes_it_back(qtbot, session):
    page = _page(qtbot, session)
    store = session.desk.store
    before = store.evaluation.cost
    line = before.lines[0]
    model = page._table.rows
    index = model.index(0, _UNIT_COLUMN)
    assert model.flags(index) & Qt.ItemFlag.ItemIsEditable
    assert model.setData(index, "12345")
    settle(qtbot, session)
    after = store.evaluation.cost.lines[0]
    assert (after.no, after.basis, after.unit) == (line.no, "typed", Money(Decimal(12345), "CNY"))
    assert store.evaluation.cost.net_total.amount == (
        before.net_total.amount - (line.net.amount if line.net else 0) + 12345 * line.quantity
    )
    store.undo_stack.undo()
    settle(qtbot, session)
    assert store.evaluation.cost.lines[0] == line


def test_empty_price_is_that_of_the_price_list_again(qtbot, session):
    page = _page(qtbot, session)
    index = page._table.rows.index(0, _UNIT_COLUMN)
    page._table.rows.setData(index, "USD 10")
    settle(qtbot, session)
    page._table.rows.setData(index, "")
    settle(qtbot, session)
    assert session.desk.store.project.configuration.machines[0].lines[0].unit_price is None


def test_nonsense_changes_nothing_and_is_told(qtbot, session, monkeypatch):
    told = []
    monkeypatch.setattr("dsdesk.ui.pages.cost_lines.QToolTip.showText", lambda _at, text, _where: told.append(text))
    page = _page(qtbot, session)
    project = session.desk.store.project
    assert not page._table.rows.setData(page._table.rows.index(0, _UNIT_COLUMN), "cheap")
    assert session.desk.store.project is project
    assert "cheap" in told[0]


def test_own_rate_goes_before_the_reference_rate(qtbot, session):
    _page(qtbot, session)
    session.desk.apply(with_rate("USD", "CNY", "10", date(2026, 11, 24)))
    settle(qtbot, session)
    rates = session.desk.store.project.cost.rates
    assert [one.rate for one in rates] == [Decimal(10)]
    assert rate_rows(Exchange(own=rates))[0].is_own
    line = next(one for one in session.desk.store.evaluation.cost.lines if one.unit and one.unit.currency == "USD")
    assert line.unit_net == Money(line.unit.amount * 10, "CNY").rounded()


@pytest.mark.parametrize(("base", "quote", "number"), [("USD", "USD", "1"), ("USD", "CNY", "0"), ("USD", "CNY", "x")])
def test_what_is_no_rate_is_refused(base, quote, number):
    with pytest.raises(InputError):
        with_rate(base, quote, number, date(2026, 11, 24))


def test_every_assumption_is_an_edit(qtbot, session):
    page = _page(qtbot, session)
    assumptions = page._assumptions
    assumptions._pue.setValue(1.7)
    assumptions._tax.setValue(6)
    assumptions._years.setValue(5)
    assumptions._tariff.setValue(0.8)
    settle(qtbot, session)
    project = session.desk.store.project
    assert project.site.pue == pytest.approx(1.7)
    assert project.cost.tax_rate == Decimal("0.06")
    assert len(session.desk.store.evaluation.cost.years) == 5
    assert project.cost.electricity_per_kwh == Money(Decimal("0.8"), "CNY")


@pytest.mark.parametrize("name", ["scheme-1", "scheme-2"])
def test_years_of_what_has_no_price_are_not_shown_as_free(qtbot, session, name):
    session.desk.store.open(scheme(name), None)
    session.window.go("cost")
    settle(qtbot, session)
    page = session.window.findChild(CostPage)
    assert page._years.isVisibleTo(page) == (session.desk.store.evaluation.cost.priced > 0)


def test_a_price_that_is_refused_can_be_mended_where_it_was_typed(qtbot, session, monkeypatch):
    told = []
    monkeypatch.setattr(QToolTip, "showText", lambda _place, text, _widget: told.append(text))
    page = _page(qtbot, session)
    table = page._table
    cell = table.filter.index(0, _UNIT_COLUMN)
    table.setCurrentIndex(cell)
    before = session.desk.store.project
    table.filter.setData(cell, "about 300", Qt.ItemDataRole.EditRole)
    qtbot.waitUntil(lambda: table.viewport().findChild(QLineEdit) is not None)
    editor = table.viewport().findChild(QLineEdit)
    assert editor.text() == "about 300"
    assert len(told) == 1
    assert session.desk.store.project is before


def test_years_without_a_price_of_energy_do_not_call_it_free(qtbot, session):
    page = _page(qtbot, session)
    titles = [column.title for column in page._year_table.rows.columns]
    assert page._year_table.isColumnHidden(titles.index("Energy"))
    assert page._running._cells["mtok"][0].text().startswith("≥")
    assert " = ≥ " in price_why(session.desk.store.evaluation).formula
    session.desk.apply(change_cost(Message("tariff"), electricity_per_kwh=Money(Decimal("0.6"), "CNY")))
    settle(qtbot, session)
    assert not page._year_table.isColumnHidden(titles.index("Energy"))
