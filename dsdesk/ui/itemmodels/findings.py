"""Findings as a tree of two levels: the subject, and below it what was found; what was not checked comes last."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont

from dsdesk.checks.finding import Finding, Severity
from dsdesk.ui.icons import icon
from dsdesk.ui.widgets.badge import DRAWINGS, count_text, severity_colour, severity_word
from dsdesk.ui.words import _, say

FindingRole = Qt.ItemDataRole.UserRole + 1

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_TOP = 0  # internal id of a group; a finding has the number of its group plus one


@dataclass(frozen=True, slots=True)
class Group:
    """Findings about one subject."""

    title: str
    findings: tuple[Finding, ...]

    @property
    def worst(self) -> Severity:
        """The severity that its heading shows."""
        return max(finding.severity for finding in self.findings)


def subject_word(subject: str) -> str:
    """The subject of a code ("power" of "power.E003") in words."""
    words = {
        "parts": _("Parts"),
        "power": _("Power"),
        "cooling": _("Cooling"),
        "fit": _("Room in the case"),
        "memory": _("Host memory"),
        "pcie": _("PCIe"),
        "links": _("Links between accelerators"),
        "storage": _("Storage"),
        "network": _("Network"),
        "software": _("Software"),
        "site": _("Site"),
        "trade": _("Trade"),
        "model": _("Model"),
        "speed": _("Speed"),
    }
    return words.get(subject, subject.capitalize())


def grouped(findings: Sequence[Finding]) -> tuple[Group, ...]:
    """Findings by subject, the worst first; those that could not be checked as a group of their own at the end."""
    subjects: dict[str, list[Finding]] = {}
    unchecked: list[Finding] = []
    for finding in findings:
        if finding.severity is Severity.UNCHECKED:
            unchecked.append(finding)
        else:
            subjects.setdefault(finding.code.partition(".")[0], []).append(finding)
    groups = [
        Group(subject_word(subject), tuple(sorted(found, key=lambda one: -one.severity)))
        for subject, found in subjects.items()
    ]
    groups.sort(key=lambda group: -group.worst)
    if unchecked:
        groups.append(Group(_("What was not checked"), tuple(unchecked)))
    return tuple(groups)


class FindingsModel(QAbstractItemModel):
    """The tree as Qt sees it."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.groups: tuple[Group, ...] = ()

    def show_findings(self, findings: Sequence[Finding]) -> None:
        """Show other findings."""
        self.beginResetModel()
        self.groups = grouped(findings)
        self.endResetModel()

    def index(self, row: int, column: int, parent: _Index = _ROOT) -> QModelIndex:
        """A group at the top, a finding below a group."""
        if column != 0 or row < 0:
            return QModelIndex()
        if not parent.isValid():
            return self.createIndex(row, 0, _TOP) if row < len(self.groups) else QModelIndex()
        if parent.internalId() == _TOP and row < len(self.groups[parent.row()].findings):
            return self.createIndex(row, 0, parent.row() + 1)
        return QModelIndex()

    def parent(self, child: _Index) -> QModelIndex:  # type: ignore[override]
        """The group of a finding."""
        if not child.isValid() or child.internalId() == _TOP:
            return QModelIndex()
        return self.createIndex(child.internalId() - 1, 0, _TOP)

    def rowCount(self, parent: _Index = _ROOT) -> int:
        """Groups at the top, findings below a group, nothing below a finding."""
        if not parent.isValid():
            return len(self.groups)
        return len(self.groups[parent.row()].findings) if parent.internalId() == _TOP else 0

    def columnCount(self, parent: _Index = _ROOT) -> int:
        """One column: a sentence reads better than cells."""
        del parent
        return 1

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Sentence, drawing and colour."""
        if not index.isValid():
            return None
        if index.internalId() == _TOP:
            return _group_data(self.groups[index.row()], role)
        return _finding_data(self.groups[index.internalId() - 1].findings[index.row()], role)


def _group_data(group: Group, role: int) -> object:
    if role == Qt.ItemDataRole.DisplayRole:
        number = sum(finding.severity is group.worst for finding in group.findings)
        said = str(number) if group.worst is Severity.UNCHECKED else count_text(group.worst, number)
        return f"{group.title} · {said}"
    if role == Qt.ItemDataRole.FontRole:
        font = QFont()
        font.setBold(True)
        return font
    return None


def _finding_data(finding: Finding, role: int) -> object:
    if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole}:
        return say(finding.message)
    if role == Qt.ItemDataRole.AccessibleTextRole:
        return f"{severity_word(finding.severity)}: {say(finding.message)}"
    if role == Qt.ItemDataRole.DecorationRole:
        return icon(DRAWINGS[finding.severity], severity_colour(finding.severity), in_table=True)
    return finding if role == FindingRole else None
