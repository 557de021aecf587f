"""The user's own database brought to the form that this dsdesk knows, by the Alembic scripts under db/migrations.

Which revision a file has is read with sqlite3; Alembic itself is imported only when there is something to do.
"""

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

from dsdesk.base import assets
from dsdesk.base.errors import CatalogError
from dsdesk.base.message import Message

if TYPE_CHECKING:
    from sqlalchemy import Connection


def known_revisions() -> tuple[str, ...]:
    """The revisions that this dsdesk has scripts for, oldest first. A script's name starts with its revision."""
    scripts = assets.factory_db("migrations", "versions").glob("0*.py")
    return tuple(sorted(path.name.partition("_")[0] for path in scripts))


def revision_of(path: Path) -> str:
    """The revision of the own database at `path`; "" for a file without any table, where making one was interrupted.

    Raises:
        CatalogError: the file is damaged, no database of dsdesk, or of a newer dsdesk.
    """
    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True)
        try:
            if connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,):
                return ""
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
            (state,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise damaged(path, str(error)) from error
    if state != "ok" or row is None:
        raise damaged(path, str(state))
    if row[0] not in known_revisions():
        raise CatalogError(
            Message(
                "Your own parts and prices in {file} were written by a newer dsdesk (revision {revision}). "
                "Install that version, or move the file aside to start without them.",
                file=str(path),
                revision=row[0],
            )
        )
    return str(row[0])


def damaged(path: Path, error: str) -> CatalogError:
    """What is said of an own database that cannot be read."""
    return CatalogError(
        Message(
            "Your own parts and prices in {file} cannot be read ({error}). The file was left as it is; restore it "
            "from a backup, or move it aside to start without them.",
            file=str(path),
            error=error,
        )
    )


def keep_copy(path: Path, revision: str) -> Path:
    """A copy of the own database from before a migration, beside it."""
    target = path.with_name(f"{path.stem}-before-{known_revisions()[-1]}-from-{revision}{path.suffix}")
    source, copy = sqlite3.connect(path), sqlite3.connect(target)
    try:
        source.backup(copy)
    finally:
        copy.close()
        source.close()
    return target


def upgrade(connection: "Connection") -> None:
    """Bring the database of `connection` to the newest revision."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    # A percent sign in a path would be taken for an interpolation.
    config.set_main_option("script_location", str(assets.factory_db("migrations")).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
