"""Between mains and machines: phases of a distribution unit, minutes of a UPS, power of the whole site."""

import math
from collections.abc import Iterator
from itertools import pairwise

from dsdesk.base.message import N_, Message
from dsdesk.base.source import Unknown
from dsdesk.base.units import Quantity, Unit
from dsdesk.build.inventory import lines_of
from dsdesk.checks.context import CheckContext
from dsdesk.checks.finding import Finding, Fix, Severity, not_published, unchecked
from dsdesk.checks.fixes import as_fix, first_that_clears
from dsdesk.checks.registry import check
from dsdesk.checks.site import wall_of_all
from dsdesk.hardware.parts import Pdu, Ups
from dsdesk.project.edits import change_line
from dsdesk.project.project import Line

_MOST_UNITS = 8  # more than this many pieces are another unit, not a fix


def runtime_s(curve: tuple[tuple[float, float], ...], load_w: float) -> float:
    """Seconds that a UPS carries `load_w` [W], from its published (load [W], time [s]) points.

    Linear between the points, the first point below them, and nothing above the last one, so that it never promises
    more than its maker does.
    """
    points = sorted(curve)
    if not points or load_w > points[-1][0]:
        return 0.0
    if load_w <= points[0][0]:
        return points[0][1]
    for (low, long), (high, short) in pairwise(points):
        if load_w <= high:
            return long + (short - long) * (load_w - low) / (high - low)
    return 0.0


def _pieces(context: CheckContext, code: str, line: Line) -> tuple[Fix, ...]:
    """The least number of the unit that clears the finding."""
    edits = (
        change_line(line.no, Message(N_("Take {count} of them"), count=count), quantity=count)
        for count in range(line.quantity + 1, line.quantity + 1 + _MOST_UNITS)
    )
    return as_fix(first_that_clears(context, code, None, edits))


@check("site.W007")
def ups_lasts_until_all_is_stopped(context: CheckContext) -> Iterator[Finding]:
    """The uninterruptible supply carries the machines until they are stopped.

    Reason: a supply that is strong enough may still last less than the services take to stop.
    Remedy: more units, battery packs, or a generator.
    Source: Assumption: five minutes to stop everything; the time at a load as published by the maker of the unit.
    """
    total, missing = wall_of_all(context)
    for line, ups in lines_of(context.build.shared, Ups):
        if ups.runtime is None:
            yield not_published(Message(N_("the running time on batteries")), ups.full_name, (line.no,))
            continue
        share = total / sum(one.quantity for one, _ in lines_of(context.build.shared, Ups))
        lasts = runtime_s(ups.runtime, share)
        if lasts < context.site.assumed.shutdown_s:
            yield Finding(
                severity=Severity.WARNING,
                message=Message(
                    N_("{unit} carries {load} for {lasts}, and stopping takes {wanted}"),
                    unit=ups.full_name,
                    load=Quantity(share, Unit.WATT),
                    lasts=Quantity(lasts, Unit.SECOND),
                    wanted=Quantity(context.site.assumed.shutdown_s, Unit.SECOND),
                ),
                subject=(line.no,),
                fixes=_pieces(context, "site.W007", line),
            )
        elif missing is not None:
            yield unchecked(missing, (line.no,))


def fullest_phase_w(plugs: list[float], phases: int) -> float:
    """Load of the fullest phase [W] when the largest plugs are spread first, each on the emptiest phase."""
    loads = [0.0] * phases
    for watts in sorted(plugs, reverse=True):
        emptiest = min(range(phases), key=loads.__getitem__)
        loads[emptiest] += watts
    return max(loads)


def _plugs_w(context: CheckContext) -> list[float]:
    """Load of each plug of every machine whose power at the wall is known [W]."""
    plugs: list[float] = []
    for machine in context.build.machines:
        wall = machine.power.wall_w
        if not isinstance(wall, Unknown) and wall:
            each = max(1, machine.power.supplies or 1)
            plugs += [wall / each] * (each * machine.machine.count)
    return plugs


@check("site.W008")
def phases_are_balanced(context: CheckContext) -> Iterator[Finding]:
    """No phase of a three-phase distribution unit carries more than its share of the rating.

    Reason: every plug hangs on one phase; three phases carry the whole rating only when they are loaded alike.
    Remedy: another unit, or machines spread so that the phases are loaded alike.
    Source: derived: the largest plugs first, each on the emptiest phase; a phase carries rating / phases, with the
        rating as published by the maker of the unit.
    """
    units = [(line, pdu) for line, pdu in lines_of(context.build.shared, Pdu) if (pdu.phases or 1) > 1 and pdu.rated_w]
    plugs = _plugs_w(context)
    if not units:
        return
    line, pdu = units[0]
    phases = sum(one.quantity * (part.phases or 1) for one, part in units)
    room = min((part.rated_w or 0.0) / (part.phases or 1) for _, part in units)
    fullest = fullest_phase_w(plugs, phases)
    missing = wall_of_all(context)[1]
    if fullest > room:
        yield Finding(
            severity=Severity.WARNING,
            message=Message(
                N_("The fullest of {phases} phases carries {load}, and {unit} has {room} for one"),
                phases=phases,
                load=Quantity(math.ceil(fullest), Unit.WATT),
                unit=pdu.full_name,
                room=Quantity(room, Unit.WATT),
            ),
            subject=(line.no,),
            fixes=_pieces(context, "site.W008", line),
        )
    elif missing is not None:
        yield unchecked(missing, (line.no,))


@check("site.N009")
def site_draws_more_than_the_machines(context: CheckContext) -> Iterator[Finding]:
    """What the site draws with its cooling, by its power usage effectiveness (PUE).

    Reason: cooling and conversion take power too; the guide hopes for 1.1 by liquid cooling, which no source backs.
    Remedy: enter the PUE that the operator of the room measures.
    Source: Assumption: the PUE of the project (facility power over IT power), 1.3 unless it was changed.
    """
    total, missing = wall_of_all(context)
    if total and missing is not None:
        yield unchecked(missing)
    elif total:
        yield Finding(
            severity=Severity.NOTE,
            message=Message(
                N_("The machines draw {machines}, and at a PUE of {pue} the site draws {facility}"),
                machines=Quantity(total, Unit.WATT),
                pue=f"{context.site.pue:g}",
                facility=Quantity(total * context.site.pue, Unit.WATT),
            ),
        )
