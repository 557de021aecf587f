"""Several offers side by side: line by line, in total and by term, in one currency and at one rate of tax."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from dsdesk.base.message import N_, Message
from dsdesk.base.money import Money
from dsdesk.cost.exchange import Exchange
from dsdesk.quote.offer import Offer, OfferLine
from dsdesk.quote.request import QuotationRequest, is_option

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def letter(index: int) -> str:
    """What an offer is called where there is no room for its name: A, B, ..., Z, 27, 28."""
    return _ALPHABET[index] if index < len(_ALPHABET) else str(index + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One line in all offers.

    Attributes:
        key: "L3" or "S1".
        name: what was asked for.
        nets: amount of each offer without tax, None where there is none or no rate.
        lowest: index of the lowest amount among offers of the product asked for, undisputed and from a file without
            problems; None without one.
    """

    key: str
    name: Message | str
    nets: tuple[Money | None, ...]
    lowest: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedTerm:
    """One condition in all offers. `answers` are the suppliers' words, "" where they accept what was asked."""

    name: str
    label: Message
    wish: Message | str | None
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """All offers.

    Attributes:
        currency: of all amounts.
        offers: in the order given.
        rows: every line and service.
        nets: totals without tax, None where there is no rate.
        totals: with the tax that each states.
        alike: with the tax rate of the request on every line, so that a supplier's rate decides nothing.
        lead_days: the longest of each offer, None where a line states none.
        comparable: whether an offer is complete, so that its total may be compared.
        terms: conditions that at least one supplier answered.
        warnings: what stands against comparing or awarding: no rate, several offers of a supplier, a doubtful file.
        notes: these, and which lines have no price or another product.
    """

    currency: str
    offers: tuple[Offer, ...]
    rows: tuple[Compared, ...]
    nets: tuple[Money | None, ...]
    totals: tuple[Money | None, ...]
    alike: tuple[Money | None, ...]
    lead_days: tuple[int | None, ...]
    comparable: tuple[bool, ...]
    terms: tuple[ComparedTerm, ...]
    warnings: tuple[Message, ...]
    notes: tuple[Message, ...]

    @property
    def cheapest(self) -> int | None:
        """Index of the lowest total at one tax rate among complete offers without a substitute; None without one."""
        candidates = [
            (total.amount, index)
            for index, (total, whole) in enumerate(zip(self.alike, self.comparable, strict=True))
            if total is not None and whole
        ]
        return min(candidates)[1] if candidates else None

    @property
    def by_line(self) -> Money | None:
        """What it comes to without tax if every line but the options goes to its lowest; None where one has none."""
        asked = [row for row in self.rows if not is_option(row.key)]
        amounts = [row.nets[row.lowest] if row.lowest is not None else None for row in asked]
        found = [amount for amount in amounts if amount is not None]
        if not found or len(found) < len(amounts):
            return None
        return Money(sum((one.amount for one in found), Decimal("0.00")), self.currency)


def compare_offers(request: QuotationRequest, offers: tuple[Offer, ...], exchange: Exchange) -> Comparison:
    """The offers against one another, in the currency of the request.

    A line with a substitute or a deviation keeps its amount but never wins: whether it is equivalent is for a person
    and the checks to say. Nor does a line that contradicts itself, or one of a file that was altered or answers
    something else.
    """
    currency = request.header.currency
    nets = tuple(exchange.convert(offer.net, currency) for offer in offers)
    warnings = (*_twice(offers), *(one for offer in offers for one in _warnings(offer, currency, exchange)))
    return Comparison(
        currency=currency,
        offers=offers,
        rows=tuple(_rows(offers, currency, exchange)),
        nets=nets,
        totals=tuple(exchange.convert(offer.total, currency) for offer in offers),
        alike=tuple(None if net is None else _taxed(net, request.header.tax_rate) for net in nets),
        lead_days=tuple(_longest(offer) for offer in offers),
        comparable=tuple(offer.complete and all(map(as_asked, offer.lines)) for offer in offers),
        terms=tuple(_terms(request, offers)),
        warnings=warnings,
        notes=(*warnings, *(note for offer in offers for note in _notes(offer))),
    )


def _rows(offers: tuple[Offer, ...], currency: str, exchange: Exchange) -> Iterator[Compared]:
    columns = [[_in(line, offer, currency, exchange) for line in offer.lines] for offer in offers]
    for index, line in enumerate(offers[0].lines if offers else ()):
        nets = tuple(column[index] for column in columns)
        plain = [
            (net.amount, place)
            for place, net in enumerate(nets)
            if net is not None and _may_win(offers[place], offers[place].lines[index])
        ]
        yield Compared(key=line.key, name=line.name, nets=nets, lowest=min(plain)[1] if plain else None)


def _may_win(offer: Offer, line: OfferLine) -> bool:
    """Whether a line may be called the lowest: what it says, and the file that it stands in, are beyond doubt."""
    return as_asked(line) and not line.disputed and not offer.problems


def _in(line: OfferLine, offer: Offer, currency: str, exchange: Exchange) -> Money | None:
    if line.net is None:
        return None
    converted = exchange.convert(Money(line.net, offer.currency), currency)
    return converted.rounded() if converted is not None else None


def _taxed(net: Money, rate: Decimal) -> Money:
    return net.rounded() + (net.rounded() * rate).rounded()


def _longest(offer: Offer) -> int | None:
    """Days until the last line is there; services have none of their own."""
    days = [line.lead_days for line in offer.lines if line.key.startswith("L")]
    stated = [one for one in days if one is not None]
    return max(stated) if stated and len(stated) == len(days) else None


def as_asked(line: OfferLine) -> bool:
    """Whether a line offers the very product, without a deviation."""
    return not line.offered and not line.deviations


def _terms(request: QuotationRequest, offers: tuple[Offer, ...]) -> Iterator[ComparedTerm]:
    for term in request.terms:
        answers = tuple(offer.terms.get(term.name, "") for offer in offers)
        if any(answers):
            yield ComparedTerm(name=term.name, label=term.label, wish=term.value, answers=answers)


def _twice(offers: tuple[Offer, ...]) -> Iterator[Message]:
    """Suppliers that more than one file is from; whether one takes the other's place only a person knows."""
    names = Counter(offer.supplier.strip().casefold() for offer in offers)
    for name, count in names.items():
        if count > 1:
            supplier = next(offer.supplier for offer in offers if offer.supplier.strip().casefold() == name)
            text = N_("{count} offers are from {supplier}: remove those that no longer hold.")
            yield Message(text, count=count, supplier=supplier)


def _warnings(offer: Offer, currency: str, exchange: Exchange) -> Iterator[Message]:
    if offer.problems:
        text = N_("{supplier}: no line wins by itself, since something is wrong with the offer as a whole.")
        yield Message(text, supplier=offer.supplier)
    if exchange.convert(offer.total, currency) is None:
        text = N_("{supplier}: no exchange rate from {found} to {wanted} is given.")
        yield Message(text, supplier=offer.supplier, found=offer.currency, wanted=currency)


def _notes(offer: Offer) -> Iterator[Message]:
    if offer.missing:
        yield Message(N_("{supplier}: {count} lines have no price."), supplier=offer.supplier, count=offer.missing)
    substitutes = tuple(line.key for line in offer.lines if not as_asked(line))
    if substitutes:
        text = N_("{supplier}: another product or a deviation in {lines}.")
        yield Message(text, supplier=offer.supplier, lines=substitutes)
