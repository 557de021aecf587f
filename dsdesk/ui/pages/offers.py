"""Offers: what suppliers returned, held against the request, compared, awarded, and turned into memo and orders."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QMenu, QPushButton, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from dsdesk.base.message import N_, Message
from dsdesk.project.edits import add_offers, award, remove_offer
from dsdesk.project.offers import Award
from dsdesk.ui.aside import Aside
from dsdesk.ui.desk import Desk
from dsdesk.ui.dialogs import ask
from dsdesk.ui.icons import icon
from dsdesk.ui.pages.page import Page, PageState, Progress
from dsdesk.ui.theme import SPACE, current
from dsdesk.ui.widgets.empty import EmptyState
from dsdesk.ui.widgets.text import explanation
from dsdesk.ui.words import _, say

if TYPE_CHECKING:
    from dsdesk.evaluate import Evaluation
    from dsdesk.ui.pages.offers_columns import LineRow, OfferRow
    from dsdesk.ui.pages.offers_files import Read
    from dsdesk.ui.pages.offers_state import Received
    from dsdesk.ui.tasks import Task
    from dsdesk.ui.widgets.table import Table


class OffersPage(Page):
    """Two tables and the panel of what is selected."""

    NAME = "offers"
    TITLE = N_("Offers")
    SUBTITLE = N_("What suppliers returned. Drop their PDF, XLSX or UBL files here.")
    ICON = "offers"
    SCROLLS = False

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        from dsdesk.ui.pages.offers_files import OfferFiles
        from dsdesk.ui.pages.offers_line import LinePanel

        self._aside, self._reading = Aside(desk.tasks, self), Aside(desk.tasks, self)
        self._files = OfferFiles(desk, self)
        self._shown: Received | None = None
        self._key = ""
        self._panel = LinePanel(desk.tasks)
        self._panel.edited.connect(self.edited)
        self._stack = QStackedWidget()
        self._stack.addWidget(_empty(self._ask_for_files))
        self._sheet = QWidget()
        self._stack.addWidget(self._sheet)
        self.body.addWidget(self._stack, 1)
        self._buttons: dict[str, QPushButton] = {}
        self._fill_header()
        self._fill_sheet()

    def _fill_header(self) -> None:
        light = current().palette.color(QPalette.ColorRole.HighlightedText)
        add = QPushButton(icon("add", light), _("&Add offers…"))
        add.setProperty("look", "primary")
        add.clicked.connect(lambda _c=False: self._ask_for_files())
        give = QPushButton(icon("good"), _("A&ward"))
        self._award_menu = QMenu(give)
        self._award_menu.aboutToShow.connect(self._fill_awards)
        give.setMenu(self._award_menu)
        memo = QPushButton(icon("export"), _("&Memo…"))
        memo.clicked.connect(lambda _c=False: self._with(self._files.memo))
        orders = QPushButton(icon("export"), _("&Orders…"))
        orders.clicked.connect(lambda _c=False: self._with(self._files.orders))
        for name, button in (("award", give), ("memo", memo), ("orders", orders), ("add", add)):
            self._buttons[name] = button
            self.header.addWidget(button)

    def _fill_sheet(self) -> None:
        column = QVBoxLayout(self._sheet)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE)
        self._notes = explanation()
        column.addWidget(self._notes)
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.setChildrenCollapsible(False)
        self._tables = QSplitter(Qt.Orientation.Vertical)
        self._tables.setChildrenCollapsible(False)
        self._splitter.addWidget(self._tables)
        self._splitter.addWidget(self._panel)
        self._splitter.setStretchFactor(0, 1)
        self._splitter.setStretchFactor(1, 0)
        self._splitter.setSizes([90 * SPACE, 42 * SPACE])
        column.addWidget(self._splitter, 1)
        self._offers: Table[OfferRow] | None = None
        self._lines: Table[LineRow] | None = None

    # ------------------------------------------------------------------------------------------------------- showing

    def show_evaluation(self, evaluation: "Evaluation") -> None:
        """Compare what the project keeps."""
        catalog = self.desk.store.catalog
        if not evaluation.project.offers or catalog is None:
            self._shown = None
            self._stack.setCurrentIndex(0)
            self._enable()
            return
        from dsdesk.ui.pages.offers_state import received

        self._aside.ask(
            Message(N_("Comparing offers")), lambda task: received(evaluation, catalog, task), self._show_received
        )

    def _show_received(self, shown: "Received") -> None:
        from dsdesk.ui.pages.offers_columns import line_rows, offer_rows

        before, self._shown = self._shown, shown
        self._stack.setCurrentIndex(1)
        if before is None or len(before.comparison.offers) != len(shown.comparison.offers) or self._offers is None:
            self._build_tables(shown)
        assert self._offers is not None
        assert self._lines is not None
        self._offers.show_rows(offer_rows(shown))
        rows = line_rows(shown)
        self._lines.show_rows(rows)
        self._notes.setText(_said(shown))
        self._panel.show_line(shown, next((row for row in rows if row.key == self._key), None))
        self._enable()

    def _build_tables(self, shown: "Received") -> None:
        """Tables with a column an offer."""
        from dsdesk.ui.pages.offers_columns import line_columns, offer_columns
        from dsdesk.ui.widgets.table import Table

        for old in (self._offers, self._lines):
            if old is not None:
                old.hide()
                old.deleteLater()
        self._offers = Table(_("Offers"), offer_columns(shown.comparison.currency))
        self._lines = Table(_("Every line in all offers, without VAT"), line_columns(shown))
        self._lines.sort_by_clicks()
        self._offers.setMinimumHeight(14 * SPACE)
        self._tables.addWidget(self._offers)
        self._tables.addWidget(self._lines)
        self._tables.setSizes([min(7 + 4 * len(shown.comparison.offers), 30) * SPACE, 60 * SPACE])
        self._offers.chosen.connect(self._choose_offer)
        self._offers.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._offers.customContextMenuRequested.connect(self._show_offer_menu)
        self._lines.chosen.connect(self._choose_line)

    def _choose_offer(self, row: "OfferRow | None") -> None:
        if row is not None and self._shown is not None:
            self._key = ""
            self._panel.show_offer(self._shown, row.index)

    def _choose_line(self, row: "LineRow | None") -> None:
        if row is not None and self._shown is not None:
            self._key = row.key
            self._panel.show_line(self._shown, row)

    def _enable(self) -> None:
        shown = self._shown
        self._buttons["award"].setEnabled(shown is not None)
        self._buttons["memo"].setEnabled(shown is not None)
        self._buttons["orders"].setEnabled(shown is not None and bool(shown.awarding.orders))

    # --------------------------------------------------------------------------------------------------------- doing

    def _with(self, act: "object") -> None:
        if self._shown is not None and callable(act):
            act(self._shown)

    def _show_offer_menu(self, place: "object") -> None:
        del place
        self._fill_awards()
        self._award_menu.popup(self.cursor().pos())

    def _fill_awards(self) -> None:
        """What can be done with whole offers."""
        from dsdesk.quote.awarding import all_to, lowest_by_line

        self._award_menu.clear()
        shown = self._shown
        if shown is None:
            return
        comparison = shown.comparison
        lowest = self._award_menu.addAction(_("Every line to its lowest offer"))
        lowest.triggered.connect(lambda _c=False: self.edited.emit(award(lowest_by_line(comparison))))
        back = self._award_menu.addAction(_("Take all awards back"))
        given = tuple(Award(key=one.key, offer="") for one in shown.evaluation.project.awards)
        back.setEnabled(bool(given))
        back.triggered.connect(lambda _c=False: self.edited.emit(award(given)))
        for index, offer in enumerate(comparison.offers):
            menu = self._award_menu.addMenu(offer.supplier.replace("&", "&&"))
            whole = menu.addAction(_("Every line to this offer"))
            whole.triggered.connect(lambda _c=False, one=offer: self.edited.emit(award(all_to(one))))
            keep = menu.addAction(_("Keep its prices in my price list…"))
            keep.triggered.connect(lambda _c=False, at=index: self._files.keep_prices(shown, at))
            drop = menu.addAction(icon("remove"), _("Remove this offer"))
            drop.triggered.connect(lambda _c=False, one=offer: self.edited.emit(remove_offer(one.sha256)))

    def _ask_for_files(self) -> None:
        pattern = _("Returned offers") + " (*.pdf *.xlsx *.xlsm *.xml)"
        path = ask.file_to_open(self, _("Add an offer"), pattern)
        if path is not None:
            self.take_files([path])

    def take_files(self, paths: list[Path]) -> None:
        """Read returned files and keep them with the project."""
        from dsdesk.ui.pages.offers_files import read_files, tell_refused

        def done(found: "Read") -> None:
            if found.offers:
                self.edited.emit(add_offers(found.offers))
            tell_refused(self, found)

        def work(task: "Task") -> "Read":
            return read_files(paths, task)

        self._reading.ask(Message(N_("Reading offers")), work, done)

    @classmethod
    def state(cls, evaluation: "Evaluation") -> PageState:
        """Done once every line went to somebody; nothing to do before an offer is there."""
        project = evaluation.project
        if not project.offers:
            return PageState(Progress.NONE)
        lines = {f"L{line.no}" for line in evaluation.cost.lines if line.basis != "owned"}
        return PageState(Progress.DONE if lines <= {one.key for one in project.awards} else Progress.TO_DO)


def _empty(act: "object") -> QWidget:
    text = _(
        "Export the quote as PDF or XLSX, let suppliers fill it in, and drop what they return on this window. Each "
        "price is held against the request, added up again and compared; what is missing or unclear is told by line."
    )
    return EmptyState("offers", _("No offers yet"), text, _("Add offers…"), act if callable(act) else None)


def _said(shown: "Received") -> str:
    """What holds for the whole: currency, what cannot be compared, what every line at its lowest comes to."""
    comparison = shown.comparison
    said = [say(warning) for warning in comparison.warnings]
    if shown.comparison.by_line is not None:
        said.append(_("Every line at its lowest: {amount} without VAT.", amount=shown.comparison.by_line))
    if shown.awarding.lines:
        total = " + ".join(order.total.text() for order in shown.awarding.orders)
        said.append(_("Awarded: {count} of {all} lines, {total} with VAT.", count=len(shown.awarding.lines),
                      all=len(shown.comparison.rows), total=total))  # fmt: skip
    said += [say(note) for note in shown.awarding.notes]
    return "   ".join(said)


PAGE = OffersPage
