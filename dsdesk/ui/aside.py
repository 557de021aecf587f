"""Work for one place of the window, of which only the latest answer counts."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QTimer

from dsdesk.base.errors import DsdeskError
from dsdesk.base.message import Message
from dsdesk.ui.tasks import Task, Tasks


class Aside:
    """Hands work to the runner; asking again drops what was asked before.

    Attributes:
        is_busy: whether an answer is on its way.
    """

    def __init__(self, tasks: Tasks, owner: QObject, wait_ms: int = 0) -> None:
        self._tasks, self._owner = tasks, owner
        self._task: Task | None = None
        self._begin: Callable[[], None] = lambda: None
        self._timer = QTimer(owner)
        self._timer.setSingleShot(True)
        self._timer.setInterval(wait_ms)
        self._timer.timeout.connect(self._start)
        self.is_busy = False

    def ask(
        self,
        title: Message,
        work: Callable[[Task], Any],
        done: Callable[[Any], None],
        failed: Callable[[DsdeskError], None] | None = None,
    ) -> None:
        """Do `work` once nothing else was asked for `wait_ms`; `done` and `failed` are as for `Tasks.run`."""
        self.drop()
        self.is_busy = True

        def show(answer: Any) -> None:  # noqa: ANN401 - whatever the work returns
            self.is_busy = False
            done(answer)

        def fail(error: DsdeskError) -> None:
            self.is_busy = False
            (failed or self._tasks.failed.emit)(error)

        def begin() -> None:
            self._task = self._tasks.run(title, work, show, failed=fail, owner=self._owner)

        if self._timer.interval() == 0:
            begin()
            return
        self._begin = begin
        self._timer.start()

    def _start(self) -> None:
        self._begin()

    def drop(self) -> None:
        """Nobody wants the answer any more."""
        self._timer.stop()
        self.is_busy = False
        if self._task is not None:
            self._task.cancel()
            self._task = None
