"""A text of another machine, pasted."""

from PySide6.QtWidgets import QApplication, QDialog, QDialogButtonBox, QPlainTextEdit, QVBoxLayout, QWidget

from dsdesk.ui.theme import SPACE
from dsdesk.ui.widgets.text import explanation
from dsdesk.ui.words import _

_MOST_CHARACTERS = 16_000_000  # a whole bundle has less than one million


class PasteDialog(QDialog):
    """A large field that begins with what the clipboard holds."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Pasted text"))
        self.resize(90 * SPACE, 60 * SPACE)
        layout = QVBoxLayout(self)
        told = _("What tools of another machine printed: one answer or several below one another, in any order.")
        layout.addWidget(explanation(told))
        self.field = QPlainTextEdit(QApplication.clipboard().text()[:_MOST_CHARACTERS])
        self.field.setAccessibleName(_("Pasted text"))
        self.field.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.field.selectAll()
        layout.addWidget(self.field, 1)
        kinds = QDialogButtonBox.StandardButton
        buttons = QDialogButtonBox(kinds.Ok | kinds.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)


def pasted_text(parent: QWidget) -> str:
    """What the user pasted, "" when he thought better of it."""
    dialog = PasteDialog(parent)
    return dialog.field.toPlainText() if dialog.exec() == QDialog.DialogCode.Accepted else ""
