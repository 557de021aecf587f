"""The two faces of the document, embedded as subsets; a character that they lack is replaced visibly and reported."""

import unicodedata
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, cast

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from dsdesk.base import assets

REGULAR = "NotoSansSC"
BOLD = "NotoSansSC-Bold"
_FILES = {REGULAR: "NotoSansSC-Regular.ttf", BOLD: "NotoSansSC-Bold.ttf"}

REPLACEMENT = "\N{GETA MARK}"  # what Chinese printers put where a type is missing
_AS_SPACE = dict.fromkeys(map(ord, "\t\n\r\v\f"), " ")


def register() -> None:
    """Make both faces known to reportlab; the second time costs nothing."""
    known = pdfmetrics.getRegisteredFontNames()
    for name, file in _FILES.items():
        if name not in known:
            pdfmetrics.registerFont(TTFont(name, str(assets.resource("fonts", file))))


@lru_cache(maxsize=2)
def _glyphs(font: str) -> Mapping[int, int]:
    register()
    found: Any = pdfmetrics.getFont(font)
    return cast("Mapping[int, int]", found.face.charToGlyph)


def has_glyph(character: str, font: str = REGULAR) -> bool:
    """Whether the face can draw `character`."""
    return ord(character) in _glyphs(font)


@lru_cache(maxsize=20_000)
def width(text: str, font: str, size: float) -> float:
    """Width of `text` in points."""
    register()
    return float(pdfmetrics.stringWidth(text, font, size))


def cleaned(text: str) -> str:
    """`text` without control characters and lone surrogates, white space as blanks: what files and pages can hold."""
    text = text.translate(_AS_SPACE)
    if text.isprintable():
        return text
    return "".join(one for one in text if unicodedata.category(one) not in {"Cc", "Cs", "Cn"})


class Glyphs:
    """Makes text printable and remembers which characters could not be.

    Attributes:
        missing: characters without a glyph and how often they stood there.
    """

    def __init__(self) -> None:
        self.missing: Counter[str] = Counter()

    def printable(self, text: str) -> str:
        """`text` with white space as blanks, control characters left out, and unknown characters replaced."""
        text = cleaned(text)
        known = _glyphs(REGULAR)
        if all(ord(character) in known for character in text):
            return text
        return "".join(self._one(character) for character in text)

    def _one(self, character: str) -> str:
        if has_glyph(character):
            return character
        if unicodedata.category(character) in {"Cf", "Zl", "Zp"}:  # joiners and marks of direction have no shape
            return ""
        self.missing[character] += 1
        return REPLACEMENT
