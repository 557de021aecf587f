"""Quote: the terms at the left, the very document at the right."""

from typing import TYPE_CHECKING

from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QWidget

from dsdesk.base.errors import DsdeskError
from dsdesk.base.message import N_
from dsdesk.ui.desk import Desk
from dsdesk.ui.dialogs import ask
from dsdesk.ui.focus import in_reading_order
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
        sign = QPushButton(_("&Sign…"))
        sign.setToolTip(_("Export the PDF signed with your certificate"))
        sign.clicked.connect(lambda _checked=False: self.triggered.emit("export_signed"))
        xlsx = QPushButton(icon("table"), _("Export as &XLSX…"))
        xlsx.clicked.connect(lambda _checked=False: self.triggered.emit("export_xlsx"))
        print_it = QPushButton(_("Pr&int…"))
        print_it.clicked.connect(lambda _checked=False: self.triggered.emit("print"))
        self._profiles = QPushButton(_("P&rofile"))
        self._menu = QMenu(self._profiles)
        self._menu.aboutToShow.connect(self._fill_profiles)
        self._profiles.setMenu(self._menu)
        for button in (self._profiles, print_it, sign, xlsx, pdf):
            self.header.addWidget(button)
        columns = QHBoxLayout()
        columns.setSpacing(2 * SPACE)
        self.body.addLayout(columns, 1)
        self._form = TermsForm()
        self._form.edited.connect(self.edited)
        self._preview = Preview(desk.tasks)
        columns.addWidget(self._form, 0)
        in_reading_order(self._form)
        columns.addWidget(self._preview, 1)

    def show_evaluation(self, evaluation: "Evaluation") -> None:
        """Show the terms at once and the document a moment later."""
        self._form.show_terms(evaluation.project.quote)
        catalog = self.desk.store.catalog
        if catalog is not None:
            self._preview.show_evaluation(evaluation, catalog)

    def _fill_profiles(self) -> None:
        """The profiles to use, then to keep or forget one."""
        from dsdesk.ui.profiles import load_profiles, use_profile

        self._menu.clear()
        profiles = load_profiles()
        for name, terms in profiles.items():
            entry = self._menu.addAction(_("Use {name}", name=name.replace("&", "&&")))
            edit = use_profile(name, terms)
            entry.triggered.connect(lambda _checked=False, edit=edit: self.edited.emit(edit))
        if profiles:
            self._menu.addSeparator()
        keep = self._menu.addAction(_("Keep company and terms as a profile…"))
        keep.triggered.connect(lambda _checked=False: self._keep_profile())
        if profiles:
            forget = self._menu.addMenu(_("Forget"))
            for name in profiles:
                entry = forget.addAction(name.replace("&", "&&"))
                entry.triggered.connect(lambda _checked=False, name=name: self._forget_profile(name))

    def _keep_profile(self) -> None:
        from dsdesk.ui.profiles import keep_profile, load_profiles

        terms = self.desk.store.project.quote
        name = ask.text(self, _("Keep a profile"), _("Name of the profile"), terms.buyer.name)
        if not name:
            return
        if name in load_profiles() and not ask.confirm(self, _("Replace {file}?", file=name), [], _("Replace")):
            return
        try:
            keep_profile(name, terms)
        except DsdeskError as error:
            ask.tell_error(self, error)

    def _forget_profile(self, name: str) -> None:
        from dsdesk.ui.profiles import forget_profile

        try:
            forget_profile(name)
        except DsdeskError as error:
            ask.tell_error(self, error)

    @classmethod
    def state(cls, evaluation: "Evaluation") -> PageState:
        """Done once the document says what it is and whom it comes from."""
        terms = evaluation.project.quote
        is_done = bool(terms.number and terms.buyer.name and evaluation.cost.lines)
        return PageState(Progress.DONE if is_done else Progress.TO_DO)


PAGE = QuotePage
