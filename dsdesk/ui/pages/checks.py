"""Checks: what was found, by subject; each with its numbers, its source and the ways out."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QWidget,
)

from dsdesk.base.message import N_
from dsdesk.checks.finding import Finding, Severity
from dsdesk.ui.desk import Desk
from dsdesk.ui.dialogs.assumptions import AssumptionsDialog
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
        assumed = QPushButton(_("&What is assumed…"))
        assumed.clicked.connect(lambda: self._assume(""))
        self.header.addWidget(assumed)
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
        self._tree = _Sentences()
        self._tree.setAccessibleName(_("Findings"))
        self._tree.setModel(self._model)
        self._tree.setHeaderHidden(True)
        self._tree.selectionModel().currentChanged.connect(self._show_chosen)
        row.addWidget(self._tree, 3)
        self._panel = FindingPanel(self.desk)
        self._panel.edited.connect(self.edited)
        self._panel.doubted.connect(self._assume)
        row.addWidget(self._panel, 2)
        return both

    def _assume(self, code: str) -> None:
        """Let the assumptions be changed, first those that the check `code` reads."""
        dialog = AssumptionsDialog(self.window(), self.desk.store.project.site.assumed, code)
        if dialog.exec() == AssumptionsDialog.DialogCode.Accepted and (edit := dialog.edit()) is not None:
            self.edited.emit(edit)

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


class _Sentences(QTreeView):
    """A tree whose rows are sentences that wrap: Qt itself wraps them but keeps rows one line high."""

    def __init__(self) -> None:
        super().__init__()
        self.setWordWrap(True)
        self.setUniformRowHeights(False)
        self.setRootIsDecorated(True)
        self.setIndentation(2 * SPACE)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setItemDelegate(_Wrapping(self))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Sentences wrap elsewhere now."""
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()


class _Wrapping(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: "_Index") -> QSize:
        """As high as the sentence in the width that there is."""
        hint = super().sizeHint(option, index)
        view = self.parent()
        if not isinstance(view, QTreeView) or not index.parent().isValid():
            return hint
        room = view.viewport().width() - 2 * view.indentation() - _BESIDE_SENTENCE
        flags = Qt.TextFlag.TextWordWrap
        words = str(index.data())
        height = option.fontMetrics.boundingRect(QRect(0, 0, max(room, SPACE), 10_000), flags, words).height()
        most = _MOST_LINES * option.fontMetrics.lineSpacing()
        return QSize(hint.width(), max(hint.height(), min(height, most) + SPACE))


_Index = QModelIndex | QPersistentModelIndex
_MOST_LINES = 2  # what is longer ends in dots; the panel beside tells it in full
_BESIDE_SENTENCE = 5 * SPACE  # its drawing and the margins


PAGE = ChecksPage
