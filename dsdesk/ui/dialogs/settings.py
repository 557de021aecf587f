"""The preferences, built from the declaration in `dsdesk.ui.settings`."""

from collections.abc import Callable
from dataclasses import Field, fields, replace
from enum import StrEnum
from typing import Any

from PySide6.QtWidgets import QCheckBox, QDialog, QDialogButtonBox, QDoubleSpinBox, QVBoxLayout, QWidget

from dsdesk.ui.settings import WORDS, Settings
from dsdesk.ui.theme import SPACE
from dsdesk.ui.widgets.fields import Choice, Form
from dsdesk.ui.words import _


class SettingsDialog(QDialog):
    """One row a preference; `settings()` is what was chosen."""

    def __init__(self, parent: QWidget, settings: Settings) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Settings"))
        self._before = settings
        self._read: dict[str, Callable[[], Any]] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * SPACE, 3 * SPACE, 3 * SPACE, 2 * SPACE)
        layout.setSpacing(3 * SPACE)
        form = Form()
        layout.addLayout(form)
        for one in fields(Settings):
            if one.metadata:
                field = self._field(one, getattr(settings, one.name))
                title, explanation = one.metadata["title"], one.metadata["explanation"]
                form.add(_(title), field, _(explanation) if explanation else "")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)
        self.setMinimumWidth(64 * SPACE)

    def _field(self, declared: "Field[Any]", value: StrEnum | float) -> QWidget:
        if isinstance(value, StrEnum):
            choice = Choice([(one, _(WORDS[one]) if one in WORDS else one.value) for one in type(value)])
            choice.show_key(value)
            self._read[declared.name] = lambda: type(value)(choice.key())
            return choice
        if isinstance(value, bool):
            box = QCheckBox()
            box.setChecked(value)
            self._read[declared.name] = box.isChecked
            return box
        spin = QDoubleSpinBox()
        spin.lineEdit().setTextMargins(4, 0, 0, 0)
        spin.setDecimals(1)
        spin.setSingleStep(0.5)
        spin.setRange(declared.metadata["minimum"], declared.metadata["maximum"])
        spin.setValue(value)
        self._read[declared.name] = spin.value
        return spin

    def settings(self) -> Settings:
        """What is chosen now."""
        return replace(self._before, **{name: read() for name, read in self._read.items()})
