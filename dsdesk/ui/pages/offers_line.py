"""One line in all offers: prices, substitutes, doubts; to award it, and to run a substitute through the plan."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QScrollArea, QVBoxLayout, QWidget

from dsdesk.base.message import N_, Message
from dsdesk.base.units import Quantity, Unit
from dsdesk.project.edits import award
from dsdesk.project.offers import Award
from dsdesk.quote.comparison import letter
from dsdesk.quote.equivalents import Outcome, Proposal
from dsdesk.quote.offer import Offer, OfferLine
from dsdesk.ui.aside import Aside
from dsdesk.ui.icons import icon
from dsdesk.ui.pages.offers_columns import LineRow
from dsdesk.ui.pages.offers_state import Received
from dsdesk.ui.tasks import Tasks
from dsdesk.ui.theme import SPACE, status_colour
from dsdesk.ui.widgets.card import Card
from dsdesk.ui.widgets.text import caption, explanation, paragraph, section
from dsdesk.ui.words import _, say


class LinePanel(QScrollArea):
    """The line that is selected, a card an offer.

    Signals:
        edited: an Edit of the project.
    """

    edited = Signal(object)

    def __init__(self, tasks: Tasks) -> None:
        super().__init__()
        self._aside = Aside(tasks, self)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAutoFillBackground(False)
        self.setMinimumWidth(34 * SPACE)
        self.setAccessibleName(_("The line in all offers"))

    def show_line(self, shown: Received, row: LineRow | None) -> None:
        """Show a line; None says what to do."""
        self._aside.drop()
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(SPACE, 0, SPACE, 0)
        column.setSpacing(SPACE + SPACE // 2)
        if row is None:
            column.addWidget(explanation(_("Select a line to see what each supplier offers for it, and to award it.")))
        else:
            heading = section(f"{row.key}   {say(row.name)}")
            heading.setWordWrap(True)
            column.addWidget(heading)
            for index, line in enumerate(row.lines):
                if line is not None:
                    column.addWidget(self._card(shown, row, index, line))
        column.addStretch(1)
        self.setWidget(inner)

    def show_offer(self, shown: Received, index: int) -> None:
        """Show an offer as a whole: what is wrong with it, and what it says to the terms."""
        self._aside.drop()
        offer = shown.comparison.offers[index]
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(SPACE, 0, SPACE, 0)
        column.setSpacing(SPACE + SPACE // 2)
        heading = section(f"{letter(index)}   {offer.supplier}")
        heading.setWordWrap(True)
        column.addWidget(heading)
        column.addWidget(self._doubts(offer))
        column.addWidget(_terms(shown, index))
        column.addStretch(1)
        self.setWidget(inner)

    def _doubts(self, offer: Offer) -> Card:
        card = Card(_("To look at"))
        said = [say(problem) for problem in offer.problems]
        said += [f"{line.key}: {say(problem)}" for line in offer.lines for problem in line.problems]
        for words in said:
            card.body.addWidget(_warning(words))
        for note in offer.notes:
            card.body.addWidget(paragraph(say(note)))
        if not said and not offer.notes:
            card.body.addWidget(explanation(_("Nothing: every line has a price, and it answers what was asked.")))
        return card

    def _card(self, shown: Received, row: LineRow, index: int, line: OfferLine) -> Card:
        offer = shown.comparison.offers[index]
        card = _wrapped(Card(f"{letter(index)}   {offer.supplier}"))
        card.header.addWidget(self._award_button(row, index, offer, line))
        for words in _told(line, offer, shown):
            card.body.addWidget(paragraph(words))
        for problem in line.problems:
            card.body.addWidget(_warning(say(problem)))
        if row.awarded == index:
            card.body.addWidget(self._reason(shown, row, offer))
        no = int(row.key[1:]) if row.key.startswith("L") else 0
        proposal = shown.proposals.get((index, no))
        if proposal is not None:
            card.body.addWidget(self._substitute(shown, proposal))
        return card

    def _award_button(self, row: LineRow, index: int, offer: Offer, line: OfferLine) -> QPushButton:
        is_awarded = row.awarded == index
        button = (
            QPushButton(icon("good", status_colour("good")), _("Awarded")) if is_awarded else QPushButton(_("Award it"))
        )
        button.setToolTip(
            _("Take it back") if is_awarded else _("Give this line to {supplier}", supplier=offer.supplier)
        )
        button.setAccessibleDescription(button.toolTip())
        button.setEnabled(line.net is not None)
        chosen = "" if is_awarded else offer.sha256
        button.clicked.connect(lambda _c=False: self.edited.emit(award((Award(key=row.key, offer=chosen),))))
        return button

    def _reason(self, shown: Received, row: LineRow, offer: Offer) -> QWidget:
        """Why it goes there; for the memo."""
        field = QLineEdit(next((one.reason for one in shown.awarding.lines if one.key == row.key), ""))
        field.setPlaceholderText(_("Reason, for the memo"))
        field.setAccessibleName(_("Reason of the award"))

        def keep() -> None:
            given = Award(key=row.key, offer=offer.sha256, reason=field.text().strip())
            self.edited.emit(award((given,), f"award.{row.key}"))

        field.editingFinished.connect(keep)
        return field

    def _substitute(self, shown: Received, proposal: Proposal) -> QWidget:
        """Run another product through all checks and the forecast."""
        block = QWidget()
        column = QVBoxLayout(block)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE // 2)
        if proposal.part is None:
            text = _(
                "The catalogue knows no single part of this name: add it as an own part to run it through the checks."
            )
            column.addWidget(explanation(text))
            return block
        part = proposal.part
        column.addWidget(explanation(_("In the catalogue: {part}", part=part.full_name)))
        run = QPushButton(icon("checks"), _("Run it through the plan"))
        column.addWidget(run, 0, Qt.AlignmentFlag.AlignLeft)
        result = QVBoxLayout()
        column.addLayout(result)

        def show(found: Outcome) -> None:
            run.hide()
            for label in _outcome_labels(found):
                result.addWidget(label)
            use = QPushButton(icon("swap"), _("Put it into the plan"))
            use.clicked.connect(lambda _c=False: self.edited.emit(found.edit))
            result.addWidget(use, 0, Qt.AlignmentFlag.AlignLeft)

        def work(_task: object) -> Outcome:
            from dsdesk.quote.equivalents import outcome

            return outcome(shown.evaluation, shown.catalog, proposal.line_no, part)

        run.clicked.connect(lambda _c=False: self._aside.ask(Message(N_("Checking a substitute")), work, show))
        return block


def _terms(shown: Received, index: int) -> Card:
    """Conditions that the supplier answered, beside what was wished."""
    card = Card(_("Terms"))
    answered = [term for term in shown.comparison.terms if term.answers[index]]
    for term in answered:
        card.body.addWidget(caption(say(term.label)))
        card.body.addWidget(paragraph(term.answers[index]))
        if term.wish:
            card.body.addWidget(explanation(_("Asked: {wish}", wish=term.wish)))
    if not answered:
        card.body.addWidget(explanation(_("No condition was answered: all are accepted as asked.")))
    return card


def _told(line: OfferLine, offer: Offer, shown: Received) -> list[str]:
    """What is offered, in lines of text."""
    said = []
    if line.unit_price is not None:
        said.append(
            _(
                "{quantity} × {price} = {net} {currency}, VAT {rate} %",
                quantity=line.quantity,
                price=line.unit_price,
                net=line.net,
                currency=offer.currency,
                rate=(line.tax_rate * 100).normalize(),
            )
        )
    if line.lead_days is not None:
        said.append(_("{days} days from order", days=line.lead_days))
    if line.offered:
        said.append(_("Offered instead: {offered}", offered=line.offered))
    asked = next((one for one in shown.request.lines if f"L{one.no}" == line.key), None)
    for number, text in line.deviations:
        known = asked is not None and number <= len(asked.requirements)
        label = asked.requirements[number - 1].label if asked is not None and known else str(number)
        said.append(_("Deviation, {what}: {words}", what=label, words=text))
    if line.remark:
        said.append(_("Remark: {words}", words=line.remark))
    return said


def _wrapped(card: Card) -> Card:
    """A card whose heading gives way where the panel is narrow."""
    item = card.header.itemAt(0)
    heading = item.widget() if item is not None else None
    if isinstance(heading, QLabel):
        heading.setWordWrap(True)
    return card


def _warning(text: str) -> QWidget:
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(SPACE)
    mark = QLabel()
    mark.setPixmap(icon("warning", status_colour("warning")).pixmap(16, 16))
    layout.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
    layout.addWidget(paragraph(text), 1)
    return row


def _outcome_labels(found: Outcome) -> list[QWidget]:
    """What a substitute does to the plan."""
    labels: list[QWidget] = [caption(_("With it in the plan"))]
    if found.passes and not found.new:
        labels.append(paragraph(_("All checks say the same as before.")))
    labels += [_warning(say(finding.message)) for finding in found.new]
    labels += [paragraph(_("Solved: {what}", what=finding.message)) for finding in found.gone]
    if found.fits is False:
        labels.append(_warning(_("The model no longer fits.")))
    if found.before is not None and found.after is not None:
        before, after = (Quantity(one.estimate, Unit.TOK_S) for one in (found.before, found.after))
        labels.append(paragraph(_("Speed for each user: {before} → {after}", before=before, after=after)))
    return labels
