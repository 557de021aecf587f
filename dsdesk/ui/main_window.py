"""The shell: rail, strip and the page in front. It places them and carries signals between them, nothing else."""

from pathlib import Path
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QByteArray, QSettings, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from dsdesk.base import paths
from dsdesk.ui.actions import Actions
from dsdesk.ui.desk import Desk
from dsdesk.ui.documents import BUNDLE, Documents
from dsdesk.ui.icons import icon
from dsdesk.ui.pages import ENTRIES
from dsdesk.ui.pages.page import Page
from dsdesk.ui.rail import Rail
from dsdesk.ui.strip import Strip
from dsdesk.ui.theme import SPACE
from dsdesk.ui.widgets.empty import EmptyState
from dsdesk.ui.words import _, say

if TYPE_CHECKING:
    from dsdesk.evaluate import Evaluation


class MainWindow(QMainWindow):
    """One window on the open project.

    Signals:
        closed: the user is done and nothing will be lost.
    """

    closed = Signal()

    def __init__(self, desk: Desk, documents: Documents) -> None:
        super().__init__()
        self._desk, self._documents = desk, documents
        self._entries = {entry.name: entry for entry in ENTRIES}
        self._classes: dict[str, type[Page]] = {}
        self._pages: dict[str, Page] = {}
        self._stale: set[str] = set()
        self._recalled: dict[str, object] = {}  # what pages that are not built yet shall have selected
        self._rail, self._strip, self._stack = Rail(ENTRIES), Strip(), QStackedWidget()
        self._front = "start"
        self._waiting: EmptyState | None = None
        self._place()
        self.actions_table = Actions(self, desk, documents)
        self.setAcceptDrops(True)
        self.setMinimumSize(128 * SPACE, 80 * SPACE)
        self._rail.chosen.connect(self.show_page)
        self._strip.wanted.connect(self.go)
        desk.store.evaluated.connect(self._show_evaluation)
        desk.store.changed.connect(self._show_title)
        desk.tasks.changed.connect(self._show_tasks)
        self._show_title()
        if desk.store.evaluation is not None:
            self._strip.show_evaluation(desk.store.evaluation)

    def _place(self) -> None:
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._strip)
        column.addWidget(self._stack, 1)
        whole = QWidget()
        row = QHBoxLayout(whole)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._rail)
        row.addWidget(right, 1)
        self.setCentralWidget(whole)
        self.setWindowIcon(icon("dsdesk"))

    # -------------------------------------------------------------------------------------------------------- pages

    @property
    def page(self) -> str:
        """The name of the page in front."""
        return self._front

    def page_named(self, name: str) -> Page:
        """A page, built when it is first asked for."""
        if name not in self._pages:
            page = self._class(name)(self._desk)
            page.edited.connect(self._desk.apply)
            page.wanted.connect(self.go)
            page.triggered.connect(self.actions_table.trigger)
            page.files_wanted.connect(self.take_files)
            self._pages[name] = page
            self._stale.add(name)
            self._stack.addWidget(page)
        return self._pages[name]

    def _class(self, name: str) -> type[Page]:
        if name not in self._classes:
            self._classes[name] = self._entries[name].load()
        return self._classes[name]

    def go(self, name: str) -> None:
        """Go to a page, as if it were chosen in the rail."""
        self._rail.show_page(name)

    def show_page(self, name: str) -> None:
        """Bring a page to the front, up to date."""
        page = self.page_named(name)
        self._front = name
        self._refresh(name)
        if name in self._recalled and self._desk.store.evaluation is not None:
            page.select(self._recalled.pop(name))
        is_waiting = self._desk.store.evaluation is None and name != "start"
        self._stack.setCurrentWidget(self._waiting_page() if is_waiting else page)

    def _waiting_page(self) -> EmptyState:
        """What stands in place of every page but the first until there is a catalogue to answer from."""
        if self._waiting is None:
            text = _("The first time takes a few seconds.")
            self._waiting = EmptyState("catalogue", _("Opening the catalogue"), text)
            self._stack.addWidget(self._waiting)
        return self._waiting

    def _refresh(self, name: str) -> None:
        evaluation = self._desk.store.evaluation
        if name in self._stale and evaluation is not None:
            self._stale.discard(name)
            self._pages[name].show_evaluation(evaluation)

    def _show_evaluation(self, evaluation: "Evaluation") -> None:
        self._stale = set(self._pages)
        self._strip.show_evaluation(evaluation)
        self.show_page(self.page)
        self._show_states(evaluation)

    def _show_states(self, evaluation: "Evaluation") -> None:
        """Tell each step's state; classes of pages that nobody has opened yet are fetched one by one, when idle."""
        waiting = [name for name in self._entries if name not in self._classes]
        for name, page_class in self._classes.items():
            self._rail.show_state(name, page_class.state(evaluation))
        if waiting:
            QTimer.singleShot(0, self, lambda: self._fetch(waiting[0]))

    def _fetch(self, name: str) -> None:
        if self.centralWidget() is None:  # another window stands in its place
            return
        self._class(name)
        if self._desk.store.evaluation is not None:
            self._show_states(self._desk.store.evaluation)

    def _show_title(self) -> None:
        name = self._documents.name()
        self.setWindowTitle(f"{name}[*] – dsdesk")
        self.setWindowModified(not self._desk.store.is_saved)

    def _show_tasks(self) -> None:
        for task in self._desk.tasks.running[:1]:
            self._strip.show_task(task)
            if self._waiting is not None:
                self._waiting.tell(say(task.title), say(task.doing))

    # -------------------------------------------------------------------------------------------- what outlives it

    def remembered(self) -> dict[str, object]:
        """What the window that takes this one's place needs: page, place, selections."""
        return {
            "page": self.page,
            "geometry": self.saveGeometry(),
            "selections": {**self._recalled, **{name: page.selection() for name, page in self._pages.items()}},
        }

    def let_go(self) -> None:
        """Let the pages go before the look changes: thousands of widgets would be dressed to be thrown away."""
        store, tasks = self._desk.store, self._desk.tasks
        store.evaluated.disconnect(self._show_evaluation)
        store.changed.disconnect(self._show_title)
        tasks.changed.disconnect(self._show_tasks)
        self.setUpdatesEnabled(False)  # what was painted stays in sight
        if (pages := self.takeCentralWidget()) is not None:
            shiboken6.delete(pages)

    def recall(self, remembered: dict[str, object]) -> None:
        """Be where another window was."""
        geometry, selections = remembered.get("geometry"), remembered.get("selections")
        if isinstance(geometry, QByteArray):
            self.restoreGeometry(geometry)
        if isinstance(selections, dict):
            self._recalled = {name: one for name, one in selections.items() if one is not None}
        self.go(str(remembered.get("page", "start")))
        if self._desk.store.evaluation is not None:
            self._show_evaluation(self._desk.store.evaluation)

    def restore_place(self) -> None:
        """Be where the window was when dsdesk was last closed."""
        geometry = _window_settings().value("geometry")
        if not (isinstance(geometry, QByteArray) and self.restoreGeometry(geometry)):
            self.resize(160 * SPACE, 100 * SPACE)

    # ------------------------------------------------------------------------------------------------------- events

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask about unsaved changes."""
        if not self._documents.may_close(self):
            event.ignore()
            return
        _window_settings().setValue("geometry", self.saveGeometry())
        event.accept()
        self.closed.emit()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files only."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Take the files that were dropped."""
        files = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        event.acceptProposedAction()
        QTimer.singleShot(0, self, lambda: self.take_files(files))  # the other program waits for the drop to end

    def take_files(self, files: list[Path]) -> None:
        """Open what was dropped: a project or a bundle here, weights on the Model page, captures on This machine."""
        if files[0].suffix.lower() == BUNDLE:
            self.actions_table.updates.take(self, files[0])
            return
        target = self._documents.page_for(files)
        if target == "start":
            self._documents.open(self, files[0])
        elif target in self._entries:
            self.go(target)
            self.page_named(target).take_files(files)


def _window_settings() -> QSettings:
    return QSettings(str(paths.state() / "window.ini"), QSettings.Format.IniFormat)
