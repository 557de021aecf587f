"""What goes to whom: awards as amounts, supplier by supplier, and the prices that they leave for the price list."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from dsdesk.base.message import N_, Message
from dsdesk.base.money import Money
from dsdesk.hardware.prices import Condition, Price, Seller
from dsdesk.project.offers import Award
from dsdesk.quote.comparison import Comparison, as_asked
from dsdesk.quote.offer import Offer, OfferLine
from dsdesk.quote.request import QuotationRequest, is_option


@dataclass(frozen=True, slots=True, kw_only=True)
class AwardedLine:
    """A line that is given to an offer.

    Attributes:
        key: "L3" or "S1".
        asked: what was asked for.
        offer: index among the offers compared.
        line: as offered.
        reason: in the user's words.
        dearer_by: how much less the lowest offer of the product asked for is, None where this is it.
    """

    key: str
    asked: Message | str
    offer: int
    line: OfferLine
    reason: str
    dearer_by: Money | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """All that goes to one supplier, in the currency of the offer.

    Attributes:
        offer: what it accepts.
        lines: in the order of the request.
        net: without tax.
        tax: by line rate, each rounded.
        total: with tax.
    """

    offer: Offer
    lines: tuple[AwardedLine, ...]
    net: Money
    tax: Money
    total: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Awarding:
    """All awards.

    Attributes:
        lines: awarded ones, in the order of the request.
        open: keys of lines that go to nobody yet.
        orders: one a supplier.
        notes: where they are not what the request announced.
    """

    lines: tuple[AwardedLine, ...]
    open: tuple[str, ...]
    orders: tuple[Order, ...]
    notes: tuple[Message, ...] = ()


def awarding(comparison: Comparison, awards: tuple[Award, ...], *, partial: bool = True) -> Awarding:
    """What `awards` come to; one for an offer or line that is no longer there counts for nothing.

    `partial` is whether the request said that not all need go to one supplier.
    """
    given = {award.key: award for award in awards}
    places = {offer.sha256: index for index, offer in enumerate(comparison.offers)}
    lines, unawarded = [], []
    for row in comparison.rows:
        award = given.get(row.key)
        place = places.get(award.offer) if award is not None else None
        line = comparison.offers[place].line(row.key) if place is not None else None
        if award is None or place is None or line is None or line.net is None:
            if not is_option(row.key):  # an option that is not taken is no gap
                unawarded.append(row.key)
            continue
        lowest = row.nets[row.lowest] if row.lowest is not None else None
        mine = row.nets[place]
        more = Money(mine.amount - lowest.amount, comparison.currency) if mine and lowest else None
        lines.append(
            AwardedLine(
                key=row.key,
                asked=row.name,
                offer=place,
                line=line,
                reason=award.reason,
                dearer_by=more if more is not None and more.amount > 0 else None,
            )
        )
    all_orders = (
        _order(offer, [one for one in lines if one.offer == at]) for at, offer in enumerate(comparison.offers)
    )
    orders = tuple(one for one in all_orders if one.lines)
    notes = () if partial else tuple(_split(orders))
    return Awarding(lines=tuple(lines), open=tuple(unawarded), orders=orders, notes=notes)


def _split(orders: tuple[Order, ...]) -> Iterator[Message]:
    if len(orders) > 1:
        text = N_("The request says that all goes to one supplier; this awards to {count}.")
        yield Message(text, count=len(orders))


def _order(offer: Offer, lines: list[AwardedLine]) -> Order:
    nets = [one.line.net or Decimal(0) for one in lines]
    net = Money(sum(nets, Decimal("0.00")), offer.currency)
    taxes = (
        Money(one * line.line.tax_rate, offer.currency).rounded().amount for one, line in zip(nets, lines, strict=True)
    )
    tax = Money(sum(taxes, Decimal("0.00")), offer.currency)
    return Order(offer=offer, lines=tuple(lines), net=net, tax=tax, total=net + tax)


def lowest_by_line(comparison: Comparison) -> tuple[Award, ...]:
    """Every line to its lowest offer of the product asked for; lines without one, and options, are left open."""
    return tuple(
        Award(key=row.key, offer=comparison.offers[row.lowest].sha256)
        for row in comparison.rows
        if row.lowest is not None and not is_option(row.key)
    )


def all_to(offer: Offer) -> tuple[Award, ...]:
    """Every line but the options that an offer prices to that offer."""
    priced = (line for line in offer.lines if line.net is not None and not line.optional)
    return tuple(Award(key=line.key, offer=offer.sha256) for line in priced)


def price_points(
    offer: Offer, request: QuotationRequest, day: date, condition: Condition = Condition.NEW
) -> Iterator[Price]:
    """The prices of the parts asked for, as dated entries of the user's own price list; substitutes are left out.

    `condition` is what was asked for: where used parts are accepted, prices belong to the list of used ones.
    """
    for line in request.lines:
        found = offer.line(f"L{line.no}")
        if found is None or found.unit_price is None or not as_asked(found) or found.problems:
            continue
        yield Price(
            part_id=line.part_id,
            money=Money(found.unit_price, offer.currency),
            condition=condition,
            seller=Seller.DISTRIBUTOR,
            on=day,
            source=f"{offer.supplier}, {request.header.number} ({offer.source})".strip(),
            min_quantity=line.quantity,
        )
