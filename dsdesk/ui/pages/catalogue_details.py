"""The chosen part of the catalogue: every field, where it comes from, what it costs, and what can be done with it."""

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QPushButton, QScrollArea, QVBoxLayout, QWidget

from dsdesk.base.errors import InputError
from dsdesk.hardware.parts import Part
from dsdesk.hardware.prices import Condition, Price, Seller
from dsdesk.ui.dialogs import ask
from dsdesk.ui.figures import DASH
from dsdesk.ui.icons import icon
from dsdesk.ui.pages.catalogue_rows import (
    OWN,
    FieldRow,
    field_columns,
    field_rows,
    price_columns,
    shelf_word,
)
from dsdesk.ui.pages.cost_money import parse_money
from dsdesk.ui.part_words import condition_word, kind_word
from dsdesk.ui.theme import SPACE
from dsdesk.ui.widgets.card import Card
from dsdesk.ui.widgets.fields import Choice
from dsdesk.ui.widgets.table import Table
from dsdesk.ui.widgets.text import explanation, paragraph, section
from dsdesk.ui.words import _

if TYPE_CHECKING:
    from dsdesk.catalog.store import Store

_WIDTH = 44 * SPACE
_ROW, _HEADER, _MOST_PRICES = 4 * SPACE, 5 * SPACE, 6


class PartDetails(QScrollArea):
    """The pane at the right.

    Signals:
        added: the part shall go into the machine.
        compared: the part shall go into the comparison.
        priced: a Price of the user's own for it.
        price_removed: a Price of the user's own shall go.
        removed: an own part shall go.
    """

    added = Signal(object)
    compared = Signal(object)
    priced = Signal(object)
    price_removed = Signal(object)
    removed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._part: Part | None = None
        self.setMinimumWidth(_WIDTH)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAutoFillBackground(False)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, SPACE, 0)
        column.setSpacing(2 * SPACE)
        column.addWidget(self._head())
        self._cards = (self._fields_card(), self._prices_card(), Card(_("Sources")))
        self._sourced = paragraph()
        self._cards[-1].body.addWidget(self._sourced)
        for card in self._cards:
            column.addWidget(card)
        column.addStretch(1)
        self.setWidget(inner)

    def _head(self) -> Card:
        card = Card()
        self._name, self._about = section(""), explanation()
        self._name.setWordWrap(True)
        card.body.addWidget(self._name)
        card.body.addWidget(self._about)
        row = QHBoxLayout()
        self._add = QPushButton(icon("add"), _("&Add to the machine"))
        self._compare = QPushButton(icon("compare"), _("&Compare"))
        self._remove = QPushButton(icon("remove"), _("Remove"))
        for button, signal in ((self._add, self.added), (self._compare, self.compared), (self._remove, self.removed)):
            button.clicked.connect(lambda _checked=False, told=signal: told.emit(self._part))
            row.addWidget(button)
        row.addStretch(1)
        card.body.addLayout(row)
        return card

    def _fields_card(self) -> Card:
        card = Card(_("Facts"))
        self._fields: Table[FieldRow] = Table(_("Facts"), field_columns((_("Value"),)))
        card.body.addWidget(self._fields)
        return card

    def _prices_card(self) -> Card:
        card = Card(_("Prices"))
        self._prices: Table[Price] = Table(_("Prices"), price_columns())
        self._no_price = explanation(_("No price is known. Enter your own, with its currency."))
        card.body.addWidget(self._prices)
        card.body.addWidget(self._no_price)
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        self._typed = QLineEdit()
        self._typed.setPlaceholderText("CNY 12000")
        self._typed.setAccessibleName(_("Your own price"))
        self._typed.returnPressed.connect(self._enter)
        self._market = Choice([(one, condition_word(one)) for one in (Condition.NEW, Condition.USED, Condition.LIST)])
        self._market.show_key(Condition.NEW)
        self._market.setAccessibleName(_("Market of your price"))
        enter = QPushButton(_("E&nter price"))
        enter.clicked.connect(lambda _checked=False: self._enter())
        self._drop = QPushButton(icon("remove"), "")
        self._drop.setToolTip(_("Remove your own price"))
        self._drop.setAccessibleName(_("Remove your own price"))
        self._drop.setEnabled(False)
        self._drop.clicked.connect(lambda _checked=False: self.price_removed.emit(self._prices.current_row()))
        self._prices.chosen.connect(lambda price: self._drop.setEnabled(_is_own(price)))
        row.addWidget(self._typed, 1)
        row.addWidget(self._market)
        card.body.addLayout(row)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE)
        buttons.addWidget(enter)
        buttons.addWidget(self._drop)
        buttons.addStretch(1)
        card.body.addLayout(buttons)
        return card

    def _enter(self) -> None:
        if self._part is None:
            return
        try:
            money = parse_money(self._typed.text(), "CNY")
        except InputError as error:
            ask.tell_error(self, error)
            return
        if money is None:
            self._typed.setFocus()
            return
        self._typed.clear()
        self.priced.emit(
            Price(
                part_id=self._part.id,
                money=money,
                condition=Condition(self._market.key()),
                seller=Seller.USER,
                on=date.today(),
                source="user",
            )
        )

    def _widen(self) -> None:
        """As wide as its fields in letters of any size."""
        if (inner := self.widget()) is not None:
            self.setMinimumWidth(max(_WIDTH, inner.minimumSizeHint().width() + 2 * SPACE))

    def show_part(self, part: Part | None, database: "Store | None") -> None:
        """Show this part."""
        self._part = part
        for widget in (self._add, self._compare):
            widget.setEnabled(part is not None)
        self._remove.setVisible(part is not None and part.id.startswith(OWN))
        for card in self._cards:
            card.setVisible(part is not None and database is not None)
        if part is None or database is None:
            self._name.setText(_("Choose a part"))
            self._about.setText(_("Its facts, prices and sources are shown here."))
            self._fields.show_rows(())
            return
        self._name.setText(part.full_name)
        self._about.setText(" · ".join((kind_word(part.kind), shelf_word(part), part.id)))
        rows = field_rows((part,))
        self._fields.show_rows(rows)
        self._fields.setFixedHeight(_HEADER + _ROW * len(rows) + SPACE)
        prices = database.prices(part.id)
        self._prices.show_rows(prices)
        self._prices.setVisible(bool(prices))
        self._prices.setFixedHeight(_HEADER + _ROW * min(max(len(prices), 1), _MOST_PRICES) + SPACE)
        self._no_price.setVisible(not prices)
        QTimer.singleShot(0, self, self._widen)
        self._sourced.setText("\n".join(_source(part, position) for position in range(len(part.sources))) or DASH)


def _is_own(price: Price | None) -> bool:
    return price is not None and price.seller is Seller.USER


def _source(part: Part, position: int) -> str:
    source = part.sources[position]
    about = f" ({', '.join(source.fields)})" if source.fields else ""
    return f"{source.text}, {source.date or DASH}{about}"


def same_price(one: Price, other: Price) -> bool:
    """Whether two price points say the same, however they came to be."""
    return replace(one, source="") == replace(other, source="")
