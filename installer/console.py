"""How set-up speaks (on the error stream, since the output belongs to dsdesk), runs commands and waits its turn."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class SetupError(Exception):
    """Set-up cannot go on; the text says why and what to do.

    Attributes:
        status: what the process exits with.
    """

    def __init__(self, text: str, *, status: int = 2) -> None:
        super().__init__(text)
        self.status = status


def say(text: str) -> None:
    """Tell the person at the terminal."""
    sys.stderr.write(f"dsdesk: {text}\n")
    sys.stderr.flush()


def succeeds(command: Sequence[str | Path], *, environment: dict[str, str] | None = None, quiet: bool = False) -> bool:
    """Run `command` with its output on the error stream; whether it went well."""
    sink = subprocess.DEVNULL if quiet else sys.stderr
    try:
        return subprocess.call([str(part) for part in command], stdout=sink, stderr=sink, env=environment) == 0
    except OSError as error:
        if not quiet:
            say(f"{command[0]} could not be started: {error.strerror}.")
        return False


def agrees(question: str) -> bool:
    """Ask a yes-or-no question; where nobody can answer, the answer is no."""
    if not (sys.stdin and sys.stdin.isatty()):
        return False
    sys.stderr.write(f"dsdesk: {question} [Y/n] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in {"", "y", "yes", "j", "是"}


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Wait until no other process holds the lock `path`; the system frees the lock of one that died."""
    with path.open("a+b") as lock:
        if sys.platform == "win32":
            import msvcrt

            lock.seek(0)
            msvcrt.locking(lock.fileno(), msvcrt.LK_LOCK, 1)
        else:
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
