"""What every part of the layout needs: the voice, the paper, where form fields go, and the small shared pieces."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import CondPageBreak, Flowable, Spacer

from dsdesk.base.message import Message
from dsdesk.quote.grid import Band, Cell, Entry, Grid, Row
from dsdesk.quote.paper import (
    CELL,
    CELL_BOLD,
    DEEP,
    FAINT,
    HEADING,
    HEADING_SECOND,
    SMALL,
    Paper,
    Type,
)
from dsdesk.quote.request import Figure, Purpose
from dsdesk.quote.tagging import tagged
from dsdesk.quote.text import Paragraph, Run, TextBlock
from dsdesk.quote.voice import Text, Voice

Place = Callable[[Canvas, Entry, float, float, float, float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """How a document is set.

    Attributes:
        voice: its language.
        paper: its page.
        purpose: request or estimate.
        vat: the VAT rate asked for, in percent, as the supplier finds it filled in.
        fields: makes a form field of a blank cell, None for a document that is only printed.
        logo: the buyer's picture, b"" for none.
    """

    voice: Voice
    paper: Paper
    purpose: Purpose
    vat: str
    fields: Place | None = None
    logo: bytes = b""

    def columns(self, *millimetres: float) -> tuple[float, ...]:
        """Column widths in these proportions over the whole text width [pt]."""
        scale = self.paper.text_width / sum(millimetres)
        return tuple(width * scale for width in millimetres)

    def grid(self, widths: tuple[float, ...], head: Row | None, bands: Iterable[Band], **options: Any) -> Grid:
        """A table whose blank cells become form fields."""
        return Grid(widths, head, tuple(bands), fields=self.fields, **options)

    def head(self, *labels: tuple[Text, str]) -> Row:
        """A head row of (label, alignment)."""
        return Row(cells=tuple(Cell(text=self.voice.head(label, align=align)) for label, align in labels))

    def cell(self, text: Text, *, bold: bool = False, align: str = "left", span: int = 1, faint: bool = False) -> Cell:
        """A cell of text."""
        block = self.voice.cell(text, CELL_BOLD if bold else CELL, align=align)
        return Cell(text=block, span=span, tint=FAINT if faint else None)

    def blank(
        self,
        name: str,
        label: Text,
        *,
        kind: str = "text",
        span: int = 1,
        lines: int = 1,
        shown: bool = True,
        value: str = "",
        hints: Iterable[Text] = (),
    ) -> Cell:
        """A cell to fill in, with its label and hints inside where `shown`."""
        tip = self.voice.said(label)[0]
        entry = Entry(name=name, tip=tip, kind=kind, lines=lines, value=value)
        inside = " · ".join(self.voice.plain(one) for one in (label, *hints))
        text = TextBlock(((Run(inside, SMALL),),)) if shown else None
        return Cell(text=text, entry=entry, span=span)

    def figures(self, rows: Iterable[Figure]) -> Grid:
        """A summary table: what, how much, remark."""
        bands = [(self.figure_row(row),) for row in rows]
        return self.grid(self.columns(44, 62, 74), None, bands)

    def figure_row(self, row: Figure) -> Row:
        """One line of a summary."""
        note = self.cell(row.note) if row.note else Cell()
        return Row(cells=(self.cell(row.label, faint=True), self.cell(row.value, bold=True), note))


class Heading(Flowable):
    """A section heading: a bar, the text, an entry in the bookmarks."""

    def __init__(self, setting: Setting, text: Message, key: str, *, number: str = "") -> None:
        super().__init__()
        self.plain = f"{number}  {setting.voice.plain(text)}".strip()
        self.key = key
        runs = (Run(f"{number}  ", HEADING), *setting.voice.inline(text, HEADING, HEADING_SECOND))
        self.block = TextBlock((runs,))

    def wrap(self, available_width: float, _available_height: float) -> tuple[float, float]:
        """Platypus asks for the size."""
        self.width = available_width
        self.high = self.block.height_in(available_width - 8) + 13
        return available_width, self.high

    def draw(self) -> None:
        """Platypus draws at the heading's own origin."""
        canvas: Canvas = self.canv
        canvas.bookmarkPage(self.key)
        canvas.addOutlineEntry(self.plain, self.key, 0, closed=False)
        canvas.setFillColor(DEEP)
        canvas.rect(0, 5.5, 2.4, self.high - 15, stroke=0, fill=1)
        with tagged(canvas, "H2"):
            self.block.draw_on(canvas, 8, self.high - 8, self.width - 8)


def section(setting: Setting, text: Message, key: str, number: str, *, room: float = 110) -> tuple[Flowable, Flowable]:
    """A heading that has at least `room` points of its section below it on the page."""
    return CondPageBreak(room), Heading(setting, text, key, number=number)


def gap(points: float) -> Spacer:
    """Vertical space."""
    return Spacer(1, points)


def bold(text: str, type_: Type = CELL_BOLD) -> Paragraph:
    """One paragraph in one style."""
    return (Run(text, type_),)
