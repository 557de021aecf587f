"""The first page's upper half: title, numbers and dates, the parties, what is asked."""

from collections.abc import Iterator

from reportlab.platypus import Flowable

from dsdesk.base.message import Message
from dsdesk.project.project import Company
from dsdesk.quote.grid import Cell, Row
from dsdesk.quote.paper import BODY, CELL_BOLD, FAINT, SUBTITLE, TITLE
from dsdesk.quote.request import Purpose, QuotationRequest
from dsdesk.quote.setting import Setting, gap
from dsdesk.quote.text import Run, TextBlock

TITLES: dict[Purpose, Message] = {
    Purpose.REQUEST: Message("Request for quotation"),
    Purpose.ESTIMATE: Message("Budget estimate – not an offer"),
}

_INTRO: dict[Purpose, Message] = {
    Purpose.REQUEST: Message(
        "Please price every line below in the blank cells, state what you offer where it differs, and return this "
        "document signed. Items marked ★ are mandatory; annex A says why the plan needs them."
    ),
    Purpose.ESTIMATE: Message(
        "These are the buyer's own figures for planning, from dated price points. No supplier has offered them, and "
        "nobody is bound by them."
    ),
}

_PARTY: tuple[tuple[str, Message], ...] = (
    ("name", Message("Company")),
    ("address", Message("Address")),
    ("tax_id", Message("Tax number / unified social credit code")),
    ("bank", Message("Bank and account")),
    ("contact", Message("Contact")),
    ("phone", Message("Telephone")),
    ("email", Message("E-mail")),
)


def front(request: QuotationRequest, setting: Setting) -> Iterator[Flowable]:
    """Title, numbers, parties and the request in one sentence."""
    yield from _title(request, setting)
    yield _numbers(request, setting)
    yield gap(4)
    yield from _parties(request, setting)
    yield setting.voice.body(_INTRO[request.purpose], after=2)


def _title(request: QuotationRequest, setting: Setting) -> Iterator[Flowable]:
    said = setting.voice.said(TITLES[request.purpose])
    yield TextBlock(((Run(said[0], TITLE),),))
    below = [*said[1:], setting.voice.glyphs.printable(request.header.title)]
    yield TextBlock(((Run("  ·  ".join(one for one in below if one) or " ", SUBTITLE),),), after=6)


def _numbers(request: QuotationRequest, setting: Setting) -> Flowable:
    header = request.header
    valid = Message("{days} days", days=header.valid_days) if header.valid_days is not None else None
    boxes: list[tuple[str, Message, Message | str | None]] = [
        ("number", Message("Document number"), header.number),
        ("revision", Message("Revision"), str(header.revision)),
        ("issued_on", Message("Date"), header.issued_on),
    ]
    if request.purpose is Purpose.REQUEST:
        boxes += [("answer_by", Message("Answer by"), header.answer_by), ("valid", Message("Offer valid"), valid)]
    boxes.append(("currency", Message("Currency"), header.currency))
    widths = setting.columns(*[1.5 if name in {"number", "answer_by"} else 1 for name, _, _ in boxes])
    labels = Row(cells=tuple(Cell(text=setting.voice.head(label), tint=FAINT) for _, label, _ in boxes))
    values = Row(
        cells=tuple(Cell(text=setting.voice.cell(value, CELL_BOLD)) if value else Cell() for _, _, value in boxes),
        least=16,
    )
    return setting.grid(widths, None, [(labels, values)], after=2)


def _parties(request: QuotationRequest, setting: Setting) -> Iterator[Flowable]:
    """Buyer and supplier side by side; what is not known of the supplier is for the supplier to write."""
    asks = request.purpose is Purpose.REQUEST
    head = setting.head((Message("Buyer"), "left"), ("", "left"), (Message("Supplier"), "left"), ("", "left"))
    rows = []
    for name, label in _PARTY:
        ours, theirs = _known(request.buyer, name), _known(request.supplier, name)
        if not asks and not ours and not theirs:
            continue
        answer = setting.cell(theirs) if theirs or not asks else setting.blank(f"supplier.{name}", label, shown=False)
        mine = setting.cell(ours, bold=name == "name") if ours else Cell()
        rows.append((Row(cells=(setting.cell(label, faint=True), mine, setting.cell(label, faint=True), answer)),))
    if rows:
        yield setting.grid(setting.columns(27, 63, 27, 63), head, rows, after=6)


def _known(company: Company, name: str) -> str:
    return str(getattr(company, name))


def notes(request: QuotationRequest, setting: Setting) -> Iterator[Flowable]:
    """The buyer's own remarks."""
    for paragraph in filter(None, request.notes.splitlines()):
        yield TextBlock(((Run(setting.voice.glyphs.printable(paragraph), BODY),),), after=3)
