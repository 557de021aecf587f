"""The request for quotation as data: what is asked for, of whom, on what terms. Every layout and copy reads it."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from dsdesk.base.message import Message
from dsdesk.base.money import Money
from dsdesk.charts.node import NodeSketch
from dsdesk.charts.rack import Racks
from dsdesk.hardware.vocabulary import PartKind
from dsdesk.project.project import Company


class Purpose(StrEnum):
    """The two documents of a project."""

    REQUEST = "blank"  # 询价单: prices are for the supplier to fill in
    ESTIMATE = "estimate"  # 预算估价: our own figures, never an offer


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """One item of a specification.

    Attributes:
        label: what is specified.
        value: what it must be, with its direction (≥, ≤, =).
        why: what in the plan rests on it.
        mandatory: whether an offer that misses it is refused (★).
    """

    label: Message
    value: Message | str
    why: Message
    mandatory: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class LinePrice:
    """Our estimate for a line.

    Attributes:
        unit_net: without tax, None where no price is known.
        net: for the whole quantity.
        basis: which price it is, with day and source, or why there is none.
    """

    unit_net: Money | None
    net: Money | None
    basis: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestLine:
    """One line to be priced.

    Attributes:
        no: line number of the project, never reused.
        kind: of part, None when the catalogue has lost it.
        part_id: catalogue id.
        manufacturer: who makes it; "" if not known.
        name: model.
        mpn: manufacturer part number, None if not published.
        quantity: pieces over all nodes.
        per_node: pieces in one node.
        unit: unit of the quantity.
        unit_code: the same by UN/ECE Recommendation 20.
        requirements: the specification.
        equivalent_allowed: a supplier may offer another product that meets the mandatory items.
        remark: what the supplier must know or state beside it.
        price: our estimate.
    """

    no: int
    kind: PartKind | None
    part_id: str
    manufacturer: str
    name: str
    mpn: str | None
    quantity: int
    per_node: int
    unit: Message
    unit_code: str
    requirements: tuple[Requirement, ...]
    equivalent_allowed: bool
    remark: tuple[Message, ...] = ()
    price: LinePrice


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """Lines that belong together: a node kind, or what the nodes share."""

    title: Message
    lines: tuple[RequestLine, ...]
    count: int = 1


def is_option(key: str) -> bool:
    """Whether a key such as "O2" is that of an option; lines are "L1", services "S1"."""
    return key.startswith("O")


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """Work or a service that is priced like a line. `code` is "S1", "S2", ...; a `credit` is what the supplier pays."""

    code: str
    title: Message | str
    detail: Message | None = None
    credit: bool = False

    @property
    def optional(self) -> bool:
        """Whether it is priced apart and in no total."""
        return is_option(self.code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One commercial condition. `value` None is left blank; `by_supplier` says who fills it in; `name` is its field."""

    name: str
    label: Message
    value: Message | str | None
    by_supplier: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A row of a summary: what, how much, and a remark."""

    label: Message | str
    value: Message | str
    note: Message | str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptanceTest:
    """A test at hand-over.

    Attributes:
        code: "T1", "T2", ...
        title: what is tested.
        method: how, with the command where there is one.
        passes: what must be seen.
    """

    code: str
    title: Message
    method: Message
    passes: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenFinding:
    """A finding of the checks that the reader should know."""

    code: str
    severity: Message
    message: Message
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What names the document.

    Attributes:
        number: of the request, "" when left open.
        revision: counts up with every change that is sent out.
        issued_on: ISO date or "".
        answer_by: ISO date or date and time with zone, or "".
        valid_days: how long the offer shall hold.
        currency: of all amounts.
        tax_rate: VAT asked for, 0.13 is 13 %.
    """

    title: str
    number: str
    revision: int
    issued_on: str
    answer_by: str
    valid_days: int | None
    currency: str
    tax_rate: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Our own totals. `unpriced` lines are in none of them."""

    net: Money
    tax: Money
    total: Money
    priced: int
    unpriced: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotationRequest:
    """The whole document as data.

    Attributes:
        purpose: request or estimate.
        header: number, dates, currency.
        buyer: who asks.
        supplier: who is asked; empty fields are filled in by them.
        lots: the lines.
        on_hand: lines that are already there, for compatibility only.
        services: priced like lines.
        terms: commercial conditions.
        totals: our own, shown in the estimate alone.
        site: site data.
        tests: acceptance tests with their pass values.
        sizing: what the machine is for and what it needs.
        speed: forecast with its interval.
        power: power and cooling.
        nodes: what the drawings of the nodes show.
        racks: what stands where.
        findings: open findings.
        price_notes: what is missing from our prices.
        notes: the buyer's own.
        catalog_version: of the parts catalogue.
        app_version: of dsdesk.
    """

    purpose: Purpose
    header: Header
    buyer: Company
    supplier: Company
    lots: tuple[Lot, ...]
    on_hand: tuple[Figure, ...]
    services: tuple[Service, ...]
    terms: tuple[Term, ...]
    totals: Totals
    site: tuple[Figure, ...]
    tests: tuple[AcceptanceTest, ...]
    sizing: tuple[Figure, ...]
    speed: tuple[Figure, ...]
    power: tuple[Figure, ...]
    nodes: tuple[NodeSketch, ...]
    racks: Racks
    findings: tuple[OpenFinding, ...]
    price_notes: tuple[Message, ...]
    notes: str
    catalog_version: str
    app_version: str

    @property
    def lines(self) -> tuple[RequestLine, ...]:
        """All lines of all lots."""
        return tuple(line for lot in self.lots for line in lot.lines)
