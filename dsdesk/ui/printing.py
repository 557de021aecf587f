"""The very document on a printer: page by page, so that a long one needs no memory for all its pages at once."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QRect, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QWidget

from dsdesk.base.message import N_, Message
from dsdesk.ui.desk import Desk
from dsdesk.ui.dialogs import ask
from dsdesk.ui.tasks import Task

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrinter

_DOTS_PER_INCH = 300.0
_POINTS_PER_INCH = 72.0
_KEEP = Qt.AspectRatioMode.KeepAspectRatio


class Printing(QObject):
    """One print job: the PDF is made, then each page is drawn aside and painted here.

    Attributes:
        printed: pages that went to the printer so far.
    """

    def __init__(self, desk: Desk, window: QWidget, printer: "QPrinter") -> None:
        super().__init__(window)
        self._desk, self._window, self._printer = desk, window, printer
        self._content = b""
        self._wanted: list[int] = []
        self._painter: QPainter | None = None
        self.printed = 0

    def start(self) -> None:
        """Make the document and print the pages that were asked for."""
        evaluation, catalog = self._desk.store.evaluation, self._desk.store.catalog
        if evaluation is None or catalog is None:
            return

        def work(task: Task) -> tuple[bytes, int]:
            from dsdesk.quote.export import make_pdf

            terms = evaluation.project.quote
            content, exported = make_pdf(
                evaluation, catalog, language=terms.language, prices=terms.prices, tell=task.report
            )
            return content, exported.pages

        self._run(Message(N_("Setting the document")), work, self._begin)

    def _run(self, title: Message, work: Callable[[Task], Any], done: Callable[[Any], None]) -> None:
        from dsdesk.ui.dialogs.progress import follow

        task = self._desk.tasks.run(
            title, work, done, failed=lambda error: ask.tell_error(self._window, error), owner=self
        )
        follow(self._window, self._desk.tasks, task).canceled.connect(self._end)

    def _begin(self, made: tuple[bytes, int]) -> None:
        self._content, pages = made
        first = self._printer.fromPage() or 1
        last = self._printer.toPage() or pages
        self._wanted = list(range(first - 1, min(last, pages)))
        self._painter = QPainter()
        if not self._wanted or not self._painter.begin(self._printer):
            self._end()
            return
        self._next()

    def _next(self) -> None:
        if not self._wanted:
            self._end()
            return
        page = self._wanted.pop(0)
        title = Message(N_("Printing page {page}"), page=page + 1)
        self._run(title, lambda _task: drawn(self._content, page), self._paint)

    def _paint(self, image: QImage) -> None:
        assert self._painter is not None
        if self.printed:
            self._printer.newPage()
        room = self._painter.viewport()
        size = image.size().scaled(room.size(), _KEEP)
        left, top = (room.width() - size.width()) // 2, (room.height() - size.height()) // 2
        self._painter.drawImage(QRect(left, top, size.width(), size.height()), image)
        self.printed += 1
        self._next()

    def _end(self) -> None:
        if self._painter is not None and self._painter.isActive():
            self._painter.end()
        self._painter = None
        self.deleteLater()


def drawn(content: bytes, page: int) -> QImage:
    """One page of a PDF at the printer's sharpness."""
    import pypdfium2  # type: ignore[import-untyped]

    from dsdesk.quote.pdfium import PDFIUM

    with PDFIUM:
        document = pypdfium2.PdfDocument(content)
        try:
            document.init_forms()  # else what is filled in from the beginning is not drawn
            bitmap = document[page].render(scale=_DOTS_PER_INCH / _POINTS_PER_INCH)
            picture = QImage(
                bytes(bitmap.buffer), bitmap.width, bitmap.height, bitmap.stride, QImage.Format.Format_BGR888
            )
            return picture.copy()  # the bytes go with this call
        finally:
            document.close()
