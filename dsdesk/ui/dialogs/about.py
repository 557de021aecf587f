"""What this is, which version, with which catalogue it answers, and what it is made of."""

import platform
from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, qVersion
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from dsdesk import __version__
from dsdesk.base import assets, paths
from dsdesk.base.errors import DsdeskError
from dsdesk.ui.icons import icon
from dsdesk.ui.theme import SPACE
from dsdesk.ui.widgets.text import explanation, title
from dsdesk.ui.words import _, say

if TYPE_CHECKING:
    from dsdesk.catalog.store import Store


class AboutDialog(QDialog):
    """Name, version, catalogue and keys; licences and notices."""

    def __init__(self, parent: QWidget, database: "Store | None") -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("About dsdesk"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4 * SPACE, 4 * SPACE, 4 * SPACE, 2 * SPACE)
        layout.setSpacing(2 * SPACE)
        layout.addLayout(_heading())
        details = "\n".join(_details(database))
        tabs = QTabWidget()
        tabs.addTab(_text(_("Details"), details), _("Details"))
        tabs.addTab(_text(_("Licences"), _licences()), _("Licences"))
        layout.addWidget(tabs, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        copy = buttons.addButton(_("&Copy details"), QDialogButtonBox.ButtonRole.ActionRole)
        copy.setIcon(icon("copy"))
        copy.clicked.connect(lambda _checked=False: QApplication.clipboard().setText(details))
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)
        self.resize(84 * SPACE, 68 * SPACE)


def _heading() -> QHBoxLayout:
    mark = QLabel()
    mark.setPixmap(icon("dsdesk").pixmap(QSize(48, 48)))
    words = QVBoxLayout()
    words.setSpacing(SPACE // 2)
    words.addWidget(title(f"dsdesk {__version__}"))
    words.addWidget(
        explanation(_("Sizes machines that run DeepSeek and other large language models, and writes the request for "
                      "quotation. It never opens a connection to anywhere."))
    )  # fmt: skip
    row = QHBoxLayout()
    row.setSpacing(2 * SPACE)
    row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
    row.addLayout(words, 1)
    return row


def _text(name: str, text: str) -> QPlainTextEdit:
    shown = QPlainTextEdit(text)
    shown.setReadOnly(True)
    shown.setAccessibleName(name)
    return shown


def _details(database: "Store | None") -> Iterator[str]:
    """What somebody who looks after dsdesk asks for first."""
    build = assets.resource("build.txt")
    yield f"dsdesk {__version__}"
    built = build.read_text(encoding="utf-8").strip() if build.is_file() else _("run from its source")
    yield _("Build: {build}", build=built)
    if database is not None:
        yield _("Catalogue: {version}", version=database.version)
    yield from _signers()
    yield f"Qt {qVersion()}, Python {platform.python_version()}"
    yield f"{platform.system()} {platform.release()} {platform.machine()}"
    yield _("Your data: {folder}", folder=paths.data())
    yield _("Log and crash reports: {folder}", folder=paths.state())


def _signers() -> Iterator[str]:
    from dsdesk.catalog.updates.trust import read_trust

    try:
        trust = read_trust()
        root = trust.newest_root()
    except DsdeskError as error:
        yield say(error.message)
        return
    names = ", ".join(key.name() for key in root.catalogue.keys)
    yield _("Catalogues are signed by: {keys} (list of keys number {root})", keys=names, root=root.version)
    if trust.active.good_until:
        yield _("The catalogue is good until {until}.", until=trust.active.good_until)


def _licences() -> str:
    from dsdesk.catalog.contents import ATTRIBUTIONS

    own = _("dsdesk: Apache License 2.0. Qt {qt} under LGPL 3. Noto Sans SC under the SIL Open Font License.",
            qt=qVersion())  # fmt: skip
    listed = assets.licences("README.txt")
    parts = listed.read_text(encoding="utf-8") if listed.is_file() else "\n".join(_installed())
    return "\n\n".join((own, _("Notices that the sources of the catalogue ask for:"), "\n".join(ATTRIBUTIONS), parts))


def _installed() -> Iterator[str]:
    """Where it runs from its source: the packages beside it, in the words of their metadata."""
    from importlib.metadata import distributions

    for one in sorted(distributions(), key=lambda one: one.metadata["Name"].lower()):
        said = one.metadata
        licence = next((said[key] for key in ("License-Expression", "License") if key in said), "–")
        yield f"{said['Name']} {one.version}: {licence}"[:160]
