"""Late imports of libraries that stand on pydantic, one thread at a time and in an order that works beside Qt.

PySide looks into every module that is imported (for its `__feature__` switch). What it asks makes pydantic's modules
import one another in a circle, and the first import fails, unless its errors are there before everything else. The
parts database is opened on a thread of its own while project files are read on the main one: both come through here.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from threading import RLock

_LOCK = RLock()


@contextmanager
def importing() -> Iterator[None]:
    """Import inside of this what stands on pydantic."""
    with _LOCK:
        import_module("pydantic.errors")
        yield
