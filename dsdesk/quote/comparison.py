"""Several offers side by side: line by line and in total, in one currency."""

from collections.abc import Iterator
from dataclasses import dataclass

from dsdesk.base.message import N_, Message
from dsdesk.base.money import Money
from dsdesk.cost.exchange import Exchange
from dsdesk.quote.offer import Offer, OfferLine
from dsdesk.quote.request import QuotationRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One line in all offers.

    Attributes:
        key: "L3" or "S1".
        name: what was asked for.
        nets: amount of each offer without tax, None where there is none or no rate.
        lowest: index of the lowest amount among offers of the product asked for; None without one.
    """

    key: str
    name: Message | str
    nets: tuple[Money | None, ...]
    lowest: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """All offers.

    Attributes:
        currency: of all amounts.
        offers: in the order given.
        rows: every line and service.
        totals: with tax, None where there is no rate.
        comparable: whether an offer is complete, so that its total may be compared.
        notes: why totals cannot be compared.
    """

    currency: str
    offers: tuple[Offer, ...]
    rows: tuple[Compared, ...]
    totals: tuple[Money | None, ...]
    comparable: tuple[bool, ...]
    notes: tuple[Message, ...]

    @property
    def cheapest(self) -> int | None:
        """Index of the lowest total among complete offers that carry no substitute; None without one."""
        candidates = [
            (total.amount, index)
            for index, (total, whole) in enumerate(zip(self.totals, self.comparable, strict=True))
            if total is not None and whole
        ]
        return min(candidates)[1] if candidates else None


def compare_offers(request: QuotationRequest, offers: tuple[Offer, ...], exchange: Exchange) -> Comparison:
    """The offers against one another, in the currency of the request.

    A line with a substitute or a deviation keeps its amount but never wins: whether it is equivalent is for a person
    and the checks to say.
    """
    currency = request.header.currency
    columns = [[_in(line, offer, currency, exchange) for line in offer.lines] for offer in offers]
    rows = []
    for index, line in enumerate(offers[0].lines if offers else ()):
        nets = tuple(column[index] for column in columns)
        plain = [
            (net.amount, place)
            for place, net in enumerate(nets)
            if net is not None and _as_asked(offers[place].lines[index])
        ]
        rows.append(Compared(key=line.key, name=line.name, nets=nets, lowest=min(plain)[1] if plain else None))
    return Comparison(
        currency=currency,
        offers=offers,
        rows=tuple(rows),
        totals=tuple(exchange.convert(offer.total, currency) for offer in offers),
        comparable=tuple(offer.complete and all(map(_as_asked, offer.lines)) for offer in offers),
        notes=tuple(note for offer in offers for note in _notes(offer, currency, exchange)),
    )


def _in(line: OfferLine, offer: Offer, currency: str, exchange: Exchange) -> Money | None:
    if line.net is None:
        return None
    converted = exchange.convert(Money(line.net, offer.currency), currency)
    return converted.rounded() if converted is not None else None


def _as_asked(line: OfferLine) -> bool:
    return not line.offered and not line.deviations


def _notes(offer: Offer, currency: str, exchange: Exchange) -> Iterator[Message]:
    if offer.missing:
        yield Message(N_("{supplier}: {count} lines have no price."), supplier=offer.supplier, count=offer.missing)
    substitutes = tuple(line.key for line in offer.lines if not _as_asked(line))
    if substitutes:
        text = N_("{supplier}: another product or a deviation in {lines}.")
        yield Message(text, supplier=offer.supplier, lines=substitutes)
    if exchange.convert(offer.total, currency) is None:
        text = N_("{supplier}: no exchange rate from {found} to {wanted} is given.")
        yield Message(text, supplier=offer.supplier, found=offer.currency, wanted=currency)
