"""Parts and prices as table rows and back: plain tuples of text and numbers, without SQL."""

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from dsdesk.base.money import Money
from dsdesk.base.source import Source
from dsdesk.catalog.fields import changed_fields, stored
from dsdesk.catalog.names import part_keys
from dsdesk.catalog.search import Words, search_text
from dsdesk.hardware.parts import CLASS_OF_KIND, Part
from dsdesk.hardware.prices import Condition, Price, Seller
from dsdesk.hardware.vocabulary import PartKind

# Positions of parts from imports begin here: a search shows typed parts first, then factory parts, then these.
IMPORTED_FROM = 1_000_000

PRICE_COLUMNS = "part_id, amount, currency, condition, seller, day, source, includes_tax, min_quantity"

# One encoder for all: json.dumps makes one for every call that has wishes of its own.
as_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def facts_of(part: Part) -> str:
    """The fields of a part that say something, as JSON."""
    return as_json(changed_fields(part))


def part_of(kind: str, facts: str) -> Part:
    """The part of a row.

    Raises:
        FieldError: the facts do not fit the kind.
    """
    values = json.loads(facts)
    values["sources"] = tuple(
        Source(**one) if "fields" not in one else _source(one) for one in values.get("sources", ())
    )
    return stored(CLASS_OF_KIND[PartKind(kind)], values)


def _source(values: dict[str, Any]) -> Source:
    return Source(values["text"], values["date"], tuple(values["fields"]))


def part_row(part: Part, position: int) -> dict[str, Any]:
    """A row of `part` or `own_part`."""
    kind, shelf = part.kind.value, part.shelf.value
    return {"id": part.id, "kind": kind, "shelf": shelf, "position": position, "facts": facts_of(part)}


def text_row(part: Part, position: int, words: Words) -> dict[str, Any]:
    """A row of `part_text` or `own_text`."""
    return {"part_id": part.id, "kind": part.kind.value, "position": position, "text": search_text(part, words)}


def name_rows(part: Part) -> Iterator[dict[str, Any]]:
    """Rows of `part_name` or `own_name`."""
    for key, level in part_keys(part).items():
        yield {"key": key, "part_id": part.id, "level": int(level)}


def price_row(price: Price) -> dict[str, Any]:
    """A row of `price` or `own_price`."""
    return {
        "part_id": price.part_id,
        "amount": str(price.money.amount),
        "currency": price.money.currency,
        "condition": price.condition.value,
        "seller": price.seller.value,
        "day": price.on.isoformat() if price.on else "",
        "source": price.source,
        "includes_tax": int(price.includes_tax),
        "min_quantity": price.min_quantity,
    }


def price_of(row: tuple[Any, ...]) -> Price:
    """A price from the values of PRICE_COLUMNS."""
    part_id, amount, currency, condition, seller, day, source, includes_tax, min_quantity = row
    return Price(
        part_id=part_id,
        money=Money(Decimal(amount), currency),
        condition=Condition(condition),
        seller=Seller(seller),
        on=date.fromisoformat(day) if day else None,
        source=source,
        includes_tax=bool(includes_tax),
        min_quantity=min_quantity,
    )
