"""Messages into text: one gettext catalogue a language, loaded on first use; English is the source itself."""

import gettext
from collections.abc import Callable
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from dsdesk.base import assets
from dsdesk.base.message import Message
from dsdesk.base.money import Money
from dsdesk.base.units import Quantity, format_number


class Language(StrEnum):
    """Languages in which everything is said."""

    ENGLISH = "en"
    CHINESE = "zh_CN"


@lru_cache
def _catalog(language: Language) -> gettext.NullTranslations:
    if language is Language.ENGLISH:
        return gettext.NullTranslations()
    path = assets.resource("i18n", f"{language.value}.mo")
    if not path.is_file():
        return gettext.NullTranslations()
    with path.open("rb") as file:
        return gettext.GNUTranslations(file)


def translator(language: Language) -> Callable[[str], str]:
    """A function from an English text to the same in `language` (the text itself where it is missing)."""
    catalog = _catalog(language)
    return lambda text: catalog.gettext(text) if text else text


def render(message: Message | str, language: Language) -> str:
    """`message` as a sentence in `language`, its numbers with their units."""
    if isinstance(message, str):
        return message
    text = _catalog(language).gettext(message.text)
    return text.format(**{name: _value(value, language) for name, value in message.values.items()})


def _value(value: object, language: Language) -> str:
    if isinstance(value, Message):
        return render(value, language)
    if isinstance(value, tuple):
        separator = "、" if language is Language.CHINESE else ", "
        return separator.join(_value(one, language) for one in value)
    if isinstance(value, Quantity | Money):
        return value.text()
    if value is None:
        return _catalog(language).gettext(UNKNOWN)
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int | float):
        return format_number(value)
    if isinstance(value, Decimal):
        return f"{value:,f}"
    return str(value)


UNKNOWN = Message("unknown").text
