"""SQLAlchemy engines on SQLite with the settings that every one of ours has."""

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

BUSY_SECONDS = 10.0

_ALWAYS = ("foreign_keys = ON",)
_WRITE_AHEAD = ("journal_mode = WAL",)
# A draft is thrown away should anything go wrong, so no write needs to be safe on its own. Larger pages are quicker to
# go through; what a draft refers to was checked before it is written.
_DRAFT = ("page_size = 16384", "foreign_keys = OFF", "journal_mode = OFF", "synchronous = OFF")


def engine_on(place: Path | str, *, write_ahead: bool = False, draft: bool = False) -> "Engine":
    """An engine on `place`, whose transactions are those of SQLite: a migration happens wholly or not at all.

    Args:
        place: a file, or the URI of a database in memory.
        write_ahead: readers go on while it writes.
        draft: the file is being built and is of no worth before it is finished.
    """
    from sqlalchemy import create_engine, event
    from sqlalchemy.pool import StaticPool

    settings = _DRAFT if draft else _ALWAYS + (_WRITE_AHEAD if write_ahead and isinstance(place, Path) else ())

    def connect() -> sqlite3.Connection:
        # Without isolation_level=None, sqlite3 commits by itself before some statements that define tables.
        connection = sqlite3.connect(
            str(place), uri=isinstance(place, str), timeout=BUSY_SECONDS, check_same_thread=False, isolation_level=None
        )
        for setting in settings:
            connection.execute(f"PRAGMA {setting}")
        return connection

    def begin(connection: "Connection") -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    engine = create_engine("sqlite://", creator=connect, poolclass=StaticPool)
    event.listen(engine, "begin", begin)
    return engine
