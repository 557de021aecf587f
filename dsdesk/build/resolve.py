"""resolve(configuration, site, catalog) -> Build: part ids become parts, cards get slots, totals follow."""

from dataclasses import replace

from dsdesk.build.catalog import Catalog
from dsdesk.build.host import host_speed
from dsdesk.build.inventory import count_of, first, lines_of, platform_of
from dsdesk.build.links import interconnect, main_accelerator, node_network_bit_s
from dsdesk.build.machine import Build, PlacedPart, ResolvedMachine, Seat
from dsdesk.build.power import power_budget
from dsdesk.build.topology import Card, positions, seat
from dsdesk.hardware.parts import Accelerator, Board, Case, Cpu, Drive, Nic, Part, Platform
from dsdesk.hardware.vocabulary import DriveForm, Mount
from dsdesk.project.project import Configuration, Line, Machine, Site
from dsdesk.sizing.results import HostSpeed, Interconnect

_M2 = {DriveForm.M2_2280, DriveForm.M2_22110}


def resolve(configuration: Configuration, site: Site, catalog: Catalog) -> Build:
    """The build that a configuration names, with what follows from it for slots, links, memory and power."""
    shared = _place(configuration.shared, catalog)
    machines = tuple(resolve_machine(machine, site, catalog) for machine in configuration.machines)
    nodes = sum(machine.machine.count for machine in machines if main_accelerator(machine)[1])
    if nodes <= 1:
        return Build(machines=machines, shared=shared, own_speeds=catalog.own_speeds)
    rates = [node_network_bit_s(machine, shared) for machine in machines if main_accelerator(machine)[1]]
    known = [rate for rate in rates if rate is not None]
    slowest = min(known) if len(known) == len(rates) else None
    joined = tuple(
        replace(machine, interconnect=replace(machine.interconnect, nodes=nodes, node_bit_s=slowest))
        for machine in machines
    )
    return Build(machines=joined, shared=shared, own_speeds=catalog.own_speeds)


def resolve_machine(machine: Machine, site: Site, catalog: Catalog) -> ResolvedMachine:
    """One node."""
    parts = _place(machine.lines, catalog)
    platform = platform_of(parts)
    included = _included(platform, catalog)
    cpus = _cpus(parts, platform, catalog)
    seats = seat_cards(parts, cpus)
    bare = ResolvedMachine(
        machine=machine,
        parts=parts,
        seats=seats,
        power=power_budget(parts, included, cpus, site),
        interconnect=Interconnect(),
        host=HostSpeed(),
        included=included,
        cpus=cpus,
    )
    accelerator, number = main_accelerator(bare)
    return replace(
        bare,
        interconnect=interconnect(parts, seats, accelerator, number, platform),
        host=host_speed(parts, cpus, accelerator),
    )


def _place(lines: tuple[Line, ...], catalog: Catalog) -> tuple[PlacedPart, ...]:
    return tuple(PlacedPart(line, catalog.part(line.part_id)) for line in lines)


def _included(platform: Platform | None, catalog: Catalog) -> tuple[tuple[Accelerator, int], ...]:
    if platform is None or not platform.gpu_included:
        return ()
    for part_id in platform.gpu_ids:
        part = catalog.part(part_id)
        if isinstance(part, Accelerator):
            return ((part, platform.gpu_included),)
    return ()


def _cpus(parts: tuple[PlacedPart, ...], platform: Platform | None, catalog: Catalog) -> tuple[tuple[Cpu, int], ...]:
    chosen = tuple((cpu, line.quantity) for line, cpu in lines_of(parts, Cpu))
    if chosen or platform is None:
        return chosen
    for part_id in platform.cpu_ids:
        part = catalog.part(part_id)
        if isinstance(part, Cpu):
            return ((part, platform.sockets or 1),)
    return ()


def cards_of(parts: tuple[PlacedPart, ...]) -> tuple[tuple[Line, int, Card], ...]:
    """Every card that needs a slot as (line, number within the line, what seating must know of it)."""
    cards: list[tuple[Line, int, Card]] = []
    for placed in parts:
        card = _card(placed.line, placed.part)
        if card is not None:
            cards += [(placed.line, index, card) for index in range(placed.line.quantity)]
    return tuple(cards)


def _card(line: Line, part: Part | None) -> Card | None:
    if isinstance(part, Accelerator) and part.mount is Mount.PCIE:
        return Card(link=part.pcie, width=positions(part.slot_width), low_profile=part.low_profile, wanted=line.slot)
    if isinstance(part, Nic):
        return Card(link=part.pcie, width=1, accelerator=False, wanted=line.slot)
    return None


def seat_cards(
    parts: tuple[PlacedPart, ...], cpus: tuple[tuple[Cpu, int], ...], *, ignore_case: bool = False
) -> tuple[Seat, ...]:
    """Seats of all cards of a node; `ignore_case` leaves the case out, to tell what stands in the way."""
    cards = cards_of(parts)
    board, platform = first(parts, Board), platform_of(parts)
    slots = board[1].slots if board else platform.slots if platform else ()
    if not slots:
        return _counted(cards, platform)
    case = first(parts, Case)
    places = seat(
        tuple(card for _, _, card in cards),
        slots,
        m2_drives=sum(line.quantity for line, drive in lines_of(parts, Drive) if drive.form in _M2),
        m2_slots=board[1].m2_slots if board else None,
        last_position=case[1].expansion_slots if case and not ignore_case else None,
        cpu_gen=cpus[0][0].pcie_gen if cpus else None,
    )
    return tuple(
        Seat(
            line_no=line.no,
            index=index,
            slot=place.slot.label if place.slot else "",
            position=place.slot.position if place.slot else None,
            link=place.link,
            seated=place.slot is not None,
        )
        for (line, index, _), place in zip(cards, places, strict=True)
    )


def _counted(cards: tuple[tuple[Line, int, Card], ...], platform: Platform | None) -> tuple[Seat, ...]:
    """Seats where no slot map is known: a platform says at least how many accelerators it carries."""
    seats: list[Seat] = []
    taken = platform.gpu_included if platform else 0
    for line, index, card in cards:
        seated: bool | None = None
        if card.accelerator and platform is not None and platform.gpu_max is not None:
            seated = taken < platform.gpu_max
            taken += 1
        seats.append(Seat(line_no=line.no, index=index, slot="", position=None, link=None, seated=seated))
    return tuple(seats)


def part_count(machine: ResolvedMachine, kind: type[Part]) -> int:
    """Pieces of a class in one node."""
    return count_of(machine.parts, kind)
