"""The clauses of PDF/A-3, level B (ISO 19005-3), that can be read off a file, on the documents that claim it."""

from io import BytesIO

import pikepdf
import pytest
from fontTools.ttLib import TTFont
from PIL import ImageCms

from dsdesk.project.offers import Award
from dsdesk.quote.award_export import memo_pdf, order_pdf, outcomes
from dsdesk.quote.awarding import awarding, lowest_by_line
from dsdesk.quote.export import make_pdf
from dsdesk.quote.layout_award import Memo
from tests.quote.samples import TERMS, catalog, evaluation
from tests.quote.test_award import COMPARED, EVALUATION, REQUEST


def estimate(language="both"):
    return make_pdf(evaluation(), catalog(), language=language, prices="estimate")[0]


def memo():
    found = awarding(COMPARED, lowest_by_line(COMPARED))
    content = Memo(
        request=REQUEST, comparison=COMPARED, awarding=found, outcomes=outcomes(EVALUATION, catalog(), found)
    )
    return memo_pdf(content, terms=TERMS, day="2026-12-10")


def order():
    (one,) = awarding(COMPARED, (Award(key="L3", offer="Cheap"),)).orders
    return order_pdf(REQUEST, one, number="PO1", terms=TERMS)


MADE = {"estimate": estimate, "memo": memo, "order": order}


@pytest.fixture(scope="module", params=list(MADE))
def document(request):
    with pikepdf.open(BytesIO(MADE[request.param]())) as opened:
        yield opened


def test_it_says_what_it_is_and_what_its_colours_mean(document):
    with document.open_metadata() as metadata:
        assert metadata.pdfa_status == "3B"
    (intent,) = document.Root.OutputIntents
    assert intent.S == "/GTS_PDFA1"
    profile = ImageCms.ImageCmsProfile(BytesIO(intent.DestOutputProfile.read_bytes())).profile
    assert profile.xcolor_space.strip() == "RGB"
    assert int(intent.DestOutputProfile.N) == 3


def test_nothing_forbidden_is_in_it(document):
    assert not document.is_encrypted
    assert "/ID" in document.trailer
    assert "/OpenAction" not in document.Root
    assert "/AA" not in document.Root
    for thing in document.objects:
        if isinstance(thing, pikepdf.Stream):
            assert "LZWDecode" not in str(thing.get("/Filter", ""))
            assert "/F" not in thing  # what it holds lies in no other file
        if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
            assert thing.get("/S") not in ("/JavaScript", "/Launch")
            assert not thing.get("/Interpolate", False)
            assert "/Alternates" not in thing
    for page in document.pages:
        for note in page.get("/Annots", []):
            assert int(note.F) & 4
            assert note.Subtype == "/Link" or list(note.Rect) == [0, 0, 0, 0] or "/AP" in note


def test_every_font_is_inside_and_can_be_read(document):
    fonts = [one for one in document.objects if isinstance(one, pikepdf.Dictionary) and one.get("/Type") == "/Font"]
    assert fonts
    for font in fonts:
        inside = TTFont(BytesIO(font.FontDescriptor.FontFile2.read_bytes()))
        assert len(inside["cmap"].tables) == 1  # the font is symbolic: one table, and no encoding beside it
        assert "/Encoding" not in font
        units, first = inside["head"].unitsPerEm, int(font.FirstChar)
        for code, name in inside["cmap"].tables[0].cmap.items():
            place = code - first
            if 0 <= place < len(font.Widths):
                assert abs(float(font.Widths[place]) - inside["hmtx"][name][0] * 1000 / units) <= 1


def test_files_inside_say_how_they_belong(document):
    for spec in document.Root.get("/AF", []):
        assert spec.AFRelationship in ("/Alternative", "/Data", "/Source")
        assert str(spec.F) == str(spec.UF)
        assert "/" in str(spec.EF.F.Subtype)


def test_a_form_to_fill_in_does_not_claim_it():
    content = make_pdf(evaluation(), catalog(), language="en", prices="blank")[0]
    with pikepdf.open(BytesIO(content)) as opened, opened.open_metadata() as metadata:
        assert metadata.pdfa_status == ""


def test_equal_content_gives_equal_bytes():
    assert estimate("en") == estimate("en")
