"""Model: the guide's tiers, the whole library as a table, one's own weights; how it is stored and what runs it."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QPushButton, QVBoxLayout, QWidget

from dsdesk.base.message import N_, Message
from dsdesk.llm.architecture import Llm, Tier
from dsdesk.project.edits import change_configuration
from dsdesk.project.project import ModelChoice
from dsdesk.ui.desk import Desk
from dsdesk.ui.dialogs import ask
from dsdesk.ui.icons import icon
from dsdesk.ui.own_weights import adopt, read_weights
from dsdesk.ui.pages.model_columns import model_columns
from dsdesk.ui.pages.model_panel import ModelPanel
from dsdesk.ui.pages.page import Page, PageState, Progress
from dsdesk.ui.survey import ModelRow, Question, question_of, survey
from dsdesk.ui.theme import SPACE
from dsdesk.ui.widgets.segments import Segments
from dsdesk.ui.widgets.table import Table
from dsdesk.ui.widgets.text import explanation
from dsdesk.ui.words import _

if TYPE_CHECKING:
    from dsdesk.evaluate import Evaluation

_TIERS = {
    Tier.LITE: N_("Lite: the guide says 7 B and 16 GB or more. These are the checkpoints it can mean."),
    Tier.PRO: N_("Pro: the guide says 67 B and 80 GB or more. These are the checkpoints it can mean."),
    Tier.ULTRA: N_("Ultra: the guide says 175 B or more and 160 GB or more. These are the checkpoints it can mean."),
}
_ALL, _FITTING = "all", "fitting"


class ModelPage(Page):
    """Which language model, in which precision, run by what."""

    NAME = "model"
    TITLE = N_("Model")
    ICON = "model"
    SCROLLS = False

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self._asked: Question | None = None
        self._chosen_id = ""
        own = QPushButton(icon("folder"), _("Use my own &weights…"))
        menu = QMenu(own)
        menu.addAction(_("A downloaded folder…"), self._ask_folder)
        menu.addAction(_("A file: .gguf, .safetensors, config.json…"), self._ask_file)
        own.setMenu(menu)
        self.header.addWidget(own)
        columns = QHBoxLayout()
        columns.setSpacing(2 * SPACE)
        self.body.addLayout(columns, 1)
        columns.addLayout(self._library(), 1)
        self._panel = ModelPanel()
        self._panel.edited.connect(self.edited)
        columns.addWidget(self._panel)

    def _library(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(SPACE)
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        tiers = [(tier, tier.value.capitalize()) for tier in Tier]
        self._shelf = Segments(_("Which models"), [(_ALL, _("All")), *tiers, (_FITTING, _("That fit"))])
        self._shelf.chosen.connect(self._filter)
        row.addWidget(self._shelf)
        self._search = QLineEdit()
        self._search.setPlaceholderText(_("Search by name, maker or licence"))
        self._search.setAccessibleName(_("Search the library"))
        self._search.setClearButtonEnabled(True)
        self._search.textChanged.connect(self._filter)
        row.addWidget(self._search, 1)
        column.addLayout(row)
        self._told = explanation()
        column.addWidget(self._told)
        self._table: Table[ModelRow] = Table(_("Language models"), model_columns())
        self._table.sort_by_clicks()
        self._table.chosen.connect(self._choose)
        column.addWidget(self._table, 1)
        self._filter()
        return column

    # ------------------------------------------------------------------------------------------------------ choosing

    def _filter(self, *_changed: object) -> None:
        shelf = self._shelf.key()
        self._table.filter.search(self._search.text())
        if isinstance(shelf, Tier):
            self._table.filter.keep(lambda row: shelf in row.llm.tiers)
        else:
            self._table.filter.keep((lambda row: row.fits is True or row.with_host) if shelf == _FITTING else None)
        told = _(_TIERS[shelf]) if isinstance(shelf, Tier) else ""
        self._told.setText(told)
        self._told.setVisible(bool(told))

    def _choose(self, row: ModelRow | None) -> None:
        if row is not None and row.llm.id != self._chosen_id:
            choice = ModelChoice(llm_id=row.llm.id)
            text = Message(N_("Choose {model}"), model=row.llm.name)
            self.edited.emit(change_configuration(text, merge_key="model", model=choice))

    def _ask_folder(self) -> None:
        if path := ask.folder_to_open(self, _("The folder that the model was downloaded into")):
            self.take_files([path])

    def _ask_file(self) -> None:
        pattern = _("Models") + " (*.gguf *.safetensors *.json)"
        if path := ask.file_to_open(self, _("A model's .gguf, .safetensors, its index, or config.json"), pattern):
            self.take_files([path])

    def take_files(self, paths: list[Path]) -> None:
        """Make the user's own weights the model; headers of many large files are read beside the window."""
        self.desk.tasks.run(
            Message(N_("Reading {file}"), file=paths[0].name),
            lambda _task: read_weights(paths[0]),
            lambda weights: self.edited.emit(adopt(weights, self.desk.store.project.configuration)),
            failed=lambda error: ask.tell_error(self, error),
            owner=self,
        )

    # ------------------------------------------------------------------------------------------------------- showing

    def show_evaluation(self, evaluation: "Evaluation") -> None:
        """Show the library under the present choices, and the chosen model in detail."""
        self._chosen_id = evaluation.llm.id if isinstance(evaluation.llm, Llm) else ""
        self._panel.show_evaluation(evaluation)
        self._ask_survey(evaluation)
        self._select_chosen()

    def _ask_survey(self, evaluation: "Evaluation") -> None:
        question, database = question_of(evaluation), self.desk.database
        if question == self._asked or database is None:
            return
        self._asked = question
        llms = tuple(sorted(database.llms(), key=_order))
        configuration = evaluation.configuration
        if not self._table.rows.rows:
            self._table.show_rows([ModelRow(llm=llm) for llm in llms])

        def show(rows: tuple[ModelRow, ...]) -> None:
            if question == self._asked:
                self._table.show_rows(rows)
                self._select_chosen()

        self.desk.tasks.run(
            Message(N_("Sizing every model")), lambda _task: survey(question, configuration, llms), show, owner=self
        )

    def _select_chosen(self) -> None:
        for row in self._table.rows.rows:
            if row.llm.id == self._chosen_id:
                self._table.select_row(row)
                return
        self._table.setCurrentIndex(QModelIndex())  # weights of the user's own are not in the library

    @classmethod
    def state(cls, evaluation: "Evaluation") -> PageState:
        """Done once there is a model that can be read."""
        return PageState(Progress.DONE if isinstance(evaluation.llm, Llm) else Progress.TO_DO)

    def selection(self) -> object:
        """Shelf and words."""
        return self._shelf.key(), self._search.text()

    def select(self, selection: object) -> None:
        """Shelf and words of the page before."""
        if isinstance(selection, tuple):
            self._shelf.show_key(selection[0])
            self._search.setText(selection[1])
            self._filter()


def _order(llm: Llm) -> tuple[bool, bool, str]:
    """The guide's checkpoints first, then what else their makers publish, then everybody's, by name."""
    return not llm.tiers, "deepseek" not in llm.organisation.casefold(), llm.name.casefold()


PAGE = ModelPage
