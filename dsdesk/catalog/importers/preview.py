"""What an import would change, before it does: new parts, changed ones field by field, prices beside the last ones."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace

from dsdesk.catalog.contents import Batch
from dsdesk.catalog.importers.imported import Imported, Tell, tell_nobody
from dsdesk.catalog.own import own_id
from dsdesk.catalog.store import Store
from dsdesk.hardware.parts import Part
from dsdesk.hardware.prices import Price, Seller

_NO_FACT = {"id", "sources", "unverified"}


@dataclass(frozen=True, slots=True)
class PartNews:
    """A part that is new or differs.

    Attributes:
        part: as the file has it.
        before: as it is now, None for a new one.
        fields: names of the fields that differ.
    """

    part: Part
    before: Part | None
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PriceNews:
    """A price that is not there yet.

    Attributes:
        price: as the file has it.
        part: whose it is.
        before: the newest price of the same market, quantity and currency; None if there is none.
    """

    price: Price
    part: Part
    before: Price | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """An import beside what is there.

    Attributes:
        found: the file as read.
        parts: parts that are new or differ.
        same_parts: parts that are there already, all alike.
        prices: prices that are new.
        same_prices: prices of the user's own that are there already.
    """

    found: Imported
    parts: tuple[PartNews, ...]
    same_parts: int
    prices: tuple[PriceNews, ...]
    same_prices: int

    @property
    def is_empty(self) -> bool:
        """Whether nothing would change."""
        return not (self.parts or self.prices or self.found.models or self.found.measurements)

    def keep(self, store: Store, tell: Tell = tell_nobody) -> Batch:
        """Put what is new into the user's layer, whole or not at all; `Store.undo_import` takes it back."""
        news = replace(
            self.found,
            parts=tuple(one.part for one in self.parts),
            prices=tuple(one.price for one in self.prices),
        )
        return news.keep(store, tell)


def preview(found: Imported, store: Store) -> Preview:
    """What keeping `found` would change in the catalogue of `store`."""
    parts = tuple(_part_news(found.parts, store))
    known = {_as_told(price) for _, price in store.own_prices()}
    fresh = [price for price in found.prices if _as_told(price) not in known]
    brought = {own_id(part): part for part in found.parts}
    prices = tuple(
        PriceNews(price, part, _before(price, store))
        for price in fresh
        if (part := store.part(price.part_id) or brought.get(price.part_id)) is not None
    )
    return Preview(
        found=found,
        parts=parts,
        same_parts=len(found.parts) - len(parts),
        prices=prices,
        same_prices=len(found.prices) - len(fresh),
    )


def _part_news(parts: Iterable[Part], store: Store) -> Iterable[PartNews]:
    for part in parts:
        before = store.part(own_id(part))
        if before is None:
            yield PartNews(part, None)
        elif differing := _differing(before, part):
            yield PartNews(part, before, differing)


def _differing(before: Part, after: Part) -> tuple[str, ...]:
    if type(before) is not type(after):
        return ("kind",)
    names = (one.name for one in fields(before) if one.name not in _NO_FACT)
    return tuple(name for name in names if getattr(before, name) != getattr(after, name))


def _as_told(price: Price) -> Price:
    """A price without the name of the file that told it."""
    return replace(price, source="", seller=Seller.UNKNOWN)


def _before(price: Price, store: Store) -> Price | None:
    def kind(one: Price) -> tuple[object, ...]:
        return one.condition, one.money.currency, one.min_quantity

    return next((one for one in store.prices(price.part_id) if kind(one) == kind(price)), None)
