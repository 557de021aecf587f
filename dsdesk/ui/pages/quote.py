"""Quote: the terms at the left, the very document at the right."""

from typing import TYPE_CHECKING

from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from dsdesk.base.message import N_
from dsdesk.ui.desk import Desk
from dsdesk.ui.icons import icon
from dsdesk.ui.pages.page import Page, PageState, Progress
from dsdesk.ui.pages.quote_form import TermsForm
from dsdesk.ui.pages.quote_preview import Preview
from dsdesk.ui.theme import SPACE, current
from dsdesk.ui.words import _

if TYPE_CHECKING:
    from dsdesk.evaluate import Evaluation


class QuotePage(Page):
    """Form and live preview."""

    NAME = "quote"
    TITLE = N_("Quote")
    SUBTITLE = N_("What a supplier gets. What you leave empty, the document asks for.")
    ICON = "quote"
    SCROLLS = False

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        light = current().palette.color(QPalette.ColorRole.HighlightedText)
        pdf = QPushButton(icon("export", light), _("Export as &PDF…"))
        pdf.setProperty("look", "primary")
        pdf.clicked.connect(lambda _checked=False: self.triggered.emit("export_pdf"))
        xlsx = QPushButton(icon("table"), _("Export as &XLSX…"))
        xlsx.clicked.connect(lambda _checked=False: self.triggered.emit("export_xlsx"))
        self.header.addWidget(xlsx)
        self.header.addWidget(pdf)
        columns = QHBoxLayout()
        columns.setSpacing(2 * SPACE)
        self.body.addLayout(columns, 1)
        self._form = TermsForm()
        self._form.edited.connect(self.edited)
        self._preview = Preview(desk.tasks)
        columns.addWidget(self._form, 0)
        columns.addWidget(self._preview, 1)

    def show_evaluation(self, evaluation: "Evaluation") -> None:
        """Show the terms at once and the document a moment later."""
        self._form.show_terms(evaluation.project.quote)
        catalog = self.desk.store.catalog
        if catalog is not None:
            self._preview.show_evaluation(evaluation, catalog)

    @classmethod
    def state(cls, evaluation: "Evaluation") -> PageState:
        """Done once the document says what it is and whom it comes from."""
        terms = evaluation.project.quote
        is_done = bool(terms.number and terms.buyer.name and evaluation.cost.lines)
        return PageState(Progress.DONE if is_done else Progress.TO_DO)


PAGE = QuotePage
