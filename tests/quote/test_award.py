"""Offers compared, awarded line by line, and what becomes of the awards."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO

import pypdf
import pytest

from dsdesk.base.money import ExchangeRate
from dsdesk.cost.exchange import Exchange
from dsdesk.hardware.prices import Condition
from dsdesk.project.offers import Award
from dsdesk.quote.award_export import memo_pdf, order_number, order_pdf, outcomes
from dsdesk.quote.awarding import all_to, awarding, lowest_by_line, price_points
from dsdesk.quote.comparison import compare_offers
from dsdesk.quote.compose import compose
from dsdesk.quote.equivalents import proposals
from dsdesk.quote.layout_award import Memo
from dsdesk.quote.offer import Written, understood
from dsdesk.quote.request import Purpose
from tests.quote.samples import TERMS, catalog, evaluation

EVALUATION = evaluation()
REQUEST = compose(EVALUATION, catalog(), Purpose.REQUEST)


def offer(name, price, currency="CNY", **entries):
    values = {f"L{line.no}.unit_price": str(price + line.no) for line in REQUEST.lines}
    values |= {f"{one.code}.net": str(price) for one in REQUEST.services}
    values |= {"supplier.name": name, "term.warranty": "36 months", **entries}
    mark = {"number": TERMS.number, "revision": "2", "currency": currency}
    return understood(Written(source=f"{name}.pdf", mark=mark, entries=values), REQUEST, sha256=name)


DEAR = offer("Dear", 200)
CHEAP = offer("Cheap", 100, **{"L1.offered": "RTX 4090 D", "L2.unit_price": "面议", "L3.lead_days": "20"})
COMPARED = compare_offers(REQUEST, (DEAR, CHEAP), Exchange())


def test_a_suppliers_tax_rate_decides_nothing():
    small = offer("Small", 100, **{f"L{line.no}.vat": "1" for line in REQUEST.lines})
    usual = offer("Usual", 99)
    compared = compare_offers(REQUEST, (small, usual), Exchange())
    assert compared.totals[0].amount < compared.totals[1].amount
    assert compared.alike[0].amount > compared.alike[1].amount


def test_totals_in_another_currency_are_compared_by_a_dated_rate():
    rate = ExchangeRate("USD", "CNY", Decimal("7.1"), date(2026, 11, 1), "bank")
    abroad = offer("Abroad", 10, "USD")
    compared = compare_offers(REQUEST, (abroad,), Exchange(own=(rate,)))
    assert compared.nets[0].amount == abroad.net.amount * Decimal("7.1")
    assert compare_offers(REQUEST, (abroad,), Exchange()).nets == (None,)


def test_lines_go_to_the_lowest_offer_of_what_was_asked_for():
    found = awarding(COMPARED, lowest_by_line(COMPARED))
    places = {one.key: one.offer for one in found.lines}
    assert places["L1"] == 0  # the cheap one offers another card
    assert places["L2"] == 0  # and names no price here
    assert places["L3"] == 1
    assert found.open == ()
    assert [order.offer.supplier for order in found.orders] == ["Dear", "Cheap"]
    total = sum((order.net.amount for order in found.orders), Decimal(0))
    assert total == COMPARED.by_line.amount


def test_an_award_by_hand_says_how_much_more_it_costs():
    found = awarding(COMPARED, (Award(key="L3", offer="Dear", reason="in stock"),))
    assert [(one.key, one.reason, one.dearer_by.amount) for one in found.lines] == [("L3", "in stock", 100)]
    assert "L3" not in found.open
    assert "L1" in found.open


def test_an_award_to_what_is_gone_or_has_no_price_counts_for_nothing():
    gone = (Award(key="L3", offer="Nobody"), Award(key="L99", offer="Dear"), Award(key="L2", offer="Cheap"))
    assert awarding(COMPARED, gone).lines == ()
    assert {one.key for one in all_to(CHEAP)} == {line.key for line in CHEAP.lines} - {"L2"}


def test_prices_for_the_own_list_are_those_of_the_very_parts():
    points = tuple(price_points(CHEAP, REQUEST, date(2026, 12, 1)))
    assert {point.part_id for point in points} == {"board", "ram", "ssd", "psu", "cooler", "case"}
    board = points[0]
    assert (board.money.amount, board.on, board.source) == (
        Decimal(103),
        date(2026, 12, 1),
        "Cheap, RFQ-2026-001 (Cheap.pdf)",
    )


def test_prices_of_used_parts_go_to_the_list_of_used_ones():
    points = tuple(price_points(DEAR, REQUEST, date(2026, 12, 1), Condition.USED))
    assert {point.condition for point in points} == {Condition.USED}


def test_a_substitute_is_found_in_the_catalogue_by_its_name():
    asked = offer("S", 1, **{"L2.offered": "AMD Ryzen 9 7950X", "L3.offered": "nobody's board"})
    found = {one.line_no: one for one in proposals(asked, REQUEST, catalog())}
    assert found[2].part is not None
    assert found[2].part.id == "cpu"
    assert found[3].part is None


def text_of(content):
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(content)).pages)


@pytest.mark.parametrize("language", ["zh_CN", "en", "both"])
def test_the_memo_names_offers_awards_and_doubts(language):
    awards = (*lowest_by_line(COMPARED), Award(key="L1", offer="Cheap", reason="先到货"))
    found = awarding(COMPARED, awards)
    memo = Memo(request=REQUEST, comparison=COMPARED, awarding=found, outcomes=outcomes(EVALUATION, catalog(), found))
    terms = replace(TERMS, language=language)
    content = memo_pdf(memo, terms=terms, day="2026-12-10")
    text = text_of(content)
    for wanted in ("RFQ-2026-001", "Dear", "Cheap", "先到货", "面议", "RTX 4090 D", "● ≠ 202.00", "* "):
        assert wanted in text
    assert memo_pdf(memo, terms=terms, day="2026-12-10") == content


def test_an_order_has_its_lines_prices_and_the_terms_agreed():
    found = awarding(COMPARED, (Award(key="L3", offer="Cheap"), Award(key="S1", offer="Cheap")))
    (order,) = found.orders
    number = order_number(REQUEST, 1)
    text = text_of(order_pdf(REQUEST, order, number=number, terms=replace(TERMS, language="zh_CN"), day="2026-12-10"))
    for wanted in ("RFQ-2026-001-PO1", "2026年12月10日", "ProArt", "103.00", "CNY 203.00", "CNY 229.39", "36 months"):
        assert wanted in text.replace("\N{NO-BREAK SPACE}", " ")
    assert "人民币贰佰贰拾玖元叁角玖分" in text
    assert "GeForce" not in text


def test_unit_prices_stand_with_the_same_decimals_and_their_words_for_time():
    found = offer("Fine", 100, **{"L3.unit_price": "7.1234", "L4.lead_days": "2 weeks", "term.quotation": "Q-77"})
    compared = compare_offers(REQUEST, (found,), Exchange())
    (order,) = awarding(compared, all_to(found)).orders
    text = text_of(order_pdf(REQUEST, order, number="PO1", terms=replace(TERMS, language="en")))
    for wanted in ("7.1234", "104.0000", "2 weeks", "Q-77", "Request revision 2, checksum"):
        assert wanted in text


def test_a_memo_gives_an_award_in_another_currency_with_its_code():
    rate = ExchangeRate("USD", "CNY", Decimal("7.1"), date(2026, 11, 1), "bank")
    compared = compare_offers(REQUEST, (offer("Abroad", 10, "USD"),), Exchange(own=(rate,)))
    found = awarding(compared, (Award(key="L3", offer="Abroad"),))
    memo = Memo(request=REQUEST, comparison=compared, awarding=found, outcomes={})
    text = text_of(memo_pdf(memo, terms=replace(TERMS, language="en"))).replace("\N{NO-BREAK SPACE}", " ")
    assert text.count("USD 13.00") >= 2
    assert "92.30" in text  # the same in the currency of the request, in the comparison
