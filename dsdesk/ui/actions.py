"""One table of commands; the menus, their shortcuts and the list of shortcuts are built from it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from dsdesk.base.message import N_
from dsdesk.ui.desk import Desk
from dsdesk.ui.documents import Documents
from dsdesk.ui.exports import Exports
from dsdesk.ui.icons import icon
from dsdesk.ui.settings import WORDS, LanguageChoice, ThemeChoice
from dsdesk.ui.words import _

if TYPE_CHECKING:
    from dsdesk.ui.keeping import Keeping
    from dsdesk.ui.store import ProjectStore
    from dsdesk.ui.updates import Updates

Keys = QKeySequence.StandardKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One thing the user can do from a menu.

    Attributes:
        id: stable key; pages send it to have the command done.
        menu: which menu it stands in.
        text: with its mnemonic, marked with N_.
        icon: its drawing, "" for none.
        keys: shortcut.
        enabled: whether it can be done now; None for always.
        gap: whether a line stands above it.
    """

    id: str
    menu: str
    text: str
    icon: str = ""
    keys: Keys | str = ""
    enabled: "Callable[[ProjectStore], bool] | None" = None
    gap: bool = False


def _has_answer(store: "ProjectStore") -> bool:
    return store.evaluation is not None


MENUS = {"file": N_("&File"), "edit": N_("&Edit"), "view": N_("&View"), "help": N_("&Help")}

COMMANDS = (
    Command(id="new", menu="file", text=N_("&New project"), icon="new", keys=Keys.New),
    Command(id="open", menu="file", text=N_("&Open…"), icon="open", keys=Keys.Open),
    Command(id="recent", menu="file", text=N_("Open &recent"), icon="recent"),
    Command(id="save", menu="file", text=N_("&Save"), icon="save", keys=Keys.Save, gap=True,
            enabled=lambda store: not store.is_saved or store.path is None),
    Command(id="save_as", menu="file", text=N_("Save &as…"), keys="Ctrl+Shift+S"),
    Command(id="export_pdf", menu="file", text=N_("Export the quote as &PDF…"), icon="export", keys="Ctrl+E", gap=True,
            enabled=_has_answer),
    Command(id="export_signed", menu="file", text=N_("Export the quote s&igned…"), enabled=_has_answer),
    Command(id="export_xlsx", menu="file", text=N_("Export the quote as &XLSX…"), enabled=_has_answer),
    Command(id="print", menu="file", text=N_("Prin&t the quote…"), keys=Keys.Print, enabled=_has_answer),
    Command(id="trust_signer", menu="file", text=N_("Trust the certificate of a si&gner…")),
    Command(id="back_up", menu="file", text=N_("&Back up own parts and prices…"), gap=True),
    Command(id="restore", menu="file", text=N_("&Restore a backup…")),
    Command(id="export_catalogue", menu="file", text=N_("Export the &catalogue…")),
    Command(id="quit", menu="file", text=N_("&Quit"), keys="Ctrl+Q", gap=True),
    Command(id="undo", menu="edit", text=N_("&Undo"), icon="undo", keys=Keys.Undo,
            enabled=lambda store: store.undo_stack.canUndo()),
    Command(id="redo", menu="edit", text=N_("&Redo"), icon="redo", keys=Keys.Redo,
            enabled=lambda store: store.undo_stack.canRedo()),
    Command(id="settings", menu="edit", text=N_("&Settings…"), icon="settings", keys="Ctrl+,", gap=True),
    Command(id="language", menu="view", text=N_("&Language"), icon="language"),
    Command(id="theme", menu="view", text=N_("&Colours"), icon="theme"),
    Command(id="updates", menu="help", text=N_("Catalogue &updates…"), icon="catalogue"),
    Command(id="shortcuts", menu="help", text=N_("&Keyboard shortcuts"), icon="help", keys="F1"),
    Command(id="about", menu="help", text=N_("&About dsdesk"), gap=True),
)  # fmt: skip


class Actions(QObject):
    """The commands as Qt's actions, in the menus of one window.

    Attributes:
        by_id: every action.
    """

    def __init__(self, window: QMainWindow, desk: Desk, documents: Documents) -> None:
        super().__init__(window)
        self._window, self._desk, self._documents = window, desk, documents
        self._exports = Exports(desk, documents)
        self.by_id: dict[str, QAction] = {}
        menus = {key: window.menuBar().addMenu(_(text)) for key, text in MENUS.items()}
        submenus = {"recent": self._fill_recent, "language": self._fill_language, "theme": self._fill_theme}
        for command in COMMANDS:
            menu = menus[command.menu]
            if command.gap:
                menu.addSeparator()
            if command.id in submenus:
                self._add_submenu(menu, command, submenus[command.id])
            else:
                self._add(menu, command)
        desk.store.changed.connect(self._enable)
        desk.store.evaluated.connect(self._enable)
        desk.store.undo_stack.indexChanged.connect(self._enable)
        self._enable()
        QTimer.singleShot(0, self, self._draw_icons)  # no menu is open before the window is shown

    @cached_property
    def updates(self) -> "Updates":
        """Takes signed bundles."""
        from dsdesk.ui.updates import Updates

        return Updates(self._desk, self)

    @cached_property
    def _keeping(self) -> "Keeping":
        from dsdesk.ui.keeping import Keeping

        return Keeping(self._desk)

    def _draw_icons(self) -> None:
        for command in COMMANDS:
            if command.icon:
                self.by_id[command.id].setIcon(icon(command.icon))

    def trigger(self, command_id: str) -> None:
        """Do a command, if it can be done now."""
        self.by_id[command_id].trigger()

    def _add(self, menu: QMenu, command: Command) -> None:
        action = QAction(_(command.text), self)
        if command.keys:
            action.setShortcut(QKeySequence(command.keys))
        if command.id == "quit":
            action.setMenuRole(QAction.MenuRole.QuitRole)
        act = self._calls()[command.id]
        action.triggered.connect(lambda _checked=False: act())
        menu.addAction(action)
        self.by_id[command.id] = action

    def _add_submenu(self, menu: QMenu, command: Command, fill: Callable[[QMenu], None]) -> None:
        submenu = menu.addMenu(_(command.text))
        fill(submenu)
        self.by_id[command.id] = submenu.menuAction()

    def _calls(self) -> dict[str, Callable[[], object]]:
        window, documents, store = self._window, self._documents, self._desk.store
        return {
            "new": lambda: documents.new(window),
            "open": lambda: documents.open_asking(window),
            "save": lambda: documents.save(window),
            "save_as": lambda: documents.save_as(window),
            "export_pdf": lambda: self._exports.pdf(window),
            "export_signed": lambda: self._exports.signed_pdf(window),
            "export_xlsx": lambda: self._exports.xlsx(window),
            "print": lambda: self._exports.print(window),
            "trust_signer": lambda: self._exports.trust(window),
            "back_up": lambda: self._keeping.back_up(window),
            "restore": lambda: self._keeping.restore(window),
            "export_catalogue": lambda: self._keeping.export(window),
            "quit": window.close,
            "undo": store.undo_stack.undo,
            "redo": store.undo_stack.redo,
            "settings": self._show_settings,
            "updates": lambda: self.updates.show_state(window),
            "shortcuts": self._show_shortcuts,
            "about": self._show_about,
        }

    def _enable(self, *_told: object) -> None:
        store = self._desk.store
        for command in COMMANDS:
            if command.enabled is not None:
                self.by_id[command.id].setEnabled(command.enabled(store))
        for command_id, text in (("undo", store.undo_stack.undoText()), ("redo", store.undo_stack.redoText())):
            plain = _(next(one.text for one in COMMANDS if one.id == command_id))
            self.by_id[command_id].setText(f"{plain}: {text.replace('&', '&&')}" if text else plain)

    # ---------------------------------------------------------------------------------------------------- submenus

    def _fill_recent(self, menu: QMenu) -> None:
        def fill() -> None:
            menu.clear()
            for name in self._desk.settings.recent:
                path = Path(name)
                entry = menu.addAction(path.name)
                entry.setToolTip(name)
                entry.triggered.connect(lambda _checked=False, path=path: self._documents.open(self._window, path))
            menu.setEnabled(bool(self._desk.settings.recent))

        self._desk.recent_changed.connect(fill)
        fill()

    def _fill_language(self, menu: QMenu) -> None:
        group = QActionGroup(menu)
        for choice in LanguageChoice:
            words = WORDS[choice]
            entry = group.addAction(_(words) if choice is LanguageChoice.SYSTEM else words)
            entry.setCheckable(True)
            entry.setChecked(self._desk.settings.language is choice)
            entry.triggered.connect(lambda _checked=False, chosen=choice: self._prefer(language=chosen))
            menu.addAction(entry)

    def _fill_theme(self, menu: QMenu) -> None:
        group = QActionGroup(menu)
        for choice in ThemeChoice:
            entry = group.addAction(_(WORDS[choice]))
            entry.setCheckable(True)
            entry.setChecked(self._desk.settings.theme is choice)
            entry.triggered.connect(lambda _checked=False, chosen=choice: self._prefer(theme=chosen))
            menu.addAction(entry)

    def _prefer(self, **changes: object) -> None:
        self._desk.prefer(replace(self._desk.settings, **changes))  # type: ignore[arg-type]

    # ----------------------------------------------------------------------------------------------------- dialogs

    def _show_settings(self) -> None:
        from dsdesk.ui.dialogs.settings import SettingsDialog

        dialog = SettingsDialog(self._window, self._desk.settings)
        dialog.accepted.connect(lambda: self._desk.prefer(dialog.settings()))
        dialog.open()

    def _show_shortcuts(self) -> None:
        from dsdesk.ui.dialogs.shortcuts import ShortcutsDialog

        ShortcutsDialog(self._window, tuple(self.by_id.values())).open()

    def _show_about(self) -> None:
        from dsdesk.ui.dialogs.about import AboutDialog

        AboutDialog(self._window, self._desk.database).open()
