"""Everything out of the catalogue, and the user's own layer out and in again."""

import csv
import json

import pytest
from openpyxl import load_workbook

from dsdesk.base.errors import FileError, InputError
from dsdesk.catalog.export import export, tables
from dsdesk.catalog.importers.backup import read_backup, write_backup
from dsdesk.hardware.vocabulary import PartKind
from dsdesk.measured.reader import read_text
from tests.measured.files import bench


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


def test_a_character_that_no_workbook_holds_is_left_out(store, tmp_path, make_part):
    store.add_own_part(make_part(name="Own\x0b 850"))
    export(store, tmp_path / "all.xlsx")
    rows = load_workbook(tmp_path / "all.xlsx", read_only=True)["psu"].iter_rows(values_only=True)
    assert any("Own 850" in row for row in rows)


def test_an_export_that_is_given_up_or_fails_leaves_nothing(store, tmp_path, monkeypatch):
    class GivenUpError(Exception):
        pass

    def give_up(share):
        if share == 1:
            raise GivenUpError

    for name in ("all.json", "all.xlsx", "all"):
        with pytest.raises(GivenUpError):
            export(store, tmp_path / name, give_up)
    monkeypatch.setattr(
        "pathlib.Path.replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device"))
    )
    with pytest.raises(FileError, match="No space left"):
        export(store, tmp_path / "all.json")
    assert not [path for path in tmp_path.iterdir() if path.name.startswith((".all", "all"))]


def test_a_file_is_replaced_only_when_that_is_wanted_and_a_folder_never(store, tmp_path):
    path = tmp_path / "all.json"
    path.write_text("mine", encoding="utf-8")
    export(store, path, replace=True)
    assert json.loads(path.read_text(encoding="utf-8"))["format"] == "dsdesk catalogue"
    with pytest.raises(InputError):
        export(store, tmp_path, replace=True)


def test_own_measurements_are_exported_and_kept_apart_when_they_calibrate_nothing(opened, tmp_path):
    store = opened()
    readings = read_text(bench({}), "b.json").measurements
    store.measurements.add(readings)
    store.measurements.use([1], used=False)
    (row,) = tables(store)["own_measurements"]
    assert (row["model"], row["used"]) == ("Test-Model-8B-Q4_K_M", False)
    write_backup(store, tmp_path / "backup.json")
    store.measurements.remove([1])
    read_backup(tmp_path / "backup.json").keep(store)
    assert store.measurements.kept() == ((readings[0], False),)
