"""Money: a Decimal with its ISO 4217 currency. Amounts of different currencies never meet without a dated rate."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

_DECIMALS = {"JPY": 0, "KRW": 0}


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in one currency.

    Attributes:
        amount: exact value.
        currency: ISO 4217 code, such as CNY.
    """

    amount: Decimal
    currency: str

    def __add__(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            raise ValueError(f"cannot add {other.currency} to {self.currency} without a rate")
        return Money(self.amount + other.amount, self.currency)

    def __mul__(self, factor: Decimal | int) -> "Money":
        return Money(self.amount * factor, self.currency)

    def rounded(self) -> "Money":
        """To the smallest unit of the currency, halves up, as an invoice line is rounded."""
        step = Decimal(1).scaleb(-_DECIMALS.get(self.currency, 2))
        return Money(self.amount.quantize(step, ROUND_HALF_UP), self.currency)

    def text(self) -> str:
        """Such as "CNY 28,000.00": code first, so that no sign is mistaken for another currency's."""
        return f"{self.currency}\N{NO-BREAK SPACE}{self.rounded().amount:,}"


@dataclass(frozen=True, slots=True)
class ExchangeRate:
    """What one unit of `base` costs in `quote` on `on`, and who said so."""

    base: str
    quote: str
    rate: Decimal
    on: date
    source: str

    def convert(self, money: Money) -> Money:
        """`money` in the other currency of this pair.

        Raises:
            ValueError: `money` is in neither currency of the pair.
        """
        if money.currency == self.base:
            return Money(money.amount * self.rate, self.quote)
        if money.currency == self.quote:
            return Money(money.amount / self.rate, self.base)
        raise ValueError(f"rate {self.base}/{self.quote} does not convert {money.currency}")
