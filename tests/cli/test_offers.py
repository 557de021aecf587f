"""`dsdesk offers`: from files to comparison, awards, memo and orders."""

import json
from io import BytesIO
from pathlib import Path

import pypdf
import pytest

from dsdesk.evaluate import evaluate
from dsdesk.project.templates import scheme
from dsdesk.quote.compose import compose
from dsdesk.quote.export import make_pdf
from dsdesk.quote.request import Purpose
from tests.quote.filling import by_pikepdf


@pytest.fixture
def offers(catalog, tmp_path):
    found = evaluate(scheme("scheme-1"), catalog)
    request = compose(found, catalog, Purpose.REQUEST)
    blank, _ = make_pdf(found, catalog, language="en", prices="blank")
    paths = []
    for name, price in (("dear", 20), ("cheap", 10)):
        values = {f"L{line.no}.unit_price": str(price) for line in request.lines}
        values |= {f"{one.code}.net": str(price) for one in request.services} | {"supplier.name": name}
        path = tmp_path / f"{name}.pdf"
        path.write_bytes(by_pikepdf(blank, values))
        paths.append(str(path))
    return paths


def test_offers_are_awarded_and_written(dsdesk, offers, tmp_path):
    memo, orders = tmp_path / "memo.pdf", tmp_path / "new" / "orders"
    arguments = ["offers", "scheme-1", *offers, "--lowest", "--award", "L2=dear.pdf", "--memo", str(memo)]
    arguments += ["--orders", str(orders), "--date", "2026-12-10", "--json"]
    status, out, _err = dsdesk(*arguments)
    assert status == 0
    found = json.loads(out)
    assert {"currency", "offers", "rows", "totals", "comparable", "notes", "awarding"} <= set(found)
    places = {line["key"]: line["offer"] for line in found["awarding"]["lines"]}
    assert places.pop("L2") == 0
    assert set(places.values()) == {1}
    assert [path.name for path in sorted(orders.iterdir())] == ["PO1.pdf", "PO2.pdf"]
    assert len(pypdf.PdfReader(BytesIO(memo.read_bytes())).pages) > 1
    status, _out, err = dsdesk(*arguments)
    assert (status, "--force" in err) == (2, True)


@pytest.mark.parametrize("award", ["L2", "L2=nobody.pdf", "L99=dear.pdf"])
def test_an_award_to_nobody_is_refused(dsdesk, offers, award):
    status, _out, err = dsdesk("offers", "scheme-1", *offers, "--award", award)
    assert status == 2
    assert award in err


def test_two_files_of_one_name_are_not_awarded_by_that_name(dsdesk, offers, tmp_path):
    (tmp_path / "other").mkdir()
    twin = tmp_path / "other" / "dear.pdf"
    twin.write_bytes(Path(offers[1]).read_bytes())
    status, _out, err = dsdesk("offers", "scheme-1", offers[0], str(twin), "--award", "L2=dear.pdf")
    assert status == 2
    assert "several offers" in err


def test_a_day_that_is_none_is_refused(dsdesk, offers):
    status, _out, err = dsdesk("offers", "scheme-1", *offers, "--date", "tomorrow")
    assert status == 2
    assert "tomorrow" in err


def test_without_an_offer_there_is_nothing_to_compare(dsdesk):
    status, _out, err = dsdesk("offers", "scheme-1")
    assert status == 2
    assert "There is no offer" in err
