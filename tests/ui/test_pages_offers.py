"""The Offers page: returned files are read, compared, awarded, and become a memo, orders and own prices."""

from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import pikepdf
import pytest

from dsdesk.base.message import Message
from dsdesk.catalog.store import open_catalog
from dsdesk.evaluate import evaluate
from dsdesk.project.edits import change_quote
from dsdesk.project.templates import scheme
from dsdesk.quote.compose import compose
from dsdesk.quote.export import make_pdf
from dsdesk.quote.form_fields import field_name
from dsdesk.quote.request import Purpose
from dsdesk.ui.dialogs import ask
from dsdesk.ui.pages.offers_files import order_paths
from tests.fakes.window import settle

PROJECT = change_quote(Message("n"), number="RFQ-1").apply(scheme("scheme-1"))


def offer_file(path, catalog, name, price, **more):
    evaluation = evaluate(PROJECT, catalog)
    request = compose(evaluation, catalog, Purpose.REQUEST)
    values = {"supplier.name": name, **more}
    for line in request.lines:
        values.setdefault(f"L{line.no}.unit_price", f"{price + line.no}.00")
    values |= {f"{one.code}.net": "100.00" for one in request.services}
    content, _ = make_pdf(evaluation, catalog, language="en", prices="blank")
    named = {field_name(key): text for key, text in values.items()}
    with pikepdf.open(BytesIO(content)) as document:
        for field in document.Root.AcroForm.Fields:
            if str(field.T) in named:
                field.V = pikepdf.String(named[str(field.T)])
        document.save(path)
    return path


@pytest.fixture
def page(qtbot, session, tmp_path):
    catalog = session.desk.store.catalog
    session.desk.store.open(PROJECT, None)
    dear = offer_file(tmp_path / "dear.pdf", catalog, "Dear Ltd", 200)
    cheap = offer_file(tmp_path / "cheap.pdf", catalog, "Cheap Ltd", 100, **{"L2.unit_price": "面议"})
    session.window.take_files([dear, cheap])
    qtbot.waitUntil(lambda: len(session.desk.store.project.offers) == 2, timeout=20_000)
    page = session.window.page_named("offers")
    qtbot.waitUntil(lambda: page._shown is not None and len(page._shown.comparison.offers) == 2, timeout=20_000)
    settle(qtbot, session)
    return page


def test_dropped_files_come_to_the_page_and_are_compared(page, session):
    assert session.window.page == "offers"
    assert [row.offer.supplier for row in page._offers.rows.rows] == ["Dear Ltd", "Cheap Ltd"]
    second = next(row for row in page._lines.rows.rows if row.key == "L2")
    assert second.nets[1] is None
    assert second.lowest == 0
    assert next(row for row in page._lines.rows.rows if row.key == "L1").lowest == 1


def test_a_line_is_awarded_with_a_click_and_taken_back(qtbot, page, session):
    page._lines.select_row(next(row for row in page._lines.rows.rows if row.key == "L1"))
    button = next(one for one in page._panel.widget().findChildren(ask_button()) if one.isEnabled())
    button.click()
    settle(qtbot, session)
    assert [(one.key, one.offer) for one in session.desk.store.project.awards] == [
        ("L1", session.desk.store.project.offers[0].sha256)
    ]
    qtbot.waitUntil(lambda: page._shown is not None and len(page._shown.awarding.lines) == 1)
    session.desk.store.undo_stack.undo()
    settle(qtbot, session)
    assert session.desk.store.project.awards == ()


def ask_button():
    from PySide6.QtWidgets import QPushButton

    return QPushButton


def test_memo_and_orders_are_written(qtbot, page, session, tmp_path, monkeypatch):
    from dsdesk.project.edits import award
    from dsdesk.quote.awarding import lowest_by_line

    session.desk.apply(award(lowest_by_line(page._shown.comparison)))
    qtbot.waitUntil(lambda: len(page._shown.awarding.orders) == 2, timeout=20_000)
    told = []
    folder = tmp_path / "orders"
    folder.mkdir()
    monkeypatch.setattr(ask, "file_to_write", lambda *_: folder / "memo.pdf")
    monkeypatch.setattr(ask, "folder_to_open", lambda *_: folder)
    monkeypatch.setattr(ask, "tell", lambda _parent, text: told.append(text))
    page._buttons["memo"].click()
    page._buttons["orders"].click()
    qtbot.waitUntil(lambda: len(told) == 2, timeout=20_000)
    names = sorted(path.name for path in folder.iterdir())
    assert names == ["RFQ-1-PO1 Dear Ltd.pdf", "RFQ-1-PO2 Cheap Ltd.pdf", "memo.pdf"]
    monkeypatch.setattr(ask, "confirm", lambda *_: False)
    before = (folder / names[0]).stat().st_mtime_ns
    page._buttons["orders"].click()
    settle(qtbot, session)
    assert (folder / names[0]).stat().st_mtime_ns == before


def test_orders_of_one_supplier_never_share_a_file(tmp_path):
    order = SimpleNamespace(offer=SimpleNamespace(supplier="Same/Ltd"))
    request = SimpleNamespace(header=SimpleNamespace(number=""))
    shown = SimpleNamespace(request=request, awarding=SimpleNamespace(orders=(order, order)))
    assert [path.name for path in order_paths(shown, tmp_path)] == ["PO1 Same-Ltd.pdf", "PO2 Same-Ltd.pdf"]


def test_prices_are_kept_only_when_the_user_agrees(qtbot, page, session, monkeypatch):
    database = open_catalog()
    monkeypatch.setattr(session.desk, "database", database)
    before = len(database.own_prices())
    monkeypatch.setattr(ask, "confirm", lambda *_: False)
    page._files.keep_prices(page._shown, 0)
    assert len(database.own_prices()) == before
    monkeypatch.setattr(ask, "confirm", lambda *_: True)
    page._files.keep_prices(page._shown, 0)
    kept = [price for _id, price in database.own_prices()]
    database.close()
    assert {price.money.currency for price in kept} == {"CNY"}
    assert any("Dear Ltd, RFQ-1" in price.source for price in kept)


def test_what_is_no_offer_is_told_and_the_rest_is_taken(qtbot, session, tmp_path, monkeypatch):
    session.desk.store.open(PROJECT, None)
    told = []
    monkeypatch.setattr(ask, "tell", lambda _parent, text: told.append(text))
    scan = tmp_path / "scan.pdf"
    with pikepdf.new() as document:
        document.add_blank_page()
        document.save(scan)
    good = offer_file(tmp_path / "good.pdf", session.desk.store.catalog, "Good Ltd", 10)
    session.window.take_files([scan, good])
    qtbot.waitUntil(lambda: bool(told), timeout=20_000)
    assert "scanned" in told[0]
    assert [one.source for one in session.desk.store.project.offers] == ["good.pdf"]
    settle(qtbot, session)


@pytest.mark.parametrize(("name", "content", "wanted"), [
    ("offer.xml", b'<Quotation xmlns="urn:oasis:names:specification:ubl:schema:xsd:Quotation-2"/>', "offers"),
    ("lshw.xml", b"<list/>", "this_machine"),
    ("prices.xlsx", b"PK\x03\x04", "this_machine"),
    ("offer.pdf", b"%PDF-", "offers"),
])  # fmt: skip
def test_files_find_their_page(session, tmp_path, name, content, wanted):
    path = tmp_path / name
    path.write_bytes(content)
    assert session.documents.page_for([Path(path)]) == wanted
