"""Amounts in Chinese capitals (大写金额), as banks and invoices want them.

Source: People's Bank of China, Measures for Payment and Settlement (支付结算办法, 1997), annex 1
"正确填写票据和结算凭证的基本规定": capitals 零壹贰叁肆伍陆柒捌玖 and 拾佰仟万亿; 整 after 元 or 角 where nothing
follows, never after 分; one 零 for any row of zeros between digits. Where the ones of yuan are zero and jiao follow, 零
may stand or not; here it stands. Where the ones of 万 are zero and thousands follow it may stand or not; here it does
not. Where jiao are zero and fen are not, 零 stands before fen.
"""

from decimal import ROUND_HALF_UP, Decimal

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")
LARGEST = Decimal("9999999999999999.99")


def chinese_amount(amount: Decimal) -> str:
    """`amount` of yuan in capitals, rounded to fen: 1680.32 is 壹仟陆佰捌拾元零叁角贰分.

    Raises:
        ValueError: the amount is not a number or larger than 9,999 万亿.
    """
    if not amount.is_finite() or abs(amount) > LARGEST:
        raise ValueError(f"no capitals for {amount}")
    fen_total = int((abs(amount) * 100).quantize(Decimal(1), ROUND_HALF_UP))
    yuan, fen_part = divmod(fen_total, 100)
    if fen_total == 0:
        return "零元整"
    sign = "负" if amount < 0 else ""
    return sign + (_yuan(yuan) + "元" if yuan else "") + _fraction(yuan, *divmod(fen_part, 10))


def _fraction(yuan: int, jiao: int, fen: int) -> str:
    if not jiao and not fen:
        return "整"
    text = ""
    if yuan and (not jiao or yuan % 10 == 0):
        text = "零"
    if jiao:
        text += f"{_DIGITS[jiao]}角"
    return text + (f"{_DIGITS[fen]}分" if fen else "整")


def _yuan(yuan: int) -> str:
    """Whole yuan: groups of four digits, one 零 between digits that zeros part."""
    groups: list[int] = []
    while yuan:
        yuan, group = divmod(yuan, 10_000)
        groups.append(group)
    text = ""
    gap = False
    for index in range(len(groups) - 1, -1, -1):
        group = groups[index]
        if group == 0:
            gap = bool(text)
            continue
        if text and (gap or group < 1000):  # noqa: PLR2004 - the group has a leading zero
            text += "零"
        text += _group(group) + _GROUPS[index]
        gap = False
    return _with_one_yi(text)


def _group(group: int) -> str:
    """Four digits with their places."""
    text = ""
    zero = False
    for place in range(3, -1, -1):
        digit = group // 10**place % 10
        if digit == 0:
            zero = bool(text)
            continue
        text += ("零" if zero else "") + _DIGITS[digit] + _PLACES[place]
        zero = False
    return text


def _with_one_yi(text: str) -> str:
    """万亿 and 亿 side by side are said with one 亿: 壹万贰仟亿, not 壹万亿贰仟亿."""
    head, found, tail = text.partition("万亿")
    return f"{head}万{tail}" if found and "亿" in tail else text
