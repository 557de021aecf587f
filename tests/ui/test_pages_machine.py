"""The Machine page: the picture chooses lines, and the chooser shows what fits before the rest."""

from dataclasses import replace

from PySide6.QtCore import Qt

from dsdesk.base.message import Message
from dsdesk.checks.finding import Severity
from dsdesk.project.edits import change_configuration
from dsdesk.project.project import ModelChoice
from dsdesk.project.templates import scheme
from dsdesk.ui.pages.chooser import Chooser
from dsdesk.ui.pages.machine import MachinePage
from dsdesk.ui.settings import LanguageChoice
from dsdesk.ui.widgets.drawing_view import DrawingView
from dsdesk.ui.words import say
from tests.fakes.window import settle


def _page(qtbot, session) -> MachinePage:
    session.desk.store.open(scheme("scheme-1"), None)
    session.window.go("machine")
    settle(qtbot, session)
    page = session.window.findChild(MachinePage)
    assert isinstance(page, MachinePage)
    return page


def test_a_click_on_a_part_in_any_drawing_chooses_its_line(qtbot, session):
    page = _page(qtbot, session)
    for view in page.findChildren(DrawingView):
        page._views.show_key("picture")
        page._show_view()
        if not view.isVisibleTo(page):
            continue
        box = next(box for box in reversed(view._drawing.boxes) if box.line_no is not None)
        assert say(box.told[0]) in view.accessibleDescription()
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.area(box).center().toPoint())
        assert page._table.current_row().line.no == box.line_no
        assert page._views.key() == "parts"


def test_what_fits_is_offered_by_price_and_the_rest_on_demand(qtbot, session):
    page = _page(qtbot, session)
    chooser = page.findChild(Chooser)
    qtbot.waitUntil(lambda: bool(chooser._choices), timeout=20_000)
    fit = [one for one in chooser._choices if one.verdict is None and one.holds is not False]
    prices = [chooser._price(one) for one in fit]
    known = [price.amount for price in prices if price is not None]
    assert known == sorted(known)
    assert all(price is None for price in prices[len(known) :])
    assert chooser._is_in_place(chooser._table.current_row())
    shown = chooser._table.filter.rowCount()
    hidden = [one for one in chooser._choices if one.verdict is Severity.ERROR or one.holds is False]
    assert hidden
    assert shown < len(chooser._choices)
    chooser._rest.setChecked(True)
    assert chooser._table.filter.rowCount() == len(chooser._choices)


def test_nodes_are_called_in_the_language_of_the_window_and_as_the_user_says(qtbot, session, monkeypatch):
    session.desk.prefer(replace(session.desk.settings, language=LanguageChoice.CHINESE))
    session.window.page_named("start")._open_scheme("scheme-3")
    settle(qtbot, session)
    nodes = session.desk.store.project.configuration.machines
    assert [node.name for node in nodes] == ["主节点", "从节点"]
    session.window.go("machine")
    monkeypatch.setattr("dsdesk.ui.dialogs.ask.text", lambda *_asked: "甲")
    session.window.page_named("machine")._rename_node()
    assert session.desk.store.project.configuration.machines[0].name == "甲"
    session.desk.store.undo_stack.undo()
    assert session.desk.store.project.configuration.machines[0].name == "主节点"


def test_cards_are_not_counted_for_a_model_that_nobody_can_size(qtbot, session):
    page = _page(qtbot, session)
    session.window.go("model")
    session.desk.apply(change_configuration(Message("x"), model=ModelChoice(llm_id="deepseek-ai/Janus-Pro-1B")))
    session.window.go("machine")
    settle(qtbot, session)
    chooser = page.findChild(Chooser)
    qtbot.waitUntil(lambda: bool(chooser._choices), timeout=20_000)
    assert {choice.holds for choice in chooser._choices} == {None}
    assert "0 B" not in {session.window.page_named("start")._model.itemText(at)[-3:] for at in range(170)}
