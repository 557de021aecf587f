"""A simple proposer: a complete machine around a chosen accelerator, each part the cheapest that goes with the others.

It decides greedily, by the same facts that the checks read, in the order in which parts bind one another: board, case,
processor, cooler, memory, drive, supply. Where no part goes, it says which and why.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TypeVar

from dsdesk.base.message import N_, Message
from dsdesk.base.source import Unknown
from dsdesk.build.catalog import Catalog
from dsdesk.build.resolve import resolve_machine
from dsdesk.build.topology import Card, Place, positions, seat
from dsdesk.hardware.parts import (
    CLASS_OF_KIND,
    Accelerator,
    Board,
    Case,
    Cooler,
    Cpu,
    Drive,
    Memory,
    Part,
    Platform,
    Psu,
)
from dsdesk.hardware.vocabulary import Cooling, DriveForm, Mount, PowerConnector, Shelf
from dsdesk.project.edits import Edit, next_line_no
from dsdesk.project.project import Configuration, DriveUse, Line, Machine, Pool, Project, Site
from dsdesk.sizing.electricity import ATX_2, ATX_3, least_rating_w

P = TypeVar("P", bound=Part)

_LEAST_MEMORY = 32 * 1024**3
_SYSTEM_BYTES = 200 * 10**9  # room for the system beside the weights
_LONG_CARD_MM = 360.0  # longer than any two- or three-slot card of the catalogue
_GOOD_READ_B_S = 7e9  # what the guide asks of the drive for weights


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a machine is proposed for.

    Attributes:
        accelerator: which.
        count: how many in one machine.
        weights_bytes: that the drive must hold, 0 without a model.
        host_bytes: of the model that lie in host memory.
        headroom: share to keep free.
    """

    accelerator: Accelerator
    count: int = 1
    weights_bytes: int = 0
    host_bytes: int = 0
    headroom: float = 0.2


class _Shop:
    """Buildable parts of a catalogue, cheapest first where a price is known, then smallest."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog

    def sorted(self, kind: type[P], accepts: Callable[[P], bool], size: Callable[[P], float]) -> list[P]:
        """All that `accepts` takes."""
        part_kind = next(key for key, value in CLASS_OF_KIND.items() if value is kind)
        parts = (part for part in self.catalog.parts(part_kind) if isinstance(part, kind))
        fitting = [part for part in parts if part.shelf is Shelf.BUILDABLE and not part.discontinued and accepts(part)]
        return sorted(fitting, key=lambda part: (self._price(part), size(part), part.id))

    def best(self, kind: type[P], accepts: Callable[[P], bool], size: Callable[[P], float]) -> P | None:
        """The first of them."""
        return next(iter(self.sorted(kind, accepts, size)), None)

    def _price(self, part: Part) -> Decimal:
        """The latest price, or a large number: amounts of one catalogue are in one currency for nearly all parts."""
        prices = self.catalog.prices(part.id)
        return prices[0].money.amount if prices else Decimal(10**9)


def propose(wish: Wish, site: Site, catalog: Catalog) -> Edit | Unknown:
    """An edit that puts a complete machine in the place of all machines, or which part is missing for it."""
    found = propose_parts(wish, site, catalog)
    if isinstance(found, Unknown):
        return found
    text = Message(N_("Propose a machine with {count} × {part}"), count=wish.count, part=wish.accelerator.full_name)
    return Edit(text, lambda project: _built(project, found))


def _built(project: Project, parts: tuple[tuple[Part, int], ...]) -> Project:
    first = next_line_no(project)
    lines = tuple(Line(no=first + n, part_id=part.id, quantity=pieces) for n, (part, pieces) in enumerate(parts))
    pools = tuple(
        Pool(use=DriveUse.WEIGHTS, line_no=line.no, drives=line.quantity)
        for line, (part, _) in zip(lines, parts, strict=True)
        if isinstance(part, Drive)
    )
    machine = Machine(name=project.configuration.machines[0].name, lines=lines)
    configuration: Configuration = replace(project.configuration, machines=(machine,), pools=pools)
    return project.with_configuration(configuration)


def propose_parts(wish: Wish, site: Site, catalog: Catalog) -> tuple[tuple[Part, int], ...] | Unknown:
    """The parts of the machine with their number."""
    if wish.accelerator.mount is not Mount.PCIE:
        return _on_platform(wish, catalog)
    if wish.accelerator.cooling is Cooling.PASSIVE:
        return _no(N_("{part} has no fans and needs a server with ducted air"), wish.accelerator)
    shop = _Shop(catalog)
    missing: Unknown = _no(N_("no board of the catalogue has slots for {count} × {part}"), wish.accelerator, wish.count)
    for board in shop.sorted(Board, lambda board: _takes(board, wish), _slots):
        case = _case(shop, board, wish)
        if case is None:
            missing = _no(N_("no case of the catalogue takes {count} × {part}"), wish.accelerator, wish.count)
            continue
        inside = _inside(shop, board, case, wish)
        if isinstance(inside, Unknown):
            missing = inside
            continue
        chosen = ((wish.accelerator, wish.count), *inside, (case, 1))
        supply = _supply(shop, chosen, case, wish, site)
        if supply is not None:
            return (*chosen, (supply, 1))
        missing = _no(N_("no power supply of the catalogue carries {count} × {part}"), wish.accelerator, wish.count)
    return missing


def _slots(board: Board) -> float:
    return len(board.slots)


def _case(shop: _Shop, board: Board, wish: Wish) -> Case | None:
    return shop.best(Case, lambda case: _houses(case, board, wish), lambda case: case.gpu_length_mm or 0)


def _cooler(shop: _Shop, cpu: Cpu, case: Case, wish: Wish) -> Cooler | None:
    return shop.best(Cooler, lambda one: _cools(one, cpu, case, wish), lambda one: one.capacity_w or 0)


def _no(text: str, part: Part, count: int = 1) -> Unknown:
    return Unknown(Message(text, part=part.full_name, count=count))


def _cards(wish: Wish) -> tuple[Card, ...]:
    card = wish.accelerator
    one = Card(link=card.pcie, width=positions(card.slot_width), low_profile=card.low_profile)
    return (one,) * wish.count


def _seats(board: Board, wish: Wish, openings: int | None) -> tuple[Place, ...]:
    return seat(_cards(wish), board.slots, m2_drives=1, m2_slots=board.m2_slots, last_position=openings)


def _takes(board: Board, wish: Wish) -> bool:
    """Whether every card finds a slot of at least eight lanes, and open fans have room."""
    known = board.form is not None and board.eps_connectors is not None and board.memory_channels is not None
    if not known or not board.m2_slots or wish.accelerator.slot_width is None:
        return False
    places = _seats(board, wish, None)
    least = min(8, wish.accelerator.pcie.lanes if wish.accelerator.pcie else 8)
    return all(place.slot and place.slot.position and place.link and place.link.lanes >= least for place in places)


def _houses(case: Case, board: Board, wish: Wish) -> bool:
    # A card whose length is not published gets a long case, and a finding that says so.
    length = wish.accelerator.length_mm or _LONG_CARD_MM
    if board.form not in case.boards or case.expansion_slots is None or case.low_profile_slots:
        return False
    if case.gpu_length_mm is None or case.gpu_length_mm < length:
        return False
    return all(place.slot is not None for place in _seats(board, wish, case.expansion_slots))


def _inside(shop: _Shop, board: Board, case: Case, wish: Wish) -> tuple[tuple[Part, int], ...] | Unknown:
    """Processor, cooler, memory and drive for a board in a case."""
    for cpu in shop.sorted(Cpu, lambda cpu: _sits(cpu, board), lambda cpu: cpu.max_power_w or 0):
        cooler = _cooler(shop, cpu, case, wish)
        memory = _memory(shop, board, cpu, wish)
        if cooler is None or memory is None:
            continue
        drive = shop.best(Drive, lambda drive: _holds(drive, wish), lambda drive: drive.capacity_bytes or 0)
        if drive is None:
            return _no(N_("no drive of the catalogue holds the weights for {part}"), wish.accelerator)
        return (board, 1), (cpu, 1), (cooler, 1), memory, (drive, 1)
    return _no(N_("no processor with a cooler and memory for {part}"), board)


def _sits(cpu: Cpu, board: Board) -> bool:
    common = set(cpu.memory_types) & set(board.memory_types)
    return cpu.socket == board.socket and cpu.max_power_w is not None and bool(common) and bool(cpu.memory_channels)


def _cools(cooler: Cooler, cpu: Cpu, case: Case, wish: Wish) -> bool:
    enough = cooler.capacity_w is not None and cooler.capacity_w >= (cpu.max_power_w or 0)
    if cpu.socket not in cooler.sockets or not enough:
        return False
    if not cooler.radiator_mm:
        height, room = cooler.height_mm, case.cooler_height_mm
        return height is not None and room is not None and height <= room
    places = {place for place, size in case.radiators or () if size >= cooler.radiator_mm}
    behind_front = (case.gpu_length_mm or 0) - 55 >= (wish.accelerator.length_mm or 0)
    return bool(places - {"front"}) or ("front" in places and behind_front)


def _memory(shop: _Shop, board: Board, cpu: Cpu, wish: Wish) -> tuple[Memory, int] | None:
    """The smallest set that fills every channel and holds what lies in host memory with headroom."""
    channels = min(board.memory_channels or 0, cpu.memory_channels or 0)
    types = set(cpu.memory_types) & set(board.memory_types)
    least = max(_LEAST_MEMORY, round(wish.host_bytes / (1 - wish.headroom)))
    limits = [limit for limit in (board.memory_max_bytes, cpu.memory_max_bytes) if limit is not None]

    def pieces(kit: Memory) -> int:
        return channels // kit.modules

    def suits(kit: Memory) -> bool:
        if kit.memory_type not in types or not channels or channels % kit.modules:
            return False
        total = pieces(kit) * kit.modules * kit.module_bytes
        fits = pieces(kit) * kit.modules <= (board.memory_slots or 0)
        return fits and least <= total <= min(limits, default=total)

    kits = shop.sorted(Memory, suits, lambda kit: pieces(kit) * kit.modules * kit.module_bytes)
    return (kits[0], pieces(kits[0])) if kits else None


def _holds(drive: Drive, wish: Wish) -> bool:
    needed = _SYSTEM_BYTES + round(wish.weights_bytes / (1 - wish.headroom))
    fast = (drive.seq_read_b_s or 0) >= _GOOD_READ_B_S
    return drive.form is DriveForm.M2_2280 and fast and (drive.capacity_bytes or 0) >= needed


def _supply(shop: _Shop, chosen: Iterable[tuple[Part, int]], case: Case, wish: Wish, site: Site) -> Psu | None:
    """The smallest supply that carries the parts with headroom and has their plugs."""
    parts = tuple(chosen)
    lines = tuple(Line(no=n, part_id=part.id, quantity=pieces) for n, (part, pieces) in enumerate(parts, 1))
    budget = resolve_machine(Machine(lines=lines), site, shop.catalog).power
    if not isinstance(budget.sustained_w, float):
        return None
    plugs = _plugs(parts)

    def suits(psu: Psu) -> bool:
        margin = ATX_3 if psu.atx_version.startswith("3") else ATX_2
        least = max(least_rating_w(budget.known_w, budget.peak_w, margin), budget.known_w / (1 - wish.headroom))
        given = dict(psu.connectors or ())
        short = psu.length_mm is None or case.psu_length_mm is None or psu.length_mm <= case.psu_length_mm
        enough = all(given.get(kind, 0) >= number for kind, number in plugs.items())
        return psu.form == case.psu_form and (psu.rated_w or 0) >= least and short and enough

    return shop.best(Psu, suits, lambda psu: psu.rated_w or 0)


def _plugs(parts: Iterable[tuple[Part, int]]) -> dict[PowerConnector, int]:
    needed: dict[PowerConnector, int] = {}
    for part, pieces in parts:
        if isinstance(part, Accelerator):
            for kind, number in part.connectors or ():
                plug = PowerConnector.PCIE_8 if kind is PowerConnector.PCIE_6 else kind
                needed[plug] = needed.get(plug, 0) + number * pieces
        elif isinstance(part, Board):
            needed[PowerConnector.EPS_8] = needed.get(PowerConnector.EPS_8, 0) + (part.eps_connectors or 0)
    return needed


def _on_platform(wish: Wish, catalog: Catalog) -> tuple[tuple[Part, int], ...] | Unknown:
    """The smallest platform that is delivered with the accelerators, or takes so many."""
    shop = _Shop(catalog)

    def carries(platform: Platform) -> bool:
        delivered = platform.gpu_ids[:1] if platform.gpu_included else platform.gpu_ids
        return wish.accelerator.id in delivered and (platform.gpu_max or 0) >= wish.count

    platforms = _any_shelf(shop, carries)
    if not platforms:
        return _no(N_("no platform of the catalogue carries {count} × {part}"), wish.accelerator, wish.count)
    platform = platforms[0]
    if platform.gpu_included:
        return ((platform, 1),)
    return (platform, 1), (wish.accelerator, wish.count)


def _any_shelf(shop: _Shop, carries: Callable[[Platform], bool]) -> list[Platform]:
    kind = next(key for key, value in CLASS_OF_KIND.items() if value is Platform)
    found: Iterator[Platform] = (one for one in shop.catalog.parts(kind) if isinstance(one, Platform) and carries(one))
    return sorted(found, key=lambda one: (not one.gpu_included, one.gpu_max or 0, one.id))
