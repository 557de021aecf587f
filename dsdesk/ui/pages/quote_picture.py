"""A picture kept as text in the project: the buyer's logo."""

from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QSize, Qt, Signal
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from dsdesk.ui.dialogs import ask
from dsdesk.ui.theme import SPACE
from dsdesk.ui.words import _

_LOGO = QSize(640, 220)  # pixels; printed at most 44 mm wide


class PictureField(QWidget):
    """A picture as Base64 text, with a button to choose and one to remove it."""

    typed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._text = ""
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE)
        self._shown = QLabel()
        row.addWidget(self._shown)
        choose = QPushButton(_("Choose…"))
        choose.clicked.connect(lambda _checked=False: self._choose())
        row.addWidget(choose)
        self._remove = QPushButton(_("Remove"))
        self._remove.clicked.connect(lambda _checked=False: self._take(""))
        row.addWidget(self._remove)
        row.addStretch(1)
        self.setFocusProxy(choose)
        self.show_text("")

    def _choose(self) -> None:
        path = ask.file_to_open(self, _("Choose a logo"), _("Pictures") + " (*.png *.jpg *.jpeg *.bmp *.svg *.webp)")
        if path is None:
            return
        picture = picture_text(path)
        if picture:
            self._take(picture)
        else:
            ask.tell(self, _("{file} is no picture that can be read.", file=path.name))

    def _take(self, text: str) -> None:
        self.show_text(text)
        self.typed.emit()

    def text(self) -> str:
        """The picture as Base64 text, "" for none."""
        return self._text

    def show_text(self, text: str) -> None:
        """Show a picture."""
        self._text = text
        picture = QPixmap()
        if text:
            picture.loadFromData(QByteArray.fromBase64(text.encode("ascii", "ignore")))
        if picture.isNull():
            self._shown.clear()
        else:
            self._shown.setPixmap(picture.scaledToHeight(3 * SPACE, Qt.TransformationMode.SmoothTransformation))
        self._shown.setVisible(not picture.isNull())
        self._remove.setVisible(bool(text))


def picture_text(path: Path) -> str:
    """The picture in a file as the Base64 text of a PNG no larger than a letterhead needs; "" if it is none."""
    picture = QImage(str(path))
    if picture.isNull():
        return ""
    if picture.width() > _LOGO.width() or picture.height() > _LOGO.height():
        kept = Qt.AspectRatioMode.KeepAspectRatio
        picture = picture.scaled(_LOGO, kept, Qt.TransformationMode.SmoothTransformation)
    held = QBuffer()
    held.open(QBuffer.OpenModeFlag.WriteOnly)
    picture.save(held, "PNG")  # type: ignore[call-overload]
    return bytes(held.data().toBase64().data()).decode("ascii")
