import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pikepdf
import pypdf

from dsdesk.project.project import QuoteTerms
from dsdesk.quote.compose import compose
from dsdesk.quote.copies import json_copy
from dsdesk.quote.export import make_pdf, write_pdf
from dsdesk.quote.request import Purpose
from dsdesk.quote.ubl import CAC, CBC, ubl_request
from dsdesk.quote.voice import Voice
from dsdesk.quote.xlsx import xlsx_bytes
from tests.quote.samples import LINES, TERMS, catalog, evaluation


def request(purpose=Purpose.REQUEST, **changes):
    return compose(evaluation(**changes), catalog(), purpose)


def test_the_copies_travel_inside_the_pdf():
    content, exported = make_pdf(evaluation(), catalog(), language="zh_CN", prices="blank")
    reader = pypdf.PdfReader(BytesIO(content))
    assert set(reader.attachments) == {"request.json", "request-ubl.xml"}
    copy = json.loads(reader.attachments["request.json"][0])
    assert copy["checksum"] == exported.checksum
    assert [line["no"] for line in copy["lots"][0]["lines"]] == [line.no for line in LINES]
    with pikepdf.open(BytesIO(content)) as document:
        related = [str(one.AFRelationship) for one in document.Root.AF]
    assert related == ["/Alternative", "/Alternative"]


def test_the_description_names_every_key_of_the_copy():
    told = Path("docs/method/quote.md").read_text(encoding="utf-8").partition("## Copies inside")[2]
    copy = json.loads(json_copy(request(), Voice("en")))
    line = copy["lots"][0]["lines"][0]
    held = (copy, copy["buyer"], copy["lots"][0], line, line["requirements"][0], copy["services"][0], copy["terms"][0])
    keys = {key for one in (*held, copy["acceptance_tests"][0]) for key in one}
    assert {key for key in keys if not re.search(rf"\b{key}\b", told)} == set()


def test_a_written_request_brings_its_spreadsheet_along(tmp_path):
    path = tmp_path / "q.pdf"
    write_pdf(evaluation(), catalog(), path, language="zh_CN", prices="blank")
    inside = pypdf.PdfReader(path).attachments["request.xlsx"][0]
    assert inside == xlsx_bytes(request(), Voice("zh_CN"))


def test_the_json_of_a_request_holds_what_must_be_met_and_no_price():
    copy = json.loads(json_copy(request(), Voice("en")))
    line = copy["lots"][0]["lines"][0]
    assert (line["mpn"], line["quantity"], line["unit_code"]) == ("900-1G136-2530-000", 2, "C62")
    memory = next(one for one in line["requirements"] if one["label"] == "Memory of each")
    assert memory["mandatory"]
    assert memory["value"].replace("\N{NO-BREAK SPACE}", " ") == "≥ 24 GiB"
    assert "10 GiB" in memory["why"].replace("\N{NO-BREAK SPACE}", " ")
    assert "15999" not in json.dumps(copy)
    assert copy["vat_percent"] == "13"


def test_the_json_of_an_estimate_has_exact_prices_and_gaps():
    copy = json.loads(json_copy(request(Purpose.ESTIMATE), Voice("en")))
    prices = {line["no"]: line["estimate"]["net"] for line in copy["lots"][0]["lines"]}
    assert prices[1] == "31998.00"
    assert prices[8] is None


def test_ubl_has_a_line_for_every_line_and_service():
    found = request()
    xml = ubl_request(found, Voice("en"))
    assert xml is not None
    root = ET.fromstring(xml)
    lines = root.findall(f"{{{CAC}}}RequestForQuotationLine")
    ids = [line.findtext(f"{{{CBC}}}ID") for line in lines]
    assert ids == [f"L{line.no}" for line in found.lines] + [one.code for one in found.services]
    first = lines[0].find(f"{{{CAC}}}LineItem")
    assert first is not None
    quantity = first.find(f"{{{CBC}}}Quantity")
    assert quantity is not None
    assert (quantity.text, quantity.get("unitCode")) == ("2", "C62")
    mpn = first.findtext(f"{{{CAC}}}Item/{{{CAC}}}ManufacturersItemIdentification/{{{CBC}}}ID")
    assert mpn == "900-1G136-2530-000"
    assert root.findtext(f"{{{CBC}}}SubmissionDueDate") == "2026-12-08"


def test_ubl_is_left_out_where_it_demands_a_date_that_nobody_set():
    assert ubl_request(request(terms=QuoteTerms()), Voice("en")) is None
    content, _ = make_pdf(evaluation(terms=QuoteTerms()), catalog(), language="en", prices="blank")
    assert set(pypdf.PdfReader(BytesIO(content)).attachments) == {"request.json"}


def test_text_that_xml_forbids_does_not_break_the_copy():
    xml = ubl_request(request(terms=replace(TERMS, payment_terms="30 days \x0b<&>")), Voice("en"))
    assert xml is not None
    assert "<&>" in "".join(ET.fromstring(xml).itertext())
