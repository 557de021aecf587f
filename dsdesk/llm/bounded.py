"""A file's head read with bounds: nothing that a header claims is believed before it is checked against the file."""

import mmap
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dsdesk.base.errors import FileError, reason_of
from dsdesk.base.message import Message


@contextmanager
def mapped(path: Path) -> Iterator["Head"]:
    """The file as a read-only map; only pages that are looked at are read.

    Raises:
        FileError: it is not a file, is empty, or cannot be read.
    """
    if not path.is_file():
        raise FileError(Message("There is no file {file}.", file=str(path)))
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as view:
            head = Head(view, path.name)
            try:
                yield head
            finally:
                head.close()
    except ValueError as error:
        raise FileError(Message("The file {file} is empty.", file=path.name)) from error
    except OSError as error:
        raise FileError(
            Message("The file {file} cannot be read: {why}.", file=path.name, why=reason_of(error))
        ) from error


class Head:
    """A cursor over the start of a file.

    Attributes:
        name: of the file, for messages.
        size: bytes of the whole file.
        at: where the next read starts.
    """

    def __init__(self, view: mmap.mmap, name: str) -> None:
        self._view = view
        self.name = name
        self.size = len(view)
        self.at = 0

    def close(self) -> None:
        """Forget the map, which its owner closes."""
        del self._view

    def number(self, form: struct.Struct) -> int | float:
        """One little-endian number.

        Raises:
            FileError: the file ends before it.
        """
        try:
            (value,) = form.unpack_from(self._view, self.at)
        except (struct.error, OverflowError) as error:
            raise self.truncated() from error
        self.at += form.size
        number: int | float = value
        return number

    def count(self, form: struct.Struct, most: int, what: Message) -> int:
        """A count that must not exceed `most`.

        Raises:
            FileError: it does, or the file ends before it.
        """
        value = int(self.number(form))
        if not 0 <= value <= most:
            raise FileError(
                Message(
                    "The file {file} claims {count} {what}, which cannot be.", file=self.name, count=value, what=what
                )
            )
        return value

    def take(self, length: int) -> bytes:
        """The next bytes.

        Raises:
            FileError: the file ends before them.
        """
        if length < 0 or length > self.size - self.at:
            raise self.truncated()
        piece = self._view[self.at : self.at + length]
        self.at += length
        return piece

    def skip(self, length: int) -> None:
        """Pass over bytes.

        Raises:
            FileError: the file ends before them.
        """
        if length < 0 or length > self.size - self.at:
            raise self.truncated()
        self.at += length

    def skip_texts(self, count: int) -> None:
        """Pass over texts that each carry their length in 64 bits.

        Raises:
            FileError: the file ends before them.
        """
        unpack, view, at = _LENGTH.unpack_from, self._view, self.at
        try:
            for _ in range(count):
                at += 8 + unpack(view, at)[0]
        except (struct.error, OverflowError) as error:
            raise self.truncated() from error
        if at > self.size:
            raise self.truncated()
        self.at = at

    def truncated(self) -> FileError:
        """What to raise where the file ends too early."""
        return FileError(
            Message(
                "The file {file} ends in the middle of its header: it is damaged or not fully downloaded.",
                file=self.name,
            )
        )


_LENGTH = struct.Struct("<Q")
