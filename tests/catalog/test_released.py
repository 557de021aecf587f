"""Every form in which own data were ever kept still opens; tests/released/ has a sample of each."""

import sqlite3
from decimal import Decimal
from pathlib import Path

import pytest

from dsdesk.base import paths
from dsdesk.base.errors import CatalogError, FileError
from dsdesk.catalog import migrate
from dsdesk.catalog.importers import backup
from dsdesk.measured import exchange
from dsdesk.measured.reader import read_text

RELEASED = Path(__file__).resolve().parents[1] / "released"
DATABASES = sorted(RELEASED.glob("own-*.sql"))
BACKUPS = sorted(RELEASED.glob("backup-*.json"))
HAS_MEASUREMENTS = {"own-0002", "backup-2"}


def named(path):
    return path.stem


@pytest.fixture
def restored():
    def restore(sample, revision=None):
        own = paths.data() / "own.sqlite"
        with sqlite3.connect(own) as connection:
            connection.executescript(sample.read_text(encoding="utf-8"))
            if revision is not None:
                connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))
        connection.close()
        return own

    return restore


def check_content(store, name):
    (part,) = store.own_parts()
    assert (part.id, part.rated_w) == ("user:exampleown850", 850)
    ((_, price),) = store.own_prices()
    assert (price.money.amount, price.money.currency, price.source) == (Decimal("899.50"), "CNY", "invoice")
    assert store.llm("local:mine").architecture.hidden_size == 64
    kept = store.measurements.kept()
    assert len(kept) == (2 if name in HAS_MEASUREMENTS else 0)
    assert store.find_part("Own 850") == part


def test_there_is_a_sample_of_every_form():
    assert [named(path) for path in DATABASES] == [f"own-{one}" for one in migrate.known_revisions()]
    assert [named(path) for path in BACKUPS] == [f"backup-{one + 1}" for one in range(backup.VERSION)]
    assert (RELEASED / f"measurements-{exchange.VERSION}.json").exists()


@pytest.mark.parametrize("sample", DATABASES, ids=named)
def test_own_databases_open(opened, restored, sample):
    own = restored(sample)
    store = opened()
    check_content(store, named(sample))
    assert migrate.revision_of(own) == migrate.known_revisions()[-1]


def test_an_own_database_of_a_newer_program_is_left_alone(opened, restored):
    own = restored(DATABASES[-1], "9999")
    before = own.read_bytes()
    with pytest.raises(CatalogError, match="newer dsdesk"):
        opened()
    assert own.read_bytes() == before


@pytest.mark.parametrize("sample", BACKUPS, ids=named)
def test_backups_are_restored(opened, sample):
    store = opened()
    found = backup.read_backup(sample)
    assert found.problems == ()
    found.keep(store)
    check_content(store, named(sample))
    backup.read_backup(sample).keep(store)
    assert len(store.measurements.kept()) == (2 if named(sample) in HAS_MEASUREMENTS else 0)


def test_a_backup_of_a_newer_program_is_refused(tmp_path):
    path = tmp_path / "backup.json"
    text = BACKUPS[-1].read_text(encoding="utf-8")
    path.write_text(text.replace(f'"version": {backup.VERSION}', '"version": 99'), encoding="utf-8")
    with pytest.raises(FileError, match="newer dsdesk"):
        backup.read_backup(path)


@pytest.mark.parametrize("version", ["true", "0", '"2"', "null", "1.5"])
def test_a_backup_without_a_version_is_none(tmp_path, version):
    path = tmp_path / "backup.json"
    path.write_text(f'{{"format": "{backup.FORMAT}", "version": {version}}}', encoding="utf-8")
    with pytest.raises(FileError, match="not a backup"):
        backup.read_backup(path)


@pytest.mark.parametrize("rows", ["5", "[1]", '[{"amount": []}]', '["x"]', '[{"used": true}]', '[{"day": 5}]'])
@pytest.mark.parametrize("table", ["parts", "prices", "models", "measurements"])
def test_damaged_tables_of_a_backup_are_told(tmp_path, table, rows):
    path = tmp_path / "backup.json"
    path.write_text(f'{{"format": "{backup.FORMAT}", "version": 2, "{table}": {rows}}}', encoding="utf-8")
    found = backup.read_backup(path)
    assert len(found.problems) == 1
    assert (found.parts, found.prices, found.models, found.measurements) == ((), (), (), ())


def test_exported_measurements_are_read():
    for sample in RELEASED.glob("measurements-*.json"):
        assert len(read_text(sample.read_text(encoding="utf-8"), sample.name).measurements) == 2
