"""SQLAlchemy engines on SQLite with the settings that every one of ours has."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Engine

BUSY_SECONDS = 10.0


def connector(place: Path | str) -> Callable[[], sqlite3.Connection]:
    """A function that opens `place` (a file, or the URI of a database in memory) with foreign keys on."""
    address = place if isinstance(place, str) else str(place)

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(address, uri=isinstance(place, str), timeout=BUSY_SECONDS, check_same_thread=False)
        connection.execute("PRAGMA foreign_keys = ON")
        return connection

    return connect


def engine_on(place: Path | str, *, write_ahead: bool = False, draft: bool = False) -> "Engine":
    """An engine on `place`.

    Args:
        place: a file, or the URI of a database in memory.
        write_ahead: readers go on while it writes.
        draft: the file is thrown away should anything go wrong, so no write needs to be safe on its own.
    """
    from sqlalchemy import create_engine
    from sqlalchemy.pool import StaticPool

    connect = connector(place)
    if write_ahead and isinstance(place, Path):
        connection = connect()
        connection.execute("PRAGMA journal_mode = WAL")
        connection.close()
    engine = create_engine("sqlite://", creator=connect, poolclass=StaticPool)
    if draft:
        with engine.connect() as begun:
            for setting in ("foreign_keys = OFF", "journal_mode = OFF", "synchronous = OFF", "page_size = 16384"):
                begun.exec_driver_sql(f"PRAGMA {setting}")
    return engine
