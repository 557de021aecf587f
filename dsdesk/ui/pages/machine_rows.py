"""The rows of a machine: its lines, and a place for each kind of part that it still lacks."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtGui import QColor, QIcon, QPalette

from dsdesk.base.units import Quantity, Unit
from dsdesk.build.catalog import Catalog
from dsdesk.build.machine import PlacedPart
from dsdesk.checks.finding import Severity
from dsdesk.checks.node import Node
from dsdesk.checks.parts import missing_kinds
from dsdesk.cost.lines import PricedLine
from dsdesk.hardware.parts import Accelerator, Board, Platform
from dsdesk.hardware.vocabulary import PartKind
from dsdesk.project.project import Line
from dsdesk.ui.choices import context_of
from dsdesk.ui.figures import DASH, short_money
from dsdesk.ui.icons import icon
from dsdesk.ui.itemmodels.table import Column
from dsdesk.ui.part_words import facts, kind_word
from dsdesk.ui.theme import current
from dsdesk.ui.widgets.badge import DRAWINGS, severity_colour
from dsdesk.ui.words import _, say

if TYPE_CHECKING:
    from dsdesk.evaluate import Evaluation

_ORDER = tuple(
    dict.fromkeys(
        (
            PartKind.PLATFORM,
            PartKind.ACCELERATOR,
            PartKind.CPU,
            PartKind.BOARD,
            PartKind.MEMORY,
            PartKind.DRIVE,
            PartKind.PSU,
            PartKind.COOLER,
            PartKind.CASE,
            *PartKind,
        )
    )
)
_EMPTY = _ORDER[:9]  # what a machine is built from where nothing is chosen yet
SHARED = (PartKind.SWITCH, PartKind.CABLE, PartKind.RACK, PartKind.PDU, PartKind.UPS)
NODE_KINDS = tuple(kind for kind in PartKind if kind not in SHARED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line, or a place that waits for one.

    Attributes:
        kind: of the part, None where the catalogue has lost it.
        placed: line and part, None for a place that waits.
        priced: its price.
        worst: severity of the worst finding about it.
    """

    kind: PartKind | None
    placed: PlacedPart | None = None
    priced: PricedLine | None = None
    worst: Severity | None = None

    @property
    def line(self) -> Line | None:
        """The line, None for a place that waits."""
        return self.placed.line if self.placed else None


def rows_of(evaluation: "Evaluation", catalog: Catalog, machine: int | None) -> tuple[Row, ...]:
    """The rows of a node with a place for each kind that it lacks, or of the shared parts."""
    parts = evaluation.build.shared if machine is None else evaluation.build.machines[machine].parts
    prices = {line.no: line for line in evaluation.cost.lines}
    rows = [_row(evaluation, placed, prices) for placed in parts]
    if machine is not None:
        rows += [Row(kind=kind) for kind in _lacking(evaluation, catalog, machine)]
    return tuple(sorted(rows, key=_place))


def _place(row: Row) -> int:
    if row.kind is None:
        return -1
    if row.kind is PartKind.PLATFORM and row.placed is None:
        return len(_ORDER)
    return _ORDER.index(row.kind)


def _lacking(evaluation: "Evaluation", catalog: Catalog, machine: int) -> tuple[PartKind, ...]:
    resolved = evaluation.build.machines[machine]
    if not resolved.parts:
        return _EMPTY
    missing = missing_kinds(Node(context_of(evaluation, catalog), machine, resolved))
    has_host = any(isinstance(placed.part, Platform | Board) for placed in resolved.parts)
    if not missing and not has_host:
        missing = (PartKind.PLATFORM,)  # modules want a platform
    has_card = bool(resolved.included) or any(isinstance(placed.part, Accelerator) for placed in resolved.parts)
    return missing if has_card else (PartKind.ACCELERATOR, *missing)


def _row(evaluation: "Evaluation", placed: PlacedPart, prices: dict[int, PricedLine]) -> Row:
    about = [one.severity for one in evaluation.findings if placed.line.no in one.subject]
    worst = max(about, default=None)
    return Row(
        kind=placed.part.kind if placed.part else None,
        placed=placed,
        priced=prices.get(placed.line.no),
        worst=worst if worst is not None and worst >= Severity.WARNING else None,
    )


def row_columns() -> list[Column[Row]]:
    """What is said of each line."""
    return [
        Column(
            title=_("Kind"),
            text=lambda row: kind_word(row.kind) if row.kind else _("Unknown"),
            icon=lambda row: icon(row.kind.value if row.kind else "unchecked", in_table=True),
        ),
        Column(title=_("Part"), text=_part, tip=_tip, colour=_colour, stretches=True),
        Column(title=_("Pieces"), text=lambda row: str(row.line.quantity) if row.line else "", is_number=True),
        Column(title=_("Power limit"), text=_limit, is_number=True),
        Column(title=_("Price"), text=_price, is_number=True, tip=_price_tip),
        Column(
            title="",
            text=lambda _row: "",
            icon=_worst_icon,
            width=32,
        ),
    ]


def _worst_icon(row: Row) -> QIcon | None:
    return None if row.worst is None else icon(DRAWINGS[row.worst], severity_colour(row.worst), in_table=True)


def _part(row: Row) -> str:
    if row.placed is None:
        return (
            _("a server, instead of the parts above") if row.kind is PartKind.PLATFORM else _("choose one at the right")
        )
    return row.placed.part.full_name if row.placed.part else row.placed.line.part_id


def _tip(row: Row) -> str | None:
    return f"{row.placed.part.full_name}\n{facts(row.placed.part)}" if row.placed and row.placed.part else None


def _colour(row: Row) -> QColor | None:
    return current().palette.color(QPalette.ColorRole.PlaceholderText) if row.placed is None else None


def _limit(row: Row) -> str:
    watts = row.line.power_limit_w if row.line else None
    return "" if watts is None else Quantity(watts, Unit.WATT).text()


def _price(row: Row) -> str:
    if row.line is None:
        return ""
    if row.line.owned:
        return _("owned")
    return short_money(row.priced.net) if row.priced and row.priced.net else DASH


def _price_tip(row: Row) -> str | None:
    if row.priced is None:
        return None
    if row.priced.price is not None:
        return f"{row.priced.price.source} ({row.priced.price.on or DASH})"
    return say(row.priced.because) or None
