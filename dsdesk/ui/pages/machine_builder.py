"""The builder on the Machine page: what is asked for at the left, the machine with its proof at the right."""

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from dsdesk.base.message import N_, Message
from dsdesk.base.money import Money
from dsdesk.hardware.vocabulary import PartKind, Shelf
from dsdesk.project.edits import change_cost
from dsdesk.ui.desk import Desk
from dsdesk.ui.figures import DASH, price_text, short_money, speed_text, wall_text
from dsdesk.ui.icons import icon
from dsdesk.ui.itemmodels.table import Column
from dsdesk.ui.theme import SPACE
from dsdesk.ui.widgets.badge import Badge
from dsdesk.ui.widgets.card import Card, Stacked
from dsdesk.ui.widgets.fields import Choice, CountSpin, Form, on_change, show_checked
from dsdesk.ui.widgets.table import Table
from dsdesk.ui.widgets.text import explanation, paragraph, section
from dsdesk.ui.words import _, say

if TYPE_CHECKING:
    from dsdesk.cost.lines import PricedLine
    from dsdesk.design.wish import Way
    from dsdesk.evaluate import Evaluation

_LARGEST_BUDGET = 1_000_000_000
_LINES_HIGH = 36 * SPACE


class BuilderPane(QWidget):
    """Wish and answer.

    Signals:
        edited: an Edit of the project.
    """

    edited = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk, self._building = desk, desk.building
        self._evaluation: Evaluation | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * SPACE)
        row.addWidget(_scrolling(self._wish_card()), 2)
        self._right = QScrollArea()
        self._right.setFrameShape(QFrame.Shape.NoFrame)
        self._right.setWidgetResizable(True)
        self._right.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        row.addWidget(self._right, 3)
        self._told: object = None
        self._building.changed.connect(self._show)
        self._show()

    # ---------------------------------------------------------------------------------------------------- the wish

    def _wish_card(self) -> Card:
        card = Card(_("The best machine for this model"))
        card.body.addWidget(explanation(_("Model, users and wanted speed are taken from their pages.")))
        form = Form()
        card.body.addLayout(form)
        starts = [("nothing", _("an empty list")), ("list", _("my list: complete it")),
                  ("machine", _("my machine: upgrade it"))]  # fmt: skip
        goals = [("cheapest", _("cheapest")), ("fastest", _("fastest")), ("value", _("most tokens for the money")),
                 ("quietest", _("least heat"))]  # fmt: skip
        forms = [("any", _("any")), ("desktop", _("desktop")), ("tower", _("tower")), ("rack", _("rack"))]
        self._start = form.add(_("&Begin with"), Choice(starts))
        self._goal = form.add(_("Best &is"), Choice(goals))
        self._form = form.add(_("&Form"), Choice(forms))
        self._budget = form.add(_("B&udget"), CountSpin(maximum=_LARGEST_BUDGET, optional=True))
        self._budget.setSingleStep(1000)
        self._card = form.add(_("Acce&lerator"), Choice([("", _("any"))]))
        self._card.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._card.setMinimumWidth(30 * SPACE)
        self._count = form.add(_("&How many"), CountSpin(maximum=1024, optional=True))
        self._offload = QCheckBox(_("Layers may lie in host &memory"))
        self._offload.setToolTip(
            _("With llama.cpp, ik_llama.cpp and KTransformers: fewer accelerators, slower answers.")
        )
        form.addRow("", self._offload)
        for field in (self._start, self._goal, self._form, self._card, self._count, self._offload):
            on_change(field, self._want)
        on_change(self._budget, self._change_budget)
        self._fixed = QVBoxLayout()
        self._fixed.setSpacing(SPACE // 2)
        card.body.addLayout(self._fixed)
        buttons = QHBoxLayout()
        self._find = QPushButton(icon("magic"), _("Fin&d it"))
        self._find.setProperty("look", "primary")
        self._find.clicked.connect(lambda _checked=False: self._building.find())
        self._stop = QPushButton(_("&Stop"))
        self._stop.setToolTip(_("What has been found so far is shown then, without a proof."))
        self._stop.clicked.connect(self._building.stop)
        buttons.addWidget(self._find)
        buttons.addWidget(self._stop)
        buttons.addStretch(1)
        card.body.addLayout(buttons)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._doing = explanation()
        card.body.addWidget(self._bar)
        card.body.addWidget(self._doing)
        card.body.addStretch(1)
        return card

    def _want(self) -> None:
        self._building.want(
            replace(
                self._building.wanted,
                start=self._start.key(),
                objective=self._goal.key(),
                form=self._form.key(),
                accelerator_id=self._card.key() or "",
                count=self._count.count(),
                offload=self._offload.isChecked(),
            )
        )

    def _change_budget(self) -> None:
        if self._evaluation is None:
            return
        amount, currency = self._budget.count(), self._evaluation.project.cost.currency
        budget = None if amount is None else Money(Decimal(amount), currency)
        self.edited.emit(change_cost(Message(N_("Change the budget")), "budget", budget=budget))

    def show_evaluation(self, evaluation: "Evaluation") -> None:
        """Follow the project."""
        first = self._evaluation is None
        self._evaluation = evaluation
        cost = evaluation.project.cost
        self._budget.setSuffix(f"\N{NO-BREAK SPACE}{cost.currency}")
        self._budget.show_count(None if cost.budget is None else int(cost.budget.amount))
        if first:
            self._offer_cards()
        self._show()

    def _offer_cards(self) -> None:
        catalog = self._desk.store.catalog
        if catalog is None:
            return
        cards = catalog.parts(PartKind.ACCELERATOR, Shelf.BUILDABLE)
        named = sorted((part.name, part.id) for part in cards)
        self._card.offer([("", _("any"), ""), *((part_id, name, "") for name, part_id in named)])
        self._card.show_key(self._building.wanted.accelerator_id)

    # ------------------------------------------------------------------------------------------------- the answer

    def _show(self) -> None:
        building, wanted = self._building, self._building.wanted
        show_checked(self._offload, wanted.offload)
        for field, key in ((self._start, wanted.start), (self._goal, wanted.objective), (self._form, wanted.form),
                           (self._card, wanted.accelerator_id)):  # fmt: skip
            field.show_key(key)
        self._count.show_count(wanted.count)
        self._show_progress()
        told = (building.answer, building.shown, building.points, building.refused, building.is_stale, wanted)
        if self._told is not None and told == self._told:
            return
        self._told = told
        self._show_fixed()
        self._right.setWidget(self._answer())

    def _show_progress(self) -> None:
        task = self._building.task
        self._find.setEnabled(task is None)
        for widget in (self._stop, self._bar, self._doing):
            widget.setVisible(task is not None)
        if task is not None:
            self._bar.setRange(0, 0 if task.fraction is None else 100)
            self._bar.setValue(round(100 * (task.fraction or 0.0)))
            self._doing.setText(say(task.doing or task.title))

    def _show_fixed(self) -> None:
        while (item := self._fixed.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        wanted = self._building.wanted
        for part_id in wanted.pinned:
            self._fixed.addWidget(self._fixed_row(_("Must be in it: {part}", part=self._name(part_id)), part_id))
        for part_id in wanted.banned:
            self._fixed.addWidget(self._fixed_row(_("Must not be in it: {part}", part=self._name(part_id)), part_id))

    def _fixed_row(self, text: str, part_id: str) -> QWidget:
        both = QWidget()
        row = QHBoxLayout(both)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(explanation(text), 1)
        release = QPushButton(_("Release"))
        release.setProperty("look", "link")
        release.setAccessibleDescription(text)
        release.clicked.connect(lambda: self._building.release(part_id))
        row.addWidget(release)
        return both

    def _name(self, part_id: str) -> str:
        catalog = self._desk.store.catalog
        part = catalog.part(part_id) if catalog is not None else None
        return part.full_name if part is not None else part_id

    def _answer(self) -> QWidget:
        from dsdesk.design.wish import NoAnswer

        inner = Stacked()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, SPACE, 0)
        column.setSpacing(2 * SPACE)
        building = self._building
        if building.refused is not None:
            column.addWidget(paragraph(say(building.refused)))
        elif building.shown is not None:
            column.addWidget(self._found_card())
        elif isinstance(building.answer, NoAnswer):
            column.addWidget(self._refusal(building.answer.because))
            for way in (*building.answer.conflict, *building.answer.others):
                column.addWidget(self._way(way))
        else:
            text = _("The builder tries every machine that the catalogue allows and proves that none is better.")
            column.addWidget(explanation(text))
        column.addStretch(1)
        return inner

    def _refusal(self, because: Message) -> Card:
        card = Card(_("There is no such machine"))
        card.body.addWidget(paragraph(say(because)))
        return card

    def _way(self, way: "Way") -> Card:
        card = Card()
        card.body.addWidget(explanation(_("Instead of: {demand}", demand=say(way.text))))
        if way.change is None or way.wish is None:
            if way.why_none is not None:
                card.body.addWidget(paragraph(say(way.why_none)))
            return card
        heading = section(say(way.change))
        heading.setWordWrap(True)
        card.body.addWidget(heading)
        button = QPushButton(_("&Do that, and search again"))
        button.setAccessibleDescription(say(way.change))
        button.clicked.connect(lambda: self._give_way(way))
        card.body.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        return card

    def _give_way(self, way: "Way") -> None:
        if way.edit is not None:
            self.edited.emit(way.edit)
        elif way.wish is not None:
            wanted, wish = self._building.wanted, way.wish
            self._building.want(replace(wanted, form=wish.form.value, accelerator_id=wish.accelerator_id,
                                        count=wish.count, pinned=wish.pinned, banned=wish.banned))  # fmt: skip
        self._building.find(way.wish)

    def _found_card(self) -> Card:
        shown, building = self._building.shown, self._building
        assert shown is not None
        figures = (price_text(shown.evaluation)[0], speed_text(shown.evaluation)[0], wall_text(shown.evaluation)[0])
        card = Card("  ·  ".join(figures))
        if building.is_stale:
            card.body.addWidget(Badge("warning", _("The project asks for something else by now; search again.")))
        self._add_proof(card)
        table: Table[PricedLine] = Table(_("Parts of the machine that was found"), _columns())
        table.setMinimumHeight(_LINES_HIGH)
        table.show_rows(shown.evaluation.cost.lines)
        card.body.addWidget(table)
        buttons = QHBoxLayout()
        put = QPushButton(_("&Put it into the project"))
        put.setProperty("look", "primary")
        put.clicked.connect(building.put_in)
        keep, never = QPushButton(_("&Must be in it")), QPushButton(_("Must &not be in it"))
        for button, act in ((keep, building.pin), (never, building.ban)):
            button.setEnabled(False)
            button.clicked.connect(lambda _checked=False, act=act: _on_part(table, act))
            table.chosen.connect(lambda row, button=button: button.setEnabled(row is not None))
        for button in (put, keep, never):
            buttons.addWidget(button)
        buttons.addStretch(1)
        card.body.addLayout(buttons)
        self._add_walk(card)
        return card

    def _add_proof(self, card: Card) -> None:
        from dsdesk.design.wish import BuildAnswer

        answer, shown = self._building.answer, self._building.shown
        if shown is not None and shown.point is not None:
            card.body.addWidget(paragraph(_("On the frontier: nothing as cheap is faster by more than 2 %.")))
        elif isinstance(answer, BuildAnswer):
            proof = [say(text) for text in answer.proof]
            card.body.addWidget(paragraph(proof[0]))
            card.body.addWidget(explanation("\n".join(proof[1:])))

    def _add_walk(self, card: Card) -> None:
        building = self._building
        if not building.points:
            walk = QPushButton(_("&Walk from cheap to fast"))
            walk.clicked.connect(building.walk)
            card.body.addWidget(walk, 0, Qt.AlignmentFlag.AlignLeft)
            return
        place = building.shown.point if building.shown is not None and building.shown.point is not None else 0
        point = building.points[place]
        text = _("{at} of {all}: {accelerators}, {money}", at=place + 1, all=len(building.points),
                 accelerators=point.accelerators, money=short_money(point.total))  # fmt: skip
        card.body.addWidget(paragraph(text))
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setAccessibleName(_("From cheap to fast"))
        slider.setRange(0, len(building.points) - 1)
        slider.setValue(place)
        slider.setTracking(False)
        slider.valueChanged.connect(building.look_at)
        card.body.addWidget(slider)


def _on_part(table: "Table[PricedLine]", act: "object") -> None:
    line = table.current_row()
    if line is not None and callable(act):
        act(line.part_id)


def _columns() -> "list[Column[PricedLine]]":
    return [
        Column(title=_("Pieces"), text=lambda line: str(line.quantity), is_number=True),
        Column(title=_("Part"), text=lambda line: line.name, tip=lambda line: line.name, stretches=True),
        Column(
            title=_("Price"),
            text=lambda line: _("owned") if line.basis == "owned" else short_money(line.net) if line.net else DASH,
            is_number=True,
        ),
    ]


def _scrolling(inner: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(inner)
    return area
