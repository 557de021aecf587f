"""What a small screen shows: nothing that people look for is cut, in either language."""

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QAbstractButton, QLabel, QScrollArea, QWidget

from dsdesk.project.templates import scheme
from dsdesk.ui.pages import ENTRIES
from dsdesk.ui.settings import LanguageChoice
from dsdesk.ui.widgets.drawing_view import DrawingView
from dsdesk.ui.widgets.table import Table
from dsdesk.ui.widgets.text import ElidedLabel
from tests.fakes.window import settle

PAGES = [entry.name for entry in ENTRIES]
LANGUAGES = [LanguageChoice.ENGLISH, LanguageChoice.CHINESE]


@pytest.fixture
def narrow(qtbot, qapp, session):
    def show(page, language=LanguageChoice.ENGLISH, scheme_name="scheme-1"):
        session.desk.prefer(replace(session.desk.settings, language=language))
        session.desk.store.open(scheme(scheme_name), None)
        session.window.resize(1024, 768)
        session.window.go(page)
        settle(qtbot, session)
        for _turn in range(5):
            qapp.processEvents()
        return session.window.page_named(page)

    return show


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_cut_and_the_letters_of_the_menus_are_theirs_alone(narrow, session, name, language):
    page = narrow(name, language)
    labels = [one for one in page.findChildren(QLabel) if one.isVisible() and one.text()]
    buttons = [one for one in page.findChildren(QAbstractButton) if one.isVisible() and one.text()]
    panes = [one for one in page.findChildren(QScrollArea) if one.isVisible() and one.widget()]
    assert not [one.text() for one in labels if one.wordWrap() and one.heightForWidth(one.width()) > one.height()]
    assert not [one.text() for one in buttons if one.width() < one.sizeHint().width()]
    assert not [one for one in panes if one.horizontalScrollBar().maximum() > 0]
    menus = {_letter(one.text()) for one in session.window.menuBar().actions()}
    named = [*buttons, *(one for one in labels if one.buddy())]
    assert not [one.text() for one in named if _letter(one.text()) in menus]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scheme_name", ["scheme-1", "scheme-2", "scheme-3"])
def test_strip_cuts_no_heading_and_no_figure(narrow, session, scheme_name, language):
    narrow("start", language, scheme_name)
    strip = session.window.findChild(QWidget, "strip")
    for key in ("memory", "speed", "power", "price"):
        heading, number, _detail = strip.findChild(QWidget, f"strip_{key}").findChildren(ElidedLabel)
        assert heading.width() >= heading.whole_width()
        assert number.width() >= number.whole_width()
    assert session.desk.store.evaluation.llm.name in strip.findChild(QWidget, "strip_model").toolTip()


@pytest.mark.parametrize(("name", "table", "least"), [("catalogue", "Parts", 160), ("model", "Language models", 120)])
def test_names_can_be_read_and_the_rest_gives_way(narrow, name, table, least):
    view = next(one for one in narrow(name).findChildren(Table) if one.accessibleName() == table)
    stretching = next(at for at, column in enumerate(view.rows.columns) if column.stretches)
    assert view.columnWidth(stretching) >= least
    assert view.horizontalScrollBar().maximum() == 0


def test_picture_of_the_case_is_whole(narrow, qapp, session):
    page = narrow("machine")
    page._views.show_key("picture")
    page._show_view()
    for width in (1024, 1440, 1200):
        session.window.resize(width, 900)
        for _turn in range(5):
            qapp.processEvents()
        shown = [one for one in page.findChildren(DrawingView) if one.isVisible()]
        assert shown
        assert all(one.height() >= one.heightForWidth(one.width()) for one in shown)


def _letter(text):
    before, mark, after = text.replace("&&", "").partition("&")
    return after[:1].upper() if mark else before


def test_large_letters_make_the_strip_higher_and_the_panes_wider(narrow, session):
    narrow("catalogue")
    before = session.window.findChild(QWidget, "strip").height()
    session.desk.prefer(replace(session.desk.settings, text_points=16.0))
    page = narrow("catalogue")
    strip = session.window.findChild(QWidget, "strip")
    assert strip.height() > before
    assert strip.height() >= strip.layout().sizeHint().height()
    panes = [one for one in page.findChildren(QScrollArea) if one.isVisible() and one.widget()]
    assert not [one for one in panes if one.horizontalScrollBar().maximum() > 0]
