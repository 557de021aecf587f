"""Commercial conditions: what the buyer fixes, and what the supplier is asked to state."""

from collections.abc import Iterator

from dsdesk.base.message import Message
from dsdesk.base.units import Quantity, Unit
from dsdesk.evaluate import Evaluation
from dsdesk.hardware.parts import Accelerator
from dsdesk.hardware.vocabulary import Segment
from dsdesk.project.project import Project, QuoteTerms
from dsdesk.quote.request import Term


def terms(evaluation: Evaluation) -> tuple[Term, ...]:
    """All conditions in the order in which they are printed."""
    project = evaluation.project
    return (
        *_offer(project),
        *_delivery(project.quote),
        *_payment(project),
        *_after(evaluation),
        *_award(project.quote),
    )


def _fixed(name: str, label: Message, value: Message | str) -> Term:
    """What the buyer says; where it is left open the supplier proposes."""
    return Term(name=name, label=label, value=value or None, by_supplier=not value)


def _given(name: str, label: Message, value: Message | str) -> Term:
    """What only the buyer can say; where it is left open there is a line to write it on."""
    return Term(name=name, label=label, value=value or None)


def _asked(name: str, label: Message, value: Message | None = None) -> Term:
    return Term(name=name, label=label, value=value, by_supplier=True)


def _offer(project: Project) -> Iterator[Term]:
    quote = project.quote
    yield _asked("quotation", Message("Number and date of your offer"))
    yield _given("send_to", Message("Send offers and questions to"), quote.send_to or quote.buyer.email)
    if quote.valid_days is not None:
        yield _asked(
            "valid_until",
            Message("Offer valid until"),
            Message("at least {days} days from answer", days=quote.valid_days),
        )
    else:
        yield _asked("valid_until", Message("Offer valid until"))
    yield _fixed(
        "currency",
        Message("Currency and prices"),
        Message(
            "{currency}; unit prices without VAT; VAT {rate} unless you state another rate on a line",
            currency=project.cost.currency,
            rate=Quantity(float(project.cost.tax_rate), Unit.PERCENT),
        ),
    )


def _delivery(quote: QuoteTerms) -> Iterator[Term]:
    yield _given("delivery_address", Message("Delivery address"), quote.delivery_address)
    place = quote.named_place or quote.delivery_address
    named: Message | str = ""
    if quote.incoterm and place:
        named = Message("{rule} {place} (Incoterms 2020)", rule=quote.incoterm, place=place)
    elif quote.incoterm:
        named = Message("{rule} delivery address (Incoterms 2020)", rule=quote.incoterm)
    yield _fixed("incoterm", Message("Delivery term"), named)
    wanted = (
        Message("wanted within {days} calendar days from order", days=quote.lead_time_days)
        if quote.lead_time_days is not None
        else Message("state calendar days from order on each line")
    )
    yield _asked("lead_time", Message("Lead time of the whole"), wanted)
    answers: dict[bool | None, Message | str] = {True: Message("allowed"), False: Message("not allowed"), None: ""}
    partial = answers[quote.partial_delivery]
    yield _fixed("partial_delivery", Message("Partial delivery"), partial)


def _payment(project: Project) -> Iterator[Term]:
    quote = project.quote
    yield _fixed("payment", Message("Payment terms"), quote.payment_terms)
    china = project.site.country == "CN"
    usual = Message("special VAT invoice (digital), issued with delivery") if china else ""
    yield _fixed("invoice", Message("Invoice"), quote.invoice or usual)


def _after(evaluation: Evaluation) -> Iterator[Term]:
    quote = evaluation.project.quote
    place = Message("on site") if quote.warranty_on_site else Message("return to the supplier")
    yield _asked(
        "warranty",
        Message("Warranty"),
        Message(
            "{months} months from acceptance, {place}; state response time and who does the work",
            months=quote.warranty_months,
            place=place,
        ),
    )
    yield _asked(
        "origin_of_goods",
        Message("Condition and channel"),
        _condition(evaluation),
    )
    yield _asked("papers", Message("Papers with the offer"), _papers(evaluation.project.site.country))
    if any(_is_controlled(part) for part in _parts(evaluation)):
        yield from _export(quote, evaluation.project.site.country)


def _papers(country: str) -> Message:
    """What shows who offers and where the goods come from; the licence is that of China (营业执照)."""
    channel = Message("the maker's authorisation, or proof of the channel by which the goods come")
    return Message("copy of the business licence; {channel}", channel=channel) if country == "CN" else channel


def _condition(evaluation: Evaluation) -> Message:
    if evaluation.project.cost.condition == "used":
        return Message(
            "used parts are accepted; state age, hours run, remaining warranty; serial numbers with the offer"
        )
    return Message("new, unused, original packing; maker's warranty; serial numbers that the maker can confirm")


def _parts(evaluation: Evaluation) -> Iterator[object]:
    for machine in evaluation.build.machines:
        yield from (placed.part for placed in machine.parts)
        yield from (part for part, _ in machine.included)


def _is_controlled(part: object) -> bool:
    """Whether the question of an export licence must be put: data-centre accelerators."""
    return isinstance(part, Accelerator) and part.segment is Segment.DATACENTER


def _export(quote: QuoteTerms, country: str) -> Iterator[Term]:
    yield _asked(
        "export",
        Message("Export control"),
        Message(
            "state the export classification (ECCN), the country of origin, whether a licence is needed for delivery "
            "to {country}, who holds it and its number",
            country=country,
        ),
    )
    yield _given("end_user", Message("End user and place of installation"), quote.end_user or quote.buyer.name)
    yield _fixed("end_use", Message("End use"), quote.end_use or Message("running language models on own premises"))


def _award(quote: QuoteTerms) -> Iterator[Term]:
    basis = quote.award_basis or Message("lowest total among the offers that meet every item marked ★")
    yield _fixed("award", Message("How offers are compared"), basis)
    lots = (
        Message("lots and single lines may be awarded to different suppliers")
        if quote.partial_award
        else Message("all lots go to one supplier")
    )
    yield _fixed("partial_award", Message("Award"), lots)
    yield _fixed(
        "standing",
        Message("Standing"),
        Message("a request for prices: neither an order nor an offer to buy; its content is confidential"),
    )
