"""Messages, units and money: said in a language only at the edge, never rounded by accident."""

import pickle
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsdesk.base.message import Message
from dsdesk.base.money import Money
from dsdesk.base.translate import Language, render
from dsdesk.base.units import GIB, Quantity, Unit, best_bytes, format_number


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (24 * GIB, Unit.GIB, "24\N{NO-BREAK SPACE}GiB"),
        (0.2, Unit.PERCENT, "20\N{NO-BREAK SPACE}%"),
        (1234.5, Unit.WATT, "1,234\N{NO-BREAK SPACE}W"),
        (0.0085, Unit.MILLISECOND, "8.50\N{NO-BREAK SPACE}ms"),
        (1000.0, Unit.BTU_H, "3,412\N{NO-BREAK SPACE}BTU/h"),
        (684531386000, Unit.PARAMETERS, "685\N{NO-BREAK SPACE}B"),
    ],
)
def test_quantity_is_shown_in_its_unit(value, unit, text):
    assert Quantity(value, unit).text() == text


@given(st.floats(min_value=1e-3, max_value=1e12))
def test_shown_numbers_keep_three_figures_and_no_exponent(number):
    shown = format_number(number)
    assert "e" not in shown
    assert float(shown.replace(",", "")) == pytest.approx(number, rel=0.00501, abs=5.1e-4)


def test_bytes_take_the_unit_that_reads_best():
    assert best_bytes(1166.62 * 2**20).unit is Unit.GIB
    assert best_bytes(3 * 2**20).unit is Unit.MIB


def test_message_keeps_its_values_until_it_is_rendered():
    message = Message("{part} needs {power}", part=Message("unknown"), power=Quantity(450, Unit.WATT))
    assert render(message, Language.CHINESE).startswith("未知")
    assert pickle.loads(pickle.dumps(message)) == message


def test_money_of_two_currencies_does_not_add():
    with pytest.raises(ValueError, match="rate"):
        Money(Decimal(1), "CNY") + Money(Decimal(1), "USD")


def test_money_rounds_halves_up_to_the_cent():
    assert Money(Decimal("0.125"), "CNY").rounded().amount == Decimal("0.13")
    assert Money(Decimal("99.5"), "JPY").rounded().amount == Decimal(100)
