"""The form of the quote's terms: a card a group, and the services asked for."""

from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from dsdesk.base.message import N_, Message
from dsdesk.project.edits import Edit, change_quote
from dsdesk.project.project import Project, QuoteTerms
from dsdesk.ui.pages.quote_fields import GROUPS, Bound, DateLine, Field, TextArea, bind
from dsdesk.ui.theme import SPACE
from dsdesk.ui.widgets.card import Card
from dsdesk.ui.widgets.fields import Form, on_change, show_checked
from dsdesk.ui.widgets.text import explanation
from dsdesk.ui.words import _, say


class TermsForm(QScrollArea):
    """All fields of QuoteTerms.

    Signals:
        edited: an Edit of the project.
    """

    edited = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.viewport().setAutoFillBackground(False)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, SPACE, 0)
        column.setSpacing(2 * SPACE)
        self._bound: dict[str, Bound] = {}
        for heading, fields in GROUPS:
            column.addWidget(self._group(_(heading), fields))
        self._services = Services()
        self._services.changed.connect(lambda: self._change("services", self._services.chosen()))
        self._services.optioned.connect(lambda: self._change("options", self._services.options()))
        column.insertWidget(column.count() - 2, self._services)
        column.addStretch(1)
        self.setWidget(inner)
        self.setMinimumWidth(inner.sizeHint().width() + 3 * SPACE)

    def _group(self, heading: str, fields: tuple[Field, ...]) -> Card:
        card = Card(heading)
        form = Form()
        card.body.addLayout(form)
        for field in fields:
            bound = bind(field, partial(self._read, field.name))
            self._bound[field.name] = bound
            name = f"{heading}: {_(field.label)}" if "." in field.name else _(field.label)
            form.add(_(field.label), bound.widget, _(field.hint) if field.hint else "")
            target = bound.widget.line if isinstance(bound.widget, DateLine) else bound.widget
            target.setAccessibleName(name)
        return card

    def _read(self, name: str) -> None:
        self._change(name, self._bound[name].read())

    def _change(self, name: str, value: object) -> None:
        self.edited.emit(terms_edit(name, value))

    def show_terms(self, terms: QuoteTerms) -> None:
        """Show the terms of the project."""
        for name, bound in self._bound.items():
            party, _dot, field = name.rpartition(".")
            holder: Any = getattr(terms, party) if party else terms
            bound.show(getattr(holder, field))
        self._services.show_services(terms.services, terms.options)


def terms_edit(name: str, value: object) -> Edit:
    """An edit that sets one field of the terms; typing in it is one step of undo."""
    text, key = Message(N_("Change the terms of the quote")), f"quote.{name}"
    party, _dot, field = name.rpartition(".")
    if not party:
        return change_quote(text, key, **{field: value})

    def apply(project: Project) -> Project:
        company = replace(getattr(project.quote, party), **{field: value})
        return replace(project, quote=replace(project.quote, **{party: company}))

    return Edit(text, apply, key)


class Services(Card):
    """The usual services to tick, others in the user's own words.

    Signals:
        changed: the user ticked or typed.
        optioned: the user typed an option.
    """

    changed = Signal()
    optioned = Signal()

    def __init__(self) -> None:
        from dsdesk.quote.services import NONE, SERVICES

        super().__init__(_("Services"))
        self.body.addWidget(explanation(_("With nothing ticked the usual ones are asked for.")))
        self._boxes: dict[str, QCheckBox] = {}
        self._none = NONE
        for key, words in {**SERVICES, NONE: Message(N_("No services: the goods alone"))}.items():
            box = QCheckBox(say(words))
            on_change(box, self.changed.emit)
            self._boxes[key] = box
            self.body.addWidget(box)
        label = QLabel(_("Others, one a line"))
        self._others = TextArea()
        self._others.setAccessibleName(_("Other services"))
        label.setBuddy(self._others)
        self._others.typed.connect(self.changed)
        self.body.addWidget(label)
        self.body.addWidget(self._others)
        label = QLabel(_("Options, one a line"))
        self._options = TextArea()
        self._options.setAccessibleName(_("Options"))
        self._options.setToolTip(_("Such as a second power supply: priced apart and in none of the totals."))
        label.setBuddy(self._options)
        self._options.typed.connect(self.optioned)
        self.body.addWidget(label)
        self.body.addWidget(self._options)

    def chosen(self) -> tuple[str, ...]:
        """Keys of what is ticked, then the user's own words; "none" stands alone."""
        if self._boxes[self._none].isChecked():
            return (self._none,)
        ticked = [key for key, box in self._boxes.items() if box.isChecked()]
        return (*ticked, *_lines_in(self._others))

    def options(self) -> tuple[str, ...]:
        """The user's own words for what is priced apart."""
        return _lines_in(self._options)

    def show_services(self, services: tuple[str, ...], options: tuple[str, ...]) -> None:
        """Show what the terms ask for."""
        for key, box in self._boxes.items():
            show_checked(box, key in services)
            box.setEnabled(key == self._none or self._none not in services)
        self._others.setEnabled(self._none not in services)
        others = tuple(one for one in services if one not in self._boxes)
        for area, own in ((self._others, others), (self._options, options)):
            if own != _lines_in(area):  # somebody who begins a new line keeps it
                area.show_text("\n".join(own))


def _lines_in(area: TextArea) -> tuple[str, ...]:
    return tuple(line.strip() for line in area.toPlainText().splitlines() if line.strip())
