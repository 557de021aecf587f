"""What this is, which version, and with which catalogue it answers."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, qVersion
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QVBoxLayout, QWidget

from dsdesk import __version__
from dsdesk.ui.icons import icon
from dsdesk.ui.theme import SPACE
from dsdesk.ui.widgets.text import explanation, paragraph, title
from dsdesk.ui.words import _

if TYPE_CHECKING:
    from dsdesk.build.catalog import Catalog


class AboutDialog(QDialog):
    """Name, version, catalogue, licences."""

    def __init__(self, parent: QWidget, catalog: "Catalog | None") -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("About dsdesk"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4 * SPACE, 4 * SPACE, 4 * SPACE, 2 * SPACE)
        layout.setSpacing(SPACE)
        mark = QLabel()
        mark.setPixmap(icon("dsdesk").pixmap(QSize(48, 48)))
        layout.addWidget(mark)
        layout.addWidget(title(f"dsdesk {__version__}"))
        layout.addWidget(
            paragraph(_("Sizes machines that run DeepSeek and other large language models, and writes the request for "
                        "quotation. It never opens a connection to anywhere."))
        )  # fmt: skip
        if catalog is not None:
            layout.addWidget(explanation(_("Catalogue: {version}", version=catalog.version)))
        licences = _("dsdesk: Apache License 2.0. Qt {qt} under LGPL 3. Noto Sans SC under the SIL Open Font License.",
                     qt=qVersion())  # fmt: skip
        layout.addWidget(explanation(licences))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout.addSpacing(SPACE)
        layout.addWidget(buttons)
        self.setFixedWidth(60 * SPACE)
