"""A window on the real catalogue, without a screen."""

import os
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from dsdesk.base.translate import Language
from dsdesk.catalog.store import Store, open_catalog
from dsdesk.ui.application import dress, make_application
from dsdesk.ui.desk import Desk
from dsdesk.ui.session import Session
from dsdesk.ui.settings import LanguageChoice, Settings, ThemeChoice
from dsdesk.ui.words import speak


@pytest.fixture(scope="session")
def qapp() -> QApplication:
    return make_application()


@pytest.fixture(scope="session")
def parts_catalog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The real catalogue, built once for all tests of the window."""
    before = os.environ.get("DSDESK_HOME")
    os.environ["DSDESK_HOME"] = str(tmp_path_factory.mktemp("window"))
    store = open_catalog()
    if before is not None:
        os.environ["DSDESK_HOME"] = before
    yield store
    store.close()


@pytest.fixture
def session(qapp: QApplication, qtbot: QtBot, parts_catalog: Store) -> Iterator[Session]:
    """Everything the window stands on, in English and light, with the catalogue open."""
    settings = Settings(language=LanguageChoice.ENGLISH, theme=ThemeChoice.LIGHT)
    speak(Language.ENGLISH)
    dress(qapp, settings)
    made = Session(qapp, settings)
    made.window.resize(1280, 800)
    made.window.show()
    made.desk.open_database(parts_catalog)
    settle(qtbot, made)
    yield made
    made.end()
    made.window.hide()
    made.window.deleteLater()
    made.deleteLater()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    speak(Language.ENGLISH)


@pytest.fixture
def desk(session: Session) -> Desk:
    return session.desk


def settle(qtbot: QtBot, session: Session) -> None:
    """Wait until nothing is being worked out and what is shown is true."""

    def is_settled() -> bool:
        store = session.desk.store
        told = store.evaluation is not None and store.evaluation.project is store.project
        return told and not session.tasks.running

    qtbot.waitUntil(is_settled, timeout=20_000)
