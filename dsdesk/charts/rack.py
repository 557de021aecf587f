"""What stands where in the racks: an elevation as numbers, without a painter. Units are counted from the floor.

Reason of the order: the heaviest stand lowest, so that the rack does not tip; switches stand at the top, where the
cables of the nodes meet. A height that is not published has no place and is told instead.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from dsdesk.build.inventory import first, lines_of
from dsdesk.build.machine import Build, ResolvedMachine
from dsdesk.hardware.parts import Case, Part, Platform, Rack, Switch
from dsdesk.hardware.vocabulary import PartKind

USUAL_UNITS = 42  # of a full-height cabinet (EIA-310): the most that is drawn where the plan names no rack


@dataclass(frozen=True, slots=True, kw_only=True)
class Mounted:
    """One thing in a rack.

    Attributes:
        name: of the node and its number, or of the part.
        part: the name of what it is.
        kind: of the part.
        bottom: lowest unit it takes, 1 is the lowest of the rack.
        units: how many it takes.
        line_no: the line it comes from.
    """

    name: str
    part: str
    kind: PartKind
    bottom: int
    units: int
    line_no: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RackElevation:
    """One rack seen from the front.

    Attributes:
        name: of the rack, "" where the plan names none and the room that is needed is drawn.
        number: 1, 2, ...
        units: its height.
        mounted: from the floor up.
    """

    name: str
    number: int
    units: int
    mounted: tuple[Mounted, ...]

    @property
    def used_units(self) -> int:
        """Units that are taken."""
        return sum(one.units for one in self.mounted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Racks:
    """All racks of a build.

    Attributes:
        elevations: rack by rack; more than the plan has where they do not suffice.
        planned: racks in the plan, 0 without one.
        unplaced: names of what stands in a rack but whose height or chassis is not known.
    """

    elevations: tuple[RackElevation, ...] = ()
    planned: int = 0
    unplaced: tuple[str, ...] = ()


def racks(build: Build) -> Racks:
    """The racks of a build; none where nothing in it is made for a rack."""
    low, high = [], []
    unplaced = [_counted(one) for one in build.machines if _is_bare(one)]
    chosen = list(lines_of(build.shared, Rack))
    planned = sum(line.quantity for line, _ in chosen)
    name, units = "", USUAL_UNITS
    if chosen:
        name, units = chosen[0][1].full_name, chosen[0][1].rack_units or USUAL_UNITS
    for one in _stands(build):
        if not 0 < one.units <= units:
            unplaced.append(one.name)
        elif one.kind is PartKind.SWITCH:
            high.append(one)
        else:
            low.append(one)
    if not low and not high:
        return Racks(planned=planned, unplaced=tuple(unplaced))
    if not chosen:
        units = min(units, sum(one.units for one in (*low, *high)))  # the room that is needed, not an empty cabinet
    shelves = _filled(sorted(low, key=lambda one: -one.units), high, units)
    elevations = tuple(
        RackElevation(name=name, number=number, units=units, mounted=tuple(shelf))
        for number, shelf in enumerate(shelves, 1)
    )
    return Racks(elevations=elevations, planned=planned, unplaced=tuple(unplaced))


def _stands(build: Build) -> Iterator[Mounted]:
    """Everything that stands in a rack, one by one, not placed yet; no units where the height is not published."""
    for machine in build.machines:
        line_no, part, height = _chassis(machine)
        if part is None:
            continue
        count = machine.machine.count
        for index in range(count):
            name = machine.machine.name if count == 1 else f"{machine.machine.name} {index + 1}"
            yield _mounted(name, part, height, line_no)
    for line, switch in lines_of(build.shared, Switch):
        for _ in range(line.quantity):
            yield _mounted(switch.name, switch, switch.rack_units, line.no)


def _is_bare(machine: ResolvedMachine) -> bool:
    """Whether a node has parts but nothing yet that it stands in."""
    return bool(machine.parts) and first(machine.parts, Platform) is None and first(machine.parts, Case) is None


def _counted(machine: ResolvedMachine) -> str:
    count, name = machine.machine.count, machine.machine.name
    return f"{count} × {name}" if count > 1 else name


def _chassis(machine: ResolvedMachine) -> tuple[int, Part | None, float | None]:
    """What a node stands in: its platform, or a case that is made for a rack."""
    platform = first(machine.parts, Platform)
    if platform is not None:
        is_racked = platform[1].rack_units is not None or platform[1].form == "server"
        return platform[0].no, platform[1] if is_racked else None, platform[1].rack_units
    case = first(machine.parts, Case)
    if case is not None and case[1].rack_units:
        return case[0].no, case[1], case[1].rack_units
    return 0, None, None


def _mounted(name: str, part: Part, height: float | None, line_no: int) -> Mounted:
    units = math.ceil(height) if height else 0
    return Mounted(name=name, part=part.full_name, kind=part.kind, bottom=0, units=units, line_no=line_no)


def _filled(low: list[Mounted], high: list[Mounted], units: int) -> list[list[Mounted]]:
    """As few racks as hold everything: switches shared out from the top, nodes from the floor up wherever they fit."""
    wanted = sum(one.units for one in (*low, *high))
    for number in range(math.ceil(wanted / units), len(low) + len(high) + 1):
        shelves: list[list[Mounted]] = [[] for _ in range(number)]
        tops, floors = [units] * number, [0] * number
        for index, one in enumerate(high):
            shelf = index % number
            tops[shelf] -= one.units
            shelves[shelf].append(replace(one, bottom=tops[shelf] + 1))
        if all(_stand(one, shelves, floors, tops) for one in low) and min(tops) >= 0:
            return [sorted(shelf, key=lambda one: one.bottom) for shelf in shelves]
    return []


def _stand(one: Mounted, shelves: list[list[Mounted]], floors: list[int], tops: list[int]) -> bool:
    """Put a node on the first shelf with room above what stands there."""
    for shelf, floor in enumerate(floors):
        if floor + one.units <= tops[shelf]:
            shelves[shelf].append(replace(one, bottom=floor + 1))
            floors[shelf] += one.units
            return True
    return False
