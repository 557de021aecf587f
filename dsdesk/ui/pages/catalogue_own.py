"""A part of the user's own: a form for each kind, made from the fields of its dataclass."""

import types
from collections.abc import Callable
from dataclasses import MISSING, fields, replace
from datetime import date
from enum import StrEnum
from typing import Any, Union, get_args, get_origin, get_type_hints

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFrame, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from dsdesk.base.message import N_, Message
from dsdesk.base.source import Source
from dsdesk.hardware.parts import CLASS_OF_KIND, Part
from dsdesk.hardware.vocabulary import PartKind, PcieLink
from dsdesk.ui.pages.catalogue_words import label, shown_fields, unit_of, word
from dsdesk.ui.part_words import kind_word
from dsdesk.ui.theme import SPACE, status_colour
from dsdesk.ui.widgets.fields import Choice, Form, on_change
from dsdesk.ui.widgets.text import explanation, section
from dsdesk.ui.words import _, say

_WIDE = 30 * SPACE
_NOT_TYPED = frozenset({"slots", "network_ports", "ports", "bays", "runtime", "radiators"})  # tables of their own

Read = Callable[[], Any]


class OwnPartDialog(QDialog):
    """Asks for the facts of a part.

    Signals:
        entered: the Part, complete as far as it goes.

    Attributes:
        editors: where each field is typed.
    """

    entered = Signal(object)

    def __init__(self, parent: QWidget | None, kind: PartKind = PartKind.ACCELERATOR) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("A part of your own"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * SPACE, 3 * SPACE, 3 * SPACE, 2 * SPACE)
        layout.setSpacing(SPACE)
        layout.addWidget(section(_("A part of your own")))
        told = _("Leave empty what is not published: it is not guessed, and what needs it is said to be unchecked.")
        layout.addWidget(explanation(told + " " + _("What has a * must be given.")))
        top = Form()
        self._kind = top.add(_("&Kind"), Choice([(one, kind_word(one)) for one in PartKind]))
        self._kind.show_key(kind)
        on_change(self._kind, self._build)
        layout.addLayout(top)
        self._area = QScrollArea()
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        layout.addWidget(self._area, 1)
        self._wrong = explanation()
        palette = self._wrong.palette()
        palette.setColor(self._wrong.foregroundRole(), status_colour("error"))
        self._wrong.setPalette(palette)
        self._wrong.hide()
        layout.addWidget(self._wrong)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self._enter)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)
        self._readers: dict[str, Read] = {}
        self.editors: dict[str, QWidget] = {}
        self._build()
        self.resize(80 * SPACE, 84 * SPACE)

    def _build(self) -> None:
        kind = PartKind(self._kind.key())  # Qt hands a plain text back
        inner = QWidget()
        form = Form()
        inner.setLayout(form)
        hints = get_type_hints(CLASS_OF_KIND[kind])
        required = _required(CLASS_OF_KIND[kind])
        typed = self._typed()
        self._readers, self.editors = {}, {}
        for name in shown_fields(kind):
            if name in _NOT_TYPED:
                continue
            widget, read, hint = _editor(name, hints[name])
            unit = unit_of(name)
            words = label(name) + (f" [{unit.text}]" if unit else "") + (" *" if name in required else "")
            form.add(words, widget, hint)
            widget.setAccessibleName(words)
            self._readers[name], self.editors[name] = read, widget
            if isinstance(widget, QLineEdit) and name in typed:
                widget.setText(typed[name])
        self._area.setWidget(inner)

    def _typed(self) -> dict[str, str]:
        """What was typed so far; a field that the other kind has as well keeps it."""
        return {name: one.text() for name, one in self.editors.items() if isinstance(one, QLineEdit) and one.text()}

    def _enter(self) -> None:
        try:
            part = self.part()
        except ValueError as problem:
            message = getattr(problem, "message", None)
            self._wrong.setText(say(message) if isinstance(message, Message) else str(problem))
            self._wrong.show()
            return
        self.entered.emit(part)
        self.accept()

    def part(self) -> Part:
        """The part as typed.

        Raises:
            ValueError: a field is missing or does not fit; it carries a `message`.
        """
        from dsdesk.catalog.completeness import shelf_of
        from dsdesk.catalog.fields import record

        kind = PartKind(self._kind.key())  # Qt hands a plain text back
        values: dict[str, Any] = {"id": "", "kind": kind.value}
        for name, read in self._readers.items():
            value = read()
            if value not in (None, "", []):
                unit = unit_of(name)
                key = name.removesuffix(unit.ending) + unit.key if unit else name
                values[key] = value
        for name in ("manufacturer", "name"):
            if not values.get(name):
                raise OwnPartError(Message(N_("{field} is missing."), field=label(name)))
        made: Part = record(CLASS_OF_KIND[kind], values)
        typed = replace(made, sources=(Source("user", date.today().isoformat()),))
        return replace(typed, shelf=shelf_of(typed))


class OwnPartError(ValueError):
    """Something is missing.

    Attributes:
        message: what.
    """

    def __init__(self, message: Message) -> None:
        super().__init__(message.text)
        self.message = message


def _required(kind: type[Part]) -> set[str]:
    return {one.name for one in fields(kind) if one.default is MISSING and one.default_factory is MISSING}


def _editor(name: str, hint: object) -> tuple[QWidget, Read, str]:
    """The widget of a field by its type, how it is read, and what to say below it."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        (hint,) = (one for one in arguments if one is not type(None))
        origin, arguments = get_origin(hint), get_args(hint)
    if hint is bool:
        choice = Choice([(None, _("not given")), (True, _("yes")), (False, _("no"))])
        return choice, choice.key, ""
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        choice = Choice([(None, _("not given")), *((one.value, word(one)) for one in hint)])
        return choice, choice.key, ""
    line = QLineEdit()
    line.setMinimumWidth(_WIDE)
    if origin is tuple:
        return _listed(line, arguments[0])
    if hint in (int, float):
        return line, lambda: _number(name, line.text()), ""
    return line, lambda: line.text().strip(), _("Such as 5x16.") if hint is PcieLink else ""


def _listed(line: QLineEdit, item: object) -> tuple[QWidget, Read, str]:
    if get_origin(item) is tuple:
        return line, lambda: _pairs(line.text()), _("Such as 12v_2x6=1, pcie_8pin=2.")
    words = ""
    if isinstance(item, type) and issubclass(item, StrEnum):
        words = _("Of these: {choices}.", choices=tuple(one.value for one in item))
    return line, lambda: _words(line.text()), words or _("Several with commas between.")


def _words(text: str) -> list[str]:
    return [one.strip() for one in text.replace("，", ",").split(",") if one.strip()]


def _pairs(text: str) -> dict[str, int]:
    found = {}
    for one in _words(text):
        key, _equals, number = one.partition("=")
        found[key.strip()] = int(_number(key, number) or 0)
    return found


def _number(name: str, text: str) -> float | None:
    if not text.strip():
        return None
    try:
        number = float(text.replace(",", "").strip())
    except ValueError:
        raise OwnPartError(Message(N_("{field}: {text} is not a number."), field=label(name), text=text)) from None
    return int(number) if number.is_integer() else number
