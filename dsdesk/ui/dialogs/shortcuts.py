"""Every command that has a key, beside its key."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QLabel, QVBoxLayout, QWidget

from dsdesk.ui.theme import SPACE
from dsdesk.ui.widgets.text import section
from dsdesk.ui.words import _


class ShortcutsDialog(QDialog):
    """The list of keys."""

    def __init__(self, parent: QWidget, actions: Sequence[QAction]) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Keyboard shortcuts"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * SPACE, 3 * SPACE, 3 * SPACE, 2 * SPACE)
        layout.setSpacing(2 * SPACE)
        layout.addWidget(section(_("Keyboard shortcuts")))
        grid = QGridLayout()
        grid.setHorizontalSpacing(4 * SPACE)
        layout.addLayout(grid)
        keyed = [
            (action.text().replace("&", "").split(":")[0].rstrip("…"), action.shortcut().toString(_NATIVE))
            for action in actions
            if not action.shortcut().isEmpty()
        ]
        keyed += [(_("Next and previous page, in the rail"), "↓ ↑"), (_("Copy the row of a table"), "Ctrl+C")]
        for row, (text, keys) in enumerate(keyed):
            grid.addWidget(QLabel(text), row, 0)
            grid.addWidget(QLabel(keys), row, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)


_NATIVE = QKeySequence.SequenceFormat.NativeText
