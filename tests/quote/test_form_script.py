"""The script of a form that adds up: it is there only when it is wanted, and adds up as dsdesk does."""

import json
import shutil
import subprocess
from dataclasses import replace
from decimal import Decimal
from io import BytesIO

import pikepdf
import pytest

from dsdesk.quote.compose import compose
from dsdesk.quote.export import make_pdf
from dsdesk.quote.form_fields import field_name
from dsdesk.quote.form_script import of_cells, of_document
from dsdesk.quote.offer import Written, understood
from dsdesk.quote.request import Purpose
from tests.quote.samples import TERMS, catalog, evaluation

WANTED = evaluation(terms=replace(TERMS, computes=True))
REQUEST = compose(WANTED, catalog(), Purpose.REQUEST)
KEYS = [f"L{line.no}" for line in REQUEST.lines]
SERVICES = [one.code for one in REQUEST.services]


def opened(found, prices="blank"):
    content, _ = make_pdf(found, catalog(), language="both", prices=prices)
    return pikepdf.open(BytesIO(content))


def test_nothing_runs_unless_it_is_wanted():
    for document in (opened(evaluation()), opened(WANTED, "estimate")):
        assert "/JavaScript" not in document.Root.get("/Names", {})
        assert not {"/OpenAction", "/AA"} & set(document.Root.keys())
        assert not any("/AA" in one for page in document.pages for one in page.get("/Annots", []))


def test_amounts_come_before_sums_and_sums_before_totals():
    document = opened(WANTED)
    order = [str(one.T) for one in document.Root.AcroForm.CO]
    assert order == [field_name(name) for name in of_cells(REQUEST)]
    assert order[-3:] == ["total_net", "total_tax", "total_gross"]
    assert "request.json" in document.attachments
    assert str(document.Root.Names.JavaScript.Names[1].JS) == of_document(REQUEST)


def computed(values):
    """What a viewer would put into the cells, by an engine that is at hand."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("no engine for scripts is at hand")
    cells = {field_name(name): script for name, script in of_cells(REQUEST).items()}
    given = {field_name(name): text for name, text in values.items()}
    program = f"""
    var values = {json.dumps(given)}, event = {{}};
    function getField(n) {{ return {{ valueAsString: values[n] === undefined ? "" : values[n] }}; }}
    {of_document(REQUEST)}
    var cells = {json.dumps(cells)};
    for (var name in cells) {{ event.value = values[name] || ""; eval(cells[name]); values[name] = event.value; }}
    console.log(JSON.stringify(values));
    """
    run = subprocess.run([node, "-e", program], capture_output=True, text=True, check=True)
    back = json.loads(run.stdout)
    return {name.replace("_", ".", 1): text for name, text in back.items()}


def offer(entries):
    mark = {"number": TERMS.number, "revision": "2", "currency": "CNY"}
    return understood(Written(source="a.pdf", mark=mark, entries=entries), REQUEST)


@pytest.mark.parametrize("price", ["0.005", "1,234.56", "1.005", "33.3333", "99,999,999.995", "7.45元", "￥12.30"])
@pytest.mark.parametrize("rate", ["13", "6 %", "", "0", "9.5"])
def test_it_adds_up_as_dsdesk_does(price, rate):
    given = {f"{key}.unit_price": "2.50" for key in KEYS} | {f"{key}.net": "10" for key in SERVICES}
    given |= {"L1.unit_price": price, **{f"{key}.vat": rate for key in (*KEYS, *SERVICES)}}
    given[f"{SERVICES[-1]}.net"] = "-3,000.00"
    back = computed(given)
    found = offer(back)
    assert Decimal(back["total.net"]) == found.net.amount
    assert Decimal(back["total.tax"]) == found.tax.amount
    assert Decimal(back["total.gross"]) == found.total.amount
    assert found.problems == ()
    assert found.complete is (price != "1.005")  # which can be read in two ways


def test_what_is_no_number_computes_nothing_and_stays():
    back = computed({"L1.unit_price": "面议", "L1.net": "to follow", "L2.unit_price": "5"})
    assert back["L1.net"] == "to follow"
    assert back["L2.net"] == "5.00"
    assert back["total.net"] == back["total.gross"] == ""
