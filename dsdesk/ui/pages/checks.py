"""Checks: what was found, by subject; each with its numbers, its source and the ways out."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QTreeView, QWidget

from dsdesk.base.message import N_
from dsdesk.checks.finding import Finding, Severity
from dsdesk.ui.desk import Desk
from dsdesk.ui.itemmodels.findings import FindingRole, FindingsModel
from dsdesk.ui.pages.finding_panel import FindingPanel
from dsdesk.ui.pages.page import Page, PageState, Progress
from dsdesk.ui.theme import SPACE
from dsdesk.ui.widgets.badge import Badge, count_text
from dsdesk.ui.widgets.empty import EmptyState
from dsdesk.ui.words import _

if TYPE_CHECKING:
    from dsdesk.evaluate import Evaluation


class ChecksPage(Page):
    """The findings as a tree, and the chosen one in detail."""

    NAME = "checks"
    TITLE = N_("Checks")
    SUBTITLE = N_(
        "Whether it goes together, by rules that name their source. What could not be checked is said as well."
    )
    ICON = "checks"
    SCROLLS = False

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self._badges = QHBoxLayout()
        self._badges.setSpacing(2 * SPACE)
        self._counts = {severity: Badge() for severity in sorted(Severity, reverse=True)}
        for badge in self._counts.values():
            self._badges.addWidget(badge)
        self._badges.addStretch(1)
        self.body.addLayout(self._badges)
        self._stack = QStackedWidget()
        self.body.addWidget(self._stack, 1)
        self._stack.addWidget(
            EmptyState(
                "checks",
                _("Nothing to check yet"),
                _("Choose a model and put parts into the machine; every change is checked at once."),
                _("Go to the machine"),
                lambda: self.wanted.emit("machine"),
            )
        )
        self._stack.addWidget(self._found())

    def _found(self) -> QWidget:
        both = QWidget()
        row = QHBoxLayout(both)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * SPACE)
        self._model = FindingsModel(self)
        self._tree = QTreeView()
        self._tree.setAccessibleName(_("Findings"))
        self._tree.setModel(self._model)
        self._tree.setHeaderHidden(True)
        self._tree.setWordWrap(True)
        self._tree.setUniformRowHeights(False)
        self._tree.setRootIsDecorated(True)
        self._tree.setIndentation(2 * SPACE)
        self._tree.setTextElideMode(Qt.TextElideMode.ElideRight)
        self._tree.selectionModel().currentChanged.connect(self._show_chosen)
        row.addWidget(self._tree, 3)
        self._panel = FindingPanel(self.desk)
        self._panel.edited.connect(self.edited)
        row.addWidget(self._panel, 2)
        return both

    def _show_chosen(self, index: QModelIndex, _before: QModelIndex | None = None) -> None:
        finding: Finding | None = index.data(FindingRole) if index.isValid() else None
        self._panel.show_finding(finding)

    def show_evaluation(self, evaluation: "Evaluation") -> None:
        """Show what was found; the finding that was looked at stays in view while it is there."""
        kept: Finding | None = (
            self._tree.currentIndex().data(FindingRole) if self._tree.currentIndex().isValid() else None
        )
        self._stack.setCurrentIndex(1 if evaluation.findings else 0)
        for severity, badge in self._counts.items():
            number = sum(finding.severity is severity for finding in evaluation.findings)
            badge.setVisible(number > 0)
            badge.show_severity(severity, count_text(severity, number))
        self._model.show_findings(evaluation.findings)
        self._tree.expandAll()
        self._choose(kept)

    def _choose(self, kept: Finding | None) -> None:
        first: QModelIndex | None = None
        for row in range(self._model.rowCount()):
            group = self._model.index(row, 0)
            for inner in range(self._model.rowCount(group)):
                index = self._model.index(inner, 0, group)
                first = first or index
                finding: Finding = index.data(FindingRole)
                if kept is not None and (finding.code, finding.machine) == (kept.code, kept.machine):
                    self._tree.setCurrentIndex(index)
                    return
        if first is not None:
            self._tree.setCurrentIndex(first)
        else:
            self._panel.show_finding(None)

    @classmethod
    def state(cls, evaluation: "Evaluation") -> PageState:
        """The worst that was found; done when nothing is worse than a note."""
        serious = [one.severity for one in evaluation.findings if one.severity >= Severity.WARNING]
        if serious:
            return PageState(Progress.TO_DO, max(serious), serious.count(max(serious)))
        has_parts = any(machine.lines for machine in evaluation.configuration.machines)
        return PageState(Progress.DONE if has_parts else Progress.TO_DO)


PAGE = ChecksPage
