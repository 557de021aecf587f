"""The very PDF, page by page, following the fields a moment after they changed."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QImage, QPalette, QPixmap
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from dsdesk.base.errors import DsdeskError
from dsdesk.base.message import N_, Message
from dsdesk.ui.aside import Aside
from dsdesk.ui.tasks import Task, Tasks
from dsdesk.ui.theme import SPACE
from dsdesk.ui.widgets.text import caption, explanation
from dsdesk.ui.words import _, say

if TYPE_CHECKING:
    from dsdesk.build.catalog import Catalog
    from dsdesk.evaluate import Evaluation

_PAUSE_MS = 350
_POINTS_WIDE = 595.0  # A4; a Letter page is a little wider and drawn so
_SHARPNESS = 1.5  # pixels drawn for one shown, so that small print can be read


@dataclass(frozen=True, slots=True)
class Pages:
    """A document as pictures.

    Attributes:
        images: page by page.
        checksum: of its content.
        warnings: what a reader of it will miss.
    """

    images: tuple[QImage, ...]
    checksum: str
    warnings: tuple[Message, ...]


def drawn_pages(evaluation: "Evaluation", catalog: "Catalog", width: int, task: Task) -> Pages:
    """The document that an export would write now, `width` pixels wide."""
    from dsdesk.quote.export import make_pdf
    from dsdesk.quote.pdfium import PDFIUM

    terms = evaluation.project.quote
    task.report(0.0)
    content, exported = make_pdf(
        evaluation, catalog, language=terms.language, prices=terms.prices, tell=lambda done: task.report(done / 2)
    )
    task.report(0.5)
    with PDFIUM:
        images = _images(content, width / _POINTS_WIDE, task)
    return Pages(images, exported.checksum, exported.warnings)


def _images(content: bytes, scale: float, task: Task) -> tuple[QImage, ...]:
    import pypdfium2  # type: ignore[import-untyped]

    pdfium: Any = pypdfium2  # its types are not checked by their makers
    document = pdfium.PdfDocument(content)
    try:
        document.init_forms()  # else what is filled in from the beginning is not drawn
        images = []
        for number in range(len(document)):
            task.report(0.5 + number / len(document) / 2)
            drawn = document[number].render(scale=scale)
            picture = QImage(bytes(drawn.buffer), drawn.width, drawn.height, drawn.stride, QImage.Format.Format_BGR888)
            images.append(picture.copy())  # the bytes go with this call
        return tuple(images)
    finally:
        document.close()


class Preview(QWidget):
    """Pages one below the other, as wide as there is room."""

    def __init__(self, tasks: Tasks) -> None:
        super().__init__()
        self._aside = Aside(tasks, self, _PAUSE_MS)
        self._asked: tuple[Evaluation, Catalog] | None = None
        self._width = 0
        self._images: tuple[QImage, ...] = ()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE)
        self._state = caption(_("Laying out the document…"))
        layout.addWidget(self._state)
        self._warnings = explanation()
        self._warnings.hide()
        layout.addWidget(self._warnings)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self._area.setBackgroundRole(QPalette.ColorRole.Midlight)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setAccessibleName(_("Preview of the document"))
        inner = QWidget()
        inner.setBackgroundRole(QPalette.ColorRole.Midlight)
        inner.setAutoFillBackground(True)
        self._sheets = QVBoxLayout(inner)
        self._sheets.setContentsMargins(SPACE, SPACE, SPACE, SPACE)
        self._sheets.setSpacing(SPACE + SPACE // 2)
        self._sheets.addStretch(1)
        self._area.setWidget(inner)
        self._area.viewport().installEventFilter(self)
        layout.addWidget(self._area, 1)
        self._labels: list[QLabel] = []

    def show_evaluation(self, evaluation: "Evaluation", catalog: "Catalog") -> None:
        """Draw the document that follows from the project."""
        self._asked = (evaluation, catalog)
        self._draw()

    def _draw(self) -> None:
        width = self._sheet_width()
        if self._asked is None or width < 100:  # noqa: PLR2004 - not laid out yet
            return
        evaluation, catalog = self._asked
        self._width = width
        self._state.setText(_("Laying out the document…"))
        pixels = round(width * _SHARPNESS)
        self._aside.ask(
            Message(N_("Setting the document")),
            lambda task: drawn_pages(evaluation, catalog, pixels, task),
            self._show_pages,
            self._show_failure,
        )

    def _sheet_width(self) -> int:
        return self._area.viewport().width() - 2 * SPACE

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Draw anew for another width."""
        if event.type() is QEvent.Type.Resize and self._sheet_width() != self._width:
            self._draw()
        return super().eventFilter(watched, event)

    def _show_pages(self, pages: Pages) -> None:
        while len(self._labels) < len(pages.images):
            label = QLabel()
            self._labels.append(label)
            self._sheets.insertWidget(len(self._labels) - 1, label)
        for number, label in enumerate(self._labels):
            label.setVisible(number < len(pages.images))
            if number < len(pages.images):
                label.setPixmap(_sheet(pages.images[number], self._width))
                label.setAccessibleName(_("Page {page} of {pages}", page=number + 1, pages=len(pages.images)))
        self._images = pages.images
        self._state.setText(_("{pages} pages · checksum {sum}", pages=len(pages.images), sum=pages.checksum))
        self._warnings.setText("\n".join(say(one) for one in pages.warnings))
        self._warnings.setVisible(bool(pages.warnings))

    def _show_failure(self, error: DsdeskError) -> None:
        self._state.setText(say(error.message))

    @property
    def images(self) -> tuple[QImage, ...]:
        """The pages that are shown."""
        return self._images


def _sheet(image: QImage, width: int) -> QPixmap:
    drawn = QPixmap.fromImage(image)
    drawn.setDevicePixelRatio(image.width() / width)
    return drawn
