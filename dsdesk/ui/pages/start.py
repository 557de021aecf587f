"""Start: a new project from one question, from one of the guide's schemes, from this machine; or one of the recent."""

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCompleter, QGridLayout, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from dsdesk.base.errors import DsdeskError
from dsdesk.base.message import N_, Message
from dsdesk.base.money import Money
from dsdesk.project.edits import Edit
from dsdesk.project.project import CostAssumptions, Project
from dsdesk.ui.autosave import Recovered, forget_recovered, recovered
from dsdesk.ui.building import Wanted
from dsdesk.ui.desk import Desk
from dsdesk.ui.dialogs import ask
from dsdesk.ui.icons import icon
from dsdesk.ui.nodes import in_words
from dsdesk.ui.pages.page import Page
from dsdesk.ui.theme import SPACE
from dsdesk.ui.widgets.card import Card, Tile
from dsdesk.ui.widgets.fields import Choice, CountSpin, Form
from dsdesk.ui.widgets.text import explanation, paragraph, section
from dsdesk.ui.words import _

if TYPE_CHECKING:
    from dsdesk.evaluate import Evaluation
    from dsdesk.llm.architecture import Llm

_SCHEMES = {
    "scheme-1": ("accelerator", N_("One developer"), N_("Ryzen 9 7950X, 2 × RTX 4090: the small models")),
    "scheme-2": ("platform", N_("A small company"), N_("Dell R760xs, 2 × H200: models of about 70B")),
    "scheme-3": ("rack", N_("A large company"), N_("DGX H100 head, 16 nodes of 4 × MI300X: the largest")),
}
_LARGEST_BUDGET = 1_000_000_000


class StartPage(Page):
    """The first page."""

    NAME = "start"
    TITLE = N_("What do you want to run?")
    ICON = "start"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self._lost = QVBoxLayout()
        self.body.addLayout(self._lost)
        columns = QHBoxLayout()
        columns.setSpacing(2 * SPACE)
        self.body.addLayout(columns)
        columns.addWidget(self._question(), 3)
        columns.addWidget(self._recent(), 2)
        self.body.addWidget(section(_("Or begin from something that exists")))
        self.body.addLayout(self._beginnings())
        self.body.addStretch(1)
        self._offer_recovered()
        desk.recent_changed.connect(self._fill_recent)
        desk.parts_changed.connect(self._fill_models)
        self._fill_models()

    # ------------------------------------------------------------------------------------------------ the question

    def _question(self) -> QWidget:
        card = Card(_("A new project"))
        form = Form()
        card.body.addLayout(form)
        self._model = Choice()
        self._model.setEditable(True)
        self._model.setInsertPolicy(Choice.InsertPolicy.NoInsert)
        self._model.setMinimumWidth(40 * SPACE)
        if (completer := self._model.completer()) is not None:
            completer.setFilterMode(Qt.MatchFlag.MatchContains)
            completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        form.add(_("&Model"), self._model)
        self._unclear = explanation()
        self._unclear.hide()
        form.addRow("", self._unclear)
        line = self._model.lineEdit()
        if isinstance(line, QLineEdit):
            line.setPlaceholderText(_("any of the library, by name"))
            line.textEdited.connect(lambda _text: self._unclear.hide())
            line.editingFinished.connect(self._complete)
        self._users = form.add(_("&Users at the same time"), CountSpin(minimum=1, maximum=100_000))
        currency = self.desk.settings.currency.value
        self._budget = form.add(_("&Budget"), CountSpin(maximum=_LARGEST_BUDGET, suffix=currency, optional=True))
        self._budget.setSingleStep(1000)
        find = QPushButton(_("F&ind the machine"))
        find.setProperty("look", "primary")
        find.setToolTip(_("The cheapest that runs it, or the fastest for the budget, with its proof"))
        find.clicked.connect(lambda _checked=False: self._create(finds=True))
        create = QPushButton(_("&Create the project"))
        create.clicked.connect(lambda _checked=False: self._create())
        row = QHBoxLayout()
        row.addWidget(find)
        row.addWidget(create)
        own = QPushButton(_("Use my own &weights…"))
        own.clicked.connect(lambda: self.wanted.emit("model"))
        row.addWidget(own)
        row.addStretch(1)
        card.body.addSpacing(SPACE)
        card.body.addLayout(row)
        card.body.addStretch(1)
        return card

    def _fill_models(self) -> None:
        database = self.desk.database
        self._model.setEnabled(database is not None)
        if database is None:
            return
        from dsdesk.ui.figures import billions, parameters_of

        llms = sorted(database.llms(), key=_by_tier)
        sizes = {llm.id: parameters_of(llm) for llm in llms}
        words = {key: f"  ·  {billions(size)}" if size else "" for key, size in sizes.items()}
        self._model.offer([(llm.id, f"{llm.name}{words[llm.id]}", "") for llm in llms])
        if self._model.key() is None and self._model.count():
            self._model.setCurrentIndex(0)

    def _create(self, *, finds: bool = False) -> None:
        from dsdesk.ui.beginnings import Wish, begin

        amount = self._budget.count()
        currency = self.desk.settings.currency.value
        self._complete()
        llm = self._chosen()
        if llm is None and self._model.currentText().strip():
            self._ask_again()
            return
        budget = None if amount is None else Money(Decimal(amount), currency)
        wish = Wish(llm=llm, users=self._users.value(), budget=budget)
        project = begin(wish, CostAssumptions(currency=currency))
        self._show(project, "machine" if llm else "model")
        if llm is not None and finds:
            best = "cheapest" if budget is None else "fastest"
            self.desk.building.want(Wanted(objective=best))
            self.desk.building.find(puts_in=True)

    def _complete(self) -> None:
        """Take what was typed for the model that is meant, where it can mean only one."""
        found = self._meant()
        if len(found) == 1:
            self._model.setCurrentIndex(found[0])

    def _meant(self) -> list[int]:
        """Places of the models that the typed words may mean: the one called so, else all whose names hold them."""
        typed = self._model.currentText().casefold().strip()
        offered = [self._model.itemText(position).casefold() for position in range(self._model.count())]
        called_so = [at for at, words in enumerate(offered) if typed in (words, words.partition("  ·  ")[0])]
        return called_so or [at for at, words in enumerate(offered) if all(one in words for one in typed.split())]

    def _ask_again(self) -> None:
        """Say why the typed words choose no model."""
        count = len(self._meant())
        self._unclear.setText(
            _("{count} models are called so. Choose one of the list.", count=count)
            if count
            else _("The library has no model of this name. Use your own weights, or choose one of the list.")
        )
        self._unclear.show()
        self._model.setFocus()

    def _chosen(self) -> "Llm | None":
        database = self.desk.database
        position = self._model.findText(self._model.currentText())
        key = self._model.itemData(position) if position >= 0 else None
        return database.llm(key) if database is not None and key else None

    def _show(self, project: Project, page: str) -> None:
        """Open `project` in place of the present one; undo takes it back, so nothing has to be asked."""
        self.desk.store.begin(Edit(Message(N_("New project")), lambda _before: in_words(project)))
        self.wanted.emit(page)

    # --------------------------------------------------------------------------------------------- what else there is

    def _beginnings(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(2 * SPACE)
        for position, key in enumerate(_SCHEMES):
            drawing, heading, text = _SCHEMES[key]
            tile = Tile(drawing, _(heading), _(text), checkable=False)
            tile.add_line(_("Scheme {number} of the guide", number=key.rpartition("-")[2]))
            tile.clicked.connect(lambda _checked=False, wanted=key: self._open_scheme(wanted))
            grid.addWidget(tile, 0, position)
        here = Tile(
            "this_machine", _("This machine"), _("See what is in it, and build on what you have"), checkable=False
        )
        here.clicked.connect(lambda: self.wanted.emit("this_machine"))
        grid.addWidget(here, 1, 0)
        file = Tile(
            "open", _("A project file"), _("Open a *.dsdesk file; you can also drop it on the window"), checkable=False
        )
        file.clicked.connect(lambda: self.triggered.emit("open"))
        grid.addWidget(file, 1, 1)
        catalogue = Tile(
            "catalogue", _("The catalogue"), _("Look up a part or a price before you begin"), checkable=False
        )
        catalogue.clicked.connect(lambda: self.wanted.emit("catalogue"))
        grid.addWidget(catalogue, 1, 2)
        for column in range(3):
            grid.setColumnStretch(column, 1)
        return grid

    def _open_scheme(self, key: str) -> None:
        from dsdesk.project.templates import scheme

        try:
            project = scheme(key)
        except DsdeskError as error:
            ask.tell_error(self, error)
            return
        self._show(project, "checks")

    def _recent(self) -> QWidget:
        card = Card(_("Recent projects"))
        self._recent_rows = QVBoxLayout()
        self._recent_rows.setSpacing(SPACE // 2)
        card.body.addLayout(self._recent_rows)
        card.body.addStretch(1)
        self._fill_recent()
        return card

    def _fill_recent(self) -> None:
        _clear(self._recent_rows)
        recent = self.desk.settings.recent[:6]
        for name in recent:
            path = Path(name)
            button = QPushButton(icon("quote"), path.stem)
            button.setProperty("look", "link")
            button.setToolTip(name)
            button.clicked.connect(lambda _checked=False, path=path: self.opened_recent(path))
            self._recent_rows.addWidget(button)
        if not recent:
            self._recent_rows.addWidget(explanation(_("Projects you save are listed here.")))

    def opened_recent(self, path: Path) -> None:
        """Open one of the recent files."""
        self.files_wanted.emit([path])

    # ------------------------------------------------------------------------------------------------- what was lost

    def _offer_recovered(self) -> None:
        lost = recovered()
        if lost is None:
            return
        card = Card(_("Unsaved work from {time}", time=lost.changed.strftime("%Y-%m-%d %H:%M")))
        where = lost.path.name if lost.path else _("a project that was never saved")
        changed = ", ".join(_(word) for word in lost.differences) or _("nothing that can be named")
        card.body.addWidget(paragraph(_("{where}. Changed: {what}.", where=where, what=changed)))
        row = QHBoxLayout()
        keep, drop = QPushButton(_("&Go on with it")), QPushButton(_("&Discard it"))
        keep.setProperty("look", "primary")
        keep.clicked.connect(lambda: self._restore(lost, card))
        drop.clicked.connect(lambda: self._drop(card))
        row.addWidget(keep)
        row.addWidget(drop)
        row.addStretch(1)
        card.body.addLayout(row)
        self._lost.addWidget(card)

    def _restore(self, lost: Recovered, card: QWidget) -> None:
        self.desk.store.open_unsaved(lost.project, lost.path)
        card.hide()
        self.wanted.emit("checks")

    def _drop(self, card: QWidget) -> None:
        forget_recovered()
        card.hide()

    def show_evaluation(self, evaluation: "Evaluation") -> None:
        """Nothing here follows from the project."""


def _by_tier(llm: "Llm") -> tuple[int, str, str]:
    """The guide's small tier first, in it the newest; then all others by name."""
    from dsdesk.llm.architecture import Tier

    tiers = list(Tier)
    if not llm.tiers:
        return len(tiers), "", llm.name.casefold()
    newest_first = "".join(chr(ord("9") - ord(digit)) if digit.isdigit() else digit for digit in llm.released or "0")
    return tiers.index(llm.tiers[0]), newest_first, llm.name.casefold()


def _clear(rows: QVBoxLayout) -> None:
    while rows.count():
        item = rows.takeAt(0)
        widget = item.widget() if item is not None else None
        if widget is not None:
            widget.hide()
            widget.deleteLater()


PAGE = StartPage
