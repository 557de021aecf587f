"""How the document speaks: Chinese, English, or Chinese with the English beneath it."""

from dataclasses import dataclass
from datetime import date

from dsdesk.base.message import Message
from dsdesk.base.translate import Language, render
from dsdesk.quote.fonts import Glyphs, cleaned
from dsdesk.quote.paper import BODY, BODY_SECOND, CELL, CELL_SECOND, HEAD, HEAD_SECOND, Type
from dsdesk.quote.text import Paragraph, Run, TextBlock


@dataclass(frozen=True, slots=True)
class Moment:
    """A day, written as each language writes it; `rest` is a time with its zone, as it was typed."""

    day: date
    rest: str = ""

    def text(self, language: Language) -> str:
        """Such as "24 November 2026" in English and "2026年11月24日" in Chinese (CLDR's long form)."""
        from babel.dates import format_date

        pattern = "d MMMM y" if language is Language.ENGLISH else "long"
        day = format_date(self.day, pattern, locale=language.value).replace(" ", "\N{NO-BREAK SPACE}")
        return f"{day} {self.rest}".strip()


Text = Message | Moment | str


def moment(text: str) -> Moment | str:
    """The day that an ISO text begins with; the text itself where it begins with none."""
    try:
        return Moment(date.fromisoformat(text[:10]), text[10:].strip())
    except ValueError:
        return text


_LANGUAGES: dict[str, tuple[Language, ...]] = {
    "zh_CN": (Language.CHINESE,),
    "en": (Language.ENGLISH,),
    "both": (Language.CHINESE, Language.ENGLISH),
}

# The face draws curly quotation marks as wide as a hanzi, which tears English words apart.
_STRAIGHT = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'"})


class Voice:
    """Renders Messages in the language or languages of one document.

    Attributes:
        languages: first and, in a document in both, second.
        glyphs: what makes the text printable.
        on_paper: whether characters without a glyph are replaced; data files keep them.
    """

    def __init__(self, language: str, *, on_paper: bool = True) -> None:
        self.languages = _LANGUAGES[language]
        self.glyphs = Glyphs()
        self.on_paper = on_paper

    @property
    def first(self) -> Language:
        """The language that leads."""
        return self.languages[0]

    def said(self, text: Text) -> tuple[str, ...]:
        """The text in each language, once where they agree."""
        spoken = (self._spoken(text, language) for language in self.languages)
        return tuple(dict.fromkeys(one for one in spoken if one))

    def _spoken(self, text: Text, language: Language) -> str:
        rendered = text.text(language) if isinstance(text, Moment) else render(text, language)
        rendered = self.glyphs.printable(rendered) if self.on_paper else cleaned(rendered)
        return rendered.translate(_STRAIGHT) if language is Language.ENGLISH else rendered

    def plain(self, text: Text) -> str:
        """On one line, for bookmarks, metadata and spreadsheets."""
        return " / ".join(self.said(text))

    def inline(self, text: Text, type_: Type, second: Type) -> Paragraph:
        """On one line, the second language smaller."""
        said = self.said(text)
        runs = [Run(said[0], type_)] if said else []
        return (*runs, *(Run(f" {one}", second) for one in said[1:]))

    def stacked(self, text: Text, type_: Type, second: Type) -> tuple[Paragraph, ...]:
        """One paragraph a language."""
        said = self.said(text)
        return tuple((Run(one, type_ if index == 0 else second),) for index, one in enumerate(said))

    def body(self, text: Text, *, after: float = 3.0) -> TextBlock:
        """A sentence in the flow of the page."""
        return TextBlock(self.stacked(text, BODY, BODY_SECOND), after=after)

    def cell(self, text: Text, type_: Type = CELL, *, align: str = "left") -> TextBlock:
        """Text of a table cell."""
        return TextBlock(self.stacked(text, type_, CELL_SECOND), align=align)

    def head(self, text: Text, *, align: str = "left") -> TextBlock:
        """A column heading."""
        return TextBlock(self.stacked(text, HEAD, HEAD_SECOND), align=align)
