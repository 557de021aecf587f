"""The specification of servers, network and infrastructure."""

from collections.abc import Callable, Iterator
from typing import Any

from dsdesk.base.message import Message
from dsdesk.base.units import Quantity, Unit, best_bytes
from dsdesk.charts.link_words import pcie
from dsdesk.hardware.parts import (
    Accelerator,
    Bridge,
    Cable,
    Nic,
    Part,
    Pdu,
    Platform,
    Rack,
    Radiator,
    Riser,
    Switch,
    Ups,
)
from dsdesk.quote.names import MOUNT
from dsdesk.quote.request import Requirement


def _item(label: Message, value: Message | str, why: Message, *, mandatory: bool = True) -> Requirement:
    return Requirement(label=label, value=value, why=why, mandatory=mandatory)


def _at_least(value: float, unit: Unit) -> str:
    return f"≥ {Quantity(value, unit).text()}"


def _ports(ports: tuple[tuple[int, float, str], ...]) -> str:
    return ", ".join(
        f"{number} × {Quantity(rate, Unit.GBIT_S).text()} {connector}".strip() for number, rate, connector in ports
    )


_CABLING = Message("Ports and cables of the plan are counted with it.")


def platform(part: Platform, included: tuple[tuple[Accelerator, int], ...]) -> Iterator[Requirement]:
    """A server or complete machine, with the accelerators that it is delivered with."""
    yield from _places(part)
    for accelerator, number in included:
        memory = f", ≥ {best_bytes(accelerator.memory_bytes).text()}" if accelerator.memory_bytes is not None else ""
        yield _item(
            Message("Accelerators delivered with it"),
            f"{number} × {accelerator.full_name}{memory}",
            Message("They are part of the machine and of its price."),
        )
    if part.psus is not None and part.psu_w is not None:
        redundancy = f" ({part.redundancy})" if part.redundancy else ""
        yield _item(
            Message("Power supplies"),
            f"≥ {part.psus} × {Quantity(part.psu_w, Unit.WATT).text()}{redundancy}",
            Message("Full load is carried when one supply fails, as far as the redundancy says."),
        )
    if part.gpu_power_w_max is not None:
        yield _item(
            Message("Power for each accelerator"),
            _at_least(part.gpu_power_w_max, Unit.WATT),
            Message("The accelerators of this lot draw it."),
        )
    if part.rack_units is not None:
        yield _item(
            Message("Height"),
            f"{part.rack_units:g} U",
            Message("The rack is planned with it."),
            mandatory=False,
        )
    if part.liquid_cooled:
        yield _item(Message("Cooling"), Message("facility water"), Message("Flow and connection must be agreed."))
    if part.network:
        yield _item(Message("Network ports"), part.network, _CABLING, mandatory=False)


def _places(part: Platform) -> Iterator[Requirement]:
    if part.gpu_max is not None:
        mount = MOUNT[part.gpu_mount] if part.gpu_mount is not None else Message("accelerator")
        yield _item(
            Message("Accelerator places"),
            Message("≥ {count} × {mount}", count=part.gpu_max, mount=mount),
            Message(
                "The accelerators of this lot sit in them, with the maker's cables, risers and air ducts included."
            ),
        )
    if part.sockets is not None and part.cpu_socket:
        yield _item(
            Message("Processor sockets"),
            f"{part.sockets} × {part.cpu_socket}",
            Message("The processors of this lot sit in them."),
        )
    if part.memory_slots is not None:
        kinds = " / ".join(kind.upper().replace("-", " ") for kind in part.memory_types)
        yield _item(
            Message("Memory slots"), f"≥ {part.memory_slots} × {kinds}".rstrip(" ×"), Message("The memory of this lot.")
        )
    if part.memory_included_bytes is not None:
        yield _item(
            Message("Memory delivered with it"),
            f"≥ {best_bytes(part.memory_included_bytes).text()}",
            Message("The plan counts on it."),
        )
    if part.bays:
        bays = ", ".join(f"{number} × {form.upper()}" for form, number in part.bays)
        yield _item(Message("Drive bays"), bays, Message("The drives of this lot."), mandatory=False)


def _nic(part: Nic, _ordered: object) -> Iterator[Requirement]:
    rate = f" × {Quantity(part.port_bit_s, Unit.GBIT_S).text()}" if part.port_bit_s is not None else ""
    value = f"≥ {part.ports}{rate} {part.connector}".strip()
    yield _item(
        Message("Ports"), value, Message("Nodes exchange results over them; the forecast counts with this rate.")
    )
    if part.protocol:
        yield _item(Message("Protocol"), part.protocol, Message("Adapters and switches must speak the same."))
    if part.pcie is not None:
        yield _item(Message("Interface"), pcie(part.pcie), Message("A narrower slot would throttle the port."))


def _switch(part: Switch, _ordered: object) -> Iterator[Requirement]:
    if part.ports:
        yield _item(Message("Ports"), f"≥ {_ports(part.ports)}", _CABLING)
    if part.throughput_bit_s is not None:
        yield _item(
            Message("Switching capacity"),
            _at_least(part.throughput_bit_s, Unit.GBIT_S),
            Message("All ports at full rate at once."),
        )
    if part.protocol:
        yield _item(Message("Protocol"), part.protocol, Message("Adapters and switches must speak the same."))


def _cable(part: Cable, _ordered: object) -> Iterator[Requirement]:
    rate = Quantity(part.port_bit_s, Unit.GBIT_S).text() if part.port_bit_s is not None else ""
    value = " ".join(one for one in (part.form.upper(), rate, part.connector) if one)
    yield _item(Message("Kind"), value, _CABLING)
    if part.reach_m is not None:
        yield _item(
            Message("Reach"),
            f"≥ {part.reach_m:g} m",
            Message("Distance of the racks; give the lengths that you offer."),
        )


def _bridge(part: Bridge, _ordered: object) -> Iterator[Requirement]:
    yield _item(Message("Cards joined"), f"{part.devices}", Message("The cards of this lot are joined in this way."))
    if part.spacing_slots is not None:
        yield _item(
            Message("Spacing"), Message("{slots} slots", slots=part.spacing_slots), Message("As the cards sit.")
        )


def _riser(part: Riser, _ordered: object) -> Iterator[Requirement]:
    if part.link is not None:
        yield _item(Message("Link"), pcie(part.link), Message("A card behind it must keep its full link."))
    if part.length_mm is not None:
        yield _item(Message("Length"), f"≈ {part.length_mm:g} mm", Message("As the cards sit."), mandatory=False)


def _radiator(part: Radiator, _ordered: object) -> Iterator[Requirement]:
    yield _item(Message("Size"), f"{part.size_mm} mm", Message("The case has this place."))


def _rack(part: Rack, _ordered: object) -> Iterator[Requirement]:
    if part.rack_units is not None:
        yield _item(Message("Height"), f"≥ {part.rack_units} U", Message("The machines of the plan stand in it."))
    if part.load_kg is not None:
        yield _item(
            Message("Weight it bears"), _at_least(part.load_kg, Unit.KG), Message("It bears the machines of the plan.")
        )


def _pdu(part: Pdu, _ordered: object) -> Iterator[Requirement]:
    if part.rated_w is not None:
        yield _item(Message("Rated output"), _at_least(part.rated_w, Unit.WATT), Message("It carries the full load."))
    if part.outlets:
        yield _item(Message("Outlets"), part.outlets, Message("The supplies of the machines plug in here."))


def _ups(part: Ups, _ordered: object) -> Iterator[Requirement]:
    if part.rated_w is not None:
        yield _item(Message("Rated output"), _at_least(part.rated_w, Unit.WATT), Message("It carries the full load."))
    if part.rated_va is not None:
        yield _item(Message("Apparent power"), f"≥ {part.rated_va:,.0f} VA", Message("It carries the full load."))


WRITERS: dict[type[Part], Callable[[Any, Any], Iterator[Requirement]]] = {
    Nic: _nic,
    Switch: _switch,
    Cable: _cable,
    Bridge: _bridge,
    Riser: _riser,
    Radiator: _radiator,
    Rack: _rack,
    Pdu: _pdu,
    Ups: _ups,
}
