"""What a capture is and what a format is."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from xml.etree.ElementTree import Element, ParseError, XMLPullParser

from dsdesk.base.message import N_, Message
from dsdesk.detect.snapshot import Snapshot

_CLOSERS = {"{": "}", "[": "]"}
_MOST_REPAIRS = 200


@dataclass
class Capture:
    """A text that another machine wrote: a file, a section of a bundle, or something pasted.

    Attributes:
        name: of the file.
        text: decoded, without colours, with plain line ends.
    """

    name: str
    text: str

    def __post_init__(self) -> None:
        self.remarks: list[Message] = []

    @cached_property
    def json(self) -> object:
        """The JSON value in it, as far as it goes when it is cut; None if it holds none."""
        start = re.search(r"[\[{]", self.text[:4096])
        if not start or self.text[: start.start()].count("\n") > 20:  # noqa: PLR2004 - a banner may come before it
            return None
        try:
            return json.JSONDecoder(strict=False).raw_decode(self.text, start.start())[0]
        except (ValueError, RecursionError):
            pass
        repaired = _repaired(self.text[start.start() :])
        if repaired is not None:
            self.remarks.append(Message(N_("{name} is cut; what is there was read."), name=self.name))
        return repaired

    @cached_property
    def xml(self) -> Element | None:
        """The root element, as far as it goes when it is cut. A document type is never read: entities are refused."""
        start = self.text.find("<")
        if start < 0:
            return None
        if "<!ENTITY" in self.text:
            self.remarks.append(Message(N_("{name} declares XML entities; it was not read."), name=self.name))
            return None
        body = re.sub(r"<!DOCTYPE[^\[>]*(\[[^\]]*\])?[^>]*>", "", self.text[start:], count=1)
        body = re.sub(r"^<\?xml[^>]*\?>", "", body)
        parser: Any = XMLPullParser(["start"])
        try:
            parser.feed(body)
            parser.close()
        except ParseError:
            self.remarks.append(Message(N_("{name} is cut; what is there was read."), name=self.name))
        try:
            root: Element | None = next((element for _, element in parser.read_events()), None)
        except ParseError:
            return None
        return root


def _repaired(text: str) -> object:
    """The value of JSON that was cut: back to the last whole element, then closed."""
    cut = len(text)
    for _ in range(_MOST_REPAIRS):
        cut = max(text.rfind(",", 0, cut), text.rfind("}", 0, cut), text.rfind("]", 0, cut))
        if cut <= 0:
            return None
        end = cut if text[cut] == "," else cut + 1
        try:
            value: object = json.loads(text[:end] + _closing(text[:end]), strict=False)
        except (ValueError, RecursionError):
            continue
        return value
    return None


def _closing(text: str) -> str:
    """The brackets that are still open at the end of `text`."""
    open_ones: list[str] = []
    for token in re.finditer(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', text):
        if token[0] in _CLOSERS:
            open_ones.append(token[0])
        elif token[0] in "]}" and open_ones:
            open_ones.pop()
    return "".join(_CLOSERS[one] for one in reversed(open_ones))


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One way in which tools write facts down.

    Attributes:
        key: stable name.
        title: the command that writes it, as people type it.
        recognises: whether a text holds it; quick, told from the content only.
        read: its facts; links and positions refer to the accelerators of this reading.
    """

    key: str
    title: str
    recognises: Callable[[Capture], bool]
    read: Callable[[Capture], Snapshot]
