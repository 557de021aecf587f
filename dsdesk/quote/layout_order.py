"""The purchase order (采购订单) to one supplier: the lines awarded to it at the prices of its offer, and the terms."""

from collections.abc import Iterator

from reportlab.platypus import Flowable

from dsdesk.base.message import Message
from dsdesk.base.money import Money
from dsdesk.quote.awarding import AwardedLine, Order
from dsdesk.quote.copies import percent
from dsdesk.quote.grid import Cell, Row
from dsdesk.quote.layout_award import decimals_of, money_cell, unit_price_cell
from dsdesk.quote.layout_prices import capitals_row, total_row
from dsdesk.quote.layout_terms import boxes
from dsdesk.quote.paper import CELL, CELL_BOLD, CELL_SECOND
from dsdesk.quote.request import QuotationRequest, RequestLine
from dsdesk.quote.setting import Setting, section
from dsdesk.quote.text import Paragraph, Run, TextBlock


def order_story(request: QuotationRequest, order: Order, setting: Setting) -> Iterator[Flowable]:
    """Everything below the head of the order."""
    yield from section(setting, Message("Goods and services"), "lines", "1")
    yield _lines(request, order, setting)
    yield from section(setting, Message("Totals"), "totals", "2", room=90)
    yield _totals(order, setting)
    yield from section(setting, Message("Terms"), "terms", "3")
    yield _terms(request, order, setting)
    yield from section(setting, Message("Signatures"), "signature", "4", room=130)
    yield setting.voice.body(Message("This order binds nobody before the buyer has signed it."), after=4)
    labels = (Message("Buyer: name, signature, seal"), Message("Date"))
    theirs = (Message("Supplier: name, signature, seal"), Message("Date"))
    yield boxes(setting, tuple(("", label) for label in (*labels, *theirs)))


def _lines(request: QuotationRequest, order: Order, setting: Setting) -> Flowable:
    head = setting.head(
        (Message("No."), "left"),
        (Message("Item, maker's part number"), "left"),
        (Message("Qty"), "right"),
        (Message("Unit"), "left"),
        (Message("Unit price without VAT"), "right"),
        (Message("VAT %"), "right"),
        (Message("Amount without VAT"), "right"),
        (Message("Lead time, days"), "right"),
    )
    asked = {f"L{line.no}": line for line in request.lines}
    decimals = decimals_of(one.line for one in order.lines)
    bands = [(_line(one, asked.get(one.key), order.offer.currency, decimals, setting),) for one in order.lines]
    return setting.grid(setting.columns(10, 70, 11, 11, 27, 12, 28, 17), head, bands, after=3)


def _line(one: AwardedLine, asked: RequestLine | None, currency: str, decimals: int, setting: Setting) -> Row:
    line = one.line
    unit = Money(line.unit_price, currency) if line.unit_price is not None else None
    return Row(
        cells=(
            setting.cell(one.key, bold=True),
            Cell(text=_item(one, asked, setting)),
            setting.cell(str(line.quantity), bold=True, align="right"),
            setting.cell(asked.unit if asked is not None else ""),
            unit_price_cell(unit, decimals, setting),
            setting.cell(percent(line.tax_rate), align="right"),
            money_cell(Money(line.net, currency) if line.net is not None else None, setting, bold=True),
            setting.cell(line.lead_said if line.lead_days is None else str(line.lead_days), align="right"),
        )
    )


def _item(one: AwardedLine, asked: RequestLine | None, setting: Setting) -> TextBlock:
    """The product asked for, or the one offered in its place with what it stands for; deviations as stated."""
    voice, line = setting.voice, one.line
    name = line.offered or (f"{asked.manufacturer} {asked.name}".strip() if asked is not None else one.asked)
    paragraphs: list[Paragraph] = list(voice.stacked(name, CELL_BOLD, CELL_SECOND))
    if asked is not None and asked.mpn and not line.offered:
        paragraphs.append((Run(f"MPN {voice.glyphs.printable(asked.mpn)}", CELL),))
    if asked is not None and line.offered:
        instead = Message("offered for {asked}", asked=f"{asked.manufacturer} {asked.name}".strip())
        paragraphs += [(Run(said, CELL_SECOND),) for said in voice.said(instead)]
    for number, text in line.deviations:
        label = asked.requirements[number - 1].label if asked and number <= len(asked.requirements) else str(number)
        deviation = Message("{label}: {text}", label=label, text=text)
        paragraphs += [(Run(said, CELL_SECOND),) for said in voice.said(deviation)]
    if line.remark:
        paragraphs.append((Run(voice.glyphs.printable(line.remark), CELL_SECOND),))
    return TextBlock(paragraphs)


def _totals(order: Order, setting: Setting) -> Flowable:
    rows = [
        total_row(Message("Total without VAT"), order.net.text(), setting),
        total_row(Message("VAT"), order.tax.text(), setting),
        total_row(Message("Total with VAT"), order.total.text(), setting, strong=True),
        *capitals_row(order.total, setting),
    ]
    return setting.grid(setting.columns(90, 90), None, [tuple(rows)])


def _terms(request: QuotationRequest, order: Order, setting: Setting) -> Flowable:
    """Every condition as asked, beside what the supplier answered; an empty answer accepts it."""
    head = setting.head((Message("Condition"), "left"), (Message("Asked"), "left"), (Message("Agreed"), "left"))
    bands = []
    for term in request.terms:
        if term.name in _OF_THE_REQUEST:
            continue
        answer = order.offer.terms.get(term.name, "")
        agreed = answer or (Message("as asked") if term.value else "")
        row = Row(cells=(setting.cell(term.label, faint=True), setting.cell(term.value or ""), setting.cell(agreed)))
        bands.append((row,))
    return setting.grid(setting.columns(40, 80, 60), head, bands)


_OF_THE_REQUEST = {"send_to", "valid_until", "papers", "award", "partial_award", "standing"}  # they end with the award
