"""The rail of steps: each with its drawing and its state as shape, number and colour."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QPainter, QPalette
from PySide6.QtWidgets import (
    QFrame,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from dsdesk.ui.icons import pixmap
from dsdesk.ui.pages import Entry
from dsdesk.ui.pages.page import PageState, Progress
from dsdesk.ui.theme import RADIUS, SPACE, current, mixed, status_colour
from dsdesk.ui.widgets.badge import DRAWINGS, count_text, severity_colour
from dsdesk.ui.words import _

_STATE = Qt.ItemDataRole.UserRole + 1
_ENTRY = Qt.ItemDataRole.UserRole + 2
_ROW = 5 * SPACE
_WIDTH = 25 * SPACE


class Rail(QListWidget):
    """The list at the left.

    Signals:
        chosen: the name of the page to show.
    """

    chosen = Signal(str)

    def __init__(self, entries: Sequence[Entry], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(_("Steps"))
        self.setObjectName("rail")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setStyleSheet("#rail { border: none; border-radius: 0; padding-top: 8px; background: palette(window); }")
        self.setFixedWidth(_WIDTH)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setItemDelegate(_RailDelegate(self))
        self.setMouseTracking(True)
        self._items: dict[str, QListWidgetItem] = {}
        was_step = True
        for entry in entries:
            if was_step and not entry.is_step:
                self._add_gap()
            was_step = entry.is_step
            item = QListWidgetItem(_(entry.title))
            item.setData(_ENTRY, entry)
            item.setSizeHint(QSize(_WIDTH, _ROW))
            self.addItem(item)
            self._items[entry.name] = item
            self.show_state(entry.name, PageState())
        self.currentItemChanged.connect(self._choose)

    def _add_gap(self) -> None:
        gap = QListWidgetItem()
        gap.setFlags(Qt.ItemFlag.NoItemFlags)
        gap.setSizeHint(QSize(_WIDTH, 3 * SPACE))
        self.addItem(gap)

    def _choose(self, item: QListWidgetItem | None) -> None:
        if item is not None and (entry := item.data(_ENTRY)):
            self.chosen.emit(entry.name)

    def show_page(self, name: str) -> None:
        """Mark a page as the one in front."""
        if (item := self._items.get(name)) is not None:
            self.setCurrentItem(item)

    def show_state(self, name: str, state: PageState) -> None:
        """Show how far a step is."""
        item = self._items[name]
        item.setData(_STATE, state)
        said = _state_words(state)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{item.text()}, {said}" if said else item.text())
        item.setToolTip(said)


def _state_words(state: PageState) -> str:
    if state.worst is not None:
        return count_text(state.worst, state.count)
    return {Progress.DONE: _("done"), Progress.TODO: _("to do"), Progress.NONE: ""}[state.progress]


class _RailDelegate(QStyledItemDelegate):
    """Paints a line of the rail."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: "QModelIndex | QPersistentModelIndex"
    ) -> None:
        entry: Entry | None = index.data(_ENTRY)
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        palette = current().palette
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if entry is None:
            painter.setPen(palette.color(QPalette.ColorRole.Mid))
            painter.drawLine(rect.left() + 2 * SPACE, rect.center().y(), rect.right() - 2 * SPACE, rect.center().y())
            painter.restore()
            return
        is_selected = bool(state & QStyle.StateFlag.State_Selected)
        accent, window = palette.color(QPalette.ColorRole.Link), palette.color(QPalette.ColorRole.Window)
        frame = QRectF(rect).adjusted(SPACE, 2, -SPACE, -2)
        if is_selected or state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(mixed(window, accent, 0.16 if is_selected else 0.07))
            painter.drawRoundedRect(frame, RADIUS, RADIUS)
        if state & QStyle.StateFlag.State_HasFocus and is_selected:
            painter.setPen(accent)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(frame.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        text = palette.color(QPalette.ColorRole.WindowText)
        colour = accent if is_selected else mixed(text, window, 0.25)
        _draw(painter, entry.icon, colour.name(), rect.left() + 2 * SPACE + 4, rect.center().y())
        font = QFont(option.font)
        font.setBold(is_selected)
        painter.setFont(font)
        painter.setPen(text)
        words = rect.adjusted(6 * SPACE + 4, 0, -5 * SPACE, 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, index.data())
        _draw_state(painter, rect, index.data(_STATE))
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: "QModelIndex | QPersistentModelIndex") -> QSize:
        """As large as its contents."""
        del option
        size: QSize = index.data(Qt.ItemDataRole.SizeHintRole)
        return size


def _draw(painter: QPainter, drawing: str, colour: str, x: int, middle: int, size: int = 20) -> None:
    ratio = painter.device().devicePixelRatioF()
    picture = pixmap(drawing, colour, round(size * ratio))
    painter.drawPixmap(QRect(x, middle - size // 2, size, size), picture)


def _draw_state(painter: QPainter, rect: QRect, state: PageState | None) -> None:
    if state is None:
        return
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
    elif state.progress is Progress.TODO:
        colour = current().palette.color(QPalette.ColorRole.Dark)
        _draw(painter, "todo", colour.name(), right - 15, rect.center().y(), 16)
