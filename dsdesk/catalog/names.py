"""Names as people and drivers write them, reduced to keys that can be compared.

"NVIDIA GeForce RTX 4090", "RTX4090" and "rtx 4090 24GB" shall find the same card, "RTX 4090 48GB" the modified one and
"A100 80GB" none, since two cards are called so. A name gives up to three keys, from strict to bare.
"""

import re
import unicodedata
from collections.abc import Iterable
from enum import IntEnum

from dsdesk.base.units import GB, GIB
from dsdesk.hardware.parts import Part


class Level(IntEnum):
    """How much was left out of a name."""

    STRICT = 0  # only spaces, signs and capitals
    VENDORLESS = 1  # also words that drivers and shops add
    BARE = 2  # also the memory size


_MARKS = re.compile(r"\((?:r|tm|c)\)|[®™©]", re.IGNORECASE)
_NOISE = re.compile(
    r"\b(?:nvidia|geforce|amd|ati|radeon|instinct|intel|apple|tesla|corporation|corp|inc|graphics?|gpu|card|cpu"
    r"|\d+-core processor|processor|\d+(?:st|nd|rd|th) gen)\b|@ ?[\d.]+ ?ghz"
)
_MEMORY = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?) ?(gb|gib|g)\b")


_NOT_IN_KEYS = str.maketrans({sign: None for sign in map(chr, range(128)) if not sign.isalnum()})


def _lower(name: str) -> str:
    if name.isascii():  # nearly all names; the rest of the way costs five times as much
        return (_MARKS.sub(" ", name) if "(" in name else name).lower()
    return unicodedata.normalize("NFKC", _MARKS.sub(" ", name)).casefold()


def squeeze(text: str) -> str:
    """Only the letters and digits of `text`, in small letters."""
    plain = _lower(text).translate(_NOT_IN_KEYS)
    return plain if plain.isascii() else "".join(sign for sign in plain if sign.isalnum())


def keys(name: str) -> dict[Level, str]:
    """The keys of one name; a level that leaves nothing over is left out."""
    text = _lower(name)
    plain = _NOISE.sub(" ", text)
    found = {
        Level.STRICT: squeeze(text),
        Level.VENDORLESS: squeeze(plain),
        Level.BARE: squeeze(_MEMORY.sub(" ", plain)),
    }
    return {level: key for level, key in found.items() if key}


def stated_memory(name: str) -> float | None:
    """The memory size in a name, in the unit that it is written in; None if there is none or several."""
    sizes = {float(match[1]) for match in _MEMORY.finditer(_lower(name))}
    return sizes.pop() if len(sizes) == 1 else None


def agrees(part: Part, size: float | None) -> bool:
    """Whether a part has the memory that a name states, in GiB or GB; True where either is not known."""
    held = getattr(part, "memory_bytes", None)
    if size is None or held is None:
        return True
    return any(abs(held - size * unit) < 0.02 * held for unit in (GIB, GB))


def part_keys(part: Part) -> dict[str, Level]:
    """Every key of a part with the strictest level it has it on."""
    return keys_of(_names(part))


def keys_of(names: Iterable[str]) -> dict[str, Level]:
    """Every key of some names with the strictest level that gives it."""
    found: dict[str, Level] = {}
    for name in dict.fromkeys(names):
        for level, key in keys(name).items():
            found[key] = min(level, found.get(key, Level.BARE))
    return found


def _names(part: Part) -> Iterable[str]:
    yield from (part.id, part.name, part.full_name, f"{part.manufacturer} {part.name}", *part.aliases)
    if part.mpn:
        yield part.mpn
