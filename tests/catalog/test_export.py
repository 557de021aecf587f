"""Everything out of the catalogue, and the user's own layer out and in again."""

import csv
import json

import pytest
from openpyxl import load_workbook

from dsdesk.base.errors import InputError
from dsdesk.catalog.export import export, tables
from dsdesk.catalog.importers.backup import read_backup, write_backup
from dsdesk.hardware.vocabulary import PartKind


def test_everything_is_exported_as_json(store, tmp_path):
    path = tmp_path / "all.json"
    export(store, path)
    held = json.loads(path.read_text(encoding="utf-8"))
    assert held["version"] == 1
    assert {one["id"] for one in held["accelerator"]} == {part.id for part in store.parts(PartKind.ACCELERATOR)}
    assert [one["amount"] for one in held["prices"]] == ["1200.50", "1599"]
    assert held["rates"][0]["rate"] == "7"


def test_everything_is_exported_as_csv_and_xlsx(store, tmp_path):
    export(store, tmp_path / "all")
    export(store, tmp_path / "all.xlsx")
    book = load_workbook(tmp_path / "all.xlsx", read_only=True)
    assert set(book.sheetnames) == set(tables(store))
    with (tmp_path / "all" / "psu.csv").open(encoding="utf-8-sig", newline="") as file:
        (supply,) = csv.DictReader(file)
    assert supply["rated_w"] == "1000.0"
    heading, row = book["psu"].iter_rows(values_only=True)
    assert dict(zip(heading, row, strict=True))["rated_w"] == 1000


def test_a_name_is_no_formula(store, tmp_path, make_part):
    store.add_own_part(make_part(name="=HYPERLINK(0)"))
    export(store, tmp_path / "all")
    assert "'=HYPERLINK(0)" in (tmp_path / "all" / "psu.csv").read_text(encoding="utf-8-sig")


def test_nothing_is_written_over(store, tmp_path):
    path = tmp_path / "all.json"
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(InputError):
        export(store, path)
    assert path.read_text(encoding="utf-8") == "mine"


def test_backup_brings_own_models_back(opened, tmp_path):
    store = opened()
    config = json.dumps({"model_type": "llama"})
    store.add_own_llm("me/mine", "Mine", config)
    write_backup(store, tmp_path / "backup.json")
    store.remove_own_llm("me/mine")
    assert store.own_llms() == ()
    read_backup(tmp_path / "backup.json").keep(store)
    assert store.own_llms() == (("me/mine", "Mine", config),)
