"""Icons: line drawings in one stroke width, painted in a colour of the palette."""

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer

from dsdesk.base import assets
from dsdesk.ui.theme import current

_SIZES = (16, 24, 48)  # 48 serves 24, and 24 nearly 16, on screens of double density


@lru_cache
def _drawing(name: str) -> str:
    return assets.resource("icons", f"{name}.svg").read_text(encoding="utf-8")


@lru_cache(maxsize=512)
def pixmap(name: str, colour: str, size: int) -> QPixmap:
    """The drawing `name` in `colour` ("#rrggbb"), `size` pixels wide."""
    drawn = QPixmap(size, size)
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    QSvgRenderer(QByteArray(_drawing(name).replace("currentColor", colour).encode())).render(
        painter, QRectF(0, 0, size, size)
    )
    painter.end()
    return drawn


def icon(name: str, colour: QColor | None = None, *, in_table: bool = False) -> QIcon:
    """The drawing as an icon; without `colour` in the colour of text; `in_table` makes it light on a selected row."""
    palette = current().palette
    normal = colour or palette.color(QPalette.ColorRole.WindowText)
    made = QIcon()
    for size in _SIZES:
        made.addPixmap(pixmap(name, normal.name(), size), QIcon.Mode.Normal)
        if in_table:
            selected = palette.color(QPalette.ColorRole.HighlightedText)
            made.addPixmap(pixmap(name, selected.name(), size), QIcon.Mode.Selected)
    return made
