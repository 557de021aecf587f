"""Total cost of ownership by year."""

from dataclasses import dataclass
from decimal import Decimal

from dsdesk.base.money import Money
from dsdesk.cost.energy import EnergyCost
from dsdesk.cost.residual import Residual
from dsdesk.project.project import CostAssumptions


@dataclass(frozen=True, slots=True, kw_only=True)
class YearCost:
    """One year of use.

    Attributes:
        year: 1 for the first.
        purchase: paid at its start, tax included.
        energy: of the year; 0 where it is not known (the report says so).
        maintenance: of the year.
        cumulative: all money spent to the end of the year.
        residual: what the accelerators may be worth then.
    """

    year: int
    purchase: Money
    energy: Money
    maintenance: Money
    cumulative: Money
    residual: Money

    @property
    def net(self) -> Money:
        """Spent less what is left."""
        return Money(self.cumulative.amount - self.residual.amount, self.cumulative.currency)


def ownership(
    purchase: Money, energy: EnergyCost | None, worth: Residual, cost: CostAssumptions
) -> tuple[YearCost, ...]:
    """Years 1 to `cost.years`: purchase in the first, energy and upkeep in each."""
    zero = Money(Decimal(0), cost.currency)
    energy_year = energy.cost_per_year if energy is not None and isinstance(energy.cost_per_year, Money) else zero
    upkeep = (purchase * Decimal(str(cost.maintenance_share))).rounded()
    left = dict(worth.by_year)
    spent = purchase
    years: list[YearCost] = []
    for year in range(1, cost.years + 1):
        spent = spent + energy_year + upkeep
        years.append(
            YearCost(
                year=year,
                purchase=purchase if year == 1 else zero,
                energy=energy_year,
                maintenance=upkeep,
                cumulative=spent,
                residual=left.get(year, zero),
            )
        )
    return tuple(years)
