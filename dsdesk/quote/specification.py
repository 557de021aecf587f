"""What a supplier must meet, line by line, each item with the reason that the plan gives for it.

Only published facts become items: a field that is None asks for nothing. Items that decide whether the plan works are
mandatory (★), the others are for reference.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from dsdesk.base.message import Message
from dsdesk.base.units import Quantity, Unit, best_bytes
from dsdesk.build.machine import ResolvedMachine
from dsdesk.charts.link_words import LINK, pcie
from dsdesk.evaluate import Evaluation
from dsdesk.hardware.parts import Accelerator, Board, Case, Cooler, Cpu, Drive, Fan, Memory, Part, Platform, Psu
from dsdesk.hardware.vocabulary import LinkKind, Mount
from dsdesk.project.project import Line
from dsdesk.quote.names import COOLING, MOUNT, POOL_USE, plugs
from dsdesk.quote.request import Requirement
from dsdesk.quote.specification_servers import WRITERS, platform
from dsdesk.quote.summary import precision_name
from dsdesk.sizing.results import Forecast, MemoryNeed


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """A part in the place where it is ordered; `machine` is None for what the nodes share."""

    part: Part
    line: Line
    evaluation: Evaluation
    machine: ResolvedMachine | None = None


def requirements(ordered: Ordered) -> tuple[Requirement, ...]:
    """The specification of a line; empty for kinds that the name alone specifies."""
    writer = _WRITERS.get(type(ordered.part))
    return tuple(writer(ordered.part, ordered)) if writer else ()


def at_least(value: float, unit: Unit) -> str:
    """Such as "≥ 24 GiB"."""
    return f"≥ {Quantity(value, unit).text()}"


def at_most(value: float, unit: Unit) -> str:
    """Such as "≤ 450 W"."""
    return f"≤ {Quantity(value, unit).text()}"


def _item(label: Message, value: Message | str, why: Message, *, mandatory: bool = True) -> Requirement:
    return Requirement(label=label, value=value, why=why, mandatory=mandatory)


_FITS = Message("It must fit the slots and the case of this lot.")
_POWER = Message("Power supply, mains circuit and cooling are sized for it.")
_SOCKET = Message("Processor, board and cooler of this lot share it.")


def _accelerator(part: Accelerator, ordered: Ordered) -> Iterator[Requirement]:
    memory = part.visible_memory_bytes or part.memory_bytes  # the driver shows a little less than the box says
    if memory is not None:
        yield _item(Message("Memory of each"), f"≥ {best_bytes(memory).text()}", _memory_why(ordered))
    if part.bandwidth_b_s is not None:
        yield _item(Message("Memory bandwidth"), at_least(part.bandwidth_b_s, Unit.GB_S), _speed_why(ordered))
    configuration = ordered.evaluation.configuration
    yield _item(
        Message("Runs the plan's software"),
        Message(
            "{engine}, weights at {precision}",
            engine=configuration.engine,
            precision=precision_name(configuration.precision),
        ),
        Message("Weights are kept at this precision and served by this engine."),
    )
    yield _item(Message("Build and size"), _build(part), _FITS)
    if part.link not in {None, LinkKind.NONE, LinkKind.PCIE, LinkKind.OTHER} and part.link_b_s is not None:
        link = LINK[part.link or LinkKind.OTHER]
        yield _item(
            Message("Direct link between accelerators"),
            f"{link}, {at_least(part.link_b_s, Unit.GB_S)}",
            Message("Accelerators exchange results of every layer over it."),
            mandatory=part.mount is not Mount.PCIE,
        )
    yield from _accelerator_power(part, ordered)


def _build(part: Accelerator) -> Message | str:
    details: list[Message | str] = [MOUNT[part.mount]]
    if part.pcie is not None:
        details.append(pcie(part.pcie))
    if part.slot_width is not None:
        details.append(Message("≤ {slots} slots wide", slots=part.slot_width))
    if part.length_mm is not None:
        details.append(Message("length {limit}", limit=at_most(part.length_mm, Unit.MM)))
    return Message("{details}", details=tuple(details))


def _accelerator_power(part: Accelerator, ordered: Ordered) -> Iterator[Requirement]:
    limit = ordered.line.power_limit_w
    if part.board_power_w is not None:
        yield _item(Message("Board power"), at_most(part.board_power_w, Unit.WATT), _POWER)
    if limit is not None:
        yield _item(
            Message("Power limit set at delivery"),
            f"= {Quantity(limit, Unit.WATT).text()}",
            Message("The plan runs the cards at this limit."),
        )
    if part.connectors:
        yield _item(
            Message("Power connectors"), plugs(part.connectors), Message("The supply has these plugs."), mandatory=False
        )
    if part.cooling is not None:
        yield _item(Message("Cooling"), COOLING[part.cooling], Message("The airflow of the chassis is planned for it."))


def _memory_why(ordered: Ordered) -> Message:
    needed, share = ordered.evaluation.need, ordered.evaluation.configuration.headroom
    if not isinstance(needed, MemoryNeed) or not needed.devices:
        return Message("The model and its context must lie in it.")
    largest = max(device.total_bytes for device in needed.devices)
    return Message(
        "The plan puts {need} on each (weights, KV cache, buffers) and keeps {headroom} free.",
        need=best_bytes(largest),
        headroom=Quantity(share, Unit.PERCENT),
    )


def _speed_why(ordered: Ordered) -> Message:
    speed = ordered.evaluation.forecast
    if not isinstance(speed, Forecast):
        return Message("The weights are read once for every token written.")
    return Message(
        "The weights are read once for every token written; the forecast of {speed} for each user rests on it.",
        speed=Quantity(speed.decode_tok_s_per_user.estimate, Unit.TOK_S),
    )


def _cpu(part: Cpu, _ordered: Ordered) -> Iterator[Requirement]:
    yield _item(Message("Socket"), part.socket, _SOCKET)
    if part.cores is not None:
        yield _item(
            Message("Cores"),
            f"≥ {part.cores}",
            Message("Tokenising, scheduling and data loading run beside the accelerators."),
        )
    if part.pcie_lanes is not None and part.pcie_gen is not None:
        yield _item(
            Message("PCIe lanes"),
            f"≥ {part.pcie_lanes} × PCIe {part.pcie_gen}.0",
            Message("The slots of the accelerators and drives are fed by them."),
        )
    if part.memory_channels is not None:
        yield _item(
            Message("Memory channels"),
            f"≥ {part.memory_channels}",
            Message("Weights kept in host memory are read over them."),
            mandatory=False,
        )
    watts = part.max_power_w or part.tdp_w
    if watts is not None:
        yield _item(Message("Power at full turbo"), at_most(watts, Unit.WATT), _POWER)


def _board(part: Board, _ordered: Ordered) -> Iterator[Requirement]:
    yield _item(Message("Socket"), f"{part.sockets} × {part.socket}" if part.sockets > 1 else part.socket, _SOCKET)
    if part.chipset:
        yield _item(Message("Chipset"), part.chipset, Message("It supports the processor and the lanes."))
    if part.form is not None:
        yield _item(Message("Size"), part.form.upper(), Message("The case takes this size."))
    if part.slots:
        slots = ", ".join(f"{slot.label}: {pcie(slot.link)}" for slot in part.slots)
        yield _item(Message("Slots"), slots, Message("The place and width of every card are planned on them."))
    if part.memory_slots is not None and part.memory_types:
        kinds = " / ".join(kind.upper().replace("-", " ") for kind in part.memory_types)
        yield _item(Message("Memory slots"), f"≥ {part.memory_slots} × {kinds}", _DIMM)
    if part.m2_slots:
        yield _item(Message("M.2 slots"), f"≥ {part.m2_slots}", Message("The drives of the plan sit in them."))
    if part.eps_connectors:
        yield _item(Message("Processor power"), f"{part.eps_connectors} × EPS12V 8-pin", _POWER, mandatory=False)


_DIMM = Message("The memory of this lot must run in it.")


def _memory(part: Memory, ordered: Ordered) -> Iterator[Requirement]:
    total = part.module_bytes * part.modules * ordered.line.quantity
    yield _item(
        Message("Capacity in one node"),
        Message(
            "≥ {total} in {modules} modules of {each}",
            total=best_bytes(total),
            modules=part.modules * ordered.line.quantity,
            each=best_bytes(part.module_bytes),
        ),
        Message("Loading the weights and serving the requests need it; equal modules fill the channels evenly."),
    )
    yield _item(Message("Kind"), part.memory_type.upper().replace("-", " "), Message("Kinds of memory do not mix."))
    if part.mt_s is not None:
        yield _item(
            Message("Data rate"),
            f"≥ {part.mt_s} MT/s",
            Message("Host bandwidth in the forecast rests on it; the board may run it slower, as its maker says."),
        )
    if part.ecc is not None:
        yield _item(
            Message("ECC"),
            Message("yes") if part.ecc else Message("not required"),
            Message("Bit errors in long runs are found and corrected.") if part.ecc else _DIMM,
            mandatory=part.ecc,
        )


def _drive(part: Drive, ordered: Ordered) -> Iterator[Requirement]:
    uses = tuple(POOL_USE[pool.use] for pool in ordered.evaluation.pools if pool.line_no == ordered.line.no)
    use = Message("It holds: {uses}.", uses=uses) if uses else Message("The storage plan counts on it.")
    if part.capacity_bytes is not None:
        yield _item(Message("Capacity of each"), at_least(part.capacity_bytes, Unit.TB), use)
    if part.seq_read_b_s is not None:
        yield _item(
            Message("Sequential read"),
            at_least(part.seq_read_b_s, Unit.GB_S),
            Message("The time to load the weights rests on it."),
            mandatory=not part.rotational,
        )
    if part.form is not None:
        link = f", {pcie(part.pcie)}" if part.pcie is not None else ""
        yield _item(Message("Form and interface"), part.form.upper() + link, Message("The bays and slots take it."))
    if part.endurance_dwpd is not None:
        yield _item(
            Message("Endurance"),
            f"≥ {part.endurance_dwpd:g} DWPD",
            Message("Drive writes a day over the warranty."),
            mandatory=False,
        )


def _psu(part: Psu, ordered: Ordered) -> Iterator[Requirement]:
    volts = ordered.evaluation.project.site.mains_v
    if part.rated_w is not None:
        yield _item(
            Message("Rated output"),
            Message(
                "{watt} at {volt}",
                watt=at_least(part.rated_w, Unit.WATT),
                volt=Quantity(volts, Unit.VOLT),
            ),
            Message("It carries full load, short peaks of the accelerators and the headroom of the plan."),
        )
    if part.efficiency is not None:
        yield _item(
            Message("Efficiency"),
            Message("80 PLUS {level} or better", level=part.efficiency.capitalize()),
            Message("Power at the wall and heat are computed with it."),
        )
    if part.atx_version:
        yield _item(
            Message("ATX version"),
            f"≥ {part.atx_version}",
            Message("It says which peaks of graphics cards the supply rides out."),
        )
    if part.connectors:
        yield _item(Message("Plugs"), plugs(part.connectors), Message("Cards and board of this lot need them."))


def _cooler(part: Cooler, _ordered: Ordered) -> Iterator[Requirement]:
    if part.sockets:
        yield _item(Message("Sockets"), ", ".join(part.sockets), _SOCKET)
    if part.capacity_w is not None:
        yield _item(
            Message("Cooling capacity"), at_least(part.capacity_w, Unit.WATT), Message("The processor at full turbo.")
        )
    if part.radiator_mm:
        yield _item(Message("Radiator"), f"{part.radiator_mm} mm", Message("The case has this place."))
    elif part.height_mm is not None:
        yield _item(Message("Height"), at_most(part.height_mm, Unit.MM), Message("The case has this clearance."))


def _case(part: Case, _ordered: Ordered) -> Iterator[Requirement]:
    if part.boards:
        yield _item(
            Message("Board sizes"),
            ", ".join(form.upper() for form in part.boards),
            Message("It takes the board of this lot."),
        )
    if part.gpu_length_mm is not None:
        yield _item(
            Message("Room for cards"), at_least(part.gpu_length_mm, Unit.MM), Message("It takes the cards of this lot.")
        )
    if part.expansion_slots is not None:
        yield _item(Message("Expansion slots"), f"≥ {part.expansion_slots}", Message("The cards are this wide."))
    if part.cooler_height_mm is not None:
        yield _item(
            Message("Room for the cooler"),
            at_least(part.cooler_height_mm, Unit.MM),
            Message("It takes the cooler of this lot."),
        )


def _fan(part: Fan, _ordered: Ordered) -> Iterator[Requirement]:
    yield _item(Message("Size"), f"{part.size_mm} mm", Message("The case has this place."))
    if part.airflow_m3_s is not None:
        yield _item(
            Message("Airflow"), at_least(part.airflow_m3_s, Unit.M3_H), Message("It carries the heat out of the case.")
        )


def _platform(part: Platform, ordered: Ordered) -> Iterator[Requirement]:
    included = ordered.machine.included if ordered.machine is not None else ()
    return platform(part, included)


_WRITERS: dict[type[Part], Callable[[Any, Ordered], Iterator[Requirement]]] = {
    Accelerator: _accelerator,
    Cpu: _cpu,
    Board: _board,
    Memory: _memory,
    Drive: _drive,
    Psu: _psu,
    Cooler: _cooler,
    Case: _case,
    Fan: _fan,
    Platform: _platform,
    **WRITERS,
}
