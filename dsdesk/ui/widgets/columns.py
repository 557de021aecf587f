"""Things side by side, as many in a row as there is room for."""

from collections.abc import Sequence

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLayout, QWidget

from dsdesk.ui.theme import SPACE


class Columns(QWidget):
    """Layouts or cards of equal standing; a narrow window puts the last of them into a row below."""

    def __init__(self, items: Sequence[QLayout | QWidget], spacing: int) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(spacing)
        self._grid.setVerticalSpacing(min(spacing, 2 * SPACE))
        self._items = [one if isinstance(one, QWidget) else _held(one) for one in items]
        self._columns = 0
        self._arrange(len(self._items))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As many abreast as keep their least width."""
        super().resizeEvent(event)
        numbers = range(len(self._items), 1, -1)
        self._arrange(next((number for number in numbers if self._least_width(number) <= self.width()), 1))

    def _least_width(self, columns: int) -> int:
        wide = [item.minimumSizeHint().width() for item in self._items]
        return sum(max(wide[at::columns]) for at in range(columns)) + (columns - 1) * self._grid.horizontalSpacing()

    def sizeHint(self) -> QSize:
        """All abreast, so that they stand so again once there is room."""
        return QSize(self._least_width(len(self._items)), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """One column must do."""
        return QSize(self._least_width(1), super().minimumSizeHint().height())

    def _arrange(self, columns: int) -> None:
        if columns == self._columns:
            return
        self._columns = columns
        for at, item in enumerate(self._items):
            self._grid.addWidget(item, at // columns, at % columns)
        for at in range(len(self._items)):
            self._grid.setColumnStretch(at, int(at < columns))
        self.updateGeometry()


def _held(layout: QLayout) -> QWidget:
    layout.setContentsMargins(0, 0, 0, 0)
    widget = QWidget()
    widget.setLayout(layout)
    return widget
