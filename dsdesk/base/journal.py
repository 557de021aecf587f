"""What the program did, in a few small files: for whoever looks after it on a machine without a network.

Lines hold times, versions and kinds of work, never what the user typed, opened or is called.
"""

import logging
from pathlib import Path

from dsdesk import __version__
from dsdesk.base import paths

NAME = "dsdesk"
_FILE = "dsdesk.log"
_LARGEST = 256 * 1024  # bytes of one file
_KEPT = 3  # older files beside it


class RotatingFile(logging.FileHandler):
    """A log file that is put aside when it is full; the library's own brings the network's modules along."""

    def __init__(self, path: Path, largest: int = _LARGEST) -> None:
        super().__init__(path, encoding="utf-8", delay=True)
        self._largest = largest

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line, into a new file where this one is full."""
        try:
            if self.stream is not None and self.stream.tell() >= self._largest:
                self._put_aside()
            super().emit(record)
        except OSError:
            self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the library's name
        """Nothing: a full disk is told where the user's work is saved, not here."""

    def _put_aside(self) -> None:
        self.close()
        path = Path(self.baseFilename)
        for number in range(_KEPT, 0, -1):
            older = path.with_suffix(f".{number - 1}.log") if number > 1 else path
            if older.exists():
                older.replace(path.with_suffix(f".{number}.log"))


def journal() -> logging.Logger:
    """The program's log; silent until `open_journal`."""
    return logging.getLogger(NAME)


def open_journal() -> Path:
    """Write from now on; gives the file."""
    path = paths.state() / _FILE
    log = journal()
    for handler in [one for one in log.handlers if isinstance(one, RotatingFile)]:
        log.removeHandler(handler)
        handler.close()
    handler = RotatingFile(path)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    log.propagate = False
    log.info("dsdesk %s begins", __version__)
    return path
