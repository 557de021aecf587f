"""Own measurements are kept, switched, removed, and calibrate the forecasts of the catalogue that holds them."""

import pytest

from dsdesk.base.errors import CatalogError
from dsdesk.measured.reader import read_text
from tests.measured.files import bench


@pytest.fixture
def readings():
    return read_text(bench({}, {"n_prompt": 512, "n_gen": 0}), "b.json").measurements


def test_measurements_are_kept_once_and_outlive_the_session(opened, readings):
    store = opened()
    assert store.measurements.add(readings) == 2
    assert store.measurements.add(readings) == 0
    store.close()
    again = opened()
    assert [one.compared.measurement for one in again.measurements.all()] == list(readings)
    assert all(one.is_used for one in again.measurements.all())


def test_they_are_switched_and_removed_by_number(opened, readings):
    store = opened()
    store.measurements.add(readings)
    first, second = (one.id for one in store.measurements.all())
    store.measurements.use([first], used=False)
    assert [one.is_used for one in store.measurements.all()] == [False, True]
    store.measurements.remove([second])
    assert [one.id for one in store.measurements.all()] == [first]
    with pytest.raises(CatalogError, match="no measurement number 99"):
        store.measurements.remove([99])
    assert len(store.measurements.all()) == 1


def test_a_catalogue_without_published_measurements_shows_none(opened):
    store = opened()
    assert store.measured_runs("acme-a1-24gb", "maker/Model") == ()
    assert store.own_speeds.passes == ()
