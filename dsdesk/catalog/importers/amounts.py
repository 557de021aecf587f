"""Amounts as suppliers write them: "¥12,800.00", "12800元", "1.28万", "US$ 1,599", "１２８００"."""

import re
import unicodedata
from decimal import Decimal

from dsdesk.base.message import Message
from dsdesk.base.money import Money

_CURRENCIES = (
    ("US$", "USD"),
    ("HK$", "HKD"),
    ("USD", "USD"),
    ("美元", "USD"),
    ("美金", "USD"),
    ("EUR", "EUR"),
    ("欧元", "EUR"),
    ("€", "EUR"),
    ("HKD", "HKD"),
    ("港币", "HKD"),
    ("港元", "HKD"),
    ("JPY", "JPY"),
    ("日元", "JPY"),
    ("CNY", "CNY"),
    ("RMB", "CNY"),
    ("人民币", "CNY"),
    ("¥", "CNY"),
    ("元", "CNY"),
    ("$", "USD"),
)
_NUMBER = re.compile(r"\d[\d,.' ]*")
_GROUPED = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?|\d+(\.\d+)?")
_SIZES = {"万": Decimal(10_000), "千": Decimal(1000), "k": Decimal(1000)}


class CellError(ValueError):
    """A cell that does not say what its column should.

    Attributes:
        message: why not.
    """

    def __init__(self, message: Message) -> None:
        super().__init__(message.text)
        self.message = message


def currency_in(text: str) -> str | None:
    """The currency that `text` names, None if it names none."""
    folded = unicodedata.normalize("NFKC", text).upper()
    return next((code for sign, code in _CURRENCIES if sign in folded), None)


def read_amount(text: str, currency: str) -> Money:
    """The amount in a cell; `currency` where the cell names none.

    A comma groups thousands and a point begins decimals; what is written otherwise is not guessed at.

    Raises:
        CellError: there is no number, or more than one, or it is not clear, or it is not above zero.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    found = _NUMBER.findall(plain)
    if not found:
        raise CellError(Message("{text} is no price", text=repr(text)))
    if re.match(r"[^\d]*[-\N{MINUS SIGN}][^\d]*\d", plain) or re.fullmatch(r"\(.*\d.*\)", plain):
        raise CellError(Message("{text} is below zero", text=repr(text)))
    number = found[0].strip(" ,.'").replace(" ", "")
    if len(found) > 1 or not _GROUPED.fullmatch(number) or re.search(r"-\s*\d", plain):
        raise CellError(Message("{text} is not clear as a price", text=repr(text)))
    after = plain[plain.index(found[0]) + len(found[0].rstrip()) :].strip()[:1].lower()
    amount = Decimal(number.replace(",", "")) * _SIZES.get(after, Decimal(1))
    if amount <= 0:
        raise CellError(Message("{text} is no price", text=repr(text)))
    return Money(amount, currency_in(plain) or currency)
