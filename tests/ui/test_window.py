"""Every page shows an evaluation, can be read by a screen reader, and survives a change of language."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QWidget,
)

from dsdesk.base.message import Message
from dsdesk.checks.finding import Severity
from dsdesk.project.edits import change_workload
from dsdesk.project.templates import scheme
from dsdesk.ui.focus import _fields
from dsdesk.ui.pages import ENTRIES
from dsdesk.ui.settings import LanguageChoice, ThemeChoice
from dsdesk.ui.widgets.card import Card
from dsdesk.ui.widgets.text import ElidedLabel
from tests.fakes.window import settle

PAGES = [entry.name for entry in ENTRIES]
FIELDS = (QAbstractSpinBox, QComboBox, QAbstractItemView, QAbstractButton, QLineEdit)


@pytest.mark.parametrize("name", PAGES)
def test_page_shows_an_evaluation(qtbot, session, name):
    session.desk.store.open(scheme("scheme-1"), None)
    settle(qtbot, session)
    session.window.go(name)
    settle(qtbot, session)
    page = session.window.page_named(name)
    assert page.isVisible()
    assert session.window.page == name
    assert not page.grab().isNull()


@pytest.mark.parametrize("name", PAGES)
def test_every_field_has_a_name(qtbot, session, name):
    session.desk.store.open(scheme("scheme-1"), None)
    session.window.go(name)
    settle(qtbot, session)
    page = session.window.page_named(name)
    nameless = [field for field in page.findChildren(QWidget) if _is_field(field) and not _said(field)]
    assert not nameless, [(type(field).__name__, field.objectName()) for field in nameless]


def _is_field(widget):
    parent = widget.parent()
    inner = isinstance(parent, QAbstractSpinBox | QComboBox | QAbstractItemView) or "Header" in type(widget).__name__
    return isinstance(widget, FIELDS) and widget.isVisible() and not inner and "ScrollBar" not in type(parent).__name__


def _said(field):
    if field.accessibleName():
        return field.accessibleName()
    if isinstance(field, QAbstractButton) and field.text():
        return field.text()
    labels = [label for label in field.window().findChildren(QLabel) if label.buddy() is field]
    if labels:
        return labels[0].text()
    form = field.parentWidget().layout() if field.parentWidget() else None
    return form.labelForField(field) if isinstance(form, QFormLayout) else None


def test_tab_goes_in_reading_order(qtbot, session):
    session.window.go("workload")
    settle(qtbot, session)
    page = session.window.page_named("workload")
    fields, widget = [], page.nextInFocusChain()
    while widget is not page and len(fields) < 500:
        if isinstance(widget, QAbstractSpinBox) and page.isAncestorOf(widget) and widget.isVisibleTo(page):
            fields.append(widget)
        widget = widget.nextInFocusChain()
    places = [(_card_of(field).x(), field.mapTo(page, field.rect().topLeft()).y()) for field in fields]
    assert len(fields) >= 7
    assert places == sorted(places)


def test_arrow_keys_go_from_page_to_page(qtbot, session):
    session.window.go("start")
    first = session.window.findChild(QAbstractButton, "rail_start")
    first.setFocus()
    qtbot.keyClick(first, Qt.Key.Key_Down)
    assert session.window.page == "model"
    assert session.window.findChild(QAbstractButton, "rail_model").isChecked()


def test_rail_says_what_is_wrong(qtbot, session):
    session.desk.store.open(scheme("scheme-1"), None)
    settle(qtbot, session)
    session.window.go("checks")
    settle(qtbot, session)
    errors = sum(one.severity is Severity.ERROR for one in session.desk.store.evaluation.findings)
    assert errors > 0
    button = session.window.findChild(QAbstractButton, "rail_checks")
    assert button.accessibleDescription() == ("1 error" if errors == 1 else f"{errors} errors")


def _card_of(widget):
    while not isinstance(widget, Card):
        widget = widget.parentWidget()
    return widget


@pytest.mark.parametrize("language", [LanguageChoice.ENGLISH, LanguageChoice.CHINESE])
@pytest.mark.parametrize("name", PAGES)
def test_no_word_is_cut(qtbot, qapp, session, name, language):
    session.desk.prefer(replace(session.desk.settings, language=language))
    session.desk.store.open(scheme("scheme-1"), None)
    session.window.go(name)
    settle(qtbot, session)
    for _turn in range(3):  # a layout inside a layout takes a turn of its own
        qapp.processEvents()
    page = session.window.page_named(name)
    words = [one for one in page.findChildren(QWidget) if isinstance(one, QLabel | QPushButton) and one.isVisible()]
    whole = [
        one for one in words if one.text() and not isinstance(one, ElidedLabel) and not getattr(one, "wordWrap", bool)()
    ]
    cut = [(one.text(), one.width(), one.sizeHint().width()) for one in whole if one.width() < one.sizeHint().width()]
    assert not cut


def test_strip_is_right_after_every_change(qtbot, session):
    session.desk.store.open(scheme("scheme-1"), None)
    settle(qtbot, session)
    before = session.desk.store.evaluation.need.kv_cache_bytes
    session.desk.apply(change_workload(Message("more"), sequences=16))
    settle(qtbot, session)
    after = session.desk.store.evaluation.need.kv_cache_bytes
    cell = session.window.findChild(QWidget, "strip_memory")
    assert after == 16 * before
    assert "GiB" in cell.accessibleDescription()


def test_language_changes_while_running(qtbot, session):
    session.desk.store.open(scheme("scheme-1"), None)
    session.window.go("checks")
    settle(qtbot, session)
    old = session.window
    session.desk.prefer(replace(session.desk.settings, language=LanguageChoice.CHINESE))
    settle(qtbot, session)
    assert session.window is not old
    assert session.window.page == "checks"
    assert session.window.page_named("checks").accessibleName() == "检查"
    assert session.window.menuBar().actions()[0].text() == "文件(&F)"
    session.desk.prefer(replace(session.desk.settings, language=LanguageChoice.ENGLISH))
    settle(qtbot, session)
    assert session.window.page_named("checks").accessibleName() == "Checks"


def test_dark_and_light_while_running(qtbot, session, qapp):
    light = qapp.palette().window().color()
    session.desk.prefer(replace(session.desk.settings, theme=ThemeChoice.DARK))
    settle(qtbot, session)
    dark = qapp.palette().window().color()
    assert dark.lightness() < 64
    assert light.lightness() > 192


def test_undo_and_redo_by_the_menu(qtbot, session):
    store = session.desk.store
    store.open(scheme("scheme-1"), None)
    for sequences in (2, 3, 4):
        session.desk.apply(change_workload(Message("typing"), "workload.sequences", sequences=sequences))
    assert store.undo_stack.count() == 1
    session.window.actions_table.trigger("undo")
    assert store.project.configuration.workload.sequences == 1
    session.window.actions_table.trigger("redo")
    assert store.project.configuration.workload.sequences == 4


def test_edit_that_changes_nothing_leaves_no_trace(session):
    store = session.desk.store
    session.desk.apply(change_workload(Message("none"), sequences=store.project.configuration.workload.sequences))
    assert store.undo_stack.count() == 0
    assert store.is_saved


@pytest.mark.parametrize(
    ("name", "page"),
    [
        ("a.dsdesk", "start"),
        ("model.gguf", "model"),
        ("config.json", "model"),
        ("nvidia-smi.txt", "this_machine"),
        ("capture.xml", "this_machine"),
    ],
)
def test_dropped_files_go_to_their_page(session, tmp_path: Path, name, page):
    path = tmp_path / name
    path.write_text("{}")
    assert session.documents.page_for([path]) == page


def test_dropped_folder_with_weights_goes_to_the_model_page(session, tmp_path):
    (tmp_path / "config.json").write_text("{}")
    assert session.documents.page_for([tmp_path]) == "model"


def test_broken_weights_are_told_and_the_project_stays(qtbot, session, tmp_path, monkeypatch):
    told = []
    monkeypatch.setattr("dsdesk.ui.dialogs.ask.tell_error", lambda _parent, error: told.append(str(error)))
    (tmp_path / "config.json").write_text("{broken")
    before = session.desk.store.project
    session.window.take_files([tmp_path])
    settle(qtbot, session)
    assert len(told) == 1
    assert session.desk.store.project is before


def test_another_look_keeps_what_was_selected_on_pages_that_are_not_in_front(qtbot, session):
    session.desk.store.open(scheme("scheme-1"), None)
    session.window.go("catalogue")
    session.window.page_named("catalogue")._search.setText("4090")
    session.window.go("cost")
    settle(qtbot, session)
    for change in ({"language": LanguageChoice.CHINESE}, {"theme": ThemeChoice.DARK}, {"text_points": 12.0}):
        session.desk.prefer(replace(session.desk.settings, **change))
        settle(qtbot, session)
        assert set(session.window._pages) <= {"cost", "start"}
        assert session.window.page == "cost"
    session.window.go("catalogue")
    settle(qtbot, session)
    assert session.window.page_named("catalogue")._search.text() == "4090"


def test_the_same_look_dresses_no_widget_anew(qapp, session, monkeypatch):
    worn = []
    monkeypatch.setattr(type(qapp), "setStyleSheet", lambda _self, sheet: worn.append(sheet))
    session.desk.prefer(replace(session.desk.settings, language=LanguageChoice.CHINESE))
    assert not worn


@pytest.mark.parametrize("name", ["cost", "deploy", "quote", "this_machine"])
def test_tab_goes_in_reading_order_where_fields_come_later(qtbot, session, name):
    session.desk.store.open(scheme("scheme-1"), None)
    session.window.go(name)
    settle(qtbot, session)
    page = session.window.page_named(name)
    root = page._form if name == "quote" else page.findChild(QScrollArea)
    wanted = [one for one in _fields(root) if one.isVisible()]
    reached, widget = [], root.nextInFocusChain()
    while widget is not root and len(reached) < len(wanted):
        if widget in wanted:
            reached.append(widget)
        widget = widget.nextInFocusChain()
    assert reached == wanted
    assert len(wanted) > 5


def test_a_damaged_project_is_told_before_anything_is_asked(qtbot, session, tmp_path, monkeypatch):
    told = []
    monkeypatch.setattr("dsdesk.ui.dialogs.ask.tell_error", lambda _parent, error: told.append(error))
    monkeypatch.setattr("dsdesk.ui.dialogs.ask.unsaved", lambda *_asked: pytest.fail("nothing is lost"))
    session.desk.apply(change_workload(Message("more"), sequences=16))
    broken = tmp_path / "b.dsdesk"
    broken.write_text("{}")
    session.window.take_files([broken])
    settle(qtbot, session)
    assert len(told) == 1
