"""What a place says when there is nothing in it yet: what it is for and what to do."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from dsdesk.ui.icons import icon
from dsdesk.ui.theme import SPACE, current
from dsdesk.ui.widgets.text import explanation, section


class EmptyState(QWidget):
    """A drawing, a heading, a sentence and at most one button."""

    def __init__(
        self, drawing: str, heading: str, text: str, button: str = "", act: Callable[[], object] | None = None
    ) -> None:
        super().__init__()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4 * SPACE, 4 * SPACE, 4 * SPACE, 4 * SPACE)
        layout.setSpacing(SPACE)
        layout.addStretch(1)
        picture = QLabel()
        colour = current().palette.color(QPalette.ColorRole.PlaceholderText)
        picture.setPixmap(icon(drawing, colour).pixmap(QSize(48, 48)))
        self._heading, self._text = section(heading), explanation(text)
        self._heading.setWordWrap(True)
        for label in (picture, self._heading, self._text):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            layout.addWidget(label)
        if button and act:
            pressed = QPushButton(button)
            pressed.setProperty("look", "primary")
            pressed.clicked.connect(lambda _checked=False: act())
            layout.addSpacing(SPACE)
            layout.addWidget(pressed, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(2)

    def tell(self, heading: str, text: str) -> None:
        """Say something else."""
        self._heading.setText(heading)
        self._text.setText(text)
