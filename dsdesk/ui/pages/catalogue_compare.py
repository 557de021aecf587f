"""Up to four parts side by side."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from dsdesk.hardware.parts import Part
from dsdesk.ui.pages.catalogue_rows import FieldRow, Prices, field_columns, field_rows, price_row
from dsdesk.ui.theme import SPACE
from dsdesk.ui.widgets.table import Table
from dsdesk.ui.widgets.text import section
from dsdesk.ui.words import _

MOST = 4


class CompareParts(QDialog):
    """A table with a column a part; what is alike can be hidden."""

    def __init__(self, parent: QWidget, parts: tuple[Part, ...], prices: Prices | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Parts side by side"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * SPACE, 3 * SPACE, 3 * SPACE, 2 * SPACE)
        layout.setSpacing(SPACE)
        layout.addWidget(section(_("Parts side by side")))
        only = QCheckBox(_("&Only what differs"))
        layout.addWidget(only)
        self._table: Table[FieldRow] = Table(
            _("Parts side by side"), field_columns(tuple(part.full_name for part in parts))
        )
        first = () if prices is None else (price_row(parts, prices),)
        self._table.show_rows((*first, *field_rows(parts)))
        self._table.setTextElideMode(Qt.TextElideMode.ElideRight)
        layout.addWidget(self._table, 1)
        only.toggled.connect(self._show_only)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)
        self.resize(min(124, 60 + 25 * len(parts)) * SPACE, 84 * SPACE)

    def _show_only(self, is_only: bool) -> None:
        self._table.filter.keep((lambda row: row.differs) if is_only else None)
