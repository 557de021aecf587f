"""Two kinds of failure: the world is wrong (`DsdeskError`, shown kindly), or we are (anything else, reported)."""

import errno

from dsdesk.base.message import N_, Message

# As the C library says them in English, whatever the system and its language.
_REASONS = {
    "EACCES": N_("Permission denied"),
    "EBUSY": N_("Device or resource busy"),
    "EDQUOT": N_("Disk quota exceeded"),
    "EEXIST": N_("File exists"),
    "EFBIG": N_("File too large"),
    "EIO": N_("Input/output error"),
    "EISDIR": N_("Is a directory"),
    "ENAMETOOLONG": N_("File name too long"),
    "ENODEV": N_("No such device"),
    "ENOENT": N_("No such file or directory"),
    "ENOSPC": N_("No space left on device"),
    "ENOTDIR": N_("Not a directory"),
    "ENOTEMPTY": N_("Directory not empty"),
    "EPERM": N_("Operation not permitted"),
    "EROFS": N_("Read-only file system"),
}


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


def reason_of(error: OSError) -> Message | str:
    """What the system says of a file, to be put into a sentence of ours; in its own words where it is rare."""
    said = _REASONS.get(errno.errorcode.get(error.errno or 0, ""))
    return Message(said) if said else error.strerror or str(error)
