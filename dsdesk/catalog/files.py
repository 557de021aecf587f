"""Where the databases lie, and what to do when one is missing, old, damaged or cannot be written.

The factory database is found by the hash of db/ in its name, beside db/ where an installer put it or in the user's data
folder, and is built there when it is missing. When nothing can be written it is built in memory, so that dsdesk runs
from read-only media. The user's own database is never repaired, replaced or removed without being asked.
"""

import sqlite3
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from dsdesk.base import paths
from dsdesk.base.errors import CatalogError
from dsdesk.base.message import Message
from dsdesk.catalog import migrate, seed
from dsdesk.catalog.engine import engine_on
from dsdesk.catalog.own import OwnLayer
from dsdesk.catalog.reading import Reader
from dsdesk.catalog.search import Words, read_words
from dsdesk.catalog.updates.installed import facts_in_use

OWN_NAME = "own.sqlite"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """Both databases, ready to be read.

    Attributes:
        reader: reads both.
        factory: the factory database.
        own: the user's own database; a file need not exist yet.
        words: what a search knows besides names.
        models: folder of the library of language models.
        apis: prices of hosted APIs.
        digest: hash of the content of db/.
        notices: what the user should know.
    """

    reader: Reader
    factory: Path | str
    own: Path | str
    words: Words
    models: Path
    apis: Path
    digest: str
    notices: tuple[Message, ...]


def open_files(progress: seed.Progress | None, *, own: bool) -> Opened:
    """Open both databases; see `dsdesk.catalog.store.open_catalog`."""
    notices: list[Message] = []
    source = facts_in_use(notices)
    digest, words = seed.digest(source), read_words(source / "words.toml")
    mine = _own_place(notices) if own else _in_memory()
    if isinstance(mine, Path) and mine.exists():
        _bring_forward(mine, words)
    factory, reader = _factory(source, digest, progress, notices)
    if isinstance(mine, Path) and mine.exists():
        reader.attach(mine)
    return Opened(
        reader=reader,
        factory=factory,
        own=mine,
        words=words,
        models=source / "llm",
        apis=source / "apis.toml",
        digest=digest,
        notices=tuple(notices),
    )


def _in_memory() -> str:
    return f"file:dsdesk-{uuid4().hex}?mode=memory&cache=shared"


def _own_place(notices: list[Message]) -> Path | str:
    try:
        return paths.data() / OWN_NAME
    except OSError as error:
        notices.append(
            Message("Own parts and prices are not kept: the data folder cannot be used ({error}).", error=str(error))
        )
        return _in_memory()


def _bring_forward(place: Path, words: Words) -> None:
    if migrate.revision_of(place) != migrate.known_revisions()[-1]:
        layer = OwnLayer(place, words)
        layer.open()
        layer.close()


def _factory(
    source: Path, digest: str, progress: seed.Progress | None, notices: list[Message]
) -> tuple[Path | str, Reader]:
    name = seed.file_name(digest)
    for path in _places(source, name):
        if path.is_file() and (reader := _readable(path)) is not None:
            return path, reader
    try:
        target = paths.data() / name
        seed.build(source, target, progress)
    except (OSError, seed.NotWritableError) as error:
        return _build_in_memory(source, progress, notices, str(error))
    _clear_old(target)
    return target, Reader(target)


def _places(source: Path, name: str) -> list[Path]:
    places = [source / name]
    with suppress(OSError):  # told where the own database is looked for
        places.append(paths.data() / name)
    return places


def _readable(path: Path) -> Reader | None:
    """A reader of the factory database at `path`, None when it is damaged: it can be built again."""
    reader = None
    try:
        reader = Reader(path)
        expected = int(reader.meta()["parts"])
        if sum(row[2] for row in reader.counts()) == expected:
            return reader
    except (CatalogError, KeyError, ValueError):
        pass
    if reader is not None:
        reader.close()
    return None


def _build_in_memory(
    source: Path, progress: seed.Progress | None, notices: list[Message], error: str
) -> tuple[str, Reader]:
    notices.append(
        Message(
            "The catalogue is kept in memory and built at every start, as it cannot be stored: {error}", error=error
        )
    )
    place = _in_memory()
    keeper = sqlite3.connect(place, uri=True)
    try:
        engine = engine_on(place)
        seed.fill(engine, seed.read_content(source), progress or (lambda _share, _what: None))
        reader = Reader(place)
        engine.dispose()
    finally:
        keeper.close()
    return place, reader


def _clear_old(current: Path) -> None:
    for path in current.parent.glob("catalog-*.sqlite"):
        if path != current:
            try:
                path.unlink()
            except OSError:
                continue  # another dsdesk reads it; the next start tries again


def move_own_aside() -> Path | None:
    """Rename the user's own database so that a new one can be started; returns where it went, None if there was none.

    Close every store first: on Windows an open file cannot be renamed.

    Raises:
        CatalogError: it cannot be renamed.
    """
    place = paths.data() / OWN_NAME
    if not place.exists():
        return None
    stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
    target = place.with_name(f"own-aside-{stamp}.sqlite")
    try:
        for ending in ("-wal", "-shm"):
            beside = place.with_name(place.name + ending)
            if beside.exists():
                beside.rename(target.with_name(target.name + ending))
        return place.rename(target)
    except OSError as error:
        raise CatalogError(
            Message("{file} cannot be moved aside: {error}", file=str(place), error=str(error))
        ) from error
