"""Two kinds of failure: the world is wrong (`DsdeskError`, shown kindly), or we are (anything else, reported)."""

from dsdesk.base.message import Message


class DsdeskError(Exception):
    """Bad input or a broken environment, told to the user in one sentence: what is wrong, where, and what to do.

    Attributes:
        message: the sentence, not yet in any language.
    """

    def __init__(self, message: Message) -> None:
        super().__init__(message.text)
        self.message = message

    def __str__(self) -> str:
        return self.message.in_english()


class FileError(DsdeskError):
    """A file that cannot be read, written or understood."""


class CatalogError(DsdeskError):
    """The parts database is missing, damaged, too new, or lacks what was asked for."""


class InputError(DsdeskError):
    """An argument or a field that has no meaning here."""
