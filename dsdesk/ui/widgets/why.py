"""Numbers that can be asked why: a figure in the strip or on a card opens the formula it came from."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from dsdesk.base.source import Why
from dsdesk.ui.icons import icon
from dsdesk.ui.theme import FIGURE, RADIUS, SMALL, SPACE, current
from dsdesk.ui.widgets.text import ElidedLabel, caption
from dsdesk.ui.words import _


class WhyButton(QToolButton):
    """A small question mark that opens the explanation of a number; hidden while there is none."""

    def __init__(self, number: str) -> None:
        super().__init__()
        self.setIcon(icon("why", current().palette.color(QPalette.ColorRole.PlaceholderText)))
        self.setIconSize(QSize(16, 16))
        self.setAutoRaise(True)
        self.setAccessibleName(_("Why: {number}", number=number))
        self.setToolTip(_("How this number comes about"))
        self._why: Why | None = None
        self.hide()
        self.clicked.connect(self._explain)

    def explain_with(self, why: Why | None) -> None:
        """Open this explanation from now on."""
        self._why = why
        self.setVisible(why is not None)

    def _explain(self) -> None:
        from dsdesk.ui.dialogs.why import show_why

        if self._why is not None:
            show_why(self, self._why)


class FigureCell(QAbstractButton):
    """A caption, a figure and a detail that together are a button.

    Signals:
        asked: the user wants to know more.

    Attributes:
        body: below the detail, for more.
    """

    asked = Signal()

    def __init__(self, name: str, *, keeps_figure: bool = False) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._keeps_figure = keeps_figure
        self._name = name
        self._caption, self._figure = ElidedLabel(SMALL, is_quiet=True, sizes=1), ElidedLabel(FIGURE, bold=True)
        self._detail = ElidedLabel(SMALL, is_quiet=True, sizes=2)
        self._caption.setText(name)
        self._figure.setText("–")
        layout = self._layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE, SPACE // 2, SPACE, SPACE // 2)
        layout.setSpacing(1)
        layout.addWidget(self._caption)
        self.row = QHBoxLayout()
        self.row.setSpacing(SPACE)
        self.row.addWidget(self._figure, 1)
        layout.addLayout(self.row)
        layout.addWidget(self._detail)
        self.body = QVBoxLayout()
        layout.addLayout(self.body)
        layout.addStretch(1)
        self.setAccessibleName(name)
        self.clicked.connect(self.asked)

    def tell(self, number: str, detail: str = "", tip: str = "") -> None:
        """Show a number and what stands below it."""
        self._figure.setText(number)
        if self._keeps_figure:  # a number that is cut says another number
            margins = self._layout.contentsMargins()
            whole = max(self._figure.whole_width(), self._caption.whole_width())
            self.setMinimumWidth(whole + margins.left() + margins.right())
        self._detail.setText(detail)
        self.setToolTip(tip or detail)
        self.setAccessibleDescription(f"{number}. {detail}")

    def put_instead(self, widget: QWidget) -> None:
        """Show a widget in place of the figure, as high as the figure so that lines stay level with those beside."""
        widget.setFixedHeight(self._figure.sizeHint().height())
        self.row.insertWidget(0, widget)
        self._figure.hide()

    def sizeHint(self) -> QSize:
        """As large as its contents."""
        return self._layout.sizeHint()

    def minimumSizeHint(self) -> QSize:
        """As small as its contents can be."""
        return self._layout.minimumSize()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint it."""
        if not (self.underMouse() or self.hasFocus()):
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = self.palette()
        line = palette.color(QPalette.ColorRole.Highlight if self.hasFocus() else QPalette.ColorRole.Mid)
        painter.setPen(line)
        painter.setBrush(palette.color(QPalette.ColorRole.AlternateBase))
        painter.drawRoundedRect(self.rect().adjusted(2, 2, -3, -3), RADIUS, RADIUS)
        painter.end()


def labelled(name: str, value: QLabel, button: WhyButton | None = None) -> QWidget:
    """A caption above a figure, with its question mark."""
    both = QWidget()
    layout = QVBoxLayout(both)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    layout.addWidget(caption(name))
    row = QHBoxLayout()
    row.setSpacing(SPACE // 2)
    row.addWidget(value)
    if button is not None:
        row.addWidget(button)
    row.addStretch(1)
    layout.addLayout(row)
    return both
