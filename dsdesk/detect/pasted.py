"""Several answers below one another in one text: documents (JSON, XML) apart from what stands around them."""

import json
import re
from collections.abc import Iterator

_START = re.compile(r"^(?:[{\[](?=\s*(?:[\"{\[\]}]|$))|<\?xml |<nvidia_smi_log|<topology|<!DOCTYPE )", re.MULTILINE)
_ENDS = {"<nvidia_smi_log": "</nvidia_smi_log>", "<topology": "</topology>"}
_LINE = re.compile(r"^[}\]]\s*$", re.MULTILINE)
_MOST_CHARACTERS = 4_000_000
_MOST_DOCUMENTS = 200


def documents(text: str) -> Iterator[str]:
    """The parts of `text`: each document by itself, then all that is left as one text.

    A text that is one document, or holds none, is given whole.
    """
    starts = list(_START.finditer(text)) if len(text) <= _MOST_CHARACTERS else []
    if not starts:
        yield text
        return
    rest: list[str] = []
    at = 0
    for start in starts[:_MOST_DOCUMENTS]:
        if start.start() < at:
            continue
        end = _end(text, start.start())
        rest.append(text[at : start.start()])
        yield text[start.start() : end]
        at = end
    rest.append(text[at:])
    around = "\n".join(rest)
    if around.strip():
        yield around


def _end(text: str, start: int) -> int:
    if text[start] == "<":
        for opening, closing in _ENDS.items():
            found = text.find(opening, start)
            if 0 <= found < start + 1000:
                end = text.find(closing, found)
                return end + len(closing) if end >= 0 else len(text)
        return len(text)
    try:
        return json.JSONDecoder(strict=False).raw_decode(text, start)[1]
    except (ValueError, RecursionError):
        line = _LINE.search(text, start)
        return line.end() if line else len(text)
