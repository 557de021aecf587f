"""The doors of the room: a PDF and a spreadsheet of an evaluation.

No clock is read: dates are those of the project, and the same content gives the same bytes.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from reportlab.pdfgen.canvas import Canvas

from dsdesk.base.errors import InputError
from dsdesk.base.message import N_, Message
from dsdesk.base.translate import Language, render
from dsdesk.build.catalog import Catalog
from dsdesk.charts.concurrency import speed_per_user, throughput_over_concurrency
from dsdesk.charts.memory import memory_by_part
from dsdesk.charts.power import power_by_kind
from dsdesk.charts.spec import ChartSpec
from dsdesk.checks.finding import Severity
from dsdesk.evaluate import Evaluation
from dsdesk.project.file import write_atomically
from dsdesk.project.project import QuoteTerms
from dsdesk.quote.attachments import Attachment, attach
from dsdesk.quote.checksum import checksum
from dsdesk.quote.compose import compose
from dsdesk.quote.copies import JSON_NAME, json_copy, percent
from dsdesk.quote.document import Description, Document, Running
from dsdesk.quote.fonts import REPLACEMENT
from dsdesk.quote.form_fields import Form
from dsdesk.quote.form_script import of_cells, of_document
from dsdesk.quote.layout import story
from dsdesk.quote.layout_front import TITLES
from dsdesk.quote.logo import picture_of
from dsdesk.quote.names import SEVERITY
from dsdesk.quote.paper import paper
from dsdesk.quote.request import Purpose, QuotationRequest
from dsdesk.quote.setting import Setting
from dsdesk.quote.signature import Signer, signed
from dsdesk.quote.ubl import UBL_NAME, ubl_request
from dsdesk.quote.voice import Voice

LANGUAGES = ("zh_CN", "en", "both")
CHARTS = (memory_by_part, power_by_kind, throughput_over_concurrency, speed_per_user)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What was made.

    Attributes:
        pages: of the PDF; 0 for a spreadsheet.
        bytes: size of the file.
        checksum: of the content, as printed on each page.
        warnings: what the reader of the document will miss, such as characters that no font has.
    """

    pages: int
    bytes: int
    checksum: str
    warnings: tuple[Message, ...] = ()


Tell = Callable[[float], None]  # told how much is done, 0 to 1; what it raises stops the work


def write_pdf(
    evaluation: Evaluation,
    catalog: Catalog,
    path: Path,
    *,
    language: str,
    prices: str,
    tell: Tell | None = None,
    signer: Signer | None = None,
) -> Exported:
    """Write the request for quotation or the estimate as PDF, signed if there is a `signer`.

    Raises:
        InputError: the language or the kind of prices is not known.
        FileError: the file cannot be written; the old one is unchanged.
    """
    content, exported = make_pdf(
        evaluation, catalog, language=language, prices=prices, spreadsheet=True, tell=tell, signer=signer
    )
    write_atomically(path, content)
    return exported


def write_xlsx(evaluation: Evaluation, catalog: Catalog, path: Path, *, language: str, prices: str) -> Exported:
    """Write the lines as a spreadsheet that the supplier fills in.

    Raises:
        InputError: the language or the kind of prices is not known.
        FileError: the file cannot be written; the old one is unchanged.
    """
    from dsdesk.quote.xlsx import xlsx_bytes  # openpyxl, only when it is wanted

    voice = _voice(language)
    request = compose(evaluation, catalog, _purpose(prices))
    content = xlsx_bytes(request, _voice(language, on_paper=False))
    write_atomically(path, content)
    return Exported(pages=0, bytes=len(content), checksum=checksum(request), warnings=_warnings(request, voice))


def pdf_bytes(evaluation: Evaluation, catalog: Catalog, *, language: str, prices: str) -> bytes:
    """The same pages as bytes, for the preview: without the spreadsheet inside, which takes longer than the pages."""
    return make_pdf(evaluation, catalog, language=language, prices=prices)[0]


def make_pdf(
    evaluation: Evaluation,
    catalog: Catalog,
    *,
    language: str,
    prices: str,
    spreadsheet: bool = False,
    tell: Tell | None = None,
    signer: Signer | None = None,
) -> tuple[bytes, Exported]:
    """The PDF and what there is to say about it; with the spreadsheet to fill in inside, if wanted."""
    purpose = _purpose(prices)
    voice = _voice(language)
    request = compose(evaluation, catalog, purpose)
    specs = tuple(chart(evaluation, catalog) for chart in CHARTS)
    terms = evaluation.project.quote
    plain = _voice(language, on_paper=False)
    attachments = _attachments(request, plain)
    if spreadsheet and purpose is Purpose.REQUEST:
        attachments = (*attachments, _spreadsheet(request, plain))
    return set_pdf(
        request,
        specs,
        voice,
        terms=terms,
        attachments=attachments,
        tell=tell,
        signer=signer,
    )


def set_pdf(
    request: QuotationRequest,
    specs: tuple[ChartSpec, ...],
    voice: Voice,
    *,
    terms: QuoteTerms,
    attachments: tuple[Attachment, ...] = (),
    tell: Tell | None = None,
    signer: Signer | None = None,
) -> tuple[bytes, Exported]:
    """Lay out a request that is already composed, and sign it if there is a `signer`.

    Of `terms` only the paper, the logo, and whether the form computes its totals are looked at.
    """
    asks = request.purpose is Purpose.REQUEST
    form = Form(of_document(request), of_cells(request)) if terms.computes and asks else Form()
    setting = Setting(
        voice=voice,
        paper=paper(terms.paper),
        purpose=request.purpose,
        vat=percent(request.header.tax_rate),
        fields=form.place if asks else None,
        logo=picture_of(terms.logo),
    )
    expected = _SHORTEST + len(request.lines) * len(voice.languages) / _LINES_A_PAGE

    def told(page: int) -> None:
        if tell is not None:
            tell(page / (page + expected) if page >= expected else page / expected / 2)

    document = Document(setting.paper, _running(request, voice), _description(request, voice), told)

    def finish(canvas: Canvas) -> None:
        form.close(canvas, room=signer.room if signer else 0)
        attach(canvas, attachments)

    content = document.made(story(request, specs, setting), finish)
    if signer is not None:
        content = signed(content, signer)
    exported = Exported(
        pages=document.pages,
        bytes=len(content),
        checksum=checksum(request),
        warnings=(*_warnings(request, voice), *_unseen(terms.logo, setting)),
    )
    return content, exported


_SHORTEST, _LINES_A_PAGE = 6, 5  # pages of a request without lines, and about what a page more holds


def _attachments(request: QuotationRequest, voice: Voice) -> tuple[Attachment, ...]:
    """Copies for programs: JSON always, UBL with a request."""
    copies = [
        Attachment(
            name=JSON_NAME,
            media_type="application/json",
            description=voice.plain(Message("The same content for programs, as JSON")),
            content=json_copy(request, voice),
        )
    ]
    xml = ubl_request(request, voice) if request.purpose is Purpose.REQUEST else None
    if xml is not None:
        copies.append(
            Attachment(
                name=UBL_NAME,
                media_type="application/xml",
                description=voice.plain(Message("The same content as UBL 2.1 RequestForQuotation")),
                content=xml,
            )
        )
    return tuple(copies)


def _spreadsheet(request: QuotationRequest, voice: Voice) -> Attachment:
    from dsdesk.quote.xlsx import xlsx_bytes

    return Attachment(
        name="request.xlsx",
        media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        description=voice.plain(Message("The price schedule to fill in as a spreadsheet")),
        content=xlsx_bytes(request, voice),
    )


def _purpose(prices: str) -> Purpose:
    try:
        return Purpose(prices)
    except ValueError as error:
        text = N_('Prices are "blank" or "estimate", not {prices}.')
        raise InputError(Message(text, prices=prices)) from error


def _voice(language: str, *, on_paper: bool = True) -> Voice:
    if language not in LANGUAGES:
        text = N_("The document can be in {known}, not in {language}.")
        raise InputError(Message(text, known=LANGUAGES, language=language))
    return Voice(language, on_paper=on_paper)


def _running(request: QuotationRequest, voice: Voice) -> Running:
    header = request.header
    title = voice.plain(TITLES[request.purpose])
    named = " · ".join(one for one in (title, voice.glyphs.printable(header.title)) if one)
    foot = Message(
        "Revision {revision} · checksum {sum} · dsdesk {app}, catalogue {catalog}",
        revision=header.revision,
        sum=checksum(request),
        app=request.app_version,
        catalog=request.catalog_version,
    )
    return Running(
        head=(named, voice.glyphs.printable(header.number)),
        foot=voice.said(foot)[0],
        page=page_words(voice),
        band=voice.plain(TITLES[Purpose.ESTIMATE]) if request.purpose is Purpose.ESTIMATE else "",
    )


_HOLE = "\x00"  # where the numbers go


def page_words(voice: Voice) -> tuple[str, str, str]:
    """What stands before the number of a page, between it and their number, and after."""
    before, between, after = render(Message("page {page} of {pages}", page=_HOLE, pages=_HOLE), voice.first).split(
        _HOLE
    )
    return before, between, after


def _description(request: QuotationRequest, voice: Voice) -> Description:
    header = request.header
    title = " ".join(one for one in (voice.plain(TITLES[request.purpose]), header.number, header.title) if one)
    return Description(
        title=title,
        author=request.buyer.name,
        subject=f"{header.number} rev. {header.revision} {checksum(request)}".strip(),
        language="zh-CN" if voice.first.value == "zh_CN" else "en",
        day=header.issued_on,
        keywords=tuple(line.mpn for line in request.lines if line.mpn)[:20],
        archival=request.purpose is Purpose.ESTIMATE,
    )


def _warnings(request: QuotationRequest, voice: Voice) -> tuple[Message, ...]:
    asks = request.purpose is Purpose.REQUEST
    return (
        *_untranslated(voice),
        *_unprintable(voice),
        *(_unsaid(request) if asks else ()),
        *(_open_errors(request) if asks else ()),
    )


def _untranslated(voice: Voice) -> Iterator[Message]:
    """Where Chinese is wanted and its texts are not there: nothing is in English unsaid."""
    title = TITLES[Purpose.REQUEST]
    if Language.CHINESE in voice.languages and render(title, Language.CHINESE) == title.text:
        yield Message(N_("The Chinese texts of dsdesk are missing, so the document is in English."))


def _open_errors(request: QuotationRequest) -> Iterator[Message]:
    """A plan that cannot work as it is: suppliers read it in annex F, the buyer should know before."""
    count = sum(one.severity == SEVERITY[Severity.ERROR] for one in request.findings)
    if count:
        yield Message(N_("Errors of the plan that annex F shows to the supplier: {count}."), count=count)


def _unseen(logo: str, setting: Setting) -> Iterator[Message]:
    if logo and not setting.logo:
        yield Message(N_("The logo is no picture that can be read, so it is left out."))


def _unprintable(voice: Voice) -> Iterator[Message]:
    if voice.glyphs.missing:
        text = N_("The document's font lacks these characters; they are printed as {mark}: {missing}.")
        yield Message(text, mark=REPLACEMENT, missing=tuple(sorted(voice.glyphs.missing)))


def _unsaid(request: QuotationRequest) -> Iterator[Message]:
    """What a supplier would have to ask back."""
    header, buyer = request.header, request.buyer
    wanted = {
        "number": (header.number, Message("Document number")),
        "date": (header.issued_on, Message("Date")),
        "answer_by": (header.answer_by, Message("Answer by")),
        "buyer": (buyer.name, Message("Buyer")),
        "contact": (buyer.email or buyer.phone, Message("Contact")),
        **{term.name: (term.value, term.label) for term in request.terms if term.name in _BUYER_SAYS},
    }
    if empty := tuple(label for value, label in wanted.values() if not value):
        yield Message(N_("A supplier would have to ask for: {fields}."), fields=empty)
    if header.answer_by and not _ZONE.search(header.answer_by):
        yield Message(N_("The time by which to answer has no time zone: write it like 2026-12-08 17:00 +08:00."))


_ZONE = re.compile(r"\d\d:\d\d.*?([+\-−]\d\d|Z\b|[A-Z]{3}|北京时间)")
_BUYER_SAYS = {"delivery_address", "payment"}
