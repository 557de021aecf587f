"""One run of the window: its long-lived objects, and the window that is built anew when its look changes."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from dsdesk.base.errors import DsdeskError
from dsdesk.base.message import N_, Message
from dsdesk.ui.application import dress
from dsdesk.ui.autosave import Autosave, forget_recovered
from dsdesk.ui.crash import Crashes
from dsdesk.ui.desk import Desk
from dsdesk.ui.dialogs import ask
from dsdesk.ui.documents import Documents
from dsdesk.ui.instance import Instance
from dsdesk.ui.main_window import MainWindow
from dsdesk.ui.settings import Settings
from dsdesk.ui.store import ProjectStore
from dsdesk.ui.tasks import Task, Tasks
from dsdesk.ui.words import _, say

if TYPE_CHECKING:
    from dsdesk.catalog.store import Store


class Session(QObject):
    """Everything that lives as long as the process.

    Attributes:
        desk: what pages share.
        documents: opens and saves.
        window: the window that is shown now.
    """

    def __init__(self, application: QApplication, settings: Settings, instance: Instance | None = None) -> None:
        super().__init__()
        self._application = application
        self._instance = instance
        self.tasks = Tasks(self)
        self.desk = Desk(ProjectStore(self.tasks, parent=self), self.tasks, settings, self)
        self.documents = Documents(self.desk, self)
        self._autosave = Autosave(self.desk, self)
        self._crashes = Crashes(self._autosave.write, self)
        self._crashes.happened.connect(self._tell_crash)
        self._crash_is_told = False
        self.tasks.failed.connect(self._tell_failure)
        self.desk.restyled.connect(self._restyle)
        self.desk.catalogue_replaced.connect(self.open_catalog)
        self.documents.opened.connect(self._show_opened)
        self.window = self._build_window()
        if sys.platform == "darwin":
            from dsdesk.ui.file_events import FileEvents

            # Queued: the first comes while the window is still being built.
            FileEvents(application, self).asked.connect(self._asked, Qt.ConnectionType.QueuedConnection)

    def _build_window(self) -> MainWindow:
        window = MainWindow(self.desk, self.documents)
        window.closed.connect(self._close)
        return window

    def begin(self, files: list[Path]) -> None:
        """Show the window; everything that may take its time comes after."""
        earlier = self._crashes.catch()
        self.window.restore_place()
        self.window.show()
        QTimer.singleShot(0, self, lambda: self._after_shown(files, earlier))

    def _after_shown(self, files: list[Path], earlier: str) -> None:
        from dsdesk.base.journal import open_journal

        open_journal()
        self.window.go("start")
        self.open_catalog()
        if self._instance is not None:
            self._instance.asked.connect(self._asked)
            self._instance.listen()
        if earlier:
            self._tell_crash(earlier, earlier=True)
        if files:
            self.window.take_files(files)

    def open_catalog(self) -> None:
        """Open the parts database beside the window."""

        def work(task: Task) -> object:
            from dsdesk.catalog.store import open_anyway

            return open_anyway(task.report)

        self.tasks.run(Message(N_("Opening the catalogue")), work, self._open_database, owner=self)

    def _open_database(self, database: "Store") -> None:
        self.desk.open_database(database)
        *notices, last = map(say, database.notices) if database.notices else ("",)
        for notice in notices:
            ask.tell(self.window, notice)
        if database.is_without_own:
            self._offer_new_own(last)
        elif last:
            ask.tell(self.window, last)

    def _offer_new_own(self, why: str) -> None:
        """The user's own parts cannot be read: go on without them, or put the file aside and begin a new one."""
        from dsdesk.catalog.files import move_own_aside

        if not ask.confirm(self.window, why, [], _("Move it aside")):
            return
        try:
            moved = move_own_aside()
        except DsdeskError as error:
            ask.tell_error(self.window, error)
            moved = None
        if moved is not None:
            ask.tell(self.window, _("It is now {file}. Own parts and prices start anew.", file=moved))
        self.open_catalog()

    def end(self) -> None:
        """Let everything go."""
        self.desk.store.blockSignals(True)  # its parts go one by one; nobody may look at what is left
        self.tasks.stop()
        self._crashes.release()
        if self._instance is not None:
            self._instance.leave()

    def _restyle(self) -> None:
        """Build the window anew in its new language and colours, where it was and on the page it showed."""
        old = self.window
        remembered = old.remembered()
        old.let_go()
        dress(self._application, self.desk.settings)
        self.window = self._build_window()
        self.window.recall(remembered)
        self.window.show()
        old.hide()
        old.closed.disconnect(self._close)
        old.deleteLater()

    def _show_opened(self) -> None:
        store = self.desk.store
        self.window.go("checks" if store.project.configuration.model.llm_id else "model")

    def _asked(self, files: list[Path]) -> None:
        self.window.raise_()
        self.window.activateWindow()
        if files:
            self.window.take_files(files)

    def _close(self) -> None:
        forget_recovered()
        self._application.quit()

    def _tell_failure(self, error: DsdeskError) -> None:
        ask.tell_error(self.window, error)

    def _tell_crash(self, report: str, *, earlier: bool = False) -> None:
        from dsdesk.ui.dialogs.crash import CrashDialog

        if self._crash_is_told:
            return  # one at a time: a mistake in painting would open hundreds
        self._crash_is_told = True
        dialog = CrashDialog(self.window, report, earlier=earlier)
        dialog.finished.connect(lambda _result: setattr(self, "_crash_is_told", False))
        dialog.open()
