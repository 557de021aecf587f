"""A small catalogue of our own, in place of db/."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dsdesk.base import assets
from dsdesk.catalog.store import Store, open_catalog
from dsdesk.hardware.parts import Psu
from dsdesk.hardware.vocabulary import PartKind

ACCELERATORS = """
[[part]]
id = "acme-a1-24gb"
manufacturer = "Acme"
name = "Alpha A1 24GB"
aliases = ["Alpha A1", "Acme Graphics A1"]
segment = "consumer"
memory_gib = 24
source = "data sheet"
source_date = 2026-01-02

[[part]]
id = "mod-a1-48gb"
manufacturer = "Third party"
name = "Alpha A1 48GB (modified)"
aliases = ["Alpha A1 48GB"]
segment = "consumer"
memory_gib = 48
source = "data sheet"
source_date = "2026-01-02"

[[part]]
id = "acme-b2"
manufacturer = "Acme"
name = "Beta B2"
aliases = ["昆仑 B2"]
segment = "datacenter"
source = "data sheet"
"""

SUPPLIES = """
[[part]]
id = "volt-1000"
manufacturer = "Volt"
name = "V1000"
mpn = "VT-1000"
rated_w = 1000
connectors = { "pcie_8pin" = 4, "12v_2x6" = 1 }
source = "box"
"""

WORDS = """
[kind]
accelerator = ["显卡", "加速卡", "gpu"]
psu = ["电源", "psu", "power supply"]
[maker]
Volt = ["伏特"]
"""

PRICES = """part_id,price,currency,condition,seller,date,source
acme-a1-24gb,1599,USD,launch,maker,2024-01-01,press
acme-a1-24gb,1200.50,USD,new,retail,2025-07-23,shop
"""


@pytest.fixture
def small_db(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "db"
    shutil.copytree(assets.factory_db("migrations"), folder / "migrations")
    shutil.copy(assets.factory_db("calibration.toml"), folder)  # read once a process, whoever is first
    for name, text in {
        "parts/accelerator.toml": ACCELERATORS,
        "parts/psu.toml": SUPPLIES,
        "prices/market.csv": PRICES,
        "rates.csv": "base,quote,rate,date,source\nUSD,CNY,7,2026-01-01,central bank\n",
        "words.toml": WORDS,
        "version.toml": 'version = "1"\n',
    }.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (folder / "llm").mkdir()
    monkeypatch.setattr(assets, "factory_db", folder.joinpath)
    return folder


@pytest.fixture
def opened(small_db: Path) -> Iterator[Callable[..., Store]]:
    stores: list[Store] = []

    def open_one(*, own: bool = True) -> Store:
        stores.append(open_catalog(own=own))
        return stores[-1]

    yield open_one
    for store in stores:
        store.close()


@pytest.fixture
def store(opened: Callable[..., Store]) -> Store:
    return opened()


@pytest.fixture
def make_part() -> Callable[..., Psu]:
    def make(**fields: object) -> Psu:
        values = {"id": "", "kind": PartKind.PSU, "manufacturer": "Mine", "name": "Own 850", "rated_w": 850.0}
        return Psu(**{**values, **fields})

    return make
