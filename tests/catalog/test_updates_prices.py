"""Price lists that a company signs with its own key."""

from pathlib import Path

import pytest

from dsdesk.base.errors import InputError
from dsdesk.catalog.updates.company_prices import read_signed_prices
from dsdesk.catalog.updates.manifest import BundleKind
from dsdesk.catalog.updates.refusal import Reason, RefusedError
from dsdesk.catalog.updates.trust import read_trust, trust_company
from tests.catalog.bundles import (
    COMPANY,
    SIGNER,
    TODAY,
    crafted,
    our_root,
)

pytestmark = pytest.mark.usefixtures("our_root")
__all__ = ["our_root"]


PRICES = b"name,price,currency\nV1000,111,USD\nnothing,1,USD\n"


def prices(target: Path, version="1", content=PRICES):
    return crafted(target, {"prices.csv": content}, COMPANY, kind=BundleKind.PRICES, version=version)


def test_signed_price_list_is_taken_and_taken_back(opened, tmp_path):
    trust_company(COMPANY.public.text(), "Our buyers")
    store = opened()
    signed = read_signed_prices(prices(tmp_path / "p.dsdcat"), store, today=TODAY)
    assert store.prices("volt-1000") == ()
    batch, found = signed.keep(store), signed.found
    assert [str(one.money.amount) for one in store.prices("volt-1000")] == ["111"]
    assert store.prices("volt-1000")[0].source == "Our buyers, 1"
    assert len(found.problems) == 1
    store.undo_import(batch.id)
    assert store.prices("volt-1000") == ()


def test_price_list_of_a_stranger(opened, tmp_path):
    with pytest.raises(RefusedError) as caught:
        read_signed_prices(prices(tmp_path / "p.dsdcat"), opened(), today=TODAY)
    assert caught.value.reason is Reason.UNKNOWN_KEY


def test_price_list_rollback(opened, tmp_path):
    trust_company(COMPANY.public.text(), "Our buyers")
    store = opened()
    read_signed_prices(prices(tmp_path / "a.dsdcat", "2"), store, today=TODAY).keep(store)
    with pytest.raises(RefusedError) as caught:
        read_signed_prices(prices(tmp_path / "b.dsdcat", "1"), opened(), today=TODAY)
    assert caught.value.reason is Reason.OLDER


def test_price_list_rollback_by_a_list_that_was_looked_at_earlier(opened, tmp_path):
    trust_company(COMPANY.public.text(), "Our buyers")
    store = opened()
    older = read_signed_prices(prices(tmp_path / "a.dsdcat", "1"), store, today=TODAY)
    read_signed_prices(prices(tmp_path / "b.dsdcat", "2", PRICES.replace(b"111", b"222")), store, today=TODAY).keep(
        store
    )
    with pytest.raises(RefusedError, match="in the meantime"):
        older.keep(store)
    assert read_trust().companies[0].version == "2"
    assert [str(one.money.amount) for one in store.prices("volt-1000")] == ["222"]


def test_key_of_the_catalogue_is_no_companys():
    with pytest.raises(InputError):
        trust_company(SIGNER.public.text(), "Mallory")
