"""What to add: another card like those there are, or a better one, by what it enables and what it costs."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from dsdesk.base.message import N_, Message
from dsdesk.build.catalog import Catalog
from dsdesk.build.inventory import device_memory_bytes
from dsdesk.build.serving import Served
from dsdesk.cost.exchange import Exchange
from dsdesk.detect.advice import READABLE_TOK_S, Run, Verdict, ranked, table
from dsdesk.hardware.parts import Accelerator, Part, Platform
from dsdesk.hardware.prices import Condition, Price
from dsdesk.hardware.vocabulary import Mount, PartKind
from dsdesk.llm.architecture import Llm
from dsdesk.sizing.electricity import atx_3, least_rating_w
from dsdesk.sizing.forecast_case import interconnect_of

_FIRST_MAKERS = {"NVIDIA", "AMD", "Intel"}
_COMPARED_IN = "CNY"
_MOST_CARDS = 8
_MOST_OFFERS = 6
_MODELS_TRIED = 12
_GAIN = 1.05  # smaller gains are within what is not known


class Action(StrEnum):
    """What is done."""

    ONE_MORE = "one_more"
    REPLACE = "replace"
    FIRST = "first"
    NEW = "new"


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What cannot be read from a machine and only its owner knows; None = not told.

    Attributes:
        psu_w: what the power supply is rated for.
        case_mm: longest card that the case takes.
        free_slots: x16 openings that are free.
        host_w: what the rest of the machine draws at most, as far as it is known; read, not asked.
    """

    psu_w: float | None = None
    case_mm: float | None = None
    free_slots: int | None = None
    host_w: float = 0.0


@dataclass(frozen=True, slots=True)
class _Candidate:
    """Something to buy: `count` devices are then in the machine; `sold` is what has the price."""

    action: Action
    device: Accelerator
    count: int
    sold: Part


@dataclass(frozen=True, slots=True, kw_only=True)
class Upgrade:
    """One offer.

    Attributes:
        action: see Action.
        part_id: of the card.
        name: of the card.
        count: cards of it then in the machine.
        buy: how many to buy.
        price: of one, the lowest of the newest, None if none is known.
        memory_bytes: of all accelerators together then.
        enables: the best row of the table that the machine has then, None if nothing new.
        power_w: what the cards draw then, None if not published.
        length_mm: of the card.
        slot_width: openings it covers.
        connectors: plugs it needs, by name.
        ask: facts that are needed and cannot be read.
    """

    action: Action
    part_id: str
    name: str
    count: int
    buy: int
    price: Price | None
    memory_bytes: int | None
    enables: Run | None
    power_w: float | None
    length_mm: float | None
    slot_width: float | None
    connectors: tuple[tuple[str, int], ...]
    ask: tuple[Message, ...]


QUESTIONS = (
    ("psu_w", N_("How many watts is the power supply rated for, and which plugs are free? (--psu-w)")),
    ("case_mm", N_("How long a card fits into the case? (--case-mm)")),
    ("free_slots", N_("How many x16 slots are free? (--free-slots)")),
)


def upgrades(
    llms: Iterable[Llm], served: Served, best: Run | None, catalog: Catalog, room: Room | None = None
) -> tuple[Upgrade, ...]:
    """The best offers, the cheapest first; those without a known price at the end.

    Args:
        llms: models.
        served: the machine now.
        best: best row of its table now.
        catalog: for cards and prices.
        room: what the owner told.
    """
    told = room or Room()
    exchange = Exchange(reference=catalog.rates)
    ask = tuple(Message(text) for name, text in QUESTIONS if getattr(told, name) is None)
    by_size = sorted(llms, key=lambda llm: llm.parameters_published or 0, reverse=True)
    found = []
    for one in (*_candidates(served, catalog), *_whole_machines(served, catalog)):
        if not _goes_in(one, told):
            continue
        enables = _best(by_size, _with(served, one.device, one.count), best)
        if enables is not None:
            price = lowest(catalog.prices(one.sold.id), exchange)
            found.append(_offer(one, enables, price, () if one.action is Action.NEW else ask))
    return _listed(found, exchange)


def _offer(one: _Candidate, enables: Run, price: Price | None, ask: tuple[Message, ...]) -> Upgrade:
    device, memory = one.device, device_memory_bytes(one.device)
    return Upgrade(
        action=one.action,
        part_id=one.sold.id,
        name=one.sold.full_name,
        count=one.count,
        buy=1,
        price=price,
        memory_bytes=None if memory is None else memory * one.count,
        enables=enables,
        power_w=None if device.board_power_w is None else device.board_power_w * one.count,
        length_mm=device.length_mm,
        slot_width=device.slot_width,
        connectors=tuple((plug.value, number) for plug, number in device.connectors or ()),
        ask=ask,
    )


def lowest(prices: Iterable[Price], exchange: Exchange) -> Price | None:
    """The lowest price asked today, new or used, compared by `exchange`; what a card cost at launch does not count."""
    newest: dict[tuple[Condition, str], Price] = {}
    for price in sorted(_asked(prices), key=lambda one: str(one.on)):
        newest[price.condition, price.money.currency] = price
    return min(newest.values(), key=lambda price: _comparable(price, exchange), default=None)


def _asked(prices: Iterable[Price]) -> list[Price]:
    return [price for price in prices if price.condition in {Condition.NEW, Condition.USED} and price.on is not None]


def _comparable(price: Price, exchange: Exchange) -> float:
    """The amount in one currency, by the reference rates; where none leads there, the amount itself."""
    converted = exchange.convert(price.money, _COMPARED_IN)
    return float((converted or price.money).amount)


def _candidates(served: Served, catalog: Catalog) -> Iterator[_Candidate]:
    """One more of the same; then each card that is sold for a known price and has more memory than one there is."""
    own = served.accelerator
    if own is not None and own.mount is Mount.PCIE and served.count < _MOST_CARDS:
        yield _Candidate(Action.ONE_MORE, own, served.count + 1, own)
    if own is not None and own.mount is not Mount.PCIE:
        return
    least = (served.memory_bytes or 0) * 1.1
    for part in catalog.parts(PartKind.ACCELERATOR):
        if not isinstance(part, Accelerator) or part.mount is not Mount.PCIE or (own and part.id == own.id):
            continue
        # Engines and drivers are those of a maker: a card of another one is a new start, not an upgrade.
        if part.manufacturer not in ({own.manufacturer} if own else _FIRST_MAKERS):
            continue
        if (device_memory_bytes(part) or 0) > least and _asked(catalog.prices(part.id)):
            yield _Candidate(Action.FIRST if own is None else Action.REPLACE, part, 1, part)


def _whole_machines(served: Served, catalog: Catalog) -> Iterator[_Candidate]:
    """Complete machines with a known price and more memory for a model: they stand beside what would be added."""
    least = (served.memory_bytes or 0) * served.count * 1.1
    for part in catalog.parts(PartKind.PLATFORM):
        if not isinstance(part, Platform) or len(part.gpu_ids) != 1 or not part.gpu_included:
            continue
        device = catalog.part(part.gpu_ids[0])
        if not isinstance(device, Accelerator) or not _asked(catalog.prices(part.id)):
            continue
        if (device_memory_bytes(device) or 0) * part.gpu_included > least:
            yield _Candidate(Action.NEW, device, part.gpu_included, part)


def _goes_in(one: _Candidate, room: Room) -> bool:
    """Whether a card finds room and power, as far as the owner told; a new machine brings both."""
    device = one.device
    if one.action is Action.NEW:
        return True
    if room.case_mm is not None and device.length_mm is not None and device.length_mm > room.case_mm:
        return False
    if room.free_slots is not None and one.action is not Action.REPLACE and room.free_slots < 1:
        return False
    if room.psu_w is None or device.board_power_w is None:
        return True
    # The card that is replaced leaves; excursions of one card come on top of what all draw.
    drawn = device.board_power_w * one.count + room.host_w
    peak = drawn + device.board_power_w * (device.excursion_factor or 1.0) - device.board_power_w
    return least_rating_w(drawn, peak, atx_3()) <= room.psu_w


def _with(served: Served, device: Accelerator, count: int) -> Served:
    usual = interconnect_of(device, count)
    return replace(
        served,
        accelerator=device,
        count=count,
        nodes=1,
        memory_bytes=device_memory_bytes(device),
        power_limit_w=None,
        interconnect=replace(usual, nodes=1),
        others=(),
    )


def _best(by_size: list[Llm], served: Served, now: Run | None) -> Run | None:
    """The best row of the machine then, if it is a larger model than now or the same one clearly faster."""
    room = (served.memory_bytes or 0) * served.count
    hopeful = [llm for llm in by_size if (llm.parameters_published or 0) * 0.5 < room][:_MODELS_TRIED]
    rows = [row for row in table(hopeful, served) if row.verdict is Verdict.FITS and row.decode_tok_s]
    best = next(iter(ranked(rows)), None)
    if best is None or best.decode_tok_s is None or best.decode_tok_s.estimate < READABLE_TOK_S:
        return None
    if now is None or not now.parameters or not now.decode_tok_s:
        return best
    larger = (best.parameters or 0) > now.parameters * _GAIN
    faster = best.parameters == now.parameters and best.decode_tok_s.estimate > now.decode_tok_s.estimate * _GAIN
    return best if larger or faster else None


def _listed(found: list[Upgrade], exchange: Exchange) -> tuple[Upgrade, ...]:
    """The cheapest first; an offer that costs more and enables less than another is left out; one more card stays."""

    def price(offer: Upgrade) -> float:
        return _comparable(offer.price, exchange) if offer.price else float("inf")

    def size(offer: Upgrade) -> int:
        return (offer.enables.parameters or 0) if offer.enables else 0

    kept: list[Upgrade] = []
    for offer in sorted(found, key=lambda one: (price(one), -size(one))):
        beaten = any(size(other) >= size(offer) for other in kept if other.price is not None)
        if offer.action is Action.ONE_MORE or not beaten:
            kept.append(offer)
    return tuple(kept[:_MOST_OFFERS])
