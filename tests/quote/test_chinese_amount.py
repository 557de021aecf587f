from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsdesk.quote.chinese_amount import LARGEST, chinese_amount

# The examples of the rules themselves (支付结算办法 1997, annex 1), then amounts that show one rule each.
PUBLISHED = {
    "1409.50": "壹仟肆佰零玖元伍角整",
    "6007.14": "陆仟零柒元壹角肆分",
    "1680.32": "壹仟陆佰捌拾元零叁角贰分",
    "107000.53": "壹拾万柒仟元零伍角叁分",
    "16409.02": "壹万陆仟肆佰零玖元零贰分",
    "325.04": "叁佰贰拾伍元零肆分",
}
OTHERS = {
    "0": "零元整",
    "0.05": "伍分",
    "0.50": "伍角整",
    "0.005": "壹分",
    "10": "壹拾元整",
    "10000": "壹万元整",
    "10001": "壹万零壹元整",
    "28000": "贰万捌仟元整",
    "100000000": "壹亿元整",
    "100000001": "壹亿零壹元整",
    "1000010000": "壹拾亿零壹万元整",
    "1200000000000": "壹万贰仟亿元整",
    "1000000050000": "壹万亿零伍万元整",
    "1050000000000": "壹万零伍佰亿元整",
    "-35.20": "负叁拾伍元贰角整",
}


@pytest.mark.parametrize(("amount", "words"), [*PUBLISHED.items(), *OTHERS.items()])
def test_chinese_amount_follows_the_rules(amount, words):
    assert chinese_amount(Decimal(amount)) == words


def _read(words: str) -> Decimal:
    """The number that a reader makes of the words: a parser written from the meaning, not from the writer."""
    sign = -1 if words.startswith("负") else 1
    digits = {character: value for value, character in enumerate("零壹贰叁肆伍陆柒捌玖")}
    places = {"拾": 10, "佰": 100, "仟": 1000}
    total = group = digit = 0
    fen = Decimal(0)
    for character in words.removeprefix("负"):
        if character in digits:
            digit = digits[character]
        elif character in places:
            group, digit = group + digit * places[character], 0
        elif character == "万":
            total, group, digit = total + (group + digit) * 10_000, 0, 0
        elif character == "亿":
            total, group, digit = (total + group + digit) * 100_000_000, 0, 0
        elif character == "元":
            total, group, digit = total + group + digit, 0, 0
        elif character in "角分":
            fen, digit = fen + digit * (10 if character == "角" else 1), 0
    return sign * (total + fen / 100)


@given(st.decimals(min_value=-LARGEST, max_value=LARGEST, places=2))
def test_chinese_amount_reads_back_to_the_fen(amount):
    words = chinese_amount(amount)
    assert _read(words) == amount
    assert "零零" not in words
    assert words.endswith("整") != words.endswith("分")
    assert "亿万" not in words


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "10000000000000000"])
def test_chinese_amount_refuses_what_has_no_words(amount):
    with pytest.raises(ValueError, match="no capitals"):
        chinese_amount(Decimal(amount))
