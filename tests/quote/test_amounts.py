from decimal import Decimal

import pytest

from dsdesk.base.message import Message
from dsdesk.quote.amounts import read_amount, read_days, read_percent


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("14800", "14800"),
        ("14,800.00", "14800.00"),
        ("1,234.50元", "1234.50"),
        ("￥１，２３４．５０", "1234.50"),
        ("CNY 1 234.5", "1234.5"),
        ("0", "0"),
        ("12.3456", "12.3456"),
    ],
)
def test_amounts_as_people_write_them(written, amount):
    assert read_amount(written) == Decimal(amount)


@pytest.mark.parametrize(
    "written", ["1.234,50", "12,50", "面议", "-5", "1e6", "999999999999999", "=1+1", "1,23,456", "12.34567", "元"]
)
def test_what_is_no_amount_is_told_and_not_guessed(written):
    answer = read_amount(written)
    assert isinstance(answer, Message)
    assert written.strip() in answer.in_english()


def test_nothing_written_is_nothing():
    assert read_amount("  ") is None
    assert read_percent("") is None
    assert read_days("") is None


def test_a_trade_in_may_be_negative():
    assert read_amount("-3,000.00", may_be_negative=True) == Decimal("-3000.00")


def test_rates_and_days():
    assert read_percent("13 %") == Decimal("0.13")
    assert isinstance(read_percent("0.13"), Message)
    assert isinstance(read_percent("113"), Message)
    assert read_days("30天") == 30
    assert isinstance(read_days("4-6 weeks"), Message)
