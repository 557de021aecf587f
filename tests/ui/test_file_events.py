"""A double-click on macOS."""

from pathlib import Path

from PySide6.QtCore import QEvent, QUrl
from PySide6.QtGui import QFileOpenEvent

from dsdesk.ui.file_events import FileEvents


def test_a_double_clicked_file_is_told_and_other_events_pass(qapp, tmp_path):
    path = tmp_path / "我的 project.dsdesk"
    path.touch()
    asked = []
    events = FileEvents(qapp)
    events.asked.connect(asked.append)
    qapp.sendEvent(qapp, QFileOpenEvent(QUrl.fromLocalFile(str(path))))
    qapp.sendEvent(qapp, QEvent(QEvent.Type.User))
    qapp.removeEventFilter(events)
    assert asked == [[Path(path)]]
