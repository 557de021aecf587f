"""The catalogue and the user's own part of it, written from the window."""

import csv
import json

import pytest
from PySide6.QtWidgets import QFileDialog, QPushButton

from dsdesk.catalog.importers.backup import read_backup
from dsdesk.hardware.parts import Psu
from dsdesk.hardware.vocabulary import PartKind
from dsdesk.ui.dialogs import ask
from dsdesk.ui.pages.catalogue_preview import ImportDialog
from tests.fakes.window import settle


@pytest.fixture
def told(monkeypatch):
    said = []
    monkeypatch.setattr(ask, "tell", lambda _parent, text: said.append(text))
    monkeypatch.setattr(ask, "tell_error", lambda _parent, error: said.append(error.message.in_english()))
    return said


@pytest.fixture
def asked(monkeypatch):
    def answer(path, wanted=""):
        def save(_parent, _heading, _suggested, patterns):
            (pattern,) = [one for one in patterns.split(";;") if wanted in one][:1]
            return str(path), pattern

        monkeypatch.setattr(QFileDialog, "getSaveFileName", save)

    return answer


@pytest.fixture
def own_part(session, parts_catalog):
    part = parts_catalog.add_own_part(Psu(id="", kind=PartKind.PSU, manufacturer="Mine", name="Own 850", rated_w=850.0))
    yield part
    parts_catalog.remove_own_part(part.id)


def test_own_parts_are_backed_up_from_the_menu(qtbot, session, own_part, asked, told, tmp_path):
    asked(tmp_path / "mine")
    session.window.actions_table.trigger("back_up")
    qtbot.waitUntil(lambda: bool(told), timeout=20_000)
    assert read_backup(tmp_path / "mine.json").parts == (own_part,)
    assert "mine.json" in told[0]


def test_a_backup_is_shown_and_then_restored(
    qtbot, session, parts_catalog, own_part, asked, told, tmp_path, monkeypatch
):
    asked(tmp_path / "mine.json")
    session.window.actions_table.trigger("back_up")
    qtbot.waitUntil(lambda: bool(told), timeout=20_000)
    parts_catalog.remove_own_part(own_part.id)
    monkeypatch.setattr(ask, "file_to_open", lambda *_: tmp_path / "mine.json")
    session.window.actions_table.trigger("restore")

    def keep():
        dialogs = [one for one in session.window.findChildren(ImportDialog) if one.isVisible()]
        buttons = [one for dialog in dialogs for one in dialog.findChildren(QPushButton)]
        return next((one for one in buttons if one.text() == "&Import" and one.isEnabled()), None)

    qtbot.waitUntil(lambda: keep() is not None, timeout=20_000)
    assert parts_catalog.own_parts() == ()
    keep().click()
    qtbot.waitUntil(lambda: parts_catalog.own_parts() == (own_part,), timeout=20_000)
    qtbot.waitUntil(lambda: len(told) == 2, timeout=20_000)
    settle(qtbot, session)


def test_the_catalogue_is_exported_in_the_chosen_form(qtbot, session, own_part, asked, told, tmp_path):
    asked(tmp_path / "all.json", "xlsx")  # the ending that was typed counts more than the pattern
    session.window.actions_table.trigger("export_catalogue")
    qtbot.waitUntil(lambda: bool(told), timeout=60_000)
    held = json.loads((tmp_path / "all.json").read_text(encoding="utf-8"))
    assert own_part.id in {row["id"] for row in held["psu"]}

    asked(tmp_path / "all", "CSV")
    session.window.actions_table.trigger("export_catalogue")
    qtbot.waitUntil(lambda: len(told) == 2, timeout=60_000)
    with (tmp_path / "all" / "psu.csv").open(encoding="utf-8-sig", newline="") as file:
        assert own_part.id in {row["id"] for row in csv.DictReader(file)}


def test_where_nothing_can_be_written_that_is_told(qtbot, session, asked, told, tmp_path):
    asked(tmp_path / "missing" / "mine.json")
    session.window.actions_table.trigger("back_up")
    qtbot.waitUntil(lambda: bool(told), timeout=20_000)
    assert "cannot be written" in told[0]
    settle(qtbot, session)


def test_a_name_without_ending_gets_that_of_the_chosen_kind_and_replaces_nothing_unasked(asked, tmp_path, monkeypatch):
    kinds = {"Workbook (*.xlsx)": ".xlsx", "JSON (*.json)": ".json"}
    asked(tmp_path / "v1.2", "JSON")
    assert ask.file_of_kind(None, "", "", kinds) == tmp_path / "v1.2.json"
    (tmp_path / "v1.2.json").touch()
    monkeypatch.setattr(ask, "confirm", lambda *_: False)
    assert ask.file_of_kind(None, "", "", kinds) is None
