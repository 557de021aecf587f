"""The price schedule: lots and lines, services, totals; blank for the supplier or with our estimate."""

from collections.abc import Callable, Iterator
from decimal import Decimal

from reportlab.platypus import Flowable

from dsdesk.base.message import Message
from dsdesk.base.money import Money
from dsdesk.quote.chinese_amount import LARGEST, chinese_amount
from dsdesk.quote.copies import percent
from dsdesk.quote.grid import Band, Cell, Row, text_row
from dsdesk.quote.names import KIND
from dsdesk.quote.paper import CELL, CELL_BOLD, CELL_SECOND, FAINT, PALE
from dsdesk.quote.request import Lot, Purpose, QuotationRequest, RequestLine, Service
from dsdesk.quote.setting import Setting
from dsdesk.quote.text import Paragraph, Run, TextBlock

UNKNOWN_PRICE = Message("unknown / to be quoted")
_REQUEST_COLUMNS = (8, 66, 11, 11, 27, 12, 28, 17)
_ESTIMATE_COLUMNS = (8, 70, 11, 11, 26, 28, 26)


def schedule(request: QuotationRequest, setting: Setting) -> Flowable:
    """All lots in one table."""
    if request.purpose is Purpose.REQUEST:
        bands = [band for no, lot in enumerate(request.lots, 1) for band in _asked_lot(no, lot, setting)]
        return setting.grid(setting.columns(*_REQUEST_COLUMNS), _asked_head(setting), bands)
    bands = []
    sums: list[Decimal] = []
    running = Decimal(0)
    for no, lot in enumerate(request.lots, 1):
        for band, amount in _estimated_lot(no, lot, setting, request.header.currency):
            running += amount
            bands.append(band)
            sums.append(running)
    carry = _carry(sums, request.header.currency, setting)
    return setting.grid(setting.columns(*_ESTIMATE_COLUMNS), _estimated_head(setting), bands, carry=carry)


def _asked_head(setting: Setting) -> Row:
    return setting.head(
        (Message("No."), "left"),
        (Message("Item, maker's part number"), "left"),
        (Message("Qty"), "right"),
        (Message("Unit"), "left"),
        (Message("Unit price without VAT"), "left"),
        (Message("VAT %"), "left"),
        (Message("Amount without VAT"), "left"),
        (Message("Lead time, days"), "left"),
    )


def _estimated_head(setting: Setting) -> Row:
    return setting.head(
        (Message("No."), "left"),
        (Message("Item, maker's part number"), "left"),
        (Message("Qty"), "right"),
        (Message("Unit"), "left"),
        (Message("Unit price without VAT"), "right"),
        (Message("Amount without VAT"), "right"),
        (Message("Estimated from"), "left"),
    )


def _lot_row(no: int, lot: Lot, setting: Setting, columns: int) -> Row:
    title = Message("Lot {no}: {title}", no=no, title=lot.title)
    block = TextBlock((setting.voice.inline(title, CELL_BOLD, CELL_SECOND),))
    return Row(cells=(Cell(text=block, span=columns, tint=PALE),), strong=True)


def _item(line: RequestLine, setting: Setting) -> TextBlock:
    """Maker and model, part number, kind and whether an equivalent may be offered."""
    voice = setting.voice
    full = line.name if line.name.startswith(line.manufacturer) else f"{line.manufacturer} {line.name}"
    paragraphs: list[Paragraph] = [(Run(voice.glyphs.printable(full.strip()), CELL_BOLD),)]
    if line.mpn:
        paragraphs.append((Run(f"MPN {voice.glyphs.printable(line.mpn)}", CELL),))
    kind = KIND[line.kind] if line.kind is not None else Message("part")
    allowed = (
        Message("{kind}; equivalent allowed, see annex A", kind=kind)
        if line.equivalent_allowed
        else Message("{kind}; no equivalent", kind=kind)
    )
    for said in voice.said(allowed):
        paragraphs.append((Run(said, CELL_SECOND),))
    return TextBlock(paragraphs)


def _asked_lot(no: int, lot: Lot, setting: Setting) -> Iterator[Band]:
    for index, line in enumerate(lot.lines):
        rows = _asked_line(line, setting)
        yield (_lot_row(no, lot, setting, 8), *rows) if index == 0 else rows
    label = Message("Lot {no}, amount without VAT", no=no)
    yield (_blank_total(f"lot{no}.net", label, setting),)


def _asked_line(line: RequestLine, setting: Setting) -> tuple[Row, Row]:
    key = f"L{line.no}"
    of_line = Message("line {no}", no=line.no)
    first = Row(
        cells=(
            setting.cell(str(line.no), bold=True),
            Cell(text=_item(line, setting)),
            setting.cell(str(line.quantity), bold=True, align="right"),
            setting.cell(line.unit),
            _answer(setting, f"{key}.unit_price", Message("Unit price, {line}", line=of_line)),
            _answer(setting, f"{key}.vat", Message("VAT %, {line}", line=of_line), value=setting.vat),
            _answer(setting, f"{key}.net", Message("Amount, {line}", line=of_line)),
            _answer(setting, f"{key}.lead_days", Message("Lead time in days, {line}", line=of_line)),
        ),
    )
    second = Row(
        cells=(
            Cell(),
            setting.blank(f"{key}.offered", Message("Maker and part number offered, if another"), span=3),
            setting.blank(f"{key}.remark", Message("Remarks, origin"), span=4, hints=line.remark),
        ),
    )
    return first, second


def _answer(setting: Setting, name: str, tip: Message, value: str = "") -> Cell:
    return setting.blank(name, tip, kind="number", shown=False, value=value)


def _blank_total(name: str, label: Message, setting: Setting, *, lead: bool = True) -> Row:
    block = setting.voice.cell(label, CELL_BOLD, align="right")
    cells = (
        Cell(text=block, span=6, tint=FAINT),
        setting.blank(name, label, kind="number", shown=False),
    )
    return Row(cells=(*cells, Cell(tint=FAINT)) if lead else cells, strong=True)


def _money(money: Money | None, setting: Setting, *, bold: bool = False) -> Cell:
    if money is None:
        return setting.cell(UNKNOWN_PRICE, align="right")
    return setting.cell(f"{money.rounded().amount:,}", bold=bold, align="right")


def _estimated_lot(no: int, lot: Lot, setting: Setting, currency: str) -> Iterator[tuple[Band, Decimal]]:
    """Bands of a lot with what each adds to the sum; the last one is the subtotal."""
    amounts = [line.price.net.amount for line in lot.lines if line.price.net is not None]
    for index, line in enumerate(lot.lines):
        row = _estimated_line(line, setting)
        band = (_lot_row(no, lot, setting, 7), row) if index == 0 else (row,)
        yield band, line.price.net.amount if line.price.net is not None else Decimal(0)
    missing = len(lot.lines) - len(amounts)
    subtotal = Money(sum(amounts, Decimal(0)), currency) if amounts else None
    note = Message("{count} without a price", count=missing) if missing else None
    label = Message("Lot {no}, amount without VAT", no=no)
    yield (_sum_row(label, subtotal, setting, note=note),), Decimal(0)


def _estimated_line(line: RequestLine, setting: Setting) -> Row:
    return Row(
        cells=(
            setting.cell(str(line.no), bold=True),
            Cell(text=_item(line, setting)),
            setting.cell(str(line.quantity), bold=True, align="right"),
            setting.cell(line.unit),
            *_estimated_amounts(line, setting),
            Cell(text=setting.voice.cell(line.price.basis, CELL_SECOND)),
        )
    )


def _estimated_amounts(line: RequestLine, setting: Setting) -> tuple[Cell, ...]:
    """Unit price and amount; what has neither says so once, over both columns."""
    if line.price.unit_net is None and line.price.net is None:
        return (setting.cell(UNKNOWN_PRICE, align="right", span=2),)
    return _money(line.price.unit_net, setting), _money(line.price.net, setting, bold=True)


def _sum_row(label: Message, money: Money | None, setting: Setting, *, note: Message | None = None) -> Row:
    voice = setting.voice
    return Row(
        cells=(
            Cell(text=voice.cell(label, CELL_BOLD, align="right"), span=5, tint=FAINT),
            _money(money, setting, bold=True),
            Cell(text=voice.cell(note, CELL_SECOND) if note is not None else None, tint=FAINT),
        ),
        strong=True,
    )


def _carry(sums: list[Decimal], currency: str, setting: Setting) -> Callable[[int, bool], Row]:
    def row(bands: int, opens: bool) -> Row:
        amount = sums[min(bands, len(sums)) - 1] if bands and sums else Decimal(0)
        label = Message("Brought forward") if opens else Message("Carried over")
        return _sum_row(label, Money(amount, currency), setting)

    return row


def service_table(services: tuple[Service, ...], setting: Setting) -> Flowable:
    """Services or options, priced like lines."""
    if setting.purpose is not Purpose.REQUEST:
        rows = [text_row(setting.voice.cell(one.code, CELL_BOLD), _service(one, setting)) for one in services]
        head = setting.head((Message("No."), "left"), (Message("Service, not in the estimate"), "left"))
        return setting.grid(setting.columns(10, 170), head, [(row,) for row in rows])
    head = setting.head(
        (Message("No."), "left"),
        (Message("Service"), "left"),
        (Message("Amount without VAT"), "left"),
        (Message("VAT %"), "left"),
        (Message("Remarks"), "left"),
    )
    bands = [(_service_row(one, setting),) for one in services]
    return setting.grid(setting.columns(8, 88, 28, 12, 44), head, bands)


def _service(service: Service, setting: Setting) -> TextBlock:
    voice = setting.voice
    paragraphs = list(voice.stacked(service.title, CELL, CELL_SECOND))
    if service.detail is not None and setting.purpose is Purpose.REQUEST:
        paragraphs += [(Run(one, CELL_SECOND),) for one in voice.said(service.detail)]
    return TextBlock(paragraphs)


def _service_row(service: Service, setting: Setting) -> Row:
    key = service.code
    return Row(
        cells=(
            setting.cell(service.code, bold=True),
            Cell(text=_service(service, setting)),
            setting.blank(f"{key}.net", Message("Amount, {line}", line=key), kind="number", shown=False),
            setting.blank(
                f"{key}.vat", Message("VAT %, {line}", line=key), kind="number", shown=False, value=setting.vat
            ),
            setting.blank(f"{key}.remark", Message("Remarks, {line}", line=key), shown=False),
        )
    )


def totals(request: QuotationRequest, setting: Setting) -> Flowable:
    """Net, tax, total, and the total in Chinese capitals."""
    if request.purpose is Purpose.REQUEST:
        return _asked_totals(request, setting)
    found = request.totals
    rate = f"{percent(request.header.tax_rate)}\N{NO-BREAK SPACE}%"
    rows = [
        total_row(Message("Total of priced lines without VAT"), _amount(found.net), setting),
        total_row(Message("VAT {rate}", rate=rate), _amount(found.tax), setting),
        total_row(Message("Total with VAT"), _amount(found.total), setting, strong=True),
    ]
    rows += capitals_row(found.total, setting)
    if found.unpriced:
        count = Message("{count} lines have no price and are in none of these totals", count=found.unpriced)
        rows.append(total_row(UNKNOWN_PRICE, count, setting))
    return setting.grid(setting.columns(90, 90), None, [tuple(rows)])


def _amount(money: Money) -> str:
    return money.text()


def capitals_row(total: Money, setting: Setting) -> Iterator[Row]:
    """The total in Chinese capitals, for amounts in yuan alone."""
    if total.currency == "CNY" and abs(total.amount) <= LARGEST:
        words = chinese_amount(total.rounded().amount)
        yield total_row(Message("In Chinese capitals"), f"人民币{words}", setting)


def total_row(label: Message, value: Message | str, setting: Setting, *, strong: bool = False) -> Row:
    """A label and an amount, both set to the right."""
    return Row(
        cells=(
            Cell(text=setting.voice.cell(label, CELL_BOLD, align="right"), tint=FAINT),
            setting.cell(value, bold=True, align="right"),
        ),
        strong=strong,
    )


def _asked_totals(request: QuotationRequest, setting: Setting) -> Flowable:
    labels: list[tuple[str, Message, str, int]] = [
        ("total.net", Message("Total without VAT, lines and services"), "number", 1),
        ("total.tax", Message("VAT"), "number", 1),
        ("total.gross", Message("Total with VAT"), "number", 1),
    ]
    if request.header.currency == "CNY":
        labels.append(("total.words", Message("In Chinese capitals"), "text", 1))
    rows = [
        Row(
            cells=(
                Cell(text=setting.voice.cell(label, CELL_BOLD, align="right"), tint=FAINT),
                setting.blank(name, label, kind=kind, lines=lines, shown=False),
            ),
            strong=name == "total.gross",
        )
        for name, label, kind, lines in labels
    ]
    return setting.grid(setting.columns(70, 110), None, [tuple(rows)])
