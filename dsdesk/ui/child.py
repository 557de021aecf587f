"""A program beside the window: its lines as they come, a limit for silence, and an end that is always told.

The window's own loop hears the program, so nothing waits for it.
"""

from collections.abc import Sequence

from PySide6.QtCore import QObject, QProcess, QTimer, Signal

_STOP_MS = 2000


class Child(QObject):
    """One program at a time.

    Signals:
        line: one line of its output.
        noted: one line of its error output.
        silent: nothing was heard for so long that it was ended.
        ended: exit status, -1 when it could not start, crashed or was ended.
    """

    line = Signal(str)
    noted = Signal(str)
    silent = Signal()
    ended = Signal(int)

    def __init__(self, parent: QObject | None = None, *, silence_s: float | None = None) -> None:
        super().__init__(parent)
        self._process = QProcess(self)
        self._process.readyReadStandardOutput.connect(self._read_output)
        self._process.readyReadStandardError.connect(self._read_notes)
        self._process.finished.connect(self._finish)
        self._process.errorOccurred.connect(self._fail)
        self._output, self._notes = b"", b""
        self._watch = QTimer(self)
        self._watch.setSingleShot(True)
        self._watch.timeout.connect(self._grow_impatient)
        if silence_s is not None:
            self._watch.setInterval(round(silence_s * 1000))
        self._is_watched = silence_s is not None

    @property
    def is_running(self) -> bool:
        """Whether the program runs."""
        return self._process.state() != QProcess.ProcessState.NotRunning

    def start(self, command: Sequence[str]) -> None:
        """Run a command; nothing happens while one runs."""
        if self.is_running:
            return
        self._output, self._notes = b"", b""
        self._heard()
        self._process.start(command[0], list(command[1:]))
        self._process.closeWriteChannel()

    def stop(self) -> None:
        """End the program, whatever it does."""
        self._watch.stop()
        if self.is_running:
            self._process.kill()
            self._process.waitForFinished(_STOP_MS)

    def _heard(self) -> None:
        if self._is_watched:
            self._watch.start()

    def _read_output(self) -> None:
        self._heard()
        self._output += self._process.readAllStandardOutput().data()
        *whole, self._output = self._output.split(b"\n")
        for one in whole:
            self.line.emit(_text(one))

    def _read_notes(self) -> None:
        self._heard()
        self._notes += self._process.readAllStandardError().data()
        *whole, self._notes = self._notes.split(b"\n")
        for one in whole:
            self.noted.emit(_text(one))

    def _grow_impatient(self) -> None:
        self.stop()
        self.silent.emit()

    def _finish(self, status: int, how: QProcess.ExitStatus) -> None:
        self._watch.stop()
        self._read_output()
        self._read_notes()
        for rest, signal in ((self._output, self.line), (self._notes, self.noted)):
            if rest:
                signal.emit(_text(rest))
        self._watch.stop()
        self.ended.emit(status if how == QProcess.ExitStatus.NormalExit else -1)

    def _fail(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            self._watch.stop()
            self.ended.emit(-1)


def _text(line: bytes) -> str:
    return line.decode("utf-8", errors="replace").rstrip("\r")
