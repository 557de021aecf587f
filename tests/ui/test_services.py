"""What the window stands on: settings, the runner, recovery copies, crash reports, one instance."""

import json
import threading
from dataclasses import fields, replace
from pathlib import Path

from PySide6.QtWidgets import QDialog, QFileDialog

from dsdesk.base import paths
from dsdesk.base.errors import InputError
from dsdesk.base.message import Message
from dsdesk.project.edits import change_workload
from dsdesk.project.file import load, save
from dsdesk.project.project import Project
from dsdesk.ui.autosave import recovered
from dsdesk.ui.crash import Crashes
from dsdesk.ui.dialogs import ask
from dsdesk.ui.dialogs.settings import SettingsDialog
from dsdesk.ui.instance import Instance
from dsdesk.ui.settings import LanguageChoice, Settings, ThemeChoice, load_settings, save_settings
from dsdesk.ui.tasks import Tasks
from tests.fakes.window import settle


def test_settings_come_back_as_they_were_stored():
    wanted = Settings(
        language=LanguageChoice.CHINESE, theme=ThemeChoice.DARK, text_points=12.5, recent=("/a/b.dsdesk",)
    )
    save_settings(wanted)
    assert load_settings() == wanted


def test_settings_that_make_no_sense_are_the_default():
    stored = {"language": "klingon", "text_points": 99, "keep_recovery_copies": "yes", "recent": 3, "new": 1}
    (paths.config() / "settings.json").write_text(json.dumps(stored))
    assert load_settings() == Settings(text_points=16.0)
    (paths.config() / "settings.json").write_text("{")
    assert load_settings() == Settings()


def test_settings_dialog_has_a_field_for_every_setting(qtbot, session):
    dialog = SettingsDialog(session.window, session.desk.settings)
    qtbot.addWidget(dialog)
    assert dialog.settings() == session.desk.settings
    declared = [one.name for one in fields(Settings) if one.metadata]
    assert sorted(dialog._read) == sorted(declared)
    assert isinstance(dialog, QDialog)


def test_results_arrive_on_the_main_thread(qtbot):
    tasks, arrived = Tasks(), []
    for number in range(50):
        tasks.run(Message("work"), lambda _task, n=number: n, lambda result: arrived.append(_here(result)))
    qtbot.waitUntil(lambda: len(arrived) == 50)
    assert {thread for thread, _ in arrived} == {threading.main_thread()}
    assert sorted(number for _, number in arrived) == list(range(50))
    tasks.stop()


def _here(result):
    return threading.current_thread(), result


def test_known_errors_are_told_and_cancelled_work_is_not(qtbot):
    tasks, told, done = Tasks(), [], []

    def fail(_task):
        raise InputError(Message("no such thing"))

    tasks.run(Message("fails"), fail, done.append, failed=lambda error: told.append(str(error)))
    dropped = tasks.run(Message("dropped"), lambda _task: 1, done.append)
    dropped.cancel()
    qtbot.waitUntil(lambda: not tasks.running)
    assert told == ["no such thing"]
    assert done == []
    tasks.stop()


def test_recovery_copy_is_written_offered_and_forgotten(session, tmp_path: Path):
    path = tmp_path / "mine.dsdesk"
    save(Project(name="mine"), path)
    session.documents.open(session.window, path)
    assert recovered() is None
    session.desk.apply(change_workload(Message("more"), sequences=7))
    session._autosave.write()
    lost = recovered()
    assert lost is not None
    assert lost.path == path
    assert lost.project.configuration.workload.sequences == 7
    assert lost.differences == ("model, workload or machine",)
    assert load(path).configuration.workload.sequences == 1
    assert session.documents.save(session.window)
    assert recovered() is None


def test_crash_report_leaves_out_what_the_user_typed(qapp):
    crashes = Crashes()
    trace = f'Traceback:\n  File "{Path.home()}/x.py"\nValueError: the price of Mr Zhao is 28000'
    report = crashes.report(trace)
    assert "28000" not in report
    assert "Zhao" not in report
    assert str(Path.home()) not in report
    assert "ValueError" in report
    crashes._fault_file.close()


def test_second_start_hands_its_files_over(qtbot, qapp, tmp_path):
    first = Instance()
    assert first.is_first()
    first.listen()
    second = Instance()
    assert not second.is_first()
    with qtbot.waitSignal(first.asked, timeout=3000) as heard:
        assert second.hand_over([tmp_path / "a.dsdesk"])
    assert heard.args == [[(tmp_path / "a.dsdesk").resolve()]]
    first.leave()


def test_recent_files_are_few_and_the_last_comes_first(session, tmp_path):
    for number in range(12):
        session.desk.remember(tmp_path / f"{number}.dsdesk")
    assert len(session.desk.settings.recent) == 10
    assert session.desk.settings.recent[0].endswith("11.dsdesk")
    session.desk.forget(tmp_path / "11.dsdesk")
    assert session.desk.settings.recent[0].endswith("10.dsdesk")
    session.desk.prefer(replace(session.desk.settings, recent=()))


def test_own_parts_that_cannot_be_read_are_put_aside_when_asked(qtbot, session, user_home, monkeypatch):
    own = user_home / "data" / "own.sqlite"
    own.parent.mkdir(parents=True, exist_ok=True)
    own.write_bytes(b"garbage")
    told, asked, agrees = [], [], [False, True]
    monkeypatch.setattr("dsdesk.ui.dialogs.ask.tell", lambda _parent, text: told.append(text))

    def confirm(_parent, text, _details, _accept):
        asked.append(text)
        return agrees.pop(0)

    monkeypatch.setattr("dsdesk.ui.dialogs.ask.confirm", confirm)
    session.open_catalog()
    settle(qtbot, session)
    assert own.read_bytes() == b"garbage"
    session.open_catalog()
    qtbot.waitUntil(lambda: bool(told) and not session.tasks.running, timeout=20_000)
    assert not own.exists()
    assert len(asked) == 2
    assert "own.sqlite" in asked[0]
    (aside,) = own.parent.glob("own-aside-*.sqlite")
    assert aside.read_bytes() == b"garbage"
    assert aside.name in told[-1]
    assert not session.desk.database.is_without_own


def test_a_project_s_name_becomes_the_name_of_one_file(monkeypatch, tmp_path):
    asked = []

    def answer(*given):
        asked.append(given[2])
        return "", ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", answer)
    ask.file_to_write(None, "Save", "方案1:个人 / Scheme 1.pdf", "*.pdf", ".pdf")
    assert asked == ["方案1-个人 - Scheme 1.pdf"]
