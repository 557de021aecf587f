"""The priced lines: where each price comes from and how old it is; the unit price is typed in its cell."""

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QAbstractItemView, QLineEdit, QToolTip

from dsdesk.base.errors import InputError
from dsdesk.base.money import Money
from dsdesk.cost.lines import PricedLine
from dsdesk.hardware.prices import Condition
from dsdesk.ui.figures import DASH
from dsdesk.ui.itemmodels.table import Column, TableModel
from dsdesk.ui.pages.cost_money import age_text, money_text, parse_money
from dsdesk.ui.part_words import condition_word
from dsdesk.ui.theme import SPACE, status_colour
from dsdesk.ui.widgets.table import Table
from dsdesk.ui.words import _, say

_UNIT_COLUMN = 3
_MOST_ROWS, _ROW, _HEADER = 14, 4 * SPACE, 5 * SPACE

_Index = QModelIndex | QPersistentModelIndex


def basis_word(line: PricedLine) -> str:
    """Where the price comes from, in a word or two."""
    if line.basis in set(Condition):
        return condition_word(Condition(line.basis))
    return {"owned": _("already there"), "typed": _("typed here")}.get(line.basis, _("unknown"))


def line_columns(currency: str) -> tuple[Column[PricedLine], ...]:
    """The columns; the unit price stands where `_UNIT_COLUMN` says."""
    today = date.today()

    def colour(line: PricedLine) -> QColor | None:
        return status_colour("warning") if line.net is None else None

    def source(line: PricedLine) -> str:
        return line.price.source if line.price is not None else say(line.because)

    return (
        Column(title=_("No."), text=lambda line: str(line.no), sort=lambda line: line.no, is_number=True),
        Column(title=_("Part"), text=lambda line: line.name, tip=lambda line: line.part_id, stretches=True),
        Column(title=_("Quantity"), text=lambda line: str(line.quantity), sort=lambda line: line.quantity,
               is_number=True),
        Column(title=_("Unit price"), text=_unit_text, is_number=True, colour=colour,
               sort=lambda line: float(line.unit_net.amount) if line.unit_net else None,
               tip=lambda _line: _("Double-click to type a price; leave it empty for that of the price list.")),
        Column(title=_("Net [{currency}]", currency=currency),
               text=lambda line: f"{line.net.rounded().amount:,}" if line.net else _("unknown"), is_number=True,
               sort=lambda line: float(line.net.amount) if line.net else None, colour=colour,
               tip=lambda line: say(line.because)),
        Column(title=_("Price is"), text=basis_word, colour=colour),
        Column(title=_("Date"), text=lambda line: str(line.price.on or DASH) if line.price else DASH),
        Column(title=_("Age"), text=lambda line: age_text(line.price.on if line.price else None, today),
               sort=lambda line: -line.price.on.toordinal() if line.price and line.price.on else None, is_number=True),
        Column(title=_("Source"), text=source, tip=source, share=0.25),
    )  # fmt: skip


def _unit_text(line: PricedLine) -> str:
    if line.basis == "owned":
        return DASH
    return money_text(line.unit)


class _PricedModel(TableModel[PricedLine]):
    """Rows of which the unit price can be typed."""

    typed = Signal(object, object)
    refused = Signal(object, str)

    def __init__(self, columns: Sequence[Column[PricedLine]], currency: str) -> None:
        super().__init__(columns)
        self._currency = currency

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Only the price of what is to be bought can be typed."""
        flags = super().flags(index)
        if index.isValid() and index.column() == _UNIT_COLUMN and self.rows[index.row()].basis != "owned":
            return flags | Qt.ItemFlag.ItemIsEditable
        return flags

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The editor starts with what is shown."""
        if role == Qt.ItemDataRole.EditRole and index.isValid():
            unit = self.rows[index.row()].unit
            return "" if unit is None else f"{unit.currency} {unit.rounded().amount}"
        return super().data(index, role)

    def setData(self, index: _Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Hand on what was typed; the row changes when the project does."""
        if role != Qt.ItemDataRole.EditRole or not index.isValid():
            return False
        line = self.rows[index.row()]
        if str(value) == self.data(index, Qt.ItemDataRole.EditRole):
            return False
        try:
            money = parse_money(str(value), self._currency)
        except InputError as error:
            self.refused.emit(error, str(value))
            return False
        self.typed.emit(line, money)
        return True


class PricedTable(Table[PricedLine]):
    """The table.

    Signals:
        priced: a PricedLine and the unit price (Money) typed for it, None for that of the price list.
    """

    priced = Signal(object, object)

    def __init__(self, currency: str) -> None:
        super().__init__(_("Prices"), line_columns(currency))
        model = _PricedModel(line_columns(currency), currency)
        model.setParent(self)
        self.rows = model
        self.filter.setSourceModel(model)
        model.typed.connect(self._pass_on)
        model.refused.connect(self._refuse)
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(triggers.DoubleClicked | triggers.EditKeyPressed | triggers.AnyKeyPressed)

    def _pass_on(self, line: PricedLine, money: Money | None) -> None:
        self.priced.emit(line, money)

    def _refuse(self, error: InputError, typed: str) -> None:
        """Say what is wrong, and let what was typed be mended where it stands."""
        index = self.currentIndex()
        place = self.viewport().mapToGlobal(self.visualRect(index).bottomLeft())
        if not index.isValid():
            QToolTip.showText(place, say(error.message), self)
            return

        def again() -> None:
            self.edit(index)
            if (editor := self.viewport().findChild(QLineEdit)) is not None:
                editor.setText(typed)
            QToolTip.showText(place, say(error.message), self)

        QTimer.singleShot(0, self, again)  # the editor that closes would take the words along

    def show_lines(self, lines: tuple[PricedLine, ...]) -> None:
        """Show these lines, as high as they are many."""
        self.show_rows(lines)
        self.setFixedHeight(_HEADER + _ROW * min(max(len(lines), 2), _MOST_ROWS) + SPACE)
