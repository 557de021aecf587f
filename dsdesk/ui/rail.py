"""The rail of steps: each with its drawing and its state as shape, number and colour."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QSizePolicy, QVBoxLayout, QWidget

from dsdesk.ui.icons import pixmap
from dsdesk.ui.pages import Entry
from dsdesk.ui.pages.page import PageState, Progress
from dsdesk.ui.theme import RADIUS, SPACE, current, mixed, status_colour
from dsdesk.ui.widgets.badge import DRAWINGS, count_text, severity_colour
from dsdesk.ui.words import _

_ROW = 5 * SPACE
_TEXT_FROM, _TEXT_TO = 6 * SPACE + 4, 6 * SPACE + 4  # room for the drawing at the left and the state at the right


class Rail(QWidget):
    """The buttons at the left, of which one is pressed; the arrow keys go from one to the next.

    Signals:
        chosen: the name of the page to show.
    """

    chosen = Signal(str)

    def __init__(self, entries: Sequence[Entry], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(_("Steps"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, SPACE, 0, SPACE)
        layout.setSpacing(0)
        self._group = QButtonGroup(self)
        self._buttons: dict[str, _RailButton] = {}
        was_step = True
        for entry in entries:
            if was_step and not entry.is_step:
                layout.addWidget(_Gap())
            was_step = entry.is_step
            button = _RailButton(entry)
            self._group.addButton(button)
            button.toggled.connect(lambda is_on, name=entry.name: self.chosen.emit(name) if is_on else None)
            layout.addWidget(button)
            self._buttons[entry.name] = button
        layout.addStretch(1)
        self.setFixedWidth(max(button.sizeHint().width() for button in self._buttons.values()))

    def show_page(self, name: str) -> None:
        """Press the button of a page."""
        if (button := self._buttons.get(name)) is not None:
            button.setChecked(True)
            if any(one.hasFocus() for one in self._buttons.values()):
                button.setFocus()

    def show_state(self, name: str, state: PageState) -> None:
        """Show how far a step is."""
        self._buttons[name].show_state(state)


def _state_words(state: PageState) -> str:
    if state.worst is not None:
        return count_text(state.worst, state.count)
    return {Progress.DONE: _("done"), Progress.TO_DO: _("to do"), Progress.NONE: ""}[state.progress]


class _RailButton(QAbstractButton):
    def __init__(self, entry: Entry) -> None:
        super().__init__()
        self._drawing = entry.icon
        self._state = PageState()
        self.setObjectName(f"rail_{entry.name}")
        self.setText(_(entry.title))
        self.setAccessibleName(self.text())
        self.setCheckable(True)
        self.setFixedHeight(_ROW)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def show_state(self, state: PageState) -> None:
        self._state = state
        said = _state_words(state)
        self.setAccessibleDescription(said)
        self.setToolTip(said)
        self.update()

    def sizeHint(self) -> QSize:
        words = QFontMetrics(self._font(is_bold=True)).horizontalAdvance(self.text())
        return QSize(_TEXT_FROM + words + _TEXT_TO, _ROW)

    def _font(self, *, is_bold: bool) -> QFont:
        font = QFont(self.font())
        font.setBold(is_bold)
        return font

    def paintEvent(self, _event: QPaintEvent) -> None:
        palette, rect = current().palette, self.rect()
        accent, window = palette.color(QPalette.ColorRole.Link), palette.color(QPalette.ColorRole.Window)
        text = palette.color(QPalette.ColorRole.WindowText)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(rect).adjusted(SPACE, 2, -SPACE, -2)
        if self.isChecked() or self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(mixed(window, accent, 0.16 if self.isChecked() else 0.07))
            painter.drawRoundedRect(frame, RADIUS, RADIUS)
        if self.hasFocus():
            painter.setPen(accent)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(frame.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        colour = accent if self.isChecked() else mixed(text, window, 0.25)
        _draw(painter, self._drawing, colour.name(), rect.left() + 2 * SPACE + 4, rect.center().y())
        painter.setFont(self._font(is_bold=self.isChecked()))
        painter.setPen(text)
        words = rect.adjusted(_TEXT_FROM, 0, -_TEXT_TO, 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.text())
        _draw_state(painter, rect, self._state)
        painter.end()


class _Gap(QWidget):
    """The line between the steps and the pages that stand by."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(3 * SPACE)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(QPalette.ColorRole.Mid))
        middle = self.rect().center().y()
        painter.drawLine(2 * SPACE, middle, self.width() - 2 * SPACE, middle)
        painter.end()


def _draw(painter: QPainter, drawing: str, colour: str, x: int, middle: int, size: int = 20) -> None:
    ratio = painter.device().devicePixelRatioF()
    picture = pixmap(drawing, colour, round(size * ratio))
    painter.drawPixmap(QRect(x, middle - size // 2, size, size), picture)


def _draw_state(painter: QPainter, rect: QRect, state: PageState) -> None:
    right = rect.right() - 2 * SPACE
    if state.worst is not None:
        colour = severity_colour(state.worst)
        number = str(state.count)
        width = painter.fontMetrics().horizontalAdvance(number)
        painter.setPen(colour)
        area = QRect(right - width, rect.top(), width + 1, rect.height())
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, number)
        _draw(painter, DRAWINGS[state.worst], colour.name(), right - width - 20, rect.center().y(), 16)
    elif state.progress is Progress.DONE:
        _draw(painter, "good", status_colour("good").name(), right - 15, rect.center().y(), 16)
    elif state.progress is Progress.TO_DO:
        colour = current().palette.color(QPalette.ColorRole.Dark)
        _draw(painter, "todo", colour.name(), right - 15, rect.center().y(), 16)
