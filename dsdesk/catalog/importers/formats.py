"""The formats that can be imported, by the name that the command line and the window use."""

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

from dsdesk.base.errors import InputError
from dsdesk.base.message import Message
from dsdesk.catalog.importers.backup import read_backup
from dsdesk.catalog.importers.buildcores import read_checkout
from dsdesk.catalog.importers.devicetypes import read_device_types
from dsdesk.catalog.importers.imported import Imported, Tell, tell_nobody
from dsdesk.catalog.importers.pricelists import read_price_list
from dsdesk.catalog.store import Store

Reader = Callable[[Path, Store, date, Tell], Imported]

FORMATS: Mapping[str, Reader] = {
    "prices": lambda path, store, day, tell: read_price_list(path, store, day=day, tell=tell),
    "buildcores": lambda path, store, day, tell: read_checkout(path, store, day=day, tell=tell),
    "devicetypes": lambda path, _store, day, tell: read_device_types(path, day=day, tell=tell),
    "backup": lambda path, _store, _day, _tell: read_backup(path),
}


def read_as(name: str, path: Path, store: Store, day: date, tell: Tell = tell_nobody) -> Imported:
    """The file or folder at `path` read as the format `name`, to be looked at and then kept.

    Args:
        name: one of `FORMATS`.
        path: file or folder.
        store: finds the parts that a file names.
        day: when this is done; the date of what has none.
        tell: told the share that is done; what it raises ends the reading.

    Raises:
        InputError: there is no such format.
        FileError: the file is not of that format.
    """
    if name not in FORMATS:
        raise InputError(
            Message("There is no format called {name}; there are {formats}.", name=name, formats=tuple(FORMATS))
        )
    return FORMATS[name](path, store, day, tell)
