"""Late imports of libraries that stand on pydantic, one thread at a time.

Its modules import one another on demand. The parts database is opened on a thread of its own while project files are
read on the main one; two threads in the midst of that circle see each other's half of it. Both come through here.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock

_LOCK = RLock()


@contextmanager
def importing() -> Iterator[None]:
    """Import inside of this what stands on pydantic."""
    with _LOCK:
        yield
