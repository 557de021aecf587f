"""Tables of the document: repeated heads, rows never cut, subtotals carried over, cells that are form fields."""

from collections.abc import Callable
from dataclasses import dataclass

from reportlab.lib.colors import Color
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, PageBreak

from dsdesk.quote.paper import DEEP, ENTRY, HAIR, INK, PALE, RULE
from dsdesk.quote.tagging import tagged
from dsdesk.quote.text import TextBlock

PAD_X = 3.2
PAD_Y = 2.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A cell that the supplier fills in.

    Attributes:
        name: stable name of the form field, such as "L3.unit_price".
        tip: what the viewer says on hovering, and what a screen reader reads.
        kind: "text", "number", "date" or "signature"; numbers stand right.
        lines: how many lines of writing it has room for.
        value: what it holds to begin with.
    """

    name: str
    tip: str
    kind: str = "text"
    lines: int = 1
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell: text, or a field, or nothing. `span` columns wide."""

    text: TextBlock | None = None
    entry: Entry | None = None
    span: int = 1
    tint: Color | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Cells from left to right. `strong` draws a heavier rule above; `least` is the smallest height [pt]."""

    cells: tuple[Cell, ...]
    strong: bool = False
    least: float = 0.0


Band = tuple[Row, ...]  # rows that stay on one page


def text_row(*blocks: TextBlock | None, strong: bool = False, tint: Color | None = None) -> Row:
    """A row of texts, one a column."""
    return Row(cells=tuple(Cell(text=block, tint=tint) for block in blocks), strong=strong)


class Grid(Flowable):
    """A table over several pages.

    Attributes:
        widths: of the columns [pt].
        head: repeated on every page, None without.
        bands: the rows, in groups that stay together.
        carry: given the number of bands set so far, the row that closes a page (False) or opens the next (True).
        fields: whom entries are announced to when they are drawn: (canvas, entry, x, y, width, height).
    """

    def __init__(
        self,
        widths: tuple[float, ...],
        head: Row | None,
        bands: tuple[Band, ...],
        *,
        carry: Callable[[int, bool], Row] | None = None,
        fields: Callable[..., None] | None = None,
        after: float = 8.0,
    ) -> None:
        super().__init__()
        self.widths, self.head, self.bands = widths, head, bands
        self.carry, self.fields, self.after = carry, fields, after
        self.done = 0  # bands on the pages before
        self.opening: Row | None = None
        self.closing: Row | None = None
        self._heights: dict[int, float] = {}  # by identity of the row, which this table keeps alive

    def _width(self, column: int, cell: Cell) -> float:
        return sum(self.widths[column : column + cell.span])

    def row_height(self, row: Row) -> float:
        """Height of a row [pt]: that of its tallest cell."""
        known = self._heights.get(id(row))
        if known is None:
            known = self._heights[id(row)] = self._measured(row)
        return known

    def _measured(self, row: Row) -> float:
        height, column = row.least, 0
        for cell in row.cells:
            if cell.text is not None:
                room = self._width(column, cell) - 2 * PAD_X
                height = max(height, cell.text.height_in(room) + 2 * PAD_Y)
            if cell.entry is not None:
                label = 0.0 if cell.text is None else cell.text.height_in(self._width(column, cell) - 2 * PAD_X)
                height = max(height, label + 5 + 10.5 * cell.entry.lines)
            column += cell.span
        return height

    def _rows(self) -> list[Row]:
        rows = [row for row in (self.head, self.opening) if row is not None]
        rows += [row for band in self.bands for row in band]
        return rows + ([self.closing] if self.closing is not None else [])

    def wrap(self, available_width: float, _available_height: float) -> tuple[float, float]:
        """Platypus asks for the size."""
        self.width = available_width
        self.laid_height = sum(self.row_height(row) for row in self._rows()) + self.after
        return available_width, self.laid_height

    def split(self, available_width: float, available_height: float) -> list[Flowable]:
        """As many whole bands as fit, and the rest; nothing where not even the first fits."""
        room = available_height - sum(self.row_height(row) for row in (self.head, self.opening) if row is not None)
        if self.carry is not None:
            room -= self.row_height(self.carry(self.done + 1, False))
        fit, used = 0, 0.0
        for band in self.bands:
            used += sum(self.row_height(row) for row in band)
            if used > room:
                break
            fit += 1
        if fit == 0:
            return self._cut(room)
        if fit == len(self.bands) - 1 and fit > _ALONE:  # a last row never stands alone on a page
            upper, lower = self._parts(self.bands[: fit - 1], self.bands[fit - 1 :])
            return [upper, PageBreak(), lower]  # else the row that was held back would be tried on this page again
        if fit == len(self.bands):  # only the space after it does not fit
            return [self._part(self.bands, opened=self.opening, closed=False, done=self.done, after=0.0)]
        return self._parts(self.bands[:fit], self.bands[fit:])

    def _parts(self, now: tuple[Band, ...], later: tuple[Band, ...]) -> list[Flowable]:
        reached = self.done + len(now)
        opening = self.carry(reached, True) if self.carry is not None else None
        return [
            self._part(now, opened=self.opening, closed=self.carry is not None, done=self.done, after=0.0),
            self._part(later, opened=opening, closed=False, done=reached, after=self.after),
        ]

    def _part(self, bands: tuple[Band, ...], *, opened: Row | None, closed: bool, done: int, after: float) -> "Grid":
        part = Grid(self.widths, self.head, bands, carry=self.carry, fields=self.fields, after=after)
        part.done, part.opening = done, opened
        part._heights.update((id(row), self._heights[id(row)]) for row in part._rows() if id(row) in self._heights)
        if closed and self.carry is not None:
            part.closing = self.carry(done + len(bands), False)
        return part

    def _cut(self, room: float) -> list[Flowable]:
        """The last resort: a band taller than a page is cut between rows, a row taller than that between lines."""
        first, rest = self.bands[0], self.bands[1:]
        if sum(self.row_height(row) for row in first) < _PAGEFUL or room < _PAGEFUL / 2:
            return []
        if len(first) > 1:
            return self._parts((first[:1],), (first[1:], *rest))
        upper, lower, column = [], [], 0
        for cell in first[0].cells:
            top, bottom = self._cut_cell(cell, self._width(column, cell) - 2 * PAD_X, room - 2 * PAD_Y)
            upper.append(top)
            lower.append(bottom)
            column += cell.span
        return self._parts(((Row(cells=tuple(upper)),),), ((Row(cells=tuple(lower)),), *rest))

    @staticmethod
    def _cut_cell(cell: Cell, width: float, height: float) -> tuple[Cell, Cell]:
        empty = Cell(span=cell.span, tint=cell.tint)
        if cell.text is None:
            return cell, empty
        upper, lower = cell.text.cut(width, height)
        return (
            Cell(text=upper, span=cell.span, tint=cell.tint),
            Cell(text=lower, span=cell.span, tint=cell.tint),
        )

    def draw(self) -> None:
        """Platypus draws at the table's own origin."""
        y = self.laid_height
        with tagged(self.canv, "Table"):
            for index, row in enumerate(self._rows()):
                height = self.row_height(row)
                is_head = index == 0 and row is self.head
                self._draw_row(row, y, height, is_head=is_head)
                y -= height
        self._rule(y, 0.9, DEEP)

    def _draw_row(self, row: Row, top: float, height: float, *, is_head: bool) -> None:
        x, column = 0.0, 0
        total = sum(self.widths)
        if is_head:
            self._fill(0, top - height, total, height, PALE)
        for cell in row.cells:
            wide = self._width(column, cell)
            tint = ENTRY if cell.entry is not None else cell.tint
            if tint is not None:
                self._fill(x, top - height, wide, height, tint)
            column, x = column + cell.span, x + wide
        with tagged(self.canv, "TR"):
            self._draw_cells(row, top, height, "TH" if is_head else "TD")
        heavy = is_head or row.strong
        self._rule(top, 0.9 if heavy else 0.4, DEEP if heavy else HAIR)
        if is_head:
            self._rule(top - height, 0.5, RULE)

    def _draw_cells(self, row: Row, top: float, height: float, role: str) -> None:
        x, column = 0.0, 0
        for cell in row.cells:
            wide = self._width(column, cell)
            with tagged(self.canv, role):
                self._draw_cell(cell, x, top, wide, height)
            column, x = column + cell.span, x + wide

    def _draw_cell(self, cell: Cell, x: float, top: float, wide: float, height: float) -> None:
        if cell.text is not None:
            cell.text.draw_on(self.canv, x + PAD_X, top - PAD_Y, wide - 2 * PAD_X)
        if cell.entry is not None:
            label = 0.0 if cell.text is None else cell.text.height_in(wide - 2 * PAD_X) + 1
            self._draw_entry(cell.entry, x, top - height, wide, height, label)

    def _draw_entry(self, entry: Entry, x: float, y: float, wide: float, height: float, label: float) -> None:
        """A box; the field leaves room for the label at its upper edge."""
        self.canv.setStrokeColor(RULE)
        self.canv.setLineWidth(0.4)
        self.canv.rect(*_short(x, y, wide, height), stroke=1, fill=0)
        if self.fields is not None:
            self.fields(self.canv, entry, x, y, wide, height - label)

    def _fill(self, x: float, y: float, wide: float, high: float, ink: Color) -> None:
        self.canv.setFillColor(ink)
        self.canv.rect(*_short(x, y, wide, high), stroke=0, fill=1)
        self.canv.setFillColor(INK)

    def _rule(self, y: float, thick: float, ink: Color) -> None:
        canvas: Canvas = self.canv
        canvas.setStrokeColor(ink)
        canvas.setLineWidth(thick)
        canvas.line(*_short(0, y, sum(self.widths), y))


def _short(left: float, bottom: float, third: float, fourth: float) -> tuple[float, float, float, float]:
    """To a hundredth of a point: further decimals are bytes that nobody sees."""
    return round(left, 2), round(bottom, 2), round(third, 2), round(fourth, 2)


_ALONE = 2  # a table of so few rows may be parted anywhere
_PAGEFUL = 600.0  # a band below this is moved to the next page rather than cut [pt]
