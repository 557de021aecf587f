"""The order of the document: what is to be filled in first, the annexes after it."""

from collections.abc import Iterable, Iterator

from reportlab.platypus import CondPageBreak, Flowable, PageBreak

from dsdesk.base.message import Message
from dsdesk.charts.spec import ChartSpec
from dsdesk.quote import layout_annex as annex
from dsdesk.quote.layout_front import front, notes
from dsdesk.quote.layout_prices import schedule, service_table, totals
from dsdesk.quote.layout_terms import signatures, term_table
from dsdesk.quote.node_painter import NodeRow
from dsdesk.quote.rack_painter import ABREAST, RackRow, rack_height
from dsdesk.quote.request import Purpose, QuotationRequest
from dsdesk.quote.setting import Setting, gap, section


def story(request: QuotationRequest, specs: Iterable[ChartSpec], setting: Setting) -> list[Flowable]:
    """Everything on the pages, in order."""
    return [
        *front(request, setting),
        *_priced(request, setting),
        *_conditions(request, setting),
        *_annexes(request, tuple(specs), setting),
    ]


def _priced(request: QuotationRequest, setting: Setting) -> Iterator[Flowable]:
    if request.lots:
        yield from section(setting, SCHEDULE[request.purpose], "prices", "1")
        yield schedule(request, setting)
    if request.on_hand:
        yield setting.voice.body(
            Message("Already there, not to be offered, but to go together with the above:"), after=2
        )
        yield setting.figures(request.on_hand)
    yield from section(setting, Message("Services"), "services", "2")
    options = tuple(one for one in request.services if one.optional)
    if len(request.services) > len(options):
        yield service_table(tuple(one for one in request.services if not one.optional), setting)
    else:
        yield setting.voice.body(Message("None: only the goods are asked for."), after=2)
    if options:
        yield setting.voice.body(Message("Options, priced apart and in none of the totals:"), after=2)
        yield service_table(options, setting)
    yield from section(setting, Message("Totals"), "totals", "3", room=150)
    yield totals(request, setting)
    if request.purpose is Purpose.ESTIMATE:
        for note in request.price_notes:
            yield setting.voice.body(note, after=1)


def _conditions(request: QuotationRequest, setting: Setting) -> Iterator[Flowable]:
    yield from section(setting, Message("Terms"), "terms", "4")
    yield term_table(request, setting)
    yield from notes(request, setting)
    title = Message("Offer and signature") if request.purpose is Purpose.REQUEST else Message("Prepared and approved")
    yield from section(setting, title, "signature", "5", room=99)
    yield from signatures(request, setting)


def _annexes(request: QuotationRequest, specs: tuple[ChartSpec, ...], setting: Setting) -> Iterator[Flowable]:
    yield PageBreak()
    asks = request.purpose is Purpose.REQUEST
    title = Message("Specification and deviations") if asks else Message("Specification")
    yield from section(setting, title, "specification", "A")
    yield from annex.specification(request, setting)
    yield from section(setting, Message("Site"), "site", "B")
    yield setting.figures(request.site)
    yield from _racks(request, setting)
    if request.power:
        yield from section(setting, Message("Power and cooling"), "power", "C")
        yield setting.figures(request.power)
    yield from section(setting, Message("Acceptance tests"), "acceptance", "D")
    yield annex.tests(request.tests, setting, asks=asks)
    yield from section(setting, Message("What the machine is for, and the forecast"), "sizing", "E")
    yield setting.figures((*request.sizing, *request.speed))
    yield gap(4)
    yield from (NodeRow(request.nodes[at : at + 2], setting.voice) for at in range(0, len(request.nodes), 2))
    yield from annex.charts(specs, setting)
    if request.findings:
        yield from section(setting, Message("Open findings of the checks"), "findings", "F")
        if asks:
            yield setting.voice.body(Message("Please say in your offer how you deal with each of them."), after=3)
        yield annex.findings(request.findings, setting)


# An estimate is never to be taken for an offer, and the Chinese for the schedule of a request says "offer".
SCHEDULE = {Purpose.REQUEST: Message("Price schedule"), Purpose.ESTIMATE: Message("Estimated prices")}
_MOST_RACKS = 8
_CAPTION = 60.0  # room for what is said above the drawing [pt]


def _racks(request: QuotationRequest, setting: Setting) -> Iterator[Flowable]:
    """The racks from the front; equal ones beyond the eighth are told by number."""
    found = request.racks
    if not found.elevations:
        return
    drawn = found.elevations[:_MOST_RACKS]
    yield CondPageBreak(rack_height(drawn[:ABREAST]) + _CAPTION)
    yield setting.voice.body(Message("Rack elevation, units counted from the floor"), after=2)
    if not found.planned:
        needed = sum(rack.used_units for rack in found.elevations)
        text = Message("The plan names no rack; {units} units are needed.", units=needed)
        yield setting.voice.body(text, after=2)
    if found.unplaced:
        text = Message("Without a place, since chassis or height is not known: {names}.", names=found.unplaced)
        yield setting.voice.body(text, after=2)
    yield from (RackRow(drawn[at : at + ABREAST], setting.voice) for at in range(0, len(drawn), ABREAST))
    if more := len(found.elevations) - len(drawn):
        yield setting.voice.body(Message("{count} further racks are not drawn.", count=more), after=2)
