"""One finding in detail: the sentence, what it is about, its source, and each way out with what it would change."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFrame, QPushButton, QScrollArea, QVBoxLayout

from dsdesk.base.message import N_, Message
from dsdesk.checks.assumed import read_by
from dsdesk.checks.finding import Finding, Fix, Severity
from dsdesk.ui.desk import Desk
from dsdesk.ui.differences import differences
from dsdesk.ui.figures import price_text, wall_text
from dsdesk.ui.theme import SPACE
from dsdesk.ui.widgets.badge import Badge
from dsdesk.ui.widgets.card import Card, Stacked
from dsdesk.ui.widgets.text import caption, explanation, paragraph, section
from dsdesk.ui.words import _, say

if TYPE_CHECKING:
    from dsdesk.evaluate import Evaluation

_MOST = 6  # changes that a preview names before it says how many more there are


class FindingPanel(QScrollArea):
    """The right side of the Checks page.

    Signals:
        edited: an Edit of the project: the way out that was chosen.
        doubted: the code of a check whose assumptions are to be changed.
    """

    edited = Signal(object)
    doubted = Signal(str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def show_finding(self, finding: Finding | None) -> None:
        """Show this finding."""
        inner = Stacked()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, SPACE, 0)
        column.setSpacing(2 * SPACE)
        if finding is not None:
            column.addWidget(self._told(finding))
            for fix in finding.fixes:
                column.addWidget(self._way_out(fix))
        column.addStretch(1)
        self.setWidget(inner)

    def _told(self, finding: Finding) -> Card:
        card = Card()
        badge = Badge()
        badge.show_severity(finding.severity)
        card.body.addWidget(badge)
        card.body.addWidget(paragraph(say(finding.message)))
        names = self._subject(finding)
        if names:
            card.body.addWidget(explanation(_("About: {parts}", parts=names)))
        if finding.assumption:
            card.body.addWidget(explanation(_("An assumption of practice, not a limit from a source.")))
        if finding.source:
            card.body.addWidget(explanation(_("Source: {source}", source=Message(finding.source))))
        if read_by(finding.code):
            change = QPushButton(_("Assume &otherwise…"))
            change.clicked.connect(lambda: self.doubted.emit(finding.code))
            card.body.addWidget(change, 0, Qt.AlignmentFlag.AlignLeft)
        card.body.addWidget(caption(finding.code))
        if not finding.fixes and finding.severity >= Severity.WARNING:
            card.body.addWidget(explanation(_("There is no change of the project that would mend this by itself.")))
        return card

    def _subject(self, finding: Finding) -> str:
        catalog, configuration = self._desk.store.catalog, self._desk.store.project.configuration
        if catalog is None:
            return ""
        names = []
        for machine in configuration.machines:
            for line in machine.lines:
                if line.no in finding.subject:
                    part = catalog.part(line.part_id)
                    names.append(part.full_name if part else line.part_id)
        return ", ".join(names)

    def _way_out(self, fix: Fix) -> Card:
        card = Card()
        heading = section(say(fix.text))
        heading.setWordWrap(True)
        card.body.addWidget(heading)
        edit = fix.edit
        card.body.addWidget(caption(_("for now") if fix.term == "short" else _("for the long run")))
        if edit is None:
            return card
        preview = explanation(_("Trying it out…"))
        card.body.addWidget(preview)
        apply = QPushButton(_("&Apply"))
        apply.setProperty("look", "primary")
        apply.setAccessibleDescription(say(fix.text))
        apply.clicked.connect(lambda: self.edited.emit(edit))
        card.body.addWidget(apply, 0, Qt.AlignmentFlag.AlignLeft)
        self._try(fix, card, preview.setText)
        return card

    def _try(self, fix: Fix, owner: QObject, tell: Callable[[str], None]) -> None:
        """Evaluate the project as it would be, aside, and tell what would change."""
        store = self._desk.store
        before, catalog, edit = store.evaluation, store.catalog, fix.edit
        if before is None or catalog is None or edit is None:
            return
        from dsdesk.evaluate import evaluate

        after = edit.apply(before.project)
        self._desk.tasks.run(
            Message(N_("Trying a way out")),
            lambda _task: evaluate(after, catalog),
            lambda evaluation: tell(
                "\n".join(_preview(before, evaluation, differences(before.project, after, catalog)))
            ),
            owner=owner,
        )


def _preview(before: "Evaluation", after: "Evaluation", changes: tuple[str, ...]) -> list[str]:
    said = list(changes[:_MOST])
    if len(changes) > _MOST:
        said.append(_("and {count} more changes", count=len(changes) - _MOST))
    for word, severity in ((_("errors"), Severity.ERROR), (_("warnings"), Severity.WARNING)):
        one, other = _count(before, severity), _count(after, severity)
        if one != other:
            said.append(f"{word}: {one} → {other}")
    for word, text in ((_("price"), price_text), (_("from the wall"), wall_text)):
        if text(before)[0] != text(after)[0]:
            said.append(f"{word}: {text(before)[0]} → {text(after)[0]}")
    return said or [_("Nothing that shows in the figures.")]


def _count(evaluation: "Evaluation", severity: Severity) -> int:
    return sum(finding.severity is severity for finding in evaluation.findings)
