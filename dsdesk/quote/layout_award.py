"""The award memo (定标备忘录): which offers there were, how they compare, what goes to whom and why."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from reportlab.platypus import Flowable

from dsdesk.base.message import Message
from dsdesk.base.money import Money
from dsdesk.base.units import Quantity, Unit
from dsdesk.quote.awarding import AwardedLine, Awarding
from dsdesk.quote.comparison import Compared, Comparison, as_asked, letter
from dsdesk.quote.equivalents import Outcome
from dsdesk.quote.grid import Band, Cell, Row
from dsdesk.quote.layout_terms import boxes
from dsdesk.quote.offer import OfferLine
from dsdesk.quote.paper import CELL_BOLD, CELL_SECOND, FAINT
from dsdesk.quote.request import QuotationRequest
from dsdesk.quote.setting import Setting, section
from dsdesk.quote.voice import Text

ABREAST = 4  # offers side by side; more stand in a further table


@dataclass(frozen=True, slots=True, kw_only=True)
class Memo:
    """What the memo is about.

    Attributes:
        request: what was asked.
        comparison: the offers.
        awarding: what goes to whom.
        outcomes: what awarded substitutes do to the plan, by key of the line.
    """

    request: QuotationRequest
    comparison: Comparison
    awarding: Awarding
    outcomes: Mapping[str, Outcome]


def memo_story(memo: Memo, setting: Setting) -> Iterator[Flowable]:
    """Everything below the head of the memo."""
    yield from section(setting, Message("Offers"), "offers", "1")
    yield _offers(memo.comparison, setting)
    yield from section(setting, Message("Comparison by line, without VAT"), "comparison", "2")
    for start in range(0, len(memo.comparison.offers), ABREAST):
        yield _lines(memo, range(start, min(start + ABREAST, len(memo.comparison.offers))), setting)
    yield setting.voice.body(
        Message("● awarded · ≠ another product or a deviation · – no price · * without the lines that have no price"),
        after=3,
    )
    if memo.comparison.terms:
        yield from section(setting, Message("Terms that suppliers answered"), "terms", "3")
        yield _terms(memo.comparison, setting)
    yield from section(setting, Message("Award by line"), "award", "4")
    yield from _award(memo, setting)
    yield from section(setting, Message("Doubts about the offers"), "doubts", "5")
    yield from _doubts(memo, setting)
    yield from section(setting, Message("Prepared and approved"), "signature", "6", room=112)
    labels = (Message("Prepared by"), Message("Reviewed by"), Message("Approved by"), Message("Date"))
    yield boxes(setting, tuple(("", label) for label in labels))


_CENTS = 2


def decimals_of(lines: Iterable[OfferLine]) -> int:
    """How many decimals a column of unit prices needs, so that all stand under one another: two, or up to four."""
    exponents = (one.unit_price.normalize().as_tuple().exponent for one in lines if one.unit_price is not None)
    return max([_CENTS, *(-one for one in exponents if isinstance(one, int))])


def unit_price_cell(unit: Money | None, decimals: int, setting: Setting, *, code: bool = False) -> Cell:
    """A unit price as the supplier wrote it, with `decimals`; with the `code` of a currency that is not the table's."""
    if unit is None:
        return setting.cell("–", align="right")
    text = f"{unit.amount:,.{decimals}f}"
    return setting.cell(f"{unit.currency} {text}" if code else text, align="right")


def money_cell(money: Money | None, setting: Setting, *, bold: bool = False) -> Cell:
    """An amount set to the right, "–" where there is none."""
    text = "–" if money is None else f"{money.rounded().amount:,}"
    return setting.cell(text, bold=bold, align="right")


def _offers(comparison: Comparison, setting: Setting) -> Flowable:
    head = setting.head(
        ("", "left"),
        (Message("Supplier"), "left"),
        (Message("File"), "left"),
        (Message("Total without VAT"), "right"),
        (Message("With VAT at one rate"), "right"),
        (Message("Longest lead time, days"), "right"),
        (Message("Lines without a price"), "right"),
    )
    bands: list[Band] = []
    for index, offer in enumerate(comparison.offers):
        days = comparison.lead_days[index]
        is_best = index == comparison.cheapest
        file = f"{offer.source}  {offer.sha256[:12]}" if offer.sha256 else offer.source
        row = Row(
            cells=(
                setting.cell(letter(index), bold=True),
                setting.cell(setting.voice.glyphs.printable(offer.supplier), bold=True),
                Cell(text=setting.voice.cell(file, CELL_SECOND)),
                money_cell(comparison.nets[index], setting),
                money_cell(comparison.alike[index], setting, bold=is_best),
                setting.cell("–" if days is None else str(days), align="right"),
                setting.cell(str(offer.missing), align="right"),
            )
        )
        bands.append((row,))
    return setting.grid(setting.columns(8, 42, 46, 27, 27, 16, 16), head, bands, after=3)


def _lines(memo: Memo, shown: range, setting: Setting) -> Flowable:
    comparison = memo.comparison
    labels: list[tuple[Text, str]] = [
        (Message("No."), "left"),
        (Message("Part or service"), "left"),
        (Message("Qty"), "right"),
    ]
    labels += [(letter(index), "right") for index in shown]
    awarded = {one.key: one.offer for one in memo.awarding.lines}
    bands = [(_line(row, comparison, awarded.get(row.key), shown, setting),) for row in comparison.rows]
    totals = Row(
        cells=(
            Cell(tint=FAINT),
            Cell(text=setting.voice.cell(Message("Total without VAT"), CELL_BOLD, align="right"), span=2, tint=FAINT),
            *(_total(comparison, index, setting) for index in shown),
        ),
        strong=True,
    )
    widths = setting.columns(10, 166 - 31 * len(shown), 11, *([31] * len(shown)))
    return setting.grid(widths, setting.head(*labels), [*bands, (totals,)], after=3)


def _total(comparison: Comparison, index: int, setting: Setting) -> Cell:
    """The total of an offer, marked where lines without a price are missing in it."""
    net = comparison.nets[index]
    if net is None:
        return money_cell(None, setting)
    mark = "* " if comparison.offers[index].missing else ""
    return setting.cell(f"{mark}{net.rounded().amount:,}", bold=True, align="right")


def _line(row: Compared, comparison: Comparison, awarded: int | None, shown: range, setting: Setting) -> Row:
    quantity = next((line.quantity for line in comparison.offers[0].lines if line.key == row.key), 1)
    cells = [setting.cell(row.key, bold=True), setting.cell(row.name), setting.cell(str(quantity), align="right")]
    for index in shown:
        net, line = row.nets[index], comparison.offers[index].line(row.key)
        marks = "● " if index == awarded else ""
        if line is not None and not as_asked(line):
            marks += "≠ "
        text = marks + ("–" if net is None else f"{net.amount:,}")
        cells.append(setting.cell(text, bold=index == awarded, align="right"))
    return Row(cells=tuple(cells))


def _terms(comparison: Comparison, setting: Setting) -> Flowable:
    head = setting.head((Message("Condition"), "left"), (Message("Asked"), "left"), (Message("Answers"), "left"))
    bands = []
    for term in comparison.terms:
        answers = tuple(
            Message("{offer}: {answer}", offer=letter(index), answer=answer) if answer else None
            for index, answer in enumerate(term.answers)
        )
        said = Message("{lines}", lines=tuple(one for one in answers if one is not None))
        row = Row(cells=(setting.cell(term.label, faint=True), setting.cell(term.wish or ""), setting.cell(said)))
        bands.append((row,))
    return setting.grid(setting.columns(36, 60, 84), head, bands, after=3)


def _award(memo: Memo, setting: Setting) -> Iterator[Flowable]:
    if memo.awarding.lines:
        head = setting.head(
            (Message("No."), "left"),
            (Message("Part or service"), "left"),
            (Message("Supplier"), "left"),
            (Message("Unit price without VAT"), "right"),
            (Message("Amount without VAT"), "right"),
            (Message("Reason"), "left"),
        )
        decimals = decimals_of(one.line for one in memo.awarding.lines)
        bands = [(_awarded(one, memo, decimals, setting),) for one in memo.awarding.lines]
        yield setting.grid(setting.columns(10, 54, 30, 24, 26, 36), head, bands, after=3)
    for order in memo.awarding.orders:
        text = Message(
            "{supplier}: {count} lines, {net} without VAT, {total} with VAT.",
            supplier=order.offer.supplier,
            count=len(order.lines),
            net=order.net,
            total=order.total,
        )
        yield setting.voice.body(text, after=1)
    if memo.awarding.open:
        yield setting.voice.body(Message("Not awarded yet: {lines}.", lines=memo.awarding.open), after=1)


def _awarded(one: AwardedLine, memo: Memo, decimals: int, setting: Setting) -> Row:
    offer, line = memo.comparison.offers[one.offer], one.line
    item: Text = one.asked
    if line.offered:
        item = Message("{asked}; offered: {offered}", asked=one.asked, offered=line.offered)
    reasons: list[Message | str] = [one.reason] if one.reason else []
    if one.dearer_by is not None:
        reasons.append(Message("{more} above the lowest offer of the product asked for", more=one.dearer_by))
    if (found := memo.outcomes.get(one.key)) is not None:
        reasons.append(outcome_words(found))
    elif line.offered:
        reasons.append(Message("not run through the checks: the catalogue has no such part"))
    unit = None if line.unit_price is None else Money(line.unit_price, offer.currency)
    net = None if line.net is None else Money(line.net, offer.currency)
    abroad = offer.currency != memo.comparison.currency  # the table stands in a document of another currency
    amount = (
        setting.cell(net.text(), bold=True, align="right") if net and abroad else money_cell(net, setting, bold=True)
    )
    return Row(
        cells=(
            setting.cell(one.key, bold=True),
            setting.cell(item),
            setting.cell(offer.supplier),
            unit_price_cell(unit, decimals, setting, code=abroad),
            amount,
            Cell(text=setting.voice.cell(Message("{reasons}", reasons=tuple(reasons)), CELL_SECOND)),
        )
    )


def outcome_words(found: Outcome) -> Message:
    """What a substitute does to the plan, on one line."""
    said: list[Message] = []
    if found.new:
        said.append(Message("new findings: {codes}", codes=tuple(finding.code for finding in found.new)))
    else:
        said.append(Message("no new finding of the checks"))
    if found.fits is False:
        said.append(Message("the model no longer fits"))
    if found.before is not None and found.after is not None:
        said.append(
            Message(
                "{before} → {after} for each user",
                before=Quantity(found.before.estimate, Unit.TOK_S),
                after=Quantity(found.after.estimate, Unit.TOK_S),
            )
        )
    return Message("{said}", said=tuple(said))


def _doubts(memo: Memo, setting: Setting) -> Iterator[Flowable]:
    """What stands against the award and the offers, and what was told of them."""
    for note in (*memo.awarding.notes, *memo.comparison.notes):
        yield setting.voice.body(note, after=2)
    bands: list[Band] = []
    for index, offer in enumerate(memo.comparison.offers):
        said: list[tuple[str, Message]] = [("", problem) for problem in (*offer.problems, *offer.notes)]
        said += [(line.key, problem) for line in offer.lines for problem in line.problems]
        for key, problem in said:
            cells = (setting.cell(letter(index), bold=True), setting.cell(key), setting.cell(problem))
            bands.append((Row(cells=cells),))
    if not bands:
        yield setting.voice.body(Message("None."), after=2)
        return
    head = setting.head((Message("Offer"), "left"), (Message("Line"), "left"), (Message("What"), "left"))
    yield setting.grid(setting.columns(14, 14, 152), head, bands, after=3)
