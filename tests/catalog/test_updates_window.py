"""A bundle dropped on the window: shown, refused or taken, and taken back."""

import shutil
from datetime import date

import pytest
from PySide6.QtWidgets import QDialogButtonBox, QPushButton

from dsdesk.base import assets
from dsdesk.catalog.updates import bundle as bundle_room
from dsdesk.catalog.updates import trust
from dsdesk.catalog.updates.trust import read_trust, trust_company
from dsdesk.ui.dialogs import ask
from dsdesk.ui.dialogs.update_offer import CatalogueOfferDialog, PricesOfferDialog
from dsdesk.ui.dialogs.updates import UpdatesDialog
from tests.catalog.bundles import COMPANY, bundle, facts, first_root
from tests.catalog.test_updates_prices import prices
from tests.fakes.window import parts_catalog, qapp, session, settle

__all__ = ["parts_catalog", "qapp", "session"]


@pytest.fixture(autouse=True)
def our_root(monkeypatch, session, small_db):
    monkeypatch.setattr(trust, "pinned_root", first_root)


@pytest.fixture
def newer(tmp_path):
    folder = tmp_path / "facts"
    shutil.copytree(assets.factory_db(), folder, ignore=shutil.ignore_patterns("migrations"))
    return bundle(facts(folder, "2", volts=1200), tmp_path / "newer.dsdcat")


def shown(qtbot, session, kind):
    """The dialog of a kind, once it is open."""

    def found():
        dialogs = [one for one in session.window.findChildren(kind) if one.isVisible()]
        assert dialogs
        return dialogs[0]

    qtbot.waitUntil(lambda: bool(found()), timeout=20_000)
    return found()


def press(dialog, role):
    (button,) = [one for one in dialog.findChild(QDialogButtonBox).buttons() if _role(dialog, one) is role]
    button.click()


def _role(dialog, button):
    return dialog.findChild(QDialogButtonBox).buttonRole(button)


def test_a_catalogue_is_shown_taken_and_taken_back(qtbot, session, newer):
    session.window.take_files([newer])
    dialog = shown(qtbot, session, CatalogueOfferDialog)
    assert read_trust().highest == ""
    press(dialog, QDialogButtonBox.ButtonRole.AcceptRole)
    qtbot.waitUntil(lambda: session.desk.database.version.startswith("2 "), timeout=20_000)
    settle(qtbot, session)
    assert session.desk.database.part("volt-1000").rated_w == 1200

    session.window.actions_table.trigger("updates")
    state = shown(qtbot, session, UpdatesDialog)
    (back,) = [one for one in state.findChildren(QPushButton) if "back" in one.text()]
    qtbot.waitUntil(back.isEnabled)
    back.click()
    qtbot.waitUntil(lambda: session.desk.database.version.startswith("1 "), timeout=20_000)
    settle(qtbot, session)


def test_a_catalogue_that_is_not_wanted_leaves_nothing(qtbot, session, newer):
    before = session.desk.database.version
    session.window.take_files([newer])
    press(shown(qtbot, session, CatalogueOfferDialog), QDialogButtonBox.ButtonRole.RejectRole)
    settle(qtbot, session)
    assert read_trust().active.folder == ""
    assert not list(trust.updates_folder().iterdir())
    assert session.desk.database.version == before


def test_an_altered_bundle_is_refused_with_its_reason(qtbot, session, newer, monkeypatch):
    told = []
    monkeypatch.setattr(ask, "tell_error", lambda _parent, error: told.append(error.message.in_english()))
    content = bytearray(newer.read_bytes())
    content[-1] ^= 1
    newer.write_bytes(content)
    session.window.take_files([newer])
    qtbot.waitUntil(lambda: bool(told), timeout=20_000)
    assert "not what was signed" in told[0] or "altered" in told[0]
    assert read_trust().active.folder == ""


def test_after_its_last_day_it_is_asked_about(qtbot, session, newer, monkeypatch):
    asked = []

    class Later(date):
        @classmethod
        def today(cls):
            return cls(2099, 1, 1)

    monkeypatch.setattr("dsdesk.catalog.updates.stage.date", Later)
    monkeypatch.setattr(ask, "confirm", lambda _parent, text, _details, _accept: not asked.append(text))
    session.window.take_files([newer])
    dialog = shown(qtbot, session, CatalogueOfferDialog)
    assert len(asked) == 1
    press(dialog, QDialogButtonBox.ButtonRole.RejectRole)


def test_a_companys_prices_are_shown_and_taken(qtbot, session, tmp_path, monkeypatch):
    told = []
    monkeypatch.setattr(ask, "tell", lambda _parent, text: told.append(text))
    monkeypatch.setattr(bundle_room, "check_date", lambda *_: None)
    trust_company(COMPANY.public.text(), "Our buyers")
    session.desk.catalogue_replaced.emit()
    qtbot.waitUntil(lambda: session.desk.database.version.startswith("1 "), timeout=20_000)
    session.window.take_files([prices(tmp_path / "p.dsdcat")])
    press(shown(qtbot, session, PricesOfferDialog), QDialogButtonBox.ButtonRole.AcceptRole)
    qtbot.waitUntil(lambda: bool(told), timeout=20_000)
    assert [str(one.money.amount) for one in session.desk.database.prices("volt-1000")] == ["111"]
