"""The Quote page: every term can be typed, and the preview is the very document."""

import base64
from dataclasses import fields, is_dataclass, replace

import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtPrintSupport import QPrinter

from dsdesk.base.errors import InputError
from dsdesk.base.message import Message
from dsdesk.project.project import Company, Project, QuoteTerms
from dsdesk.project.templates import scheme
from dsdesk.ui import profiles
from dsdesk.ui.dialogs import ask
from dsdesk.ui.exports import _signer
from dsdesk.ui.pages.quote_fields import GROUPS
from dsdesk.ui.pages.quote_form import terms_edit
from dsdesk.ui.pages.quote_picture import picture_text
from dsdesk.ui.tasks import CancelledError
from tests.fakes.window import settle


def test_every_term_has_its_field():
    terms = QuoteTerms()
    wanted = set()
    for field in fields(QuoteTerms):
        value = getattr(terms, field.name)
        inner = {f"{field.name}.{one.name}" for one in fields(value)} if is_dataclass(value) else {field.name}
        wanted |= inner
    typed = {field.name for _heading, group in GROUPS for field in group}
    assert typed | {"services", "options"} == wanted


def test_typing_in_a_company_is_one_step_of_undo():
    edits = [terms_edit("buyer.name", text) for text in ("A", "Ac", "Acme")]
    project = Project()
    for edit in edits:
        project = edit.apply(project)
    assert project.quote.buyer.name == "Acme"
    assert {edit.merge_key for edit in edits} == {"quote.buyer.name"}


def _page(qtbot, session):
    session.desk.store.open(scheme("scheme-1"), None)
    session.window.go("quote")
    settle(qtbot, session)
    return session.window.page_named("quote")


def test_form_shows_and_changes_the_terms(qtbot, session):
    page = _page(qtbot, session)
    number = page._form._bound["number"].widget
    number.setText("RFQ-7")
    number.textEdited.emit("RFQ-7")
    page._form._services._boxes["training"].click()
    settle(qtbot, session)
    terms = session.desk.store.project.quote
    assert terms.number == "RFQ-7"
    assert terms.services == ("training",)
    session.desk.store.undo_stack.undo()
    session.desk.store.undo_stack.undo()
    settle(qtbot, session)
    assert number.text() == ""
    assert not page._form._services._boxes["training"].isChecked()


def test_preview_follows_the_terms(qtbot, session):
    page = _page(qtbot, session)
    preview = page._preview
    qtbot.waitUntil(lambda: len(preview.images) > 1, timeout=20_000)
    first = preview.images
    session.desk.apply(terms_edit("number", "RFQ-2026-0042"))
    qtbot.waitUntil(lambda: preview.images is not first, timeout=20_000)
    assert len(preview.images) == len(first)
    assert preview.images[0] != first[0]


def test_no_services_stands_alone(qtbot, session):
    page = _page(qtbot, session)
    boxes = page._form._services._boxes
    boxes["training"].click()
    boxes["none"].click()
    settle(qtbot, session)
    assert session.desk.store.project.quote.services == ("none",)
    assert not boxes["training"].isEnabled()
    boxes["none"].click()
    settle(qtbot, session)
    assert session.desk.store.project.quote.services == ()


def test_a_profile_brings_company_and_terms_and_leaves_number_and_supplier():
    mine = QuoteTerms(number="OLD", buyer=Company(name="Acme"), incoterm="DDP", valid_days=None, services=("none",))
    profiles.keep_profile("usual", replace(mine, supplier=Company(name="Somebody")))
    edit = profiles.use_profile("usual", profiles.load_profiles()["usual"])
    after = edit.apply(Project(quote=QuoteTerms(number="NEW", notes="as is"))).quote
    assert after == QuoteTerms(
        number="NEW", notes="as is", buyer=Company(name="Acme"), incoterm="DDP", valid_days=None, services=("none",)
    )
    profiles.forget_profile("usual")
    assert profiles.load_profiles() == {}


def test_a_damaged_profile_keeps_what_makes_sense():
    place = profiles._file()
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(
        '{"a": {"buyer": {"name": "Acme", "x": 1}, "valid_days": "soon", "warranty_months": true}, "b": 1}'
    )
    assert profiles.load_profiles() == {"a": QuoteTerms(buyer=Company(name="Acme"))}
    place.write_text("{")
    assert profiles.load_profiles() == {}


def test_a_logo_is_kept_small(qtbot, tmp_path):
    picture = QImage(3000, 1000, QImage.Format.Format_RGB32)
    picture.fill(QColor("navy"))
    picture.save(str(tmp_path / "logo.png"))
    kept = QImage.fromData(base64.b64decode(picture_text(tmp_path / "logo.png")))
    assert (kept.width(), kept.height()) == (640, 213)
    (tmp_path / "no.png").write_text("no")
    assert picture_text(tmp_path / "no.png") == ""


def test_the_document_is_printed_page_by_page(qtbot, session, tmp_path, monkeypatch):
    import pypdf

    _page(qtbot, session)
    printer = QPrinter(QPrinter.PrinterMode.ScreenResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "printed.pdf"))
    printer.setFromTo(1, 2)
    monkeypatch.setattr(ask, "printer", lambda *_: printer)
    session.window.actions_table.trigger("print")

    def is_printed():
        return (tmp_path / "printed.pdf").exists() and not session.desk.tasks.running and not printing()

    def printing():
        return [one for one in session.window.children() if type(one).__name__ == "Printing"]

    qtbot.waitUntil(is_printed, timeout=20_000)
    assert len(pypdf.PdfReader(tmp_path / "printed.pdf").pages) == 2


def test_an_export_that_nobody_wants_any_more_stops(session, tmp_path):
    from dsdesk.quote.export import write_pdf

    def stop(_done):
        raise CancelledError

    store = session.desk.store
    with pytest.raises(CancelledError):
        write_pdf(store.evaluation, store.catalog, tmp_path / "q.pdf", language="en", prices="blank", tell=stop)
    assert not (tmp_path / "q.pdf").exists()


def test_what_a_reader_will_miss_is_told_at_export(qtbot, session, tmp_path, monkeypatch):
    session.desk.store.open(Project(name="🚀"), None)
    told = []
    monkeypatch.setattr(ask, "file_to_write", lambda *_: tmp_path / "q.pdf")
    monkeypatch.setattr(ask, "tell", lambda _parent, text: told.append(text))
    monkeypatch.setattr("PySide6.QtGui.QDesktopServices.openUrl", lambda _url: True)
    settle(qtbot, session)
    session.window.actions_table.trigger("export_pdf")
    qtbot.waitUntil(lambda: bool(told), timeout=20_000)
    assert "🚀" in told[0]
    settle(qtbot, session)


def test_a_wrong_passphrase_is_asked_for_again(session, monkeypatch, tmp_path):
    told, given = [], iter(("wrong", "right"))
    signer = object()

    def read(_path, passphrase):
        if passphrase != "right":
            raise InputError(Message("The passphrase does not open it."))
        return signer

    monkeypatch.setattr("dsdesk.quote.signature.read_signer", read)
    monkeypatch.setattr(ask, "secret", lambda *_asked: next(given))
    monkeypatch.setattr(ask, "tell_error", lambda _parent, error: told.append(error))
    assert _signer(session.window, "Sign", tmp_path / "a.p12") is signer
    assert len(told) == 1
    monkeypatch.setattr(ask, "secret", lambda *_asked: None)
    assert _signer(session.window, "Sign", tmp_path / "a.p12") is None
