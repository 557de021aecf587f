"""A chart in its card: picture or table, legend, what the band means; copied as an image, exported as PNG, SVG, CSV."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QGuiApplication, QPaintDevice, QPainter, QPaintEvent, QPalette, QPen, QPixmap
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QMenu, QStackedWidget, QToolButton, QWidget

from dsdesk.base.errors import FileError
from dsdesk.base.message import N_, Message
from dsdesk.charts.spec import ChartSpec, Series
from dsdesk.ui.dialogs import ask
from dsdesk.ui.icons import icon
from dsdesk.ui.theme import SMALL, SPACE, current, quiet, sized
from dsdesk.ui.widgets.card import Card
from dsdesk.ui.widgets.chart_table import ChartRow, chart_columns, chart_csv, chart_rows
from dsdesk.ui.widgets.plot_look import DASHES, MARKS, series_colour
from dsdesk.ui.widgets.table import Table
from dsdesk.ui.widgets.text import explanation, section
from dsdesk.ui.words import _, say

if TYPE_CHECKING:
    from dsdesk.ui.widgets.plot import Plot

_HEIGHT = 34 * SPACE
_IN_ONE_ROW = 3  # names of a legend; more stand in two columns
_SHARPNESS = 2.0  # pixels of an exported image for one on the screen


class ChartCard(Card):
    """Shows one ChartSpec at a time."""

    def __init__(self, heading: str, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._spec: ChartSpec | None = None
        self._plot: Plot | None = None
        self._heading = section(heading)
        self._heading.setWordWrap(True)
        self.setAccessibleName(heading)
        row = QHBoxLayout()
        row.setSpacing(SPACE // 2)
        row.addWidget(self._heading, 1)
        self._as_table = _button("table", _("Show as a table"))
        self._as_table.setCheckable(True)
        self._as_table.toggled.connect(lambda _on: self._arrange())
        self._copy = _button("copy", _("Copy the image"))
        self._copy.clicked.connect(self.copy_image)
        self._export = _button("export", _("Export"))
        self._export.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self._export)
        menu.addAction(_("Image (PNG)…"), self._ask_png)
        menu.addAction(_("Drawing (SVG)…"), self._ask_svg)
        menu.addAction(_("Values (CSV)…"), self._ask_csv)
        self._export.setMenu(menu)
        for button in (self._as_table, self._copy, self._export):
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(row)
        self._legend = Legend()
        self.body.addWidget(self._legend)
        self._stack = QStackedWidget()
        self._stack.setFixedHeight(_HEIGHT)
        self._told = explanation(_("Being worked out…"))
        self._told.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack.addWidget(self._told)
        self.body.addWidget(self._stack)
        self._note = explanation()
        sized(self._note, SMALL)
        self.body.addWidget(self._note)
        self.body.addStretch(1)
        self._table: Table[ChartRow] | None = None
        self._arrange()

    # ------------------------------------------------------------------------------------------------------ showing

    def show_spec(self, spec: ChartSpec) -> None:
        """Show this chart, or why there is none."""
        if spec == self._spec:
            return
        self._spec = spec
        self._heading.setText(say(spec.title))
        self.setAccessibleName(say(spec.title))
        self._note.setText(say(spec.note))
        self._legend.show_series(spec.series if spec.empty is None else ())
        self._drop_table()
        if spec.empty is None:
            self._shown_plot().show_spec(spec)
        else:
            self._told.setText(say(spec.empty))
        self._arrange()

    @property
    def spec(self) -> ChartSpec | None:
        """What is shown, None before the first."""
        return self._spec

    def _shown_plot(self) -> "Plot":
        if self._plot is None:
            from dsdesk.ui.widgets.plot import Plot

            self._plot = Plot()
            self._stack.addWidget(self._plot)
        return self._plot

    def _drop_table(self) -> None:
        if self._table is not None:
            self._stack.removeWidget(self._table)
            self._table.deleteLater()
            self._table = None

    def _shown_table(self, spec: ChartSpec) -> Table[ChartRow]:
        if self._table is None:
            self._table = Table(_("{chart} as a table", chart=say(spec.title)), chart_columns(spec))
            self._table.show_rows(chart_rows(spec))
            self._stack.addWidget(self._table)
        return self._table

    def _arrange(self) -> None:
        spec = self._spec
        has_chart = spec is not None and spec.empty is None
        for button in (self._as_table, self._copy, self._export):
            button.setEnabled(has_chart)
        self._note.setVisible(has_chart and bool(self._note.text()))
        if not has_chart:
            self._stack.setCurrentWidget(self._told)
        elif spec is not None and self._as_table.isChecked():
            self._stack.setCurrentWidget(self._shown_table(spec))
        elif self._plot is not None:
            self._stack.setCurrentWidget(self._plot)

    # ---------------------------------------------------------------------------------------------- image and values

    def image(self) -> QPixmap:
        """Heading, legend, picture and note on the ground of the card."""
        drawn = QPixmap(self._size() * _SHARPNESS)
        drawn.setDevicePixelRatio(_SHARPNESS)
        self._paint_on(drawn)
        return drawn

    def write_svg(self, path: Path) -> bool:
        """The same picture as lines and letters, for documents that are enlarged; False where it cannot be written."""
        from PySide6.QtSvg import QSvgGenerator

        held = QBuffer()
        drawn = QSvgGenerator()
        drawn.setOutputDevice(held)
        drawn.setSize(self._size())
        drawn.setViewBox(QRect(QPoint(0, 0), self._size()))
        drawn.setTitle(self._heading.text())
        self._paint_on(drawn)
        return path.write_bytes(held.data().data()) > 0

    def _parts(self) -> list[QWidget]:
        return [one for one in (self._heading, self._legend, self._stack, self._note) if one.isVisibleTo(self)]

    def _size(self) -> QSize:
        return QSize(self._stack.width() + 4 * SPACE, 4 * SPACE + sum(one.height() + SPACE for one in self._parts()))

    def _paint_on(self, ground: QPaintDevice) -> None:
        painter = QPainter(ground)
        painter.fillRect(QRect(QPoint(0, 0), self._size()), current().palette.color(QPalette.ColorRole.Light))
        y = 2 * SPACE
        for one in self._parts():
            one.render(painter, QPoint(2 * SPACE, y), renderFlags=QWidget.RenderFlag.DrawChildren)
            y += one.height() + SPACE
        painter.end()

    def copy_image(self) -> None:
        """Put the image on the clipboard."""
        QGuiApplication.clipboard().setPixmap(self.image())

    def _ask_png(self) -> None:
        patterns = _("Images") + " (*.png)"
        if path := ask.file_to_write(self, _("Export the chart"), self._suggested(".png"), patterns, ".png"):
            self._told_write(path, lambda: self.image().save(str(path), "PNG"))

    def _ask_svg(self) -> None:
        patterns = _("Drawings") + " (*.svg)"
        if path := ask.file_to_write(self, _("Export the chart"), self._suggested(".svg"), patterns, ".svg"):
            self._told_write(path, lambda: self.write_svg(path))

    def _ask_csv(self) -> None:
        patterns = _("Tables") + " (*.csv)"
        if path := ask.file_to_write(self, _("Export the values"), self._suggested(".csv"), patterns, ".csv"):
            self.write_csv(path)

    def write_csv(self, path: Path) -> None:
        """Write the values; a byte order mark lets spreadsheets read Chinese headings."""
        if self._spec is not None:
            content = chart_csv(self._spec)
            self._told_write(path, lambda: bool(path.write_text(content, encoding="utf-8-sig", newline="")))

    def _told_write(self, path: Path, write: Callable[[], bool]) -> None:
        try:
            done = write()
        except OSError:
            done = False
        if not done:
            text = Message(N_("{file} cannot be written. Choose another folder."), file=str(path))
            ask.tell_error(self, FileError(text))

    def _suggested(self, suffix: str) -> str:
        return f"{self._spec.key if self._spec else 'chart'}{suffix}"


def _button(drawing: str, words: str) -> QToolButton:
    button = QToolButton()
    button.setIcon(icon(drawing))
    button.setAutoRaise(True)
    button.setToolTip(words)
    button.setAccessibleName(words)
    return button


class Legend(QWidget):
    """The names of the series beside their lines; hidden where there is only one without a band to explain."""

    def __init__(self) -> None:
        super().__init__()
        self._layout = QGridLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setHorizontalSpacing(2 * SPACE)
        self._layout.setVerticalSpacing(SPACE // 2)

    def show_series(self, series: tuple[Series, ...]) -> None:
        """Name these."""
        while (item := self._layout.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.setVisible(len(series) > 1)
        if len(series) <= 1:
            return
        columns = len(series) if len(series) <= _IN_ONE_ROW else 2
        for position, one in enumerate(series):
            self._layout.addWidget(_entry(position, one), *divmod(position, columns))
        self._layout.setColumnStretch(_IN_ONE_ROW, 1)


def _entry(position: int, series: Series) -> QWidget:
    entry = QWidget()
    row = QHBoxLayout(entry)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(6)
    row.addWidget(_Key(position, series.style))
    words = QLabel(say(series.label))
    words.setToolTip(series.source)
    sized(words, SMALL)
    quiet(words)
    row.addWidget(words)
    return entry


class _Key(QWidget):
    """A piece of the line, or a square of the bars."""

    def __init__(self, position: int, style: str) -> None:
        super().__init__()
        self._position, self._style = position, style
        self.setFixedSize(22 if style == "line" else 12, 14)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint it."""
        colour = series_colour(self._position)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = self.height() // 2
        if self._style == "line":
            painter.setPen(QPen(colour, 2, DASHES[self._position % len(DASHES)]))
            painter.drawLine(0, middle, self.width(), middle)
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            self._paint_mark(painter, QRect(1, middle - 5, 10, 10))
        painter.end()

    def _paint_mark(self, painter: QPainter, square: QRect) -> None:
        mark = MARKS[self._position % len(MARKS)] if self._style == "points" else "s"
        if mark == "o":
            painter.drawEllipse(square)
        elif mark == "s":
            painter.drawRect(square)
        else:
            x, y, side = square.x(), square.y(), square.width()
            down = [QPoint(x, y), QPoint(x + side, y), QPoint(x + side // 2, y + side)]
            half = side // 2
            diamond = [QPoint(x + half, y), QPoint(x + side, y + half), QPoint(x + half, y + side), QPoint(x, y + half)]
            painter.drawPolygon(down if mark == "t" else diamond)
