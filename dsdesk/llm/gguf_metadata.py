"""Metadata of a GGUF file by short names: "block_count" is found under the architecture's own prefix."""

from collections.abc import Mapping

from dsdesk.llm.gguf_header import Value

_LARGEST = 2**40


class Metadata:
    """The metadata of one model.

    Args:
        values: as the header has them.

    Attributes:
        arch: name of the architecture, "" where the file does not say.
    """

    def __init__(self, values: Mapping[str, Value]) -> None:
        self._values = values
        arch = values.get("general.architecture")
        self.arch = arch[:64] if isinstance(arch, str) else ""

    def get(self, key: str) -> Value:
        """The value under `key` or under the architecture's prefix."""
        value = self._values.get(key)
        return self._values.get(f"{self.arch}.{key}") if value is None else value

    def text(self, key: str) -> str:
        """A text, "" where it is none."""
        value = self.get(key)
        return value[:200] if isinstance(value, str) else ""

    def number(self, key: str) -> int | None:
        """A count, None where it is none or absurd; of a list, the largest."""
        value = self.get(key)
        if isinstance(value, tuple):
            numbers = [one for one in value if isinstance(one, int)]
            value = max(numbers, default=None)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _LARGEST:
            return None
        return value

    def per_layer(self, key: str, layers: int) -> list[int] | None:
        """A count for every layer, from one number or a list; None where there is none."""
        value = self.get(key)
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _LARGEST:
            return [value] * layers
        if isinstance(value, tuple) and len(value) >= layers:
            numbers = [int(one) for one in value[:layers] if isinstance(one, int) and 0 <= one <= _LARGEST]
            return numbers if len(numbers) == layers else None
        return None
