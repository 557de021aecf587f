"""The table twin of a chart: the same values for those who read them, and as CSV for those who reckon on."""

import csv
import io
from dataclasses import dataclass

from dsdesk.base.units import format_number
from dsdesk.charts.spec import ChartSpec
from dsdesk.ui.itemmodels.table import Column
from dsdesk.ui.widgets.plot_look import Point, axis_title, category, note_of, points_of
from dsdesk.ui.words import _, say

_DASH = "–"


@dataclass(frozen=True, slots=True)
class ChartRow:
    """Values of all series at one place.

    Attributes:
        x: the place.
        points: by series, None where a series has none here.
    """

    x: float
    points: tuple[Point | None, ...]


def chart_rows(spec: ChartSpec) -> tuple[ChartRow, ...]:
    """The chart by rows of equal x."""
    found: dict[float, list[list[Point | None]]] = {}
    for point in points_of(spec):
        rows = found.setdefault(point.x, [])
        free = next((row for row in rows if row[point.series] is None), None)
        if free is None:  # several points of a series at one place, as measured ones are
            free = [None] * len(spec.series)
            rows.append(free)
        free[point.series] = point
    return tuple(ChartRow(x, tuple(row)) for x in sorted(found) for row in found[x])


def chart_columns(spec: ChartSpec) -> tuple[Column[ChartRow], ...]:
    """A column for the place, and for each series its value with the ends of its band."""
    columns: list[Column[ChartRow]] = [
        Column(
            title=axis_title(spec.x),
            text=lambda row: category(spec.x, row.x),
            sort=lambda row: row.x,
            is_number=not spec.x.categories,
        )
    ]
    for position, series in enumerate(spec.series):
        unit = f" [{spec.y.unit}]" if spec.y.unit else ""
        columns.append(_value_column(say(series.label) + unit, position, "y"))
        if series.low and series.high:
            columns.append(_value_column(_("from"), position, "low"))
            columns.append(_value_column(_("to"), position, "high"))
    if any(series.notes for series in spec.series):
        columns.append(Column(title=_("what it is"), text=lambda row: _notes(spec, row), is_number=False))
    return tuple(columns)


def _notes(spec: ChartSpec, row: ChartRow) -> str:
    notes = (note_of(spec.series[point.series], point) for point in row.points if point is not None)
    return " · ".join(note for note in notes if note)


def _value_column(title: str, position: int, field: str) -> Column[ChartRow]:
    def value(row: ChartRow) -> float | None:
        point = row.points[position]
        return None if point is None else getattr(point, field)

    def text(row: ChartRow) -> str:
        number = value(row)
        return _DASH if number is None else format_number(number)

    return Column(title=title, text=text, sort=value, is_number=True)


def chart_csv(spec: ChartSpec) -> str:
    """All digits of every value; the first line names the columns with their units."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    columns = chart_columns(spec)
    writer.writerow([column.title for column in columns])
    for row in chart_rows(spec):
        values = [column.sort(row) if column.sort else column.text(row) for column in columns[1:]]
        writer.writerow([category(spec.x, row.x) if spec.x.categories else row.x, *values])
    return written.getvalue()
