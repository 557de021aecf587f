"""The same lines as a spreadsheet: formulas for amounts and totals, the supplier's cells open, all others locked."""

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from dsdesk.base.message import Message
from dsdesk.quote.checksum import asked_checksum, checksum, lines_checksum
from dsdesk.quote.fonts import cleaned
from dsdesk.quote.layout_front import TITLES
from dsdesk.quote.layout_prices import UNKNOWN_PRICE
from dsdesk.quote.mark import MARK
from dsdesk.quote.names import KIND
from dsdesk.quote.request import Purpose, QuotationRequest, RequestLine, Service
from dsdesk.quote.voice import Text, Voice
from dsdesk.quote.xlsx_style import Pen, finish_sheet

FIRST_ROW = 7  # of the lines; the head stands above
_BELOW_TOTALS = 5  # rows that the totals take, and one that is empty
COLUMNS: tuple[tuple[str, Message, float], ...] = (
    ("key", Message("Key"), 7),
    ("no", Message("No."), 6),
    ("lot", Message("Lot"), 6),
    ("item", Message("Item"), 38),
    ("mpn", Message("Maker's part number"), 24),
    ("specification", Message("Required, ★ mandatory"), 58),
    ("equivalent", Message("Equivalent allowed"), 12),
    ("quantity", Message("Qty"), 7),
    ("unit", Message("Unit"), 7),
    ("unit_price", Message("Unit price without VAT"), 16),
    ("vat", Message("VAT %"), 8),
    ("unit_gross", Message("Unit price with VAT"), 16),
    ("net", Message("Amount without VAT"), 17),
    ("tax", Message("VAT"), 15),
    ("lead_days", Message("Lead time, days"), 10),
    ("offered", Message("Maker and part number offered, if another"), 30),
    ("remark", Message("Remarks"), 30),
)
ENTRIES = ("unit_price", "vat", "lead_days", "offered", "remark")
LETTER = {name: "ABCDEFGHIJKLMNOPQ"[index] for index, (name, _, _) in enumerate(COLUMNS)}


def xlsx_bytes(request: QuotationRequest, voice: Voice) -> bytes:
    """The workbook; the same content gives the same bytes."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    asks = request.purpose is Purpose.REQUEST
    pen = Pen(voice=voice, asks=asks)
    _price_sheet(sheet, request, pen)
    if asks:
        _deviation_sheet(book.create_sheet(), request, pen)
        _term_sheet(book.create_sheet(), request, pen)
    _mark_sheet(book.create_sheet(), request)
    book.properties.title = voice.plain(TITLES[request.purpose])
    book.properties.creator = cleaned(request.buyer.name) or "dsdesk"
    target = BytesIO()
    book.save(target)
    return _dated_alike(target.getvalue())


def _price_sheet(sheet: Worksheet, request: QuotationRequest, pen: Pen) -> None:
    sheet.title = pen.title(Message("Price schedule") if pen.asks else Message("Estimated prices"))
    header = request.header
    pen.write(sheet, "A1", TITLES[request.purpose], style="title")
    named = (header.number, header.title, header.issued_on, header.answer_by)
    pen.write(sheet, "A2", "   ".join(one for one in named if one))
    sum_line = Message("Revision {revision}, checksum {sum}", revision=header.revision, sum=checksum(request))
    pen.write(sheet, "A3", sum_line, style="quiet")
    pen.write(sheet, "A4", _note(request), style="quiet" if pen.asks else "warning")
    for name, label, width in COLUMNS:
        sheet.column_dimensions[LETTER[name]].width = width
        pen.write(sheet, f"{LETTER[name]}{FIRST_ROW - 1}", label, style="head")
    row = FIRST_ROW
    for lot_no, lot in enumerate(request.lots, 1):
        for line in lot.lines:
            _line(sheet, row, lot_no, line, pen, request)
            row += 1
    if pen.asks:
        for service in (one for one in request.services if not one.optional):
            _service(sheet, row, service, pen, request)
            row += 1
    _totals(sheet, row, request, pen)
    if pen.asks:
        _options(sheet, row + _BELOW_TOTALS, request, pen)
    sheet.column_dimensions["A"].hidden = True
    sheet.freeze_panes = f"E{FIRST_ROW}"
    sheet.print_title_rows = f"{FIRST_ROW - 1}:{FIRST_ROW - 1}"
    finish_sheet(sheet, landscape=True)


def _note(request: QuotationRequest) -> Message:
    if request.purpose is Purpose.ESTIMATE:
        return Message("The buyer's own figures; no supplier has offered them.")
    return Message(
        "Fill in the light cells only; amounts and totals are computed. {currency}.", currency=request.header.currency
    )


def _vat(request: QuotationRequest) -> float:
    return float(request.header.tax_rate * 100)


def _line(sheet: Worksheet, row: int, lot: int, line: RequestLine, pen: Pen, request: QuotationRequest) -> None:
    def put(name: str, value: Text | float | None, style: str = "cell") -> None:
        pen.write(sheet, f"{LETTER[name]}{row}", value, style=style)

    kind = KIND[line.kind] if line.kind is not None else Message("part")
    full = line.name if line.name.startswith(line.manufacturer) else f"{line.manufacturer} {line.name}"
    put("key", f"L{line.no}")
    put("no", line.no)
    put("lot", lot)
    put("item", Message("{name} ({kind})", name=full.strip(), kind=kind))
    put("mpn", line.mpn or Message("state yours"))
    put("specification", "\n".join(_required(line, pen.voice)))
    put("equivalent", Message("yes") if line.equivalent_allowed else Message("no"))
    put("quantity", line.quantity, "number")
    put("unit", line.unit)
    if pen.asks:
        _entries(sheet, row, pen, request)
        put("remark", None, "entry")
    else:
        price = line.price.unit_net
        put("unit_price", float(price.amount) if price is not None else UNKNOWN_PRICE, "money")
        put("vat", _vat(request), "number")
        put("remark", line.price.basis)
    _computed(sheet, row, pen)


def _computed(sheet: Worksheet, row: int, pen: Pen) -> None:
    """Amount, its tax, and what one costs with tax, as the sheet computes them from price and rate."""
    price, rate, net, quantity = (f"{LETTER[name]}{row}" for name in ("unit_price", "vat", "net", "quantity"))
    for name, formula in (
        ("unit_gross", f'=IF(ISNUMBER({price}),ROUND({price}*(1+{rate}/100),2),"")'),
        ("net", f'=IF(ISNUMBER({price}),ROUND({quantity}*{price},2),"")'),
        ("tax", f'=IF(ISNUMBER({net}),ROUND({net}*{rate}/100,2),"")'),
    ):
        pen.write(sheet, f"{LETTER[name]}{row}", formula, style="money")


def _required(line: RequestLine, voice: Voice) -> list[str]:
    return [
        voice.plain(
            Message("★ {label}: {value}", label=item.label, value=item.value)
            if item.mandatory
            else Message("{label}: {value}", label=item.label, value=item.value)
        )
        for item in line.requirements
    ]


def _entries(sheet: Worksheet, row: int, pen: Pen, request: QuotationRequest) -> None:
    pen.write(sheet, f"{LETTER['unit_price']}{row}", None, style="money entry")
    pen.write(sheet, f"{LETTER['vat']}{row}", _vat(request), style="number entry")
    for name in ("lead_days", "offered", "remark"):
        pen.write(sheet, f"{LETTER[name]}{row}", None, style="entry")


def _service(sheet: Worksheet, row: int, service: Service, pen: Pen, request: QuotationRequest) -> None:
    pen.write(sheet, f"A{row}", service.code)
    pen.write(sheet, f"B{row}", service.code)
    pen.write(sheet, f"{LETTER['item']}{row}", service.title)
    pen.write(sheet, f"{LETTER['specification']}{row}", service.detail)
    pen.write(sheet, f"{LETTER['quantity']}{row}", 1, style="number")
    _entries(sheet, row, pen, request)
    _computed(sheet, row, pen)


def _options(sheet: Worksheet, row: int, request: QuotationRequest, pen: Pen) -> None:
    """What is priced apart, below the totals and in none of them."""
    options = [one for one in request.services if one.optional]
    if options:
        pen.write(sheet, f"{LETTER['item']}{row}", Message("Options, in none of the totals"), style="total")
    for offset, option in enumerate(options, 1):
        _service(sheet, row + offset, option, pen, request)


def _totals(sheet: Worksheet, row: int, request: QuotationRequest, pen: Pen) -> None:
    """Net, tax by line, total; how many lines have no price."""
    last = row - 1
    if last < FIRST_ROW:
        return
    net, tax, price = (f"{LETTER[name]}{FIRST_ROW}:{LETTER[name]}{last}" for name in ("net", "tax", "unit_price"))
    net_cell, tax_cell = f"{LETTER['net']}{row}", f"{LETTER['net']}{row + 1}"
    rows: tuple[tuple[Message, str, str], ...] = (
        (Message("Total without VAT, lines and services"), f"=SUM({net})", "money total"),
        (Message("VAT"), f"=SUM({tax})", "money total"),
        (Message("Total with VAT"), f"={net_cell}+{tax_cell}", "money total"),
        (Message("Lines without a price"), f"=ROWS({price})-COUNT({price})", "number"),
    )
    for offset, (label, formula, style) in enumerate(rows):
        pen.write(sheet, f"{LETTER['specification']}{row + offset}", label, style="total")
        pen.write(sheet, f"{LETTER['net']}{row + offset}", formula, style=style)
    pen.write(sheet, f"{LETTER['unit_price']}{row + 2}", request.header.currency, style="total")


def _deviation_sheet(sheet: Worksheet, request: QuotationRequest, pen: Pen) -> None:
    sheet.title = pen.title(Message("Deviations"))
    labels = (Message("Key"), Message("No."), Message("Item"), Message("Required"), Message("Why the plan needs it"))
    for letter, label, width in zip(
        "ABCDEF", (*labels, Message("Offered: = or deviation")), (12, 6, 34, 44, 60, 44), strict=True
    ):
        sheet.column_dimensions[letter].width = width
        pen.write(sheet, f"{letter}1", label, style="head")
    row = 2
    for line in request.lines:
        for index, item in enumerate(line.requirements, 1):
            label = Message("★ {label}", label=item.label) if item.mandatory else item.label
            values: tuple[Text | float, ...] = (f"L{line.no}.spec{index}", line.no, label, item.value, item.why)
            for letter, value in zip("ABCDE", values, strict=True):
                pen.write(sheet, f"{letter}{row}", value)
            pen.write(sheet, f"F{row}", None, style="entry")
            row += 1
    sheet.column_dimensions["A"].hidden = True
    sheet.freeze_panes = "A2"
    finish_sheet(sheet, landscape=True)


def _term_sheet(sheet: Worksheet, request: QuotationRequest, pen: Pen) -> None:
    sheet.title = pen.title(Message("Terms"))
    labels = (Message("Key"), Message("Condition"), Message("Buyer's wish"), Message("Supplier's answer"))
    for letter, label, width in zip("ABCD", labels, (12, 30, 70, 50), strict=True):
        sheet.column_dimensions[letter].width = width
        pen.write(sheet, f"{letter}1", label, style="head")
    for row, term in enumerate(request.terms, 2):
        pen.write(sheet, f"A{row}", f"term.{term.name}")
        pen.write(sheet, f"B{row}", term.label)
        pen.write(sheet, f"C{row}", term.value)
        pen.write(sheet, f"D{row}", None, style="entry" if term.by_supplier else "cell")
    sheet.column_dimensions["A"].hidden = True
    finish_sheet(sheet, landscape=False)


def _mark_sheet(sheet: Worksheet, request: QuotationRequest) -> None:
    """What the answer is recognised by when it comes back."""
    sheet.title = MARK
    header = request.header
    for name, value in (
        ("purpose", request.purpose.value),
        ("number", header.number),
        ("revision", header.revision),
        ("checksum", checksum(request)),
        ("asked_checksum", asked_checksum(request)),
        ("lines_checksum", lines_checksum(request)),
        ("currency", header.currency),
    ):
        sheet.append([name, cleaned(str(value))])
    sheet.sheet_state = "hidden"
    sheet.protection.enable()


def _dated_alike(content: bytes) -> bytes:
    """The archive without the clock: members dated 1980, and no time of saving."""
    target = BytesIO()
    with ZipFile(BytesIO(content)) as source, ZipFile(target, "w", ZIP_DEFLATED) as made:
        for name in source.namelist():
            data = source.read(name)
            if name == "docProps/core.xml":
                data = _without_times(data)
            made.writestr(ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, ZIP_DEFLATED)
    return target.getvalue()


def _without_times(data: bytes) -> bytes:
    for tag in (b"dcterms:created", b"dcterms:modified"):
        start, end = data.find(b"<" + tag), data.find(b"</" + tag + b">")
        if start >= 0 and end >= 0:
            data = data[:start] + data[end + len(tag) + 3 :]
    return data
