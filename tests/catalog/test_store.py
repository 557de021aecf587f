import shutil
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from dsdesk.base import paths
from dsdesk.base.errors import CatalogError
from dsdesk.catalog.files import move_own_aside
from dsdesk.catalog.store import open_anyway, open_catalog
from dsdesk.hardware.vocabulary import PartKind


def factory_files():
    return sorted(paths.data().glob("catalog-*.sqlite"))


@pytest.mark.parametrize(
    ("name", "part_id"),
    [
        ("acme-a1-24gb", "acme-a1-24gb"),
        ("alpha a1", "acme-a1-24gb"),
        ("Acme Graphics A1", "acme-a1-24gb"),
        ("Alpha A1 24 GB", "acme-a1-24gb"),
        ("Alpha A1 48GB", "mod-a1-48gb"),
        ("Alpha A1 32GB", None),
        ("vt 1000", "volt-1000"),
        ("nothing of the kind", None),
    ],
)
def test_a_part_is_found_by_what_people_and_drivers_call_it(store, name, part_id):
    found = store.find_part(name)
    assert (found.id if found else None) == part_id


def test_a_name_of_another_kind_is_not_meant(store):
    assert store.find_part("V1000", PartKind.ACCELERATOR) is None
    assert store.find_part("V1000", PartKind.PSU).id == "volt-1000"


def test_an_ambiguous_name_is_none_and_its_candidates_are_told(store):
    assert store.find_part("Alpha A1 48GB").id == "mod-a1-48gb"
    assert {part.id for part in store.candidates("Alpha A1")} >= {"acme-a1-24gb", "mod-a1-48gb"}


@pytest.mark.parametrize(
    ("text", "kind", "ids"),
    [
        ("显卡", None, ["acme-a1-24gb", "mod-a1-48gb", "acme-b2"]),
        ("卡", None, ["acme-a1-24gb", "mod-a1-48gb", "acme-b2"]),
        ("伏特电源", None, ["volt-1000"]),
        ("伏", None, ["volt-1000"]),
        ("昆仑", None, ["acme-b2"]),
        ("alp", None, ["acme-a1-24gb", "mod-a1-48gb"]),
        ("alphaa1", None, ["acme-a1-24gb", "mod-a1-48gb"]),
        ("ALPHA 48gb", None, ["mod-a1-48gb"]),
        ("vt-1000", None, ["volt-1000"]),
        ("b2", PartKind.ACCELERATOR, ["acme-b2"]),
        ("b2", PartKind.PSU, []),
        ("V%0", None, []),
        ("_", None, []),
        ("", PartKind.PSU, ["volt-1000"]),
    ],
)
def test_search(store, text, kind, ids):
    assert [part.id for part in store.search(text, kind)] == ids


def test_words_that_begin_a_name_come_before_those_inside(store):
    assert [part.id for part in store.search("b")] == ["acme-b2", "acme-a1-24gb", "mod-a1-48gb"]
    assert len(store.search("", limit=2)) == 2


def test_prices_are_newest_first_and_rates_are_dated(store):
    assert [price.money.amount for price in store.prices("acme-a1-24gb")] == [Decimal("1200.50"), Decimal(1599)]
    assert store.prices("acme-b2") == ()
    assert store.rates[0].rate == 7


def test_a_second_start_builds_nothing(opened):
    opened()
    (built,) = factory_files()
    before = built.stat().st_mtime_ns
    opened()
    assert factory_files() == [built]
    assert built.stat().st_mtime_ns == before


def test_the_first_start_tells_its_progress(small_db):
    told = []
    store = open_catalog(lambda share, what: told.append((share, what.in_english())))
    store.close()
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)


def test_a_damaged_factory_database_is_built_again(opened):
    opened().close()
    (built,) = factory_files()
    built.write_bytes(b"not a database" * 1000)
    assert opened().part("volt-1000") is not None


def test_a_factory_database_cut_short_is_built_again(opened):
    opened().close()
    (built,) = factory_files()
    built.write_bytes(built.read_bytes()[:8192])
    assert opened().find_part("V1000").id == "volt-1000"


def test_new_facts_are_taken_over_and_the_old_file_goes(small_db, opened):
    first = opened()
    version = first.version
    first.close()
    old = factory_files()
    path = small_db / "parts" / "psu.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("rated_w = 1000", "rated_w = 1001"), encoding="utf-8")
    second = opened()
    assert second.part("volt-1000").rated_w == 1001
    assert second.version != version
    assert not set(old) & set(factory_files())


def test_wrong_facts_are_told_and_what_was_there_stays(small_db, opened):
    opened().close()
    old = factory_files()
    (small_db / "parts" / "psu.toml").write_text("[[part]]\nid = 1\n", encoding="utf-8")
    with pytest.raises(CatalogError, match=r"psu\.toml"):
        opened()
    assert factory_files() == old


def test_a_price_for_no_part_is_told(small_db, opened):
    path = small_db / "prices" / "market.csv"
    path.write_text(path.read_text() + "ghost,1,USD,new,retail,2025-01-01,shop\n")
    with pytest.raises(CatalogError, match="ghost"):
        opened()


def test_a_database_that_an_installer_shipped_is_used(small_db, opened):
    opened().close()
    (built,) = factory_files()
    shutil.move(built, small_db / built.name)
    assert opened().part("volt-1000") is not None
    assert factory_files() == []


def test_without_a_folder_to_write_to_the_catalogue_is_in_memory(opened, monkeypatch):
    def refuse():
        raise PermissionError("read-only file system")

    monkeypatch.setattr(paths, "data", refuse)
    store = opened()
    assert store.find_part("V1000").id == "volt-1000"
    assert [part.id for part in store.search("电源")] == ["volt-1000"]
    assert len(store.notices) == 2


def test_every_method_may_be_called_from_any_thread(store):
    def ask(number: int) -> tuple[int, str]:
        store.parts(PartKind.PSU)
        return len(store.search("卡")), store.find_part("V1000").id + str(number % 1)

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(ask, range(200)))
    assert answers == {(3, "volt-10000")}


def test_reading_does_not_import_the_database_layer(opened, small_db, user_home):
    opened().close()
    code = (
        "import sys; from pathlib import Path; from dsdesk.base import assets\n"
        f"assets.factory_db = lambda *names: Path({str(small_db)!r}).joinpath(*names)\n"
        "from dsdesk.catalog.store import open_catalog\n"
        "assert open_catalog().find_part('V1000')\n"
        "heavy = {'sqlalchemy', 'sqlmodel', 'alembic', 'pydantic'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


class TestOwnDatabase:
    def own(self):
        return paths.data() / "own.sqlite"

    def test_a_damaged_one_is_told_and_left_as_it_is(self, opened):
        opened()
        self.own().write_bytes(b"garbage" * 500)
        before = self.own().read_bytes()
        with pytest.raises(CatalogError, match=r"own\.sqlite"):
            opened()
        assert self.own().read_bytes() == before
        store = opened(own=False)
        assert store.part("volt-1000") is not None
        assert self.own().read_bytes() == before

    def test_the_window_goes_on_without_it_and_says_so(self, opened, make_part):
        opened()
        self.own().write_bytes(b"garbage" * 500)
        store = open_anyway()
        assert store.part("volt-1000") is not None
        assert "own.sqlite" in store.notices[0].in_english()
        store.add_own_part(make_part())
        store.close()
        assert self.own().read_bytes() == b"garbage" * 500

    def test_it_is_moved_aside_only_when_asked(self, opened):
        opened()
        self.own().write_bytes(b"garbage" * 500)
        kept = move_own_aside()
        assert kept is not None
        assert kept.read_bytes() == b"garbage" * 500
        assert opened().own_parts() == ()
        assert move_own_aside() is None

    def test_one_of_a_newer_dsdesk_is_told(self, opened, make_part):
        opened().add_own_part(make_part())
        with sqlite3.connect(self.own()) as connection:
            connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.close()
        with pytest.raises(CatalogError, match="newer"):
            opened()

    def test_another_database_is_not_taken_for_ours(self, opened):
        opened()
        with sqlite3.connect(self.own()) as connection:
            connection.execute("CREATE TABLE mine (x)")
        connection.close()
        with pytest.raises(CatalogError, match="cannot be read"):
            opened()
