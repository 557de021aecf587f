"""The power of one node: what each kind of part draws, the peak, what the supplies give, what the wall sees."""

import re
from dataclasses import dataclass, field

from dsdesk.base.message import N_, Message
from dsdesk.base.source import Unknown
from dsdesk.base.units import Quantity, Unit
from dsdesk.build.inventory import first, lines_of, platform_of
from dsdesk.build.machine import PlacedPart, PowerBudget
from dsdesk.hardware.parts import Accelerator, Board, Cooler, Cpu, Drive, Fan, Memory, Nic, Part, Platform, Psu
from dsdesk.hardware.vocabulary import Efficiency, MemoryType, Mount, PartKind
from dsdesk.project.assumptions import Assumptions
from dsdesk.project.project import Line, Site
from dsdesk.sizing.electricity import LOW_LINE_V, efficiency, excursion_w, heat_btu_h, wall_w

_PC_FORMS = {"atx", "sfx", "sfx-l", "tfx"}

# What is assumed of parts whose maker publishes no draw; each use is reported in the budget.
_SMALL: dict[PartKind, str] = {
    PartKind.BOARD: "board_w",
    PartKind.FAN: "fan_w",
    PartKind.COOLER: "pump_w",
    PartKind.NIC: "nic_w",
}
# Planned for each module of consumer memory: crucial.com, "How Much Power Does Memory Use?".
_DIMM_W = 5.0
_REGISTERED = {MemoryType.DDR4_RDIMM, MemoryType.DDR5_RDIMM, MemoryType.DDR5_MRDIMM}


@dataclass(slots=True)
class _Sum:
    """Draws while they are added up."""

    by_kind: dict[str, float] = field(default_factory=dict)
    cards: list[tuple[float, float | None]] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    assumed: list[Message] = field(default_factory=list)

    def add(self, kind: PartKind, watts: float) -> None:
        self.by_kind[kind.value] = self.by_kind.get(kind.value, 0.0) + watts

    def add_known(self, part: Part, each_w: float | None, pieces: int) -> None:
        if each_w is None:
            self.unknown.append(part.full_name)
        else:
            self.add(part.kind, each_w * pieces)

    def add_small(self, part: Part, published_w: float | None, assumed_w: float, pieces: int) -> None:
        self.add(part.kind, pieces * (assumed_w if published_w is None else published_w))
        if published_w is None:
            text = N_("{part}: {watt} each, since its maker publishes no figure")
            self.assumed.append(Message(text, part=part.full_name, watt=Quantity(assumed_w, Unit.WATT)))

    @property
    def total(self) -> float:
        return sum(self.by_kind.values())


def card_power_w(line: Line, accelerator: Accelerator) -> float | None:
    """Sustained power of one card [W]: the user's limit where it is lower than the rating."""
    if accelerator.board_power_w is None:
        return line.power_limit_w
    return min(accelerator.board_power_w, line.power_limit_w or accelerator.board_power_w)


def power_budget(
    parts: tuple[PlacedPart, ...],
    included: tuple[tuple[Accelerator, int], ...],
    cpus: tuple[tuple[Cpu, int], ...],
    site: Site,
) -> PowerBudget:
    """Power of one node at full load.

    Equation: sustained = accelerators (TGP or limit) + processors (PPT or PL2) + the rest [W];
        wall = sustained / efficiency at that load.
    Source: Intel ATX 3.0 design guide 336521 (what a supply must carry); see `dsdesk.sizing.electricity` for the rest.
    """
    total = _Sum()
    platform = platform_of(parts)
    whole = platform is not None and platform.base_power_w is None and platform.max_power_w is not None
    if platform is not None and whole:
        total.add(PartKind.PLATFORM, platform.max_power_w or 0.0)
    else:
        _add_parts(total, parts, included, cpus, site.assumed)
        if platform is not None:
            total.add_known(platform, platform.base_power_w, 1)
    supply = _supply(parts, site)
    return _closed(total, supply, site, at_input=whole)


def _add_parts(
    total: _Sum,
    parts: tuple[PlacedPart, ...],
    included: tuple[tuple[Accelerator, int], ...],
    cpus: tuple[tuple[Cpu, int], ...],
    assumed: Assumptions,
) -> None:
    for accelerator, number in included:
        total.add_known(accelerator, accelerator.board_power_w, number)
        if accelerator.board_power_w is not None:
            total.cards += [(accelerator.board_power_w, accelerator.excursion_factor)] * number
    for line, accelerator in lines_of(parts, Accelerator):
        watts = card_power_w(line, accelerator)
        total.add_known(accelerator, watts, line.quantity)
        if watts is not None and accelerator.mount is Mount.PCIE:
            total.cards += [(watts, accelerator.excursion_factor)] * line.quantity
    for cpu, number in cpus:
        total.add_known(cpu, cpu.max_power_w, number)
    _add_small_parts(total, parts, assumed)


def _add_small_parts(total: _Sum, parts: tuple[PlacedPart, ...], assumed: Assumptions) -> None:
    for placed in parts:
        part, pieces = placed.part, placed.line.quantity
        if isinstance(part, Memory):
            each = assumed.rdimm_w if part.memory_type in _REGISTERED else _DIMM_W
            total.add_small(part, part.power_w, each * part.modules, pieces)
        elif isinstance(part, Drive):
            total.add_small(part, part.active_power_w, assumed.disk_w if part.rotational else assumed.ssd_w, pieces)
        elif isinstance(part, Board | Fan | Nic | Cooler):
            total.add_small(part, part.power_w, getattr(assumed, _SMALL[part.kind]), pieces)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Supply:
    usable_w: float | None = None
    rated_w: float | None = None
    supplies: int = 0
    redundant: int = 0
    level: Efficiency | None = None
    server: bool = False


def redundant_supplies(redundancy: str) -> int:
    """How many supplies may fail, from a text such as "5+1"; 0 where it says nothing."""
    found = re.search(r"(\d+)\s*\+\s*(\d+)", redundancy)
    return int(found[2]) if found else 0


def supply_rating_w(rated_w: float | None, low_line_w: float | None, mains_v: float, *, server: bool) -> float | None:
    """What one supply gives at this mains voltage [W]; None when that is not published.

    Server supplies give less on 100-127 V, so their plate rating never stands there; PC supplies keep theirs unless
    the maker says otherwise.
    Source: Supermicro, Cisco and NVIDIA power specifications (for example 2000 W at 220-240 V and 1000 W at 100-127 V).
    """
    if mains_v >= LOW_LINE_V:
        return rated_w
    if low_line_w is not None:
        return low_line_w
    return None if server else rated_w


def is_server_supply(psu: Psu) -> bool:
    """Whether a supply is of a server's kind rather than a PC's."""
    return psu.form.lower() not in _PC_FORMS


def _supply(parts: tuple[PlacedPart, ...], site: Site) -> _Supply:
    platform = platform_of(parts)
    found = first(parts, Psu)
    if found is None:
        return _platform_supply(platform, site) if platform else _Supply()
    line, psu = found
    server = is_server_supply(psu) or platform is not None
    redundant = min(redundant_supplies(platform.redundancy), line.quantity - 1) if platform else 0
    rating = supply_rating_w(psu.rated_w, psu.low_line_w, site.mains_v, server=server)
    return _joined(rating, line.quantity, redundant, psu.efficiency, server=server)


def _platform_supply(platform: Platform, site: Site) -> _Supply:
    if not platform.psus:
        return _Supply()
    rating = supply_rating_w(platform.psu_w, platform.psu_low_line_w, site.mains_v, server=True)
    redundant = min(redundant_supplies(platform.redundancy), platform.psus - 1)
    return _joined(rating, platform.psus, redundant, platform.psu_efficiency, server=True)


def _joined(rating: float | None, supplies: int, redundant: int, level: Efficiency | None, *, server: bool) -> _Supply:
    return _Supply(
        usable_w=None if rating is None else rating * (supplies - redundant),
        rated_w=None if rating is None else rating * supplies,
        supplies=supplies,
        redundant=redundant,
        level=level,
        server=server,
    )


def _closed(total: _Sum, supply: _Supply, site: Site, *, at_input: bool) -> PowerBudget:
    """The budget from the draws and the supplies; `at_input` says that the draws were stated at the wall already."""
    known = total.total
    share = known / supply.rated_w if supply.rated_w else None
    ratio = efficiency(supply.level, share, site.mains_v, server=supply.server) if share is not None else None
    if total.unknown:
        text = N_("the draw of {parts} is not published; the other parts need {known}")
        parts = tuple(dict.fromkeys(total.unknown))
        sustained: float | Unknown = Unknown(Message(text, parts=parts, known=Quantity(known, Unit.WATT)))
    else:
        sustained = known
    cards = sum(watts for watts, _ in total.cards)
    wall = _at_the_wall(sustained, ratio, at_input=at_input)
    return PowerBudget(
        by_kind=tuple(total.by_kind.items()),
        sustained_w=sustained,
        known_w=known,
        peak_w=excursion_w(total.cards, known - cards, site.assumed),
        supply_w=supply.usable_w,
        supplies=supply.supplies,
        redundant=supply.redundant,
        efficiency=ratio,
        wall_w=wall,
        heat_btu_h=wall if isinstance(wall, Unknown) else heat_btu_h(wall),
        assumed=tuple(total.assumed),
    )


def _at_the_wall(sustained: float | Unknown, ratio: float | None, *, at_input: bool) -> float | Unknown:
    if isinstance(sustained, Unknown) or at_input:
        return sustained
    if ratio is None:
        return Unknown(Message(N_("the efficiency of the power supply is not known, or there is no supply yet")))
    return wall_w(sustained, ratio)
