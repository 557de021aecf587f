"""Why a bundle is refused: one word for programs, one sentence for people."""

from enum import StrEnum

from dsdesk.base.errors import FileError
from dsdesk.base.message import N_, Message


class Reason(StrEnum):
    """The kinds of refusal."""

    NOT_A_BUNDLE = "not_a_bundle"
    TOO_LARGE = "too_large"
    TRUNCATED = "truncated"
    SIGNATURE = "signature"
    UNKNOWN_KEY = "unknown_key"
    ALTERED = "altered"
    PATH = "path"
    OLDER = "older"
    EXPIRED = "expired"
    MIXED = "mixed"
    CONTENT = "content"
    NEWER_FORMAT = "newer_format"


class RefusedError(FileError):
    """A bundle that is not taken; nothing was changed.

    Attributes:
        reason: the kind of refusal.
    """

    def __init__(self, reason: Reason, message: Message) -> None:
        super().__init__(message)
        self.reason = reason


def overtaken() -> RefusedError:
    """The refusal of a bundle that was looked at before something else was taken."""
    return RefusedError(
        Reason.OLDER,
        Message(N_("Another update was taken in the meantime, and this one was not. Look at the bundle again.")),
    )
