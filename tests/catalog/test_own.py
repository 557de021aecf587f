import sqlite3
from datetime import date
from decimal import Decimal

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from dsdesk.base import paths
from dsdesk.base.errors import CatalogError
from dsdesk.base.money import Money
from dsdesk.catalog.own import Brought
from dsdesk.catalog.tables import OwnTable
from dsdesk.hardware.prices import Condition, Price, Seller
from dsdesk.hardware.vocabulary import PartKind


class StoppedError(Exception):
    """The user no longer wants the import."""


def price(part_id: str, amount: str = "99", day: date = date(2026, 1, 1)) -> Price:
    return Price(
        part_id=part_id,
        money=Money(Decimal(amount), "CNY"),
        condition=Condition.NEW,
        seller=Seller.USER,
        on=day,
        source="user",
    )


def test_an_own_part_is_found_listed_and_removed(store, make_part):
    added = store.add_own_part(make_part())
    assert added.id == "user:mineown850"
    assert store.part(added.id) == added
    assert store.parts(PartKind.PSU)[-1] == added
    assert store.find_part("own 850") == added
    assert [part.id for part in store.search("850 电源")] == [added.id]
    store.remove_own_part(added.id)
    assert store.part(added.id) is None
    assert store.search("850") == ()
    assert store.find_part("own 850") is None


def test_an_own_part_is_changed_and_its_old_name_forgotten(store, make_part):
    added = store.add_own_part(make_part())
    changed = store.update_own_part(make_part(id=added.id, name="Renamed 900", rated_w=900.0))
    assert store.part(added.id).rated_w == 900
    assert store.find_part("own 850") is None
    assert store.find_part("renamed 900") == changed


def test_what_is_not_ones_own_is_not_changed(store, make_part):
    with pytest.raises(CatalogError):
        store.remove_own_part("volt-1000")
    with pytest.raises(CatalogError):
        store.update_own_part(make_part(id="volt-1000"))
    store.add_own_part(make_part())
    with pytest.raises(CatalogError, match="already"):
        store.add_own_part(make_part())
    with pytest.raises(CatalogError, match="ghost"):
        store.add_own_price(price("ghost"))


def test_own_prices_come_first_even_when_older(store):
    store.add_own_price(price("acme-a1-24gb", "8888", date(2020, 1, 1)))
    assert store.prices("acme-a1-24gb")[0].money.amount == 8888
    ((number, mine),) = store.own_prices()
    assert mine.money == Money(Decimal(8888), "CNY")
    store.remove_own_price(number)
    assert len(store.prices("acme-a1-24gb")) == 2


def test_the_own_layer_survives_new_factory_facts(small_db, opened, make_part):
    first = opened()
    mine = first.add_own_part(make_part())
    first.add_own_price(price("volt-1000"))
    first.close()
    path = small_db / "parts" / "psu.toml"
    path.write_text(path.read_text(encoding="utf-8") + "weight_kg = 2\n", encoding="utf-8")
    second = opened()
    assert second.part("volt-1000").weight_kg == 2
    assert second.part(mine.id) == mine
    assert len(second.prices("volt-1000")) == 1


def test_an_import_is_taken_back_as_a_whole(store, make_part):
    before = store.add_own_part(make_part())
    batch = store.add_import(
        Brought(
            what="buildcores",
            source="PSU.jsonl",
            parts=(make_part(id=before.id, rated_w=1.0), make_part(id="user:new", name="New")),
            prices=(price("volt-1000"),),
        )
    )
    assert (batch.parts, batch.prices) == (1, 1)
    assert store.part(before.id).rated_w == 1
    store.undo_import(batch.id)
    assert store.part(before.id) == before
    assert store.part("user:new") is None
    assert store.prices("volt-1000") == ()
    assert store.imports() == ()
    with pytest.raises(CatalogError, match="no import"):
        store.undo_import(batch.id)


def test_an_import_that_is_stopped_leaves_nothing(store, make_part):
    def stop(share: float) -> None:
        if share == 1.0:
            raise StoppedError

    brought = Brought(what="x", source="y", parts=(make_part(id="user:new"),), prices=(price("volt-1000"),))
    with pytest.raises(StoppedError):
        store.add_import(brought, stop)
    assert store.imports() == ()
    assert store.part("user:new") is None
    assert store.prices("volt-1000") == ()


@pytest.mark.parametrize("first_back", [0, 1])
def test_imports_that_change_the_same_part_are_taken_back_in_any_order(store, make_part, first_back):
    typed = store.add_own_part(make_part())
    batches = [
        store.add_import(Brought(what="x", source="y", parts=(make_part(id=typed.id, rated_w=watts), other)))
        for watts, other in ((1.0, make_part(id="user:other", rated_w=10.0)), (2.0, make_part(id="user:other")))
    ]
    store.undo_import(batches[first_back].id)
    assert store.part(typed.id).rated_w == (2.0, 1.0)[first_back]
    assert store.part("user:other").rated_w == (850.0, 10.0)[first_back]
    store.undo_import(batches[1 - first_back].id)
    assert store.part(typed.id) == typed
    assert store.part("user:other") is None


def test_what_is_added_without_the_own_database_is_not_written(opened, make_part):
    store = opened(own=False)
    store.add_own_part(make_part())
    assert store.find_part("own 850") is not None
    assert not (paths.data() / "own.sqlite").exists()


def test_the_own_database_writes_ahead_with_strict_tables_and_foreign_keys(store, make_part):
    store.add_own_part(make_part())
    connection = sqlite3.connect(paths.data() / "own.sqlite")
    (mode,) = connection.execute("PRAGMA journal_mode").fetchone()
    tables = connection.execute("SELECT sql FROM sqlite_master WHERE type = 'table' AND name LIKE 'own_%'").fetchall()
    connection.close()
    assert mode == "wal"
    assert len(tables) == 6
    assert all("STRICT" in sql for (sql,) in tables)


def test_the_migrations_lead_to_the_tables_that_the_code_declares(store, make_part):
    store.add_own_part(make_part())
    engine = create_engine(f"sqlite:///{paths.data() / 'own.sqlite'}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        difference = compare_metadata(context, OwnTable.metadata)
    engine.dispose()
    assert difference == []


def test_a_migration_that_fails_leaves_the_file_as_it_was(opened, make_part, small_db):
    store = opened()
    part = store.add_own_part(make_part())
    store.close()
    own = paths.data() / "own.sqlite"
    (small_db / "migrations" / "versions" / "0003_breaks.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\nrevision, down_revision = '0003', '0002'\n"
        "def upgrade():\n    op.create_table('half', sa.Column('x', sa.Text))\n    op.execute('nonsense')\n"
    )
    with pytest.raises(CatalogError, match="nonsense"):
        opened()
    with sqlite3.connect(own) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        revision = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    connection.close()
    assert "half" not in tables
    assert revision == ("0002",)
    (small_db / "migrations" / "versions" / "0003_breaks.py").unlink()
    assert opened().own_parts() == (part,)


def test_a_migration_keeps_a_copy_and_everything_in_it(opened, make_part, small_db):
    store = opened()
    part = store.add_own_part(make_part())
    store.close()
    (small_db / "migrations" / "versions" / "0003_adds.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\nrevision, down_revision = '0003', '0002'\n"
        "def upgrade():\n    op.add_column('own_part', sa.Column('label', sa.Text))\n"
    )
    assert opened().own_parts() == (part,)
    assert [path.name for path in paths.data().glob("own-before-*")] == ["own-before-0003-from-0002.sqlite"]


def test_an_empty_file_is_filled(opened, make_part):
    opened()
    (paths.data() / "own.sqlite").touch()
    store = opened()
    assert store.own_parts() == ()
    store.add_own_part(make_part())


def test_models_of_ones_own_are_kept(store):
    config = (
        '{"model_type": "llama", "architectures": ["LlamaForCausalLM"], "hidden_size": 64, "num_hidden_layers": 2,'
        ' "num_attention_heads": 4, "num_key_value_heads": 2, "intermediate_size": 128, "vocab_size": 1000,'
        ' "max_position_embeddings": 2048, "torch_dtype": "bfloat16"}'
    )
    store.add_own_llm("local:mine", "Mine", config)
    assert store.llm("local:mine").architecture.hidden_size == 64
    assert [one.id for one in store.llms()] == ["local:mine"]
    store.remove_own_llm("local:mine")
    assert store.llms() == ()
