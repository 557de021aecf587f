"""The way of the Tab key: as one reads, also where fields came in later than what stands below them."""

from collections.abc import Iterator
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QLayout,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QWidget,
)

_WHOLE = (QAbstractButton, QAbstractItemView, QAbstractSpinBox, QComboBox, QLineEdit, QPlainTextEdit)


def in_reading_order(root: QWidget) -> None:
    """Have the Tab key go through what lies in `root` in the order of its layouts."""
    for before, after in pairwise(tuple(_fields(root))):
        QWidget.setTabOrder(before, after)


def _fields(widget: QWidget) -> Iterator[QWidget]:
    if isinstance(widget, _WHOLE):
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            yield widget
        return
    for child in _children(widget):
        yield from _fields(child)


def _children(widget: QWidget) -> Iterator[QWidget]:
    if isinstance(widget, QScrollArea):
        inner = widget.widget()
        yield from (inner,) if inner is not None else ()
    elif isinstance(widget, QSplitter | QStackedWidget):
        yield from (one for at in range(widget.count()) if (one := widget.widget(at)) is not None)
    elif (layout := widget.layout()) is not None:
        yield from _laid_out(layout)


def _laid_out(layout: QLayout) -> Iterator[QWidget]:
    for position in range(layout.count()):
        item = layout.itemAt(position)
        if item is None:
            continue
        if (widget := item.widget()) is not None:
            yield widget
        elif (inner := item.layout()) is not None:
            yield from _laid_out(inner)
