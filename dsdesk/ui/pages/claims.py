"""The guide's claims: each with its figure, ours, the difference, a verdict and its reason."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from dsdesk.base.errors import DsdeskError
from dsdesk.base.message import N_, Message
from dsdesk.base.source import Unknown
from dsdesk.claims.claim import Claim, Verdict
from dsdesk.project.edits import Edit
from dsdesk.project.templates import SCHEME_NAMES, SCHEMES, scheme
from dsdesk.ui.aside import Aside
from dsdesk.ui.desk import Desk
from dsdesk.ui.dialogs import ask
from dsdesk.ui.pages.claims_columns import (
    claim_columns,
    difference_text,
    figure_text,
    strength_text,
    verdict_colour,
    verdict_count,
    verdict_drawing,
    verdict_word,
)
from dsdesk.ui.pages.page import Page
from dsdesk.ui.theme import SPACE
from dsdesk.ui.widgets.badge import Badge
from dsdesk.ui.widgets.card import Card
from dsdesk.ui.widgets.segments import Segments
from dsdesk.ui.widgets.table import Table
from dsdesk.ui.widgets.text import explanation, paragraph, section
from dsdesk.ui.words import _, say

if TYPE_CHECKING:
    from dsdesk.build.catalog import Catalog
    from dsdesk.evaluate import Evaluation

_ALL, _GENERAL = "all", ""


class ClaimsPage(Page):
    """Table above, the chosen claim in full below."""

    NAME = "claims"
    TITLE = N_("The guide's claims")
    SUBTITLE = N_("What the guide says beside what dsdesk computes or finds; nothing of it is copied unchecked.")
    ICON = "claims"
    SCROLLS = False

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self._aside = Aside(desk.tasks, self)
        self._claims: tuple[Claim, ...] = ()
        self._asked: tuple[object, object] | None = None
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        numbered = [(key, _("Scheme {number}", number=key.rpartition("-")[2])) for key in SCHEMES]
        self._shelf = Segments(_("Which claims"), [(_ALL, _("All")), (_GENERAL, _("General")), *numbered])
        self._shelf.chosen.connect(lambda _key: self._filter())
        self._search = QLineEdit()
        self._search.setPlaceholderText(_("Search"))
        self._search.setAccessibleName(_("Search the claims"))
        self._search.setClearButtonEnabled(True)
        row.addWidget(self._shelf)
        row.addWidget(self._search, 1)
        self._open = QPushButton(_("&Open this scheme"))
        self._open.clicked.connect(lambda _checked=False: self._open_scheme())
        self.body.addLayout(row)
        counts = QHBoxLayout()
        counts.setSpacing(3 * SPACE)
        self._counts = {verdict: Badge() for verdict in Verdict}
        for badge in self._counts.values():
            counts.addWidget(badge)
        counts.addStretch(1)
        counts.addWidget(self._open)
        self.body.addLayout(counts)
        self._table: Table[Claim] = Table(_("Claims"), claim_columns())
        self._table.sort_by_clicks()
        self._table.chosen.connect(self._show_claim)
        self._search.textChanged.connect(self._table.filter.search)
        self.body.addWidget(self._table, 3)
        self._card = Card()
        self.body.addWidget(self._card, 0)
        self._details = ClaimDetails()
        self._card.body.addWidget(self._details)
        self._filter()

    def _filter(self) -> None:
        key = self._shelf.key()
        self._table.filter.keep(None if key == _ALL else lambda claim: claim.scheme == key)
        self._open.setVisible(key in SCHEMES)
        shown = [claim for claim in self._claims if key in {_ALL, claim.scheme}]
        for verdict, badge in self._counts.items():
            number = sum(claim.verdict is verdict for claim in shown)
            badge.show_status(verdict_drawing(verdict), verdict_count(verdict, number), verdict_colour(verdict))
        self._fit()

    def _open_scheme(self) -> None:
        key = str(self._shelf.key())
        try:
            project = scheme(key)
        except DsdeskError as error:
            ask.tell_error(self, error)
            return
        self.desk.store.begin(Edit(SCHEME_NAMES[key], lambda _before: project))
        self.wanted.emit("checks")

    def show_evaluation(self, evaluation: "Evaluation") -> None:
        """Judge the claims, beside the window; they depend on the catalogue and hardly on the project."""
        catalog = self.desk.store.catalog
        asked = (catalog, evaluation.catalog_version)
        if catalog is None or asked == self._asked:
            return
        self._asked = asked
        self._aside.ask(
            Message(N_("Judging the guide's claims")), lambda _task: _judged(evaluation, catalog), self._show_claims
        )

    def _show_claims(self, claims: tuple[Claim, ...]) -> None:
        self._claims = claims
        self._table.show_rows(claims)
        self._filter()
        if self._table.current_row() is None and claims:
            self._table.selectRow(0)

    def _show_claim(self, claim: Claim | None) -> None:
        self._details.show_claim(claim)
        self._fit()

    def _fit(self) -> None:
        """Give changed words their room at once."""
        layout = self.layout()
        if layout is not None:
            layout.activate()

    def selection(self) -> object:
        """Shelf and words."""
        return self._shelf.key(), self._search.text()

    def select(self, selection: object) -> None:
        """Shelf and words of the page before."""
        if isinstance(selection, tuple):
            self._shelf.show_key(selection[0])
            self._search.setText(selection[1])
            self._filter()


def _judged(evaluation: "Evaluation", catalog: "Catalog") -> tuple[Claim, ...]:
    from dsdesk.claims import claims

    return claims(evaluation, catalog)


class ClaimDetails(QWidget):
    """One claim in full."""

    def __init__(self) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(SPACE)
        self._heading, self._verdict = section(_("Choose a claim")), Badge()
        self._heading.setWordWrap(True)
        self._quote, self._reason, self._figures, self._source = (
            explanation(), paragraph(), explanation(), explanation()
        )  # fmt: skip
        for widget in (self._heading, self._quote, self._verdict, self._reason, self._figures, self._source):
            self._column.addWidget(widget)

    def show_claim(self, claim: Claim | None) -> None:
        """Show this claim."""
        for widget in (self._quote, self._verdict, self._reason, self._figures, self._source):
            widget.setVisible(claim is not None)
        if claim is None:
            self._heading.setText(_("Choose a claim"))
            return
        self._heading.setText(f"{claim.g} · {say(claim.text)}")
        self._quote.setText(f"“{claim.quote}”")
        words = f"{verdict_word(claim.verdict)} · {strength_text(claim.strength)}"
        self._verdict.show_status(verdict_drawing(claim.verdict), words, verdict_colour(claim.verdict))
        self._reason.setText(say(claim.reason))
        ours = say(claim.our_value) if isinstance(claim.our_value, Unknown) else figure_text(claim.our_value)
        self._figures.setText(
            _("The guide: {guide}. Ours: {ours}. Difference: {difference}.", guide=figure_text(claim.guide_value),
              ours=ours, difference=difference_text(claim))
        )  # fmt: skip
        self._figures.setVisible(claim.guide_value is not None or claim.our_value is not None)
        self._source.setText(_("Source: {source}", source=claim.source))


PAGE = ClaimsPage
