from pathlib import Path

import pytest

from dsdesk.base.errors import CatalogError
from dsdesk.catalog.pricelist import read_prices
from dsdesk.catalog.text import read_parts
from dsdesk.hardware.vocabulary import Shelf

PART = '[[part]]\nid = "a"\nmanufacturer = "M"\nname = "N"\nsegment = "soc"\nsource = "sheet"\n'


def write(folder: Path, text: str, name: str = "accelerator.toml") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (PART + 'memory_gib = "24"\n', ("accelerator.toml", "part a", "memory_gib", "'24'")),
        (PART + "colour = 1\n", ("part a", "colour")),
        (PART + PART, ("part a", "twice")),
        (PART.replace('source = "sheet"\n', ""), ("part a", "source")),
        (PART + 'unverified = ["memory_gbi"]\n', ("memory_gbi",)),
        (PART + 'sources = [{ text = "t", fields = ["nonsense"] }]\n', ("nonsense",)),
        (PART + "memory = \n", ("accelerator.toml",)),
        ("[part]\nid = 1\n", ("accelerator.toml",)),
        ("[[gpu]]\n", ("gpu",)),
        ("", ("no parts",)),
    ],
)
def test_an_error_names_file_part_and_field(tmp_path, text, words):
    with pytest.raises(CatalogError) as caught:
        read_parts(write(tmp_path, text))
    for word in words:
        assert word in str(caught.value)


def test_a_file_that_is_not_a_kind_is_refused(tmp_path):
    with pytest.raises(CatalogError, match="gpus"):
        read_parts(write(tmp_path, PART, "gpus.toml"))


def test_sources_are_joined_and_their_fields_are_those_of_the_dataclass(tmp_path):
    text = PART + 'source_date = 2026-11-24\nmemory_gib = 1\nunverified = ["memory_gib"]\n'
    text += 'sources = [{ text = "driver", date = "2026-01-01", fields = ["memory_gib"] }]\n'
    (part,) = read_parts(write(tmp_path, text))
    assert [(one.text, one.date, one.fields) for one in part.sources] == [
        ("sheet", "2026-11-24", ()),
        ("driver", "2026-01-01", ("memory_bytes",)),
    ]
    assert part.unverified == ("memory_bytes",)


def test_a_part_is_buildable_when_every_checked_field_is_filled(tmp_path):
    psu = '[[part]]\nid = "p"\nmanufacturer = "M"\nname = "N"\nsource = "s"\nrated_w = 850\nefficiency = "gold"\n'
    full = psu + 'atx_version = "3.1"\nconnectors = { "pcie_8pin" = 2 }\n'
    (listed,) = read_parts(write(tmp_path, psu, "psu.toml"))
    (buildable,) = read_parts(write(tmp_path, full, "psu.toml"))
    (said,) = read_parts(write(tmp_path, full + 'shelf = "listed"\n', "psu.toml"))
    assert [listed.shelf, buildable.shelf, said.shelf] == [Shelf.LISTED, Shelf.BUILDABLE, Shelf.LISTED]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("x,12.5 USD,USD,new,retail,2025-01-01,s", ("line 2", "price")),
        ("x,1,USD,mint,retail,2025-01-01,s", ("condition", "mint")),
        ("x,1,USD,new,shop,2025-01-01,s", ("seller",)),
        ("x,1,USD,new,retail,01/02/2025,s", ("date",)),
    ],
)
def test_a_wrong_price_is_named_by_line_and_column(tmp_path, row, words):
    header = "part_id,price,currency,condition,seller,date,source\n"
    (tmp_path / "p.csv").write_text(header + row + "\n", encoding="utf-8")
    with pytest.raises(CatalogError) as caught:
        read_prices(tmp_path)
    for word in words:
        assert word in str(caught.value)
