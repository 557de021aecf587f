"""The rows of the catalogue's table, and the fields of parts as rows of their own."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from dsdesk.hardware.parts import Part
from dsdesk.hardware.prices import Price, Seller
from dsdesk.hardware.vocabulary import PartKind, Shelf
from dsdesk.ui.figures import DASH
from dsdesk.ui.itemmodels.table import Column
from dsdesk.ui.pages.catalogue_words import label, shown_fields, value_text
from dsdesk.ui.pages.cost_money import age_text
from dsdesk.ui.part_words import condition_word, facts, kind_word, short_name
from dsdesk.ui.theme import SPACE, status_colour
from dsdesk.ui.words import _

if TYPE_CHECKING:
    from PySide6.QtGui import QColor

OWN = "user:"
_PRICE = "price"  # stands among the fields, but is none of a part
Prices = Callable[[str], tuple[Price, ...]]  # of a part, by its id


@dataclass(frozen=True, slots=True)
class PartRow:
    """A part with the price that stands first for it."""

    part: Part
    price: Price | None


def first_price(prices: tuple[Price, ...]) -> Price | None:
    """The price of a single piece that stands first; that of a larger quantity only where there is no other."""
    return next((one for one in prices if one.min_quantity <= 1), prices[0] if prices else None)


def shelf_word(part: Part) -> str:
    """Whether a machine can be built with it."""
    if part.id.startswith(OWN):
        return _("your own")
    return _("buildable") if part.shelf is Shelf.BUILDABLE else _("listed")


def seller_word(price: Price) -> str:
    """Who asks a price."""
    return {
        Seller.MAKER: _("maker"),
        Seller.RETAIL: _("retail"),
        Seller.DISTRIBUTOR: _("distributor"),
        Seller.MARKETPLACE: _("marketplace"),
        Seller.USER: _("your own"),
        Seller.UNKNOWN: _("not known"),
    }[price.seller]


def part_columns() -> tuple[Column[PartRow], ...]:
    """What the table of parts shows."""
    today = date.today()
    return (
        Column(title=_("Kind"), text=lambda row: kind_word(row.part.kind), width=13 * SPACE,
               gives_way=True),
        Column(title=_("Part"), text=lambda row: short_name(row.part), tip=lambda row: row.part.full_name,
               stretches=True),
        Column(title=_("Facts"), text=lambda row: facts(row.part), tip=lambda row: facts(row.part), share=0.28),
        Column(title=_("Price"), text=lambda row: row.price.money.text() if row.price else DASH, is_number=True,
               sort=lambda row: float(row.price.money.amount) if row.price else None,
               tip=lambda row: condition_word(row.price.condition) if row.price else None),
        Column(title=_("Age"), text=lambda row: age_text(row.price.on, today) if row.price else "", is_number=True,
               sort=lambda row: -row.price.on.toordinal() if row.price and row.price.on else None,
               tip=lambda row: row.price.on.isoformat() if row.price and row.price.on else None, share=0.11),
        Column(title=_("Shelf"), text=lambda row: shelf_word(row.part), gives_way=True),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A field of a part, or of several.

    Attributes:
        name: of the field.
        values: as read, one a part.
        unverified: for each, whether it is an assumption.
    """

    name: str
    values: tuple[str, ...]
    unverified: tuple[bool, ...] = (False,)

    @property
    def differs(self) -> bool:
        """Whether the parts are not all alike in it."""
        return len(set(self.values)) > 1


def field_rows(parts: tuple[Part, ...]) -> tuple[FieldRow, ...]:
    """Every field that one of the parts has."""
    names = dict.fromkeys(name for part in parts for name in shown_fields(part.kind))
    return tuple(
        FieldRow(
            name,
            tuple(value_text(name, getattr(part, name)) if hasattr(part, name) else DASH for part in parts),
            tuple(name in part.unverified for part in parts),
        )
        for name in names
    )


def price_row(parts: tuple[Part, ...], prices: Prices) -> FieldRow:
    """The price that stands first for each part, and how old it is."""
    today = date.today()

    def told(part: Part) -> str:
        price = first_price(prices(part.id))
        if price is None:
            return _("price unknown")
        return ", ".join((price.money.text(), condition_word(price.condition), age_text(price.on, today)))

    return FieldRow(_PRICE, tuple(map(told, parts)), (False,) * len(parts))


def field_columns(headings: tuple[str, ...]) -> tuple[Column[FieldRow], ...]:
    """A column for the name, and one a part."""

    def value(position: int) -> "Callable[[FieldRow], str]":
        def text(row: FieldRow) -> str:
            mark = " " + _("(assumed)") if row.unverified[position] else ""
            return row.values[position] + mark

        return text

    def colour(position: int) -> "Callable[[FieldRow], QColor | None]":
        return lambda row: status_colour("unchecked") if row.unverified[position] else None

    return (
        Column(
            title=_("Field"),
            text=lambda row: _("Price") if row.name == _PRICE else label(row.name),
            tip=lambda row: row.name,
            width=24 * SPACE,
        ),
        *(
            Column(title=heading, text=value(position), colour=colour(position), tip=value(position), stretches=True)
            for position, heading in enumerate(headings)
        ),
    )


def price_columns() -> tuple[Column[Price], ...]:
    """The price points of one part."""
    today = date.today()
    return (
        Column(title=_("Price"), text=lambda price: price.money.text(), is_number=True,
               sort=lambda price: float(price.money.amount)),
        Column(title=_("Market"), text=_market),
        Column(title=_("Age"), text=lambda price: age_text(price.on, today), is_number=True, gives_way=True,
               tip=lambda price: price.on.isoformat() if price.on else None,
               sort=lambda price: -price.on.toordinal() if price.on else None),
        Column(title=_("Source"), text=lambda price: f"{seller_word(price)} · {price.source}", stretches=True,
               tip=lambda price: price.source),
    )  # fmt: skip


def _market(price: Price) -> str:
    market = condition_word(price.condition)
    if price.min_quantity > 1:
        return _("{market}, from {count} pieces", market=market, count=price.min_quantity)
    return market


_SHARED = {PartKind.SWITCH, PartKind.CABLE, PartKind.RACK, PartKind.PDU, PartKind.UPS}


def is_shared(part: Part) -> bool:
    """Whether a part is of the whole and not of one machine."""
    return part.kind in _SHARED
