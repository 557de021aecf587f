"""The parts of a kind that can be put in: those that go together first, the others with the reason why not."""

from decimal import Decimal
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QColor, QIcon
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QLineEdit, QPushButton

from dsdesk.base.message import N_, Message
from dsdesk.base.money import Money
from dsdesk.checks.finding import Severity
from dsdesk.cost.exchange import exchange_of
from dsdesk.cost.lines import choose_price, net_unit
from dsdesk.hardware.parts import Part
from dsdesk.hardware.vocabulary import PartKind, Shelf
from dsdesk.ui.choices import Choice, Place, put_in, weigh
from dsdesk.ui.desk import Desk
from dsdesk.ui.figures import short_money
from dsdesk.ui.icons import icon
from dsdesk.ui.itemmodels.table import Column
from dsdesk.ui.pages.catalogue_compare import MOST, CompareParts
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
        self._tray: tuple[Part, ...] = ()
        self._choices: tuple[Choice, ...] = ()
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
        self._rest = QCheckBox()
        self._rest.toggled.connect(self._fill)
        self.body.addWidget(self._rest)
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
        self.body.addLayout(self._side_by_side())

    def _side_by_side(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self._mark = QPushButton(_("Compare &this"))
        self._mark.clicked.connect(self._take_along)
        self._side = QPushButton()
        self._side.clicked.connect(lambda _checked=False: self._show_side_by_side())
        self._clear = QPushButton(_("Clear"))
        self._clear.setAccessibleName(_("Compare none"))
        self._clear.clicked.connect(lambda: self._fill_tray(()))
        for button in (self._mark, self._side, self._clear):
            row.addWidget(button)
        row.addStretch(1)
        self._fill_tray(())
        return row

    def _show_side_by_side(self) -> None:
        catalog = self._desk.store.catalog
        CompareParts(self.window(), self._tray, catalog.prices if catalog is not None else None).open()

    def _take_along(self) -> None:
        if (choice := self._table.current_row()) is not None:
            self._fill_tray((*self._tray, choice.part))

    def _fill_tray(self, parts: tuple[Part, ...]) -> None:
        """The parts that are compared, the last four of them."""
        self._tray = tuple(dict.fromkeys(parts))[-MOST:]
        self._side.setText(_("Side by side ({count})", count=len(self._tray)))
        self._side.setToolTip(", ".join(part.full_name for part in self._tray))
        self._side.setEnabled(len(self._tray) > 1)
        self._side.setVisible(bool(self._tray))
        self._clear.setVisible(bool(self._tray))

    def show_place(self, evaluation: "Evaluation", kind: PartKind | None, place: Place) -> None:
        """Offer parts of a kind for a place."""
        is_same = (evaluation.project, kind, place) == (
            self._evaluation.project if self._evaluation else None, self._kind, self._place)  # fmt: skip
        if kind is not self._kind:
            self._search.clear()
            self._fill_tray(())
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
        self._choices = tuple(sorted(choices, key=self._rank))
        self._fill()

    def _fill(self, *_changed: object) -> None:
        """Those that fit, with the rest where it is asked for, nothing else fits, or the part in place is one of it."""
        fitting = tuple(choice for choice in self._choices if _fits(choice) or self._is_in_place(choice))
        rest = len(self._choices) - len(fitting)
        self._rest.setText(_("Show the &rest and why not ({count})", count=rest))
        self._rest.setVisible(bool(rest and fitting))
        shown = self._choices if self._rest.isChecked() or not fitting else fitting
        self._table.show_rows(shown)
        if shown:
            in_place = next((choice for choice in shown if self._is_in_place(choice)), shown[0])
            self._table.select_row(in_place)
        self._show_reason(self._table.current_row())

    def _is_in_place(self, choice: Choice) -> bool:
        return self._place.line is not None and self._place.line.part_id == choice.part.id

    def _rank(self, choice: Choice) -> tuple[bool, int, bool, bool, Decimal, str]:
        """Fit first, then price, those without one last, then name."""
        verdict, price = choice.verdict, self._price(choice)
        amount = price.amount if price is not None else Decimal(0)
        unfit = -1 if verdict is None else int(verdict)
        return not _fits(choice), unfit, choice.holds is False, price is None, amount, choice.part.full_name

    def _price(self, choice: Choice) -> Money | None:
        """What so many cost without tax, in the currency of the project; None if not known."""
        catalog, evaluation = self._desk.store.catalog, self._evaluation
        if catalog is None or evaluation is None:
            return None
        cost = evaluation.project.cost
        price = choose_price(catalog.prices(choice.part.id), cost.condition, choice.quantity)
        if price is None:
            return None
        unit = net_unit(price.money, cost, exchange_of(cost, catalog), includes_tax=price.includes_tax)
        return None if unit is None else unit * choice.quantity

    def _price_text(self, choice: Choice) -> str:
        price = self._price(choice)
        return short_money(price) if price is not None else _("price unknown")

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
            Column(title=_("Facts"), text=lambda choice: facts(choice.part), tip=_why_not, colour=_pale, share=0.4),
            Column(title=_("Price"), text=self._price_text, colour=_pale),
        ]

    def _show_reason(self, choice: Choice | None) -> None:
        for widget in (self._badge, self._reason, self._button, self._mark):
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
            told.append(_not_held(choice))
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


def _not_held(choice: Choice) -> str:
    if choice.needed is None:
        return _("Not even eight of them hold the model with the headroom.")
    return _("The model takes {needed} of them with the headroom.", needed=choice.needed)


def _fits(choice: Choice) -> bool:
    return choice.verdict is not Severity.ERROR and choice.holds is not False


def _verdict_icon(choice: Choice) -> QIcon:
    if choice.verdict is None:
        return icon("good", status_colour("good"), in_table=True)
    return icon(DRAWINGS[choice.verdict], severity_colour(choice.verdict), in_table=True)


def _why_not(choice: Choice) -> str:
    return "\n".join(say(finding.message) for finding in choice.against) or _("Goes together with the rest")


def _pale(choice: Choice) -> QColor | None:
    return severity_colour(Severity.NOTE) if choice.verdict is Severity.ERROR else None
