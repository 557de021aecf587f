"""A drawing on the screen: as wide as there is room, each thing told to whoever points at it."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from dsdesk.charts.drawing import Box, Drawing, Joint, Tone
from dsdesk.ui.theme import SPACE, current, mixed, status_colour
from dsdesk.ui.words import say

_ROW = 3.4 * SPACE  # of a unit of height where a drawing is not to scale
_TALLEST = 46.0 * SPACE  # of a drawing to scale
_LEAST_TEXT = 1.6 * SPACE  # a box that is lower has no room for words


class DrawingView(QWidget):
    """Boxes and joints; a click on a thing of the plan tells its line.

    Signals:
        chosen: number of the line of the box that was clicked.
    """

    chosen = Signal(int)

    def __init__(self, name: str) -> None:
        super().__init__()
        self._drawing = Drawing(width=1, height=0)
        self.setMouseTracking(True)
        # Not fixed: that would be the height at the width that is first asked about.
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName(name)

    def show_drawing(self, drawing: Drawing) -> None:
        """Show another drawing."""
        self._drawing = drawing
        told = dict.fromkeys(_told(box) for box in drawing.boxes if box.line_no is not None)
        self.setAccessibleDescription("; ".join(told))
        self.updateGeometry()
        self.update()

    def hasHeightForWidth(self) -> bool:
        """A drawing to scale is the higher the wider it is."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Height at a width [pixels]."""
        return int(self._drawing.height * self._scales(width)[1]) + 2

    def sizeHint(self) -> QSize:
        """As high as it is at a usual width."""
        return QSize(60 * SPACE, self.heightForWidth(max(self.width(), 40 * SPACE)))

    def minimumSizeHint(self) -> QSize:
        """Narrow, and as high as it must be then."""
        return QSize(36 * SPACE, self.heightForWidth(max(self.width(), 36 * SPACE)))

    def area(self, box: Box) -> QRectF:
        """Where a box is painted [pixels]."""
        across, down = self._scales(self.width())
        return QRectF(box.x * across, box.y * down + 1, box.width * across, box.height * down)

    def _scales(self, width: int) -> tuple[float, float]:
        across = (width - 2) / self._drawing.width if self._drawing.width else 1.0
        if not self._drawing.to_scale:
            return across, _ROW
        both = min(across, _TALLEST / self._drawing.height) if self._drawing.height else across
        return both, both

    def _at(self, point: QPointF) -> Box | None:
        return next((box for box in reversed(self._drawing.boxes) if self.area(box).contains(point)), None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the line of what is clicked."""
        box = self._at(event.position())
        if box is not None and box.line_no is not None:
            self.chosen.emit(box.line_no)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell what lies under the mouse."""
        box = self._at(event.position())
        leads = box is not None and box.line_no is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if leads else Qt.CursorShape.ArrowCursor)
        QToolTip.showText(event.globalPosition().toPoint(), _told(box) if box else "", self)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frames = [box for box in self._drawing.boxes if box.tone is Tone.FRAME]
        for box in frames:
            self._box(painter, box)
        for joint in self._drawing.joints:
            self._joint(painter, joint)
        for box in self._drawing.boxes:
            if box.tone is not Tone.FRAME:
                self._box(painter, box)
        for joint in self._drawing.joints:
            self._label(painter, joint)
        painter.end()

    def _box(self, painter: QPainter, box: Box) -> None:
        palette, area = current().palette, self.area(box)
        text, pale = palette.color(QPalette.ColorRole.Text), palette.color(QPalette.ColorRole.PlaceholderText)
        if box.tone is not Tone.LABEL:
            pen, fill = _ink(box.tone)
            painter.setPen(pen)
            painter.setBrush(fill)
            painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        if box.text and area.height() >= _LEAST_TEXT:
            painter.setPen(pale if box.tone is Tone.PLACE else text)
            inside = area.adjusted(SPACE / 2, 0, -SPACE / 2, 0)
            words = painter.fontMetrics().elidedText(
                say(box.text), Qt.TextElideMode.ElideRight, int(inside.width())
            )  # fmt: skip
            painter.drawText(inside, Qt.AlignmentFlag.AlignCenter, words)

    def _joint(self, painter: QPainter, joint: Joint) -> None:
        palette = current().palette
        colour = palette.color(QPalette.ColorRole.Link if joint.thick else QPalette.ColorRole.PlaceholderText)
        painter.setPen(QPen(colour, 3.0 if joint.thick else 1.2))
        painter.drawLine(*self._ends(joint))

    def _ends(self, joint: Joint) -> tuple[QPointF, QPointF]:
        across, down = self._scales(self.width())
        start = QPointF(joint.x1 * across, joint.y1 * down + 1)
        return start, QPointF(joint.x2 * across, joint.y2 * down + 1)

    def _label(self, painter: QPainter, joint: Joint) -> None:
        """The words of a joint, on the ground of the card."""
        if not joint.text:
            return
        start, end = self._ends(joint)
        spot = start + (end - start) * joint.at
        words = say(joint.text)
        box = QRectF(painter.fontMetrics().boundingRect(words)).adjusted(-4, -1, 4, 1)
        box.moveCenter(spot)
        box.moveLeft(min(max(box.left(), 0.0), self.width() - box.width()))
        palette = current().palette
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(palette.color(QPalette.ColorRole.Light))
        painter.drawRoundedRect(box, 3, 3)
        painter.setPen(palette.color(QPalette.ColorRole.Text))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)


def _ink(tone: Tone) -> tuple[QPen, QColor]:
    """Outline and ground of a box."""
    palette = current().palette
    base, clear = palette.color(QPalette.ColorRole.Base), QColor(Qt.GlobalColor.transparent)
    if tone is Tone.FRAME:
        return QPen(palette.color(QPalette.ColorRole.Mid), 1.5), clear
    if tone is Tone.PLACE:
        return QPen(palette.color(QPalette.ColorRole.Mid), 1, Qt.PenStyle.DashLine), clear
    if tone is Tone.QUIET:
        ink = palette.color(QPalette.ColorRole.PlaceholderText)
        return QPen(ink, 1.2), mixed(ink, base, 0.86)
    ink = status_colour("error") if tone is Tone.WRONG else palette.color(QPalette.ColorRole.Link)
    return QPen(ink, 1.5), mixed(ink, base, 0.84)


def _told(box: Box) -> str:
    """Everything about a box in one line."""
    return ", ".join(dict.fromkeys(filter(None, map(say, box.told or (box.text,)))))
