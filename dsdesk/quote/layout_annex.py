"""The annexes: specification with deviations, acceptance tests, charts, open findings."""

from collections.abc import Iterable, Iterator

from reportlab.platypus import Flowable

from dsdesk.base.message import Message
from dsdesk.charts.spec import ChartSpec
from dsdesk.quote.chart_painter import ChartFlowable
from dsdesk.quote.grid import Band, Cell, Row
from dsdesk.quote.paper import CELL_BOLD, CELL_SECOND, PALE
from dsdesk.quote.request import AcceptanceTest, OpenFinding, Purpose, QuotationRequest, RequestLine, Requirement
from dsdesk.quote.setting import Setting
from dsdesk.quote.text import Run, TextBlock

EQUIVALENCE = Message(
    "An equivalent is a product of any maker that meets every item marked ★ of its line with the same or a better "
    "value and works with the other lines. Name its maker and part number in the price schedule and every difference "
    "here."
)


def specification(request: QuotationRequest, setting: Setting) -> Iterator[Flowable]:
    """Line by line what must be met and why, with room for deviations (偏离表)."""
    asks = request.purpose is Purpose.REQUEST
    if asks:
        yield setting.voice.body(EQUIVALENCE, after=4)
    labels = [(Message("Item"), "left"), (Message("Required"), "left"), (Message("Why the plan needs it"), "left")]
    widths = setting.columns(34, 58, 88)
    if asks:
        labels.append((Message("Offered: = or deviation"), "left"))
        widths = setting.columns(32, 48, 58, 42)
    bands = [band for line in request.lines if line.requirements for band in _line(line, setting, asks=asks)]
    if bands:
        yield setting.grid(widths, setting.head(*labels), bands)


def _line(line: RequestLine, setting: Setting, *, asks: bool) -> Iterator[Band]:
    name = line.name if line.name.startswith(line.manufacturer) else f"{line.manufacturer} {line.name}"
    voice = setting.voice
    runs = [*voice.inline(Message("Line {no}", no=line.no), CELL_BOLD, CELL_SECOND)]
    runs.append(Run(voice.glyphs.printable(f"   {line.quantity} × {name.strip()}"), CELL_BOLD))
    if line.mpn:
        runs.append(Run(voice.glyphs.printable(f"   MPN {line.mpn}"), CELL_SECOND))
    head = Row(cells=(Cell(text=TextBlock((tuple(runs),)), span=4 if asks else 3, tint=PALE),), strong=True)
    for index, item in enumerate(line.requirements):
        row = _requirement(f"L{line.no}.spec{index + 1}", item, setting, asks=asks)
        yield (head, row) if index == 0 else (row,)


def _requirement(name: str, item: Requirement, setting: Setting, *, asks: bool) -> Row:
    voice = setting.voice
    label = Message("★ {label}", label=item.label) if item.mandatory else item.label
    cells = [
        Cell(text=voice.cell(label)),
        Cell(text=voice.cell(item.value, CELL_BOLD)),
        Cell(text=voice.cell(item.why, CELL_SECOND)),
    ]
    if asks:
        cells.append(setting.blank(name, item.label, shown=False))
    return Row(cells=tuple(cells))


def tests(rows: Iterable[AcceptanceTest], setting: Setting, *, asks: bool) -> Flowable:
    """The acceptance tests with their pass values and, in a request, a cell for the result."""
    labels = [
        (Message("No."), "left"),
        (Message("Test"), "left"),
        (Message("Method"), "left"),
        (Message("Passed if"), "left"),
    ]
    widths = setting.columns(8, 48, 62, 62)
    if asks:
        labels.append((Message("Result"), "left"))
        widths = setting.columns(8, 42, 54, 56, 20)
    bands = [(_test(one, setting, asks=asks),) for one in rows]
    return setting.grid(widths, setting.head(*labels), bands)


def _test(one: AcceptanceTest, setting: Setting, *, asks: bool) -> Row:
    cells = [
        setting.cell(one.code, bold=True),
        setting.cell(one.title),
        Cell(text=setting.voice.cell(one.method, CELL_SECOND)),
        setting.cell(one.passes, bold=True),
    ]
    if asks:
        cells.append(setting.blank(f"{one.code}.result", one.title, shown=False))
    return Row(cells=tuple(cells))


def findings(rows: Iterable[OpenFinding], setting: Setting) -> Flowable:
    """Open findings, worst first."""
    head = setting.head(
        (Message("Code"), "left"),
        (Message("Severity"), "left"),
        (Message("Finding"), "left"),
        (Message("Lines"), "left"),
    )
    bands = [
        (
            Row(
                cells=(
                    setting.cell(one.code),
                    setting.cell(one.severity, bold=True),
                    setting.cell(one.message),
                    setting.cell(", ".join(map(str, one.lines)) or "–"),
                )
            ),
        )
        for one in rows
    ]
    return setting.grid(setting.columns(24, 22, 116, 18), head, bands)


def charts(specs: Iterable[ChartSpec], setting: Setting) -> Iterator[Flowable]:
    """Charts two abreast; those with nothing to show are left out."""
    drawn = [spec for spec in specs if spec.series and spec.empty is None]
    for index in range(0, len(drawn), 2):
        yield ChartFlowable(tuple(drawn[index : index + 2]), setting.voice)
