"""Random projects become requests, are filled in as a supplier would, and come back the same to the cent."""

import json
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from dsdesk.project.file import from_text, to_text
from dsdesk.project.project import Line, Project
from dsdesk.quote.compose import compose
from dsdesk.quote.export import make_pdf
from dsdesk.quote.offer import kept, offer_of, understood
from dsdesk.quote.request import Purpose
from dsdesk.quote.returned import read_written
from dsdesk.quote.voice import Voice
from dsdesk.quote.xlsx import FIRST_ROW, LETTER, xlsx_bytes
from tests.quote.filling import by_pikepdf, by_pypdf
from tests.quote.samples import PARTS, TERMS, catalog, evaluation

NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cn", "Co")), min_size=1, max_size=60)
PRICES = st.decimals(min_value="0.01", max_value=99_999_999, places=2)
RATES = st.sampled_from(["13", "6", "3", "0", "9 %"])


@st.composite
def projects(draw):
    """An evaluation of a random list of parts with random names, quantities and terms."""
    count = draw(st.integers(1, 6))
    parts = [
        replace(PARTS[draw(st.integers(0, len(PARTS) - 1))], id=f"p{no}", name=draw(NAMES))
        for no in range(1, count + 1)
    ]
    numbers = draw(st.lists(st.integers(1, 999), min_size=count, max_size=count, unique=True))
    lines = tuple(
        Line(no=no, part_id=part.id, quantity=draw(st.integers(1, 400)))
        for no, part in zip(numbers, parts, strict=True)
    )
    shelf = catalog((*PARTS, *parts))
    terms = replace(
        TERMS,
        number=draw(NAMES),
        revision=draw(st.integers(1, 99)),
        services=draw(st.sampled_from([(), ("none",), ("training",), ("吊装就位",)])),
        options=draw(st.sampled_from([(), ("Second supply", "备用电源")])),
        trade_in="",
    )
    return evaluation(lines, shelf, terms=terms, count=draw(st.integers(1, 20))), shelf


def cents(amount):
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def answered(request, draw):
    """Prices and rates for every line and service, as they are typed, and what they come to."""
    values, net, tax = {}, Decimal(0), Decimal(0)
    priced = [(f"L{line.no}", line.quantity, "unit_price") for line in request.lines]
    priced += [(one.code, 1, "net") for one in request.services]
    for key, quantity, field in priced:
        price, rate = draw(PRICES), draw(RATES)
        values[f"{key}.{field}"] = f"{price:,}" if draw(st.booleans()) else str(price)
        values[f"{key}.vat"] = rate
        if key.startswith("O"):
            continue  # in none of the totals
        amount = cents(price * quantity)
        net += amount
        tax += cents(amount * Decimal(rate.removesuffix(" %")) / 100)
    return values, net, tax


@pytest.mark.parametrize("filled", [by_pypdf, by_pikepdf])
@settings(max_examples=6, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_filled_form_comes_back_the_same(filled, data):
    found, shelf = data.draw(projects())
    language = data.draw(st.sampled_from(["zh_CN", "en", "both"]))
    request = compose(found, shelf, Purpose.REQUEST)
    values, net, tax = answered(request, data.draw)
    blank, _ = make_pdf(found, shelf, language=language, prices="blank")
    written = read_written(filled(blank, values), "offer.pdf")
    offer = understood(written, request)
    assert (offer.net.amount, offer.tax.amount, offer.total.amount) == (net, tax, net + tax)
    assert offer.problems == ()
    assert offer.complete
    again = offer_of(kept(written, "0" * 64, "2026-12-01"), request)
    assert replace(again, sha256="") == offer


@settings(max_examples=6, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_filled_spreadsheet_comes_back_the_same(data):
    found, shelf = data.draw(projects())
    request = compose(found, shelf, Purpose.REQUEST)
    values, net, tax = answered(request, data.draw)
    book = load_workbook(BytesIO(xlsx_bytes(request, Voice("both"))))
    sheet = book.worksheets[0]
    rows = {sheet[f"A{row}"].value: row for row in range(FIRST_ROW, sheet.max_row + 1)}
    for name, text in values.items():
        key, field = name.split(".")
        column = LETTER["vat" if field == "vat" else "unit_price"]
        sheet[f"{column}{rows[key]}"] = float(text.replace(",", "").removesuffix(" %"))
    target = BytesIO()
    book.save(target)
    offer = understood(read_written(target.getvalue(), "offer.xlsx"), request)
    assert (offer.net.amount, offer.tax.amount) == (net, tax)
    assert offer.complete


@settings(max_examples=10)
@given(entries=st.dictionaries(NAMES, NAMES, max_size=5))
def test_a_project_keeps_what_was_returned(entries):
    from dsdesk.project.edits import add_offers, award, remove_offer
    from dsdesk.project.offers import Award, ReceivedOffer

    offer = ReceivedOffer(source="a.pdf", sha256="ab", entries=tuple(sorted(entries.items())), doubts=(("macros", ""),))
    project = award((Award(key="L1", offer="ab", reason="快"),)).apply(add_offers((offer,)).apply(Project()))
    assert from_text(to_text(project), "p") == project
    assert json.loads(to_text(project))["offers"][0]["source"] == "a.pdf"
    assert remove_offer("ab").apply(project) == Project()
