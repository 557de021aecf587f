"""The document as data, from what the evaluation found: no layout, and no arithmetic of its own."""

from collections.abc import Iterator

from dsdesk import __version__
from dsdesk.base.message import Message
from dsdesk.build.catalog import Catalog
from dsdesk.build.machine import PlacedPart, ResolvedMachine
from dsdesk.charts.node import node_sketches
from dsdesk.charts.rack import racks
from dsdesk.checks.finding import Severity
from dsdesk.cost.lines import PricedLine
from dsdesk.evaluate import Evaluation
from dsdesk.hardware.parts import Accelerator, Memory, Part
from dsdesk.hardware.vocabulary import PartKind, Segment
from dsdesk.quote.acceptance import acceptance_tests
from dsdesk.quote.names import SEVERITY
from dsdesk.quote.request import (
    Figure,
    Header,
    LinePrice,
    Lot,
    OpenFinding,
    Purpose,
    QuotationRequest,
    RequestLine,
    Totals,
)
from dsdesk.quote.services import services
from dsdesk.quote.site import power, site
from dsdesk.quote.specification import Ordered, requirements
from dsdesk.quote.summary import sizing, speed
from dsdesk.quote.terms import terms

PIECES = Message("pcs")
SETS = Message("set")

BASIS: dict[str, Message] = {
    "typed": Message("entered by hand"),
    "new": Message("market price, new"),
    "used": Message("used-market price"),
    "list": Message("list price"),
    "launch": Message("price on the day of release"),
}


def compose(evaluation: Evaluation, _catalog: Catalog, purpose: Purpose) -> QuotationRequest:
    """Everything that the document says, from what the evaluation found."""
    project = evaluation.project
    cost = evaluation.cost
    quote = project.quote
    priced = _by_place(cost.lines)
    unpriced = sum(line.net is None for line in cost.lines if line.basis != "owned")
    return QuotationRequest(
        purpose=purpose,
        header=Header(
            title=project.name,
            number=quote.number,
            revision=quote.revision,
            issued_on=quote.issued_on,
            answer_by=quote.answer_by,
            valid_days=quote.valid_days,
            currency=cost.currency,
            tax_rate=project.cost.tax_rate,
        ),
        buyer=quote.buyer,
        supplier=quote.supplier,
        lots=tuple(_lots(evaluation, priced)),
        on_hand=tuple(_on_hand(evaluation)),
        services=services(quote),
        terms=terms(evaluation),
        totals=Totals(net=cost.net_total, tax=cost.tax, total=cost.total, priced=cost.priced, unpriced=unpriced),
        site=site(evaluation),
        tests=acceptance_tests(evaluation),
        sizing=sizing(evaluation),
        speed=speed(evaluation),
        power=power(evaluation),
        nodes=node_sketches(evaluation.build),
        racks=racks(evaluation.build),
        findings=tuple(_findings(evaluation)),
        price_notes=cost.notes,
        notes=quote.notes,
        catalog_version=evaluation.catalog_version,
        app_version=__version__,
    )


_Place = tuple[int | None, int]  # node kind, line number


def _by_place(lines: tuple[PricedLine, ...]) -> dict[_Place, PricedLine]:
    return {(line.machine, line.no): line for line in lines}


def _lots(evaluation: Evaluation, priced: dict[_Place, PricedLine]) -> Iterator[Lot]:
    build = evaluation.build
    for index, machine in enumerate(build.machines):
        count = machine.machine.count
        lines = tuple(_lines(machine.parts, evaluation, priced, index, machine))
        if lines:
            title = Message("{name}, {count} of them", name=machine.machine.name, count=count)
            one = Message("{name}", name=machine.machine.name)
            yield Lot(title=title if count > 1 else one, lines=lines, count=count)
    shared = tuple(_lines(build.shared, evaluation, priced, None, None))
    if shared:
        yield Lot(title=Message("Network, racks and power for the whole"), lines=shared)


def _lines(
    parts: tuple[PlacedPart, ...],
    evaluation: Evaluation,
    priced: dict[_Place, PricedLine],
    index: int | None,
    machine: ResolvedMachine | None,
) -> Iterator[RequestLine]:
    count = machine.machine.count if machine is not None else 1
    for placed in parts:
        line, part = placed.line, placed.part
        if line.owned:
            continue
        ordered = None if part is None else Ordered(part=part, line=line, evaluation=evaluation, machine=machine)
        yield RequestLine(
            no=line.no,
            kind=part.kind if part is not None else None,
            part_id=line.part_id,
            manufacturer=part.manufacturer if part is not None else "",
            name=part.name if part is not None else line.part_id,
            mpn=part.mpn if part is not None else None,
            quantity=line.quantity * count,
            per_node=line.quantity,
            unit=SETS if _is_set(part) else PIECES,
            unit_code="SET" if _is_set(part) else "C62",
            requirements=requirements(ordered) if ordered is not None else (),
            equivalent_allowed=line.equivalent_allowed,
            remark=tuple(_remarks(part, evaluation)),
            price=_price(priced[index, line.no]),
        )


def _is_set(part: Part | None) -> bool:
    """Whether what is counted is a kit of several."""
    return isinstance(part, Memory) and part.modules > 1


def _remarks(part: Part | None, evaluation: Evaluation) -> Iterator[Message]:
    if part is None:
        yield Message("the catalogue no longer has this part: state what you offer")
        return
    if part.mpn is None:
        yield Message("state the part number that you offer")
    if isinstance(part, Accelerator) and part.segment is Segment.DATACENTER:
        yield Message("state ECCN, origin and export licence, see terms")
    if part.discontinued:
        yield Message("its maker has stopped it: offer the successor as an equivalent, or remaining stock")
    if part.kind is PartKind.ACCELERATOR and evaluation.project.cost.condition == "used":
        yield Message("used is accepted: state age and remaining warranty")


def _price(line: PricedLine) -> LinePrice:
    if line.net is None:
        unpriced = Message("no price known")
        because = unpriced if line.unit is None or line.because is None else line.because
        return LinePrice(unit_net=None, net=None, basis=because)
    basis = BASIS.get(line.basis, Message("{text}", text=line.basis))
    if line.price is not None and line.price.on is not None:
        basis = Message("{basis}, {day}", basis=basis, day=line.price.on.isoformat())
    return LinePrice(unit_net=line.unit_net, net=line.net, basis=basis)


def _on_hand(evaluation: Evaluation) -> Iterator[Figure]:
    build = evaluation.build
    placed = [(one, machine.machine.count) for machine in build.machines for one in machine.parts]
    placed += [(one, 1) for one in build.shared]
    for one, count in placed:
        if one.line.owned:
            name = one.part.full_name if one.part is not None else one.line.part_id
            yield Figure(label=Message("{count} ×", count=one.line.quantity * count), value=name)


def _findings(evaluation: Evaluation) -> Iterator[OpenFinding]:
    """Everything from a warning on, and what could not be checked."""
    for finding in evaluation.findings:
        if finding.severity is not Severity.NOTE:
            yield OpenFinding(
                code=finding.code,
                severity=SEVERITY[finding.severity],
                message=finding.message,
                lines=finding.subject,
            )
