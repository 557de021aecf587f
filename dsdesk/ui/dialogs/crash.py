"""Tell the user that dsdesk made a mistake, that nothing is lost, and let them save the report."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPlainTextEdit, QVBoxLayout, QWidget

from dsdesk.base.errors import reason_of
from dsdesk.ui.dialogs import ask
from dsdesk.ui.theme import SPACE
from dsdesk.ui.widgets.text import paragraph, section
from dsdesk.ui.words import _


class CrashDialog(QDialog):
    """The report, readable before it is saved."""

    def __init__(self, parent: QWidget | None, report: str, *, earlier: bool = False) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("dsdesk")
        self._report = report
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * SPACE, 3 * SPACE, 3 * SPACE, 2 * SPACE)
        layout.setSpacing(SPACE)
        happened = _("dsdesk stopped unexpectedly last time") if earlier else _("Something went wrong inside dsdesk")
        layout.addWidget(section(happened))
        layout.addWidget(
            paragraph(_("Your work has been copied aside. You can save the report below and give it to whoever looks "
                        "after dsdesk; it leaves out names and prices, and nothing is sent anywhere."))
        )  # fmt: skip
        text = QPlainTextEdit(report)
        text.setReadOnly(True)
        text.setAccessibleName(_("Report"))
        layout.addWidget(text, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        saving = buttons.addButton(_("Save the report…"), QDialogButtonBox.ButtonRole.ActionRole)
        saving.clicked.connect(self._save)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)
        self.resize(88 * SPACE, 56 * SPACE)

    def _save(self) -> None:
        pattern = _("Text files") + " (*.txt)"
        path = ask.file_to_write(self, _("Save the report"), "dsdesk-report.txt", pattern, ".txt")
        if path is not None:
            _write(self, path, self._report)


def _write(parent: QWidget, path: Path, report: str) -> None:
    try:
        path.write_text(report, encoding="utf-8")
    except OSError as error:
        ask.tell(parent, _("{path} cannot be written: {reason}.", path=str(path), reason=reason_of(error)))
