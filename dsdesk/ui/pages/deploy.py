"""Deploy: how the engine is started on this machine; commands to copy, files to save, what the operator checks."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QListWidget, QPushButton, QVBoxLayout, QWidget

from dsdesk.base.errors import FileError, reason_of
from dsdesk.base.message import N_, Message
from dsdesk.deploy.plan import LaunchPlan
from dsdesk.llm.precision import Engine
from dsdesk.project.edits import change_configuration
from dsdesk.ui.desk import Desk
from dsdesk.ui.dialogs import ask
from dsdesk.ui.figures import engine_name
from dsdesk.ui.focus import in_reading_order
from dsdesk.ui.icons import icon
from dsdesk.ui.pages.deploy_text import CommandBlock, TerminalText, copy_button
from dsdesk.ui.pages.page import Page, PageState, Progress
from dsdesk.ui.theme import SPACE, status_colour
from dsdesk.ui.widgets.card import Card
from dsdesk.ui.widgets.empty import EmptyState
from dsdesk.ui.widgets.segments import Segments
from dsdesk.ui.widgets.text import explanation, paragraph
from dsdesk.ui.words import _, say

if TYPE_CHECKING:
    from dsdesk.evaluate import Evaluation

_FILE_LINES = 22


class DeployPage(Page):
    """Commands and files at the left, warnings and notes at the right."""

    NAME = "deploy"
    TITLE = N_("Deploy")
    SUBTITLE = N_("How the engine is started on this machine. The engine chosen here is the project's.")
    ICON = "deploy"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self._plan: LaunchPlan | None = None
        self._engines = Segments(_("Engine"), [(engine, engine_name(engine)) for engine in Engine])
        self._engines.chosen.connect(self._choose)
        row = QHBoxLayout()
        row.addWidget(self._engines)
        row.addStretch(1)
        self.body.addLayout(row)
        self._empty = EmptyState(
            "deploy",
            _("There is nothing to start yet"),
            "",
            _("Go to the model"),
            lambda: self.wanted.emit("model"),
        )
        self._whole = self._planned()
        self.body.addWidget(self._empty, 1)
        self.body.addWidget(self._whole, 1)

    def _planned(self) -> QWidget:
        both = QWidget()
        columns = QHBoxLayout(both)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(2 * SPACE)
        left, right = QVBoxLayout(), QVBoxLayout()
        for column in (left, right):
            column.setSpacing(2 * SPACE)
        columns.addLayout(left, 5)
        columns.addLayout(right, 3)
        self._commands = Card(_("Commands"))
        self._version = explanation()
        self._commands.body.addWidget(self._version)
        self._blocks = QVBoxLayout()
        self._blocks.setSpacing(2 * SPACE)
        self._commands.body.addLayout(self._blocks)
        left.addWidget(self._commands)
        left.addWidget(self._files_card())
        left.addStretch(1)
        self._warnings, self._warned = _list_card(_("Warnings"))
        self._notes, self._noted = _list_card(_("For the operator"))
        right.addWidget(self._warnings)
        right.addWidget(self._notes)
        right.addStretch(1)
        return both

    def _files_card(self) -> Card:
        self._files = Card(_("Files"))
        save = QPushButton(icon("save"), _("&Save all to a folder…"))
        save.clicked.connect(lambda _checked=False: self._ask_folder())
        self._files.header.addWidget(save)
        self._names = QListWidget()
        self._names.setAccessibleName(_("Files"))
        self._names.setFixedHeight(15 * SPACE)
        self._names.currentRowChanged.connect(self._show_file)
        self._files.body.addWidget(self._names)
        self._text = TerminalText(_("Text of the file"), _FILE_LINES)
        row = QHBoxLayout()
        self._file_name = QLabel()
        row.addWidget(self._file_name, 1)
        copy = copy_button(_("Copy the file's text"))
        copy.clicked.connect(lambda _checked=False: QGuiApplication.clipboard().setText(self._text.toPlainText()))
        row.addWidget(copy)
        self._files.body.addLayout(row)
        self._files.body.addWidget(self._text)
        return self._files

    # ---------------------------------------------------------------------------------------------------------- acts

    def _choose(self, engine: object) -> None:
        chosen = Engine(str(engine))
        self.edited.emit(
            change_configuration(Message(N_("Engine {engine}"), engine=engine_name(chosen)), engine=chosen)
        )

    def _ask_folder(self) -> None:
        folder = ask.folder_to_open(self, _("The folder to put the files into"))
        if folder is None or self._plan is None:
            return
        there = [name for name, _text in self._plan.files if (folder / name).exists()]
        if there and not ask.confirm(self, _("Replace the files that are there?"), there, _("Replace")):
            return
        self.save_files(folder)

    def save_files(self, folder: Path) -> None:
        """Write every file of the plan into `folder`; scripts may be run."""
        if self._plan is None:
            return
        try:
            for name, text in self._plan.files:
                path = folder / name
                path.write_text(text, encoding="utf-8", newline="\n")
                if name.endswith(".sh"):
                    path.chmod(0o755)
        except OSError as error:
            told = Message(N_("The files cannot be written to {folder}: {reason}"), folder=str(folder),
                           reason=reason_of(error))  # fmt: skip
            ask.tell_error(self, FileError(told))
            return
        self._file_name.setText(_("Saved to {folder}", folder=str(folder)))

    # -------------------------------------------------------------------------------------------------------- showing

    def show_evaluation(self, evaluation: "Evaluation") -> None:
        """Show the plan that follows from the project."""
        from dsdesk.deploy import launch_plan

        plan = launch_plan(evaluation)
        self._engines.show_key(evaluation.configuration.engine)
        if plan == self._plan:
            return
        self._plan = plan
        self._empty.setVisible(plan.empty is not None)
        self._whole.setVisible(plan.empty is None)
        if plan.empty is not None:
            self._empty.tell(_("There is nothing to start yet"), say(plan.empty))
            return
        self._version.setText(_("Options as of {version}.", version=plan.version))
        self._version.setToolTip(plan.source)
        _fill(self._blocks, [CommandBlock(command) for command in plan.commands])
        _fill(self._warned, [_sentence("warning", say(one)) for one in plan.warnings])
        _fill(self._noted, [_sentence("", say(one)) for one in plan.notes])
        self._warnings.setVisible(bool(plan.warnings))
        self._show_names(plan)
        in_reading_order(self)

    def _show_names(self, plan: LaunchPlan) -> None:
        kept = max(0, self._names.currentRow())
        self._names.clear()
        self._names.addItems([name for name, _text in plan.files])
        self._files.setVisible(bool(plan.files))
        self._names.setCurrentRow(min(kept, len(plan.files) - 1))

    def _show_file(self, row: int) -> None:
        if self._plan is not None and 0 <= row < len(self._plan.files):
            name, text = self._plan.files[row]
            self._file_name.setText(name)
            self._text.show_text(text)

    @classmethod
    def state(cls, evaluation: "Evaluation") -> PageState:
        """Done once there is something to start that fits."""
        return PageState(Progress.DONE if evaluation.fits else Progress.TO_DO)


def _list_card(heading: str) -> tuple[Card, QVBoxLayout]:
    card = Card(heading)
    rows = QVBoxLayout()
    rows.setSpacing(SPACE + SPACE // 2)
    card.body.addLayout(rows)
    return card, rows


def _fill(rows: QVBoxLayout, widgets: list[QWidget]) -> None:
    while (item := rows.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
    for widget in widgets:
        rows.addWidget(widget)


def _sentence(drawing: str, text: str) -> QWidget:
    line = QWidget()
    row = QHBoxLayout(line)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(SPACE)
    mark = QLabel("•")
    if drawing:
        mark.setPixmap(icon(drawing, status_colour(drawing)).pixmap(QSize(18, 18)))
        mark.setAccessibleName(_("Warning"))
    row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
    words, _gap, matrix = text.partition("\n\t")
    column = QVBoxLayout()
    column.addWidget(paragraph(words))
    if matrix:
        column.addWidget(_matrix(f"\t{matrix}"))
    row.addLayout(column, 1)
    return line


def _matrix(tabbed: str) -> QWidget:
    """What a terminal prints in columns, in columns."""
    rows = [line.split("\t") for line in tabbed.splitlines()]
    width = max(len(cell) for row in rows for cell in row) + 1
    text = TerminalText(_("What the terminal should print"))
    text.show_text("\n".join("".join(cell.ljust(width) for cell in row).rstrip() for row in rows))
    return text


PAGE = DeployPage
