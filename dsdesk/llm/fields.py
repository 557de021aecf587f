"""A config's fields, read with their bounds: what is missing or absurd is said in one sentence, never guessed."""

from collections.abc import Mapping, Sequence

from dsdesk.base.errors import InputError
from dsdesk.base.message import Message

_LARGEST = 2**40
_LONGEST = 4096


class Fields:
    """The fields of one (nested) section of a config.json.

    Args:
        values: the parsed section.
        outer: the section around it, where fields are looked up that the section itself lacks.
    """

    def __init__(self, values: Mapping[str, object], outer: Mapping[str, object] | None = None) -> None:
        self._values = values
        self._outer = outer or {}

    def get(self, name: str) -> object:
        """The raw value, None where it is missing or null."""
        value = self._values.get(name)
        return self._outer.get(name) if value is None and name in _INHERITED else value

    def integer(self, *names: str, default: int | None = None, low: int = 1) -> int:
        """The first of `names` that is there, else `default`.

        Raises:
            InputError: it is missing without a default, not a whole number, below `low`, or absurdly large.
        """
        for name in names:
            value = self.get(name)
            if value is None:
                continue
            if isinstance(value, float) and value.is_integer():
                value = int(value)
            if isinstance(value, bool) or not isinstance(value, int):
                raise InputError(Message("The model's config has no whole number in the field {field}.", field=name))
            if not low <= value <= _LARGEST:
                raise InputError(
                    Message(
                        "The model's config says {field} = {value}, which cannot be.", field=name, value=str(value)[:40]
                    )
                )
            return value
        if default is None:
            raise InputError(Message("The model's config lacks the field {field}.", field=names[0]))
        return default

    def flag(self, *names: str, default: bool = False) -> bool:
        """The first of `names` that is true or false."""
        for name in names:
            value = self.get(name)
            if isinstance(value, bool):
                return value
        return default

    def text(self, *names: str, default: str = "") -> str:
        """The first of `names` that is a text."""
        for name in names:
            value = self.get(name)
            if isinstance(value, str):
                return value
        return default

    def items(self, name: str) -> Sequence[object] | None:
        """A list, None where the field is no list.

        Raises:
            InputError: the list is longer than any model has layers.
        """
        value = self.get(name)
        if not isinstance(value, list):
            return None
        if len(value) > _LONGEST:
            raise InputError(
                Message("The model's config has a list of {count} values in {field}.", count=len(value), field=name)
            )
        return value

    def integers(self, name: str) -> tuple[int, ...] | None:
        """A list of whole numbers, None where the field is none."""
        values = self.items(name)
        if values is None or not all(isinstance(one, int) for one in values):
            return None
        return tuple(one for one in values if isinstance(one, int))

    def texts(self, name: str) -> tuple[str, ...] | None:
        """A list of texts, None where the field is none."""
        values = self.items(name)
        if values is None or not all(isinstance(one, str) for one in values):
            return None
        return tuple(one for one in values if isinstance(one, str))

    def section(self, *names: str) -> "Fields | None":
        """The first of `names` that is itself a section."""
        for name in names:
            value = self.get(name)
            if isinstance(value, dict):
                return Fields(value, self._values)
        return None

    def sections(self) -> "tuple[Fields, ...]":
        """All values that are themselves sections."""
        return tuple(Fields(value) for value in self._values.values() if isinstance(value, dict))

    def has(self, *names: str) -> bool:
        """Whether any of `names` is there and not null."""
        return any(self.get(name) is not None for name in names)

    def renamed(self, words: Mapping[str, str]) -> "Fields":
        """These fields, where the usual name of a field also finds the one that a family uses.

        Args:
            words: the family's name by the usual one; a dot enters a section.
        """
        found: dict[str, object] = {}
        for usual, own in words.items():
            inner, _, rest = own.partition(".")
            section = self.section(inner) if rest else None
            value = section.get(rest) if section else self.get(own)
            if value is not None and self.get(usual) is None:
                found[usual] = value
        return self.with_values(found)

    def with_values(self, values: Mapping[str, object]) -> "Fields":
        """These fields with others in their place."""
        return Fields({**self._values, **values}, self._outer)

    def with_defaults(self, values: Mapping[str, object]) -> "Fields":
        """These fields, and of `values` those that are missing here."""
        return self.with_values({name: value for name, value in values.items() if self.get(name) is None})

    def layers(self, *names: str) -> int:
        """A count of layers, bounded by what any model has.

        Raises:
            InputError: it is missing or absurd.
        """
        count = self.integer(*names)
        if count > _LONGEST:
            raise InputError(
                Message("The model's config says {field} = {value}, which cannot be.", field=names[0], value=count)
            )
        return count


_INHERITED = frozenset({"torch_dtype", "dtype", "tie_word_embeddings", "quantization_config"})
