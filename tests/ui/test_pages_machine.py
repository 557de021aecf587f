"""The Machine page: the picture chooses lines, and the chooser shows what fits before the rest."""

from PySide6.QtCore import Qt

from dsdesk.checks.finding import Severity
from dsdesk.project.templates import scheme
from dsdesk.ui.pages.chooser import Chooser
from dsdesk.ui.pages.machine import MachinePage
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
