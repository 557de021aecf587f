"""Search text, query terms, and the SQL between them.

SQLite's FTS5 does not find Chinese words of one or two characters: unicode61 takes a run of hanzi for one word, and
trigram answers nothing below three characters (LIKE over a trigram table even answers wrongly). So the text stands in
an ordinary column and every term has to occur in it, which is right for any language, and quick for as many parts as a
catalogue has. Runs of hanzi that do not occur as they stand are cut into words that the catalogue knows.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from dsdesk.base.errors import CatalogError
from dsdesk.base.message import Message
from dsdesk.catalog.names import squeeze
from dsdesk.hardware.parts import Part


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What people call kinds of parts and makers.

    Attributes:
        kinds: words by kind.
        makers: words by manufacturer.
    """

    kinds: Mapping[str, tuple[str, ...]]
    makers: Mapping[str, tuple[str, ...]]

    @property
    def known(self) -> frozenset[str]:
        """Every word of these that has Chinese characters."""
        groups = (*self.kinds.values(), *self.makers.values())
        return frozenset(word for group in groups for word in group if _HAN.search(word))


def read_words(path: Path) -> Words:
    """The words of db/words.toml.

    Raises:
        CatalogError: the file is missing or wrong.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
        return Words(
            kinds={name: tuple(words) for name, words in tables["kind"].items()},
            makers={name: tuple(words) for name, words in tables["maker"].items()},
        )
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, AttributeError) as error:
        raise CatalogError(Message("{file} cannot be read: {error}", file=path.name, error=str(error))) from error


_HAN = re.compile(r"[㐀-䶿一-鿿豈-﫿]")
_RUN = re.compile(r"[㐀-䶿一-鿿豈-﫿]+|[^\s㐀-䶿一-鿿豈-﫿]+")


def folded(text: str) -> str:
    """`text` with full-width forms made plain and in small letters."""
    return unicodedata.normalize("NFKC", text).casefold()


def search_text(part: Part, words: Words) -> str:
    """What a search of `part` looks through: each word after a space, then the names without spaces or signs."""
    names = (part.manufacturer, part.name, part.mpn or "", part.id, *part.aliases)
    extra = (*words.makers.get(part.manufacturer, ()), part.kind.value, *words.kinds.get(part.kind.value, ()))
    spoken = dict.fromkeys(folded(" ".join((*names, *extra))).split())
    squeezed = dict.fromkeys(squeeze(one) for one in (part.full_name, *part.aliases) if one)
    return f" {' '.join(spoken)} | {' '.join(squeezed)}"


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that has to occur: any of `spellings`."""

    spellings: tuple[str, ...]


def terms(query: str, known: Iterable[str]) -> tuple[Term, ...]:
    """The terms of a query: its words, cut where script changes, and runs of hanzi cut into known words."""
    vocabulary = frozenset(known)
    found: list[Term] = []
    for run in _RUN.findall(folded(query)):
        if _HAN.match(run):
            found.extend(Term((word,)) for word in _cut(run, vocabulary))
        elif squeezed := squeeze(run):
            found.append(Term((run, squeezed) if run != squeezed else (run,)))
    return tuple(dict.fromkeys(found))


def _cut(run: str, vocabulary: frozenset[str]) -> list[str]:
    """The longest known words of a run from its start; what lies between them stays together."""
    pieces: list[str] = []
    rest, start = "", 0
    while start < len(run):
        word = next((run[start:end] for end in range(len(run), start, -1) if run[start:end] in vocabulary), "")
        if not word:
            rest, start = rest + run[start], start + 1
            continue
        if rest:
            pieces.append(rest)
        pieces.append(word)
        rest, start = "", start + len(word)
    return [*pieces, rest] if rest else pieces


def condition(wanted: tuple[Term, ...], column: str = "text") -> tuple[str, list[str]]:
    """A SQL condition that all terms occur in `column`, with its parameters."""
    clauses: list[str] = []
    parameters: list[str] = []
    for term in wanted:
        clauses.append("(" + " OR ".join(f"instr({column}, ?) > 0" for _ in term.spellings) + ")")
        parameters.extend(term.spellings)
    return " AND ".join(clauses) or "1", parameters


def rank(wanted: tuple[Term, ...], column: str = "text") -> tuple[str, list[str]]:
    """A SQL expression that is smaller the more terms begin a word, with its parameters."""
    pieces = [f"(instr({column}, ?) = 0)" for _ in wanted]
    return " + ".join(pieces) or "0", [f" {term.spellings[0]}" for term in wanted]
