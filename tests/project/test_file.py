"""A project is written whole or not at all, and read with one clear sentence for everything that is wrong."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from dsdesk.base.errors import FileError
from dsdesk.base.money import ExchangeRate, Money
from dsdesk.project.file import from_text, load, save, to_text
from dsdesk.project.project import Configuration, CostAssumptions, Line, Machine, Project


def full():
    rate = ExchangeRate("USD", "CNY", Decimal("7.1034"), date(2026, 1, 5), "central bank")
    line = Line(no=7, part_id="nvidia-rtx-4090", quantity=2, unit_price=Money(Decimal("12999.90"), "CNY"))
    return Project(
        name="小试 1",
        configurations=(Configuration(machines=(Machine(lines=(line,)),)), Configuration(name="B")),
        active=1,
        cost=CostAssumptions(rates=(rate,), tax_rate=Decimal("0.06")),
    )


def test_what_is_saved_is_what_is_loaded(tmp_path):
    path = tmp_path / "a.dsdesk"
    save(full(), path)
    assert load(path) == full()
    assert [found.name for found in tmp_path.iterdir()] == ["a.dsdesk"]


def test_failed_save_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "a.dsdesk"
    save(full(), path)

    def full_disk(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full_disk)
    with pytest.raises(FileError, match="No space left"):
        save(replace(full(), name="other"), path)
    assert load(path) == full()
    assert [found.name for found in tmp_path.iterdir()] == ["a.dsdesk"]


def changed(**changes):
    return json.dumps({**json.loads(to_text(full())), **changes})


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "not valid JSON"),
        ("{", "not valid JSON"),
        ("[" * 100_000, "not valid JSON"),
        ("[1, 2]", "not a dsdesk project"),
        ('{"model_type": "llama"}', "not a dsdesk project"),
        (changed(format_version=99), "newer dsdesk"),
        (changed(format_version=True), "not a dsdesk project"),
        (changed(active=5), "no active configuration"),
        (changed(configurations=[]), "no active configuration"),
        (changed(name=None), "damaged at name"),
        (changed(colour="red"), "colour"),
        (changed(site={"mains_volt": 230}), r"site\.mains_volt"),
        (changed(cost={"tax_rate": "thirteen"}), r"damaged at cost\.tax_rate"),
    ],
)
def test_bad_text_is_one_sentence(text, says):
    with pytest.raises(FileError, match=says) as caught:
        from_text(text, "x.dsdesk")
    assert "x.dsdesk" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_missing_and_binary_files_are_one_sentence(tmp_path):
    with pytest.raises(FileError, match="No such file"):
        load(tmp_path / "none.dsdesk")
    binary = tmp_path / "binary.dsdesk"
    binary.write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(FileError, match="not text"):
        load(binary)
