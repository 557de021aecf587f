"""Labels in the sizes of the type scale."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout

from dsdesk.ui.theme import FIGURE, SECTION, SMALL, TITLE, quiet, sized

_SIZES = 3  # a line may take, each a point smaller than the one before, until it is cut


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


class NamedText(QVBoxLayout):
    """A small heading with a sentence below it; without a sentence neither is seen.

    Attributes:
        heading: the label above.
        words: the label with the sentence.
    """

    def __init__(self, name: str = "") -> None:
        super().__init__()
        self.setSpacing(0)
        self.heading, self.words = caption(name), explanation()
        self.addWidget(self.heading)
        self.addWidget(self.words)

    def show_words(self, words: str, name: str | None = None) -> None:
        """Show a sentence, under another name where one is given."""
        if name is not None:
            self.heading.setText(name)
        self.words.setText(words)
        for label in (self.heading, self.words):
            label.setVisible(bool(words))


class ElidedLabel(QLabel):
    """One line that becomes smaller, then ends in dots where there is no room; it never pushes its neighbours."""

    def __init__(self, step: int, *, bold: bool = False, is_quiet: bool = False, sizes: int = _SIZES) -> None:
        super().__init__()
        self._sizes = sizes
        sized(self, step, bold=bold)
        if is_quiet:
            quiet(self)
        self.setForegroundRole(QPalette.ColorRole.WindowText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def whole_width(self) -> int:
        """Width at which nothing of the text is cut, in its smallest size [pixels]."""
        font = self.font()
        font.setPointSizeF(font.pointSizeF() - (self._sizes - 1))
        return QFontMetrics(font).horizontalAdvance(self.text()) + 1

    def minimumSizeHint(self) -> QSize:
        """Any width will do."""
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint as much as there is room for."""
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        font = self.font()
        for _size in range(self._sizes - 1):
            if QFontMetrics(font).horizontalAdvance(self.text()) <= self.width():
                break
            font.setPointSizeF(font.pointSizeF() - 1)
        painter.setFont(font)
        text = QFontMetrics(font).elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        painter.end()
