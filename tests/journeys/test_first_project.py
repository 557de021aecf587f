"""A person's first way through the window: a question, a model, cards, a way out, a file, and back again."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from dsdesk.base.message import Message
from dsdesk.checks.finding import Severity
from dsdesk.hardware.vocabulary import PartKind
from dsdesk.project.edits import add_part, change_line
from dsdesk.ui.itemmodels.findings import FindingRole
from tests.fakes.window import settle

NO_CONNECTOR = "links.E001"
MODEL = "deepseek-ai/DeepSeek-R1-Distill-Qwen-32B"


def test_from_a_question_to_a_saved_project(qtbot, session, tmp_path: Path, monkeypatch):
    ask_the_question(qtbot, session)
    put_cards_in(qtbot, session)
    make_a_mistake(qtbot, session)
    mend_it(qtbot, session)
    save_and_reopen(qtbot, session, tmp_path / "first.dsdesk", monkeypatch)


def press(qtbot, parent, text):
    button = next(one for one in parent.findChildren(QPushButton) if one.text() == text and one.isEnabled())
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def ask_the_question(qtbot, session):
    start, store = session.window.page_named("start"), session.desk.store
    start._model.setCurrentIndex(start._model.findData(MODEL))
    start._users.setValue(1)
    press(qtbot, start, "&Create the project")
    settle(qtbot, session)
    assert session.window.page == "machine"
    assert store.project.configuration.model.llm_id == MODEL
    assert store.evaluation.need.weights_bytes > 15 * 2**30


def put_cards_in(qtbot, session):
    machine, store = session.window.page_named("machine"), session.desk.store
    choices = machine._chooser._table
    qtbot.waitUntil(lambda: choices.filter.rowCount() > 0, timeout=20_000)
    card = next(row for row in choices.rows.rows if row.part.name == "GeForce RTX 3090")
    assert card.quantity == 2  # Q4_K_M of 32 B with 20 % headroom is more than one card of 24 GiB holds
    choices.select_row(card)
    qtbot.mouseClick(machine._chooser._button, Qt.MouseButton.LeftButton)
    settle(qtbot, session)
    assert store.evaluation.accelerators == 2
    assert store.evaluation.fits
    assert store.evaluation.forecast.decode_tok_s_per_user.estimate > 0


def make_a_mistake(qtbot, session):
    database, store = session.desk.database, session.desk.store
    bridge = database.find_part("NVLink bridge for GeForce RTX 3090, 4-slot", PartKind.BRIDGE)
    other = database.find_part("RTX 4090", PartKind.ACCELERATOR)
    line = store.project.configuration.machines[0].lines[0]
    session.desk.apply(change_line(line.no, Message("another card"), part_id=other.id))
    session.desk.apply(add_part(bridge.id, Message("a bridge")))
    settle(qtbot, session)
    assert [one.severity for one in found(session)] == [Severity.ERROR]


def found(session):
    return [one for one in session.desk.store.evaluation.findings if one.code == NO_CONNECTOR]


def mend_it(qtbot, session):
    session.window.go("checks")
    settle(qtbot, session)
    checks = session.window.page_named("checks")
    indexes = [
        checks._model.index(inner, 0, checks._model.index(row, 0))
        for row in range(checks._model.rowCount())
        for inner in range(checks._model.rowCount(checks._model.index(row, 0)))
    ]
    checks._tree.setCurrentIndex(next(index for index in indexes if index.data(FindingRole).code == NO_CONNECTOR))
    settle(qtbot, session)
    press(qtbot, checks._panel, "&Apply")
    settle(qtbot, session)
    assert found(session) == []
    session.window.actions_table.trigger("undo")
    settle(qtbot, session)
    assert len(found(session)) == 1
    session.window.actions_table.trigger("redo")
    settle(qtbot, session)


def save_and_reopen(qtbot, session, path, monkeypatch):
    store = session.desk.store
    monkeypatch.setattr("dsdesk.ui.dialogs.ask.file_to_write", lambda *_asked: path)
    session.window.actions_table.trigger("save")
    assert store.is_saved
    saved = store.project
    session.documents.new(session.window)
    assert store.project != saved
    assert session.documents.open(session.window, path)
    settle(qtbot, session)
    assert store.project == saved
    assert store.evaluation.accelerators == 2
