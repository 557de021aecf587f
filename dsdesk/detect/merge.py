"""Several readings of one machine into one: cards by PCI address, each value with its source, contradictions said."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

from dsdesk.base.message import N_, Message
from dsdesk.base.units import Quantity, Unit
from dsdesk.detect.snapshot import CpuFacts, Gpu, Habitat, HostFacts, Link, MemoryFacts, PciPlace, Snapshot

# Facts that do not change while a machine runs, in words; the others (temperature, generation at idle) may differ.
_LASTING = {
    "memory_bytes": N_("memory"),
    "pci_id": N_("PCI id"),
    "subsystem": N_("board"),
    "mig": N_("MIG"),
    "power_max_w": N_("highest power limit"),
}
# Tools count memory with or without what the driver and error correction take.
_MEMORY_TOLERANCE = 0.08
Facts = TypeVar("Facts", CpuFacts, HostFacts, MemoryFacts)
_PLACE = {field.name for field in fields(PciPlace)}
_LIST_WORDS = re.compile(r"[a-z]*\d+[a-z0-9]*")


@dataclass(frozen=True, slots=True)
class Reading:
    """Facts of one capture, and what to call it."""

    source: str
    facts: Snapshot


@dataclass
class _Card:
    """One accelerator as it grows together.

    Attributes:
        parts: (source, facts), the most trusted first.
    """

    parts: list[tuple[str, Gpu]]

    def has(self, name: str, value: object) -> bool:
        return any(getattr(gpu, name) == value for _, gpu in self.parts)

    @property
    def address(self) -> str:
        return next((gpu.pci.address for _, gpu in self.parts if gpu.pci.address), "")

    @property
    def index(self) -> int | None:
        return next((gpu.index for _, gpu in self.parts if gpu.index is not None), None)

    @property
    def vendor(self) -> str:
        return next((gpu.vendor for _, gpu in self.parts if gpu.vendor), "")


def merge(readings: Sequence[Reading]) -> Snapshot:
    """One machine out of `readings`, which come in the order in which they are believed."""
    cards: list[_Card] = []
    homes: dict[tuple[int, int], _Card] = {}
    addressed = [any(gpu.pci.address for gpu in reading.facts.gpus) for reading in readings]
    # Cards with an address first: the others find their place among them.
    for which in sorted(range(len(readings)), key=lambda one: not addressed[one]):
        taken: set[int] = set()
        for position, gpu in enumerate(readings[which].facts.gpus):
            card = _home(gpu, readings[which].facts, cards, taken)
            if card is None:
                card = _Card([])
                cards.append(card)
            taken.add(id(card))
            card.parts.append((readings[which].source, gpu))
            homes[which, position] = card
    order = {reading.source: rank for rank, reading in enumerate(readings)}
    for card in cards:
        card.parts.sort(key=lambda part: order[part[0]])
    cards.sort(key=lambda card: (card.index is None, card.vendor, card.index or 0, card.address))
    position_of = {id(card): position for position, card in enumerate(cards)}
    warnings = [one for reading in readings for one in reading.facts.warnings]
    gpus = tuple(_joined(card, warnings) for card in cards)
    place = {key: position_of[id(card)] for key, card in homes.items()}
    cpu = _first_facts(CpuFacts, [(reading.source, reading.facts.cpu) for reading in readings])
    _contradict_driver(readings, warnings)
    return Snapshot(
        host=_first_facts(HostFacts, [(reading.source, reading.facts.host) for reading in readings]),
        gpus=gpus,
        links=_links(readings, place),
        cpu=cpu,
        memory=_first_facts(MemoryFacts, [(reading.source, reading.facts.memory) for reading in readings]),
        disks=next((reading.facts.disks for reading in readings if reading.facts.disks), ()),
        warnings=tuple(dict.fromkeys(warnings)),
        sources=tuple(dict.fromkeys(reading.source for reading in readings)),
    )


def _home(gpu: Gpu, reading: Snapshot, cards: list[_Card], taken: set[int]) -> _Card | None:
    """The card that `gpu` is another reading of: by address, by number, or as the next of its name."""
    free = [card for card in cards if id(card) not in taken and _same_vendor(card, gpu)]
    if gpu.pci.address:
        same = next((card for card in free if card.address == gpu.pci.address), None)
        return same or next((card for card in free if not card.address and _same_number(card, gpu)), None)
    if gpu.index is not None:
        same = next((card for card in free if _same_number(card, gpu)), None)
        unnumbered = sorted(
            (card for card in cards if (card.index is None or id(card) in taken) and _same_vendor(card, gpu)),
            key=lambda card: card.address,
        )
        alike = [one for one in reading.gpus if one.vendor == gpu.vendor]
        # Drivers number cards in the order of their addresses.
        if same is None and len(unnumbered) == len(alike):
            same = unnumbered[sorted(one.index or 0 for one in alike).index(gpu.index)]
        return same if same is not None and id(same) not in taken else None
    named = [card for card in free if any(_same_name(name.name, gpu.name) for _, name in card.parts)]
    by_id = [card for card in free if gpu.pci_id and card.has("pci_id", gpu.pci_id)]
    return next(iter(by_id or named), None)


def _same_vendor(card: _Card, gpu: Gpu) -> bool:
    return not card.vendor or not gpu.vendor or card.vendor == gpu.vendor


def _same_number(card: _Card, gpu: Gpu) -> bool:
    return gpu.index is not None and card.index == gpu.index


def _same_name(one: str, other: str) -> bool:
    """Whether two names may mean one product; a name that was cut says nothing against it."""
    if not one or not other or "..." in one or "..." in other:
        return True
    first, second = (set(_LIST_WORDS.findall(name.lower())) for name in (one, other))
    return not first or not second or bool(first & second)


def _joined(card: _Card, warnings: list[Message]) -> Gpu:
    """All readings of one card: the most trusted value of each field, and who said it."""
    values: dict[str, Any] = {}
    place: dict[str, Any] = {}
    origins: list[tuple[str, str]] = []
    blank = Gpu(name="", vendor="")
    for source, gpu in card.parts:
        for field in fields(Gpu):
            value = getattr(gpu, field.name)
            if field.name in {"pci", "sources", "origins"} or value == getattr(blank, field.name):
                continue
            if field.name not in values:
                values[field.name] = value
                origins.append((field.name, source))
            elif field.name == "name" and "..." in values["name"] and "..." not in value:
                values["name"] = value
        for name in _PLACE:
            value = getattr(gpu.pci, name)
            if value not in {None, ""} and name not in place:
                place[name] = value
                origins.append((f"pci.{name}", source))
    joined = Gpu(
        **{"name": "", "vendor": "", **values},
        pci=PciPlace(**place),
        sources=tuple(dict.fromkeys(source for source, _ in card.parts)),
        origins=tuple(origins),
    )
    joined = replace(joined, slices=_slices(card))
    warnings += _contradictions(card, joined)
    return joined


def _slices(card: _Card) -> tuple[Any, ...]:
    """Slices with names from -L and sizes from -q, where both count the same."""
    named = next((gpu.slices for _, gpu in card.parts if gpu.slices and gpu.slices[0].name), ())
    sized = next((gpu.slices for _, gpu in card.parts if gpu.slices and gpu.slices[0].memory_bytes), ())
    if len(named) == len(sized):
        return tuple(replace(size, name=name.name) for name, size in zip(named, sized, strict=True))
    return sized or named


def _contradictions(card: _Card, joined: Gpu) -> list[Message]:
    found = []
    text = N_("{name}: {one} says {what} {a}, {other} says {b}. The first is used.")
    for name, what in {**_LASTING, "name": N_("name")}.items():
        said = [(source, value) for source, gpu in card.parts if (value := getattr(gpu, name)) not in {None, ""}]
        for source, value in said[1:]:
            if not _agree(name, said[0][1], value):
                values = (_shown(name, said[0][1]), _shown(name, value))
                found.append(
                    Message(
                        text,
                        name=joined.name or joined.pci.address or "GPU",
                        one=said[0][0],
                        what=Message(what),
                        a=values[0],
                        other=source,
                        b=values[1],
                    )
                )
                break
    return found


def _agree(name: str, one: Any, other: Any) -> bool:  # noqa: ANN401 - values of any field
    if name == "memory_bytes":
        return bool(abs(one - other) <= _MEMORY_TOLERANCE * max(one, other))
    if name == "name":
        return _same_name(one, other)
    if isinstance(one, float):
        return bool(abs(one - other) < 1)
    return bool(one == other)


def _shown(name: str, value: Any) -> object:  # noqa: ANN401 - values of any field
    return Quantity(value, Unit.MIB) if name == "memory_bytes" else str(value)


def _contradict_driver(readings: Sequence[Reading], warnings: list[Message]) -> None:
    said = [
        (reading.source, reading.facts.host.nvidia_driver) for reading in readings if reading.facts.host.nvidia_driver
    ]
    for source, version in said[1:]:
        if version != said[0][1]:
            text = N_(
                "{one} was written under driver {a}, {other} under {b}: they may be of different days or machines."
            )
            warnings.append(Message(text, one=said[0][0], a=said[0][1], other=source, b=version))
            return


def _first_facts(kind: type[Facts], said: Sequence[tuple[str, Facts]]) -> Facts:
    """Field by field, the first reading that says something."""
    blank = kind()
    values: dict[str, Any] = {}
    for _, facts in said:
        for field in fields(kind):
            value = getattr(facts, field.name)
            if value not in {None, "", ()} and value != Habitat.UNKNOWN and field.name not in values:
                values[field.name] = value
    return replace(blank, **values)


def _links(readings: Sequence[Reading], place: dict[tuple[int, int], int]) -> tuple[Link, ...]:
    kinds: dict[tuple[int, int], str] = {}
    for which, reading in enumerate(readings):
        for link in reading.facts.links:
            a, b = place[which, link.a], place[which, link.b]
            if a == b:
                continue
            pair = (min(a, b), max(a, b))
            # "NVLINK" tells no number; another reading may.
            if pair not in kinds or kinds[pair] == "NVLINK":
                kinds[pair] = link.kind
    return tuple(Link(a=a, b=b, kind=kind) for (a, b), kind in sorted(kinds.items()))
