"""The doors for what follows the offers: the award memo and the purchase orders as PDF.

No clock is read: the day is the caller's, and the same content gives the same bytes.
"""

from collections.abc import Sequence

from reportlab.platypus import Flowable

from dsdesk.base.message import Message
from dsdesk.build.catalog import Catalog
from dsdesk.evaluate import Evaluation
from dsdesk.project.project import Company, QuoteTerms
from dsdesk.quote.awarding import Awarding, Order
from dsdesk.quote.checksum import checksum
from dsdesk.quote.document import Description, Document, Running
from dsdesk.quote.equivalents import Outcome, outcome
from dsdesk.quote.export import page_words
from dsdesk.quote.layout_award import Memo, memo_story
from dsdesk.quote.layout_front import heading, identification, parties
from dsdesk.quote.layout_order import order_story
from dsdesk.quote.logo import picture_of
from dsdesk.quote.paper import paper
from dsdesk.quote.request import QuotationRequest
from dsdesk.quote.setting import Setting, gap
from dsdesk.quote.voice import Text, Voice, moment

MEMO_TITLE = Message("Award memo")
ORDER_TITLE = Message("Purchase order")


def outcomes(evaluation: Evaluation, catalog: Catalog, awarding: Awarding) -> dict[str, Outcome]:
    """What every awarded substitute that the catalogue knows does to the plan, by key of the line."""
    found: dict[str, Outcome] = {}
    for one in awarding.lines:
        part = catalog.find_part(one.line.offered) if one.line.offered else None
        if part is not None:
            found[one.key] = outcome(evaluation, catalog, int(one.key[1:]), part)
    return found


def memo_pdf(memo: Memo, *, terms: QuoteTerms, day: str = "") -> bytes:
    """The award memo, in the language and on the paper of `terms`; `day` is its ISO date."""
    setting = _setting(memo.request, terms)
    header = memo.request.header
    story = [
        *heading(MEMO_TITLE, header.title, setting),
        identification(
            (
                (Message("Request number"), header.number),
                (Message("Revision"), str(header.revision)),
                (Message("Checksum"), checksum(memo.request)),
                (Message("Date"), moment(day)),
                (Message("Currency"), header.currency),
            ),
            setting,
        ),
        gap(4),
        *parties(memo.request.buyer, Company(), setting, lambda _name, _label: setting.cell("")),
        *memo_story(memo, setting),
    ]
    return _made(story, MEMO_TITLE, memo.request, setting, number=header.number, day=day)


def order_number(request: QuotationRequest, position: int) -> str:
    """The number of the order that is `position`-th among those of a request; "" where the request has none."""
    return f"{request.header.number}-PO{position}" if request.header.number else ""


def order_pdf(request: QuotationRequest, order: Order, *, number: str, terms: QuoteTerms, day: str = "") -> bytes:
    """The purchase order to one supplier; `day` is its ISO date."""
    setting = _setting(request, terms)
    header = request.header
    answers: tuple[tuple[Message, Text | None], ...] = (
        (Message("Document number"), number),
        (Message("Date"), moment(day)),
        (Message("Request number"), f"{header.number} r{header.revision}" if header.number else ""),
        (Message("Offer"), f"{order.offer.source} {order.offer.sha256[:12]}".strip()),
        (Message("Currency"), order.offer.currency),
    )
    story = [
        *heading(ORDER_TITLE, header.title, setting),
        identification(answers, setting),
        gap(4),
        *parties(request.buyer, order.offer.party, setting),
        *order_story(request, order, setting),
    ]
    return _made(story, ORDER_TITLE, request, setting, number=number, day=day)


def _setting(request: QuotationRequest, terms: QuoteTerms) -> Setting:
    return Setting(
        voice=Voice(terms.language),
        paper=paper(terms.paper),
        purpose=request.purpose,
        vat="",
        logo=picture_of(terms.logo),
    )


def _made(
    story: Sequence[Flowable], title: Message, request: QuotationRequest, setting: Setting, *, number: str, day: str
) -> bytes:
    voice, header = setting.voice, request.header
    said = voice.plain(title)
    named = " · ".join(one for one in (said, voice.glyphs.printable(header.title)) if one)
    foot = Message(
        "Request revision {revision}, checksum {sum} · dsdesk {app}, catalogue {catalog}",
        revision=header.revision,
        sum=checksum(request),
        app=request.app_version,
        catalog=request.catalog_version,
    )
    running = Running(head=(named, voice.glyphs.printable(number)), foot=voice.said(foot)[0], page=page_words(voice))
    about = Description(
        title=" ".join(one for one in (said, number, header.title) if one),
        author=request.buyer.name,
        subject=number,
        language="zh-CN" if voice.first.value == "zh_CN" else "en",
        day=day,
        archival=True,
    )
    return Document(setting.paper, running, about).made(list(story))
