"""A ChartSpec on the screen, painted by pyqtgraph. Imported when the first chart is shown.

Logarithms are taken here and ticks are set by hand, so that bars, bands and lines across all obey the same axes. A
chart over categories lies on its side: names are read from left to right, whatever their length.
"""

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QColor, QCursor, QFontMetrics, QPalette, QWheelEvent
from PySide6.QtWidgets import QApplication, QToolTip, QVBoxLayout, QWidget

from dsdesk.base.units import format_number
from dsdesk.charts.spec import ChartSpec, Series
from dsdesk.ui.theme import SPACE, current, mixed, status_colour
from dsdesk.ui.widgets.plot_look import (
    DASHES,
    MARKS,
    Point,
    Scale,
    axis_title,
    exact_text,
    placed,
    points_of,
    scale,
    series_colour,
)
from dsdesk.ui.words import say

_BAND = 0.16
_BARS = 0.72
_NEAR_PX = 60.0
_ABOVE_LINES = 10.0
_ABOVE, _ABOVE_LOG = 1.06, 1.6  # times the height of a line across, for its name above it
_LABEL_ROOM = 0.13  # of the height of all bars, for the name of each line across

pg.setConfigOptions(antialias=True)


class Plot(QWidget):
    """The painted chart; pointing at it tells the exact values of what is nearest."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        palette = current().palette
        self._view = pg.PlotWidget(background=palette.color(QPalette.ColorRole.Light), enableMenu=False)
        self._view.setMenuEnabled(False)
        self._view.setMouseEnabled(x=False, y=False)
        self._view.hideButtons()
        self._view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._view.setFrameShape(pg.PlotWidget.Shape.NoFrame)
        self._view.viewport().installEventFilter(self)
        self._view.scene().sigMouseMoved.connect(self._point_at)
        layout.addWidget(self._view)
        self._item: Any = self._view.getPlotItem()
        self._spec: ChartSpec | None = None
        self._places: list[tuple[Point, float, float]] = []
        self._ring: Any = None
        self._dress(palette)

    def _dress(self, palette: QPalette) -> None:
        text, line = palette.color(QPalette.ColorRole.PlaceholderText), palette.color(QPalette.ColorRole.Mid)
        for side in ("left", "bottom"):
            axis = self._item.getAxis(side)
            axis.setStyle(tickFont=QApplication.font(), tickLength=-4, autoExpandTextSpace=True)
            axis.setPen(pg.mkPen(line))
            axis.setTextPen(pg.mkPen(text))
            axis.enableAutoSIPrefix(False)
            axis.setZValue(-1000)  # its grid lies below the bars
        self._item.layout.setContentsMargins(SPACE, SPACE, 2 * SPACE, SPACE // 2)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Leave the wheel to the page, and forget the ring when the mouse goes."""
        if isinstance(event, QWheelEvent):
            event.ignore()
            return True
        if event.type() is QEvent.Type.Leave:
            self._forget_ring()
        return super().eventFilter(watched, event)

    # ------------------------------------------------------------------------------------------------------ drawing

    def show_spec(self, spec: ChartSpec) -> None:
        """Draw this chart instead."""
        self._item.clear()
        self._ring = None
        self._spec = spec
        lies = bool(spec.x.categories)
        self._places = [(point, *self._place(point)) for point in points_of(spec)]
        if lies:
            self._draw_bars(spec)
        else:
            self._draw_curves(spec)
        self._draw_thresholds(spec, lies=lies)
        self._set_axes(spec, lies=lies)
        self.setAccessibleName(say(spec.title))
        self.setAccessibleDescription(" · ".join(say(one.label) for one in spec.series))

    def _place(self, point: Point) -> tuple[float, float]:
        spec = self._spec
        assert spec is not None
        if spec.x.categories:
            return self._end_of_bar(spec, point), -self._row(spec, point)
        return placed(point.x, log=spec.x.log), placed(point.y, log=spec.y.log)

    def _end_of_bar(self, spec: ChartSpec, point: Point) -> float:
        if not spec.stacked:
            return placed(point.y, log=spec.y.log)
        below = (_at(series, point.x) for series in spec.series[: point.series])
        return sum(below) + point.y / 2

    def _row(self, spec: ChartSpec, point: Point) -> float:
        if spec.stacked:
            return point.x
        each = _BARS / len(spec.series)
        return point.x + (point.series - (len(spec.series) - 1) / 2) * each

    def _draw_curves(self, spec: ChartSpec) -> None:
        for position, series in enumerate(spec.series):
            if series.low and series.high and series.style == "line":
                self._draw_band(spec, position, series)
        for position, series in enumerate(spec.series):
            colour = series_colour(position)
            xs = [placed(x, log=spec.x.log) for x in series.x]
            ys = [placed(y, log=spec.y.log) for y in series.y]
            mark = {"symbol": MARKS[position % len(MARKS)], "symbolBrush": colour, "symbolPen": None}
            if series.style == "points":
                curve = pg.PlotDataItem(xs, ys, pen=None, symbolSize=9, **mark)
            else:
                pen = pg.mkPen(colour, width=2, style=DASHES[position % len(DASHES)])
                curve = pg.PlotDataItem(xs, ys, pen=pen, symbolSize=6, **mark)
            self._item.addItem(curve)

    def _draw_band(self, spec: ChartSpec, position: int, series: Series) -> None:
        xs = [placed(x, log=spec.x.log) for x in series.x]
        edges = [
            pg.PlotCurveItem(xs, [placed(y, log=spec.y.log) for y in edge], pen=None)
            for edge in (series.low, series.high)
        ]
        colour = series_colour(position)
        colour.setAlphaF(_BAND)
        self._item.addItem(pg.FillBetweenItem(edges[0], edges[1], brush=pg.mkBrush(colour)))

    def _draw_bars(self, spec: ChartSpec) -> None:
        begin = [0.0] * len(spec.x.categories)
        height = _BARS if spec.stacked else _BARS / len(spec.series)
        for position, series in enumerate(spec.series):
            colour = series_colour(position)
            if not spec.stacked:  # the bar of an interval has to be seen on it
                colour = mixed(colour, current().palette.color(QPalette.ColorRole.Light), 0.4)
            points = [point for point in points_of(spec) if point.series == position]
            rows = [-self._row(spec, point) for point in points]
            starts = [begin[round(point.x)] if spec.stacked else 0.0 for point in points]
            self._item.addItem(
                pg.BarGraphItem(
                    x0=starts, y=rows, height=height * 0.92, width=list(series.y), brush=colour, pen=pg.mkPen(None)
                )
            )
            for point in points:
                begin[round(point.x)] += point.y
            if not spec.stacked:
                self._write_values(points, rows)
        if spec.stacked:
            for row, total in enumerate(begin):
                self._write(total, -row, format_number(total))

    def _write_values(self, points: list[Point], rows: list[float]) -> None:
        line = current().palette.color(QPalette.ColorRole.Text)
        for point, row in zip(points, rows, strict=True):
            if point.y == 0:
                continue  # nothing stands there, and many such would hide one another
            if point.low is not None and point.high is not None:
                self._item.addItem(
                    pg.ErrorBarItem(
                        x=_array(point.y), y=_array(row), left=_array(point.y - point.low),
                        right=_array(point.high - point.y), beam=0.16, pen=pg.mkPen(line, width=1),
                    )
                )  # fmt: skip
            end = point.y if point.high is None else max(point.y, point.high)
            self._write(end, row, format_number(point.y))

    def _write(self, x: float, y: float, text: str) -> None:
        palette = current().palette
        ground = palette.color(QPalette.ColorRole.Light)
        written = pg.TextItem(text, color=palette.color(QPalette.ColorRole.Text), anchor=(-0.08, 0.5), fill=ground)
        written.setFont(QApplication.font())
        written.setZValue(_ABOVE_LINES)
        self._item.addItem(written)
        written.setPos(x, y)

    def _draw_thresholds(self, spec: ChartSpec, *, lies: bool) -> None:
        colour = status_colour("warning")
        for number, threshold in enumerate(spec.thresholds):
            line = pg.InfiniteLine(
                placed(threshold.y, log=spec.y.log),
                angle=90 if lies else 0,
                pen=pg.mkPen(colour, width=1.5, style=Qt.PenStyle.DashLine if number else Qt.PenStyle.SolidLine),
                label=f"{say(threshold.label)} {format_number(threshold.y)}",
                labelOpts=_label_place(colour, number, lies=lies),
            )
            line.setZValue(len(spec.thresholds) - number)  # the name of the first lies over the second
            self._item.addItem(line)

    # --------------------------------------------------------------------------------------------------------- axes

    def _set_axes(self, spec: ChartSpec, *, lies: bool) -> None:
        values = self._values(spec)
        measure = scale(values, log=spec.y.log, from_zero=True, margin=0.14 if lies else 0.08)
        if lies:
            names = spec.x.categories
            ticks = tuple((-float(row), say(name)) for row, name in enumerate(names))
            below = _LABEL_ROOM * len(names) * len(spec.thresholds)
            self._set_axis("left", Scale(-len(names) + 0.4 - below, 0.6, ticks), "")
            self._set_axis("bottom", measure, axis_title(spec.y))
            return
        xs = [x for series in spec.series for x in series.x]
        self._set_axis("left", measure, axis_title(spec.y))
        self._set_axis("bottom", scale(xs, log=spec.x.log, from_zero=False, margin=0.03), axis_title(spec.x))

    def _values(self, spec: ChartSpec) -> list[float]:
        if spec.stacked:
            sums: dict[float, float] = {}
            for point in points_of(spec):
                sums[point.x] = sums.get(point.x, 0.0) + point.y
            found = list(sums.values())
        else:
            found = [y for series in spec.series for y in (*series.y, *series.low, *series.high)]
        above = _ABOVE_LOG if spec.y.log else _ABOVE
        return found + [one.y * above for one in spec.thresholds]

    def _set_axis(self, side: str, axis_scale: Scale, heading: str) -> None:
        axis = self._item.getAxis(side)
        axis.setTicks([list(axis_scale.ticks), []])
        colour = current().palette.color(QPalette.ColorRole.PlaceholderText)
        axis.setLabel(heading or None, **{"color": colour.name(), "font-size": f"{QApplication.font().pointSize()}pt"})
        axis.showLabel(bool(heading))
        if side == "left":
            axis.setWidth(_width_beside(axis_scale, has_heading=bool(heading)))
            self._item.setYRange(axis_scale.low, axis_scale.high, padding=0)
        else:
            self._item.setXRange(axis_scale.low, axis_scale.high, padding=0)
        grid_line = QColor(current().palette.color(QPalette.ColorRole.Mid))
        self._item.showGrid(x=True, y=True, alpha=0.35)
        axis.setTickPen(pg.mkPen(grid_line))

    # ----------------------------------------------------------------------------------------------------- pointing

    def nearest(self, at: QPointF, within: float = _NEAR_PX) -> Point | None:
        """The point that is painted nearest to `at` (in the scene), None where none is near."""
        box = self._item.vb
        found = [(_distance(box.mapViewToScene(QPointF(x, y)), at), point) for point, x, y in self._places]
        if not found:
            return None
        distance, point = min(found, key=lambda one: one[0])
        return point if distance <= within else None

    def _point_at(self, at: QPointF) -> None:
        point = self.nearest(at) if self._spec is not None else None
        self._forget_ring()
        if point is None or self._spec is None:
            QToolTip.hideText()
            return
        x, y = next((x, y) for one, x, y in self._places if one is point)
        line = pg.mkPen(current().palette.color(QPalette.ColorRole.Text), width=2)
        self._ring = pg.ScatterPlotItem([x], [y], size=13, brush=None, pen=line)
        self._item.addItem(self._ring)
        QToolTip.showText(QCursor.pos(), exact_text(self._spec, point), self._view)

    def _forget_ring(self) -> None:
        if self._ring is not None:
            self._item.removeItem(self._ring)
            self._ring = None


def _width_beside(axis_scale: Scale, *, has_heading: bool) -> float:
    """Room for the words of the ticks and the heading [pixels]: what is too narrow is left out by the painter."""
    metrics = QFontMetrics(QApplication.font())
    words = max((metrics.horizontalAdvance(text) for _place, text in axis_scale.ticks), default=0)
    return words + SPACE + (metrics.height() + SPACE // 2 if has_heading else 0)


def _at(series: Series, x: float) -> float:
    return next((y for place, y in zip(series.x, series.y, strict=True) if place == x), 0.0)


def _distance(one: QPointF, other: QPointF) -> float:
    apart = one - other
    return float((apart.x() ** 2 + apart.y() ** 2) ** 0.5)


def _label_place(colour: QColor, number: int, *, lies: bool) -> dict[str, Any]:
    place = 0.04 + 0.09 * number if lies else 0.02
    anchors = [(1.02, 0.5), (1.02, 0.5)] if lies else [(0, 1), (0, 1)]
    fill = current().palette.color(QPalette.ColorRole.Light) if lies else None
    return {"position": place, "color": colour, "fill": fill, "movable": False, "anchors": anchors}


def _array(value: float) -> Any:  # noqa: ANN401 - an array of numpy
    import numpy

    return numpy.array([value])
