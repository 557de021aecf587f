"""Machine: its nodes, the parts in each, and for every place the parts that go together with the rest."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from dsdesk.base.message import N_
from dsdesk.checks.finding import Severity
from dsdesk.hardware.vocabulary import PartKind
from dsdesk.project.edits import Edit
from dsdesk.ui.choices import Place
from dsdesk.ui.desk import Desk
from dsdesk.ui.dialogs import ask
from dsdesk.ui.icons import icon
from dsdesk.ui.nodes import add_node, count_nodes, remove_node, rename_node
from dsdesk.ui.pages.chooser import Chooser
from dsdesk.ui.pages.line_editor import LineEditor
from dsdesk.ui.pages.machine_builder import BuilderPane
from dsdesk.ui.pages.machine_picture import PicturePane
from dsdesk.ui.pages.machine_rows import NODE_KINDS, SHARED, Row, row_columns, rows_of
from dsdesk.ui.pages.page import Page, PageState, Progress
from dsdesk.ui.part_words import kind_word
from dsdesk.ui.theme import SPACE
from dsdesk.ui.widgets.columns import Columns
from dsdesk.ui.widgets.fields import Choice, CountSpin, on_change
from dsdesk.ui.widgets.segments import Segments
from dsdesk.ui.widgets.table import Table
from dsdesk.ui.words import _

if TYPE_CHECKING:
    from dsdesk.evaluate import Evaluation


class MachinePage(Page):
    """The parts list, node by node."""

    NAME = "machine"
    TITLE = N_("Machine")
    ICON = "machine"
    SCROLLS = False

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self._evaluation: Evaluation | None = None
        self._wanted: PartKind | None = None
        self._views = Segments(
            _("What is shown"), [(_PARTS, _("Parts")), (_PICTURE, _("Picture")), (_BUILDER, _("Find the best"))]
        )
        self._views.chosen.connect(lambda _key: self._show_view())
        self.header.addWidget(Columns((self._views, self._node_bar()), SPACE))
        self._stack = QStackedWidget()
        self.body.addWidget(self._stack, 1)
        self._stack.addWidget(self._parts(desk))
        self._builder = BuilderPane(desk)
        self._builder.edited.connect(self.edited)
        self._stack.addWidget(self._builder)
        self._picture = PicturePane()
        self._picture.chosen.connect(self._show_line)
        self._stack.addWidget(self._picture)
        desk.building.begun.connect(self._show_builder)
        if desk.building.task is not None:
            self._show_builder()

    def _show_builder(self) -> None:
        self._views.show_key(_BUILDER)
        self._show_view()

    def _show_view(self) -> None:
        view = self._views.key()
        self._stack.setCurrentIndex(_STACKED.index(view) if view in _STACKED else 0)
        for widget in self._node_widgets:
            widget.setVisible(view != _BUILDER)

    def _show_line(self, line_no: int) -> None:
        """Show the part of a line, and what could stand in its place."""
        if self._evaluation is None or self.desk.store.catalog is None:
            return
        for row in rows_of(self._evaluation, self.desk.store.catalog, self._machine()):
            if row.line is not None and row.line.no == line_no:
                self._views.show_key(_PARTS)
                self._show_view()
                self._table.select_row(row)
                self._show_row(row)

    def _parts(self, desk: Desk) -> QWidget:
        both = QWidget()
        columns = QHBoxLayout(both)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(2 * SPACE)
        left = QVBoxLayout()
        left.setSpacing(2 * SPACE)
        self._table: Table[Row] = Table(_("Parts of the machine"), row_columns())
        self._table.chosen.connect(self._show_row)
        left.addWidget(self._table, 1)
        self._editor = LineEditor()
        self._editor.edited.connect(self.edited)
        left.addWidget(self._editor)
        columns.addLayout(left, 11)
        self._chooser = Chooser(desk)
        self._chooser.edited.connect(self._put_in)
        self._chooser.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        columns.addWidget(self._chooser, 10)
        return both

    def _node_bar(self) -> QHBoxLayout:
        self._node = Choice()
        self._node.setMinimumWidth(max(18 * SPACE, 20 * self._node.fontMetrics().averageCharWidth()))
        self._node.setAccessibleName(_("Node"))
        on_change(self._node, self._show_node)
        self._times = CountSpin(minimum=1, maximum=10_000)
        self._times.setMinimumWidth(9 * SPACE)
        on_change(self._times, self._change_count)
        label = QLabel(_("&Count"))
        label.setBuddy(self._times)
        self._times.setAccessibleName(_("How many of this node"))
        add = QPushButton(icon("add"), _("Add a &part"))
        add.setMenu(self._part_menu(add))
        more = QPushButton(_("&Nodes"))
        menu = QMenu(more)
        menu.addAction(icon("copy"), _("Add another kind of node"), lambda: self.edited.emit(add_node()))
        menu.addAction(_("Rename this node…"), self._rename_node)
        menu.addAction(icon("remove"), _("Remove this node"), self._remove_node)
        more.setMenu(menu)
        self._node_widgets: tuple[QWidget, ...] = (self._node, label, self._times, more, add)
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        for widget in self._node_widgets:
            row.addWidget(widget)
        return row

    def _part_menu(self, parent: QWidget) -> QMenu:
        menu = QMenu(parent)
        for kinds in (NODE_KINDS, SHARED):
            for kind in kinds:
                menu.addAction(icon(kind.value), kind_word(kind), lambda kind=kind: self._want(kind))
            if kinds is NODE_KINDS:
                menu.addSeparator()
        return menu

    # ---------------------------------------------------------------------------------------------------------- edits

    def _machine(self) -> int | None:
        """The node that is shown, None for the shared parts."""
        key = self._node.key()
        return key if isinstance(key, int) and key >= 0 else None

    def _change_count(self) -> None:
        if (machine := self._machine()) is not None:
            self.edited.emit(count_nodes(machine, self._times.value()))

    def _rename_node(self) -> None:
        if self._evaluation is None or (machine := self._machine()) is None:
            return
        now = self._evaluation.configuration.machines[machine].name
        if name := ask.text(self, _("Rename this node…"), _("Name, also in the quote"), now):
            self.edited.emit(rename_node(machine, name))

    def _remove_node(self) -> None:
        if (machine := self._machine()) is not None:
            self.edited.emit(remove_node(machine))

    def _want(self, kind: PartKind) -> None:
        """Offer parts of a kind to be added."""
        self._wanted = kind
        if kind in SHARED:
            self._node.show_key(_SHARED_KEY)
            self._fill()
        elif self._machine() is None:
            self._node.show_key(0)
            self._fill()
        self._table.clearSelection()
        self._editor.show_row(None, "")
        self._offer(kind, None)

    def _put_in(self, edit: Edit) -> None:
        """Pass on what was chosen; what stands there next is the machine, not the wish for one more."""
        self._wanted = None
        self.edited.emit(edit)

    # -------------------------------------------------------------------------------------------------------- showing

    def show_evaluation(self, evaluation: "Evaluation") -> None:
        """Show the parts, and what could be put in the chosen place."""
        self._evaluation = evaluation
        self._builder.show_evaluation(evaluation)
        machines = evaluation.configuration.machines
        nodes = [(position, f"{one.name}  × {one.count}", "") for position, one in enumerate(machines)]
        self._node.offer([*nodes, (_SHARED_KEY, _("Shared: network, rack, power"), "")])
        if self._node.key() is None:
            self._node.show_key(0)
        self._fill()

    def _show_node(self) -> None:
        self._wanted = None
        self._fill()

    def _fill(self) -> None:
        catalog = self.desk.store.catalog
        if self._evaluation is None or catalog is None:
            return
        machine = self._machine()
        self._times.setEnabled(machine is not None)
        if machine is not None:
            self._times.show_count(self._evaluation.configuration.machines[machine].count)
        self._picture.show_build(self._evaluation.build, machine)
        before = self._table.current_row()
        rows = rows_of(self._evaluation, catalog, machine)
        self._table.show_rows(rows)
        self._table.show_only_if(_("Power limit"), any(row.line and row.line.power_limit_w for row in rows))
        row = _same(rows, before)
        if self._wanted is not None:
            self._offer(self._wanted, None)
        elif row is not None:
            self._table.select_row(row)
            self._show_row(row)
        elif machine is None:
            self._editor.show_row(None, "")
            self._offer(SHARED[0], None)

    def _show_row(self, row: Row | None) -> None:
        if row is None or self._evaluation is None:
            return
        self._wanted = None
        self._editor.show_row(row, self._evaluation.project.cost.currency)
        self._offer(row.kind, row)

    def _offer(self, kind: PartKind | None, row: Row | None) -> None:
        if self._evaluation is not None:
            self._chooser.show_place(self._evaluation, kind, Place(self._machine(), row.line if row else None))

    @classmethod
    def state(cls, evaluation: "Evaluation") -> PageState:
        """Done once there is an accelerator and nothing wrong with the parts; else what is wrong with them."""
        about = [
            one.severity for one in evaluation.findings if one.machine is not None and one.severity is Severity.ERROR
        ]
        if about:
            return PageState(Progress.TO_DO, Severity.ERROR, len(about))
        return PageState(Progress.TO_DO if evaluation.accelerator is None else Progress.DONE)

    def selection(self) -> object:
        """The node that is shown."""
        return self._node.key()

    def select(self, selection: object) -> None:
        """The node of the page before."""
        self._node.show_key(selection)
        self._show_node()


_SHARED_KEY = -1
_PARTS, _PICTURE, _BUILDER = "parts", "picture", "builder"
_STACKED = (_PARTS, _BUILDER, _PICTURE)


def _same(rows: tuple[Row, ...], before: Row | None) -> Row | None:
    """The row that stands where one stood before: the same line, else the same kind, else the first."""
    if before is not None:
        for row in rows:
            if row.line is not None and before.line is not None and row.line.no == before.line.no:
                return row
        for row in rows:
            if row.kind is before.kind:
                return row
    return rows[0] if rows else None


PAGE = MachinePage
