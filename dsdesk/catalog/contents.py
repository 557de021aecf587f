"""What the catalogue holds, counted: for `dsdesk catalog info` and the catalogue page."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from dsdesk.base.message import Message
from dsdesk.catalog.completeness import checked_fields, missing_fields
from dsdesk.hardware.parts import Part
from dsdesk.hardware.vocabulary import PartKind, Shelf

# Licences of the sources ask for these lines wherever the data goes.
ATTRIBUTIONS = (
    "Contains information from BuildCores OpenDB, which is made available under the ODC Attribution License.",
    "Epoch AI, 'Data on Machine Learning Hardware', CC BY 4.0.",
    "netbox-community/devicetype-library and nautobot/devicetype-library, CC0 1.0.",
    "Linux Hardware Project, 'DMI' (linuxhw/DMI), CC BY 4.0.",
)


@dataclass(frozen=True, slots=True)
class Batch:
    """One import into the user's layer.

    Attributes:
        id: by which it is taken back.
        made_on: ISO date.
        what: the format.
        source: the file.
        parts: own parts that it brought.
        prices: prices that it brought.
    """

    id: int
    made_on: str
    what: str
    source: str
    parts: int
    prices: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KindCount:
    """Parts of one kind.

    Attributes:
        kind: which.
        buildable: parts of which every checked field is known.
        listed: parts that can only be looked up and quoted.
        own: how many of all these are the user's.
        filled: share of the checked fields that are filled, None without parts.
        fields: the same by field, as (field, share).
        assumed: of the buildable parts, those in which a checked field is an assumption, as (field, number).
    """

    kind: PartKind
    buildable: int
    listed: int
    own: int
    filled: float | None
    fields: tuple[tuple[str, float], ...]
    assumed: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """All counts.

    Attributes:
        version: of the factory catalogue, with the hash of its content.
        kinds: parts by kind.
        parts: all parts.
        own_parts: how many of them are the user's.
        prices: factory price points.
        prices_from: day of the oldest, "" if there is none.
        prices_to: day of the newest.
        own_prices: price points of the user's.
        models: language models.
        own_models: how many of them are the user's.
        factory_file: the factory database.
        own_file: the user's own database; it exists once something was written.
        attributions: what the licences of the sources ask to be said.
        notices: what the user should know about the state of the files.
    """

    version: str
    kinds: tuple[KindCount, ...]
    parts: int
    own_parts: int
    prices: int
    prices_from: str
    prices_to: str
    own_prices: int
    models: int
    own_models: int
    factory_file: str
    own_file: str
    attributions: tuple[str, ...]
    notices: tuple[Message, ...]


def fill_rates(parts: Iterable[Part]) -> tuple[tuple[str, float], ...]:
    """The share of parts in which each checked field is filled, among those that need it."""
    needed: dict[str, int] = {}
    empty: dict[str, int] = {}
    for part in parts:
        for name in checked_fields(part):
            needed[name] = needed.get(name, 0) + 1
        for name in missing_fields(part):
            empty[name] = empty.get(name, 0) + 1
    return tuple((name, 1 - empty.get(name, 0) / count) for name, count in needed.items())


def assumed_fields(parts: Iterable[Part]) -> tuple[tuple[str, int], ...]:
    """How many of the buildable parts have an assumption in each checked field, the most frequent first."""
    counted = Counter(
        name
        for part in parts
        if part.shelf is Shelf.BUILDABLE
        for name in checked_fields(part)
        if name in part.unverified
    )
    return tuple(counted.most_common())
