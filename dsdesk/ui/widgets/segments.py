"""A row of buttons of which one is pressed: a short closed choice that stays in view."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QSizePolicy, QWidget

from dsdesk.ui.theme import SPACE


class Segments(QWidget):
    """The row.

    Signals:
        chosen: the key of the button that was pressed.
    """

    chosen = Signal(object)

    def __init__(self, name: str, choices: Sequence[tuple[object, str]]) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE // 2)
        self._group = QButtonGroup(self)
        self._keys = [key for key, _words in choices]
        for position, (_key, words) in enumerate(choices):
            button = QPushButton(words)
            button.setCheckable(True)
            self._group.addButton(button, position)
            layout.addWidget(button)
            button.ensurePolished()  # its size follows the style sheet, which the layout must know
        self._group.button(0).setChecked(True)
        self._group.idClicked.connect(lambda position: self.chosen.emit(self._keys[position]))

    def key(self) -> object:
        """What is chosen."""
        return self._keys[self._group.checkedId()]

    def show_key(self, key: object) -> None:
        """Show a key as chosen, without a signal."""
        if key in self._keys:
            self._group.button(self._keys.index(key)).setChecked(True)
