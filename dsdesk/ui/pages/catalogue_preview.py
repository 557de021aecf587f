"""What an import would change, looked at before anything is kept; the columns of a price list are put right here."""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from dsdesk.base.errors import FileError
from dsdesk.base.message import N_, Message
from dsdesk.catalog.importers.columns import ROLES, Columns, letter
from dsdesk.catalog.importers.imported import Problem
from dsdesk.catalog.importers.preview import PartNews, Preview, PriceNews
from dsdesk.ui.dialogs import ask
from dsdesk.ui.figures import DASH
from dsdesk.ui.itemmodels.table import Column
from dsdesk.ui.pages.catalogue_words import label
from dsdesk.ui.part_words import kind_word
from dsdesk.ui.theme import SPACE
from dsdesk.ui.widgets.fields import Choice, on_change
from dsdesk.ui.widgets.table import Table
from dsdesk.ui.widgets.text import caption, explanation, section
from dsdesk.ui.words import _, say

_ROLE_WORDS = {
    "name": N_("Name"),
    "mpn": N_("Part number"),
    "price": N_("Price"),
    "currency": N_("Currency"),
    "quantity": N_("Minimum quantity"),
    "date": N_("Date"),
    "condition": N_("New or used"),
}
_ROLES_A_LINE = 4
News = PartNews | PriceNews


class ImportDialog(QDialog):
    """A file as it was read, beside the catalogue.

    Signals:
        columns_changed: Columns by which the price list shall be read again.
        agreed: the Preview that shall be kept.

    Attributes:
        changes: what would be new.
        problems: what was left out.
        roles: where the column of each role is chosen.
    """

    columns_changed = Signal(object)
    agreed = Signal(object)

    def __init__(self, parent: QWidget, path: Path) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Import"))
        self._preview: Preview | None = None
        self._columns: Columns | None = None
        self.roles: dict[str, Choice] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * SPACE, 3 * SPACE, 3 * SPACE, 2 * SPACE)
        layout.setSpacing(SPACE)
        layout.addWidget(section(path.name))
        self._summary = explanation()
        layout.addWidget(self._summary)
        self._chooser = QWidget()
        self._chooser.hide()
        layout.addWidget(self._chooser)
        layout.addWidget(self._tables(), 1)
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self._keep = QPushButton(_("&Import"))
        self._buttons.addButton(self._keep, QDialogButtonBox.ButtonRole.AcceptRole)
        self._save = QPushButton(_("&Save what was left out…"))
        self._save.clicked.connect(lambda _checked=False: self._save_problems())
        self._buttons.addButton(self._save, QDialogButtonBox.ButtonRole.ActionRole)
        self._buttons.accepted.connect(self._agree)
        self._buttons.rejected.connect(self.reject)
        layout.addWidget(self._buttons)
        self._set_ready(is_ready=False)
        self.resize(120 * SPACE, 85 * SPACE)

    def _tables(self) -> QTabWidget:
        self._tabs = QTabWidget()
        self.changes: Table[News] = Table(_("Changes"), _change_columns())
        self.problems: Table[Problem] = Table(
            _("Left out"),
            (
                Column(title=_("Where"), text=lambda one: one.where, width=18 * SPACE),
                Column(title=_("Why"), text=_why, tip=_why, stretches=True),
            ),
        )
        self._tabs.addTab(self.changes, _("Changes"))
        self._tabs.addTab(self.problems, _("Left out"))
        return self._tabs

    def _set_ready(self, *, is_ready: bool) -> None:
        self._keep.setEnabled(is_ready)
        self._save.setEnabled(bool(self._preview and self._preview.found.problems))

    # -------------------------------------------------------------------------------------------------------- showing

    def show_reading(self) -> None:
        """The file is read again."""
        self._summary.setText(_("Reading…"))
        self._keep.setEnabled(False)

    def show_preview(self, preview: Preview) -> None:
        """Show what the file would change."""
        self._preview = preview
        found = preview.found
        self._summary.setText(" ".join(_summary(preview)))
        self.changes.show_rows((*preview.parts, *preview.prices))
        self.problems.show_rows(found.problems)
        self._entitle(self.changes, _("Changes ({count})", count=len(preview.parts) + len(preview.prices)))
        self._entitle(self.problems, _("Left out ({count})", count=len(found.problems)))
        if found.columns is not None:
            self._show_columns(found.columns)
        if preview.is_empty and found.problems:  # what can be read is why
            self._tabs.setCurrentWidget(self.problems)
        self._set_ready(is_ready=not preview.is_empty)

    def _entitle(self, table: QWidget, title: str) -> None:
        self._tabs.setTabText(self._tabs.indexOf(table), title)

    def show_unclear(self, columns: Columns, rows: Sequence[Sequence[str]] = ()) -> None:
        """Ask what the columns of the list are, with its first rows to look at."""
        self._preview = None
        self._summary.setText(
            _("Which column holds the price, and which one the name or part number? The headings do not say so.")
        )
        self.changes.show_rows(())
        self.problems.show_rows(())
        self._show_columns(columns)
        self._set_ready(is_ready=False)
        if rows:
            self._show_sample(rows)

    def _show_sample(self, rows: Sequence[Sequence[str]]) -> None:
        def cell(number: int) -> Callable[[Sequence[str]], str]:
            return lambda row: row[number] if number < len(row) else ""

        widest = max(len(row) for row in rows)
        columns = tuple(Column(title=letter(number), text=cell(number)) for number in range(widest))
        sample: Table[Sequence[str]] = Table(_("First rows"), columns)
        sample.show_rows(rows)
        self._tabs.insertTab(0, sample, _("First rows"))
        self._tabs.setCurrentIndex(0)

    # -------------------------------------------------------------------------------------------------------- columns

    def _show_columns(self, columns: Columns) -> None:
        if not self.roles:
            self._make_chooser(columns)
        self._columns = columns
        for role, choice in self.roles.items():
            choice.show_key(columns.roles.get(role))

    def _make_chooser(self, columns: Columns) -> None:
        grid = QGridLayout(self._chooser)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(2 * SPACE)
        told = _("Columns of the list, guessed from its headings")
        if columns.remembered:
            told = _("Columns as you chose them for an earlier list with these headings")
        grid.addWidget(caption(told), 0, 0, 1, _ROLES_A_LINE)
        entries: list[tuple[int | None, str]] = [(None, _("not in the list"))]
        entries += [(number, _column_text(columns, number)) for number in range(len(columns.headings))]
        for place, role in enumerate(ROLES):
            choice = self.roles[role] = Choice(entries)
            words = _(_ROLE_WORDS[role])
            choice.setAccessibleName(words)
            on_change(choice, self._choose_columns)
            line, column = 1 + 2 * (place // _ROLES_A_LINE), place % _ROLES_A_LINE
            name = QLabel(words)
            name.setBuddy(choice)
            grid.addWidget(name, line, column)
            grid.addWidget(choice, line + 1, column)
        self._chooser.show()

    def _choose_columns(self) -> None:
        if self._columns is None:
            return
        roles = {role: int(key) for role, choice in self.roles.items() if (key := choice.key()) is not None}
        chosen = Columns(self._columns.header, roles, self._columns.headings)
        if chosen.is_complete:
            self.columns_changed.emit(chosen)
        else:
            self.show_unclear(chosen)

    # ----------------------------------------------------------------------------------------------------------- acts

    def _agree(self) -> None:
        if self._preview is not None:
            self.agreed.emit(self._preview)
            self.accept()

    def _save_problems(self) -> None:
        if self._preview is None:
            return
        path = ask.file_to_write(self, _("Save what was left out"), "left-out.csv", "*.csv", ".csv")
        if path is None:
            return
        text = io.StringIO()
        csv.writer(text).writerows(
            [(_("Where"), _("Why")), *((one.where, _why(one)) for one in self.problems.rows.rows)]
        )
        try:
            path.write_text(text.getvalue(), encoding="utf-8-sig", newline="")
        except OSError as error:
            told = Message(N_("{file} cannot be written: {error}"), file=str(path), error=str(error))
            ask.tell_error(self, FileError(told))


def _summary(preview: Preview) -> Iterator[str]:
    found = preview.found
    if preview.is_empty:
        yield _("Nothing in it is new, so there is nothing to import.")
    if found.parts:
        new = sum(one.before is None for one in preview.parts)
        yield _("{new} new parts, {changed} changed, {same} as they are.", new=new, changed=len(preview.parts) - new,
                same=preview.same_parts)  # fmt: skip
    if found.prices or found.columns is not None:
        yield _("{count} new prices, {same} known already.", count=len(preview.prices), same=preview.same_prices)
    if found.models:
        yield _("{count} language models.", count=len(found.models))
    if found.measurements:
        yield _("{count} measurements.", count=len(found.measurements))
    if found.problems:
        yield _("{count} rows are left out.", count=len(found.problems))
    yield _("Nothing is kept before you say so, and each import can be taken back.")


def _change_columns() -> tuple[Column[News], ...]:
    return (
        Column(title=_("Change"), text=_what, width=18 * SPACE),
        Column(
            title=_("Part"), text=lambda one: one.part.full_name, tip=lambda one: one.part.full_name, stretches=True
        ),
        Column(title=_("Before"), text=_before, is_number=True),
        Column(title=_("After"), text=_after, tip=_after, share=0.3),
    )


def _name(news: News) -> str:
    return news.part.full_name


def _what(news: News) -> str:
    if isinstance(news, PriceNews):
        quantity = news.price.min_quantity
        return _("new price") if quantity == 1 else _("price from {count} pieces", count=quantity)
    kind = kind_word(news.part.kind)
    return _("new: {kind}", kind=kind) if news.before is None else _("changed: {kind}", kind=kind)


def _before(news: News) -> str:
    if isinstance(news, PriceNews) and news.before is not None:
        return news.before.money.text()
    return DASH


def _after(news: News) -> str:
    if isinstance(news, PriceNews):
        return news.price.money.text()
    return ", ".join(label(name) for name in news.fields)


def _why(problem: Problem) -> str:
    return say(problem.message)


def _column_text(columns: Columns, number: int) -> str:
    heading = columns.headings[number]
    return f"{letter(number)} · {heading}" if heading else letter(number)
