"""A table over an immutable tuple of rows, described by columns. Every table of the window is one of these."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
)
from PySide6.QtGui import QColor, QIcon

Row = TypeVar("Row")

RowRole = Qt.ItemDataRole.UserRole + 1  # the row's own value
SortRole = Qt.ItemDataRole.UserRole + 2  # raw numbers, so that 9 comes before 10

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


def _nothing(_row: object) -> None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Column(Generic[Row]):
    """One column.

    Attributes:
        title: heading, already in the language of the screen, with the unit where all values share one.
        text: what a cell shows.
        sort: what it sorts by; None sorts last. Without it the text.
        is_number: set to the right.
        words: further words under which a search finds the row.
        tip: what a cell says when pointed at.
        icon: its drawing.
        colour: of its text, None as usual.
        width: starting width in pixels, 0 = by its contents.
        stretches: takes the room that is left.
        share: as wide as its contents, up to this share of the table; 0 = not so.
        least: pixels that it keeps when it stretches; with less room the table scrolls sideways.
        gives_way: hidden where the column that stretches would be too narrow to be read.
    """

    title: str
    text: Callable[[Row], str]
    sort: Callable[[Row], float | str | None] | None = None
    is_number: bool = False
    words: Callable[[Row], str] | None = None
    tip: Callable[[Row], str | None] = _nothing
    icon: Callable[[Row], QIcon | None] = _nothing
    colour: Callable[[Row], QColor | None] = _nothing
    width: int = 0
    stretches: bool = False
    share: float = 0.0
    least: int = 0
    gives_way: bool = False


class TableModel(QAbstractTableModel, Generic[Row]):
    """Rows as Qt sees them; replace them as a whole with `show_rows`."""

    def __init__(self, columns: Sequence[Column[Row]], rows: Sequence[Row] = (), parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self.rows: tuple[Row, ...] = tuple(rows)

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show other rows; where they are as many as before, selection and place survive."""
        new = tuple(rows)
        if new == self.rows:
            return
        if new and len(new) == len(self.rows):
            self.rows = new
            self.dataChanged.emit(self.index(0, 0), self.index(len(new) - 1, len(self.columns) - 1))
            return
        self.beginResetModel()
        self.rows = new
        self.endResetModel()

    def rowCount(self, parent: _Index = _ROOT) -> int:
        """Rows; none below a row, for this is no tree."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: _Index = _ROOT) -> int:
        """Columns."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """What a cell shows under a role."""
        if not index.isValid():
            return None
        row, column = self.rows[index.row()], self.columns[index.column()]
        read = _READERS.get(role)
        return read(row, column) if read else None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Headings."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole}:
            return self.columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(self.columns[section])
        return None


def _alignment(column: Column[Any]) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column.is_number else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


_READERS: dict[int, Callable[[Any, Column[Any]], Any]] = {
    Qt.ItemDataRole.DisplayRole: lambda row, column: column.text(row),
    Qt.ItemDataRole.ToolTipRole: lambda row, column: column.tip(row),
    Qt.ItemDataRole.DecorationRole: lambda row, column: column.icon(row),
    Qt.ItemDataRole.ForegroundRole: lambda row, column: column.colour(row),
    Qt.ItemDataRole.TextAlignmentRole: lambda _row, column: _alignment(column),
    RowRole: lambda row, _column: row,
    SortRole: lambda row, column: column.sort(row) if column.sort else column.text(row),
}


class SortFilter(QSortFilterProxyModel, Generic[Row]):
    """Sorts by raw values with unknown ones last, and filters by words and by a condition on the row."""

    def __init__(self, source: TableModel[Row], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words: tuple[str, ...] = ()
        self._accepts: Callable[[Row], bool] | None = None
        self.setSortRole(SortRole)
        self.setSourceModel(source)

    def search(self, text: str) -> None:
        """Keep rows in which every word of `text` stands, in whatever column."""
        self._words = tuple(text.casefold().split())
        self._filter_again()

    def keep(self, accepts: Callable[[Row], bool] | None) -> None:
        """Keep rows that `accepts` says yes to; None keeps all."""
        self._accepts = accepts
        self._filter_again()

    def _filter_again(self) -> None:
        if hasattr(self, "endFilterChange"):
            self.beginFilterChange()
            self.endFilterChange()
        else:  # Qt 6.9, which older systems need
            self.invalidateFilter()

    def row_at(self, index: _Index) -> Row | None:
        """The value of the row at an index of this model."""
        row: Row | None = self.data(index, RowRole) if index.isValid() else None
        return row

    def filterAcceptsRow(self, source_row: int, source_parent: _Index) -> bool:
        """Whether a row is kept."""
        del source_parent
        source = self.sourceModel()
        if not isinstance(source, TableModel):
            return True
        row = source.rows[source_row]
        if self._accepts is not None and not self._accepts(row):
            return False
        if not self._words:
            return True
        columns: tuple[Column[Row], ...] = source.columns
        further = [column.words(row) for column in columns if column.words is not None]
        said = " ".join([*(column.text(row) for column in columns), *further]).casefold()
        return all(word in said for word in self._words)

    def lessThan(self, left: _Index, right: _Index) -> bool:
        """Raw values in order, unknown ones last in both directions."""
        source: QAbstractItemModel = self.sourceModel()
        one, other = source.data(left, SortRole), source.data(right, SortRole)
        ascending = self.sortOrder() is Qt.SortOrder.AscendingOrder
        if one is None or other is None:
            return (one is not None and other is None) if ascending else (one is None and other is not None)
        if isinstance(one, str) or isinstance(other, str):
            return str(one).casefold() < str(other).casefold()
        return bool(one < other)
