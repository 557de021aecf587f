"""What the accelerators may still be worth later (G16): the guide's share as an assumption that the user edits."""

from dataclasses import dataclass
from decimal import Decimal

from dsdesk.base.message import Message
from dsdesk.base.money import Money
from dsdesk.build.catalog import Catalog
from dsdesk.cost.lines import PricedLine
from dsdesk.hardware.parts import Accelerator
from dsdesk.hardware.vocabulary import Segment
from dsdesk.project.project import CostAssumptions

SHARE_AFTER_YEARS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Residual:
    """Worth of the bought accelerators by year.

    Attributes:
        by_year: (year, money) from year 1 to the last year of use.
        notes: what was assumed and what was left out.
    """

    by_year: tuple[tuple[int, Money], ...]
    notes: tuple[Message, ...]


def residual(lines: tuple[PricedLine, ...], cost: CostAssumptions, catalog: Catalog) -> Residual:
    """Worth of the accelerators after each year.

    Equation: value [money] = price paid x share^(years / 2), `share` being what is left after two years. Constant
    yearly decay is our assumption; the share for consumer cards is the guide's and has no public source.
    """
    worth = {year: Decimal(0) for year in range(1, cost.years + 1)}
    notes: list[Message] = []
    for line in lines:
        part = catalog.part(line.part_id)
        if not isinstance(part, Accelerator) or line.net is None or line.basis == "owned":
            continue
        share = cost.residual_share_consumer if _is_consumer(part) else cost.residual_share_enterprise
        if share is None:
            notes.append(Message("No residual value is assumed for {part}.", part=part.full_name))
            continue
        for year in worth:
            worth[year] += line.net.amount * Decimal(str(share)) ** (Decimal(year) / SHARE_AFTER_YEARS)
    by_year = tuple((year, Money(amount, cost.currency).rounded()) for year, amount in worth.items())
    return Residual(by_year=by_year, notes=tuple(dict.fromkeys(notes)))


def _is_consumer(part: Accelerator) -> bool:
    return part.segment is Segment.CONSUMER
