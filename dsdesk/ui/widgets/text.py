"""Labels in the sizes of the type scale."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSizePolicy

from dsdesk.ui.theme import FIGURE, SECTION, SMALL, TITLE, quiet, sized


def title(text: str) -> QLabel:
    """The heading of a page."""
    label = QLabel(text)
    sized(label, TITLE, bold=True)
    return label


def section(text: str) -> QLabel:
    """The heading of a part of a page."""
    label = QLabel(text)
    sized(label, SECTION, bold=True)
    return label


def paragraph(text: str = "") -> QLabel:
    """Running text that wraps and can be selected."""
    label = QLabel(text)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    return label


def explanation(text: str = "") -> QLabel:
    """Running text that explains, in the quiet colour."""
    label = paragraph(text)
    quiet(label)
    return label


def caption(text: str = "") -> QLabel:
    """A small quiet line above or below a figure."""
    label = QLabel(text)
    sized(label, SMALL)
    quiet(label)
    return label


def figure(text: str = "") -> QLabel:
    """A number that people look for."""
    label = QLabel(text)
    sized(label, FIGURE, bold=True)
    return label
