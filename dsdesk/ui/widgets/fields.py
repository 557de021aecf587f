"""Fields of a form: numbers with their unit, closed choices; all shown without signalling, and named by their label."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from PySide6.QtCore import QRect, QSignalBlocker, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from dsdesk.base.units import Quantity, Unit
from dsdesk.ui.theme import SMALL, SPACE, sized
from dsdesk.ui.widgets.text import explanation
from dsdesk.ui.words import _

_ONE_EACH = 1.0
_INDENT = (4, 0, 0, 0)  # a style sheet's padding does not reach the field inside a spin box
_Field = TypeVar("_Field", bound=QWidget)


class _Calm:
    """A wheel turned over a field that nobody is in scrolls the page instead of changing a number unseen."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Turn only when somebody is in it."""
        if self.hasFocus():  # type: ignore[attr-defined]
            super().wheelEvent(event)  # type: ignore[misc]
        else:
            event.ignore()


class QuantitySpin(_Calm, QDoubleSpinBox):
    """A number in the unit that people read, kept in the base unit; empty where it is not known.

    `value()` is what is shown; use `quantity()` and `show_quantity()`.
    """

    def __init__(
        self, unit: Unit, *, maximum: float, decimals: int = 0, step: float = 1.0, optional: bool = False
    ) -> None:
        super().__init__()
        self._unit_scale = Quantity(_ONE_EACH, unit).shown()
        self._optional = optional
        self.lineEdit().setTextMargins(*_INDENT)
        self.setDecimals(decimals)
        self.setMaximum(maximum)
        self.setSingleStep(step)
        self.setGroupSeparatorShown(True)
        self.setKeyboardTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumWidth(17 * SPACE)
        if unit is not Unit.COUNT:
            self.setSuffix(f"\N{NO-BREAK SPACE}{_(unit.value) if unit is Unit.TOKEN else unit.value}")
        if optional:
            self.setSpecialValueText(_("not given"))

    def quantity(self) -> float | None:
        """The number in the base unit; None when it is not given."""
        if self._optional and self.value() == self.minimum():
            return None
        return self.value() / self._unit_scale

    def show_quantity(self, value: float | None) -> None:
        """Show a number of the base unit, without a signal."""
        shown = self.minimum() if value is None else value * self._unit_scale
        if round(shown, self.decimals()) != self.value():
            with QSignalBlocker(self):
                self.setValue(shown)


class CountSpin(_Calm, QSpinBox):
    """A whole number."""

    def __init__(
        self, *, minimum: int = 0, maximum: int = 1_000_000_000, suffix: str = "", optional: bool = False
    ) -> None:
        super().__init__()
        self._optional = optional
        self.lineEdit().setTextMargins(*_INDENT)
        self.setRange(minimum, maximum)
        self.setGroupSeparatorShown(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumWidth(15 * SPACE)
        if suffix:
            self.setSuffix(f"\N{NO-BREAK SPACE}{suffix}")
        if optional:
            self.setSpecialValueText(_("not given"))

    def count(self) -> int | None:
        """The number; None when it is not given."""
        return None if self._optional and self.value() == self.minimum() else self.value()

    def show_count(self, value: int | None) -> None:
        """Show a number, without a signal."""
        shown = self.minimum() if value is None else value
        if shown != self.value():
            with QSignalBlocker(self):
                self.setValue(shown)


class Choice(_Calm, QComboBox):
    """A closed choice of keys, each with its words; a key may be refused with a reason."""

    def __init__(self, choices: Iterable[tuple[Any, str]] = ()) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.offer([(key, words, "") for key, words in choices])

    def offer(self, choices: Iterable[tuple[Any, str, str]]) -> None:
        """Offer these (key, words, reason why it cannot be chosen or "") and keep what is chosen, without a signal."""
        kept = self.key()
        with QSignalBlocker(self):
            self.clear()
            for position, (key, words, refused) in enumerate(choices):
                self.addItem(words, key)
                if refused:
                    self.setItemData(position, refused, Qt.ItemDataRole.ToolTipRole)
                    self.setItemData(position, False, _ENABLED)
        self.show_key(kept)

    def key(self) -> Any:  # noqa: ANN401 - whatever was offered
        """The key that is chosen."""
        return self.currentData()

    def show_key(self, key: object) -> None:
        """Show a key as chosen, without a signal."""
        position = self.findData(key)
        if position != self.currentIndex():
            with QSignalBlocker(self):
                self.setCurrentIndex(position)


_ENABLED = Qt.ItemDataRole.UserRole - 1  # the role under which QStandardItemModel keeps the flags of an item


def show_text(field: QLineEdit, text: str) -> None:
    """Show a text, without a signal and without moving the cursor of somebody who types."""
    if field.text() != text:
        with QSignalBlocker(field):
            field.setText(text)


def show_checked(field: QCheckBox, is_checked: bool) -> None:
    """Show a mark, without a signal."""
    with QSignalBlocker(field):
        field.setChecked(is_checked)


class Form(QFormLayout):
    """A form in which every field is named by its label (and so for a screen reader) and may carry a hint."""

    def __init__(self) -> None:
        super().__init__()
        self.setHorizontalSpacing(2 * SPACE)
        self.setVerticalSpacing(SPACE + SPACE // 2)
        self.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        self.setRowWrapPolicy(QFormLayout.RowWrapPolicy.DontWrapRows)

    def add(self, label: str, field: _Field, hint: str = "") -> _Field:
        """Add a row; `label` may carry a mnemonic ("&Users")."""
        if not hint:
            self.addRow(label, field)
            return field
        both = QWidget()
        both.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        layout = QVBoxLayout(both)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(field, 0, Qt.AlignmentFlag.AlignLeft)
        said = explanation(hint)
        sized(said, SMALL)
        layout.addWidget(said)
        self.addRow(label, both)
        words = self.labelForField(both)
        if isinstance(words, QLabel):
            words.setBuddy(field)
        field.setAccessibleName(label.replace("&", ""))
        field.setAccessibleDescription(hint)
        return field

    def setGeometry(self, rect: QRect) -> None:
        """Work out the heights of the hints anew at another width: Qt keeps those of the width that it asked about."""
        if rect.width() != self.geometry().width():
            self.invalidate()
        super().setGeometry(rect)


def on_change(field: QWidget, act: Callable[[], object]) -> None:
    """Call `act` when the user changed `field`."""
    if isinstance(field, QComboBox):
        field.activated.connect(lambda _position: act())
    elif isinstance(field, QSpinBox | QDoubleSpinBox):
        field.valueChanged.connect(lambda _value: act())
    elif isinstance(field, QCheckBox):
        field.clicked.connect(lambda _checked: act())
    elif isinstance(field, QLineEdit):
        field.textEdited.connect(lambda _text: act())
    else:
        raise TypeError(f"no form field: {type(field).__name__}")
