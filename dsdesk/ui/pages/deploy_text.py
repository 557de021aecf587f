"""Text for a terminal on the Deploy page: fixed width, selectable, with a button that copies it."""

from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QPlainTextEdit, QToolButton, QVBoxLayout, QWidget

from dsdesk.deploy.plan import Command
from dsdesk.ui.icons import icon
from dsdesk.ui.theme import SPACE
from dsdesk.ui.widgets.text import explanation
from dsdesk.ui.words import _, say

_MOST_LINES = 16
_USUAL_WIDTH = 68 * SPACE  # longer lines bring a scroll bar
_FRAME = """
QPlainTextEdit { border: 1px solid palette(mid); border-radius: 6px; background: palette(alternate-base);
    padding: 4px; }
"""
_FIXED = ("Menlo", "Consolas", "DejaVu Sans Mono", "Liberation Mono", "Noto Sans Mono", "Courier New")


def fixed_font() -> QFont:
    """The system's font of fixed width, in the size of running text; Chinese comes from the program's font."""
    font = QFont(QApplication.font())
    system = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family()
    installed = set(QFontDatabase.families())
    fixed = [name for name in (system, *_FIXED) if name in installed]
    font.setFamilies([*fixed[:1], *font.families()])
    font.setStyleHint(QFont.StyleHint.Monospace)
    return font


class TerminalText(QPlainTextEdit):
    """Read-only lines that grow with their number, up to a limit."""

    def __init__(self, name: str, most_lines: int = _MOST_LINES) -> None:
        super().__init__()
        self._most_lines = most_lines
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setFont(fixed_font())
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setAccessibleName(name)
        self.setStyleSheet(_FRAME)

    def show_text(self, text: str) -> None:
        """Show these lines."""
        self.setPlainText(text)
        lines = min(text.rstrip("\n").count("\n") + 1, self._most_lines)
        longest = max((self.fontMetrics().horizontalAdvance(line) for line in text.splitlines()), default=0)
        bar = self.horizontalScrollBar().sizeHint().height() if longest > _USUAL_WIDTH else 0
        self.setFixedHeight(lines * self.fontMetrics().lineSpacing() + 4 * SPACE + bar)


def copy_button(name: str) -> QToolButton:
    """A button that copies; connect it."""
    button = QToolButton()
    button.setIcon(icon("copy"))
    button.setAutoRaise(True)
    button.setToolTip(name)
    button.setAccessibleName(name)
    return button


class CommandBlock(QWidget):
    """One command: where it is typed, what it does, the line itself."""

    def __init__(self, command: Command) -> None:
        super().__init__()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE // 2)
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        if command.machine:
            where = QLabel(_where(command.machine))
            font = where.font()
            font.setBold(True)
            where.setFont(font)
            row.addWidget(where)
        row.addWidget(explanation(say(command.comment)), 1)
        copy = copy_button(_("Copy the command"))
        copy.clicked.connect(lambda _checked=False: QGuiApplication.clipboard().setText(command.text))
        row.addWidget(copy)
        layout.addLayout(row)
        text = TerminalText(_("Command"))
        text.show_text(command.text)
        layout.addWidget(text)


def _where(machine: str) -> str:
    """Where a command is typed, in words."""
    known = {"every node": _("every node"), "head": _("head"), "worker": _("worker"), "workers": _("workers")}
    kind, _gap, number = machine.rpartition(" ")
    if machine in known:
        return known[machine]
    return f"{known[kind]} {number}" if kind in known else machine
