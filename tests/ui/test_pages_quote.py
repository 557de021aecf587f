"""The Quote page: every term can be typed, and the preview is the very document."""

from dataclasses import fields, is_dataclass

from dsdesk.project.project import Project, QuoteTerms
from dsdesk.project.templates import scheme
from dsdesk.ui.pages.quote_fields import GROUPS
from dsdesk.ui.pages.quote_form import terms_edit
from tests.fakes.window import settle


def test_every_term_has_its_field():
    terms = QuoteTerms()
    wanted = set()
    for field in fields(QuoteTerms):
        value = getattr(terms, field.name)
        inner = {f"{field.name}.{one.name}" for one in fields(value)} if is_dataclass(value) else {field.name}
        wanted |= inner
    typed = {field.name for _heading, group in GROUPS for field in group}
    assert typed | {"services"} == wanted


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
