"""Price lists as they come: odd encodings, merged cells, words for prices, repetitions, thousands of rows."""

import json
from datetime import date
from decimal import Decimal

import pytest
from openpyxl import Workbook

from dsdesk.base import paths
from dsdesk.base.errors import FileError, InputError
from dsdesk.catalog.importers.columns import ColumnsError, corrected, guess_columns, letter, remember
from dsdesk.catalog.importers.preview import preview
from dsdesk.catalog.importers.pricelists import read_price_list
from dsdesk.catalog.importers.sheets import read_sheets

DAY = date(2026, 5, 1)


class StoppedError(Exception):
    """The user no longer wants the list."""


def read(path, store, **more):
    return read_price_list(path, store, day=DAY, **more)


def many_rows(count: int) -> str:
    """A list of `count` rows: every seventh has a word for a price, every eleventh is negative, the rest repeats."""
    rows = ["报价单,,", "型号,单价(元),起订量"]
    for number in range(count):
        price = "面议" if number % 7 == 0 else f"-{number}" if number % 11 == 0 else f"{number + 1}.50"
        name = ("Alpha A1", "V1000", f"没有的型号 {number % 300}")[number % 3]
        rows.append(f"{name},{price},{number // 3 + 1}")
    return "\r\n".join(rows)


@pytest.mark.parametrize("encoding", ["gbk", "utf-16", "utf-16-le", "utf-16-be", "utf-8"])
def test_every_row_is_taken_or_told(store, tmp_path, encoding):
    path = tmp_path / "list.csv"
    path.write_bytes(many_rows(3000).encode(encoding))
    found = read(path, store)
    assert len(found.prices) + len(found.problems) == 3000
    words, negative, strangers = (
        [one for one in found.problems if sign in one.message.in_english()]
        for sign in ("面议", "below zero", "not in the catalogue")
    )
    assert len(strangers) == 1000
    assert len(words) == sum(number % 7 == 0 and number % 3 != 2 for number in range(3000))
    assert len(negative) == sum(number % 11 == 0 and number % 7 and number % 3 != 2 for number in range(3000))
    assert {one.part_id for one in found.prices} == {"acme-a1-24gb", "volt-1000"}
    assert all(one.money.amount > 0 for one in found.prices)


def test_a_broken_byte_costs_its_row_only(store, tmp_path):
    path = tmp_path / "list.csv"
    good = "型号,单价\n" + "V1000,899\n" + "没有的很长的型号名称,1\n" * 300
    path.write_bytes(good.encode("gbk") + b"Alpha A1 \xff,12\nAlpha A1,13\n")
    found = read(path, store)
    assert [str(one.money.amount) for one in found.prices] == ["899", "13"]


def test_a_repeated_row_is_told_with_the_line_that_was_taken(store, tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("Model,Price\nV1000,100\nV1000,100\nV1000,120\nV1000 used,70\n", encoding="utf-8")
    found = read(path, store)
    assert [str(one.money.amount) for one in found.prices] == ["100", "70"]
    same, other = (one.message.in_english() for one in found.problems)
    assert "the same price" in same
    assert "line 2" in same
    assert "line 2" in other
    assert "100" in other


def test_a_cell_of_several_lines_is_one_cell(store, tmp_path):
    path = tmp_path / "list.csv"
    path.write_text('Model,Remark,Price\nV1000,"two\nlines, and a comma",100\nAlpha A1,,200\n', encoding="utf-8")
    assert [one.part_id for one in read(path, store).prices] == ["volt-1000", "acme-a1-24gb"]


def test_quantity_breaks_under_a_part_are_of_that_part(store, tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("型号,起订量,单价\nV1000,1,100\n,10,90\n,100,80\n,,70\n\n,500,60\n", encoding="utf-8")
    found = read(path, store)
    assert [(one.min_quantity, str(one.money.amount)) for one in found.prices] == [(1, "100"), (10, "90"), (100, "80")]
    assert [one.where for one in found.problems] == ["5", "7"]


def merged_book(path) -> None:
    book = Workbook()
    book.worksheets[0].append(["Cover sheet"])
    sheet = book.create_sheet("报价")
    for row in (
        ["报价单", None, None],
        ["型号", "起订量", "单价"],
        ["V1000", 1, 100.5],
        [None, 10, 90],
        [None, 50, 80],
    ):
        sheet.append(row)
    sheet.append(["Alpha A1", 1, -5])
    sheet.merge_cells("A1:C1")
    sheet.merge_cells("A3:A5")
    book.save(path)


def test_merged_cells_of_a_workbook_are_of_every_row_that_they_cover(store, tmp_path):
    path = tmp_path / "list.xlsx"
    merged_book(path)
    found = read(path, store)
    assert [(one.part_id, one.min_quantity, one.money.amount) for one in found.prices] == [
        ("volt-1000", 1, Decimal("100.5")),
        ("volt-1000", 10, Decimal(90)),
        ("volt-1000", 50, Decimal(80)),
    ]
    assert [one.where for one in found.problems] == ["6"]
    title = next(iter(list(read_sheets(path))[1:]))[0]
    assert title == ["报价单", "", ""]


def test_nothing_is_kept_of_a_list_whose_reading_or_keeping_is_stopped(store, tmp_path):
    path = tmp_path / "list.csv"
    path.write_text(many_rows(1200), encoding="utf-8")

    def stop(share: float) -> None:
        raise StoppedError

    with pytest.raises(StoppedError):
        read(path, store, tell=stop)
    with pytest.raises(StoppedError):
        read(path, store).keep(store, stop)
    assert store.own_prices() == ()
    assert store.imports() == ()


def test_headings_that_say_nothing_are_asked_about_and_remembered(store, tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("Ware,Kosten,Stück\nV1000,100,5\n", encoding="utf-8")
    with pytest.raises(ColumnsError) as told:
        read(path, store)
    assert told.value.rows[1] == ("V1000", "100", "5")
    columns = corrected(told.value.columns, {"name": "ware", "price": "B", "quantity": "3"})
    found = read(path, store, columns=columns)
    assert [(one.part_id, one.min_quantity) for one in found.prices] == [("volt-1000", 5)]
    remember(columns)
    again = read(path, store)
    assert again.prices == found.prices
    assert again.columns.remembered


@pytest.mark.parametrize("told", [{"colour": "A"}, {"price": "Z"}, {"price": "no such heading"}])
def test_a_column_that_is_not_there_is_told(told):
    with pytest.raises(InputError):
        corrected(guess_columns([["Model", "Price"]]), told)


def test_what_was_remembered_may_be_damaged(store, tmp_path):
    (paths.data() / "price-lists.json").write_text(json.dumps({"model|price": {"price": "B"}, "x": 3}), "utf-8")
    path = tmp_path / "list.csv"
    path.write_text("Model,Price\nV1000,100\n", encoding="utf-8")
    assert len(read(path, store).prices) == 1


def test_columns_are_called_as_in_a_spreadsheet():
    assert [letter(column) for column in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


def test_a_preview_tells_what_is_new(store, tmp_path, make_part):
    path = tmp_path / "list.csv"
    path.write_text("Model,Price,Date\nV1000,100,2026-03-01\nAlpha A1,900,2026-03-01\n", encoding="utf-8")
    first = preview(read(path, store), store)
    assert [(one.part.id, one.before) for one in first.prices] == [("volt-1000", None), ("acme-a1-24gb", None)]
    batch = first.keep(store)
    path.write_text("Model,Price,Date\nV1000,100,2026-03-01\nAlpha A1,950,2026-04-01\n", encoding="utf-8")
    second = preview(read(path, store), store)
    assert second.same_prices == 1
    assert [str(one.before.money.amount) for one in second.prices] == ["900"]
    store.undo_import(batch.id)
    assert store.own_prices() == ()


def test_a_part_in_a_preview_is_new_changed_or_the_same(store, make_part):
    from dsdesk.catalog.importers.imported import Imported

    kept = store.add_own_part(make_part())
    changed = store.add_own_part(make_part(name="Own 900"))
    found = Imported(
        what="x",
        source="y",
        parts=(kept, make_part(id=changed.id, name="Own 900", rated_w=900.0), make_part(id="user:new")),
    )
    news = preview(found, store)
    assert news.same_parts == 1
    assert [(one.part.id, one.fields) for one in news.parts] == [(changed.id, ("rated_w",)), ("user:new", ())]
    batch = news.keep(store)
    assert store.part(changed.id).rated_w == 900
    store.undo_import(batch.id)
    assert store.part(changed.id).rated_w == 850


def test_a_workbook_without_prices_is_told(store, tmp_path):
    book = Workbook()
    book.worksheets[0].append(["nothing"])
    book.save(tmp_path / "list.xlsx")
    with pytest.raises(FileError):
        read(tmp_path / "list.xlsx", store)


def test_a_maker_may_be_called_as_people_call_it(store, tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("型号,单价\n伏特 V1000,100\n伏特 V9000,100\n", encoding="utf-8")
    found = read(path, store)
    assert [one.part_id for one in found.prices] == ["volt-1000"]
    assert len(found.problems) == 1
