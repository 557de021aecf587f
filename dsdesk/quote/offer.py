"""An offer as it came back: what was written, what it comes to, and what is wrong with it, line by line."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeVar

from dsdesk.base.message import N_, Message
from dsdesk.base.money import Money
from dsdesk.project.offers import ReceivedOffer
from dsdesk.project.project import Company
from dsdesk.quote.amounts import quoted, read_amount, read_days, read_percent
from dsdesk.quote.checksum import asked_checksum, checksum, lines_checksum
from dsdesk.quote.doubts import HARMLESS, Doubt, DoubtKind, doubts_of
from dsdesk.quote.request import QuotationRequest, is_option
from dsdesk.quote.stated import Sums, faults, roundings

_T = TypeVar("_T")
_BOTH = " | "
_CENT = Decimal("0.01")
_ADDED = re.compile(r"[LSO]\d+|\?.*")  # "?7" is a line that names none of ours
_NO_TEXT = {"Cc", "Cf", "Cs", "Co", "Cn"}  # control characters and the like, which can make words look like others


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The raw contents of a returned file.

    Attributes:
        source: name of the file.
        mark: number, revision, checksum and currency as the file carries them.
        entries: what stands in each cell to fill in, by its name ("L3.unit_price", "term.warranty").
        doubts: what was found wrong with the file itself.
    """

    source: str
    mark: Mapping[str, str]
    entries: Mapping[str, str]
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferLine:
    """One priced line or service.

    Attributes:
        key: "L3", "S1" or, of an option, "O1".
        name: what was asked for.
        quantity: asked for.
        unit_price: without tax, None where none can be read.
        net: quantity times unit price, rounded to the cent.
        tax_rate: of the line.
        lead_days: offered, None where none can be read.
        lead_said: the supplier's words for it where they are no number of days.
        offered: maker and part number of another product, "" for the one asked for.
        remark: the supplier's words.
        deviations: requirement number and what is offered instead.
        disputed: whether its price contradicts something else in the file, so that it wins nothing by itself.
        problems: what is missing or cannot be read.
    """

    key: str
    name: Message | str
    quantity: int
    unit_price: Decimal | None
    net: Decimal | None
    tax_rate: Decimal
    lead_days: int | None
    offered: str
    remark: str
    deviations: tuple[tuple[int, str], ...] = ()
    lead_said: str = ""
    disputed: bool = False
    problems: tuple[Message, ...] = ()

    @property
    def optional(self) -> bool:
        """Whether it is priced apart and in no total."""
        return is_option(self.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A returned offer.

    Attributes:
        source: name of the file.
        sha256: of the file, "" where it is not known.
        supplier: as filled in; the file name where it is not.
        party: the supplier's particulars, as filled in over what the request said.
        currency: of all amounts.
        lines: every line and service asked for, in order.
        terms: answers by name of the term.
        net: sum of the lines that have a price.
        tax: by line rate, each rounded to the cent.
        total: with tax.
        missing: lines without a readable price.
        problems: of the offer as a whole.
        notes: what is worth knowing but no fault, such as a signature that matches.
    """

    source: str
    sha256: str
    supplier: str
    party: Company
    currency: str
    lines: tuple[OfferLine, ...]
    terms: Mapping[str, str]
    net: Money
    tax: Money
    total: Money
    missing: int
    problems: tuple[Message, ...]
    notes: tuple[Message, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether every line has a price and nothing is wrong."""
        return not self.missing and not self.problems and not any(line.problems for line in self.lines)

    def line(self, key: str) -> OfferLine | None:
        """What it offers for a line or service, None where that is not asked for any more."""
        return next((line for line in self.lines if line.key == key), None)


def gathered(entries: dict[str, str], found: Iterable[tuple[str, str]]) -> None:
    """Put `found` into `entries`; what stands there twice with different words is kept as both, which is no number."""
    for place, text in found:
        known = entries.get(place)
        if known is None:
            entries[place] = text
        elif text not in known.split(_BOTH):
            entries[place] = f"{known}{_BOTH}{text}"


def kept(written: Written, sha256: str, day: str) -> ReceivedOffer:
    """What was written, as a project keeps it."""
    return ReceivedOffer(
        source=written.source,
        sha256=sha256,
        received_on=day,
        mark=tuple(sorted(written.mark.items())),
        entries=tuple(sorted((_shown(name), _shown(text)) for name, text in written.entries.items())),
        doubts=tuple((doubt.kind.value, doubt.detail) for doubt in written.doubts),
    )


def _shown(text: str) -> str:
    return "".join(one for one in text if one in "\n\t" or unicodedata.category(one) not in _NO_TEXT)


def offer_of(received: ReceivedOffer, request: QuotationRequest) -> Offer:
    """What an offer that the project keeps comes to for `request`."""
    written = Written(
        source=received.source,
        mark=dict(received.mark),
        entries=dict(received.entries),
        doubts=doubts_of(received.doubts),
    )
    return understood(written, request, received.sha256)


def understood(written: Written, request: QuotationRequest, sha256: str = "") -> Offer:
    """What `written` offers for `request`; every doubt is said, none is resolved."""
    currency = written.mark.get("currency") or request.header.currency
    lines = (
        *(_line(_Asked(f"L{one.no}", one.quantity, one.name), written, request, currency) for one in request.lines),
        *(_line(_Asked(one.code, 1, one.title, one.credit), written, request, currency) for one in request.services),
    )
    party = _party(written, request)
    of_file = (doubt.message() for doubt in written.doubts if doubt.kind not in HARMLESS)
    net = _sum((line.net for line in lines if line.net is not None and not line.optional), currency)
    tax = _sum((_tax(line, currency) for line in lines if not line.optional), currency)
    sums = Sums(lots=_lots(lines, request), net=net, tax=tax, priced=sum(line.net is not None for line in lines))
    return Offer(
        source=written.source,
        sha256=sha256,
        supplier=party.name or written.source,
        party=party,
        currency=currency,
        lines=lines,
        terms={
            name.removeprefix("term."): text.strip()
            for name, text in written.entries.items()
            if name.startswith("term.") and text.strip()
        },
        net=net,
        tax=tax,
        total=net + tax,
        missing=sum(line.net is None and not line.optional for line in lines),
        problems=(*of_file, *_of_another(written, request), *faults(written.entries, sums)),
        notes=(
            *_news(written),
            *_computed_anew(written, request),
            *_other_currency(currency, request),
            *roundings(written.entries, sums),
        ),
    )


def _lots(lines: tuple[OfferLine, ...], request: QuotationRequest) -> tuple[Decimal, ...]:
    nets = {line.key: line.net for line in lines}
    return tuple(
        sum((nets[f"L{line.no}"] or Decimal(0) for line in lot.lines), Decimal("0.00")) for lot in request.lots
    )


def _other_currency(currency: str, request: QuotationRequest) -> Iterator[Message]:
    if currency != request.header.currency:
        text = N_("Its prices are in {theirs}, the request asked for {ours}.")
        yield Message(text, theirs=currency, ours=request.header.currency)


def _news(written: Written) -> Iterator[Message]:
    return (doubt.message() for doubt in written.doubts if doubt.kind in HARMLESS)


def _computed_anew(written: Written, request: QuotationRequest) -> Iterator[Message]:
    """Where what was asked is the same, and only what was computed for it is not."""
    theirs = written.mark.get("checksum", "")
    if not theirs and _names_it(written.mark, request):
        text = N_("It names this request by its number alone: whether it answers this state of it is not known.")
        yield Message(text)
    if theirs and theirs != checksum(request) and _asks_the_same(written.mark, request):
        text = N_(
            "It answers this request as it went out, checksum {theirs}: another state of dsdesk or its catalogue "
            "computed forecast and acceptance values. Those of the document that went out hold."
        )
        yield Message(text, theirs=theirs)


def _names_it(mark: Mapping[str, str], request: QuotationRequest) -> bool:
    """Whether it names the request by its number, as a quotation that an ordering system writes does."""
    return bool(request.header.number) and mark.get("number", "").strip() == request.header.number


def _asks_the_same(mark: Mapping[str, str], request: QuotationRequest) -> bool:
    return mark.get("asked_checksum") == asked_checksum(request)


def _party(written: Written, request: QuotationRequest) -> Company:
    """Who offers: what was filled in, else what the request said of the supplier."""
    names = tuple(field.name for field in fields(Company))
    filled = {name: written.entries.get(f"supplier.{name}", "").strip() for name in names}
    return replace(request.supplier, **{name: text for name, text in filled.items() if text})


def _sum(amounts: Iterator[Decimal], currency: str) -> Money:
    return Money(sum(amounts, Decimal("0.00")), currency)


def _tax(line: OfferLine, currency: str) -> Decimal:
    net = line.net if line.net is not None else Decimal(0)
    return Money(net * line.tax_rate, currency).rounded().amount


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a line of an offer answers."""

    key: str
    quantity: int
    name: Message | str
    credit: bool = False


def _line(asked: _Asked, written: Written, request: QuotationRequest, currency: str) -> OfferLine:
    key, quantity = asked.key, asked.quantity
    problems: list[Message] = []

    def entry(field: str) -> str:
        return written.entries.get(f"{key}.{field}", "")

    def known(found: _T | Message | None) -> _T | None:
        if isinstance(found, Message):
            problems.append(found)
            return None
        return found

    def amount(text: str) -> Decimal | None:
        return known(read_amount(text, currency=currency, may_be_negative=asked.credit))

    is_part = key.startswith("L")
    price = amount(entry("unit_price") or ("" if is_part else entry("net")))
    rate = known(read_percent(entry("vat")))
    net = None if price is None else Money(price * quantity, currency).rounded().amount
    stated = amount(entry("net")) if is_part or entry("unit_price") else price
    contradictions = [*_contradicted(asked, price, net, stated), *_changed(key, quantity, written, request)]
    problems += contradictions
    unpriced = price is None and not problems and not is_option(key)
    lead_days = known(read_days(entry("lead_days")))
    if unpriced:
        problems.append(Message(N_("No price is given.")))
    return OfferLine(
        key=key,
        name=asked.name,
        quantity=quantity,
        unit_price=price,
        net=net,
        tax_rate=rate if rate is not None else request.header.tax_rate,
        lead_days=lead_days,
        lead_said="" if lead_days is not None else quoted(entry("lead_days")),
        offered=entry("offered").strip(),
        remark=entry("remark").strip(),
        deviations=tuple(_deviations(key, written.entries)),
        disputed=bool(contradictions),
        problems=tuple(problems),
    )


def _contradicted(
    asked: _Asked, price: Decimal | None, net: Decimal | None, stated: Decimal | None
) -> Iterator[Message]:
    """A stated amount that is not quantity times price, and goods for nothing."""
    if stated is not None and net is not None and stated.quantize(_CENT, ROUND_HALF_UP) != net:
        text = N_("The amount says {stated}, but {quantity} × {price} is {net}.")
        yield Message(text, stated=stated, quantity=asked.quantity, price=price, net=net)
    if price == 0 and asked.key.startswith("L"):
        yield Message(N_("The price is 0: ask whether that is meant."))


def _changed(key: str, quantity: int, written: Written, request: QuotationRequest) -> Iterator[Message]:
    """What the file says of the line that the request does not: another quantity, another part number."""
    stated = written.entries.get(f"{key}.quantity", "").strip()
    if stated and stated != str(quantity):
        yield Message(N_("It says a quantity of {theirs}, {ours} were asked for."), theirs=stated, ours=quantity)
    asked = next((line.mpn for line in request.lines if f"L{line.no}" == key), None)
    part_number = written.entries.get(f"{key}.mpn", "").strip()
    if asked and part_number and part_number.casefold() != asked.casefold():
        yield Message(N_("It says part number {theirs}, {ours} was asked for."), theirs=part_number, ours=asked)


def _deviations(key: str, entries: Mapping[str, str]) -> Iterator[tuple[int, str]]:
    """Answers to the specification that are more than "as required"."""
    prefix = f"{key}.spec"
    for name, text in entries.items():
        number = name.removeprefix(prefix)
        if name.startswith(prefix) and number.isdigit() and text.strip() not in {"", "="}:
            yield int(number), text.strip()


def _of_another(written: Written, request: QuotationRequest) -> Iterator[Message]:
    """An answer to another revision, or to a request that was changed."""
    header, mark = request.header, written.mark
    if mark.get("purpose") == "estimate":
        yield Doubt(DoubtKind.ESTIMATE).message()
    revision, returned = str(header.revision), mark.get("revision", "")
    if returned and returned != revision:
        yield Message(N_("It answers revision {theirs}, the request is at {ours}."), theirs=returned, ours=revision)
    theirs = mark.get("checksum", "")
    if not theirs and not _names_it(mark, request):
        yield Message(N_("It carries no checksum, so it cannot be told which request it answers."))
    elif theirs and theirs != checksum(request) and returned == revision and not _asks_the_same(mark, request):
        yield Message(_other_content(mark, request), theirs=theirs)
    known = {f"L{line.no}" for line in request.lines} | {one.code for one in request.services}
    keys = dict.fromkeys(name.split(".")[0] for name in written.entries)
    added = tuple(key for key in keys if _ADDED.fullmatch(key) and key not in known)
    if added:
        yield Message(N_("It has lines that were not asked for: {lines}."), lines=added)


def _other_content(mark: Mapping[str, str], request: QuotationRequest) -> str:
    if mark.get("lines_checksum") == lines_checksum(request):
        return N_("It answers another content, checksum {theirs}, but the same lines: terms or specification changed.")
    return N_("It answers another content: checksum {theirs}.")
