"""What goes with what, as the checks judge it, asked of pairs of parts before a list is made of them.

The rules may let too much pass (a refused list is cut off afterwards), but must refuse nothing that the checks accept:
the proof covers only what they let pass. Beside the checks the builder has demands of its own, named in `DEMANDS`.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

from dsdesk.base.message import N_, Message
from dsdesk.base.units import Quantity, Unit
from dsdesk.build.power import is_server_supply, redundant_supplies, supply_rating_w
from dsdesk.build.topology import Card, Place, positions, seat
from dsdesk.checks.fit import supply_goes_in
from dsdesk.checks.power import margins
from dsdesk.checks.suits import chipset_takes, cooler_fits_case, cooler_w
from dsdesk.design.host_memory import reached_by_board, reached_by_cpu
from dsdesk.design.loads import Load
from dsdesk.design.program import Choice
from dsdesk.design.wish import Form
from dsdesk.hardware.parts import Accelerator, Board, Case, Cooler, Cpu, Drive, Memory, Platform, Psu, Slot
from dsdesk.hardware.vocabulary import BoardForm, Cooling, DriveForm, MemoryType, PcieLink, PowerConnector
from dsdesk.project.project import Site
from dsdesk.sizing.electricity import circuit_w, continuous_share, efficiency, wall_w

LEAST_MEMORY = 32 * 1024**3
SYSTEM_BYTES = 200 * 10**9
READ_B_S = 7e9
_LEAST_LANES = 8
_OPEN_FANS = {Cooling.ACTIVE, Cooling.FLOW_THROUGH}
_SMALL_BOARDS = {BoardForm.MINI_ITX, BoardForm.MICRO_ATX, BoardForm.ATX}

# What the builder asks for beside the checks.
DEMANDS: tuple[Message, ...] = (
    Message(
        N_(
            "one drive, on a board an M.2 one, that holds the weights with headroom and {system} for the system, "
            "and reads {rate} or more"
        ),
        system=Quantity(SYSTEM_BYTES, Unit.GB),
        rate=Quantity(READ_B_S, Unit.GB_S),
    ),
    Message(
        N_("at least {memory} of host memory, the same module in every channel of the board"),
        memory=Quantity(LEAST_MEMORY, Unit.GIB),
    ),
    Message(N_("a plug of the supply for every connector of the cards, without adapters")),
)


@dataclass(frozen=True)
class Rules:
    """Rules for one load at one site.

    Attributes:
        load: accelerators and what carries them.
        site: mains and circuits.
        form: where the machine is to stand.
        careful: whether a warning counts as much as an error.
        limited: whether the circuits of the site count.
    """

    load: Load
    site: Site
    form: Form
    careful: bool
    limited: bool = True

    @property
    def headroom(self) -> float:
        """Share to keep free."""
        return self.load.configuration.headroom

    # The machine as a whole

    def suits_form(self, part: Case | Platform) -> bool:
        """Whether a case or platform stands where the machine is to stand."""
        if self.form is Form.ANY:
            return True
        if isinstance(part, Case):
            racked = part.rack_units is not None
            if self.form is Form.DESKTOP:
                return not racked and bool(set(part.boards) & _SMALL_BOARDS)
            return racked is (self.form is Form.RACK)
        kinds = {Form.DESKTOP: {"complete machine"}, Form.TOWER: {"complete machine", "workstation"}}
        small = kinds.get(self.form)
        return part.form in small if small else part.form not in {"complete machine", "workstation"}

    # Cards

    @cached_property
    def cards(self) -> tuple[Card, ...]:
        """The cards of one machine as seating sees them."""
        one = self.load.accelerator
        card = Card(link=one.pcie, width=positions(one.slot_width), low_profile=one.low_profile)
        return (card,) * self.load.count

    def seats(self, board: Board, openings: int | None) -> tuple[Place, ...]:
        """Where the cards go on a board, with one M.2 drive beside them."""
        return _seated(self.cards, board.slots, board.m2_slots, openings)

    def board_takes_cards(self, board: Board, openings: int | None = None) -> bool:
        """Whether every card finds a slot with the link that the load counts on, and its fans have air."""
        places = self.seats(board, openings)
        if any(place.slot is None for place in places):
            return False
        link = slowest(places)
        if self.load.link is not None and link is not None and link.bandwidth_b_s() < self.load.link.bandwidth_b_s():
            return False
        return not self.careful or (_wide_enough(self.load.accelerator, places) and self._breathes(places))

    def _breathes(self, places: tuple[Place, ...]) -> bool:
        width = positions(self.load.accelerator.slot_width) or 1
        if self.load.accelerator.cooling not in _OPEN_FANS:
            return True
        at = sorted(place.slot.position for place in places if place.slot and place.slot.position is not None)
        return all(lower - upper - width >= 1 for upper, lower in pairwise(at))

    # Kinds by themselves

    def takes_board(self, board: Board) -> bool:
        """Boards with a place for cards and drive, all facts known that the rules read."""
        known = board.form is not None and bool(board.memory_slots)
        return known and bool(board.m2_slots) and self.board_takes_cards(board)

    def takes_case(self, case: Case) -> bool:
        """Cases with room for the cards, of the form wanted."""
        card = self.load.accelerator
        if card.cooling is Cooling.PASSIVE and not case.ducted:
            return False
        if case.low_profile_slots and not card.low_profile:
            return False
        room = card.length_mm is None or case.gpu_length_mm is None or card.length_mm <= case.gpu_length_mm
        return room and case.expansion_slots is not None and self.suits_form(case)

    @property
    def least_memory(self) -> int:
        """Host memory that the load takes at least [bytes]."""
        return max(LEAST_MEMORY, self.load.demand.memory_bytes if self.load.demand else 0)

    def takes_drive(self, drive: Drive) -> bool:
        """Drives that hold the weights and read them fast."""
        needed = SYSTEM_BYTES + round(self.load.weights_bytes / (1 - self.headroom))
        platform = self.load.platform
        forms = {DriveForm.M2_2280} if platform is None else {form for form, _ in platform.bays}
        fast = (drive.seq_read_b_s or 0) >= READ_B_S
        return drive.form in forms and fast and (drive.capacity_bytes or 0) >= needed

    def takes_psu(self, psu: Psu) -> bool:
        """Supplies with the plugs of the cards."""
        given = dict(psu.connectors or ())
        return all(given.get(kind, 0) >= number for kind, number in self.plugs.items()) and bool(psu.rated_w)

    @cached_property
    def plugs(self) -> Counter[PowerConnector]:
        """Plugs that the cards take; six-pin ones are fed by cables that end in 6+2."""
        needed: Counter[PowerConnector] = Counter()
        for kind, number in self.load.accelerator.connectors or ():
            needed[PowerConnector.PCIE_8 if kind is PowerConnector.PCIE_6 else kind] += number * self.load.count
        return needed

    # Pairs

    def board_cpu(self, board: Choice, cpu: Choice) -> bool:
        """Socket, kind of memory, and a memory controller for every channel of the board."""
        one, other = board.part, cpu.part
        assert isinstance(one, Board)
        assert isinstance(other, Cpu)
        common = set(one.memory_types) & set(other.memory_types)
        channels = not self.careful or (other.memory_channels or 99) >= (one.memory_channels or 0)
        return one.socket == other.socket and chipset_takes(one, other) and bool(common) and channels

    def board_memory(self, board: Choice, memory: Choice) -> bool:
        """Kind, slots, capacity, channels."""
        one, kit = board.part, memory.part
        assert isinstance(one, Board)
        assert isinstance(kit, Memory)
        modules = kit.modules * memory.pieces
        if self.load.demand and not reached_by_board(self.load.demand, one, kit, modules):
            return False
        fits = modules <= (one.memory_slots or 0) and _within(kit, memory.pieces, one.memory_max_bytes)
        return fits and _is_taken(kit, one.memory_types) and self._even(modules, one.memory_channels)

    def cpu_memory(self, cpu: Choice, memory: Choice) -> bool:
        """Kind, capacity; channels where the processor alone decides them."""
        one, kit = cpu.part, memory.part
        assert isinstance(one, Cpu)
        assert isinstance(kit, Memory)
        most = None if one.memory_max_bytes is None else one.memory_max_bytes * cpu.pieces
        channels = None if one.memory_channels is None else one.memory_channels * cpu.pieces
        even = True
        modules = kit.modules * memory.pieces
        if self.load.platform is not None:
            even = self._even(modules, channels)
        if self.load.demand and not reached_by_cpu(self.load.demand, one, cpu.pieces, kit, modules):
            return False
        return _is_taken(kit, one.memory_types) and _within(kit, memory.pieces, most) and even

    def _even(self, modules: int, channels: int | None) -> bool:
        return channels is None or not self.careful or modules in {channels, 2 * channels}

    def board_case(self, board: Choice, case: Choice) -> bool:
        """Form, and openings for the cards."""
        one, other = board.part, case.part
        assert isinstance(one, Board)
        assert isinstance(other, Case)
        if one.form not in other.boards or (self.form is Form.DESKTOP and one.form not in _SMALL_BOARDS):
            return False
        return self.board_takes_cards(one, other.expansion_slots)

    def cooler_cpu(self, cooler: Choice, cpu: Choice) -> bool:
        """Socket and heat."""
        one, other = cooler.part, cpu.part
        assert isinstance(one, Cooler)
        assert isinstance(other, Cpu)
        carries, heat = cooler_w(one, self.site.assumed), other.max_power_w
        guessed = one.capacity_w is None and not self.careful
        enough = guessed or (carries is not None and heat is not None and carries >= heat)
        return other.socket in one.sockets and enough

    def cooler_case(self, cooler: Choice, case: Choice) -> bool:
        """Height, or a place for the radiator that leaves the cards theirs."""
        one, other = cooler.part, case.part
        assert isinstance(one, Cooler)
        assert isinstance(other, Case)
        if not cooler_fits_case(one, other):
            return False
        places = {place for place, size in other.radiators or () if size >= (one.radiator_mm or 0)}
        if not self.careful or not one.radiator_mm or places != {"front"}:
            return True
        return (other.gpu_length_mm or float("inf")) - self.site.assumed.radiator_mm >= (
            self.load.accelerator.length_mm or 0
        )

    def psu_case(self, psu: Choice, case: Choice) -> bool:
        """Form and length."""
        one, other = psu.part, case.part
        assert isinstance(one, Psu)
        assert isinstance(other, Case)
        short = one.length_mm is None or other.psu_length_mm is None or one.length_mm <= other.psu_length_mm
        return supply_goes_in(one, other) and short

    def psu_board(self, psu: Choice, board: Choice) -> bool:
        """A plug for every one of the board; one of them is enough to start."""
        one, other = psu.part, board.part
        assert isinstance(one, Psu)
        assert isinstance(other, Board)
        given = dict(one.connectors or ()).get(PowerConnector.EPS_8, 0)
        from_cards = self.plugs[PowerConnector.EPS_8]
        least = from_cards + ((other.eps_connectors or 0) if self.careful else min(1, other.eps_connectors or 0))
        return one.connectors is None or given >= least

    # Power

    def psu_w(self, psu: Psu, cards_w: float, peak_w: float) -> float:
        """What all parts together may draw through a supply [W]; the cards spike to `peak_w` in it."""
        server = is_server_supply(psu)
        rating = supply_rating_w(psu.rated_w, psu.low_line_w, self.site.mains_v, server=server)
        if not rating:
            return 0.0
        margin = margins(psu, self.site.assumed)[0 if self.careful else 1]
        most = min(rating * margin.sustained, rating * margin.peak - (peak_w - cards_w))
        if self.careful:
            most = min(most, rating * (1 - self.headroom))

        def ratio(watts: float) -> float | None:
            return efficiency(psu.efficiency, watts / rating, self.site.mains_v, server=server)

        return min(most, self.site_w(ratio, single=True))

    def platform_w(self, platform: Platform) -> float:
        """What everything in a platform may draw together [W]: its supplies without the redundant ones, the site."""
        rating = supply_rating_w(platform.psu_w, platform.psu_low_line_w, self.site.mains_v, server=True)
        number = platform.psus or 0
        if not number or rating is None:
            return self.site_w(lambda _: None, single=False)
        rated = rating * number
        usable = rated - rating * min(redundant_supplies(platform.redundancy), number - 1)

        def ratio(watts: float) -> float | None:
            return efficiency(platform.psu_efficiency, watts / rated, self.site.mains_v, server=True) if rated else None

        return min(usable, self.site_w(ratio, single=number == 1))

    def site_w(self, efficiency_at: Callable[[float], float | None], *, single: bool) -> float:
        """What one machine may draw so that the circuits carry all of them [W], by bisection."""
        if not self.limited:
            return float("inf")
        share = continuous_share(self.site.country, self.site.continuous_share)
        one = circuit_w(self.site.mains_v, self.site.circuit_a, share)
        room = one * self.site.circuits / self.load.nodes
        if single:
            room = min(room, one)
        low, high = 0.0, room
        for _ in range(60):
            middle = (low + high) / 2
            ratio = efficiency_at(middle)
            if (wall_w(middle, ratio) if ratio else middle) <= room:
                low = middle
            else:
                high = middle
        return low


@lru_cache(maxsize=2**15)
def _seated(
    cards: tuple[Card, ...], slots: tuple[Slot, ...], m2_slots: int | None, openings: int | None
) -> tuple[Place, ...]:
    """Seats with one M.2 drive beside the cards; kept, since searches ask for the same ones again and again."""
    if sum(slot.connector_lanes >= cards[0].lanes for slot in slots) < len(cards):
        return (Place(None, None),) * len(cards)
    return seat(cards, slots, m2_drives=1, m2_slots=m2_slots, last_position=openings)


def slowest(places: tuple[Place, ...]) -> PcieLink | None:
    """The slowest link among places, None where none is known."""
    links = [place.link for place in places if place.link is not None]
    return min(links, key=PcieLink.bandwidth_b_s, default=None)


def _wide_enough(card: Accelerator, places: tuple[Place, ...]) -> bool:
    own = card.pcie
    if own is None:
        return True
    return all(place.link is None or place.link.lanes >= min(_LEAST_LANES, own.lanes) for place in places)


def _within(kit: Memory, pieces: int, most: int | None) -> bool:
    return most is None or kit.module_bytes * kit.modules * pieces <= most


def _is_taken(kit: Memory, types: tuple[MemoryType, ...]) -> bool:
    clocked = kit.memory_type is MemoryType.DDR5_CUDIMM and MemoryType.DDR5_UDIMM in types
    return kit.memory_type in types or clocked
