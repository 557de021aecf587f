"""Power, heat and the place: what the machines draw and give off, and what the site offers."""

from collections.abc import Iterator

from dsdesk.base.message import Message
from dsdesk.base.source import Unknown
from dsdesk.base.units import Quantity, Unit
from dsdesk.build.machine import PowerBudget, ResolvedMachine
from dsdesk.evaluate import Evaluation
from dsdesk.hardware.parts import Case, Part, Platform, Psu, Rack, Switch
from dsdesk.quote.request import Figure


def power(evaluation: Evaluation) -> tuple[Figure, ...]:
    """Power and cooling of one node of each kind."""
    several = len(evaluation.build.machines) > 1
    found: list[Figure] = []
    for machine in evaluation.build.machines:
        if not machine.parts:
            continue
        if several or machine.machine.count > 1:
            name = f"{machine.machine.count} × {machine.machine.name}"
            found.append(Figure(label=Message("Node"), value=name, note=Message("figures of one node")))
        found += _power_of(machine)
    return tuple(found)


def _watts(label: Message, value: float | Unknown | None, note: Message | None = None) -> Figure:
    if value is None:
        return Figure(label=label, value=_UNKNOWN, note=note)
    if isinstance(value, Unknown):
        return Figure(label=label, value=_UNKNOWN, note=value.because)
    return Figure(label=label, value=Quantity(value, Unit.WATT).text(), note=note)


_UNKNOWN = Message("unknown")


def _power_of(machine: ResolvedMachine) -> Iterator[Figure]:
    budget = machine.power
    peak = Message("short peaks to {peak}", peak=Quantity(budget.peak_w, Unit.WATT))
    yield _watts(Message("Parts at full load"), budget.sustained_w, peak)
    yield _watts(Message("Power supplies give"), budget.supply_w, _supplies(budget))
    yield _watts(Message("At the wall"), budget.wall_w, _efficiency(budget))
    heat = budget.heat_btu_h
    if isinstance(heat, Unknown):
        yield Figure(label=Message("Heat into the room"), value=_UNKNOWN, note=heat.because)
    else:
        yield Figure(label=Message("Heat into the room"), value=f"{heat:,.0f} BTU/h")
    for index, assumed in enumerate(budget.assumed):
        yield Figure(label=Message("Assumed draws") if index == 0 else "", value="", note=assumed)


def _supplies(budget: PowerBudget) -> Message | None:
    if not budget.supplies:
        return None
    return Message("{count} supplies, of which {spare} may fail", count=budget.supplies, spare=budget.redundant)


def _efficiency(budget: PowerBudget) -> Message | None:
    if budget.efficiency is None:
        return None
    return Message("efficiency at this load {share}", share=Quantity(budget.efficiency, Unit.PERCENT))


def site(evaluation: Evaluation) -> tuple[Figure, ...]:
    """The place of installation, and the size and weight of what comes."""
    return (*_mains(evaluation), *_sizes(evaluation))


def _mains(evaluation: Evaluation) -> Iterator[Figure]:
    place = evaluation.project.site
    yield Figure(
        label=Message("Mains"),
        value=Message(
            "circuits: {circuits} × {volt}, breaker {ampere}",
            circuits=place.circuits,
            volt=Quantity(place.mains_v, Unit.VOLT),
            ampere=Quantity(place.circuit_a, Unit.AMPERE),
        ),
        note=Message("of which {share} may be drawn all day", share=Quantity(place.continuous_share, Unit.PERCENT)),
    )
    yield Figure(
        label=Message("Air at the inlet"),
        value=Quantity(place.ambient_c, Unit.CELSIUS).text(),
        note=Message("altitude {height} m", height=place.altitude_m) if place.altitude_m else None,
    )
    if place.cooling_w is not None:
        yield Figure(label=Message("Room cooling"), value=Quantity(place.cooling_w, Unit.KILOWATT).text())
    access = evaluation.project.quote.site_access
    if access:
        yield Figure(label=Message("Access and unloading"), value=access)


def _sizes(evaluation: Evaluation) -> Iterator[Figure]:
    build = evaluation.build
    placed = [one for machine in build.machines for one in machine.parts] + list(build.shared)
    seen: set[str] = set()
    for one in placed:
        part = one.part
        if part is None or part.id in seen:
            continue
        seen.add(part.id)
        if details := _size(part):
            yield Figure(label=Message("Size, weight, inlet"), value=part.full_name, note=", ".join(details))


def _size(part: Part) -> list[str]:
    details: list[str] = []
    units = part.rack_units if isinstance(part, Platform | Case | Switch | Rack) else None
    if units:
        details.append(f"{units:g} U")
    if isinstance(part, Platform | Rack) and part.depth_mm:
        details.append(f"{part.depth_mm:g} mm")
    if part.weight_kg and (units or isinstance(part, Case)):
        details.append(f"{part.weight_kg:g} kg")
    if isinstance(part, Psu) and part.inlet:
        details.append(part.inlet)
    return details
