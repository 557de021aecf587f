"""As much of YAML as the device types of NetBox use: scalars, block texts, and lists of flat tables."""

import re
from collections.abc import Iterator

Scalar = str | int | float | bool | None
Table = dict[str, Scalar]
Document = dict[str, Scalar | list[Table]]

_ENTRY = re.compile(r"""(?P<dash>- +)?(?P<key>[\w.-]+): *(?P<value>.*)""")


class YamlError(ValueError):
    """A line that this reader does not know.

    Attributes:
        line: its number, from 1.
    """

    def __init__(self, line: int) -> None:
        super().__init__(f"line {line}")
        self.line = line


def parse(text: str) -> Document:
    """The document in `text`.

    Raises:
        YamlError: it uses more of YAML than this reader knows.
    """
    document: Document = {}
    current: list[Table] = []
    block_indent: int | None = None
    for number, line in _lines(text):
        indent = len(line) - len(line.lstrip(" "))
        if block_indent is not None and indent > block_indent:
            continue  # a block text: nothing of it is needed
        block_indent = None
        match = _ENTRY.fullmatch(line.strip())
        if match is None:
            if line.lstrip().startswith("- ") or document:
                continue  # a list of plain values, or the next line of a folded text
            raise YamlError(number)
        value = match["value"].strip()
        if value[:1] in ("|", ">"):
            block_indent = indent
            value = ""
        if match["dash"]:
            current.append({match["key"]: scalar(value)})
        elif indent and current:
            current[-1][match["key"]] = scalar(value)
        elif not indent and not value:
            current = []
            document[match["key"]] = current
        elif not indent:
            document[match["key"]] = scalar(value)
    return document


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.splitlines(), start=1):
        plain = line.rstrip()
        if plain and plain != "---" and not plain.lstrip().startswith("#"):
            yield number, plain


def scalar(text: str) -> Scalar:
    """A plain or quoted scalar."""
    if text[:1] in ("'", '"') and text.endswith(text[0]) and len(text) > 1:
        return text[1:-1].replace("''", "'") if text[0] == "'" else text[1:-1]
    plain = text.split(" #", maxsplit=1)[0].strip()
    if plain in ("true", "false"):
        return plain == "true"
    if plain in ("", "~", "null"):
        return None
    for kind in (int, float):
        try:
            return kind(plain)
        except ValueError:
            continue
    return plain
