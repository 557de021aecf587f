"""One dsdesk a user: a second double-click hands its file to the one that runs and raises its window."""

import json
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QLockFile, QObject, Signal

from dsdesk.base import paths

if TYPE_CHECKING:
    from PySide6.QtNetwork import QLocalServer

_WAIT_MS = 1500
_LONGEST = 1 << 20


class Instance(QObject):
    """Whether this process is the one, and what others ask of it.

    Signals:
        asked: a second start: the list of files it was given (often none).
    """

    asked = Signal(list)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = QLockFile(str(paths.state() / "running.lock"))
        self._lock.setStaleLockTime(0)  # stale only when its process is gone
        # The socket is named after the folder, so that a portable copy and an installed one do not meet.
        self._name = f"dsdesk-{zlib.crc32(str(paths.state()).encode()):08x}"
        self._server: QLocalServer | None = None

    def is_first(self) -> bool:
        """Whether no other dsdesk of this user runs; this one holds the place from now on."""
        return self._lock.tryLock(0)

    def hand_over(self, files: list[Path]) -> bool:
        """Give `files` to the dsdesk that runs; False when it does not answer."""
        from PySide6.QtNetwork import QLocalSocket

        socket = QLocalSocket()
        socket.connectToServer(self._name)
        if not socket.waitForConnected(_WAIT_MS):
            return False
        socket.write(json.dumps([str(path.resolve()) for path in files]).encode() + b"\n")
        done = socket.waitForBytesWritten(_WAIT_MS)
        socket.disconnectFromServer()
        return done

    def listen(self) -> None:
        """Answer others from now on; called once the window is shown."""
        from PySide6.QtNetwork import QLocalServer

        QLocalServer.removeServer(self._name)  # left by a crash; this process holds the lock
        server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        server.newConnection.connect(self._answer)
        server.listen(self._name)
        self._server = server

    def leave(self) -> None:
        """Give the place up."""
        if self._server is not None:
            self._server.close()
        self._lock.unlock()

    def _answer(self) -> None:
        socket = self._server.nextPendingConnection() if self._server is not None else None
        if socket is None:
            return
        # A second start writes one line at once; waiting for it here keeps the socket's life within this call.
        line = b""
        if socket.bytesAvailable() or socket.waitForReadyRead(_WAIT_MS):
            line = bytes(socket.readLine(_LONGEST).data())
        socket.abort()
        socket.deleteLater()
        try:
            files = json.loads(line)
        except ValueError:
            files = []
        self.asked.emit([Path(name) for name in files if isinstance(name, str)])
