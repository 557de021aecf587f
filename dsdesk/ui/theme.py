"""Light and dark as palettes of our own, read from resources/themes. No widget names a colour of its own.

Qt's own switch (`QStyleHints.setColorScheme`) does nothing on Xvfb and offscreen, so the palette is always set.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from dsdesk.base import assets
from dsdesk.ui.settings import ThemeChoice

SPACE = 8  # every distance is a multiple of it, or half of it inside a control
RADIUS = 8.0

_ROLES = {
    "window": QPalette.ColorRole.Window,
    "window_text": QPalette.ColorRole.WindowText,
    "base": QPalette.ColorRole.Base,
    "alternate_base": QPalette.ColorRole.AlternateBase,
    "text": QPalette.ColorRole.Text,
    "button": QPalette.ColorRole.Button,
    "button_text": QPalette.ColorRole.ButtonText,
    "bright_text": QPalette.ColorRole.BrightText,
    "placeholder_text": QPalette.ColorRole.PlaceholderText,
    "highlight": QPalette.ColorRole.Highlight,
    "highlighted_text": QPalette.ColorRole.HighlightedText,
    "link": QPalette.ColorRole.Link,
    "link_visited": QPalette.ColorRole.LinkVisited,
    "tool_tip_base": QPalette.ColorRole.ToolTipBase,
    "tool_tip_text": QPalette.ColorRole.ToolTipText,
    "light": QPalette.ColorRole.Light,
    "midlight": QPalette.ColorRole.Midlight,
    "mid": QPalette.ColorRole.Mid,
    "dark": QPalette.ColorRole.Dark,
    "shadow": QPalette.ColorRole.Shadow,
}


@dataclass(frozen=True)
class Theme:
    """One scheme.

    Attributes:
        is_dark: which of the two.
        palette: colours by role.
        status: "good", "warning", "error", "unchecked"; readable as text on window and base.
    """

    is_dark: bool
    palette: QPalette
    status: dict[str, QColor]


@lru_cache
def theme(name: str) -> Theme:
    """The scheme of resources/themes/NAME.json."""
    described: dict[str, Any] = json.loads(assets.resource("themes", f"{name}.json").read_text(encoding="utf-8"))
    palette = QPalette()
    for role, colour in described["palette"].items():
        palette.setColor(_ROLES[role], QColor(colour))
    for role, colour in described["disabled"].items():
        palette.setColor(QPalette.ColorGroup.Disabled, _ROLES[role], QColor(colour))
    palette.setColor(QPalette.ColorRole.Accent, QColor(described["palette"]["highlight"]))
    status = {word: QColor(colour) for word, colour in described["status"].items()}
    return Theme(bool(described["dark"]), palette, status)


def apply_theme(application: QApplication, choice: ThemeChoice) -> None:
    """Dress the application, before the window is built."""
    hints = application.styleHints()
    schemes = {ThemeChoice.LIGHT: Qt.ColorScheme.Light, ThemeChoice.DARK: Qt.ColorScheme.Dark}
    hints.setColorScheme(schemes.get(choice, Qt.ColorScheme.Unknown))  # title bars, where the platform draws them
    dark = choice is ThemeChoice.DARK or (choice is ThemeChoice.SYSTEM and hints.colorScheme() is Qt.ColorScheme.Dark)
    worn = theme("dark" if dark else "light")
    application.setProperty("theme", "dark" if dark else "light")
    sheet = _STYLE_SHEET + _marks("dark" if dark else "light")
    if application.styleSheet() != sheet:  # Qt would dress every widget anew, which takes seconds
        application.setPalette(worn.palette)
        application.setStyleSheet(sheet)


def current() -> Theme:
    """The scheme that the application wears."""
    application = QApplication.instance()
    return theme(str(application.property("theme") or "light") if application is not None else "light")


def status_colour(word: str) -> QColor:
    """The colour of "good", "warning", "error" or "unchecked" in the scheme of the application."""
    return current().status[word]


def mixed(one: QColor, other: QColor, share: float) -> QColor:
    """`one` with a `share` of `other` in it."""
    return QColor.fromRgbF(
        one.redF() + (other.redF() - one.redF()) * share,
        one.greenF() + (other.greenF() - one.greenF()) * share,
        one.blueF() + (other.blueF() - one.blueF()) * share,
    )


BODY, SMALL, SECTION, TITLE, FIGURE = 0, -1, 2, 8, 3  # points above the body size


def load_font(application: QApplication, points: float) -> None:
    """Use the font that comes with the program: no Chinese font needs to be installed."""
    families: list[str] = []
    for path in sorted(assets.resource("fonts").glob("*.[ot]tf")):
        font_id = QFontDatabase.addApplicationFont(str(path))
        families += QFontDatabase.applicationFontFamilies(font_id) if font_id >= 0 else []
    font = QFont(application.font())
    if families:
        font.setFamilies([families[0], *font.families()])
    font.setPointSizeF(points)
    application.setFont(font)


def sized(widget: QWidget, step: int, *, bold: bool = False) -> None:
    """Give `widget` a size of the type scale."""
    font = QApplication.font()
    font.setPointSizeF(font.pointSizeF() + step)
    font.setWeight(QFont.Weight.Bold if bold else QFont.Weight.Normal)
    widget.setFont(font)


def quiet(widget: QWidget) -> None:
    """Text that explains rather than tells: the colour of placeholders, still readable."""
    palette = widget.palette()
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text):
        palette.setColor(role, current().palette.color(QPalette.ColorRole.PlaceholderText))
    widget.setPalette(palette)
    widget.setForegroundRole(QPalette.ColorRole.WindowText)  # inside a button it would be the button's


# Only what Fusion draws too heavily. Colours by palette role, so that it is right in both schemes.
# Names come from other people's files: taken for markup, one could have Qt open a file, or a share on a network.
_STYLE_SHEET = """
QLabel, QToolTip { qproperty-textFormat: PlainText; }
QPushButton { padding: 5px 14px; border: 1px solid palette(mid); border-radius: 6px; background: palette(button); }
QPushButton:hover { background: palette(midlight); }
QPushButton:pressed { background: palette(mid); }
QPushButton:focus { border: 1px solid palette(highlight); }
QPushButton:disabled { color: palette(dark); background: palette(window); }
QPushButton:checked { background: palette(highlight); color: palette(highlighted-text); }
QPushButton[look="primary"] { background: palette(highlight); color: palette(highlighted-text);
    border: 1px solid palette(highlight); font-weight: bold; }
QPushButton[look="primary"]:hover { border: 1px solid palette(link); }
QPushButton[look="primary"]:disabled { background: palette(midlight); color: palette(dark);
    border: 1px solid palette(mid); }
QPushButton[look="primary"]:focus, QPushButton:checked:focus { border: 1px solid palette(window-text); }
QPushButton[look="link"] { border: none; background: transparent; color: palette(link); padding: 2px 4px;
    text-align: left; }
QPushButton[look="link"]:hover, QPushButton[look="link"]:focus { text-decoration: underline; }
QLineEdit { padding: 4px 6px; border: 1px solid palette(mid); border-radius: 6px; background: palette(base); }
QLineEdit:focus { border: 1px solid palette(highlight); }
QAbstractSpinBox, QComboBox { padding: 3px 4px; border: 1px solid palette(mid); border-radius: 6px;
    background: palette(base); selection-background-color: palette(highlight); }
QComboBox { padding: 4px 6px; background: palette(button); }
QComboBox:editable { background: palette(base); }
QAbstractSpinBox:focus, QComboBox:focus { border: 1px solid palette(highlight); }
QAbstractSpinBox:disabled, QComboBox:disabled { color: palette(dark); background: palette(window); }
QAbstractSpinBox QLineEdit, QComboBox QLineEdit { padding: 0 3px; border: none; background: transparent; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { subcontrol-origin: border; width: 20px; border: none; }
QAbstractSpinBox::up-button { subcontrol-position: top right; margin: 2px 2px 0 0; }
QAbstractSpinBox::down-button { subcontrol-position: bottom right; margin: 0 2px 2px 0; }
QAbstractSpinBox::up-button:hover, QAbstractSpinBox::down-button:hover { background: palette(midlight); }
QComboBox::drop-down { subcontrol-position: center right; width: 22px; border: none; }
QCheckBox { spacing: 7px; }
QCheckBox::indicator { width: 15px; height: 15px; border: 1px solid palette(dark); border-radius: 4px;
    background: palette(base); }
QCheckBox::indicator:hover, QCheckBox::indicator:focus { border: 1px solid palette(highlight); }
QCheckBox::indicator:checked { border: 1px solid palette(highlight); background: palette(highlight); }
QScrollBar:vertical { width: 12px; background: transparent; margin: 0; }
QScrollBar:horizontal { height: 12px; background: transparent; margin: 0; }
QScrollBar::handle { background: palette(dark); border-radius: 4px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::handle:hover { background: palette(placeholder-text); }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QHeaderView::section { background: palette(window); color: palette(placeholder-text); border: none;
    border-bottom: 1px solid palette(mid); padding: 6px 8px; }
QHeaderView::up-arrow, QHeaderView::down-arrow { subcontrol-origin: margin; subcontrol-position: top center; }
QTableView, QTreeView, QListView { border: 1px solid palette(mid); border-radius: 6px; }
QTableView::item { padding: 0 5px; }
QTreeView::item { padding: 4px 0; }
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QToolTip { border: 1px solid palette(mid); padding: 4px; }
"""


def _marks(name: str) -> str:
    """The small drawings inside fields; a style sheet takes them only from files of the right colour."""
    drawn = {mark: assets.resource("themes", f"{name}_{mark}.svg").as_posix() for mark in ("up", "down", "check")}
    return f"""
QAbstractSpinBox::up-arrow {{ image: url("{drawn["up"]}"); width: 10px; height: 10px; }}
QAbstractSpinBox::down-arrow {{ image: url("{drawn["down"]}"); width: 10px; height: 10px; }}
QAbstractSpinBox::up-arrow:off, QAbstractSpinBox::down-arrow:off {{ image: none; }}
QComboBox::down-arrow {{ image: url("{drawn["down"]}"); width: 12px; height: 12px; }}
QHeaderView::up-arrow {{ image: url("{drawn["up"]}"); width: 10px; height: 10px; }}
QHeaderView::down-arrow {{ image: url("{drawn["down"]}"); width: 10px; height: 10px; }}
QCheckBox::indicator:checked {{ image: url("{drawn["check"]}"); }}
"""
