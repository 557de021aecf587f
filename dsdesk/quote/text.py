"""Set text: lines break between hanzi and between Latin words, never inside a word that fits or before a full stop.

reportlab's own CJK wrap breaks inside Latin words, and its Latin wrap does not break Chinese at all.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.textobject import PDFTextObject
from reportlab.platypus import Flowable

from dsdesk.quote.fonts import width
from dsdesk.quote.paper import Type
from dsdesk.quote.tagging import marked

# Characters that may not begin or end a line (GB/T 15834-2011, section 5.1, and their Latin fellows).
_NOT_FIRST = frozenset("，。、；：！？）》」』】〕〉”’％‰°,.;:!?)]}%")
_NOT_LAST = frozenset("（《「『【〔〈“‘￥([{¥≥≤★")
_MARKS = ",/=_:;-"  # after which a word too long for its line is cut
_WIDE_FROM = "\u2e80"  # radicals, hanzi, kana, full-width forms: a line may break on both sides
_NARROW_ABOVE = ("\ufb00", "\ufe2f")  # Latin ligatures, combining half marks


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one type style."""

    text: str
    type: Type


Paragraph = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class _Line:
    runs: Paragraph
    width: float
    leading: float


def _is_wide(character: str) -> bool:
    return character >= _WIDE_FROM and not _NARROW_ABOVE[0] <= character <= _NARROW_ABOVE[1]


def tokens(text: str) -> list[str]:
    """The pieces of `text` between which a line may break; blanks are pieces of their own."""
    pieces: list[str] = []
    joins = False  # the piece before wants the next character on its line
    for character in text:
        if character == " ":
            pieces.append(" ")
            joins = False
            continue
        fresh = not pieces or pieces[-1] == " "
        breaks = not fresh and (_is_wide(character) or _is_wide(pieces[-1][-1]))
        if fresh or (breaks and not joins and character not in _NOT_FIRST):
            pieces.append(character)
        else:
            pieces[-1] += character
        joins = character in _NOT_LAST
    return pieces


def _chopped(piece: str, style: Type, room: float) -> Iterator[str]:
    """A word wider than the line, cut into pieces that fit, after a mark such as a comma where there is one."""
    part = ""
    for character in piece:
        if part and width(part + character, style.font, style.size) > room:
            last = max(part.rfind(mark) for mark in _MARKS) + 1
            keep = last if last > len(part) // 3 else len(part)
            yield part[:keep]
            part = part[keep:]
        part += character
    yield part


def _pieces(paragraph: Paragraph, room: float) -> Iterator[tuple[str, Type, float]]:
    for run in paragraph:
        for piece in tokens(run.text):
            wide = width(piece, run.type.font, run.type.size)
            if wide <= room:
                yield piece, run.type, wide
            else:
                for part in _chopped(piece, run.type, room):
                    yield part, run.type, width(part, run.type.font, run.type.size)


def _line(pieces: list[tuple[str, Type, float]], least: Type) -> _Line:
    while pieces and pieces[-1][0] == " ":
        pieces.pop()
    runs: list[Run] = []
    for piece, style, _ in pieces:
        if runs and runs[-1].type is style:
            runs[-1] = Run(runs[-1].text + piece, style)
        else:
            runs.append(Run(piece, style))
    leading = max((run.type.leading for run in runs), default=least.leading)
    return _Line(tuple(runs), sum(wide for _, _, wide in pieces), leading)


def wrapped(paragraph: Paragraph, room: float) -> list[_Line]:
    """The lines of `paragraph` in a column `room` points wide."""
    if not paragraph:
        return []
    lines: list[_Line] = []
    current: list[tuple[str, Type, float]] = []
    used = 0.0
    for piece, style, wide in _pieces(paragraph, room):
        if current and used + wide > room + 0.01 and piece != " ":
            lines.append(_line(current, paragraph[0].type))
            current, used = [], 0.0
        if piece == " " and not current:
            continue
        current.append((piece, style, wide))
        used += wide
    if current or not lines:
        lines.append(_line(current, paragraph[0].type))
    return lines


class TextBlock(Flowable):
    """Paragraphs set in a column; splits between lines when it stands in the flow of a page.

    `role` is what it is to somebody who hears the document: "P", or "H1" for its title.
    """

    def __init__(
        self, paragraphs: Iterable[Paragraph], *, align: str = "left", after: float = 0.0, role: str = "P"
    ) -> None:
        super().__init__()
        self.role = role
        self.paragraphs = tuple(paragraphs)
        self.align = align
        self.after = after
        self._lines: list[_Line] = []
        self._room = -1.0

    def lines(self, room: float) -> list[_Line]:
        """All lines in a column of this width."""
        if abs(room - self._room) > 0.01:  # noqa: PLR2004 - a hundredth of a point
            self._lines = [line for paragraph in self.paragraphs for line in wrapped(paragraph, room)]
            self._room = room
        return self._lines

    def height_in(self, room: float) -> float:
        """Height of the block in a column of this width [pt]."""
        return sum(line.leading for line in self.lines(room))

    def natural_width(self) -> float:
        """Width of the longest paragraph on one line [pt]."""
        return max(
            (sum(width(run.text, run.type.font, run.type.size) for run in one) for one in self.paragraphs), default=0.0
        )

    def wrap(self, available_width: float, _available_height: float) -> tuple[float, float]:
        """Platypus asks for the size."""
        self.width = available_width
        self.laid_height = self.height_in(available_width) + self.after
        return available_width, self.laid_height

    def cut(self, room: float, high: float) -> tuple["TextBlock | None", "TextBlock | None"]:
        """The lines that fit into a height, and the rest; None for an empty part."""
        lines = self.lines(room)
        fit, used = 0, 0.0
        while fit < len(lines) and used + lines[fit].leading <= high:
            used += lines[fit].leading
            fit += 1
        return self._of_lines(lines[:fit]), self._of_lines(lines[fit:])

    def split(self, available_width: float, available_height: float) -> list[Flowable]:
        """Platypus asks for what fits on this page and what goes to the next."""
        upper, lower = self.cut(available_width, available_height)
        if upper is None:
            return []
        upper.after = 0.0  # the space below goes with the last line
        return [upper] if lower is None else [upper, lower]

    def _of_lines(self, lines: list[_Line]) -> "TextBlock | None":
        if not lines:
            return None
        return TextBlock((line.runs for line in lines), align=self.align, after=self.after, role=self.role)

    def draw(self) -> None:
        """Platypus draws at the block's own origin."""
        self.draw_on(self.canv, 0, self.laid_height, self.width)

    def draw_on(self, canvas: Canvas, x: float, top: float, room: float) -> None:
        """Draw with the upper left corner at (x, top)."""
        lines = self.lines(room)
        if not any(line.runs for line in lines):
            return
        y = top
        with marked(canvas, self.role):
            text = canvas.beginText()
            worn: Type | None = None
            for line in lines:
                y -= line.leading
                worn = self._set_line(text, line, x, y + 0.28 * line.leading, room, worn)
            canvas.drawText(text)

    def _set_line(
        self, text: PDFTextObject, line: _Line, x: float, y: float, room: float, worn: Type | None
    ) -> Type | None:
        """Put a line into the text; what type it wears already is not said again."""
        slack = room - line.width
        start = x + (slack if self.align == "right" else slack / 2 if self.align == "center" else 0.0)
        text.setTextOrigin(round(start, 2), round(y, 2))  # further decimals are bytes that nobody sees
        for run in line.runs:
            if worn is None or (worn.font, worn.size) != (run.type.font, run.type.size):
                text.setFont(run.type.font, run.type.size)
            if worn is None or worn.ink != run.type.ink:
                text.setFillColor(run.type.ink)
            worn = run.type
            text.textOut(run.text)
        return worn
