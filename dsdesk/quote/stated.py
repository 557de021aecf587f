"""What a supplier states of the whole, held against what the lines come to: sums by lot, totals, tax, words."""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from dsdesk.base.message import N_, Message
from dsdesk.base.money import Money
from dsdesk.quote.amounts import quoted, read_amount
from dsdesk.quote.chinese_amount import LARGEST, chinese_amount

_HALF_A_CENT = Decimal("0.005")
_ALIKE = str.maketrans({
    "圆": "元", "一": "壹", "二": "贰", "三": "叁", "四": "肆", "五": "伍", "六": "陆", "七": "柒", "八": "捌",
    "九": "玖", "十": "拾", "百": "佰", "千": "仟", "萬": "万", "億": "亿", "貳": "贰", "參": "叁", "陸": "陆",
    **dict.fromkeys("零〇整正:;,。. ()", ""),
})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """What the lines come to.

    Attributes:
        lots: sum without tax of each lot, by number.
        net: of all lines and services.
        tax: of all, by line, each rounded.
        priced: lines and services with a price: as many roundings as the tax may differ by.
    """

    lots: tuple[Decimal, ...]
    net: Money
    tax: Money
    priced: int

    @property
    def total(self) -> Money:
        """With tax."""
        return self.net + self.tax


def faults(entries: Mapping[str, str], sums: Sums) -> Iterator[Message]:
    """Every stated sum that the lines do not come to."""
    for label, written, computed, slack in _stated(entries, sums):
        stated = read_amount(written, currency=sums.net.currency, may_be_negative=True)
        if isinstance(stated, Message):
            yield stated
        elif stated is not None and abs(stated - computed) > slack:
            yield Message(label, stated=stated, computed=computed)
    gross = read_amount(entries.get("total.gross", ""), may_be_negative=True)
    if isinstance(gross, Decimal) and gross == sums.net.amount and sums.tax.amount:
        yield Message(N_("Its total with VAT is the sum of its lines: their prices seem to hold the tax already."))
    yield from _words(entries.get("total.words", ""), sums.total)


def roundings(entries: Mapping[str, str], sums: Sums) -> Iterator[Message]:
    """Where tax and total differ by no more than roundings: told, but no fault."""
    for label, written, computed, slack in _stated(entries, sums):
        stated = read_amount(written, currency=sums.net.currency, may_be_negative=True)
        if isinstance(stated, Decimal) and slack and 0 < abs(stated - computed) <= slack:
            yield Message(label, stated=stated, computed=computed)


def _stated(entries: Mapping[str, str], sums: Sums) -> Iterator[tuple[str, str, Decimal, Decimal]]:
    """(words, what is written, what it should be, how far off it may be)."""
    for number, amount in enumerate(sums.lots, 1):
        text = N_("The sum of a lot says {stated}, its lines add up to {computed}.")
        yield text, entries.get(f"lot{number}.net", ""), amount, Decimal(0)
    slack = _HALF_A_CENT * (sums.priced + 1)
    total = N_("The total says {stated}, the lines add up to {computed}.")
    tax = N_("The tax says {stated}, that of the lines adds up to {computed}.")
    yield total, entries.get("total.net", ""), sums.net.amount, Decimal(0)
    yield tax, entries.get("total.tax", ""), sums.tax.amount, slack
    yield total, entries.get("total.gross", ""), sums.total.amount, slack


def _words(written: str, total: Money) -> Iterator[Message]:
    if not written.strip() or total.currency != "CNY" or abs(total.amount) > LARGEST:
        return
    words = chinese_amount(total.rounded().amount)
    if _plain(written) != _plain(words):
        text = N_("In words the total says “{stated}”, the lines add up to {computed}.")
        yield Message(text, stated=quoted(written), computed=words)


def _plain(words: str) -> str:
    """Words as they are compared: without what is written or left out as one likes."""
    text = unicodedata.normalize("NFKC", words).replace("人民币", "").replace("大写", "").replace("¥", "")
    return text.translate(_ALIKE)
