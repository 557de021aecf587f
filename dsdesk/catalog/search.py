"""Search text, query terms, and the SQL between them.

SQLite's FTS5 does not find Chinese words of one or two characters: unicode61 takes a run of hanzi for one word, and
trigram answers nothing below three characters (LIKE over a trigram table even answers wrongly). So the text stands in
an ordinary column and every term has to occur in it, which is right for any language, and quick for as many parts as a
catalogue has (100,000 in one pass of LIKE). Runs of hanzi are cut into the words that the catalogue knows.
"""

import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
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
        return frozenset(word for group in groups for word in group if any(map(is_han, word)))


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


_SHORTEST_KIND_WORD = 2

# A regular expression over these ranges takes 10 ms to compile, at every start.
_HAN_RANGES = (("㐀", "䶿"), ("一", "鿿"), ("豈", "﫿"))


def is_han(sign: str) -> bool:
    """Whether `sign` is a Chinese character."""
    return sign >= "㐀" and any(first <= sign <= last for first, last in _HAN_RANGES)


def _runs(text: str) -> list[tuple[bool, str]]:
    """`text` cut at spaces and where Chinese characters begin or end, as (Chinese, run)."""
    return [(han, "".join(signs)) for word in text.split() for han, signs in groupby(word, key=is_han)]


def folded(text: str) -> str:
    """`text` with full-width forms made plain and in small letters."""
    return unicodedata.normalize("NFKC", text).casefold()


def search_text(part: Part, words: Words) -> str:
    """What a search of `part` looks through; see `text_of`."""
    spoken = (part.name, part.mpn or "", part.id, *part.aliases)
    return text_of(part.manufacturer, spoken, (part.full_name, *part.aliases), words)


def text_of(maker: str, spoken: Iterable[str], names: Iterable[str], words: Words) -> str:
    """Each word of `maker` and of what is `spoken` after a space, then the `names` without spaces or signs."""
    said = dict.fromkeys(folded(" ".join((maker, *spoken, *words.makers.get(maker, ())))).split())
    squeezed = dict.fromkeys(squeeze(one) for one in names if one)
    return f" {' '.join(said)} | {' '.join(squeezed)}"


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that has to be so of a part.

    Attributes:
        spellings: one of them occurs in its text,
        kinds: or it is of one of these kinds.
    """

    spellings: tuple[str, ...]
    kinds: tuple[str, ...] = ()


def terms(query: str, words: Words) -> tuple[Term, ...]:
    """The terms of a query: its words, cut where script changes, and runs of hanzi cut into known words."""
    found: list[Term] = []
    for han, run in _runs(folded(query)):
        if han:
            found.extend(Term((word,), _kinds_called(word, words)) for word in _cut(run, words.known))
        else:
            spellings = tuple(dict.fromkeys(filter(None, (run, squeeze(run)))))
            found.append(Term(spellings, _kinds_called(run, words)))
    return tuple(dict.fromkeys(found))


def _kinds_called(word: str, words: Words) -> tuple[str, ...]:
    """The kinds that `word` may mean: it occurs in one of their Chinese words, or begins one of the others."""
    if not is_han(word[0]) and len(word) < _SHORTEST_KIND_WORD:
        return ()
    return tuple(
        kind
        for kind, called in words.kinds.items()
        if any(word in one if is_han(word[0]) else one.startswith(word) for one in called)
    )


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


_ESCAPED = str.maketrans({"%": r"\%", "_": r"\_", "\\": r"\\"})


def _like(text: str) -> str:
    return f"%{text.translate(_ESCAPED)}%"


def condition(wanted: tuple[Term, ...]) -> tuple[str, list[str]]:
    """A SQL condition over the columns `text` and `kind` that all terms hold, with its parameters."""
    clauses: list[str] = []
    parameters: list[str] = []
    for term in wanted:
        choices = ["kind = ?"] * len(term.kinds) + [r"text LIKE ? ESCAPE '\'"] * len(term.spellings)
        clauses.append(f"({' OR '.join(choices)})")
        parameters += [*term.kinds, *map(_like, term.spellings)]
    return " AND ".join(clauses) or "1", parameters


def rank(wanted: tuple[Term, ...]) -> tuple[str, list[str]]:
    """A SQL expression that is smaller the more terms begin a word of the text, with its parameters."""
    pieces = [r"(text NOT LIKE ? ESCAPE '\')" for _ in wanted]
    return " + ".join(pieces) or "0", [_like(f" {term.spellings[0]}") for term in wanted]
