"""Which card sits in which slot: positions, widths, lanes that are shared, and the link that is negotiated."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from dsdesk.hardware.parts import Slot
from dsdesk.hardware.vocabulary import PcieLink

# Boards have at most this many useful slots; beyond it the exact search would be slow and servers seat cards by count.
_EXACT_CARDS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What seating needs to know of a card.

    Attributes:
        link: what the card can negotiate, None if not published.
        width: expansion positions it covers, rounded up; None if not published.
        low_profile: fits a low-profile slot; None if not published.
        accelerator: whether it is one (they are seated first and get the widest slots).
        wanted: label of the slot that the user chose, "" for automatic.
    """

    link: PcieLink | None
    width: int | None
    low_profile: bool | None = None
    accelerator: bool = True
    wanted: str = ""

    @property
    def lanes(self) -> int:
        """Physical lanes of its edge connector; x16 where it is not published, the largest there is."""
        return self.link.lanes if self.link else 16


@dataclass(frozen=True, slots=True)
class Place:
    """Where one card went: the slot and its link, or None for a card that found no slot."""

    slot: Slot | None
    link: PcieLink | None


def positions(width: float | None) -> int | None:
    """Expansion positions that a card of `width` slots covers: 2.5 slots need three openings."""
    return None if width is None else math.ceil(width)


def seat(
    cards: tuple[Card, ...],
    slots: tuple[Slot, ...],
    *,
    m2_drives: int = 0,
    m2_slots: int | None = None,
    last_position: int | None = None,
    cpu_gen: int | None = None,
) -> tuple[Place, ...]:
    """Put cards into slots, as many as go in and with the fastest links; answers in the order of `cards`.

    A card of k slots covers ceil(k) positions, so the next card's slot is at least ceil(k) further on.

    Args:
        cards: in the order of the lines.
        slots: of the board or platform.
        m2_drives: drives in M.2 places, which may take lanes from slots.
        m2_slots: M.2 places of the board.
        last_position: expansion openings of the case, None if not known.
        cpu_gen: PCIe generation of the processor, which limits its own lanes.
    """
    order = sorted(range(len(cards)), key=lambda i: _rank(cards[i]))
    chosen = _best(tuple(cards[i] for i in order), slots, last_position)
    filled = {slots[at].label for at in chosen if at is not None}
    filled |= _lane_takers(slots, filled, m2_drives, m2_slots)
    places: list[Place] = [Place(None, None)] * len(cards)
    for card_index, at in zip(order, chosen, strict=True):
        if at is not None:
            places[card_index] = Place(slots[at], negotiated(cards[card_index], slots[at], filled, cpu_gen))
    return tuple(places)


def negotiated(card: Card, slot: Slot, filled: set[str], cpu_gen: int | None) -> PcieLink | None:
    """The link of a card in a slot when the places named in `filled` are in use."""
    if card.link is None:
        return None
    link = slot.link
    if slot.shared_with and slot.shared_with in filled and slot.link_when_shared is not None:
        link = slot.link_when_shared
    if slot.from_cpu and cpu_gen is not None:
        link = PcieLink(min(link.gen, cpu_gen), link.lanes)
    return card.link.negotiated(link)


def _rank(card: Card) -> tuple[bool, bool, int, int]:
    return (not card.wanted, not card.accelerator, -(card.width or 1), -card.lanes)


def _lane_takers(slots: tuple[Slot, ...], filled: set[str], m2_drives: int, m2_slots: int | None) -> set[str]:
    """M.2 places in use that take lanes: drives go first where no lanes are lost, then beside empty slots."""
    labels = {slot.label for slot in slots}
    takers = sorted(
        {slot.shared_with for slot in slots if slot.shared_with and slot.shared_with not in labels},
        key=lambda taker: (any(slot.label in filled for slot in slots if slot.shared_with == taker), taker),
    )
    harmless = max(0, (m2_slots or 0) - len(takers))
    return set(takers[: max(0, m2_drives - harmless)])


@lru_cache(maxsize=512)
def _best(cards: tuple[Card, ...], slots: tuple[Slot, ...], last: int | None) -> tuple[int | None, ...]:
    if len(cards) > _EXACT_CARDS:
        return _greedy(cards, slots, last)
    best: tuple[int | None, ...] = (None,) * len(cards)
    best_score = _score(cards, slots, best)
    for seating in _seatings(cards, slots, last, 0, ()):
        score = _score(cards, slots, seating)
        if score > best_score:
            best, best_score = seating, score
    return best


def _greedy(cards: tuple[Card, ...], slots: tuple[Slot, ...], last: int | None) -> tuple[int | None, ...]:
    seating: tuple[int | None, ...] = ()
    for index in range(len(cards)):
        open_slots = [at for at in range(len(slots)) if _goes_in(cards, slots, last, index, at, seating)]
        seating = (*seating, max(open_slots, key=lambda at: slots[at].link.bandwidth_b_s(), default=None))
    return seating


def _seatings(
    cards: tuple[Card, ...], slots: tuple[Slot, ...], last: int | None, index: int, before: tuple[int | None, ...]
) -> Iterator[tuple[int | None, ...]]:
    if index == len(cards):
        yield before
        return
    # Equal cards are interchangeable: only ascending slots are tried for them.
    same = index > 0 and cards[index] == cards[index - 1]
    start = 0
    if same:
        previous = before[index - 1]
        if previous is None:
            yield from _seatings(cards, slots, last, index + 1, (*before, None))
            return
        start = previous + 1
    for at in range(start, len(slots)):
        if _goes_in(cards, slots, last, index, at, before):
            yield from _seatings(cards, slots, last, index + 1, (*before, at))
    yield from _seatings(cards, slots, last, index + 1, (*before, None))


def _goes_in(
    cards: tuple[Card, ...],
    slots: tuple[Slot, ...],
    last: int | None,
    index: int,
    at: int,
    before: tuple[int | None, ...],
) -> bool:
    card, slot = cards[index], slots[at]
    if at in before or (card.wanted and card.wanted != slot.label):
        return False
    if slot.connector_lanes < card.lanes or (slot.low_profile and card.low_profile is False):
        return False
    first = slot.position
    if first is None or card.width is None:
        return True
    if last is not None and first + card.width - 1 > last:
        return False
    for other_index, other_at in enumerate(before):
        other, width = None if other_at is None else slots[other_at], cards[other_index].width
        if other is None or other.position is None or width is None:
            continue
        if first < other.position + width and other.position < first + card.width:
            return False
    return True


def _score(cards: tuple[Card, ...], slots: tuple[Slot, ...], seating: tuple[int | None, ...]) -> tuple[float, ...]:
    filled = {slots[at].label for at in seating if at is not None}
    links: list[float] = []
    others = 0.0
    positions_used = 0.0
    ends: list[int] = []
    for card, at in zip(cards, seating, strict=True):
        if at is None:
            continue
        link = negotiated(card, slots[at], filled, None) or slots[at].link
        if card.accelerator:
            links.append(link.bandwidth_b_s())
        else:
            others += link.bandwidth_b_s()
        positions_used += slots[at].position or 0
        ends.append(slots[at].position or 0)
    seated = len(ends)
    spread = max(ends, default=0) - min(ends, default=0) if seated > 1 else 0
    return (seated, len(links), min(links, default=0.0), sum(links), others, spread, -positions_used)
