"""The parts of a kind that can be put in: those that go together first, the others with the reason why not."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QColor, QIcon
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QLineEdit, QPushButton

from dsdesk.base.message import N_, Message
from dsdesk.checks.finding import Severity
from dsdesk.hardware.parts import Part
from dsdesk.hardware.vocabulary import PartKind, Shelf
from dsdesk.ui.choices import Choice, Place, put_in, weigh
from dsdesk.ui.desk import Desk
from dsdesk.ui.icons import icon
from dsdesk.ui.itemmodels.table import Column
from dsdesk.ui.part_words import facts, kind_word, short_name
from dsdesk.ui.tasks import Task
from dsdesk.ui.theme import SPACE, status_colour
from dsdesk.ui.widgets.badge import DRAWINGS, Badge, severity_colour
from dsdesk.ui.widgets.card import Card
from dsdesk.ui.widgets.table import Table
from dsdesk.ui.widgets.text import explanation, section
from dsdesk.ui.words import _, say

if TYPE_CHECKING:
    from dsdesk.evaluate import Evaluation

_MOST = 300  # candidates that are tried at once; the search narrows longer lists


class Chooser(Card):
    """Candidates for one place.

    Signals:
        edited: an Edit of the project.
    """

    edited = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._heading: QLabel = section("")
        self.body.addWidget(self._heading)
        self._kind: PartKind | None = None
        self._place = Place(None, None)
        self._evaluation: Evaluation | None = None
        self._task: Task | None = None
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        self._search = QLineEdit()
        self._search.setPlaceholderText(_("Search"))
        self._search.setAccessibleName(_("Search the candidates"))
        self._search.setClearButtonEnabled(True)
        self._search.textChanged.connect(self._look)
        row.addWidget(self._search, 1)
        self._listed = QCheckBox(_("Also &listed only"))
        self._listed.setToolTip(_("Parts of which too little is published to check them"))
        self._listed.toggled.connect(self._look)
        row.addWidget(self._listed)
        self.body.addLayout(row)
        self._table: Table[Choice] = Table(_("Candidates"), self._columns())
        self._table.chosen.connect(self._show_reason)
        self._table.opened.connect(lambda _row: self._put_in())
        self.body.addWidget(self._table, 1)
        self._badge, self._reason = Badge(), explanation()
        self.body.addWidget(self._badge)
        self.body.addWidget(self._reason)
        self._button = QPushButton()
        self._button.setProperty("look", "primary")
        self._button.clicked.connect(self._put_in)
        self.body.addWidget(self._button)

    def show_place(self, evaluation: "Evaluation", kind: PartKind | None, place: Place) -> None:
        """Offer parts of a kind for a place."""
        is_same = (evaluation.project, kind, place) == (
            self._evaluation.project if self._evaluation else None, self._kind, self._place)  # fmt: skip
        if kind is not self._kind:
            self._search.clear()
        self._evaluation, self._kind, self._place = evaluation, kind, place
        if not is_same:
            self._look()

    def _look(self, *_changed: object) -> None:
        evaluation, kind, catalog, place = self._evaluation, self._kind, self._desk.store.catalog, self._place
        if self._task is not None:
            self._task.cancel()
            self._task = None
        if evaluation is None or kind is None or catalog is None:
            self._table.show_rows(())
            self._show_reason(None)
            return
        heading = _("Replace: {kind}", kind=kind_word(kind)) if place.line else kind_word(kind)
        self._heading.setText(heading)
        parts = self._wanted(list(catalog.parts(kind)))
        self._task = self._desk.tasks.run(
            Message(N_("Trying candidates")),
            lambda task: weigh(evaluation, catalog, place, parts, task),
            self._show,
            owner=self,
        )

    def _wanted(self, parts: list[Part]) -> list[Part]:
        words = self._search.text().casefold().split()
        kept = [
            part
            for part in parts
            if (part.shelf is Shelf.BUILDABLE or self._listed.isChecked() or bool(words))
            and all(word in f"{part.full_name} {' '.join(part.aliases)}".casefold() for word in words)
        ]
        if not kept and not words:
            kept = parts  # kinds of which nothing can be checked in full
        return kept[:_MOST]

    def _show(self, choices: tuple[Choice, ...]) -> None:
        self._task = None
        self._table.show_rows(sorted(choices, key=_rank))
        if choices:
            self._table.selectRow(0)
        self._show_reason(self._table.current_row())

    def _name(self, choice: Choice) -> str:
        """What is offered, with how many are needed where none is there yet."""
        name = short_name(choice.part)
        return f"{choice.quantity} × {name}" if choice.quantity > 1 and self._place.line is None else name

    def _columns(self) -> list[Column[Choice]]:
        return [
            Column(
                title=_("Part"),
                text=self._name,
                icon=_verdict_icon,
                tip=_why_not,
                colour=_pale,
                stretches=True,
            ),
            Column(title=_("Facts"), text=lambda choice: facts(choice.part), tip=_why_not, colour=_pale, share=0.56),
        ]

    def _show_reason(self, choice: Choice | None) -> None:
        for widget in (self._badge, self._reason, self._button):
            widget.setVisible(choice is not None)
        if choice is None:
            return
        verdict = choice.verdict
        if verdict is None:
            self._badge.show_good(_("Goes together with the rest"))
        else:
            self._badge.show_severity(verdict)
        told = [say(finding.message) for finding in choice.against]
        if choice.holds is False:
            told.append(_("Not even eight of them hold the model with the headroom."))
        self._reason.setText("\n".join([*told, facts(choice.part)]))
        name = choice.part.name
        if self._place.line is not None:
            self._button.setText(_("Replace by {part}", part=name))
        else:
            self._button.setText(_("Add {count} × {part}", count=choice.quantity, part=name))
        self._button.setEnabled(self._place.line is None or self._place.line.part_id != choice.part.id)

    def _put_in(self) -> None:
        choice = self._table.current_row()
        if choice is not None and self._button.isEnabled():
            self._table.setFocus()  # the button may go; the keyboard stays where the choice was made
            self.edited.emit(put_in(choice, self._place))


def _rank(choice: Choice) -> tuple[int, bool, int, str]:
    verdict = choice.verdict
    return (-1 if verdict is None else int(verdict), choice.holds is False, choice.quantity, choice.part.full_name)


def _verdict_icon(choice: Choice) -> QIcon:
    if choice.verdict is None:
        return icon("good", status_colour("good"), in_table=True)
    return icon(DRAWINGS[choice.verdict], severity_colour(choice.verdict), in_table=True)


def _why_not(choice: Choice) -> str:
    return "\n".join(say(finding.message) for finding in choice.against) or _("Goes together with the rest")


def _pale(choice: Choice) -> QColor | None:
    return severity_colour(Severity.NOTE) if choice.verdict is Severity.ERROR else None
