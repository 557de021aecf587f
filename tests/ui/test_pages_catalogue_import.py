"""Importing from the Catalogue page: looked at first, kept when agreed, taken back from the same page."""

import pytest

from dsdesk.ui.dialogs import ask
from dsdesk.ui.pages.catalogue_import import PastImports
from tests.fakes.window import settle

LIST = "型号,含税单价(元),起订量\nGeForce RTX 4090,15999,1\n,15000,10\nGeForce RTX 5090,面议,1\n不认识的东西,1,1\n"


@pytest.fixture
def page(qtbot, session):
    session.window.go("catalogue")
    shown = session.window.page_named("catalogue")
    qtbot.waitUntil(lambda: shown._table.rows.rowCount() > 0, timeout=20_000)
    return shown


def opened(qtbot, page, path):
    page.imports.read("prices", path)
    qtbot.waitUntil(lambda: page.imports.dialog is not None, timeout=20_000)
    return page.imports.dialog


def prices(session):
    own = session.desk.database.own_prices()
    return sorted((one.part_id, int(one.money.amount), one.min_quantity) for _number, one in own)


def test_a_list_is_looked_at_kept_and_taken_back(qtbot, session, page, tmp_path):
    path = tmp_path / "list.csv"
    path.write_bytes(LIST.encode("gbk"))
    dialog = opened(qtbot, page, path)
    assert [one.price.min_quantity for one in dialog.changes.rows.rows] == [1, 10]
    assert [one.where for one in dialog.problems.rows.rows] == ["4", "5"]
    assert dialog.roles["price"].key() == 1
    assert prices(session) == []
    dialog._agree()
    qtbot.waitUntil(lambda: len(prices(session)) == 2, timeout=20_000)
    settle(qtbot, session)
    assert prices(session) == [("nvidia-rtx-4090", 15000, 10), ("nvidia-rtx-4090", 15999, 1)]
    past = PastImports(page, session.desk.database.imports())
    qtbot.addWidget(past)
    past.taken_back.connect(page.imports.take_back)
    past._take_back()
    qtbot.waitUntil(lambda: prices(session) == [], timeout=20_000)


def test_cancelling_keeps_nothing(qtbot, session, page, tmp_path):
    path = tmp_path / "list.csv"
    path.write_text(LIST, encoding="utf-8")
    opened(qtbot, page, path).reject()
    settle(qtbot, session)
    assert prices(session) == []
    assert page.imports.dialog is None


def test_columns_that_the_headings_do_not_tell_are_chosen_and_remembered(qtbot, session, page, tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("Ware,Kosten\nGeForce RTX 4090,100\n", encoding="utf-8")
    dialog = opened(qtbot, page, path)
    assert not dialog._keep.isEnabled()
    for role, column in (("name", 0), ("price", 1)):
        dialog.roles[role].show_key(column)
    dialog._choose_columns()
    qtbot.waitUntil(dialog._keep.isEnabled, timeout=20_000)
    dialog._agree()
    qtbot.waitUntil(lambda: prices(session) == [("nvidia-rtx-4090", 100, 1)], timeout=20_000)
    settle(qtbot, session)
    again = opened(qtbot, page, path)
    assert again._columns.remembered
    assert not again._keep.isEnabled()  # every price is known already
    again.reject()


def test_a_file_that_is_no_list_is_told(qtbot, session, page, tmp_path, monkeypatch):
    told = []
    monkeypatch.setattr(ask, "tell_error", lambda _parent, error: told.append(error))
    path = tmp_path / "list.xlsx"
    path.write_bytes(b"PK no workbook")
    page.imports.read("prices", path)
    qtbot.waitUntil(lambda: bool(told), timeout=20_000)
    assert page.imports.dialog is None


def test_what_was_left_out_is_written_for_the_supplier(qtbot, session, page, tmp_path, monkeypatch):
    path, target = tmp_path / "list.csv", tmp_path / "out.csv"
    path.write_text(LIST, encoding="utf-8")
    dialog = opened(qtbot, page, path)
    monkeypatch.setattr(ask, "file_to_write", lambda *_arguments: target)
    dialog._save_problems()
    assert len(target.read_text(encoding="utf-8-sig").splitlines()) == 3
    dialog.reject()


def test_a_list_without_news_says_so_and_shows_what_was_left_out(qtbot, session, page, tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("型号,单价\n不认识的东西,1\n", encoding="utf-8")
    dialog = opened(qtbot, page, path)
    assert "nothing to import" in dialog._summary.text()
    assert dialog._tabs.currentWidget() is dialog.problems
    assert not dialog._keep.isEnabled()
    dialog.reject()
    settle(qtbot, session)
