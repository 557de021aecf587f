import zipfile
from dataclasses import replace
from decimal import Decimal
from io import BytesIO

import pypdf
import pytest
from openpyxl import load_workbook

from dsdesk.base.errors import FileError
from dsdesk.cost.exchange import Exchange
from dsdesk.quote.checksum import checksum
from dsdesk.quote.comparison import compare_offers
from dsdesk.quote.compose import compose
from dsdesk.quote.export import make_pdf
from dsdesk.quote.offer import understood
from dsdesk.quote.request import Purpose
from dsdesk.quote.returned import read_offer, read_written
from dsdesk.quote.ubl import ROOT, ubl_request
from dsdesk.quote.voice import Voice
from dsdesk.quote.xlsx import FIRST_ROW, LETTER, xlsx_bytes
from tests.quote.filling import by_pikepdf, by_pypdf
from tests.quote.samples import LINES, TERMS, catalog, evaluation

EVALUATION = evaluation()
REQUEST = compose(EVALUATION, catalog(), Purpose.REQUEST)
KEYS = [f"L{line.no}" for line in REQUEST.lines] + [one.code for one in REQUEST.services]
BLANK_PDF = make_pdf(EVALUATION, catalog(), language="zh_CN", prices="blank")[0]
BLANK_XLSX = xlsx_bytes(REQUEST, Voice("both"))


def filled_pdf(values, content=BLANK_PDF):
    return by_pypdf(content, values)


def filled_elsewhere(values, content=BLANK_PDF):
    return by_pikepdf(content, values)


def filled_xlsx(values, content=BLANK_XLSX, **cells):
    book = load_workbook(BytesIO(content))
    sheet = book.worksheets[0]
    rows = {sheet[f"A{row}"].value: row for row in range(FIRST_ROW, sheet.max_row + 1)}
    for name, value in values.items():
        key, field = name.split(".")
        sheet[f"{LETTER[field]}{rows[key]}"] = value
    for place, value in cells.items():
        sheet[place] = value
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def offer_of(content, name="offer"):
    return understood(read_written(content, name), REQUEST)


def test_a_form_says_what_is_missing_and_what_is_wrong():
    offer = offer_of(
        filled_elsewhere(
            {
                "supplier.name": "Supplier Ltd",
                "L1.unit_price": "14,800.00",
                "L1.net": "29,000.00",
                "L1.lead_days": "21",
                "L2.unit_price": "1.234,50",
                "L3.unit_price": "面议",
                "L4.unit_price": "-5",
                "L5.offered": "Solidigm D7-P5520",
                "L5.spec1": "3.84 TB",
                "term.warranty": "36 months, NBD",
            }
        )
    )
    first, second, third, fourth, fifth = offer.lines[:5]
    assert offer.supplier == "Supplier Ltd"
    assert (first.net, first.lead_days) == (Decimal("29600.00"), 21)
    assert "29,000" in first.problems[0].in_english() or "29000" in first.problems[0].in_english()
    assert [line.unit_price for line in (second, third, fourth, fifth)] == [None] * 4
    assert "面议" in third.problems[0].in_english()
    assert fifth.offered == "Solidigm D7-P5520"
    assert fifth.deviations == ((1, "3.84 TB"),)
    assert offer.terms == {"warranty": "36 months, NBD"}
    assert offer.missing == len(KEYS) - 1


def test_a_stated_total_is_added_up_again():
    offer = offer_of(filled_pdf({"L1.unit_price": "100", "total.net": "300"}))
    assert any("300" in problem.in_english() for problem in offer.problems)


def test_a_flattened_form_is_refused_with_what_to_do(tmp_path):
    writer = pypdf.PdfWriter()
    writer.add_blank_page(100, 100)
    path = tmp_path / "scan.pdf"
    writer.write(path)
    with pytest.raises(FileError, match="scanned"):
        read_offer(path, REQUEST)


def test_an_answer_to_another_revision_or_content_is_noticed():
    other = compose(evaluation(terms=replace(TERMS, revision=3)), catalog(), Purpose.REQUEST)
    offer = understood(read_written(filled_pdf({}), "old.pdf"), other)
    assert any("revision 2" in problem.in_english() for problem in offer.problems)
    changed = compose(evaluation(terms=replace(TERMS, payment_terms="Net 30")), catalog(), Purpose.REQUEST)
    offer = understood(read_written(filled_pdf({}), "old.pdf"), changed)
    assert any("but the same lines" in problem.in_english() for problem in offer.problems)
    fewer = compose(evaluation(LINES[:-1]), catalog(), Purpose.REQUEST)
    offer = understood(read_written(filled_pdf({}), "old.pdf"), fewer)
    assert any("another content: checksum" in problem.in_english() for problem in offer.problems)


@pytest.mark.parametrize("made", [filled_pdf, filled_xlsx], ids=lambda made: made.__name__)
def test_an_answer_still_holds_when_only_the_forecast_was_computed_anew(made):
    newer = replace(REQUEST, speed=(), tests=REQUEST.tests[1:])
    assert checksum(newer) != checksum(REQUEST)
    offer = understood(read_written(made({"L1.unit_price": "100"}), "offer"), newer)
    assert not any("content" in problem.in_english() for problem in offer.problems)
    assert any("as it went out" in note.in_english() for note in offer.notes)


def test_our_own_prices_and_versions_are_not_what_was_asked():
    dearer = compose(EVALUATION, catalog(), Purpose.REQUEST)
    unpriced = compose(evaluation(shelf=catalog(prices=())), catalog(prices=()), Purpose.REQUEST)
    assert checksum(dearer) == checksum(unpriced)
    assert checksum(replace(dearer, app_version="99", catalog_version="x")) == checksum(dearer)
    estimates = [compose(evaluation(shelf=shelf), shelf, Purpose.ESTIMATE) for shelf in (catalog(), catalog(prices=()))]
    assert checksum(estimates[0]) != checksum(estimates[1])


def test_formulas_in_the_open_cells_are_told_and_not_computed():
    offer = offer_of(filled_xlsx({"L1.unit_price": "=1+1"}))
    assert offer.lines[0].unit_price is None
    assert any("L1.unit_price holds a formula" in problem.in_english() for problem in offer.problems)


def test_macros_are_told():
    target = BytesIO(BLANK_XLSX)
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")
    assert any("macros" in problem.in_english() for problem in offer_of(target.getvalue(), "m.xlsm").problems)


def test_the_spreadsheet_is_locked_but_for_the_open_cells_and_computes_amounts():
    sheet = load_workbook(BytesIO(BLANK_XLSX)).worksheets[0]
    assert sheet.protection.sheet
    assert not sheet[f"{LETTER['unit_price']}{FIRST_ROW}"].protection.locked
    assert sheet[f"{LETTER['quantity']}{FIRST_ROW}"].protection.locked
    assert sheet[f"{LETTER['net']}{FIRST_ROW}"].value.startswith("=IF(ISNUMBER(")
    last = FIRST_ROW + len(KEYS)
    assert sheet[f"{LETTER['net']}{last}"].value == f"=SUM({LETTER['net']}{FIRST_ROW}:{LETTER['net']}{last - 1})"


def test_the_same_spreadsheet_gives_the_same_bytes():
    assert xlsx_bytes(REQUEST, Voice("both")) == BLANK_XLSX


def test_an_estimate_as_spreadsheet_has_prices_and_no_open_cell():
    estimate = compose(EVALUATION, catalog(), Purpose.ESTIMATE)
    book = load_workbook(BytesIO(xlsx_bytes(estimate, Voice("en"))))
    sheet = book.worksheets[0]
    assert sheet["A1"].value == "Budget estimate – not an offer"
    assert sheet[f"{LETTER['unit_price']}{FIRST_ROW}"].value == 15999
    assert sheet[f"{LETTER['unit_price']}{FIRST_ROW + 7}"].value == "unknown / to be quoted"
    assert all(cell.protection.locked for row in sheet.iter_rows() for cell in row)


def test_a_ubl_quotation_is_read():
    xml = ubl_request(REQUEST, Voice("en"))
    assert xml is not None
    text = xml.decode().replace(ROOT, "urn:oasis:names:specification:ubl:schema:xsd:Quotation-2")
    text = text.replace("RequestForQuotationLine", "QuotationLine").replace("RequestForQuotation", "Quotation")
    text = text.replace(
        "<cac:Item>", '<cac:Price><cbc:PriceAmount currencyID="CNY">250.25</cbc:PriceAmount></cac:Price><cac:Item>'
    )
    offer = offer_of(text.encode())
    assert offer.complete
    assert offer.lines[0].net == Decimal("500.50")


@pytest.mark.parametrize(
    "content",
    [
        b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
        b"<a/>",
        b"<a",
        b"%PDF-1.7 broken",
        b"PK\x03\x04 broken",
        b"hello",
        b"",
    ],
)
def test_files_that_are_no_offer_are_refused_in_one_sentence(content, tmp_path):
    path = tmp_path / "x"
    path.write_bytes(content)
    with pytest.raises(FileError):
        read_offer(path, REQUEST)


def test_offers_are_compared_line_by_line_and_substitutes_never_win():
    def offer(name, price, **more):
        values = {f"{key}.{'unit_price' if key[0] == 'L' else 'net'}": str(price) for key in KEYS}
        return offer_of(filled_pdf({**values, "supplier.name": name, **more}))

    dear, cheap = offer("Dear", 120), offer("Cheap", 100)
    other = offer("Other", 90, **{"L1.offered": "Another card"})
    found = compare_offers(REQUEST, (dear, cheap, other), Exchange())
    assert found.cheapest == 1
    assert found.rows[0].lowest == 1
    assert found.rows[1].lowest == 2
    assert found.comparable == (True, True, False)
    assert "L1" in found.notes[0].in_english()


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("1,234.50元", None),
        ("¥ 1,234.50", None),
        ("１２３４.５", None),
        ("1.234,50", "1.234,50"),
        ("1234,50", "1234,50"),
        ("12,34.50", "12,34.50"),
        ("面议", "面议"),
        ("-1", "negative"),
        ("1e9", "1e9"),
        ("999999999999999", "larger than any price"),
        ("1.23456", "four decimals"),
        ("NaN", "NaN"),
        ("100-200", "100-200"),
        ("=1+1", "=1+1"),
    ],
)
def test_each_price_is_read_or_told_with_its_line(written, says):
    offer = offer_of(filled_elsewhere({"L1.unit_price": written}))
    line = offer.lines[0]
    if says is None:
        assert line.unit_price == Decimal("1234.5")
        assert line.problems == ()
    else:
        assert line.unit_price is None
        assert says in line.problems[0].in_english()


def test_a_spreadsheet_that_is_our_own_estimate_is_no_offer():
    estimate = compose(EVALUATION, catalog(), Purpose.ESTIMATE)
    offer = offer_of(xlsx_bytes(estimate, Voice("en")), "estimate.xlsx")
    assert any("estimate of our own" in problem.in_english() for problem in offer.problems)
    assert not offer.complete


@pytest.mark.parametrize(
    "content",
    [
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        b'<?xml version="1.0"?><!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        b"<a><b></a>",
        b"<a/>",
        b"PK\x03\x04 no archive",
        b"%PDF-1.7 nothing",
        b"plain text",
        b"",
    ],
)
def test_what_is_no_offer_is_refused_in_one_sentence(content, tmp_path):
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(FileError) as refused:
        read_offer(path, REQUEST)
    assert "file" in refused.value.message.in_english()


def test_a_locked_cell_that_was_changed_all_the_same_is_told():
    quantity, number = f"{LETTER['quantity']}{FIRST_ROW}", f"{LETTER['mpn']}{FIRST_ROW}"
    values = {f"{key}.unit_price": 10 for key in KEYS}
    assert offer_of(filled_xlsx(values)).complete
    offer = offer_of(filled_xlsx(values, **{quantity: 1, number: "OTHER-1"}))
    said = [problem.in_english() for problem in offer.lines[0].problems]
    assert any("quantity of 1, 2 were asked for" in one for one in said)
    assert any("part number OTHER-1" in one for one in said)
    assert not offer.complete
