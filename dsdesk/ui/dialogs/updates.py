"""Which facts are in use, who may sign new ones, whose prices are taken; and the four things to do about it."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QInputDialog, QPushButton, QVBoxLayout, QWidget

from dsdesk.base.errors import DsdeskError, InputError
from dsdesk.base.message import N_, Message
from dsdesk.ui.desk import Desk
from dsdesk.ui.dialogs import ask
from dsdesk.ui.icons import icon
from dsdesk.ui.theme import SPACE
from dsdesk.ui.widgets.text import explanation, paragraph, section
from dsdesk.ui.words import _, say

if TYPE_CHECKING:
    from dsdesk.catalog.updates.installed_check import InstalledState
    from dsdesk.catalog.updates.trust import Trust
    from dsdesk.ui.updates import Updates


class UpdatesDialog(QDialog):
    """The state of the catalogue."""

    def __init__(self, parent: QWidget, desk: Desk, updates: "Updates") -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Catalogue updates"))
        self._desk, self._updates, self._window = desk, updates, parent
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * SPACE, 3 * SPACE, 3 * SPACE, 2 * SPACE)
        layout.setSpacing(SPACE)
        layout.addWidget(section(_("Catalogue updates")))
        layout.addWidget(
            explanation(_("dsdesk opens no connection. New facts come as a signed file, on a stick or by mail; nothing "
                          "in it is read before its signatures hold, and you see what it changes before it counts."))
        )  # fmt: skip
        self._state = paragraph(_("The facts are being checked…"))
        layout.addWidget(self._state)
        layout.addSpacing(SPACE)
        layout.addLayout(self._row())
        layout.addStretch(1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)
        self.setMinimumWidth(84 * SPACE)
        self._check()

    def _row(self) -> QHBoxLayout:
        take = QPushButton(icon("import"), _("&Take an update…"))
        take.clicked.connect(lambda _checked=False: self._leave_for_take())
        self._back = QPushButton(icon("undo"), _("Take the &last one back"))
        self._back.clicked.connect(lambda _checked=False: self._take_back())
        self._back.setEnabled(False)
        trust = QPushButton(_("Trust a company's &key…"))
        trust.clicked.connect(lambda _checked=False: self._trust())
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        for button in (take, self._back, trust):
            row.addWidget(button)
        row.addStretch(1)
        return row

    def _check(self) -> None:
        from dsdesk.catalog.updates.installed_check import check_installed
        from dsdesk.catalog.updates.trust import read_trust

        def work(_task: object) -> "tuple[InstalledState, Trust]":
            trust = read_trust()
            return check_installed(trust), trust

        self._desk.tasks.run(
            Message(N_("Checking the catalogue")),
            work,
            lambda found: self._show(*found),
            failed=lambda error: self._state.setText(say(error.message)),
            owner=self,
        )

    def _show(self, state: "InstalledState", trust: "Trust") -> None:
        said = [say(sentence) for sentence in state.sentences()]
        if trust.companies:
            names = ", ".join(one.name + (f" ({one.version})" if one.version else "") for one in trust.companies)
            said.append(_("Price lists are taken from: {names}.", names=names))
        else:
            said.append(_("No company's price lists are taken yet."))
        self._state.setText("\n".join(said))
        self._back.setEnabled(bool(trust.previous))

    def _leave_for_take(self) -> None:
        self.accept()
        self._updates.choose(self._window)

    def _take_back(self) -> None:
        self.accept()
        self._updates.take_back(self._window)

    def _trust(self) -> None:
        """Ask for the key's file, show the key to be compared, and remember whose it is."""
        path = ask.file_to_open(self, _("Public key of a company"), _("Public keys") + " (*.pub)")
        if path is None:
            return
        from dsdesk.catalog.updates.minisign import read_public_key
        from dsdesk.catalog.updates.trust import trust_company

        try:
            text = path.read_text(encoding="utf-8")
            key = read_public_key(text)
            question = _("The key is {key}.\nCompare it with its owner over another way, such as by telephone.\n"
                         "Who is it?", key=key.text())  # fmt: skip
            name, agreed = QInputDialog.getText(self, _("Trust a company's key"), question)
            if agreed and name.strip():
                trust_company(text, name.strip())
                self._check()
        except (OSError, UnicodeDecodeError) as error:
            ask.tell_error(self, InputError(Message(N_("{path} cannot be read: {reason}."), path=str(path),
                                                    reason=str(error))))  # fmt: skip
        except DsdeskError as error:
            ask.tell_error(self, error)
