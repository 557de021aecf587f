"""A card: a quiet frame around things that belong together, and its clickable sister, the tile."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QAbstractButton, QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from dsdesk.ui.icons import icon
from dsdesk.ui.theme import RADIUS, SPACE, mixed
from dsdesk.ui.widgets.text import explanation, paragraph, section


class Card(QFrame):
    """A rounded frame.

    Attributes:
        header: row of the heading; add buttons to it.
        body: where its contents go.
    """

    def __init__(self, heading: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
        layout.setSpacing(SPACE + SPACE // 2)
        self.header = QHBoxLayout()
        self.header.setSpacing(SPACE)
        if heading:
            self.header.addWidget(section(heading), 1)
            layout.addLayout(self.header)
        self.body = QVBoxLayout()
        self.body.setSpacing(SPACE)
        layout.addLayout(self.body, 1)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint it."""
        palette = self.palette()
        draw_frame(self, palette.color(QPalette.ColorRole.Light), palette.color(QPalette.ColorRole.Mid))


def draw_frame(widget: QWidget, fill: QColor, line: QColor, width: float = 1.0) -> None:
    """Paint the rounded frame of a card over the whole of `widget`."""
    painter = QPainter(widget)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(line, width))
    painter.setBrush(fill)
    inset = width / 2
    painter.drawRoundedRect(QRectF(widget.rect()).adjusted(inset, inset, -inset, -inset), RADIUS, RADIUS)
    painter.end()


class Stacked(QWidget):
    """What stands in a scroll area: as high as its sentences need at the width that there is, and not higher.

    Qt would take the sentences' heights at their narrowest for the least, and scroll for nothing.
    """

    def minimumSizeHint(self) -> QSize:
        """The height follows from the width, where it does."""
        least = super().minimumSizeHint()
        return QSize(least.width(), 0) if self.hasHeightForWidth() else least


class Tile(QAbstractButton):
    """A card that can be chosen: drawing, heading, one or two sentences.

    Attributes:
        body: below the sentences, for more.
    """

    def __init__(self, drawing: str, heading: str, text: str = "", *, checkable: bool = True) -> None:
        super().__init__()
        self.setCheckable(checkable)
        self.setAccessibleName(heading)
        self.setAccessibleDescription(text)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setIcon(icon(drawing, self.palette().color(QPalette.ColorRole.Link)))
        self.setIconSize(QSize(24, 24))
        layout = self._layout = QHBoxLayout(self)
        layout.setContentsMargins(6 * SPACE, SPACE + SPACE // 2, 2 * SPACE, SPACE + SPACE // 2)
        self.body = QVBoxLayout()
        self.body.setSpacing(SPACE // 2)
        layout.addLayout(self.body)
        words = [section(heading), *([explanation(text)] if text else [])]
        for label in words:
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            self.body.addWidget(label)
        self.body.addStretch(1)

    def add_line(self, text: str) -> None:
        """One more sentence below."""
        label = paragraph(text)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.body.insertWidget(self.body.count() - 1, label)

    def sizeHint(self) -> QSize:
        """As large as its contents."""
        return self._layout.sizeHint()

    def hasHeightForWidth(self) -> bool:
        """Sentences wrap."""
        return True

    def heightForWidth(self, width: int) -> int:
        """What the wrapped sentences need."""
        return self._layout.heightForWidth(width)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint it."""
        palette = self.palette()
        accent, base = palette.color(QPalette.ColorRole.Highlight), palette.color(QPalette.ColorRole.Light)
        fill = base
        if self.isChecked():
            fill = mixed(base, accent, 0.12)
        elif self.underMouse() or self.isDown():
            fill = mixed(base, accent, 0.05)
        strong = self.isChecked() or self.hasFocus()
        line = accent if strong or self.underMouse() else palette.color(QPalette.ColorRole.Mid)
        draw_frame(self, fill, line, 2.0 if strong else 1.0)
        painter = QPainter(self)
        self.icon().paint(painter, 2 * SPACE, SPACE + SPACE // 2, 24, 24)
        painter.end()
