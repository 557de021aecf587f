"""The file: pages with running head and foot, metadata, bookmarks, language; equal content gives equal bytes."""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from reportlab import rl_config
from reportlab.pdfbase.pdfdoc import PDFDictionary, PDFInfo, PDFName, PDFPage, PDFString
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate

from dsdesk.quote.archival import keep_colours
from dsdesk.quote.fonts import register, width
from dsdesk.quote.packed import packed
from dsdesk.quote.paper import DEEP, INK, RULE, SMALL, WHITE, Paper, Type
from dsdesk.quote.pdf_objects import document_of
from dsdesk.quote.tagging import Tags, decorated, tags_of
from dsdesk.quote.text import Run, TextBlock
from dsdesk.quote.xmp import PRODUCER, describe

rl_config.useA85 = 0  # pages as they are compressed, not a quarter longer as text
_TOTAL = "pages-in-all"
_BAND_TYPE = Type("NotoSansSC-Bold", 9.5, WHITE)
_BAND_HEIGHT = 19.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """What stands on every page.

    Attributes:
        head: left and right of the running head.
        foot: left of the foot.
        page: text before and after the page number, and before and after the number of pages.
        band: warning across the top of each page, "" without.
    """

    head: tuple[str, str]
    foot: str
    page: tuple[str, str, str]
    band: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """Metadata of the file. `day` is the ISO date of issue; without one the file has no dates.

    `archival`: whether it is one that archives keep, without a form.
    """

    title: str
    author: str
    subject: str
    language: str
    day: str = ""
    keywords: tuple[str, ...] = ()
    archival: bool = False


class _PageCanvas(Canvas):
    """A canvas that collects the structure, and writes no font of its own.

    reportlab would name an unembedded Helvetica on every page.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.tags = Tags()

    def _make_preamble(self) -> None:
        self._preamble = "1 0 0 1 0 0 cm"

    def save(self) -> None:
        """Drop the fonts that were only named, never used, then write the file."""
        fonts = document_of(self).idToObject["BasicFonts"].dict
        for name in [name for name in fonts if "+" not in name]:
            del fonts[name]
        super().save()

    def showPage(self) -> None:  # noqa: N802 - reportlab's name
        """Close a page; its fields are tabbed in the order of the structure."""
        number = self.getPageNumber()
        super().showPage()
        for page in document_of(self).idToObject.values():
            if isinstance(page, PDFPage) and "Tabs" not in page.__NoDefault__:
                page.__NoDefault__ = [*page.__NoDefault__, "Tabs", "StructParents"]
                vars(page).update(Tabs=PDFName("S"), StructParents=number)


class Document:
    """Lays flowables out on pages; `tell` is called with the number of each page that is done.

    Attributes:
        pages: how many there are once it is made.
    """

    def __init__(
        self, paper: Paper, running: Running, description: Description, tell: Callable[[int], None] | None = None
    ) -> None:
        register()
        self.paper, self.running, self.description = paper, running, description
        self.tell = tell
        self.pages = 0

    def made(self, story: list[Flowable], finish: Callable[[Canvas], None] | None = None) -> bytes:
        """The PDF. `finish` is given the canvas before it is closed, to add form and attachments."""
        target = BytesIO()
        paper, about = self.paper, self.description
        template = BaseDocTemplate(
            target,
            pagesize=paper.size,
            title=about.title,
            author=about.author,
            subject=about.subject,
            creator="dsdesk",
            keywords=list(about.keywords),
            lang=about.language,
            pageCompression=1,
            invariant=1,
            displayDocTitle=1,
        )
        frame = Frame(
            paper.left,
            paper.bottom,
            paper.text_width,
            paper.text_height,
            leftPadding=0,
            rightPadding=0,
            topPadding=0,
            bottomPadding=0,
        )
        template.addPageTemplates(PageTemplate(frames=[frame], onPageEnd=self._running))
        closing = _Closing(self, finish)
        template.build([*story, closing], canvasmaker=_PageCanvas)
        return packed(target.getvalue())

    def _running(self, canvas: Canvas, _template: BaseDocTemplate) -> None:
        page = canvas.getPageNumber()
        if page == 1:
            canvas.showOutline()
        with decorated(canvas):
            self._draw_running(canvas, page)
        if self.tell is not None:
            self.tell(page)

    def _draw_running(self, canvas: Canvas, page: int) -> None:
        paper, running = self.paper, self.running
        wide, high = paper.size
        if running.band:
            self._band(canvas, wide, high)
        y = high - paper.top + 12
        if page > 1:
            left, right = running.head
            _line(canvas, left, paper.left, y + 9, paper.text_width * 0.7)
            _line(canvas, right, paper.left + paper.text_width * 0.72, y + 9, paper.text_width * 0.28, "right")
            _rule(canvas, paper.left, y - 2, paper.text_width)
        foot = paper.bottom - 10
        _rule(canvas, paper.left, foot, paper.text_width)
        _line(canvas, running.foot, paper.left, foot - 2, paper.text_width - 90)
        self._text_right(canvas, f"{running.page[0]}{page}", paper.text_width - self._tail(), foot - 2)
        canvas.doForm(_TOTAL)

    def _tail(self) -> float:
        """Room for the number of pages, which is not known while pages are drawn."""
        _, between, after = self.running.page
        return width(f"{between}000{after}", SMALL.font, SMALL.size)

    def _text_right(self, canvas: Canvas, text: str, room: float, top: float) -> None:
        _text(text, "right").draw_on(canvas, self.paper.left, top, room)

    def _band(self, canvas: Canvas, wide: float, high: float) -> None:
        """A dark bar with hatched ends: seen in black and white, and on a copy of a copy."""
        y = high - _BAND_HEIGHT - 8
        canvas.setFillColor(DEEP)
        canvas.rect(0, y, wide, _BAND_HEIGHT, stroke=0, fill=1)
        canvas.setStrokeColor(WHITE)
        canvas.setLineWidth(2.2)
        for side in (0.0, wide - 66):
            for step in range(6):
                x = side + 6 + step * 10
                canvas.line(x, y + 2, x + 8, y + _BAND_HEIGHT - 2)
        block = TextBlock(((Run(self.running.band, _BAND_TYPE),),), align="center")
        block.draw_on(canvas, 66, y + _BAND_HEIGHT - 2.6, wide - 132)
        canvas.setFillColor(INK)

    def total(self, canvas: Canvas) -> None:
        """The number of pages, known only now, as a form that every page already refers to."""
        paper = self.paper
        self.pages = canvas.getPageNumber()
        _, between, after = (part.replace(" ", "\N{NO-BREAK SPACE}") for part in self.running.page)
        canvas.beginForm(_TOTAL, 0, 0, *paper.size)
        right = _text(f"{between}{self.pages}{after}")
        with decorated(canvas):
            right.draw_on(canvas, paper.left + paper.text_width - self._tail(), paper.bottom - 12, self._tail())
        canvas.endForm()


class _Closing(Flowable):
    """Last in the story: writes what is only known at the end."""

    def __init__(self, document: Document, finish: Callable[[Canvas], None] | None) -> None:
        super().__init__()
        self.document, self.finish = document, finish

    def wrap(self, _available_width: float, _available_height: float) -> tuple[float, float]:
        return 0, 0

    def draw(self) -> None:
        self.document.total(self.canv)
        _describe(self.canv, self.document.description)
        if self.finish is not None:
            self.finish(self.canv)
        tags = tags_of(self.canv)
        if tags is not None:
            tags.write(self.canv)


class _Information(PDFInfo):
    """The information dictionary with the date of issue in place of the clock's."""

    day = ""

    def format(self, document: object) -> bytes:
        entries = {
            "Title": self.title,
            "Author": self.author,
            "Subject": self.subject,
            "Keywords": self.keywords,
            "Creator": self.creator,
            "Producer": self.producer,
        }
        if self.day:
            entries["CreationDate"] = entries["ModDate"] = f"D:{self.day.replace('-', '')[:8]}"
        written: bytes = PDFDictionary({key: PDFString(value) for key, value in entries.items()}).format(document)
        return written


def _describe(canvas: Canvas, description: Description) -> None:
    information = document_of(canvas).info
    information.__class__ = _Information
    information.day = description.day
    information.producer = PRODUCER
    describe(
        canvas,
        title=description.title,
        author=description.author,
        subject=description.subject,
        language=description.language,
        keywords=description.keywords,
        day=description.day,
        archival=description.archival,
    )
    if description.archival:
        keep_colours(canvas)


def _line(canvas: Canvas, text: str, x: float, top: float, room: float, align: str = "left") -> None:
    """Text on one line, shortened where it is longer."""
    block = _text(text, align)
    if len(block.lines(room)) > 1:
        first = "".join(run.text for run in block.lines(room - 8)[0].runs)
        block = _text(f"{first}…", align)
    block.draw_on(canvas, x, top, room)


def _text(text: str, align: str = "left") -> TextBlock:
    return TextBlock(((Run(text, SMALL),),), align=align)


def _rule(canvas: Canvas, x: float, y: float, wide: float) -> None:
    canvas.setStrokeColor(RULE)
    canvas.setLineWidth(0.4)
    canvas.line(x, y, x + wide, y)
