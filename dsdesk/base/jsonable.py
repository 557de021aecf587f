"""Any value of the core as plain JSON, Messages in the reader's language, callables left out."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from pathlib import Path

from dsdesk.base.message import Message
from dsdesk.base.money import Money
from dsdesk.base.source import Unknown
from dsdesk.base.translate import Language, render
from dsdesk.base.units import Quantity

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


def jsonable(value: object, language: Language) -> Json:
    """`value` as JSON: dataclasses by field name, money as text amount and currency, an Unknown by its reason."""
    if value is None or (isinstance(value, bool | int | float | str) and not isinstance(value, Enum)):
        return value
    if isinstance(value, Enum):
        return jsonable(value.value if isinstance(value.value, str) else value.name.lower(), language)
    if isinstance(value, Message):
        return render(value, language)
    if isinstance(value, Unknown):
        return {"unknown": render(value.because, language)}
    if isinstance(value, Money):
        return {"amount": str(value.rounded().amount), "currency": value.currency}
    if isinstance(value, Quantity):
        return {"value": value.value, "text": value.text()}
    return _compound(value, language)


def _compound(value: object, language: Language) -> Json:
    if is_dataclass(value):
        named = ((field.name, getattr(value, field.name)) for field in fields(value))
        return {name: jsonable(content, language) for name, content in named if not callable(content)}
    if isinstance(value, Mapping):
        return {str(key): jsonable(content, language) for key, content in value.items()}
    if isinstance(value, tuple | list | set | frozenset):
        return [jsonable(one, language) for one in value]
    if isinstance(value, Decimal | date | Path):
        return str(value)
    raise TypeError(f"no JSON for {type(value).__name__}")
