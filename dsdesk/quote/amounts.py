"""What a supplier wrote, as an exact number, or why it is none. Nothing is guessed."""

import re
import unicodedata
from decimal import Decimal

from dsdesk.base.message import N_, Message

LARGEST = Decimal(1_000_000_000_000)
_MOST_DECIMALS = 4
_LONGEST_QUOTED = 60
_DOLLARS = frozenset({"AUD", "CAD", "HKD", "NZD", "SGD", "TWD", "USD"})
# What may stand beside an amount, and the currencies that it may mean; a code of ISO 4217 means itself.
_MARKS: dict[str, frozenset[str]] = {
    "人民币": frozenset({"CNY"}),
    "美元": frozenset({"USD"}),
    "欧元": frozenset({"EUR"}),
    "日元": frozenset({"JPY"}),
    "英镑": frozenset({"GBP"}),
    "港元": frozenset({"HKD"}),
    "港币": frozenset({"HKD"}),
    "RMB": frozenset({"CNY"}),
    "US$": frozenset({"USD"}),
    "HK$": frozenset({"HKD"}),
    "元整": frozenset({"CNY"}),
    "元正": frozenset({"CNY"}),
    "元": frozenset({"CNY"}),
    "圆": frozenset({"CNY"}),
    "¥": frozenset({"CNY", "JPY"}),
    "$": _DOLLARS,
    "€": frozenset({"EUR"}),
    "£": frozenset({"GBP"}),
}
_CODES = _DOLLARS | {"AED", "CHF", "CNY", "EUR", "GBP", "INR", "JPY", "KRW", "MYR", "RUB", "THB", "VND"}
_LONGEST = 60  # of an amount with everything beside it
_MARK = "|".join((*(re.escape(mark) for mark in _MARKS if not mark.isascii() or not mark.isalpha()), "[A-Z]{3}"))
_WRITTEN = re.compile(
    rf"([+-]?) ?((?:(?:{_MARK}) ?){{0,3}})([+-]?) ?(\d[\d., ]*?) ?((?:(?:{_MARK}) ?){{0,3}})", re.ASCII | re.IGNORECASE
)
_PLAIN = re.compile(r"\d+(\.\d+)?", re.ASCII)
_GROUPED = re.compile(r"\d{1,3}((,\d{3})+|( \d{3})+)(\.\d+)?", re.ASCII)
_TWO_WAYS = re.compile(r"[1-9]\d{0,2}\.\d{3}", re.ASCII)
_RATE = re.compile(r"(\d+(?:\.\d+)?)\s*(%?)", re.ASCII)
_DAYS = re.compile(r"(\d{1,4})\s*(个?日历天|天|日|days?|d)?", re.ASCII | re.IGNORECASE)


def quoted(written: str) -> str:
    """What was written, short enough for a sentence."""
    text = written.strip()
    return text if len(text) <= _LONGEST_QUOTED else f"{text[:_LONGEST_QUOTED]}…"


def read_amount(written: str, *, currency: str = "", may_be_negative: bool = False) -> Decimal | Message | None:
    """A price: "14800", "14,800.00", "¥14,800.00元" or full-width digits; None where nothing is written.

    A decimal comma is refused rather than taken for a group of thousands or the other way round, so is "1.234", which
    means 1,234 to some; and an amount that names another currency than `currency`.
    """
    text = " ".join(unicodedata.normalize("NFKC", written).split())
    if not text:
        return None
    found = _WRITTEN.fullmatch(text) if len(text) <= _LONGEST else None
    if found is None or (found[1] and found[3]):
        return _no_amount(written)
    sign, digits = found[1] or found[3], found[4]
    if not (_PLAIN.fullmatch(digits) or _GROUPED.fullmatch(digits)):
        return _no_amount(written)
    if _TWO_WAYS.fullmatch(digits):
        return Message(N_("“{text}” can be read in two ways: write it like 1,234.50."), text=quoted(written))
    marks = [mark.upper() for mark in re.findall(_MARK, f"{found[2]} {found[5]}", re.IGNORECASE)]
    if not all(mark in _MARKS or mark in _CODES or mark == currency for mark in marks):
        return _no_amount(written)
    if currency and not all(currency in _MARKS.get(mark, {mark}) for mark in marks):
        return Message(N_("“{text}” is not in {currency}."), text=quoted(written), currency=currency)
    return _sensible(Decimal(sign + re.sub("[, ]", "", digits)), written, may_be_negative=may_be_negative)


def _no_amount(written: str) -> Message:
    return Message(N_("“{text}” is not an amount: write it like 1,234.50."), text=quoted(written))


def _sensible(amount: Decimal, written: str, *, may_be_negative: bool) -> Decimal | Message:
    if amount < 0 and not may_be_negative:
        return Message(N_("“{text}” is negative."), text=quoted(written))
    if abs(amount) >= LARGEST:
        return Message(N_("“{text}” is larger than any price here can be."), text=quoted(written))
    exponent = amount.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > _MOST_DECIMALS:
        return Message(N_("“{text}” has more than four decimals."), text=quoted(written))
    return amount


def read_percent(written: str) -> Decimal | Message | None:
    """A tax rate as a share: "13", "13 %" and "0" are rates, "0.13" is not, since it may mean either."""
    text = unicodedata.normalize("NFKC", written).strip()
    if not text:
        return None
    found = _RATE.fullmatch(text)
    rate = Decimal(found[1]) if found else None
    if found is None or rate is None or rate > 100 or (0 < rate < 1 and not found[2]):  # noqa: PLR2004 - percent
        return Message(N_("“{text}” is not a tax rate: write it like 13."), text=quoted(written))
    return rate / 100


def read_days(written: str) -> int | Message | None:
    """A lead time in days: "30", "30 days" or "30天"; a range or a date is not one."""
    text = unicodedata.normalize("NFKC", written).strip()
    if not text:
        return None
    found = _DAYS.fullmatch(text)
    if found is None:
        return Message(N_("“{text}” is not a number of days."), text=quoted(written))
    return int(found[1])
