"""A slider over counts from one to thousands, by equal ratios: as fine among the few as among the many."""

from math import log2

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QSlider

_STEPS = 24  # a doubling
_ROUND = 100  # from here on tens are fine enough


class LoadSlider(QSlider):
    """Signals while it moves.

    Signals:
        moved: the count under the handle, when the user changed it.
    """

    moved = Signal(int)

    def __init__(self, most: int, name: str) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._shown = 1
        self.setRange(0, round(_STEPS * log2(most)))
        self.setPageStep(_STEPS)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.valueChanged.connect(self._tell)

    def count(self) -> int:
        """The count under the handle."""
        count = max(1, round(2 ** (self.value() / _STEPS)))
        return count if count < _ROUND else round(count, -1)

    def show_count(self, count: int) -> None:
        """Move the handle to a count, without a signal; counts beyond the end stand at the end."""
        self._shown = count
        with QSignalBlocker(self):
            self.setValue(round(_STEPS * log2(max(1, count))))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """A wheel turned over it scrolls the page."""
        event.ignore()

    def _tell(self, _value: int) -> None:
        if self.count() != self._shown:
            self._shown = self.count()
            self.moved.emit(self._shown)
