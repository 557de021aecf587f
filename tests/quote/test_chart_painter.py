from io import BytesIO

import pypdf
import pytest
from reportlab.pdfgen.canvas import Canvas

from dsdesk.base.message import Message
from dsdesk.charts.spec import Axis, ChartSpec, Series, Threshold
from dsdesk.quote.chart_painter import Painter, Scale, log_ticks, nice_ticks
from dsdesk.quote.voice import Voice

LINE = ChartSpec(
    key="line",
    title=Message("Speed"),
    x=Axis(label=Message("requests in flight"), log=True),
    y=Axis(label=Message("output"), unit="tok/s"),
    series=(
        Series(
            label=Message("all users together"),
            x=(1.0, 2.0, 4.0, 64.0),
            y=(10.0, 19.0, 35.0, 200.0),
            low=(8.0, 15.0, 28.0, 150.0),
            high=(12.0, 23.0, 42.0, 260.0),
        ),
        Series(label=Message("measured"), x=(4.0,), y=(33.0,), style="points"),
    ),
    thresholds=(Threshold(label=Message("wanted"), y=120.0),),
)
BARS = ChartSpec(
    key="bars",
    title=Message("Memory"),
    x=Axis(label=Message("accelerators"), categories=("0–3", "4–7")),
    y=Axis(label=Message("memory"), unit="GiB"),
    series=tuple(
        Series(label=Message(name), x=(0.0, 1.0), y=(value, 2 * value), style="bars")
        for name, value in (("weights", 20.0), ("cache", 5.0))
    ),
    stacked=True,
)


class Recorder(Canvas):
    """A canvas that notes every point that it draws at."""

    def __init__(self):
        super().__init__(BytesIO(), invariant=1)
        self.points = []
        self.bars = []

    def line(self, x1, y1, x2, y2):
        self.points += [(x1, y1), (x2, y2)]
        super().line(x1, y1, x2, y2)

    def rect(self, x, y, width, height, stroke=1, fill=0):
        self.points += [(x, y), (x + width, y + height)]
        self.bars.append((x, y, width, height))
        super().rect(x, y, width, height, stroke, fill)

    def circle(self, x_cen, y_cen, r, stroke=1, fill=0):
        self.points.append((x_cen, y_cen))
        super().circle(x_cen, y_cen, r, stroke, fill)


@pytest.mark.parametrize("spec", [LINE, BARS], ids=lambda spec: spec.key)
def test_everything_is_drawn_inside_the_box(spec):
    canvas = Recorder()
    Painter(canvas, spec, Voice("both")).paint(50, 100, 250, 168)
    assert canvas.points
    assert all(49 <= x <= 301 and 99 <= y <= 269 for x, y in canvas.points)


def test_stacked_bars_stand_on_one_another_to_scale():
    canvas = Recorder()
    Painter(canvas, BARS, Voice("en")).paint(0, 0, 250, 168)
    keys = [bar for bar in canvas.bars if bar[2] == 11]
    first, second, third, fourth = [bar for bar in canvas.bars if bar not in keys]
    assert first[1] + first[3] == pytest.approx(third[1])
    assert second[1] + second[3] == pytest.approx(fourth[1])
    assert second[3] == pytest.approx(2 * first[3])
    assert first[3] == pytest.approx(4 * third[3])


def test_titles_axes_legend_and_threshold_are_text():
    target = BytesIO()
    canvas = Canvas(target, invariant=1)
    Painter(canvas, LINE, Voice("en")).paint(50, 100, 250, 168)
    canvas.save()
    text = pypdf.PdfReader(target).pages[0].extract_text()
    for wanted in ("Speed", "requests in flight", "output [tok/s]", "measured", "wanted 120", "64"):
        assert wanted in text


def test_ticks_are_round_and_enclose_the_values():
    assert nice_ticks(0, 97) == [0, 20, 40, 60, 80, 100]
    assert nice_ticks(0, 0)[0] == 0
    assert log_ticks(1, 64) == [1, 2, 4, 8, 16, 32, 64]
    assert log_ticks(1, 100_000) == [1, 10, 100, 1000, 10_000, 100_000]


def test_a_log_scale_is_even_in_decades():
    scale = Scale(1, 100, 0, 200, log=True)
    assert scale.at(10) == pytest.approx(100)
    assert scale.at(0.1) == 0
