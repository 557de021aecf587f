"""The search for the best machine beside the window: what is asked of it, how far it is, what it found.

It outlives pages and windows, so that a search goes on while the user looks at something else.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Event
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from dsdesk.base.errors import DsdeskError
from dsdesk.base.message import N_, Message
from dsdesk.project.project import Project
from dsdesk.ui.tasks import Task, Tasks

if TYPE_CHECKING:
    from dsdesk.design.optimise import Point
    from dsdesk.design.wish import BuildAnswer, BuildWish, NoAnswer
    from dsdesk.evaluate import Evaluation
    from dsdesk.ui.store import ProjectStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked of the builder beside what the project says; words are values of `dsdesk.design.wish`.

    Attributes:
        start: "nothing", "list" (everything on it stays) or "machine" (it is there and may be replaced).
        objective: "cheapest", "fastest", "value" or "quietest".
        form: "any", "desktop", "tower" or "rack".
        accelerator_id: the accelerator it must have, "" = any.
        count: how many of it, None = as many as must.
        pinned: ids of parts that must be in it.
        banned: ids of parts that must not.
        offload: whether layers may lie in host memory.
    """

    start: str = "nothing"
    objective: str = "cheapest"
    form: str = "any"
    accelerator_id: str = ""
    count: int | None = None
    pinned: tuple[str, ...] = ()
    banned: tuple[str, ...] = ()
    offload: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """A machine that was found, with everything that follows from it.

    Attributes:
        project: the project with it.
        evaluation: of that project.
        point: place on the frontier, None for the answer itself.
    """

    project: Project
    evaluation: "Evaluation"
    point: int | None = None


class Building(QObject):
    """Runs one search at a time.

    Signals:
        changed: anything below.
        begun: a search was started; whoever shows it may come to the front.
        found: an Edit that puts the machine into the project, for searches that were to do so.

    Attributes:
        wanted: what is asked for.
        answer: of the last search, None before the first.
        points: of the frontier, cheapest first.
        shown: the machine that is looked at, None without one.
        refused: why the last search could not be made at all, None where it could.
    """

    changed = Signal()
    begun = Signal()
    found = Signal(object)

    def __init__(self, store: "ProjectStore", tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store, self._tasks = store, tasks
        self.wanted = Wanted()
        self.answer: BuildAnswer | NoAnswer | None = None
        self.points: tuple[Point, ...] = ()
        self.shown: Shown | None = None
        self.refused: Message | None = None
        self._task: Task | None = None
        self._stop = Event()
        tasks.changed.connect(self._tell_progress)

    # ---------------------------------------------------------------------------------------------------- the wish

    def want(self, wanted: Wanted) -> None:
        """Ask for something else, from the next search on."""
        if wanted != self.wanted:
            self.wanted = wanted
            self.changed.emit()

    def pin(self, part_id: str) -> None:
        """This part must be in it."""
        banned = tuple(one for one in self.wanted.banned if one != part_id)
        self.want(replace(self.wanted, banned=banned, pinned=tuple(dict.fromkeys((*self.wanted.pinned, part_id)))))

    def ban(self, part_id: str) -> None:
        """This part must not be in it."""
        pinned = tuple(one for one in self.wanted.pinned if one != part_id)
        self.want(replace(self.wanted, pinned=pinned, banned=tuple(dict.fromkeys((*self.wanted.banned, part_id)))))

    def release(self, part_id: str) -> None:
        """This part may be in it or not."""
        pinned = tuple(one for one in self.wanted.pinned if one != part_id)
        banned = tuple(one for one in self.wanted.banned if one != part_id)
        self.want(replace(self.wanted, pinned=pinned, banned=banned))

    def _wish(self) -> "BuildWish":
        from dsdesk.design.starts import begun
        from dsdesk.design.wish import BuildWish, Form, Objective, Start

        assert self._store.catalog is not None
        wanted = self.wanted
        wish = BuildWish(
            project=self._store.project,
            objective=Objective(wanted.objective),
            form=Form(wanted.form),
            accelerator_id=wanted.accelerator_id,
            count=wanted.count,
            pinned=wanted.pinned,
            banned=wanted.banned,
            offload=wanted.offload,
        )
        return begun(wish, Start(wanted.start), self._store.catalog)

    @property
    def is_stale(self) -> bool:
        """Whether the project asks for something else than what the answer was found for."""
        return self.answer is not None and _asked(self.answer.wish.project) != _asked(self._store.project)

    # -------------------------------------------------------------------------------------------------- the search

    @property
    def task(self) -> Task | None:
        """The search that is under way."""
        return self._task

    def find(self, wish: "BuildWish | None" = None, *, puts_in: bool = False) -> None:
        """Search for the best machine; `puts_in` has it put into the project as soon as it is found."""

        def work(task: Task) -> "tuple[BuildAnswer | NoAnswer, Evaluation | None]":
            from dsdesk.design.optimise import build_machine
            from dsdesk.design.wish import BuildAnswer

            assert self._store.catalog is not None
            answer = build_machine(wish or self._wish(), self._store.catalog, self._progress(task))
            return answer, answer.evaluation if isinstance(answer, BuildAnswer) else None

        def show(result: "tuple[BuildAnswer | NoAnswer, Evaluation | None]") -> None:
            self.answer, evaluation = result
            self.points = ()
            self.shown = None
            if evaluation is not None:
                self.shown = Shown(evaluation.project, evaluation)
            self._end()
            if puts_in and evaluation is not None and not self.is_stale:
                self.put_in()

        self._begin(Message(N_("Searching for the best machine")), work, show)

    def walk(self) -> None:
        """Search for the frontier of price against speed."""

        def work(task: Task) -> "tuple[Point, ...]":
            from dsdesk.design.optimise import frontier

            assert self._store.catalog is not None
            wish = self.answer.wish if self.answer is not None and not self.is_stale else self._wish()
            return frontier(wish, self._store.catalog, self._progress(task))

        def show(points: "tuple[Point, ...]") -> None:
            self.points = points
            self._end()
            self.look_at(self._nearest())

        self._begin(Message(N_("Searching for the frontier of price against speed")), work, show)

    def look_at(self, place: int | None) -> None:
        """Show a point of the frontier."""
        catalog = self._store.catalog
        if place is None or not 0 <= place < len(self.points) or catalog is None:
            return
        project = self.points[place].project

        def work(_task: Task) -> "Evaluation":
            from dsdesk.evaluate import evaluate

            return evaluate(project, catalog)

        def show(evaluation: "Evaluation") -> None:
            self.shown = Shown(project, evaluation, place)
            self._end()

        self._begin(Message(N_("Working it out")), work, show, is_search=False)

    def stop(self) -> None:
        """End the search; what it has found so far is its answer."""
        self._stop.set()

    def put_in(self) -> None:
        """Put the machine that is shown into the project."""
        if self.shown is not None:
            from dsdesk.design.wish import put_machine

            self.found.emit(put_machine(self.shown.project))

    def _nearest(self) -> int | None:
        """The point that costs about what the machine shown does."""
        if not self.points:
            return None
        if self.shown is None:
            return 0
        now = self.shown.evaluation.cost.total.amount
        return min(range(len(self.points)), key=lambda at: abs(self.points[at].total.amount - now))

    def _begin(
        self, title: Message, work: Callable[[Task], Any], show: Callable[[Any], None], *, is_search: bool = True
    ) -> None:
        if self._store.catalog is None:
            return
        if self._task is not None:
            self._task.cancel()
        self._stop = Event()
        self.refused = None
        self._task = self._tasks.run(title, work, show, failed=self._fail, owner=self)
        self.changed.emit()
        if is_search:
            self.begun.emit()

    def _fail(self, error: DsdeskError) -> None:
        self.refused = error.message
        self._end()

    def _end(self) -> None:
        self._task = None
        self.changed.emit()

    def _progress(self, task: Task) -> Callable[[float | None, Message], bool]:
        def progress(share: float | None, doing: Message) -> bool:
            task.report(None if share is None else min(share, 1.0), doing)
            return not self._stop.is_set()

        return progress

    def _tell_progress(self) -> None:
        if self._task is not None:
            self.changed.emit()


def _asked(project: Project) -> Project:
    """A project without what an answer puts into it, and without what no search depends on."""
    configuration = replace(project.configuration, machines=(), shared=(), pools=())
    asked = replace(project, name="", notes="", configurations=(configuration,), active=0)
    return replace(asked, quote=Project().quote)
