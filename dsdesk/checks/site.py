"""The site: the circuit on the wall, heat in the room, altitude, racks."""

import math
from collections.abc import Iterator

from dsdesk.base.message import N_, Message
from dsdesk.base.source import Unknown
from dsdesk.base.units import Quantity, Unit
from dsdesk.build.inventory import lines_of
from dsdesk.checks.context import CheckContext
from dsdesk.checks.finding import Finding, Fix, Severity, not_published, unchecked
from dsdesk.checks.fixes import advice, as_fix, first_that_clears, limit_power
from dsdesk.checks.node import Node
from dsdesk.checks.power import LIMITS
from dsdesk.checks.registry import check
from dsdesk.hardware.parts import Part, Pdu, Platform, Rack, Switch, Ups
from dsdesk.project.edits import change_line, change_site
from dsdesk.project.project import Line
from dsdesk.sizing.airflow import tons_of_refrigeration
from dsdesk.sizing.electricity import circuit_w, continuous_share, heat_btu_h

_ASHRAE_HEIGHT_M = 3050.0


def _watts(value: float) -> Quantity:
    return Quantity(value, Unit.WATT)


def wall_of_all(context: CheckContext) -> tuple[float, Message | None]:
    """(power at the wall of all nodes and switches [W], what is missing in it or None)."""
    total, missing = 0.0, None
    for machine in context.build.machines:
        if not any(placed.part for placed in machine.parts):
            continue
        wall = machine.power.wall_w
        if isinstance(wall, Unknown):
            missing = wall.because
            total += machine.power.known_w * machine.machine.count
        else:
            total += wall * machine.machine.count
    for line, switch in lines_of(context.build.shared, Switch):
        watts = switch.max_power_w or switch.typical_power_w
        if watts is None:
            missing = Message(N_("the power of {part} is not published"), part=switch.full_name)
        total += (watts or 0.0) * line.quantity
    return total, missing


@check("site.E001")
def circuit_carries_the_machines(context: CheckContext) -> Iterator[Finding]:
    """The circuits of the site carry what the machines draw all day.

    Reason: a breaker trips, or a socket overheats, when it carries more than its share for hours.
    Remedy: more circuits, a stronger one, or a limit on board power.
    Source: HP Power basics, table 4, and NEC 210.20(A) (80 % for load of three hours or more in the US and Canada);
        elsewhere the same 80 % is the project's own margin, which is an assumption.
    """
    site = context.site
    total, missing = wall_of_all(context)
    share = continuous_share(site.country, site.continuous_share)
    one = circuit_w(site.mains_v, site.circuit_a, share)
    room = one * site.circuits
    if total > room:
        text = N_("{need} at the wall, and {circuits} × {volt} × {ampere} carry {room} all day")
        yield Finding(
            severity=Severity.ERROR,
            message=Message(
                text,
                need=_watts(total),
                circuits=site.circuits,
                volt=Quantity(site.mains_v, Unit.VOLT),
                ampere=Quantity(site.circuit_a, Unit.AMPERE),
                room=_watts(room),
            ),
            fixes=_more_current(context, total, one),
            assumption=site.country not in {"US", "CA"},
        )
    elif missing is not None:
        yield unchecked(missing)


def _more_current(context: CheckContext, total: float, one: float) -> tuple[Fix, ...]:
    circuits = max(context.site.circuits + 1, math.ceil(total / one))
    more = change_site(Message(N_("Use {count} circuits"), count=circuits), circuits=circuits)
    stronger = [
        change_site(Message(N_("Have a circuit of {ampere} laid"), ampere=Quantity(a, Unit.AMPERE)), circuit_a=a)
        for a in (20.0, 25.0, 32.0, 63.0)
        if a > context.site.circuit_a
    ]
    fixes: tuple[Fix, ...] = ()
    for index, machine in enumerate(context.build.machines):
        if len(context.build.machines) == 1:
            fixes += limit_power(Node(context, index, machine), "site.E001", LIMITS, whole=True)
    fixes += as_fix(first_that_clears(context, "site.E001", None, (more,)))
    return fixes + as_fix(first_that_clears(context, "site.E001", None, stronger), "long")


@check("site.E002")
def one_machine_fits_one_circuit(context: CheckContext) -> Iterator[Finding]:
    """A machine with one power supply draws no more than one circuit carries.

    Reason: more circuits do not help a machine that has one plug.
    Remedy: a stronger circuit, a limit on board power, or a machine with several supplies.
    Source: HP Power basics, tables 4 and 5; the 80 % outside the US and Canada is an assumption.
    """
    site = context.site
    room = circuit_w(site.mains_v, site.circuit_a, continuous_share(site.country, site.continuous_share))
    for index, machine in enumerate(context.build.machines):
        wall = machine.power.wall_w
        if isinstance(wall, Unknown) or machine.power.supplies != 1 or wall <= room or site.circuits == 1:
            continue  # with one circuit in all, site.E001 says it
        node = Node(context, index, machine)
        stronger = [
            change_site(Message(N_("Have a circuit of {ampere} laid"), ampere=Quantity(a, Unit.AMPERE)), circuit_a=a)
            for a in (20.0, 25.0, 32.0, 63.0)
        ]
        yield Finding(
            severity=Severity.ERROR,
            message=Message(
                N_("One machine draws {need} through one plug, and one circuit carries {room}"),
                need=_watts(wall),
                room=_watts(room),
            ),
            machine=index,
            fixes=limit_power(node, "site.E002", LIMITS)
            + as_fix(first_that_clears(context, "site.E002", index, stronger), "long"),
            assumption=site.country not in {"US", "CA"},
        )


@check("site.W003")
def room_gets_rid_of_the_heat(context: CheckContext) -> Iterator[Finding]:
    """The air conditioning of the room carries the heat of the machines.

    Reason: all power at the wall becomes heat; a room without enough cooling warms until the machines throttle.
    Remedy: more air conditioning, a limit on board power, or another room.
    Source: 1 W = 3.412 BTU/h, 3517 W to a ton of refrigeration (definitions).
    """
    total, missing = wall_of_all(context)
    if not total:
        return
    heat = {
        "watt": _watts(total),
        "btu": f"{heat_btu_h(total):,.0f} BTU/h",
        "tons": f"{tons_of_refrigeration(total):.1f}",
    }
    if context.site.cooling_w is None:
        text = N_("the capacity of the air conditioning is not entered; it needs {watt} ({btu}, {tons} tons)")
        yield unchecked(Message(text, **heat))
    elif total > context.site.cooling_w:
        text = N_("The machines give {watt} ({btu}) of heat, and the air conditioning carries {room}")
        nodes = [Node(context, index, machine) for index, machine in enumerate(context.build.machines)]
        fixes = limit_power(nodes[0], "site.W003", LIMITS, whole=True) if len(nodes) == 1 else ()
        yield Finding(
            severity=Severity.WARNING,
            message=Message(text, room=_watts(context.site.cooling_w), **heat),
            fixes=fixes + advice(Message(N_("Have air conditioning of {tons} tons more installed"), tons=heat["tons"])),
        )
    elif missing is not None:
        yield unchecked(missing)


@check("site.W004")
def altitude_is_within_limits(context: CheckContext) -> Iterator[Finding]:
    """The site is not higher than equipment is made for.

    Reason: thin air carries less heat and insulates less.
    Remedy: ask the makers for their limits.
    Source: ASHRAE TC 9.9 reference card 2021: highest elevation 3,050 m for the classes A1 to A4.
    """
    if context.site.altitude_m > _ASHRAE_HEIGHT_M:
        text = N_("The site lies {height} m high, and the ASHRAE classes end at {limit} m")
        yield Finding(
            severity=Severity.WARNING,
            message=Message(text, height=round(context.site.altitude_m), limit=round(_ASHRAE_HEIGHT_M)),
            fixes=advice(Message(N_("Ask every maker for the limit of his part"))),
        )


def _in_racks(context: CheckContext) -> Iterator[tuple[Part, float | None, int]]:
    """(part, rack units, pieces) of all that stands in racks."""
    for machine in context.build.machines:
        for line, platform in lines_of(machine.parts, Platform):
            yield platform, platform.rack_units, line.quantity * machine.machine.count
    for line, switch in lines_of(context.build.shared, Switch):
        yield switch, switch.rack_units, line.quantity


@check("site.E005")
def racks_hold_everything(context: CheckContext) -> Iterator[Finding]:
    """The racks have the units for all servers and switches, and carry their weight.

    Reason: what finds no place stands on the floor; an overloaded rack tips or breaks the raised floor.
    Remedy: more racks.
    Source: rack units, weight and load as published by the makers; one unit is 44.45 mm (EIA-310).
    """
    racks = list(lines_of(context.build.shared, Rack))
    if not racks:
        return
    line, rack = racks[0]
    stood = list(_in_racks(context))
    unknown = [part for part, units, _ in stood if units is None]
    if unknown or rack.rack_units is None:
        yield not_published(Message(N_("the height in rack units")), (unknown[0] if unknown else rack).full_name)
        return
    units = sum((height or 0) * pieces for _, height, pieces in stood)
    weight = sum((part.weight_kg or 0) * pieces for part, _, pieces in stood)
    number = sum(one.quantity for one, _ in racks)
    needed = max(1, math.ceil(units / rack.rack_units))
    if rack.load_kg is not None:
        needed = max(needed, math.ceil(weight / rack.load_kg))
    if needed > number:
        yield Finding(
            severity=Severity.ERROR,
            message=Message(
                N_("{units} and {weight} take {needed} racks, and there are {number}"),
                units=Quantity(units, Unit.RACK_UNIT),
                weight=Quantity(weight, Unit.KG),
                needed=needed,
                number=number,
            ),
            subject=(line.no,),
            fixes=_more(context, "site.E005", line, needed),
        )
    for part in [part for part, _, _ in stood if part.weight_kg is None]:
        yield not_published(Message(N_("the weight")), part.full_name)


def _more(context: CheckContext, code: str, line: Line, pieces: int) -> tuple[Fix, ...]:
    edit = change_line(line.no, Message(N_("Take {count} of them"), count=pieces), quantity=pieces)
    return as_fix(first_that_clears(context, code, None, (edit,)))


@check("site.E006")
def distribution_carries_the_load(context: CheckContext) -> Iterator[Finding]:
    """Power distribution units and uninterruptible supplies carry what hangs on them.

    Reason: an overloaded unit trips and takes all of its machines with it.
    Remedy: more or larger units.
    Source: rating as published by their makers; a UPS should have 20 % to spare, which is an assumption.
    """
    total, missing = wall_of_all(context)
    for kind, factor in ((Pdu, 1.0), (Ups, 1.0 + context.site.assumed.ups_spare)):
        units: list[tuple[Line, Pdu | Ups]] = list(lines_of(context.build.shared, kind))
        if not units:
            continue
        line, unit = units[0]
        if unit.rated_w is None:
            yield not_published(Message(N_("the rating")), unit.full_name, (line.no,))
            continue
        room = sum((part.rated_w or 0) * one.quantity for one, part in units)
        if total * factor > room:
            pieces = math.ceil(total * factor / unit.rated_w)
            yield Finding(
                severity=Severity.ERROR,
                message=Message(
                    N_("{need} hang on {unit}, which carry {room}"),
                    need=_watts(total * factor),
                    unit=unit.full_name,
                    room=_watts(room),
                ),
                subject=(line.no,),
                fixes=_more(context, "site.E006", line, pieces),
            )
        elif missing is not None:
            yield unchecked(missing, (line.no,))
