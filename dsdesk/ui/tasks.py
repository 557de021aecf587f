"""The one runner of long work. Nobody else mentions a thread.

Work runs in an executor; what it gives comes back on the main thread through one queued signal, so a caller owns
neither thread nor signal. The catalogue's writes share one worker of their own, in order.
"""

import time
from collections.abc import Callable
from threading import Event
from typing import TYPE_CHECKING, Any

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal

from dsdesk.base.errors import DsdeskError
from dsdesk.base.message import Message

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor


_WORKERS = 4  # a search may take minutes, and one that nobody wants goes on to its next report: others must not wait


class CancelledError(Exception):
    """The user no longer wants the result."""


class Task:
    """One piece of work that was handed over.

    Attributes:
        title: what is being done, for the strip.
        fraction: how much of it is done, None while that is not known.
        doing: what exactly, None without more to say.
    """

    def __init__(self, title: Message, tell: Callable[[], None]) -> None:
        self.title = title
        self.fraction: float | None = None
        self.doing: Message | None = None
        self._tell = tell
        self._cancelled = Event()

    def report(self, fraction: float | None, doing: Message | None = None) -> None:
        """Called by the work, from its thread; raises CancelledError once nobody wants the result."""
        if self._cancelled.is_set():
            raise CancelledError
        self.fraction, self.doing = fraction, doing
        self._tell()

    def cancel(self) -> None:
        """Drop the result, and stop the work at its next report."""
        self._cancelled.set()

    @property
    def is_cancelled(self) -> bool:
        """Whether nobody wants the result."""
        return self._cancelled.is_set()


class Tasks(QObject):
    """Runs work beside the window.

    Signals:
        changed: work began, went on or ended; `running` says which there is.
        failed: a DsdeskError of work that has nobody to tell it to.
    """

    changed = Signal()
    failed = Signal(object)
    _returned = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.running: list[Task] = []
        self._pool: ThreadPoolExecutor | None = None
        self._returned.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        title: Message,
        work: Callable[[Task], Any],
        done: Callable[[Any], None],
        *,
        failed: Callable[[DsdeskError], None] | None = None,
        owner: QObject | None = None,
    ) -> Task:
        """Do `work` aside and give what it returns to `done`, on the main thread.

        Args:
            title: what is being done.
            work: gets its Task to report to; must not touch a widget.
            done: called with the result unless the task was cancelled.
            failed: called with a DsdeskError; any other exception is a bug and goes to the crash report.
            owner: when this object is gone, nobody is called.
        """
        task = Task(title, lambda: self._returned.emit(self.changed.emit))
        self.running.append(task)
        self.changed.emit()

        def is_wanted() -> bool:
            return not task.is_cancelled and (owner is None or shiboken6.isValid(owner))

        def finish(then: Callable[[], None]) -> None:
            self.running.remove(task)
            self.changed.emit()
            if is_wanted():
                then()

        def act() -> None:
            from dsdesk.base.journal import journal

            began = time.perf_counter()
            try:
                result = work(task)
            except CancelledError:
                journal().info("%s: cancelled", title.text)
                self._returned.emit(lambda: finish(lambda: None))
            except DsdeskError as error:
                known = error
                journal().warning("%s: %s", title.text, error.message.text)
                tell = failed or self.failed.emit
                self._returned.emit(lambda: finish(lambda: tell(known)))
            except BaseException as bug:
                journal().error("%s: %s", title.text, type(bug).__name__)
                self._returned.emit(lambda bug=bug: finish(lambda: _raise(bug)))
            else:
                journal().info("%s: %.2f s", title.text, time.perf_counter() - began)
                self._returned.emit(lambda: finish(lambda: done(result)))

        self._workers().submit(act)
        return task

    def stop(self) -> None:
        """Forget what is queued, and wait for what runs."""
        for task in self.running:
            task.cancel()
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def _workers(self) -> "ThreadPoolExecutor":
        """The executor, made for the first work: by then the window is shown."""
        if self._pool is None:
            from concurrent.futures import ThreadPoolExecutor

            self._pool = ThreadPoolExecutor(max_workers=_WORKERS, thread_name_prefix="dsdesk")
        return self._pool

    def _deliver(self, call: Callable[[], None]) -> None:
        call()


def _raise(bug: BaseException) -> None:
    raise bug
