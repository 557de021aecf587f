"""What stands in other people's files is text, never markup: an image in it would open a file, or a network share."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox, QToolTip, QWidget

from dsdesk.ui.application import dress
from dsdesk.ui.settings import Settings, ThemeChoice


@pytest.fixture
def markup(qapp, tmp_path):
    dress(qapp, Settings(theme=ThemeChoice.LIGHT))
    image = QImage(900, 900, QImage.Format.Format_RGB32)
    image.save(str(tmp_path / "p.png"))
    return f'<img src="{tmp_path}/p.png"><b>Alpha</b>'


def test_labels_and_messages_show_it_as_it_is(qtbot, markup):
    window = QWidget()
    qtbot.addWidget(window)
    label, later = QLabel(markup, window), QLabel(window)
    box = QMessageBox(QMessageBox.Icon.Warning, "dsdesk", markup, parent=window)
    box.setInformativeText(markup)
    window.show()
    box.open()
    later.setText(markup)
    shown = [label, later, *(one for one in box.findChildren(QLabel) if one.text())]
    assert len(shown) == 4
    assert {one.textFormat() for one in shown} == {Qt.TextFormat.PlainText}
    assert max(one.sizeHint().height() for one in shown) < 300
    box.close()


@pytest.mark.qt_log_ignore("This plugin does not support raise")
def test_tips_show_it_as_it_is(qtbot, markup):
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    QToolTip.showText(QPoint(10, 10), markup, window)
    (tip,) = [one for one in QApplication.topLevelWidgets() if one.inherits("QTipLabel")]
    assert isinstance(tip, QLabel)
    assert tip.textFormat() is Qt.TextFormat.PlainText
    assert tip.height() < 300
    QToolTip.hideText()
