"""Charts on the screen say what their description says, as a picture, as a table and as a file."""

import csv
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter

from dsdesk.base.message import Message
from dsdesk.charts.spec import Axis, ChartSpec, Series, Threshold
from dsdesk.ui.widgets.chart_card import ChartCard
from dsdesk.ui.widgets.chart_table import chart_csv, chart_rows
from dsdesk.ui.widgets.plot_look import exact_text, placed, points_of, scale

CURVE = ChartSpec(
    key="curve",
    title=Message("Throughput"),
    x=Axis(label=Message("requests"), log=True),
    y=Axis(label=Message("output"), unit="tok/s"),
    series=(
        Series(
            label=Message("all"), x=(1.0, 8.0, 64.0), y=(50.0, 400.0, 1234.5), low=(40, 300, 900), high=(60, 500, 2000)
        ),
        Series(label=Message("measured"), x=(8.0,), y=(390.0,), style="points", source="a lab, 2025"),
    ),
    thresholds=(Threshold(label=Message("wanted"), y=700.0),),
    note=Message("A band."),
)
BARS = ChartSpec(
    key="bars",
    title=Message("Memory"),
    x=Axis(label=Message("devices"), categories=("0-3", Message("4"))),
    y=Axis(label=Message("memory"), unit="GiB"),
    stacked=True,
    series=tuple(
        Series(label=Message(name), x=(0.0, 1.0), y=(size, size / 2), style="bars")
        for name, size in (("a", 60.0), ("b", 20.0))
    ),
)
EMPTY = ChartSpec(key="none", title=Message("None"), x=CURVE.x, y=CURVE.y, empty=Message("Choose a model."))

number = st.floats(min_value=1e-3, max_value=1e9)


@given(st.lists(number, min_size=1, max_size=20), st.booleans())
def test_every_value_lies_on_its_axis_and_ticks_lie_in_it(values, log):
    made = scale(values, log=log, from_zero=not log)
    assert all(made.low - 1e-9 <= placed(value, log=log) <= made.high + 1e-9 for value in values)
    places = [place for place, _text in made.ticks]
    assert places == sorted(places)
    assert all(made.low - 1e-6 <= place <= made.high * (1 + 1e-9) + 1e-6 for place in places)
    assert len({text for _place, text in made.ticks}) == len(places)


def test_ticks_say_their_place():
    assert [text for _place, text in scale([0.0, 1000.0], log=False, from_zero=True).ticks][:3] == ["0", "200", "400"]
    assert [text for _place, text in scale([0.5, 20.0], log=True, from_zero=False).ticks] == [
        "0.5", "1", "2", "5", "10", "20"
    ]  # fmt: skip


def test_exact_values_name_series_unit_and_band():
    said = exact_text(CURVE, points_of(CURVE)[2])
    assert "1,234.5" in said or "1,234" in said
    assert "tok/s" in said
    assert "900–2,000" in said
    assert "a lab, 2025" in exact_text(CURVE, points_of(CURVE)[3])


def test_table_and_file_hold_every_value():
    rows = chart_rows(CURVE)
    assert [row.x for row in rows] == [1.0, 8.0, 64.0]
    assert rows[0].points[1] is None
    read = list(csv.reader(chart_csv(CURVE).splitlines()))
    assert read[0][1] == "all [tok/s]"
    assert [float(one) for one in read[3][1:4]] == [1234.5, 900.0, 2000.0]
    assert read[1][4] == ""


@pytest.mark.parametrize("spec", [CURVE, BARS], ids=["curve", "bars"])
def test_card_shows_chart_and_table_and_makes_an_image(qtbot, qapp, spec):
    card = ChartCard("x")
    qtbot.addWidget(card)
    card.resize(600, 420)
    card.show_spec(spec)
    card.grab()  # lays it out without showing a window
    assert card._stack.currentWidget() is card._plot
    image = card.image().toImage()
    colours = {image.pixelColor(x, y).name() for x in range(0, image.width(), 7) for y in range(0, image.height(), 7)}
    assert len(colours) > 3
    card._as_table.setChecked(True)
    assert card._stack.currentWidget() is card._table
    assert card._table is not None
    assert card._table.rows.rowCount() == len(chart_rows(spec))


def test_pointing_finds_the_nearest_point_only(qtbot, qapp):
    card = ChartCard("x")
    qtbot.addWidget(card)
    card.resize(600, 420)
    card.show_spec(CURVE)
    card.grab()
    plot = card._plot
    assert plot is not None
    point, x, y = plot._places[2]
    at = plot._item.vb.mapViewToScene(QPointF(x, y))
    assert plot.nearest(at + QPointF(2, 2)) == point
    assert plot.nearest(at + QPointF(0, 5000)) is None


def test_empty_chart_says_why(qtbot, qapp):
    card = ChartCard("x")
    qtbot.addWidget(card)
    card.show_spec(CURVE)
    card.show_spec(EMPTY)
    assert card._told.text() == "Choose a model."
    assert not card._copy.isEnabled()


def test_values_are_written_with_a_mark_for_spreadsheets(qtbot, qapp, tmp_path):
    card = ChartCard("x")
    qtbot.addWidget(card)
    card.show_spec(CURVE)
    card.write_csv(tmp_path / "values.csv")
    assert (tmp_path / "values.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_points_at_one_place_keep_their_rows_and_say_what_they_are():
    notes = (Message("run A"), Message("run B"))
    dots = Series(label=Message("measured"), x=(8.0, 8.0), y=(390.0, 410.0), notes=notes, style="points")
    spec = replace(CURVE, series=(CURVE.series[0], dots))
    rows = [row for row in chart_rows(spec) if row.x == 8.0]
    assert [row.points[1].y for row in rows] == [390.0, 410.0]
    read = list(csv.reader(chart_csv(spec).splitlines()))
    assert [row[-1] for row in read if row[0] == "8.0"] == ["run A", "run B"]
    assert exact_text(spec, points_of(spec)[4]).endswith("run B")


def test_a_drawing_is_lines_and_letters(qtbot, qapp, tmp_path):
    card = ChartCard("x")
    qtbot.addWidget(card)
    card.resize(600, 420)
    card.show_spec(CURVE)
    card.grab()
    assert card.write_svg(tmp_path / "chart.svg")
    drawn = (tmp_path / "chart.svg").read_text(encoding="utf-8")
    assert drawn.count("<path") + drawn.count("<polyline") > 5
    assert "<text" in drawn
    assert "Throughput" in drawn


def test_every_bar_is_named(qtbot):
    from dsdesk.ui.widgets.plot import Plot

    names = ("a", "a rather long name of a part", "b", "another name that is long")
    bars = Series(label=Message("draw"), x=(0.0, 1.0, 2.0, 3.0), y=(1.0, 2.0, 3.0, 4.0), style="bars")
    axes = {"x": Axis(label=Message("part"), categories=names), "y": Axis(label=Message("draw"), unit="W")}
    plot = Plot()
    qtbot.addWidget(plot)
    plot.resize(500, 260)
    plot.show_spec(ChartSpec(key="names", title=Message("names"), series=(bars,), **axes))
    plot.show()
    picture = plot.grab()
    painter = QPainter(picture)
    _axis, _ticks, texts = plot._item.getAxis("left").generateDrawSpecs(painter)
    painter.end()
    assert [text for _area, _flags, text in texts] == list(names)
