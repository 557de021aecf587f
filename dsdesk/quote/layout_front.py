"""The first page's upper half: title, numbers and dates, the parties, what is asked."""

from collections.abc import Callable, Iterable, Iterator

from reportlab.platypus import Flowable

from dsdesk.base.message import Message
from dsdesk.project.project import Company
from dsdesk.quote.grid import Cell, Row
from dsdesk.quote.logo import Logo
from dsdesk.quote.paper import BODY, CELL_BOLD, FAINT, SUBTITLE, TITLE
from dsdesk.quote.request import Purpose, QuotationRequest
from dsdesk.quote.setting import Setting, gap
from dsdesk.quote.text import Run, TextBlock
from dsdesk.quote.voice import Text, moment

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
    """Title, identification, parties, instruction."""
    yield from heading(TITLES[request.purpose], request.header.title, setting)
    yield identification(_numbers(request), setting)
    yield gap(4)
    yield from _parties(request, setting)
    yield setting.voice.body(_INTRO[request.purpose], after=2)


def heading(title: Message, name: str, setting: Setting) -> Iterator[Flowable]:
    """The title of a document, the name of the project below it."""
    said = setting.voice.said(title)
    if setting.logo:
        yield Logo(setting.logo)
    yield TextBlock(((Run(said[0], TITLE),),), role="H1")
    below = [*said[1:], setting.voice.glyphs.printable(name)]
    yield TextBlock(((Run("  ·  ".join(one for one in below if one) or " ", SUBTITLE),),), after=6)


def identification(named: Iterable[tuple[Message, Text | None]], setting: Setting) -> Flowable:
    """What names a document, in boxes side by side; an empty one is for writing."""
    shown = tuple(named)
    widths = setting.columns(*[_WIDE.get(label.text, 1.0) for label, _ in shown])
    labels = Row(cells=tuple(Cell(text=setting.voice.head(label), tint=FAINT) for label, _ in shown))
    values = Row(
        cells=tuple(Cell(text=setting.voice.cell(value, CELL_BOLD)) if value else Cell() for _, value in shown),
        least=16,
    )
    return setting.grid(widths, None, [(labels, values)], after=2)


_NUMBER, _DATE, _ANSWER_BY = Message("Document number"), Message("Date"), Message("Answer by")
_WIDE = {_NUMBER.text: 1.6, _DATE.text: 1.4, _ANSWER_BY.text: 2.0}  # shares of the width; the others have one each


def _numbers(request: QuotationRequest) -> Iterator[tuple[Message, Text | None]]:
    header = request.header
    yield _NUMBER, header.number
    yield Message("Revision"), str(header.revision)
    yield _DATE, moment(header.issued_on)
    if request.purpose is Purpose.REQUEST:
        valid = Message("{days} days", days=header.valid_days) if header.valid_days is not None else None
        yield _ANSWER_BY, moment(header.answer_by)
        yield Message("Offer valid"), valid
    yield Message("Currency"), header.currency


def _parties(request: QuotationRequest, setting: Setting) -> Iterator[Flowable]:
    """Buyer and supplier side by side; what is not known of the supplier is for the supplier to write."""
    asks = request.purpose is Purpose.REQUEST

    def theirs(name: str, label: Message) -> Cell:
        known = _known(request.supplier, name)
        return setting.cell(known) if known or not asks else setting.blank(f"supplier.{name}", label, shown=False)

    yield from parties(request.buyer, request.supplier, setting, theirs, is_whole=asks)


def parties(
    buyer: Company,
    supplier: Company,
    setting: Setting,
    theirs: Callable[[str, Message], Cell] | None = None,
    *,
    is_whole: bool = False,
) -> Iterator[Flowable]:
    """Two companies side by side; rows that are empty on both sides are left out unless it must be whole."""
    if not is_whole and supplier == Company() and theirs is not None:
        yield from _buyer_alone(buyer, setting)
        return
    head = setting.head((Message("Buyer"), "left"), ("", "left"), (Message("Supplier"), "left"), ("", "left"))
    rows = []
    for name, label in _PARTY:
        ours = _known(buyer, name)
        if not is_whole and not ours and not _known(supplier, name):
            continue
        answer = theirs(name, label) if theirs is not None else setting.cell(_known(supplier, name))
        mine = setting.cell(ours, bold=name == "name") if ours else Cell()
        rows.append((Row(cells=(setting.cell(label, faint=True), mine, setting.cell(label, faint=True), answer)),))
    if rows:
        yield setting.grid(setting.columns(27, 63, 27, 63), head, rows, after=6)


def _buyer_alone(buyer: Company, setting: Setting) -> Iterator[Flowable]:
    """An estimate has no supplier, so no half of the page is kept for one."""
    rows = [
        (Row(cells=(setting.cell(label, faint=True), setting.cell(_known(buyer, name), bold=name == "name"))),)
        for name, label in _PARTY
        if _known(buyer, name)
    ]
    if rows:
        yield setting.grid(
            setting.columns(40, 140), setting.head((Message("Buyer"), "left"), ("", "left")), rows, after=6
        )


def _known(company: Company, name: str) -> str:
    return str(getattr(company, name))


def notes(request: QuotationRequest, setting: Setting) -> Iterator[Flowable]:
    """The buyer's own remarks."""
    for paragraph in filter(None, request.notes.splitlines()):
        yield TextBlock(((Run(setting.voice.glyphs.printable(paragraph), BODY),),), after=3)
