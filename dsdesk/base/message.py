"""Text that has not met a language yet: an English sentence with named holes, and what goes into them.

The screen and the PDF of one project may be in different languages, so nothing inside the core is ever a finished
sentence. `dsdesk.base.translate.render` turns a Message into text at the edge.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType

from dsdesk.base.money import Money
from dsdesk.base.units import Quantity


@dataclass(frozen=True, slots=True, init=False)
class Message:
    """An English msgid with `{named}` holes and the values that fill them.

    Attributes:
        text: the English sentence, which is also the key of its translation.
        values: what fills the holes: text, numbers, `Quantity`, `Money`, other Messages, or tuples of them.
    """

    text: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __init__(self, text: str, /, **values: object) -> None:
        object.__setattr__(self, "text", text)
        object.__setattr__(self, "values", MappingProxyType(values))

    def __hash__(self) -> int:
        return hash((self.text, tuple(sorted((name, str(value)) for name, value in self.values.items()))))

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (self.text, dict(self.values))

    def in_english(self) -> str:
        """The sentence in the language of the source, for logs and exceptions."""
        return self.text.format(**{name: _plain(value) for name, value in self.values.items()})


def _rebuild(text: str, values: dict[str, object]) -> Message:
    return Message(text, **values)


def _plain(value: object) -> str:
    if isinstance(value, Message):
        return value.in_english()
    if isinstance(value, tuple):
        return ", ".join(_plain(one) for one in value)
    if isinstance(value, Quantity | Money):
        return value.text()
    if value is None:
        return "unknown"
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return str(value)


def N_(text: str) -> str:  # noqa: N802 - the field's name for "mark for translation, translate later"
    """Mark `text` for translation without translating it now."""
    return text
