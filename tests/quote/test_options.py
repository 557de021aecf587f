"""Options are asked for and priced, and are in no total: on paper, in the spreadsheet, compared and awarded."""

import json
from dataclasses import replace
from io import BytesIO

import pypdf
from openpyxl import load_workbook

from dsdesk.cost.exchange import Exchange
from dsdesk.quote.awarding import all_to, awarding, lowest_by_line
from dsdesk.quote.comparison import compare_offers
from dsdesk.quote.compose import compose
from dsdesk.quote.copies import json_copy
from dsdesk.quote.export import make_pdf
from dsdesk.quote.offer import Written, understood
from dsdesk.quote.request import Purpose
from dsdesk.quote.ubl import ubl_request
from dsdesk.quote.voice import Voice
from dsdesk.quote.xlsx import FIRST_ROW, LETTER, xlsx_bytes
from tests.quote.samples import TERMS, catalog, evaluation

EVALUATION = evaluation(terms=replace(TERMS, options=("Second supply", "Spare card")))
REQUEST = compose(EVALUATION, catalog(), Purpose.REQUEST)


def offer(name, price, option=None):
    values = {f"L{line.no}.unit_price": str(price) for line in REQUEST.lines}
    values |= {f"{one.code}.net": str(price) for one in REQUEST.services if not one.optional}
    values |= {"supplier.name": name, **({"O1.net": str(option)} if option is not None else {})}
    return understood(
        Written(source=name, mark={"number": TERMS.number, "currency": "CNY"}, entries=values), REQUEST, sha256=name
    )


def test_an_option_changes_no_total_and_its_absence_is_no_gap():
    without, with_it = offer("a", 10), offer("b", 10, option=999)
    assert (without.net, without.total) == (with_it.net, with_it.total)
    assert without.missing == with_it.missing == 0
    assert with_it.line("O1").net == 999
    assert not without.line("O1").problems


def test_an_option_is_compared_and_is_awarded_by_hand_alone():
    compared = compare_offers(REQUEST, (offer("a", 10, option=5), offer("b", 9)), Exchange())
    row = next(row for row in compared.rows if row.key == "O1")
    assert [net.amount if net else None for net in row.nets] == [5, None]
    assert compared.by_line is not None
    for awards in (lowest_by_line(compared), all_to(compared.offers[0])):
        assert not any(award.key.startswith("O") for award in awards)
    found = awarding(compared, lowest_by_line(compared))
    assert not any(key.startswith("O") for key in found.open)
    taken = next(award for award in all_to(compared.offers[0]) if award.key == "S1")
    more = awarding(compared, (replace(taken, key="O1"),))
    assert more.orders[0].net.amount == 5


def test_every_copy_says_that_it_is_one():
    content, _ = make_pdf(EVALUATION, catalog(), language="en", prices="blank")
    text = "\n".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(content)).pages)
    assert text.index("in none of the totals") < text.index("Second supply") < text.index("Total without VAT")
    copy = json.loads(json_copy(REQUEST, Voice("en")))
    assert [one["code"] for one in copy["services"] if one["optional"]] == ["O1", "O2"]
    assert b"in none of the totals" in ubl_request(REQUEST, Voice("en"))


def test_the_sums_of_the_spreadsheet_leave_it_out():
    sheet = load_workbook(BytesIO(xlsx_bytes(REQUEST, Voice("en")))).worksheets[0]
    rows = {sheet[f"A{row}"].value: row for row in range(FIRST_ROW, sheet.max_row + 1)}
    formulas = [str(sheet[f"{LETTER['net']}{row}"].value) for row in range(FIRST_ROW, sheet.max_row + 1)]
    summed = next(one for one in formulas if one.startswith("=SUM("))
    last = int(summed.removesuffix(")").rpartition(LETTER["net"])[2])
    assert rows["S1"] <= last < rows["O1"]
