"""The view of a table: whole rows, quiet lines, sorted by a click, copied as text."""

from collections.abc import Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication, QHeaderView, QSizePolicy, QTableView, QWidget

from dsdesk.ui.itemmodels.table import Column, RowRole, SortFilter, TableModel
from dsdesk.ui.theme import SPACE

Row = TypeVar("Row")

_LEAST_STRETCH = 20 * SPACE  # pixels that a name keeps; a column that takes a share gives way to it
_LEAST_SHARE = 10 * SPACE  # narrower than this it says nothing any more
_AROUND, _DRAWING = 2 * SPACE + 2, 3 * SPACE  # pixels beside the words of a cell, and of the drawing before them


class Table(QTableView, Generic[Row]):
    """A sortable table of immutable rows.

    Signals:
        chosen: the value of the row that is current now, None for none.
        opened: the value of a row that was double-clicked or entered.

    Attributes:
        rows: the model beneath.
        filter: the sorting and filtering between.
    """

    chosen = Signal(object)
    opened = Signal(object)

    def __init__(self, name: str, columns: Sequence[Column[Row]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: TableModel[Row] = TableModel(columns, parent=self)
        self.filter: SortFilter[Row] = SortFilter(self.rows, parent=self)
        self.setModel(self.filter)
        self.setAccessibleName(name)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setAlternatingRowColors(True)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        self.setMinimumWidth(20 * SPACE)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(4 * SPACE)
        self._whole: dict[int, int] = {}
        self._lay_out(columns)
        self._fit()
        self.selectionModel().currentRowChanged.connect(lambda now, _before: self.chosen.emit(self.filter.row_at(now)))
        self.activated.connect(lambda index: self.opened.emit(self.filter.row_at(index)))

    def _lay_out(self, columns: Sequence[Column[Row]]) -> None:
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setTextElideMode(Qt.TextElideMode.ElideRight)
        header.setMinimumSectionSize(5 * SPACE)
        for position, column in enumerate(columns):
            if column.stretches and not column.least:
                header.setSectionResizeMode(position, QHeaderView.ResizeMode.Stretch)
            elif column.width or column.share:
                header.resizeSection(position, column.width or 20 * SPACE)

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show these rows."""
        self.rows.show_rows(rows)
        self._fit()
        self._share_room()

    def _fit(self) -> None:
        """Columns that are as wide as their contents; Qt would ask for every row of them at each turn."""
        for position, column in enumerate(self.rows.columns):
            if not (column.stretches or column.width):
                self._whole[position] = self._whole_width(column)
                if not column.share:
                    self.setColumnWidth(position, self._whole[position])

    def _whole_width(self, column: Column[Row]) -> int:
        metrics, rows = self.fontMetrics(), self.rows.rows
        widest = max(map(metrics.horizontalAdvance, {column.text(row) for row in rows}), default=0)
        drawing = _DRAWING if any(column.icon(row) is not None for row in rows) else 0
        heading = self.horizontalHeader().fontMetrics().horizontalAdvance(column.title) + _AROUND
        return max(widest + drawing + _AROUND, heading)

    def _give_way(self) -> None:
        """Hide what may be hidden, from the right, until the column that stretches can be read."""
        columns = self.rows.columns
        ready = [at for at, column in enumerate(columns) if column.gives_way]
        for at in ready:
            self.setColumnHidden(at, False)
        fixed = [at for at, column in enumerate(columns) if not (column.stretches or column.share)]
        room = self.viewport().width() - _LEAST_STRETCH - sum(self.columnWidth(at) for at in fixed)
        while ready and room < 0:
            at = ready.pop()
            room += self.columnWidth(at)
            self.setColumnHidden(at, True)
        for at, column in enumerate(columns):
            if column.least:
                self.setColumnWidth(at, max(column.least, room + _LEAST_STRETCH))

    def _share_room(self) -> None:
        self._give_way()
        for position, column in enumerate(self.rows.columns):
            if column.share:
                whole = self._whole.get(position, 0)
                wanted = min(whole, round(column.share * self.viewport().width()))
                width = min(wanted, self._room_beside(position))
                self.setColumnHidden(position, width < min(whole, _LEAST_SHARE))
                self.setColumnWidth(position, width)

    def _room_beside(self, position: int) -> int:
        """What a column may take so that the one that stretches keeps its least width."""
        columns = self.rows.columns
        others = [at for at in range(len(columns)) if at != position and not columns[at].stretches]
        return self.viewport().width() - _LEAST_STRETCH - sum(self.columnWidth(at) for at in others)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Columns that take a share of the room take it anew, and a current row that was seen stays in sight."""
        current = self.currentIndex()
        was_seen = current.isValid() and 0 <= self.visualRect(current).top() < event.oldSize().height()
        super().resizeEvent(event)
        self._share_room()
        if was_seen:
            self.scrollTo(current)

    def show_only_if(self, title: str, is_needed: bool) -> None:
        """Show the column of this title only where it says something, so that the others have its room."""
        position = next(at for at, column in enumerate(self.rows.columns) if column.title == title)
        self.setColumnHidden(position, not is_needed)

    def sort_by_clicks(self, column: int = -1) -> None:
        """Let headings sort; start with `column`, or with the order in which the rows came."""
        self.horizontalHeader().setSortIndicator(column, self.filter.sortOrder())
        self.setSortingEnabled(True)

    def current_row(self) -> Row | None:
        """The value of the current row."""
        return self.filter.row_at(self.currentIndex())

    def select_row(self, wanted: object) -> None:
        """Make the row of this value current."""
        for position in range(self.filter.rowCount()):
            index = self.filter.index(position, 0)
            if self.filter.data(index, RowRole) == wanted:
                if self.currentIndex().row() != position:
                    self.setCurrentIndex(index)
                self.scrollTo(index)
                return

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy the row by the usual key."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self._copy()
        else:
            super().keyPressEvent(event)

    def _copy(self) -> None:
        row = self.current_row()
        if row is not None:
            QApplication.clipboard().setText("\t".join(column.text(row) for column in self.rows.columns))
