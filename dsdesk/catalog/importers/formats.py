"""The formats that can be imported, by the name that the command line and the window use."""

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

from dsdesk.base.errors import InputError
from dsdesk.base.message import Message
from dsdesk.catalog.importers.backup import read_backup
from dsdesk.catalog.importers.buildcores import read_checkout
from dsdesk.catalog.importers.devicetypes import read_device_types
from dsdesk.catalog.importers.imported import Imported
from dsdesk.catalog.importers.pricelists import read_price_list
from dsdesk.catalog.store import Store

Reader = Callable[[Path, Store, date], Imported]

FORMATS: Mapping[str, Reader] = {
    "prices": lambda path, store, day: read_price_list(path, store, day=day),
    "buildcores": lambda path, store, day: read_checkout(path, store, day=day),
    "devicetypes": lambda path, _store, day: read_device_types(path, day=day),
    "backup": lambda path, _store, _day: read_backup(path),
}


def read_as(name: str, path: Path, store: Store, day: date) -> Imported:
    """The file or folder at `path` read as the format `name`, to be looked at and then kept.

    Raises:
        InputError: there is no such format.
        FileError: the file is not of that format.
    """
    if name not in FORMATS:
        raise InputError(
            Message("There is no format called {name}; there are {formats}.", name=name, formats=tuple(FORMATS))
        )
    return FORMATS[name](path, store, day)
