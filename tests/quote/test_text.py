import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsdesk.quote.fonts import REPLACEMENT, Glyphs
from dsdesk.quote.paper import CELL
from dsdesk.quote.text import Run, TextBlock, tokens, wrapped


def lines_of(text, room):
    return ["".join(run.text for run in line.runs) for line in wrapped((Run(text, CELL),), room)]


def test_tokens_break_between_hanzi_but_not_inside_latin_words():
    assert tokens("显卡RTX 4090，2 张") == ["显", "卡", "RTX", " ", "4090，", "2", " ", "张"]


def test_a_line_never_begins_with_closing_or_ends_with_opening_punctuation():
    for room in range(20, 120, 3):
        for line in lines_of("一二三四五。六七（八九）十，《甲乙》丙、丁：“戊己”庚辛！", room):
            assert line[0] not in "。）》，、：！”"
            assert line[-1] not in "（《“"


def test_a_latin_word_that_fits_is_never_cut():
    for room in range(40, 200, 7):
        joined = " ".join(lines_of("Qty and Ultra Enterprise 版本 Quantity", room)).split()
        assert {"Qty", "Ultra", "Quantity"} <= set(joined)


def test_a_command_too_long_for_its_line_is_cut_after_a_comma():
    first = lines_of("--query-gpu=index,pcie.link.gen.max,pcie.link.width.current", 150)[0]
    assert first.endswith((",", "."))


@given(st.text(alphabet="ab -/，。（）显卡存0123456789", max_size=60), st.floats(min_value=12, max_value=300))
def test_no_line_is_wider_than_its_column_and_nothing_is_lost(text, room):
    lines = wrapped((Run(text, CELL),), room)
    assert all(line.width <= room + 0.02 or len("".join(r.text for r in line.runs)) <= 4 for line in lines)
    kept = "".join(run.text for line in lines for run in line.runs).replace(" ", "")
    assert kept == text.replace(" ", "")


def test_a_block_is_cut_between_lines():
    block = TextBlock(((Run("很长的文字" * 40, CELL),),))
    upper, lower = block.cut(100, 50)
    assert upper is not None
    assert lower is not None
    assert upper.height_in(100) <= 50
    assert upper.height_in(100) + lower.height_in(100) == pytest.approx(block.height_in(100))


def test_a_missing_glyph_is_replaced_visibly_and_remembered():
    glyphs = Glyphs()
    assert glyphs.printable("GPU🚀\t好\x07") == f"GPU{REPLACEMENT} 好"
    assert dict(glyphs.missing) == {"🚀": 1}


def test_a_block_whose_lines_fit_but_not_the_space_below_stays_whole():
    block = TextBlock(((Run("一行", CELL),),), after=8)
    high = block.height_in(100)
    (only,) = block.split(100, high + 2)
    assert only.wrap(100, high + 2)[1] <= high + 2
