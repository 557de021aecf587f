"""Item models keep Qt's rules, sort by raw values and find by words."""

from PySide6.QtCore import Qt

from dsdesk.base.message import Message
from dsdesk.checks.finding import Finding, Severity
from dsdesk.ui.itemmodels.findings import FindingsModel, grouped
from dsdesk.ui.itemmodels.table import Column, SortFilter, TableModel

COLUMNS = (
    Column(title="Name", text=lambda row: row[0], words=lambda row: f"by {row[2]}"),
    Column(title="Size", text=lambda row: f"{row[1]} B", sort=lambda row: row[1], is_number=True),
)
ROWS = (("nine", 9, "Ann"), ("ten", 10, "Bob"), ("unknown", None, "Cid"), ("two", 2, "Dot"))


def _names(model):
    return [model.data(model.index(row, 0)) for row in range(model.rowCount())]


def test_table_keeps_the_rules(qtmodeltester):
    model = TableModel(COLUMNS, ROWS)
    qtmodeltester.check(model)
    qtmodeltester.check(SortFilter(model))


def test_sorts_numbers_as_numbers_and_unknown_ones_last():
    filtered = SortFilter(TableModel(COLUMNS, ROWS))
    filtered.sort(1, Qt.SortOrder.AscendingOrder)
    assert _names(filtered) == ["two", "nine", "ten", "unknown"]
    filtered.sort(1, Qt.SortOrder.DescendingOrder)
    assert _names(filtered) == ["ten", "nine", "two", "unknown"]


def test_search_needs_every_word_in_any_column():
    filtered = SortFilter(TableModel(COLUMNS, ROWS))
    filtered.search("n bob")
    assert _names(filtered) == ["ten"]
    filtered.search("")
    filtered.keep(lambda row: row[1] is not None and row[1] > 5)
    assert _names(filtered) == ["nine", "ten"]


def test_rows_of_equal_number_keep_the_selection():
    model, resets = TableModel(COLUMNS, ROWS), []
    model.modelReset.connect(lambda: resets.append(1))
    model.show_rows(tuple((name, (size or 0) + 1, who) for name, size, who in ROWS))
    assert not resets
    model.show_rows(ROWS[:1])
    assert len(resets) == 1


def _finding(code, severity):
    return Finding(code=code, severity=severity, message=Message("said"))


def test_findings_keep_the_rules_and_end_with_what_was_not_checked(qtmodeltester):
    findings = (
        _finding("power.E003", Severity.WARNING),
        _finding("fit.E001", Severity.UNCHECKED),
        _finding("fit.E002", Severity.ERROR),
        _finding("power.N001", Severity.NOTE),
    )
    model = FindingsModel()
    model.show_findings(findings)
    qtmodeltester.check(model)
    groups = grouped(findings)
    assert [group.worst for group in groups] == [Severity.ERROR, Severity.WARNING, Severity.UNCHECKED]
    assert sum(len(group.findings) for group in groups) == len(findings)
