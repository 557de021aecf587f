from dataclasses import fields, replace
from decimal import Decimal
from io import BytesIO

import pypdf
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from dsdesk.base.message import Message
from dsdesk.base.money import Money
from dsdesk.base.source import Unknown
from dsdesk.project.project import Company, CostAssumptions, Line, QuoteTerms
from dsdesk.quote.compose import compose
from dsdesk.quote.export import make_pdf
from dsdesk.quote.request import Purpose
from dsdesk.quote.voice import Voice
from dsdesk.quote.xlsx import xlsx_bytes
from tests.quote.samples import LINES, catalog, evaluation

words = st.text(max_size=400)
companies = st.builds(Company, **{field.name: words for field in fields(Company)})
terms = st.builds(
    QuoteTerms,
    number=words,
    issued_on=st.sampled_from(["", "2026-11-24", "soon", "2026-13-45"]),
    answer_by=words,
    valid_days=st.none() | st.integers(0, 10**9),
    buyer=companies,
    supplier=companies,
    delivery_address=words,
    payment_terms=words,
    services=st.lists(words, max_size=4).map(tuple),
    notes=st.text(max_size=3000),
    paper=st.sampled_from(["A4", "Letter", "B5"]),
)


@settings(
    max_examples=8, suppress_health_check=[HealthCheck.too_slow], phases=[Phase.explicit, Phase.reuse, Phase.generate]
)
@given(terms, st.sampled_from(["blank", "estimate"]), st.sampled_from(["zh_CN", "en", "both"]))
def test_whatever_people_write_becomes_a_document(written, prices, language):
    content, _ = make_pdf(evaluation(terms=written), catalog(), language=language, prices=prices)
    assert len(pypdf.PdfReader(BytesIO(content)).pages) >= 3
    request = compose(evaluation(terms=written), catalog(), Purpose(prices))
    assert xlsx_bytes(request, Voice(language)).startswith(b"PK")


def test_lines_that_the_catalogue_has_lost_are_still_asked_for():
    lines = (*LINES, Line(no=9, part_id="gone-for-ever", quantity=3))
    content, _ = make_pdf(evaluation(lines), catalog(), language="en", prices="blank")
    text = "".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(content)).pages)
    assert "gone-for-ever" in text
    assert "state what you offer" in text.replace("\n", " ")


def test_owned_lines_are_named_but_not_priced():
    lines = (replace(LINES[0], owned=True), *LINES[1:])
    content, _ = make_pdf(evaluation(lines), catalog(), language="en", prices="blank")
    reader = pypdf.PdfReader(BytesIO(content))
    fields_found = reader.get_fields() or {}
    assert "L1_unit_price" not in fields_found
    assert "Already there" in "".join(page.extract_text() for page in reader.pages)


def test_what_is_unknown_is_said_with_its_reason():
    found = evaluation(need=Unknown(Message("the file has no tensor shapes")), forecast=None)
    content, _ = make_pdf(found, catalog(), language="en", prices="blank")
    text = "".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(content)).pages)
    assert "the file has no tensor shapes" in text


@pytest.mark.parametrize(("currency", "amount"), [("CNY", "99999999999999999"), ("JPY", "1500000"), ("USD", "0.01")])
def test_any_amount_in_any_currency_is_printed(currency, amount):
    lines = (replace(LINES[0], quantity=1, unit_price=Money(Decimal(amount), currency)),)
    found = evaluation(lines, project={"cost": CostAssumptions(currency=currency)})
    content, _ = make_pdf(found, catalog(), language="en", prices="estimate")
    text = "".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(content)).pages)
    assert f"{Money(Decimal(amount), currency).rounded().amount:,}" in text.replace("\n", "")
    assert "元整" not in text
