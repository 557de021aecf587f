"""An offer as it came back: what was written, what it comes to, and what is wrong with it, line by line."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from typing import TypeVar

from dsdesk.base.message import N_, Message
from dsdesk.base.money import Money
from dsdesk.project.offers import ReceivedOffer
from dsdesk.project.project import Company
from dsdesk.quote.amounts import read_amount, read_days, read_percent
from dsdesk.quote.checksum import asked_checksum, checksum, lines_checksum
from dsdesk.quote.doubts import HARMLESS, Doubt, DoubtKind, doubts_of
from dsdesk.quote.request import QuotationRequest, is_option

_T = TypeVar("_T")


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
        lead_days: offered.
        offered: maker and part number of another product, "" for the one asked for.
        remark: the supplier's words.
        deviations: requirement number and what is offered instead.
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


def kept(written: Written, sha256: str, day: str) -> ReceivedOffer:
    """What was written, as a project keeps it."""
    return ReceivedOffer(
        source=written.source,
        sha256=sha256,
        received_on=day,
        mark=tuple(sorted(written.mark.items())),
        entries=tuple(sorted(written.entries.items())),
        doubts=tuple((doubt.kind.value, doubt.detail) for doubt in written.doubts),
    )


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
        *(_line((f"L{line.no}", line.quantity), line.name, written, request, currency) for line in request.lines),
        *(_line((one.code, 1), one.title, written, request, currency) for one in request.services),
    )
    party = _party(written, request)
    faults = (doubt.message() for doubt in written.doubts if doubt.kind not in HARMLESS)
    net = _sum((line.net for line in lines if line.net is not None and not line.optional), currency)
    tax = _sum((_tax(line, currency) for line in lines if not line.optional), currency)
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
        problems=(*faults, *_of_another(written, request), *_totals_differ(written, net, net + tax)),
        notes=(*_news(written), *_computed_anew(written, request)),
    )


def _news(written: Written) -> Iterator[Message]:
    return (doubt.message() for doubt in written.doubts if doubt.kind in HARMLESS)


def _computed_anew(written: Written, request: QuotationRequest) -> Iterator[Message]:
    """Where what was asked is the same, and only what was computed for it is not."""
    theirs = written.mark.get("checksum", "")
    if theirs and theirs != checksum(request) and _asks_the_same(written.mark, request):
        text = N_(
            "It answers this request as it went out, checksum {theirs}: another state of dsdesk or its catalogue "
            "computed forecast and acceptance values. Those of the document that went out hold."
        )
        yield Message(text, theirs=theirs)


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


def _line(
    asked: tuple[str, int], name: Message | str, written: Written, request: QuotationRequest, currency: str
) -> OfferLine:
    key, quantity = asked
    problems: list[Message] = []

    def entry(field: str) -> str:
        return written.entries.get(f"{key}.{field}", "")

    def known(found: _T | Message | None) -> _T | None:
        if isinstance(found, Message):
            problems.append(found)
            return None
        return found

    is_service = key.startswith("S") or is_option(key)
    price = known(read_amount(entry("unit_price") or (entry("net") if is_service else ""), may_be_negative=is_service))
    rate = known(read_percent(entry("vat")))
    net = None if price is None else Money(price * quantity, currency).rounded().amount
    stated = known(read_amount(entry("net"), may_be_negative=is_service))
    if stated is not None and net is not None and stated != net:
        text = N_("The amount says {stated}, but {quantity} × {price} is {net}.")
        problems.append(Message(text, stated=stated, quantity=quantity, price=price, net=net))
    problems += _changed(key, quantity, written, request)
    if price is None and not problems and not is_option(key):
        problems.append(Message(N_("No price is given.")))
    return OfferLine(
        key=key,
        name=name,
        quantity=quantity,
        unit_price=price,
        net=net,
        tax_rate=rate if rate is not None else request.header.tax_rate,
        lead_days=known(read_days(entry("lead_days"))),
        offered=entry("offered").strip(),
        remark=entry("remark").strip(),
        deviations=tuple(_deviations(key, written.entries)),
        problems=tuple(problems),
    )


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
    if not theirs:
        yield Message(N_("It carries no checksum, so it cannot be told which request it answers."))
    elif theirs != checksum(request) and returned == revision and not _asks_the_same(mark, request):
        yield Message(_other_content(mark, request), theirs=theirs)
    known = {f"L{line.no}" for line in request.lines} | {one.code for one in request.services}
    keys = dict.fromkeys(name.split(".")[0] for name in written.entries)
    added = tuple(key for key in keys if key[:1] in {"L", "S", "O"} and key[1:].isdigit() and key not in known)
    if added:
        yield Message(N_("It has lines that were not asked for: {lines}."), lines=added)


def _other_content(mark: Mapping[str, str], request: QuotationRequest) -> str:
    if mark.get("lines_checksum") == lines_checksum(request):
        return N_("It answers another content, checksum {theirs}, but the same lines: terms or specification changed.")
    return N_("It answers another content: checksum {theirs}.")


def _totals_differ(written: Written, net: Money, total: Money) -> Iterator[Message]:
    for name, computed in (("total.net", net), ("total.gross", total)):
        stated = read_amount(written.entries.get(name, ""), may_be_negative=True)
        if isinstance(stated, Message):
            yield stated
        elif stated is not None and stated != computed.amount:
            text = N_("The total says {stated}, the lines add up to {computed}.")
            yield Message(text, stated=stated, computed=computed.amount)
