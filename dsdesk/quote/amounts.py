"""What a supplier wrote, as an exact number, or why it is none. Nothing is guessed."""

import re
import unicodedata
from decimal import Decimal

from dsdesk.base.message import N_, Message

LARGEST = Decimal(1_000_000_000_000)
_MOST_DECIMALS = 4
_MARKS = re.compile(r"(人民币|RMB|CNY|USD|EUR|元|圆|¥|\$|€|\s)", re.IGNORECASE)
_PLAIN = re.compile(r"[+-]?\d+(\.\d+)?")
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_DAYS = re.compile(r"(\d{1,4})\s*(个?日历天|天|日|days?|d)?", re.IGNORECASE)


def read_amount(written: str, *, may_be_negative: bool = False) -> Decimal | Message | None:
    """A price: "14800", "14,800.00", "¥14,800.00元" or full-width digits; None where nothing is written.

    A decimal comma is refused rather than taken for a group of thousands or the other way round.
    """
    text = _MARKS.sub("", unicodedata.normalize("NFKC", written))
    if not text:
        return Message(N_("“{text}” is not an amount."), text=written.strip()) if written.strip() else None
    if not (_PLAIN.fullmatch(text) or _GROUPED.fullmatch(text)):
        return Message(N_("“{text}” is not an amount: write it like 1,234.50."), text=written.strip())
    amount = Decimal(text.replace(",", ""))
    return _sensible(amount, written, may_be_negative=may_be_negative)


def _sensible(amount: Decimal, written: str, *, may_be_negative: bool) -> Decimal | Message:
    if amount < 0 and not may_be_negative:
        return Message(N_("“{text}” is negative."), text=written.strip())
    if abs(amount) >= LARGEST:
        return Message(N_("“{text}” is larger than any price here can be."), text=written.strip())
    exponent = amount.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > _MOST_DECIMALS:
        return Message(N_("“{text}” has more than four decimals."), text=written.strip())
    return amount


def read_percent(written: str) -> Decimal | Message | None:
    """A tax rate as a share: "13", "13 %" and "0" are rates, "0.13" is not, since it may mean either."""
    text = unicodedata.normalize("NFKC", written).replace("%", "").strip()
    if not text:
        return None
    if not _PLAIN.fullmatch(text):
        return Message(N_("“{text}” is not a tax rate: write it like 13."), text=written.strip())
    rate = Decimal(text)
    if not 0 <= rate <= 100 or 0 < rate < 1:  # noqa: PLR2004 - percent
        return Message(N_("“{text}” is not a tax rate: write it like 13."), text=written.strip())
    return rate / 100


def read_days(written: str) -> int | Message | None:
    """A lead time in days: "30", "30 days" or "30天"; a range or a date is not one."""
    text = unicodedata.normalize("NFKC", written).strip()
    if not text:
        return None
    found = _DAYS.fullmatch(text)
    if found is None:
        return Message(N_("“{text}” is not a number of days."), text=written.strip())
    return int(found[1])
