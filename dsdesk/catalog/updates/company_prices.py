"""A company's price list, signed with its own key: verified, read as any price list, kept as one import."""

import tempfile
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from dsdesk.base.errors import FileError, reason_of
from dsdesk.base.message import N_, Message
from dsdesk.catalog.contents import Batch
from dsdesk.catalog.importers.imported import Imported
from dsdesk.catalog.importers.pricelists import read_price_list
from dsdesk.catalog.store import Store
from dsdesk.catalog.updates.bundle import Bundle, check_date, check_newness, opened
from dsdesk.catalog.updates.manifest import BundleKind, Manifest, rank
from dsdesk.catalog.updates.refusal import Reason, RefusedError, overtaken
from dsdesk.catalog.updates.trust import Company, Trust, read_trust, write_trust


@dataclass(frozen=True, slots=True)
class SignedPrices:
    """A company's price list whose signature holds, read but not taken yet.

    Attributes:
        manifest: what was signed.
        company: whose it is, with this list as the newest.
        found: its prices, and the rows that are none.
    """

    manifest: Manifest
    company: Company
    found: Imported

    def keep(self, store: Store) -> Batch:
        """Put the prices into the user's layer; `Store.undo_import` takes them back.

        Raises:
            RefusedError: its company is no longer trusted, or a newer list was taken since this one was looked at.
        """
        known = next((one for one in read_trust().companies if one.key == self.company.key), None)
        if known is None or (known.version and rank(known.version) >= rank(self.company.version)):
            raise overtaken()
        batch = self.found.keep(store)
        write_trust(_with(read_trust(), self.company))
        return batch


def read_signed_prices(
    path: Path, store: Store, *, although_expired: bool = False, today: date | None = None
) -> SignedPrices:
    """The price list in the bundle at `path`. Nothing is changed.

    Raises:
        RefusedError: it must not be taken.
        FileError: it cannot be read.
    """
    try:
        with opened(path, read_trust()) as bundle:
            company = _checked(bundle, today or date.today(), although_expired=although_expired)
            found = _read(bundle, company, store)
            newest = replace(company, version=bundle.manifest.version, manifest=bundle.digest)
            return SignedPrices(bundle.manifest, newest, found)
    except OSError as error:
        raise FileError(
            Message(N_("{path} cannot be read: {reason}."), path=str(path), reason=reason_of(error))
        ) from error


def _checked(bundle: Bundle, today: date, *, although_expired: bool) -> Company:
    company = bundle.company
    if bundle.manifest.kind is not BundleKind.PRICES or company is None:
        raise RefusedError(Reason.MIXED, Message(N_("The bundle holds a catalogue, no price list.")))
    check_newness(bundle, company.version, company.manifest)
    if not although_expired:
        check_date(bundle, today)
    return company


def _read(bundle: Bundle, company: Company, store: Store) -> Imported:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "prices.csv")
        for _name, content in bundle.files():
            path.write_bytes(content)
        found = read_price_list(path, store, day=bundle.manifest.made_on)
    source = f"{company.name}, {bundle.manifest.version}"
    prices = tuple(replace(price, source=source) for price in found.prices)
    return replace(found, what="signed price list", source=source, prices=prices)


def _with(trust: Trust, company: Company) -> Trust:
    others = tuple(one for one in trust.companies if one.key != company.key)
    return replace(trust, companies=(*others, company))
