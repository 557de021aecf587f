"""The slots of a board as a picture: what sits where, the openings it covers, and how it is joined."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from dsdesk.charts.link_words import pcie
from dsdesk.charts.slots import SlotSketch
from dsdesk.ui.theme import SPACE, current, mixed, status_colour
from dsdesk.ui.words import _

_ROW = 5.0 * SPACE
_LABEL = 18.0 * SPACE
_HEAD = 4.0 * SPACE
_LONGEST = 16  # lanes of the longest connector


class SlotPicture(QWidget):
    """Slots by opening, the first on top; a click on a card tells its line.

    Signals:
        chosen: number of the line of the card that was clicked.
    """

    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._sketches: tuple[SlotSketch, ...] = ()
        self._links = ""
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(_("Slots of the machine"))

    def show_slots(self, sketches: tuple[SlotSketch, ...], links: str) -> None:
        """Show slots, and how the accelerators are joined in words."""
        self._sketches, self._links = sketches, links
        self.setAccessibleDescription("; ".join(filter(None, [links, *(_told(one) for one in sketches)])))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As high as its openings."""
        lowest = max((rect.bottom() for rect in self.areas()), default=_HEAD)
        return QSize(60 * SPACE, int(lowest + SPACE))

    def minimumSizeHint(self) -> QSize:
        """As high as its openings, and wide enough for a label and a card."""
        return QSize(45 * SPACE, self.sizeHint().height())

    def areas(self) -> tuple[QRectF, ...]:
        """Where each slot with its card is painted, in their order.

        An opening that a card covers stays free for it; slots of unknown position follow one another.
        """
        found: list[QRectF] = []
        free = 0
        for one in self._sketches:
            first = max(free, one.position - 1) if one.position is not None else free
            rows = max(1, one.covers or 1) if one.card else 1
            found.append(QRectF(SPACE, _HEAD + first * _ROW, self.width() - 2 * SPACE, rows * _ROW))
            free = first + (1 if one.position is not None else rows)
        return tuple(found)

    def _at(self, point: QPointF) -> SlotSketch | None:
        pairs = list(zip(self._sketches, self.areas(), strict=True))
        under = [one for one, area in pairs if area.contains(point)]
        return next((one for one in under if one.card), under[0] if under else None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the line of the card that is clicked."""
        one = self._at(event.position())
        if one is not None and one.line_no is not None:
            self.chosen.emit(one.line_no)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell what lies under the mouse."""
        one = self._at(event.position())
        is_card = one is not None and one.line_no is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if is_card else Qt.CursorShape.ArrowCursor)
        QToolTip.showText(event.globalPosition().toPoint(), _told(one) if one else "", self)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(current().palette.color(QPalette.ColorRole.Text))
        head = QRectF(SPACE, 0, self.width() - 2 * SPACE, _HEAD)
        painter.drawText(head, Qt.AlignmentFlag.AlignVCenter, self._links)
        pairs = list(zip(self._sketches, self.areas(), strict=True))
        for one, area in sorted(pairs, key=lambda pair: bool(pair[0].card)):
            self._slot(painter, one, area)
        painter.end()

    def _slot(self, painter: QPainter, one: SlotSketch, area: QRectF) -> None:
        palette = current().palette
        text, pale = palette.color(QPalette.ColorRole.Text), palette.color(QPalette.ColorRole.PlaceholderText)
        painter.setPen(pale)
        place = f"{one.position} · {one.label}" if one.position is not None else one.label or _("slot not known")
        label = QRectF(area.left(), area.top(), _LABEL - SPACE, _ROW)
        painter.drawText(label, Qt.AlignmentFlag.AlignVCenter, _cut(painter, place, label.width()))
        room = area.width() - _LABEL
        box = QRectF(area.left() + _LABEL, area.top() + 3, room, area.height() - 6)
        accent, base = palette.color(QPalette.ColorRole.Link), palette.color(QPalette.ColorRole.Base)
        if one.card:
            edge = status_colour("error") if one.seated is False else accent
            painter.setPen(QPen(edge, 1.5))
            painter.setBrush(mixed(edge, base, 0.84))
        else:
            painter.setPen(QPen(palette.color(QPalette.ColorRole.Mid), 1, Qt.PenStyle.DashLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            box.setWidth(room * min(1.0, max(0.3, one.lanes / _LONGEST)))
        painter.drawRoundedRect(box, 4, 4)
        inside = box.adjusted(SPACE, 0, -SPACE, 0)
        link = _link(one)
        wide = painter.fontMetrics().horizontalAdvance(link)
        painter.setPen(pale)
        painter.drawText(inside, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, link)
        painter.setPen(text if one.card else pale)
        name = _cut(painter, one.card or _("empty"), inside.width() - wide - SPACE)
        painter.drawText(inside, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)


def _cut(painter: QPainter, text: str, room: float) -> str:
    return painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(room))


def _link(one: SlotSketch) -> str:
    return _("no slot left") if one.seated is False else one.link_text


def _told(one: SlotSketch) -> str:
    """Everything about a slot in one line, for tooltips and for those who hear it."""
    said = [one.label, one.card or _("empty"), _link(one)]
    if one.card and one.link is not None:
        said.append(_("the slot gives {link}", link=pcie(one.link)))
    if one.card and one.covers:
        said.append(_("openings covered: {count}", count=one.covers))
    if one.from_cpu is False:
        said.append(_("lanes of the chipset"))
    if one.shared_with:
        said.append(_("shares lanes with {slot}", slot=one.shared_with))
    return ", ".join(filter(None, said))
