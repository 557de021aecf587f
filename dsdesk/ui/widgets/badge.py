"""Severity as shape, word and colour together."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from dsdesk.checks.finding import Severity
from dsdesk.ui.icons import icon
from dsdesk.ui.theme import current, sized, status_colour
from dsdesk.ui.words import _

DRAWINGS = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.UNCHECKED: "unchecked",
    Severity.NOTE: "note",
}


def severity_colour(severity: Severity) -> QColor:
    """The colour of a severity; a note is quiet text."""
    if severity is Severity.NOTE:
        return current().palette.color(QPalette.ColorRole.PlaceholderText)
    return status_colour(DRAWINGS[severity])


def severity_word(severity: Severity) -> str:
    """The word of a severity."""
    return {
        Severity.ERROR: _("Error"),
        Severity.WARNING: _("Warning"),
        Severity.UNCHECKED: _("Not checked"),
        Severity.NOTE: _("Note"),
    }[severity]


def count_text(severity: Severity, count: int) -> str:
    """Such as "2 errors"."""
    return {
        Severity.ERROR: _("{count} errors", count=count) if count != 1 else _("1 error"),
        Severity.WARNING: _("{count} warnings", count=count) if count != 1 else _("1 warning"),
        Severity.UNCHECKED: _("{count} not checked", count=count),
        Severity.NOTE: _("{count} notes", count=count) if count != 1 else _("1 note"),
    }[severity]


class Badge(QWidget):
    """A drawing and a word in a status colour; `step` of the type scale."""

    def __init__(self, drawing: str = "", text: str = "", colour: QColor | None = None, step: int = 0) -> None:
        super().__init__()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        self._drawing, self._word = QLabel(), QLabel()
        sized(self._word, step, bold=True)
        layout.addWidget(self._drawing, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(self._word, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addStretch(1)
        if drawing:
            self.show_status(drawing, text, colour or current().palette.color(QPalette.ColorRole.WindowText))

    def show_status(self, drawing: str, text: str, colour: QColor) -> None:
        """Show this instead."""
        self._drawing.setPixmap(icon(drawing, colour).pixmap(QSize(18, 18)))
        self._word.setText(text)
        palette = self._word.palette()
        palette.setColor(QPalette.ColorRole.WindowText, colour)
        self._word.setPalette(palette)
        self.setAccessibleName(text)

    def show_severity(self, severity: Severity, text: str = "") -> None:
        """Show a severity, with its word unless another text is given."""
        self.show_status(DRAWINGS[severity], text or severity_word(severity), severity_colour(severity))

    def show_good(self, text: str) -> None:
        """Show that all is well."""
        self.show_status("good", text, status_colour("good"))
