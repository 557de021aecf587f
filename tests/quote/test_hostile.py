"""Returned files that say two things, hide one, or were made to mislead: told by line, and nothing wins by it."""

import time
import zipfile
from decimal import Decimal
from io import BytesIO

import pikepdf
import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.formula import ArrayFormula

from dsdesk.base.errors import FileError
from dsdesk.cost.exchange import Exchange
from dsdesk.project.offers import Award
from dsdesk.quote.awarding import awarding, lowest_by_line
from dsdesk.quote.checksum import checksum
from dsdesk.quote.comparison import compare_offers
from dsdesk.quote.compose import compose
from dsdesk.quote.export import make_pdf
from dsdesk.quote.offer import Written, kept, understood
from dsdesk.quote.request import Purpose
from dsdesk.quote.returned import read_written
from dsdesk.quote.ubl import CAC, CBC
from dsdesk.quote.voice import Voice
from dsdesk.quote.xlsx import FIRST_ROW, LETTER, xlsx_bytes
from tests.quote.filling import by_pikepdf
from tests.quote.samples import TERMS, catalog, evaluation

EVALUATION = evaluation()
REQUEST = compose(EVALUATION, catalog(), Purpose.REQUEST)
KEYS = [f"L{line.no}" for line in REQUEST.lines] + [one.code for one in REQUEST.services]
BLANK_PDF = make_pdf(EVALUATION, catalog(), language="en", prices="blank")[0]
BLANK_XLSX = xlsx_bytes(REQUEST, Voice("en"))
MARK = {"number": TERMS.number, "revision": "2", "checksum": checksum(REQUEST), "currency": "CNY"}
CREDIT = next(one.code for one in REQUEST.services if one.credit)


def words(messages):
    return " ".join(one.in_english() for one in messages)


def prices(price=100, **more):
    """What a supplier writes who asks `price` for everything."""
    values = {f"{key}.{'unit_price' if key[0] == 'L' else 'net'}": str(price) for key in KEYS}
    return values | {name.replace("_", ".", 1): text for name, text in more.items()}


def offer(name="Supplier", price=100, mark=MARK, **more):
    values = {"supplier.name": name, **prices(price, **more)}
    return understood(Written(source=f"{name}.pdf", mark=mark, entries=values), REQUEST, sha256=name)


def spreadsheet(change):
    book = load_workbook(BytesIO(BLANK_XLSX))
    sheet = book.worksheets[0]
    rows = {sheet[f"A{row}"].value: row for row in range(FIRST_ROW, sheet.max_row + 1)}
    for key in KEYS:
        sheet[f"{LETTER['unit_price']}{rows[key]}"] = 100
    change(sheet, lambda key, column: sheet[f"{LETTER[column]}{rows[key]}"])
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def read(content):
    return understood(read_written(content, "offer"), REQUEST)


# ------------------------------------------------------------------------------------------------------------- amounts


def test_another_currency_beside_a_price_is_told_and_not_taken():
    for text in ("$100", "€100", "100 USD", "US$ 100", "100美元"):
        line = offer(L1_unit_price=text).lines[0]
        assert line.unit_price is None, text
        assert text in words(line.problems)
    dollars = offer(mark={**MARK, "currency": "USD"}, L1_unit_price="US$1,234.50")
    assert dollars.lines[0].unit_price == Decimal("1234.50")
    assert "in USD, the request asked for CNY" in words(dollars.notes)


@pytest.mark.parametrize("piece", ["1 ", "RMB", "元 ", "1,", " ", "9", "+", "A", "1" + " " * 50])
def test_a_cell_full_of_almost_a_price_takes_no_time(piece):
    for text in (piece * (20_000 // len(piece)), piece * (58 // len(piece)) + "!"):
        started = time.process_time()
        assert offer(L1_unit_price=f"1{text}x").lines[0].unit_price is None
        assert time.process_time() - started < 1


def test_goods_for_nothing_are_asked_about_and_a_service_may_be_free():
    found = offer(L1_unit_price="0", S1_net="0")
    assert "price is 0" in words(found.line("L1").problems)
    assert found.line("S1").problems == ()
    assert not found.complete


def test_only_a_trade_in_may_be_negative():
    found = offer(**{f"{CREDIT}_net": "-500", "S1_net": "-500"})
    assert found.line(CREDIT).net == Decimal("-500.00")
    assert "negative" in words(found.line("S1").problems)


def test_an_amount_that_contradicts_its_price_never_wins():
    cheap = offer("Cheap", 10, L1_net="20000")
    dear = offer("Dear", 100)
    compared = compare_offers(REQUEST, (cheap, dear), Exchange())
    assert compared.rows[0].lowest == 1
    assert compared.rows[1].lowest == 0


def test_an_answer_to_another_revision_never_wins_by_itself():
    old = offer("Old", 10, mark={**MARK, "revision": "1"})
    compared = compare_offers(REQUEST, (old, offer("New", 100)), Exchange())
    assert {one.offer for one in lowest_by_line(compared)} == {"New"}
    assert "no line wins by itself" in words(compared.notes)


def test_two_offers_of_one_supplier_are_told():
    compared = compare_offers(REQUEST, (offer("Acme", 10), offer("ACME ", 11), offer("Else")), Exchange())
    assert "2 offers are from Acme" in words(compared.notes)
    assert "Else" not in words(compared.notes)


def test_an_award_against_what_was_announced_is_told():
    compared = compare_offers(REQUEST, (offer("A", 10), offer("B", 11)), Exchange())
    split = (Award(key="L1", offer="A"), Award(key="L2", offer="B"))
    assert "all goes to one supplier" in words(awarding(compared, split, partial=False).notes)
    assert awarding(compared, split).notes == ()
    assert awarding(compared, split[:1], partial=False).notes == ()


# -------------------------------------------------------------------------------------------------------------- totals


@pytest.mark.parametrize(
    ("stated", "says"),
    [
        ({"total_tax": "1"}, "tax says 1"),
        ({"total_words": "壹元整"}, "壹元整"),
        ({"lot1_net": "1"}, "sum of a lot says 1"),
        ({"total_net": "1"}, "total says 1"),
        ({"total_net": "面议"}, "面议"),
    ],
)
def test_what_is_stated_of_the_whole_is_held_against_the_lines(stated, says):
    found = offer(**stated)
    assert says in words(found.problems)
    assert not found.complete


def test_right_sums_in_any_usual_writing_are_no_problem():
    whole = offer()
    lots = sum(line.net for line in whole.lines if line.key.startswith("L"))
    found = offer(total_net=f"{whole.net.amount:,}", total_tax=f"¥{whole.tax.amount}", lot1_net=str(lots),
                  total_words="人民币(大写):壹仟陆佰玖拾伍圆正")  # fmt: skip
    assert whole.total.amount == Decimal("1695.00")
    assert found.problems == ()
    assert found.complete


def test_a_cent_of_rounding_is_a_note_and_no_fault():
    whole = offer(price="33.33")
    found = offer(price="33.33", total_tax=str(whole.tax.amount + Decimal("0.02")))
    assert found.problems == ()
    assert "tax says" in words(found.notes)


def test_prices_that_hold_the_tax_already_are_suspected():
    whole = offer()
    assert "seem to hold the tax" in words(offer(total_gross=str(whole.net.amount)).problems)


# -------------------------------------------------------------------------------------------------------- spreadsheets


def test_a_row_that_stands_twice_is_told_with_both_prices():
    found = read(spreadsheet(lambda sheet, _cell: sheet.append(["L1", *[None] * 8, 777])))
    assert "“100 | 777”" in words(found.line("L1").problems)
    assert found.line("L1").net is None


def test_an_amount_written_over_the_formula_is_told():
    def change(_sheet, cell):
        cell("L1", "net").value = 5

    assert "amount says 5" in words(read(spreadsheet(change)).line("L1").problems)


def test_a_rate_in_percent_and_a_price_in_dollars_are_read_as_they_are_shown():
    def change(_sheet, cell):
        cell("L1", "vat").value, cell("L1", "vat").number_format = 0.06, "0%"
        cell("L2", "unit_price").number_format = "[$$-409]#,##0.00"
        cell("L3", "unit_price").value = 1.234

    found = read(spreadsheet(change))
    assert found.line("L1").tax_rate == Decimal("0.06")
    assert found.line("L1").problems == ()
    assert "$ 100" in words(found.line("L2").problems)
    assert found.line("L3").unit_price == Decimal("1.234")


def test_a_formula_of_any_kind_is_told_and_an_equals_sign_is_none():
    def change(sheet, cell):
        place = cell("L1", "unit_price").coordinate
        sheet[place] = ArrayFormula(place, "=1+1")
        answer = sheet.parent.worksheets[1]["F2"]
        answer.value, answer.data_type = "=", "s"

    found = read(spreadsheet(change))
    assert "L1.unit_price holds a formula" in words(found.problems)
    assert "spec" not in words(found.problems)


def test_options_come_back_from_a_spreadsheet():
    from dataclasses import replace

    request = compose(evaluation(terms=replace(TERMS, options=("Second supply",))), catalog(), Purpose.REQUEST)
    book = load_workbook(BytesIO(xlsx_bytes(request, Voice("en"))))
    sheet = book.worksheets[0]
    row = next(row for row in range(FIRST_ROW, sheet.max_row + 1) if sheet[f"A{row}"].value == "O1")
    sheet[f"{LETTER['unit_price']}{row}"] = 42
    target = BytesIO()
    book.save(target)
    found = understood(read_written(target.getvalue(), "offer"), request)
    assert found.line("O1").net == Decimal("42.00")


def test_a_cell_at_the_end_of_the_sheet_takes_no_time():
    found = read(spreadsheet(lambda sheet, _cell: sheet.cell(1_048_576, 16_384, "x")))
    assert found.complete


def rewritten(content, name, change):
    """The archive with one of its parts changed."""
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as source, zipfile.ZipFile(target, "w") as made:
        for member in source.namelist():
            data = source.read(member)
            made.writestr(member, change(data) if member == name else data)
    return target.getvalue()


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.replace(b"<worksheet", b'<!DOCTYPE worksheet [<!ENTITY p "9">]><worksheet', 1),
        lambda data: b"<?xml version='1.0' encoding='cp037'?>" + data.decode().encode("cp037"),
        lambda data: data[: len(data) // 2],
        lambda _data: b"",
    ],
)
def test_a_spreadsheet_with_entities_or_in_pieces_is_refused(change):
    content = rewritten(spreadsheet(lambda _sheet, _cell: None), "xl/worksheets/sheet1.xml", change)
    with pytest.raises(FileError):
        read_written(content, "offer.xlsx")


# ----------------------------------------------------------------------------------------------------------------- UBL


def ubl_line(key, price="100", currency="CNY", more=""):
    return (
        f"<cac:QuotationLine><cac:LineItem><cbc:ID>{key}</cbc:ID><cac:Price>"
        f'<cbc:PriceAmount currencyID="{currency}">{price}</cbc:PriceAmount>{more}</cac:Price></cac:LineItem>'
        f"<cbc:RequestForQuotationLineID>{key}</cbc:RequestForQuotationLineID></cac:QuotationLine>"
    )


def ubl(*lines, before="", after="", encoding="UTF-8"):
    named = f'xmlns:cac="{CAC}" xmlns:cbc="{CBC}"'
    return (
        f"<?xml version='1.0' encoding='{encoding}'?>{before}"
        f'<Quotation xmlns="urn:oasis:names:specification:ubl:schema:xsd:Quotation-2" {named}>'
        f"<cbc:ID>询</cbc:ID><cbc:PricingCurrencyCode>CNY</cbc:PricingCurrencyCode>"
        f"<cac:RequestForQuotationDocumentReference><cbc:ID>{TERMS.number}</cbc:ID>"
        f"</cac:RequestForQuotationDocumentReference>{after}{''.join(lines)}</Quotation>"
    )


REST = [ubl_line(key) for key in KEYS[1:]]


def test_a_quotation_of_an_ordering_system_names_the_request_by_its_number():
    found = read(ubl(ubl_line("L1"), *REST).encode())
    assert found.complete
    assert "by its number alone" in words(found.notes)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (ubl_line("L1", currency="USD"), "“USD 100” is not in CNY"),
        (ubl_line("L1") + ubl_line("L1", "5"), "“100 | 5”"),
        (ubl_line("L1", more="<cbc:BaseQuantity>10</cbc:BaseQuantity>"), "“100 / 10”"),
        (ubl_line("L1", "9" * 50), "larger than any price"),
    ],
)
def test_a_price_in_xml_that_is_not_one_of_a_piece_is_told(line, says):
    found = read(ubl(line, *REST).encode())
    assert found.line("L1").net is None
    assert says in words(found.line("L1").problems)


def test_lines_charges_and_totals_beside_the_prices_are_told():
    charge = (
        "<cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator>"
        '<cbc:Amount currencyID="CNY">500</cbc:Amount></cac:AllowanceCharge>'
        "<cac:QuotedMonetaryTotal><cbc:PayableAmount>7</cbc:PayableAmount></cac:QuotedMonetaryTotal>"
    )
    found = words(read(ubl(ubl_line("L1"), *REST, ubl_line("7"), after=charge).encode()).problems)
    assert "−500 CNY" in found
    assert "not asked for: ?7" in found
    assert "total says 7" in found


def test_xml_in_the_encodings_of_china_is_read():
    for encoding in ("GBK", "gb2312", "GB18030"):
        assert read(ubl(ubl_line("L1"), *REST, encoding=encoding).encode("gb18030")).complete
    assert read(ubl(ubl_line("L1"), *REST, encoding="UTF-16").encode("utf-16")).complete


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "cp037"])
def test_entities_are_refused_in_any_encoding(encoding):
    declared = '<!DOCTYPE Quotation [<!ENTITY p "4321">]>'
    head, body = ubl(ubl_line("L1", "&p;"), *REST, before=declared, encoding=encoding[:6]).split("?>", 1)
    head, body = f"{head}?>", body.replace("询", "x")
    content = head.encode() + body.encode("cp037") if encoding == "cp037" else (head + body).encode(encoding)
    with pytest.raises(FileError):
        read_written(content, "offer.xml")


@pytest.mark.parametrize("encoding", ["big5", "nonsense", "utf-7"])
def test_an_encoding_that_cannot_be_read_is_one_sentence(encoding):
    with pytest.raises(FileError):
        read_written(ubl(ubl_line("L1"), encoding=encoding).encode(), "offer.xml")


# ----------------------------------------------------------------------------------------------------------------- PDF


def test_a_form_behind_a_password_says_so():
    target = BytesIO()
    with pikepdf.open(BytesIO(BLANK_PDF)) as document:
        document.save(target, encryption=pikepdf.Encryption(owner="a", user="b", R=6))
    with pytest.raises(FileError) as refused:
        read_written(target.getvalue(), "offer.pdf")
    assert "password" in refused.value.message.in_english()


def test_a_form_with_a_line_before_its_header_is_read():
    assert read(b"\r\n" + by_pikepdf(BLANK_PDF, prices())).complete


def test_control_characters_do_not_make_a_name_look_like_another():
    written = read_written(by_pikepdf(BLANK_PDF, {"supplier.name": "AC\u202eEM\x07"}), "offer.pdf")
    assert ("supplier.name", "ACEM") in kept(written, "", "").entries
