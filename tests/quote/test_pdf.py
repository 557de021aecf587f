import base64
import re
import shutil
import subprocess
from dataclasses import replace
from decimal import Decimal
from functools import cache
from io import BytesIO

import pikepdf
import pypdf
import pytest
from pypdf.generic import Destination

from dsdesk.base.errors import InputError
from dsdesk.checks.finding import Severity
from dsdesk.project.project import QuoteTerms
from dsdesk.quote.export import make_pdf, pdf_bytes, write_pdf
from dsdesk.quote.text import TextBlock
from tests.quote.samples import BUYER, FINDINGS, LINES, TERMS, catalog, evaluation, long_project

ALL = [(language, prices) for language in ("zh_CN", "en", "both") for prices in ("blank", "estimate")]


@cache
def usual(language, prices):
    return pdf_bytes(evaluation(), catalog(), language=language, prices=prices)


def pdf(language="zh_CN", prices="blank", **changes):
    if not changes:
        return usual(language, prices)
    return pdf_bytes(evaluation(**changes), catalog(), language=language, prices=prices)


@cache
def text_of(content):
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(content)).pages)


@pytest.mark.parametrize(("language", "prices"), ALL)
def test_every_line_with_its_part_number_can_be_read_out(language, prices):
    text = text_of(pdf(language, prices))
    for wanted in ("GeForce RTX 4090", "900-1G136-2530-000", "100-100000514WOF", "KF560C40BBK2-64", "NH-D15"):
        assert wanted in text
    assert "北京示例科技有限公司" in text
    assert "RFQ-2026-001" in text


def test_chinese_is_extracted_as_chinese():
    text = text_of(pdf("zh_CN"))
    for wanted in ("询价单", "报价明细", "技术规格与偏离表", "验收测试", "单位公章", "显存带宽"):
        assert wanted in text


def test_both_languages_stand_together():
    text = text_of(pdf("both"))
    for chinese, english in (("询价单", "Request for quotation"), ("验收测试", "Acceptance tests")):
        assert chinese in text
        assert english in text


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler is not installed")
def test_poppler_reads_the_chinese(tmp_path):
    path = tmp_path / "q.pdf"
    write_pdf(evaluation(), catalog(), path, language="zh_CN", prices="estimate")
    text = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, check=True).stdout.decode()
    assert "人民币伍万壹仟零陆拾捌元陆角陆分" in text


def test_the_estimate_shows_its_totals_and_counts_what_is_missing():
    text = text_of(pdf("en", "estimate"))
    assert "CNY 45,193.50" in text
    assert "CNY 5,875.16" in text
    assert "CNY 51,068.66" in text
    assert "2 lines have no price" in text
    assert "unknown / to be" in text


def test_a_lot_without_any_price_has_an_unknown_subtotal_not_zero():
    content = pdf("en", "estimate", shelf=catalog(prices=()))
    subtotal = text_of(content).split("Lot 1, amount without VAT")[1][:40]
    assert "unknown" in subtotal
    assert "0.00" not in subtotal


def test_the_request_gives_no_price_away():
    text = text_of(pdf("en", "blank"))
    for amount in ("15,999", "31,998", "45,193", "51,068", "market price"):
        assert amount not in text


def test_an_estimate_says_on_every_page_that_it_is_none_and_has_nothing_to_fill_in():
    content = pdf("both", "estimate")
    reader = pypdf.PdfReader(BytesIO(content))
    assert all("Budget estimate – not an offer" in page.extract_text() for page in reader.pages)
    assert all("预算估价（非报价）" in page.extract_text() for page in reader.pages)
    assert not reader.get_fields()
    assert "Company seal" not in text_of(content)
    assert "Budget estimate" not in text_of(pdf("both", "blank"))


@pytest.mark.parametrize(("language", "prices"), ALL)
def test_every_font_is_embedded_and_a_subset(language, prices):
    with pikepdf.open(BytesIO(pdf(language, prices))) as document:
        fonts = [one for one in document.objects if isinstance(one, pikepdf.Dictionary) and one.get("/Type") == "/Font"]
        assert fonts
        for font in fonts:
            assert re.match(r"/[A-Z]{6}\+NotoSansSC", str(font.BaseFont))
            assert "/FontFile2" in font.FontDescriptor


def test_every_page_names_revision_checksum_and_page():
    content, exported = make_pdf(evaluation(), catalog(), language="en", prices="blank")
    pages = pypdf.PdfReader(BytesIO(content)).pages
    assert exported.pages == len(pages)
    for number, page in enumerate(pages, 1):
        text = page.extract_text().replace("\n", " ")
        assert f"Revision 2 · checksum {exported.checksum}" in text
        assert re.search(rf"page {number}\s+of {len(pages)}", text)


def test_the_checksum_follows_the_content_not_the_language():
    def sum_of(language="en", **changes):
        return make_pdf(evaluation(**changes), catalog(), language=language, prices="blank")[1].checksum

    assert sum_of() == sum_of("zh_CN")
    assert sum_of() != sum_of(terms=replace(TERMS, revision=3))
    assert sum_of() != sum_of(lines=LINES[:-1])


def test_equal_content_gives_equal_bytes():
    assert pdf("both") == pdf_bytes(evaluation(), catalog(), language="both", prices="blank")


def test_the_file_describes_itself():
    with pikepdf.open(BytesIO(pdf("zh_CN"))) as document:
        assert str(document.Root.Lang) == "zh-CN"
        assert "询价单 RFQ-2026-001" in str(document.docinfo["/Title"])
        assert str(document.docinfo["/CreationDate"]).startswith("D:20261124")
        with document.open_outline() as outline:
            titles = [item.title for item in outline.root]
    assert len(titles) >= 9
    assert any("商务条款" in title for title in titles)


def test_bookmarks_lead_to_their_pages():
    reader = pypdf.PdfReader(BytesIO(pdf("en")))
    items = [item for item in reader.outline if isinstance(item, Destination)]
    page = next(reader.get_destination_page_number(item) for item in items if (item.title or "").startswith("A "))
    assert page is not None
    assert "Specification and deviations" in reader.pages[page].extract_text()


@pytest.mark.parametrize("prices", ["blank", "estimate"])
def test_sixty_long_lines_stay_small_and_inside_the_page(prices):
    shelf, lines = long_project(60)
    content = pdf_bytes(evaluation(lines, shelf), shelf, language="both", prices=prices)
    assert len(content) < 400_000
    text = text_of(content)
    assert all(f"{no:04d}" in text for no in range(2, 61))


@pytest.mark.parametrize("paper", ["A4", "Letter"])
@pytest.mark.parametrize("prices", ["blank", "estimate"])
def test_no_text_leaves_its_cell_or_the_margins(paper, prices, monkeypatch):
    drawn = []
    original = TextBlock._set_line

    def record(self, text, line, x, y, room, worn):
        left, base = text._canvas.absolutePosition(x, y)
        drawn.append((line.width - room, left, left + line.width, base))
        return original(self, text, line, x, y, room, worn)

    monkeypatch.setattr(TextBlock, "_set_line", record)
    shelf, lines = long_project(25)
    terms = replace(TERMS, paper=paper)
    pdf_bytes(evaluation(lines, shelf, terms=terms), shelf, language="both", prices=prices)
    wide, high = {"A4": (595.3, 841.9), "Letter": (612, 792)}[paper]
    assert len(drawn) > 500
    for over, left, right, base in drawn:
        assert over < 0.1
        assert left > 20
        assert right < wide - 20
        assert 20 < base < high - 10


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler is not installed")
def test_poppler_sees_no_word_outside_the_margins(tmp_path):
    path = tmp_path / "q.pdf"
    shelf, lines = long_project(12)
    write_pdf(evaluation(lines, shelf), shelf, path, language="both", prices="blank")
    boxes = subprocess.run(["pdftotext", "-bbox", str(path), "-"], capture_output=True, check=True).stdout.decode()
    words = re.findall(r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)"', boxes)
    assert len(words) > 500
    for left, top, right, bottom in (tuple(map(float, word)) for word in words):
        assert 42 <= left <= right <= 595.3 - 42 + 0.5
        assert 10 < top < bottom < 832


def test_a_long_title_takes_one_line_of_the_running_head():
    content = pdf("en", "blank", project={"name": "A very long project name " * 20})
    page = pypdf.PdfReader(BytesIO(content)).pages[1].extract_text()
    head = next(line for line in page.splitlines() if line.startswith("Request for quotation"))
    assert head.removesuffix(" RFQ-2026-001").endswith("…")
    assert "RFQ-2026-001" in page
    assert page.count("A very long project name") < 8


def test_fields_lie_inside_the_page_and_do_not_overlap():
    for page in pypdf.PdfReader(BytesIO(pdf("both"))).pages:
        boxes = [[float(edge) for edge in one.get_object()["/Rect"]] for one in page.get("/Annots", [])]
        for left, bottom, right, top in boxes:
            assert 0 < left < right < 595
            assert 0 < bottom < top < 842
        for index, one in enumerate(boxes):
            for other in boxes[index + 1 :]:
                apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
                assert apart


def test_the_form_asks_for_every_line_in_reading_order_and_brings_the_tax_along():
    fields = pypdf.PdfReader(BytesIO(pdf("en"))).get_fields() or {}
    for no in range(1, 9):
        for name in ("unit_price", "vat", "net", "lead_days", "offered", "remark"):
            assert f"L{no}_{name}" in fields
        assert fields[f"L{no}_vat"].value == "13"
    names = list(fields)
    assert (
        names.index("supplier_name") < names.index("L1_unit_price") < names.index("L8_remark") < names.index("S1_net")
    )


def test_fields_are_tabbed_in_the_order_of_the_structure():
    assert {str(page["/Tabs"]) for page in pypdf.PdfReader(BytesIO(pdf("en"))).pages} == {"/S"}


def test_a_filled_form_reads_back_what_was_written():
    reader = pypdf.PdfReader(BytesIO(pdf("en")))
    writer = pypdf.PdfWriter(clone_from=reader)
    writer.update_page_form_field_values(writer.pages[0], {"L1_unit_price": "14800.00"}, auto_regenerate=False)
    target = BytesIO()
    writer.write(target)
    fields = pypdf.PdfReader(target).get_fields() or {}
    assert fields["L1_unit_price"].value == "14800.00"


def test_each_field_has_an_appearance_of_its_own():
    with pikepdf.open(BytesIO(pdf("en"))) as document:
        streams = [field.AP.N.objgen for field in document.Root.AcroForm.Fields if "/AP" in field]
    assert len(streams) == len(set(streams)) > 8


def test_the_file_runs_no_script():
    content = pdf("en")
    with pikepdf.open(BytesIO(content)) as document:
        assert "/OpenAction" not in document.Root
        keys = {key for one in document.objects if isinstance(one, pikepdf.Dictionary) for key in one.keys()}  # noqa: SIM118
    assert not keys & {"/JS", "/JavaScript", "/AA"}


@pytest.mark.skipif(shutil.which("qpdf") is None, reason="qpdf is not installed")
def test_qpdf_finds_nothing_wrong(tmp_path):
    path = tmp_path / "q.pdf"
    write_pdf(evaluation(), catalog(), path, language="both", prices="blank")
    assert subprocess.run(["qpdf", "--check", str(path)], capture_output=True, check=False).returncode == 0


def test_an_empty_project_still_makes_a_document():
    text = text_of(pdf("en", lines=(), terms=QuoteTerms()))
    assert "Request for quotation" in text


def test_what_a_supplier_would_have_to_ask_is_said():
    _, complete = make_pdf(evaluation(), catalog(), language="en", prices="blank")
    assert complete.warnings == ()
    _, empty = make_pdf(evaluation(terms=QuoteTerms()), catalog(), language="en", prices="blank")
    assert "Answer by" in empty.warnings[0].in_english()


@pytest.mark.parametrize(
    ("answer_by", "has_zone"),
    [
        ("2026-12-08 17:00 +08:00", True),
        ("2026-12-08T09:00Z", True),
        ("2026-12-08 17:00 UTC+8", True),
        ("2026-12-08 17:00 北京时间", True),
        ("2026-12-08 17:00 CET", True),
        ("2026-12-08 17:00", False),
        ("2026-12-08", False),
    ],
)
def test_a_time_to_answer_by_without_its_zone_is_said(answer_by, has_zone):
    found = evaluation(terms=replace(TERMS, answer_by=answer_by))
    _, exported = make_pdf(found, catalog(), language="en", prices="blank")
    assert ("time zone" in " ".join(one.in_english() for one in exported.warnings)) is not has_zone


def test_errors_that_suppliers_will_read_are_said_to_the_buyer_first():
    wrong = replace(FINDINGS[0], severity=Severity.ERROR)
    _, exported = make_pdf(evaluation(findings=(wrong, *FINDINGS)), catalog(), language="en", prices="blank")
    assert "annex F shows to the supplier: 1" in exported.warnings[0].in_english()


def test_an_estimate_says_offer_nowhere_but_to_deny_it():
    text = text_of(pdf("zh_CN", prices="estimate"))
    assert "估价明细" in text
    assert "报价明细" not in text


def test_characters_without_a_glyph_are_reported():
    _, exported = make_pdf(
        evaluation(terms=replace(TERMS, notes="请尽快 🚀")), catalog(), language="zh_CN", prices="blank"
    )
    assert "🚀" in exported.warnings[0].in_english()


@pytest.mark.parametrize(("language", "prices"), [("de", "blank"), ("en", "offer")])
def test_an_unknown_language_or_purpose_is_refused(language, prices):
    with pytest.raises(InputError):
        make_pdf(evaluation(), catalog(), language=language, prices=prices)


def test_days_are_written_as_each_language_writes_them():
    assert "24 November 2026" in text_of(pdf("en")).replace("\N{NO-BREAK SPACE}", " ")
    assert "2026年11月24日" in text_of(pdf("zh_CN"))
    assert "2026年12月8日 17:00 +08:00" in text_of(pdf("both")).replace("\n", " ").replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize("amount", ["0.5", "1234.5", "1234567.891"])
def test_both_languages_group_digits_as_the_document_does(amount):
    from babel.numbers import format_decimal

    for locale in ("zh_CN", "en"):
        places = max(2, len(amount.split(".")[1]))
        assert format_decimal(Decimal(amount), "#,##0.00#", locale=locale) == f"{Decimal(amount):,.{places}f}"


def test_no_services_can_be_said():
    text = text_of(pdf("en", terms=replace(TERMS, services=("none",), warranty_months=0, trade_in="")))
    assert "None: only the goods are asked for." in text


def test_the_description_of_the_file_is_there_twice_and_says_the_same():
    with pikepdf.open(BytesIO(pdf("zh_CN"))) as document, document.open_metadata() as xmp:
        assert xmp["dc:title"] == str(document.docinfo["/Title"])
        assert xmp["dc:creator"] == [BUYER.name]
        assert xmp["xmp:CreateDate"] == "2026-11-24"
        assert xmp["pdf:Producer"] == str(document.docinfo["/Producer"])
        assert set(xmp["dc:language"]) == {"zh-CN"}


def test_a_title_with_markup_does_not_break_the_description():
    content = BytesIO(pdf("en", project={"name": "<a> & </rdf:li>"}))
    with pikepdf.open(content) as document, document.open_metadata() as xmp:
        assert "<a> & </rdf:li>" in xmp["dc:title"]


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler is not installed")
def test_text_selects_in_reading_order(tmp_path):
    path = tmp_path / "q.pdf"
    write_pdf(evaluation(), catalog(), path, language="zh_CN", prices="blank")
    text = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, check=True).stdout.decode()
    wanted = ["询价单", "RFQ-2026-001", "采购方", "报价明细", "GeForce RTX 4090", "Ryzen 9 7950X", "NH-D15", "3 合计"]
    wanted += ["4 商务条款", "单位公章", "A 技术规格与偏离表", "D 验收测试"]
    places = [text.index(one) for one in wanted]
    assert places == sorted(places)


def test_a_logo_is_drawn_and_a_broken_one_is_told():
    from PIL import Image

    held = BytesIO()
    Image.new("RGB", (64, 16), "navy").save(held, "PNG")
    terms = replace(TERMS, logo=base64.b64encode(held.getvalue()).decode())
    content, exported = make_pdf(evaluation(terms=terms), catalog(), language="en", prices="blank")
    assert exported.warnings == ()
    assert len(pypdf.PdfReader(BytesIO(content)).pages[0].images) == 1
    _, told = make_pdf(evaluation(terms=replace(TERMS, logo="bm8=")), catalog(), language="en", prices="blank")
    assert "logo" in told.warnings[0].in_english()


def test_a_rack_is_drawn_unit_by_unit():
    from dsdesk.charts.rack import Mounted, RackElevation, Racks
    from dsdesk.hardware.vocabulary import PartKind
    from dsdesk.quote.compose import compose
    from dsdesk.quote.export import set_pdf
    from dsdesk.quote.request import Purpose
    from dsdesk.quote.voice import Voice

    server = Mounted(name="node 1", part="Server", kind=PartKind.PLATFORM, bottom=1, units=8, line_no=1)
    rack = RackElevation(name="Cabinet", number=1, units=42, mounted=(server,))
    found = compose(evaluation(), catalog(), Purpose.REQUEST)
    found = replace(found, racks=Racks(elevations=(rack,) * 10, planned=10, unplaced=("8 × worker",)))
    content, _ = set_pdf(found, (), Voice("en"), terms=TERMS)
    text = text_of(content)
    for wanted in ("Rack elevation", "node 1 · Server", "2 further racks", "8 × worker"):
        assert wanted in text


def test_no_table_leaves_one_row_alone_on_a_page(monkeypatch):
    from dsdesk.quote.document import Description, Document, Running
    from dsdesk.quote.grid import Cell, Grid, Row
    from dsdesk.quote.paper import paper

    drawn = []
    original = Grid.draw

    def record(self):
        drawn.append(len(self.bands))
        original(self)

    monkeypatch.setattr(Grid, "draw", record)
    head, row = (Row(cells=(Cell(),), least=height) for height in (5.0, 30.0))
    running, about = (
        Running(head=("", ""), foot="", page=("", " ", "")),
        Description(title="", author="", subject="", language="en"),
    )
    for count in range(20, 30):
        drawn.clear()
        Document(paper("A4"), running, about).made([Grid((400.0,), head, ((row,),) * count)])
        assert sum(drawn) == count
        assert len(drawn) == 1 or drawn[-1] > 1
