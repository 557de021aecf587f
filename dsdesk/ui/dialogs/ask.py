"""Every question that waits for an answer, in one place, so that a test can answer it.

Qt builds its dialog classes when they are imported, so each is imported by the question that needs it.
"""

import os
from collections.abc import Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from dsdesk.base.errors import DsdeskError
from dsdesk.ui.words import _, say

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrinter


_FIRST_SHOWN = 32  # of the characters, those before it steer a terminal


class Answer(Enum):
    """What the user said to unsaved changes."""

    SAVE = "save"
    DISCARD = "discard"
    CANCEL = "cancel"


def file_to_open(parent: QWidget, heading: str, patterns: str) -> Path | None:
    """An existing file, None when the user thought better of it."""
    from PySide6.QtWidgets import QFileDialog

    name, _pattern = QFileDialog.getOpenFileName(parent, heading, "", patterns)
    return Path(name) if name else None


def folder_to_open(parent: QWidget, heading: str) -> Path | None:
    """An existing folder, None when the user thought better of it."""
    from PySide6.QtWidgets import QFileDialog

    name = QFileDialog.getExistingDirectory(parent, heading)
    return Path(name) if name else None


def file_to_write(parent: QWidget, heading: str, suggested: str, patterns: str, suffix: str) -> Path | None:
    """A file to write, with its suffix; nothing that is there is replaced unasked.

    The system's dialog asks about the name as it was typed; about the name with its suffix we ask ourselves.
    """
    from PySide6.QtWidgets import QFileDialog

    name, _pattern = QFileDialog.getSaveFileName(parent, heading, _as_name(suggested), patterns)
    if not name:
        return None
    return _completed(parent, Path(name), suffix)


def _as_name(suggested: str) -> str:
    """A name for one file on every system: a project may be called by more than that."""
    return "".join("-" if letter in '/\\:*?"<>|' or ord(letter) < _FIRST_SHOWN else letter for letter in suggested)


def file_of_kind(parent: QWidget, heading: str, suggested: str, kinds: Mapping[str, str]) -> Path | None:
    """A file to write, of the kind that its ending says or the user chose; nothing is replaced unasked.

    Args:
        parent: the window.
        heading: of the dialog.
        suggested: a name.
        kinds: each kind's pattern and its suffix, "" for a folder.
    """
    from PySide6.QtWidgets import QFileDialog

    name, pattern = QFileDialog.getSaveFileName(parent, heading, suggested, ";;".join(kinds))
    if not name:
        return None
    path = Path(name)
    if path.suffix and path.suffix.lower() in kinds.values():
        return path
    return _completed(parent, path, kinds.get(pattern, next(iter(kinds.values()))))


def _completed(parent: QWidget, path: Path, suffix: str) -> Path | None:
    """`path` with its suffix, unless another file has that name and shall stay."""
    if path.suffix.lower() == suffix or not suffix:
        return path
    whole = path.with_name(path.name + suffix)
    if whole.exists() and not confirm(parent, _("Replace {file}?", file=whole.name), [str(whole)], _("Replace")):
        return None
    return whole


def printer(parent: QWidget, paper: str) -> "QPrinter | None":
    """A printer set to this paper, None when the user thought better of it."""
    from PySide6.QtGui import QPageSize
    from PySide6.QtPrintSupport import QPrintDialog, QPrinter

    # Where no CUPS runs, its library would look for one over TCP; this program opens no such socket.
    os.environ.setdefault("CUPS_SERVER", "/run/cups/cups.sock")
    chosen = QPrinter(QPrinter.PrinterMode.HighResolution)
    sizes = {"A4": QPageSize.PageSizeId.A4, "Letter": QPageSize.PageSizeId.Letter}
    chosen.setPageSize(QPageSize(sizes.get(paper, QPageSize.PageSizeId.A4)))
    chosen.setFullPage(True)
    dialog = QPrintDialog(chosen, parent)
    return chosen if dialog.exec() == QPrintDialog.DialogCode.Accepted else None


def text(parent: QWidget, heading: str, label: str, suggested: str = "") -> str:
    """A line of text, "" when the user thought better of it."""
    from PySide6.QtWidgets import QInputDialog, QLineEdit

    typed, is_wanted = QInputDialog.getText(parent, heading, label, QLineEdit.EchoMode.Normal, suggested)
    return typed.strip() if is_wanted else ""


def secret(parent: QWidget, heading: str, label: str) -> str | None:
    """A passphrase, shown as dots; None when the user thought better of it."""
    from PySide6.QtWidgets import QInputDialog, QLineEdit

    typed, is_wanted = QInputDialog.getText(parent, heading, label, QLineEdit.EchoMode.Password, "")
    return typed if is_wanted else None


def unsaved(parent: QWidget, name: str) -> Answer:
    """What to do with changes that are not saved."""
    from PySide6.QtWidgets import QMessageBox

    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setText(_("Save the changes to {name}?", name=name))
    box.setInformativeText(_("They are lost otherwise."))
    buttons = QMessageBox.StandardButton
    box.setStandardButtons(buttons.Save | buttons.Discard | buttons.Cancel)
    box.setDefaultButton(buttons.Save)
    said = box.exec()
    return {buttons.Save: Answer.SAVE, buttons.Discard: Answer.DISCARD}.get(buttons(said), Answer.CANCEL)


def tell_error(parent: QWidget | None, error: DsdeskError) -> None:
    """Say what is wrong with the world."""
    from PySide6.QtWidgets import QMessageBox

    QMessageBox.warning(parent, "dsdesk", say(error.message))


def tell(parent: QWidget | None, text: str) -> None:
    """Say something that needs no answer."""
    from PySide6.QtWidgets import QMessageBox

    QMessageBox.information(parent, "dsdesk", text)


def confirm(parent: QWidget, text: str, details: Sequence[str], accept: str) -> bool:
    """Whether the user agrees to `text`, after seeing its details."""
    from PySide6.QtWidgets import QMessageBox

    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Question)
    box.setText(text)
    box.setInformativeText("\n".join(details))
    agreed = box.addButton(accept, QMessageBox.ButtonRole.AcceptRole)
    box.addButton(QMessageBox.StandardButton.Cancel)
    box.exec()
    return box.clickedButton() is agreed
