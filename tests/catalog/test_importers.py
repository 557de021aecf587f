import json
import lzma
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import Workbook

from dsdesk.base.errors import FileError, InputError
from dsdesk.base.money import Money
from dsdesk.catalog.importers.amounts import CellError, read_amount
from dsdesk.catalog.importers.backup import read_backup, write_backup
from dsdesk.catalog.importers.formats import read_as
from dsdesk.hardware.parts import Accelerator, Board, Pdu, Switch
from dsdesk.hardware.prices import Condition
from dsdesk.hardware.vocabulary import PartKind, PowerConnector

DAY = date(2026, 5, 1)
REAL = Path(__file__).resolve().parents[3] / "shared" / "facts" / "parts" / "raw"


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("¥12,800.00", "12800.00", "CNY"),
        ("12800元", "12800", "CNY"),
        ("1.28万", "12800.00", "CNY"),
        ("US$ 1,599", "1599", "USD"),
        ("１２８００", "12800", "CNY"),
        ("人民币 99.5", "99.5", "CNY"),
        ("$2k", "2000", "USD"),
        ("1 280", "1280", "CNY"),
    ],
)
def test_amounts_as_suppliers_write_them(text, amount, currency):
    assert read_amount(text, "CNY") == Money(Decimal(amount), currency)


@pytest.mark.parametrize("text", ["面议", "", "12.800,00", "100-200", "-5", "0", "1,28", "see note 3 or 4"])
def test_what_is_not_clear_as_a_price_is_not_guessed(text):
    with pytest.raises(CellError):
        read_amount(text, "CNY")


LIST = """报价单,,,
某某公司,,,
型号,料号,含税单价(元),起订量,报价日期
Alpha A1,,"12,800.00",2,2026年3月5日
V1000,VT-1000,899,,2026/04/01
Alpha A1 二手,,6000,,
Alpha A1,,面议,,
Gamma G9,,100,,
,,,,
Beta B2,,9000,x,
"""


def check_list(found):
    assert [(one.part_id, str(one.money.amount), one.min_quantity, one.on) for one in found.prices] == [
        ("acme-a1-24gb", "12800.00", 2, date(2026, 3, 5)),
        ("volt-1000", "899", 1, date(2026, 4, 1)),
        ("acme-a1-24gb", "6000", 1, DAY),
    ]
    assert [one.condition for one in found.prices] == [Condition.NEW, Condition.NEW, Condition.USED]
    assert all(one.includes_tax and one.money.currency == "CNY" for one in found.prices)
    assert [one.where for one in found.problems] == ["7", "8", "10"]
    assert "面议" in found.problems[0].message.in_english()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_price_list_in_any_encoding(store, tmp_path, encoding, separator):
    path = tmp_path / "list.csv"
    rows = [line.replace('"12,800.00"', "12800.00").replace(",", separator) for line in LIST.splitlines()]
    path.write_bytes("\r\n".join(rows).encode(encoding))
    check_list(read_as("prices", path, store, DAY))


def test_a_price_list_as_a_workbook_is_kept_and_taken_back(store, tmp_path):
    book = Workbook()
    for line in LIST.replace('"12,800.00"', "12800.00").splitlines():
        book.worksheets[0].append(line.split(","))
    path = tmp_path / "list.xlsx"
    book.save(path)
    found = read_as("prices", path, store, DAY)
    check_list(found)
    assert store.own_prices() == ()
    batch = found.keep(store)
    assert store.prices("volt-1000")[0].money == Money(Decimal(899), "CNY")
    store.undo_import(batch.id)
    assert store.prices("volt-1000") == ()


def test_a_used_card_is_of_the_used_market_and_a_currency_may_have_its_column(store, tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("Model,Condition,Price,Currency\nV1000,used,50,USD\nV1000,new,70,\n", encoding="utf-8")
    found = read_as("prices", path, store, DAY)
    assert [(one.condition, one.money, one.on) for one in found.prices] == [
        (Condition.USED, Money(Decimal(50), "USD"), DAY),
        (Condition.NEW, Money(Decimal(70), "CNY"), DAY),
    ]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("none.csv", b"a,b\n1,2\n"),
        ("empty.csv", b""),
        ("binary.csv", b"\x00\x01\x02\x00"),
        ("broken.xlsx", b"PK not a workbook"),
        ("missing.csv", None),
    ],
)
def test_what_is_no_price_list_is_told(store, tmp_path, name, data):
    if data is not None:
        (tmp_path / name).write_bytes(data)
    with pytest.raises(FileError):
        read_as("prices", tmp_path / name, store, DAY)


def test_a_format_that_does_not_exist_is_told(store, tmp_path):
    with pytest.raises(InputError, match="buildcores"):
        read_as("xml", tmp_path, store, DAY)


def meta(name: str, maker: str = "Maker") -> dict[str, object]:
    return {"name": f"{maker} {name}", "manufacturer": maker, "part_numbers": ["MP-1", "MP-2"]}


CARD = {
    "opendb_id": "c1",
    "metadata": meta("Turbo Alpha 24GB"),
    "chipset": "Alpha A1",
    "memory": 24,
    "tdp": 380,
    "length": 0,
    "total_slot_width": 3,
    "cooling": "3 Fans",
    "interface": "PCIe 4.0 x16",
    "power_connectors": {"pcie_6_pin": 0, "pcie_8_pin": 0, "pcie_12VHPWR": 0, "pcie_12V_2x6": 0},
}
BOARD = {
    "opendb_id": "b1",
    "metadata": meta("Board"),
    "socket": "AM5",
    "form_factor": "EATX",
    "memory": {"ram_type": "DDR5", "slots": 4, "max": 1},
    "pcie_slots": [{"gen": "5.0", "quantity": 2, "lanes": 16}, {"gen": None, "quantity": 1, "lanes": 1}],
}


def checkout(folder: Path) -> Path:
    (folder / "open-db" / "GPU").mkdir(parents=True)
    (folder / "open-db" / "GPU" / "c1.json").write_text(json.dumps(CARD), encoding="utf-8")
    with lzma.open(folder / "Motherboard.jsonl.xz", "wt", encoding="utf-8") as file:
        file.write(json.dumps(BOARD) + "\n" + json.dumps({"opendb_id": "b2"}) + "\n")
    return folder


def test_buildcores_records_keep_only_what_can_be_meant(store, tmp_path):
    found = read_as("buildcores", checkout(tmp_path), store, DAY)
    card, board = found.parts
    assert isinstance(card, Accelerator)
    assert isinstance(board, Board)
    assert card.id == "user:buildcores-c1"
    assert (card.name, card.mpn, card.aliases) == ("Turbo Alpha 24GB", "MP-1", ("MP-2",))
    assert card.length_mm is None  # 0 there
    assert card.connectors is None  # all zero on a card of 380 W
    assert card.board_power_w == 380
    assert board.memory_max_bytes is None  # 1 there, which was meant as TB
    assert [(one.link.gen, one.link.lanes, one.position) for one in board.slots] == [(5, 16, None), (5, 16, None)]
    assert len(found.problems) == 1
    assert all("ODC-By" in part.sources[0].text for part in found.parts)


def test_a_partner_card_has_the_facts_of_its_chip(small_db, opened, tmp_path):
    path = small_db / "parts" / "accelerator.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("memory_gib = 24\n", "memory_gib = 24\nbandwidth_gb_s = 900\nlink = 'none'\n"), "utf-8"
    )
    (card, _) = read_as("buildcores", checkout(tmp_path), opened(), DAY).parts
    assert isinstance(card, Accelerator)
    assert card.bandwidth_b_s == 900e9
    assert card.board_power_w == 380
    assert [one.text for one in card.sources][1] == "data sheet"


SWITCH = """---
manufacturer: Acme
model: S-32
slug: acme-s-32
part_number: 'S32-F'
u_height: 1
weight: 20
weight_unit: lb
comments: >-
  A text that goes on
  [Link](https://example.org): not: a key
power-ports:
  - name: PSU1
    type: iec-60320-c14
    maximum_draw: 800
  - name: PSU2
    type: iec-60320-c14
interfaces:
  - name: Management1
    type: 1000base-t
    mgmt_only: true
"""
SWITCH += "".join(f"  - name: Ethernet{number}/1\n    type: 400gbase-x-qsfpdd\n" for number in range(1, 33))
PDU = """manufacturer: Acme
model: Strip 24
u_height: 0
power-outlets:
  - name: 1
    type: iec-60320-c13
  - name: 2
    type: iec-60320-c13
  - name: 3
    type: iec-60320-c19
"""


def test_device_types_of_netbox(store, tmp_path):
    (tmp_path / "Acme").mkdir()
    (tmp_path / "Acme" / "s-32.yaml").write_text(SWITCH, encoding="utf-8")
    (tmp_path / "Acme" / "strip.yml").write_text(PDU, encoding="utf-8")
    (tmp_path / "Acme" / "odd.yaml").write_text("not a device\n", encoding="utf-8")
    found = read_as("devicetypes", tmp_path, store, DAY)
    switch, pdu = found.parts
    assert isinstance(switch, Switch)
    assert isinstance(pdu, Pdu)
    assert switch.ports == ((32, 400e9, "qsfp-dd"),)
    assert (switch.mpn, switch.weight_kg, switch.max_power_w, switch.rack_units) == ("S32-F", 9.07, 800, 1)
    assert (pdu.kind, pdu.outlets) == (PartKind.PDU, "2x C13, 1x C19")
    assert [one.where for one in found.problems] == ["odd.yaml"]


def test_a_backup_brings_everything_back(opened, make_part, tmp_path):
    first = opened(own=False)
    part = first.add_own_part(make_part(connectors=((PowerConnector.PCIE_8, 4),)))
    path = tmp_path / "kept.json"
    write_backup(first, path)
    second = opened(own=False)
    found = read_backup(path)
    found.keep(second)
    assert found.problems == ()
    assert second.own_parts() == (part,)


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"format": "other"}', '{"format": "dsdesk own parts and prices", "version": 9}']
)
def test_what_is_no_backup_is_told(tmp_path, text):
    path = tmp_path / "kept.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FileError):
        read_backup(path)


def test_a_row_of_a_backup_that_is_not_understood_is_reported(tmp_path):
    path = tmp_path / "kept.json"
    rows = [{"kind": "toaster", "id": "user:x"}, {"kind": "psu", "id": "user:y", "glow": 1}]
    held = {"format": "dsdesk own parts and prices", "version": 1, "parts": rows, "prices": [{"part_id": "z"}]}
    path.write_text(json.dumps(held), encoding="utf-8")
    assert [one.where for one in read_backup(path).problems] == ["user:x", "user:y", "z"]


@pytest.mark.slow
@pytest.mark.skipif(not REAL.is_dir(), reason="the public datasets are not beside this checkout")
def test_the_real_buildcores_database_is_read(store):
    found = read_as("buildcores", REAL / "buildcores", store, DAY)
    assert len(found.parts) > 28_000
    assert len(found.problems) < 700
