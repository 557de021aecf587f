"""Why a number is what it is: its formula with the numbers in, its source, and the terms it is made of."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase, QPalette
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from dsdesk.base.source import Why
from dsdesk.ui.theme import RADIUS, SPACE
from dsdesk.ui.widgets.text import caption, explanation, section
from dsdesk.ui.words import _, say


class WhyDialog(QDialog):
    """The explanation as an outline, each term below what it belongs to."""

    def __init__(self, parent: QWidget | None, why: Why) -> None:
        super().__init__(parent)
        self.setWindowTitle(say(why.title))
        inner = QWidget()
        layout = QVBoxLayout(inner)
        layout.setContentsMargins(3 * SPACE, 3 * SPACE, 3 * SPACE, SPACE)
        layout.setSpacing(SPACE)
        _add(layout, why, 0)
        layout.addStretch(1)
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inner)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 2 * SPACE)
        outer.addWidget(area)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        buttons.setContentsMargins(2 * SPACE, 0, 2 * SPACE, 0)
        outer.addWidget(buttons)
        self.resize(80 * SPACE, 60 * SPACE)


def _add(layout: QVBoxLayout, why: Why, depth: int) -> None:
    block = QWidget()
    inside = QVBoxLayout(block)
    inside.setContentsMargins(depth * 2 * SPACE, SPACE if depth == 1 else 0, 0, 0)
    inside.setSpacing(SPACE // 2)
    heading = section(say(why.title)) if depth == 0 else QLabel(say(why.title))
    if depth:
        font = heading.font()
        font.setBold(True)
        heading.setFont(font)
    heading.setWordWrap(True)
    inside.addWidget(heading)
    if why.formula:
        inside.addWidget(_formula(why.formula))
    if why.source:
        source = caption(_("Source: {source}", source=why.source))
        source.setWordWrap(True)
        source.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        inside.addWidget(source)
    layout.addWidget(block)
    for part in why.parts:
        _add(layout, part, depth + 1)


def _formula(text: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font = label.font()
    font.setFamilies([fixed.family(), *font.families()])
    label.setFont(font)
    label.setAutoFillBackground(True)
    label.setBackgroundRole(QPalette.ColorRole.AlternateBase)
    label.setMargin(int(RADIUS))
    return label


class ReasonDialog(QDialog):
    """Why there is no number."""

    def __init__(self, parent: QWidget | None, heading: str, reason: str) -> None:
        super().__init__(parent)
        self.setWindowTitle(heading)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * SPACE, 3 * SPACE, 3 * SPACE, 2 * SPACE)
        layout.setSpacing(2 * SPACE)
        layout.addWidget(section(heading))
        layout.addWidget(explanation(reason))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)
        self.setMinimumWidth(56 * SPACE)


def show_why(parent: QWidget, why: Why) -> None:
    """Open the explanation beside the window."""
    dialog = WhyDialog(parent.window(), why)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()


def show_reason(parent: QWidget, heading: str, reason: str) -> None:
    """Tell why there is no number."""
    dialog = ReasonDialog(parent.window(), heading, reason)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
