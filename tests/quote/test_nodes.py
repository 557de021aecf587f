from io import BytesIO

import pypdf

from dsdesk.quote.compose import compose
from dsdesk.quote.export import make_pdf
from dsdesk.quote.request import Purpose
from tests.quote.samples import LINES, catalog, evaluation, long_project


def test_a_node_is_sketched_with_what_joins_its_accelerators():
    (node,) = compose(evaluation(count=3), catalog(), Purpose.REQUEST).nodes
    assert (node.name, node.count) == ("工作站", 3)
    assert node.accelerators == (("GeForce RTX 4090", 2),)
    assert node.direct_link == ""
    assert "1 × Samsung 990 PRO 2TB" in node.details


def test_many_accelerators_are_drawn_and_named_once():
    from dataclasses import replace

    lines = (replace(LINES[0], quantity=8), *LINES[1:])
    content, _ = make_pdf(evaluation(lines), catalog(), language="en", prices="blank")
    text = "\n".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(content)).pages)
    assert "8 × GeForce RTX 4090" in text


def test_a_machine_without_lines_has_no_drawing():
    assert compose(evaluation(lines=()), catalog(), Purpose.REQUEST).nodes == ()


def test_a_node_of_very_many_parts_still_fits_on_a_page():
    shelf, lines = long_project(90)
    content, exported = make_pdf(evaluation(lines, shelf), shelf, language="both", prices="estimate")
    assert exported.pages > 10
    assert content
