"""What happens when dsdesk itself is wrong: one place, one dialog, a report that can be saved.

Python's and the threads' uncaught exceptions and Qt's own messages come here. Nothing is sent anywhere. The report
leaves out what the user typed: it holds the traceback, versions and the last messages, no names, prices or paths of
the user's folders.
"""

import faulthandler
import sys
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QMessageLogContext, QObject, Qt, QtMsgType, Signal, qInstallMessageHandler, qVersion

from dsdesk import __version__
from dsdesk.base import paths

_FAULTS = "faults.txt"


class Crashes(QObject):
    """Catches what nobody else does.

    Signals:
        happened: the text of a report, on the main thread.
    """

    happened = Signal(str)

    def __init__(self, before: Callable[[], None] | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._before = before
        self._messages: deque[str] = deque(maxlen=50)
        self._fault_file = (paths.state() / _FAULTS).open("a+", encoding="utf-8")
        self._arrived = _Arrived(self)
        self._arrived.report.connect(self.happened, Qt.ConnectionType.QueuedConnection)

    def catch(self) -> str:
        """Catch from now on; gives what a hard crash of an earlier run left behind."""
        self._fault_file.seek(0)
        earlier = self._fault_file.read()
        self._fault_file.truncate(0)
        faulthandler.enable(self._fault_file)
        sys.excepthook = self._caught
        threading.excepthook = self._caught_in_thread
        qInstallMessageHandler(self._said_by_qt)
        return _without_names(earlier)

    def release(self) -> None:
        """Leave everything as Python and Qt have it."""
        sys.excepthook = sys.__excepthook__
        threading.excepthook = threading.__excepthook__
        qInstallMessageHandler(None)
        faulthandler.disable()
        self._fault_file.close()

    def _caught(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        import traceback

        from dsdesk.base.journal import journal

        journal().error("a bug: %s", kind.__name__)
        text = "".join(traceback.format_exception(kind, error, trace))
        sys.stderr.write(text)
        if self._before is not None:
            self._before()
        self._arrived.report.emit(self.report(text))

    def _caught_in_thread(self, caught: threading.ExceptHookArgs) -> None:
        if caught.exc_value is not None:
            self._caught(caught.exc_type, caught.exc_value, caught.exc_traceback)

    def _said_by_qt(self, kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
        del context
        self._messages.append(f"{kind.name}: {text}")
        if kind is not QtMsgType.QtDebugMsg:
            sys.stderr.write(f"Qt: {text}\n")

    def report(self, trace: str) -> str:
        """A report for a developer."""
        import platform

        heading = (
            f"dsdesk {__version__}\nPython {platform.python_version()}\nQt {qVersion()}\n"
            f"{platform.system()} {platform.release()} {platform.machine()}\n"
        )
        return _without_names("\n".join([heading, trace, *self._messages]))


class _Arrived(QObject):
    report = Signal(str)


def _without_names(text: str) -> str:
    """`text` without the user's folders: those hold the user's name, and file names may hold a customer's."""
    for place, word in ((str(Path.home()), "~"), (str(Path(__file__).parents[2]), "dsdesk-root")):
        text = text.replace(place, word)
    lines = text.splitlines()
    # The last line of a traceback quotes values (a price, a customer's file): keep the kind of error alone.
    return "\n".join(_kind_only(line) for line in lines)


def _kind_only(line: str) -> str:
    kind, colon, _said = line.partition(": ")
    is_error = bool(colon) and kind.replace(".", "").isidentifier() and kind.endswith(("Error", "Exception", "Warning"))
    return f"{kind}: (text left out)" if is_error else line
