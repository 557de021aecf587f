"""What a page is handed: the open project, the runner, the preferences. Built once; outlives every window."""

from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from dsdesk.base.translate import Language
from dsdesk.project.edits import Edit
from dsdesk.ui.nodes import in_words, speaking
from dsdesk.ui.settings import LanguageChoice, Settings, save_settings
from dsdesk.ui.store import ProjectStore
from dsdesk.ui.tasks import Tasks
from dsdesk.ui.words import speak, system_language

if TYPE_CHECKING:
    from dsdesk.catalog.store import Store
    from dsdesk.ui.building import Building

_RECENT = 10


class Desk(QObject):
    """The long-lived objects that pages, menus and dialogs share.

    Signals:
        restyled: language, colours or text size changed, so the window has to be built anew.
        recent_changed: another file heads the list of recent ones.
        parts_changed: the catalogue has other parts or prices than before.
        catalogue_replaced: other facts are in use; the catalogue has to be opened again.

    Attributes:
        store: the open project and its evaluation.
        tasks: the runner.
        settings: preferences; replace them with `prefer`.
        database: the catalogue with its search and the user's own parts; None until it is open.
    """

    restyled = Signal()
    recent_changed = Signal()
    parts_changed = Signal()
    catalogue_replaced = Signal()

    def __init__(self, store: ProjectStore, tasks: Tasks, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.store = store
        self.tasks = tasks
        self.settings = settings
        self.database: Store | None = None
        speak(language_of(settings))
        store.project = in_words(store.project)

    @cached_property
    def building(self) -> "Building":
        """The search for the best machine; made when a page first asks for it, after the window is shown."""
        from dsdesk.ui.building import Building

        building = Building(self.store, self.tasks, self)
        building.found.connect(lambda edit: self.store.apply(speaking(edit)))
        return building

    def open_database(self, database: "Store") -> None:
        """Answer from this catalogue from now on."""
        self.database = database
        self.store.set_catalog(database)
        self.parts_changed.emit()

    def apply(self, edit: Edit) -> None:
        """Change the project."""
        self.store.apply(edit)

    def prefer(self, settings: Settings) -> None:
        """Store these preferences and follow them at once."""
        before, self.settings = self.settings, settings
        save_settings(settings)
        speak(language_of(settings))
        if settings.recent != before.recent:
            self.recent_changed.emit()
        if _look(settings) != _look(before):
            self.restyled.emit()

    def remember(self, path: Path) -> None:
        """Put `path` at the head of the recent files."""
        others = tuple(one for one in self.settings.recent if Path(one) != path)
        self.prefer(replace(self.settings, recent=(str(path), *others)[:_RECENT]))

    def forget(self, path: Path) -> None:
        """Take `path` from the recent files: it is no longer there."""
        self.prefer(replace(self.settings, recent=tuple(one for one in self.settings.recent if Path(one) != path)))


def _look(settings: Settings) -> tuple[object, ...]:
    return settings.language, settings.theme, settings.text_points


def language_of(settings: Settings) -> Language:
    """The language that the window speaks under these preferences."""
    if settings.language is LanguageChoice.SYSTEM:
        return system_language()
    return Language(settings.language.value)
