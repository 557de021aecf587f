"""What is compared of configurations: each row with its words, and which value is the best."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dsdesk.base.source import Unknown
from dsdesk.base.units import Estimate, Quantity, Unit, format_number
from dsdesk.checks.finding import Severity
from dsdesk.cost.energy import wall_power
from dsdesk.sizing.precisions import KV_FORMATS, PRECISIONS
from dsdesk.sizing.results import Forecast, MemoryNeed
from dsdesk.ui import figures
from dsdesk.ui.pages.cost_money import per_mtok_text
from dsdesk.ui.widgets.badge import count_text
from dsdesk.ui.words import _

if TYPE_CHECKING:
    from dsdesk.evaluate import Evaluation


@dataclass(frozen=True, slots=True)
class Cell:
    """A value of one configuration.

    Attributes:
        text: as read.
        detail: smaller below it.
        rank: what it is compared by, None where it cannot be.
    """

    text: str
    detail: str = ""
    rank: float | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One property of all configurations.

    Attributes:
        name: what it is.
        cells: one a configuration.
        more_is_better: None where nothing is better.
    """

    name: str
    cells: tuple[Cell, ...]
    more_is_better: bool | None = None

    def best(self) -> frozenset[int]:
        """Positions of the best value; none where all are alike or only one is known."""
        known = {position: cell.rank for position, cell in enumerate(self.cells) if cell.rank is not None}
        if self.more_is_better is None or len(set(known.values())) < 2:  # noqa: PLR2004 - something to choose from
            return frozenset()
        wanted = max(known.values()) if self.more_is_better else min(known.values())
        return frozenset(position for position, rank in known.items() if rank == wanted)


def compared(evaluations: "tuple[Evaluation, ...]") -> tuple[Row, ...]:
    """The rows."""
    described: tuple[tuple[str, Callable[[Evaluation], Cell], bool | None], ...] = (
        (_("Model"), lambda one: Cell(figures.model_name(one)), None),
        (_("Run as"), _run_as, None),
        (_("Accelerators"), _accelerators, None),
        (_("Memory"), _memory, None),
        (_("Speed for each user"), lambda one: _speed(one, "decode_tok_s_per_user", Unit.TOK_S), True),
        (_("All users together"), lambda one: _speed(one, "output_tok_s_total", Unit.TOK_S), True),
        (_("Wait for the first token"), lambda one: _speed(one, "ttft_ms", Unit.MILLISECOND), False),
        (_("From the wall"), _power, False),
        (_("Price"), _price, False),
        (_("A million output tokens"), _per_mtok, False),
        (_("Findings"), _findings, False),
    )
    return tuple(Row(name, tuple(tell(one) for one in evaluations), better) for name, tell, better in described)


def _run_as(evaluation: "Evaluation") -> Cell:
    configuration = evaluation.configuration
    precision = PRECISIONS.get(configuration.precision)
    kv = KV_FORMATS.get(configuration.kv_precision)
    words = precision.name if precision else configuration.precision
    return Cell(
        words, f"KV {kv.name if kv else configuration.kv_precision} · {figures.engine_name(configuration.engine)}"
    )


def _accelerators(evaluation: "Evaluation") -> Cell:
    if evaluation.accelerator is None:
        return Cell(figures.DASH, _("none yet"))
    return Cell(f"{evaluation.accelerators} × {evaluation.accelerator.name}")


def _memory(evaluation: "Evaluation") -> Cell:
    text, detail = figures.memory_text(evaluation)
    need = evaluation.need if isinstance(evaluation.need, MemoryNeed) else None
    return Cell(text, detail, float(need.total_bytes) if need else None)


def _speed(evaluation: "Evaluation", field: str, unit: Unit) -> Cell:
    forecast = evaluation.forecast
    if not isinstance(forecast, Forecast):
        return Cell(figures.DASH)
    estimate: Estimate = getattr(forecast, field)
    text = f"{format_number(estimate.estimate)}\N{NO-BREAK SPACE}{unit.value}"
    return Cell(text, _("80 %: {interval}", interval=figures.interval(estimate)), estimate.estimate)


def _power(evaluation: "Evaluation") -> Cell:
    wall = wall_power(evaluation.build)
    if isinstance(wall, Unknown):
        return Cell(*figures.wall_text(evaluation))
    return Cell(Quantity(wall, Unit.WATT).text(), "", wall or None)


def _price(evaluation: "Evaluation") -> Cell:
    text, detail = figures.price_text(evaluation)
    cost = evaluation.cost
    is_known = bool(cost.lines) and cost.complete
    return Cell(text, detail, float(cost.total.amount) if is_known else None)


def _per_mtok(evaluation: "Evaluation") -> Cell:
    cost = evaluation.cost
    if isinstance(cost.per_mtok, Unknown):
        return Cell(figures.DASH)
    rank = float(cost.per_mtok.amount) if cost.complete else None
    return Cell(per_mtok_text(cost), "" if cost.complete else _("of the lines with a price"), rank)


def _findings(evaluation: "Evaluation") -> Cell:
    counts = dict.fromkeys(sorted(Severity, reverse=True), 0)
    for finding in evaluation.findings:
        counts[finding.severity] += 1
    said = [count_text(severity, number) for severity, number in counts.items() if number]
    errors, warnings = counts[Severity.ERROR], counts[Severity.WARNING]
    return Cell(said[0] if said else _("nothing to report"), " · ".join(said[1:]), errors * 1000.0 + warnings)
