"""The language of the screen. It is one for the whole window, like its palette; documents choose their own.

`_("Text {hole}", hole=value)` gives finished text. When the language changes the window is built anew, so no widget
remembers how its text came about.
"""

import locale
import os

from dsdesk.base.message import Message
from dsdesk.base.source import Unknown
from dsdesk.base.translate import Language, render

_spoken = Language.ENGLISH

# The face draws curly quotation marks as wide as a hanzi, which tears English words apart.
_STRAIGHT = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'"})


def speak(language: Language) -> None:
    """Say everything in `language` from now on."""
    global _spoken  # noqa: PLW0603 - one language a process, set by the application alone
    _spoken = language


def spoken() -> Language:
    """The language of the screen."""
    return _spoken


def system_language() -> Language:
    """The language of the desktop, English unless it is Chinese."""
    names = [os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG")]
    chosen = next((name for name in names if name), "") or (locale.getlocale()[0] or "")
    return Language.CHINESE if chosen.lower().startswith(("zh", "chinese")) else Language.ENGLISH


def _(text: str, **values: object) -> str:
    """`text` in the language of the screen, its holes filled."""
    return _spell(Message(text, **values))


def say(what: Message | Unknown | str | None) -> str:
    """A message of the core as text; an unknown tells its reason, None is an empty text."""
    if what is None:
        return ""
    return _spell(what.because if isinstance(what, Unknown) else what)


def _spell(what: Message | str) -> str:
    words = render(what, _spoken)
    return words.translate(_STRAIGHT) if _spoken is Language.ENGLISH else words
