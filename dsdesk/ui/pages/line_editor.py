"""The chosen line of a machine: how many, whether it is there already, a power limit, a price of one's own."""

from decimal import Decimal

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QLabel, QPushButton

from dsdesk.base.message import N_, Message
from dsdesk.base.money import Money
from dsdesk.base.units import Unit
from dsdesk.hardware.vocabulary import PartKind
from dsdesk.project.edits import change_line, remove_line
from dsdesk.project.project import Line
from dsdesk.ui.icons import icon
from dsdesk.ui.pages.machine_rows import Row
from dsdesk.ui.part_words import facts
from dsdesk.ui.theme import SPACE
from dsdesk.ui.widgets.card import Card
from dsdesk.ui.widgets.fields import CountSpin, QuantitySpin, on_change, show_checked
from dsdesk.ui.widgets.text import caption, section
from dsdesk.ui.words import _

_MOST_WATTS = 5000.0


class LineEditor(Card):
    """Fields for one line.

    Signals:
        edited: an Edit of the project.
    """

    edited = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._line: Line | None = None
        self._currency = "CNY"
        top = QHBoxLayout()
        self._name = section("")
        self._name.setWordWrap(True)
        top.addWidget(self._name, 1)
        self._remove = QPushButton(icon("remove"), _("&Remove"))
        self._remove.clicked.connect(self._take_out)
        top.addWidget(self._remove)
        self.body.addLayout(top)
        self._facts = caption()
        self._facts.setWordWrap(True)
        self.body.addWidget(self._facts)
        self.body.addLayout(self._fields())
        on_change(self._pieces, lambda: self._change("quantity", self._pieces.value()))
        on_change(self._limit, lambda: self._change("power_limit_w", self._limit.quantity()))
        on_change(self._price, self._change_price)
        on_change(self._owned, lambda: self._change("owned", self._owned.isChecked()))

    def _fields(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(SPACE)
        self._pieces = CountSpin(minimum=1, maximum=10_000)
        self._limit = QuantitySpin(Unit.WATT, maximum=_MOST_WATTS, step=10, optional=True)
        self._price = CountSpin(maximum=1_000_000_000, optional=True)
        self._owned = QCheckBox(_("&Owned"))
        self._owned.setToolTip(_("Already there; it costs nothing"))
        fields = ((_("P&ieces"), self._pieces), (_("Own p&rice"), self._price), (_("Power &limit"), self._limit))
        for position, (words, field) in enumerate(fields):
            row, column = divmod(position, 2)
            label = QLabel(words)
            label.setBuddy(field)
            if field is self._limit:
                self._limit_label = label
            field.setAccessibleName(words.replace("&", ""))
            grid.addWidget(label, row, 2 * column)
            grid.addWidget(field, row, 2 * column + 1)
        grid.addWidget(self._owned, 1, 3)
        grid.setColumnStretch(4, 1)
        return grid

    def show_row(self, row: Row | None, currency: str) -> None:
        """Show a line; hidden for a place that waits."""
        self._line = row.line if row else None
        self._currency = currency
        self.setVisible(self._line is not None)
        if row is None or self._line is None or row.placed is None:
            return
        part = row.placed.part
        self._name.setText(part.full_name if part else self._line.part_id)
        self._facts.setText(facts(part) if part else _("The catalogue does not have this part any more."))
        self._pieces.show_count(self._line.quantity)
        self._limit.show_quantity(self._line.power_limit_w)
        self._price.setSuffix(f"\N{NO-BREAK SPACE}{currency}")
        price = self._line.unit_price
        self._price.show_count(None if price is None else int(price.amount))
        show_checked(self._owned, self._line.owned)
        takes_limit = part is not None and part.kind is PartKind.ACCELERATOR
        self._limit.setVisible(takes_limit)
        self._limit_label.setVisible(takes_limit)

    def _change(self, field: str, value: object) -> None:
        if self._line is not None:
            text = Message(N_("Change {part}"), part=self._name.text())
            self.edited.emit(change_line(self._line.no, text, f"line.{self._line.no}.{field}", **{field: value}))

    def _change_price(self) -> None:
        amount = self._price.count()
        self._change("unit_price", None if amount is None else Money(Decimal(amount), self._currency))

    def _take_out(self) -> None:
        if self._line is not None:
            self.edited.emit(remove_line(self._line.no, Message(N_("Remove {part}"), part=self._name.text())))
