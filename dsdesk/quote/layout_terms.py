"""Commercial conditions and the signatures."""

from collections.abc import Iterator

from reportlab.platypus import Flowable

from dsdesk.base.message import Message
from dsdesk.quote.grid import Cell, Row
from dsdesk.quote.paper import FAINT, SMALL
from dsdesk.quote.request import Purpose, QuotationRequest, Term
from dsdesk.quote.setting import Setting
from dsdesk.quote.text import Run, TextBlock

_OF_OFFERS = {"send_to", "award", "partial_award", "standing"}  # an estimate asks for none


def term_table(request: QuotationRequest, setting: Setting) -> Flowable:
    """Every condition: what the buyer says, and a cell where the supplier must answer."""
    asks = request.purpose is Purpose.REQUEST
    known = (term for term in request.terms if term.value and not term.by_supplier and term.name not in _OF_OFFERS)
    shown = list(request.terms) if asks else list(known)
    if not asks:
        rows = [Row(cells=(setting.cell(one.label, faint=True), setting.cell(one.value or ""))) for one in shown]
        return setting.grid(setting.columns(46, 134), None, [(row,) for row in rows])
    head = setting.head(
        (Message("Condition"), "left"), (Message("Buyer's wish"), "left"), (Message("Supplier's answer"), "left")
    )
    return setting.grid(setting.columns(38, 78, 64), head, [(_term(one, setting),) for one in shown])


def _term(term: Term, setting: Setting) -> Row:
    label = setting.cell(term.label, faint=True)
    answer = setting.blank(f"term.{term.name}", term.label, shown=False)
    if term.value is None and not term.by_supplier:
        return Row(cells=(label, Cell(span=2)), least=17)
    if term.value is None:
        return Row(cells=(label, Cell(), answer), least=17)
    if not term.by_supplier:
        return Row(cells=(label, setting.cell(term.value, span=2)))
    return Row(cells=(label, setting.cell(term.value), answer), least=17)


def signatures(request: QuotationRequest, setting: Setting) -> Iterator[Flowable]:
    """Boxes for name, date, signature and company seal; the buyer's alone on an estimate."""
    if request.purpose is Purpose.REQUEST:
        declaration = Message(
            "We offer as filled in above. Where nothing is written in a cell, we accept what this document says."
        )
        yield setting.voice.body(declaration, after=4)
        yield boxes(
            setting,
            (
                ("sign.name", Message("Name and position")),
                ("sign.date", Message("Date")),
                ("sign.signature", Message("Signature")),
                ("", Message("Company seal")),
            ),
        )
    else:
        yield boxes(
            setting,
            (("", Message("Prepared by")), ("", Message("Approved by")), ("", Message("Date"))),
        )


def boxes(setting: Setting, labels: tuple[tuple[str, Message], ...]) -> Flowable:
    """Boxes to sign in; one with a name is a field of the form."""
    cells = []
    for name, label in labels:
        if name:
            kind = {"sign.date": "date", "sign.signature": "signature"}.get(name, "text")
            cells.append(setting.blank(name, label, kind=kind, lines=4))
        else:
            block = TextBlock(((Run(setting.voice.plain(label), SMALL),),))
            cells.append(Cell(text=block, tint=FAINT))
    return setting.grid(setting.columns(*([1] * len(cells))), None, [(Row(cells=tuple(cells), least=54),)])
