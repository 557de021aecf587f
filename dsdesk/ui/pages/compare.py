"""Compare: the configurations of the project side by side; the one that is shown is what every other page is about."""

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from dsdesk.base.message import N_, Message
from dsdesk.ui.aside import Aside
from dsdesk.ui.desk import Desk
from dsdesk.ui.icons import icon
from dsdesk.ui.pages.compare_edits import activate, duplicate, remove, rename
from dsdesk.ui.pages.compare_rows import Cell, compared
from dsdesk.ui.pages.page import Page
from dsdesk.ui.tasks import Task
from dsdesk.ui.theme import SPACE, status_colour
from dsdesk.ui.widgets.card import Card
from dsdesk.ui.widgets.fields import show_text
from dsdesk.ui.widgets.text import caption, explanation
from dsdesk.ui.words import _

if TYPE_CHECKING:
    from dsdesk.build.catalog import Catalog
    from dsdesk.evaluate import Evaluation

_COLUMN = 27 * SPACE


def evaluations_of(evaluation: "Evaluation", catalog: "Catalog", task: Task) -> "tuple[Evaluation, ...]":
    """Every configuration of the project worked out; the one that is shown already is."""
    from dsdesk.evaluate import evaluate

    project = evaluation.project
    found = []
    for index in range(len(project.configurations)):
        task.report(index / len(project.configurations))
        found.append(evaluation if index == project.active else evaluate(replace(project, active=index), catalog))
    return tuple(found)


class ComparePage(Page):
    """A column a configuration."""

    NAME = "compare"
    TITLE = N_("Compare")
    SUBTITLE = N_("The configurations of this project side by side; a mark shows the best of each row.")
    ICON = "compare"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self._aside = Aside(desk.tasks, self)
        self._heads: list[Head] = []
        add = QPushButton(icon("add"), _("&Duplicate the one shown"))
        add.clicked.connect(lambda _checked=False: self.edited.emit(duplicate(desk.store.project.active)))
        self.header.addWidget(add)
        self._card = Card()
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(3 * SPACE)
        self._grid.setVerticalSpacing(SPACE + SPACE // 2)
        self._card.body.addLayout(self._grid)
        self.body.addWidget(self._card)
        self._hint = explanation(_("There is one configuration so far. Duplicate it and change the copy: another card, "
                                   "another precision, another model."))  # fmt: skip
        self.body.addWidget(self._hint)
        self.body.addStretch(1)
        self._cells: list[QWidget] = []

    def show_evaluation(self, evaluation: "Evaluation") -> None:
        """Show the heads at once, the figures when they are worked out."""
        project = evaluation.project
        self._hint.setVisible(len(project.configurations) == 1)
        self._show_heads(tuple(one.name for one in project.configurations), project.active)
        catalog = self.desk.store.catalog
        if catalog is not None:
            self._aside.ask(
                Message(N_("Comparing configurations")),
                lambda task: evaluations_of(evaluation, catalog, task),
                self._show_figures,
            )

    def _show_heads(self, names: tuple[str, ...], active: int) -> None:
        if len(names) != len(self._heads):
            for head in self._heads:
                head.hide()
                head.deleteLater()
            self._heads = [Head(index) for index in range(len(names))]
            for index, head in enumerate(self._heads):
                self._grid.addWidget(head, 0, index + 1, Qt.AlignmentFlag.AlignTop)
                self._connect(head, index)
        for index, head in enumerate(self._heads):
            head.show_configuration(names[index], is_active=index == active, is_only=len(names) == 1)

    def _connect(self, head: "Head", index: int) -> None:
        head.name.textEdited.connect(lambda text: self.edited.emit(rename(index, text)))
        head.use.clicked.connect(lambda _checked=False: self.edited.emit(activate(index)))
        head.copy.clicked.connect(lambda _checked=False: self.edited.emit(duplicate(index)))
        head.drop.clicked.connect(lambda _checked=False: self.edited.emit(remove(index)))

    def _show_figures(self, evaluations: "tuple[Evaluation, ...]") -> None:
        for widget in self._cells:
            self._grid.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self._cells = []
        for number, row in enumerate(compared(evaluations), start=1):
            self._put(caption(row.name), number, 0)
            best = row.best()
            for position, cell in enumerate(row.cells):
                self._put(_shown(row.name, cell, is_best=position in best), number, position + 1)
        columns = len(evaluations) + 1
        for column in range(1, columns):
            self._grid.setColumnMinimumWidth(column, _COLUMN)
            self._grid.setColumnStretch(column, 1)
        for column in range(columns, self._grid.columnCount()):
            self._grid.setColumnMinimumWidth(column, 0)
            self._grid.setColumnStretch(column, 0)

    def _put(self, widget: QWidget, row: int, column: int) -> None:
        self._cells.append(widget)
        self._grid.addWidget(widget, row, column, Qt.AlignmentFlag.AlignTop)


class Head(QWidget):
    """Name and acts of a configuration.

    Attributes:
        name: its name, to be typed over.
        use: show it on every page.
        copy: duplicate it.
        drop: remove it.
    """

    def __init__(self, index: int) -> None:
        super().__init__()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, SPACE)
        layout.setSpacing(SPACE // 2)
        self.name = QLineEdit()
        self.name.setAccessibleName(_("Name of configuration {number}", number=index + 1))
        font = QFont(self.name.font())
        font.setBold(True)
        self.name.setFont(font)
        layout.addWidget(self.name)
        row = QHBoxLayout()
        row.setSpacing(SPACE // 2)
        self.use = QPushButton()
        self.use.setCheckable(True)
        self.copy = _tool("copy", _("Duplicate"))
        self.drop = _tool("remove", _("Remove"))
        row.addWidget(self.use)
        row.addStretch(1)
        row.addWidget(self.copy)
        row.addWidget(self.drop)
        layout.addLayout(row)

    def show_configuration(self, name: str, *, is_active: bool, is_only: bool) -> None:
        """Show its name and whether it is the one shown."""
        show_text(self.name, name)
        self.use.setText(_("Shown on every page") if is_active else _("Show this one"))
        self.use.setChecked(is_active)
        self.use.setEnabled(not is_active)
        self.drop.setEnabled(not is_only)


def _tool(drawing: str, words: str) -> QToolButton:
    button = QToolButton()
    button.setIcon(icon(drawing))
    button.setAutoRaise(True)
    button.setToolTip(words)
    button.setAccessibleName(words)
    return button


def _shown(name: str, cell: Cell, *, is_best: bool) -> QWidget:
    block = QWidget()
    layout = QVBoxLayout(block)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(1)
    row = QHBoxLayout()
    row.setSpacing(SPACE // 2)
    text = QLabel(cell.text)
    text.setWordWrap(True)
    text.setAccessibleName(name)
    row.addWidget(text, 0 if is_best else 1)
    if is_best:
        font = QFont(text.font())
        font.setBold(True)
        text.setFont(font)
        mark = QLabel()
        mark.setPixmap(icon("good", status_colour("good")).pixmap(QSize(16, 16)))
        mark.setToolTip(_("best of this row"))
        mark.setAccessibleName(_("best of this row"))
        row.addWidget(mark)
        row.addStretch(1)
    layout.addLayout(row)
    if cell.detail:
        detail = caption(cell.detail)
        detail.setWordWrap(True)
        layout.addWidget(detail)
    return block


PAGE = ComparePage
