"""Memory as a bar by part: what the model takes of what there is."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from dsdesk.base.units import best_bytes
from dsdesk.ui.theme import SPACE, current, mixed, status_colour
from dsdesk.ui.widgets.text import caption
from dsdesk.ui.words import _

if TYPE_CHECKING:
    from dsdesk.sizing.results import MemoryNeed


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of the bar: what it is, its bytes and its colour."""

    word: str
    value: float
    colour: QColor


def segments_of(need: "MemoryNeed") -> tuple[Segment, ...]:
    """The parts of a need, from the largest thought to the smallest."""
    accent = current().palette.color(QPalette.ColorRole.Link)
    base = current().palette.color(QPalette.ColorRole.Base)
    if need.optimiser_bytes:
        return (
            Segment(_("Weights"), need.weights_bytes, accent),
            Segment(_("Gradients"), need.gradient_bytes, mixed(accent, base, 0.24)),
            Segment(_("Optimiser states"), need.optimiser_bytes, mixed(accent, base, 0.44)),
            Segment(_("Activations"), need.activation_bytes, mixed(accent, base, 0.62)),
            Segment(_("Runtime"), need.runtime_bytes, mixed(accent, base, 0.78)),
        )
    return (
        Segment(_("Weights"), need.weights_bytes, accent),
        Segment(_("KV cache"), need.kv_cache_bytes, mixed(accent, base, 0.38)),
        Segment(_("Activations"), need.activation_bytes, mixed(accent, base, 0.62)),
        Segment(_("Runtime"), need.runtime_bytes, mixed(accent, base, 0.78)),
    )


_MOST_PARTS = 5  # of a model that is fine-tuned


class MemoryBar(QWidget):
    """The painted bar. A mark shows where the memory there is ends; what stands beyond is in the colour of errors."""

    def __init__(self, height: int = 14) -> None:
        super().__init__()
        self._segments: tuple[Segment, ...] = ()
        self._available: int | None = None
        self._height = height
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(_("Memory"))

    def show_need(self, need: "MemoryNeed | None", available: int | None) -> None:
        """Show `need` against what there is; None for either where it is not known."""
        self._segments = segments_of(need) if need else ()
        self._available = available
        said = [f"{one.word} {best_bytes(one.value).text()}" for one in self._segments]
        if available:
            said.append(_("of {available}", available=best_bytes(available)))
        self.setAccessibleDescription(", ".join(said))
        self.setToolTip("\n".join(said))
        self.update()

    def sizeHint(self) -> QSize:
        """As large as its contents."""
        return QSize(160, self._height)

    def minimumSizeHint(self) -> QSize:
        """As small as its contents can be."""
        return QSize(80, self._height)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        palette = self.palette()
        painter.setPen(QPen(palette.color(QPalette.ColorRole.Mid), 1))
        painter.setBrush(palette.color(QPalette.ColorRole.Midlight))
        painter.drawRoundedRect(area, 4, 4)
        total = sum(one.value for one in self._segments)
        whole = max(total, self._available or 0)
        if whole:
            self._paint_parts(painter, area, whole)
            if self._available and total > self._available:
                self._paint_overflow(painter, area, self._available / whole)
        painter.end()

    def _paint_parts(self, painter: QPainter, area: QRectF, whole: float) -> None:
        x = area.left()
        painter.setPen(QPen(palette_line(), 0))
        for one in self._segments:
            width = area.width() * one.value / whole
            painter.fillRect(QRectF(x, area.top() + 1, max(0.0, width - 1), area.height() - 1), one.colour)
            x += width

    def _paint_overflow(self, painter: QPainter, area: QRectF, share: float) -> None:
        x = area.left() + area.width() * share
        colour = status_colour("error")
        beyond = QColor(colour)
        beyond.setAlphaF(0.55)
        painter.fillRect(QRectF(x, area.top() + 1, area.right() - x, area.height() - 1), beyond)
        painter.fillRect(QRectF(x - 1, area.top() - 1, 3, area.height() + 2), colour)


def palette_line() -> QColor:
    """The colour of the line between two pieces."""
    return current().palette.color(QPalette.ColorRole.Base)


class MemoryLegend(QWidget):
    """The bar with its parts named below, each with its size."""

    def __init__(self, columns: int = 4) -> None:
        super().__init__()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE)
        self._bar = MemoryBar(20)
        layout.addWidget(self._bar)
        grid = QGridLayout()
        grid.setHorizontalSpacing(SPACE)
        grid.setVerticalSpacing(SPACE // 2)
        layout.addLayout(grid)
        self._labels: list[tuple[QLabel, QLabel]] = []
        for position in range(_MOST_PARTS):
            square, words = QLabel(), caption()
            square.setFixedSize(10, 10)
            square.setAutoFillBackground(True)
            row, column = divmod(position, columns)
            grid.addWidget(square, row, 2 * column)
            grid.addWidget(words, row, 2 * column + 1)
            grid.setColumnStretch(2 * column + 1, 1)
            self._labels.append((square, words))

    def show_need(self, need: "MemoryNeed | None", available: int | None) -> None:
        """Show `need` against what there is."""
        self._bar.show_need(need, available)
        segments = segments_of(need) if need is not None else ()
        for position, (square, words) in enumerate(self._labels):
            square.setVisible(position < len(segments))
            words.setVisible(position < len(segments))
        for (square, words), one in zip(self._labels, segments, strict=False):
            palette = square.palette()
            palette.setColor(QPalette.ColorRole.Window, one.colour)
            square.setPalette(palette)
            words.setText(f"{one.word} {best_bytes(one.value).text()}")
