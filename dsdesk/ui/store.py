"""The project that is open, what can be undone, and the Evaluation that follows from it."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from dsdesk.base.message import N_, Message
from dsdesk.project.edits import Edit
from dsdesk.project.project import Project
from dsdesk.ui.tasks import Task, Tasks
from dsdesk.ui.words import say

if TYPE_CHECKING:
    from dsdesk.build.catalog import Catalog
    from dsdesk.evaluate import Evaluation

Evaluate = Callable[[Project, "Catalog"], "Evaluation"]

_MAIN_THREAD_S = 0.010  # an evaluation longer than this would be felt while typing


class ReplaceProject(QUndoCommand):
    """One step of undo: the project before and after, each with the file it belongs to."""

    _IDS: ClassVar[dict[str, int]] = {}

    def __init__(
        self, store: "ProjectStore", after: Project, text: str, merge_key: str, *, leaves_file: bool = False
    ) -> None:
        super().__init__(text)
        self._store = store
        self._before, self._after = store.project, after
        self._path, self._leaves_file = store.path, leaves_file
        self._id = self._IDS.setdefault(merge_key, len(self._IDS) + 1) if merge_key else -1

    def id(self) -> int:
        """Equal numbers may become one step."""
        return self._id

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Become one step with the edit that follows."""
        if not isinstance(other, ReplaceProject) or other._id != self._id:
            return False
        self._after = other._after
        self.setObsolete(self._after == self._before)
        return True

    def undo(self) -> None:
        """Back to the project before."""
        if self._leaves_file:
            self._store.path = self._path
        self._store._replace(self._before)

    def redo(self) -> None:
        """On to the project after."""
        if self._leaves_file:
            self._store.path = None
        self._store._replace(self._after)


class ProjectStore(QObject):
    """Holds what the window is about.

    Signals:
        evaluated: an Evaluation of the present project. Pages listen to this and to nothing else.
        changed: the project, its file or whether it is saved.

    Attributes:
        project: the choices.
        path: its file, None when it was never saved.
        evaluation: the latest; None until there is a catalogue.
        catalog: the parts database, None until it is open.
        undo_stack: every edit.
    """

    evaluated = Signal(object)
    changed = Signal()

    def __init__(self, tasks: Tasks, evaluate: Evaluate | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.project = Project()
        self.path: Path | None = None
        self.evaluation: Evaluation | None = None
        self.catalog: Catalog | None = None
        self.undo_stack = QUndoStack(self)
        self.undo_stack.cleanChanged.connect(self.changed)
        self._tasks = tasks
        self._evaluate = evaluate
        self._pending: Task | None = None
        self._took_s = 0.0

    def set_catalog(self, catalog: "Catalog") -> None:
        """Answer from `catalog` from now on."""
        self.catalog = catalog
        self.evaluate()

    def apply(self, edit: Edit) -> None:
        """Make the change; one that changes nothing leaves no trace."""
        after = edit.apply(self.project)
        if after != self.project:
            self.undo_stack.push(ReplaceProject(self, after, say(edit.text), edit.merge_key))

    def begin(self, edit: Edit) -> None:
        """Show a new project, as a step that undo takes back; it has no file, so saving overwrites nothing."""
        after = edit.apply(self.project)
        self.undo_stack.push(ReplaceProject(self, after, say(edit.text), "", leaves_file=True))

    def open(self, project: Project, path: Path | None) -> None:
        """Show another project; what was undone or redone in the last one is forgotten."""
        self.undo_stack.clear()
        self.path = path
        self._replace(project)

    def open_unsaved(self, project: Project, path: Path | None) -> None:
        """Show a project whose file, if it has one, says something else: a recovered one."""
        self.open(project, path)
        self.undo_stack.resetClean()
        self.changed.emit()

    def saved(self, path: Path) -> None:
        """The project as it is now lies in `path`."""
        self.path = path
        self.undo_stack.setClean()
        self.changed.emit()

    @property
    def is_saved(self) -> bool:
        """Whether closing would lose nothing."""
        return self.undo_stack.isClean()

    def evaluate(self) -> None:
        """Work out what follows from the project: at once where that is quick, else beside the window."""
        if self.catalog is None:
            return
        if self._pending is not None:
            self._pending.cancel()
            self._pending = None
        if self._took_s <= _MAIN_THREAD_S:
            self._show(self._timed(self.project))
            return
        project = self.project
        self._pending = self._tasks.run(
            Message(N_("Working it out")), lambda _task: self._timed(project), self._show, owner=self
        )

    def _timed(self, project: Project) -> "Evaluation":
        if self._evaluate is None:
            from dsdesk.evaluate import evaluate

            self._evaluate = evaluate
        assert self.catalog is not None
        began = time.perf_counter()
        evaluation = self._evaluate(project, self.catalog)
        self._took_s = time.perf_counter() - began
        return evaluation

    def _show(self, evaluation: "Evaluation") -> None:
        self._pending = None
        if evaluation.project is self.project:  # else a newer one is on its way
            self.evaluation = evaluation
            self.evaluated.emit(evaluation)

    def _replace(self, project: Project) -> None:
        self.project = project
        self.changed.emit()
        self.evaluate()
