"""A resolved configuration: lines with the parts they name, where each card sits, and the totals that checks read."""

from dataclasses import dataclass

from dsdesk.base.message import Message
from dsdesk.base.source import Unknown
from dsdesk.hardware.parts import Accelerator, Cpu, Part
from dsdesk.hardware.vocabulary import PcieLink
from dsdesk.project.project import Line, Machine
from dsdesk.sizing.calibration import NOT_MEASURED
from dsdesk.sizing.own_speed import OwnSpeeds
from dsdesk.sizing.results import HostSpeed, Interconnect


@dataclass(frozen=True, slots=True)
class PlacedPart:
    """A line and the part it names; `part` is None when the catalogue no longer has it."""

    line: Line
    part: Part | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """One card in one slot.

    Attributes:
        line_no: the line of the card.
        index: which of the line's cards.
        slot: label of the slot, "" when there was none left or the board has no slot map.
        position: expansion position, None if unknown.
        link: negotiated link, None if unknown.
        seated: True in a slot, False when no slot was left for it, None when there is no slot map to tell.
    """

    line_no: int
    index: int
    slot: str
    position: int | None
    link: PcieLink | None
    seated: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerBudget:
    """Power of one machine [W], from parts to the wall.

    Attributes:
        by_kind: sustained draw by kind of part as (kind value, W).
        sustained_w: all parts at full load, or Unknown when a part's draw is not published.
        known_w: the sum of those that are known.
        peak_w: with excursions of the accelerators.
        supply_w: what the supplies give at this mains voltage without the redundant ones; None without a supply or
            where its rating is not published.
        supplies: number of supplies.
        redundant: how many may fail.
        efficiency: at this load and voltage; None if the class is not known.
        wall_w: drawn from the mains.
        heat_btu_h: into the room.
        assumed: small draws that are not published and were assumed, each as a sentence.
    """

    by_kind: tuple[tuple[str, float], ...]
    sustained_w: float | Unknown
    known_w: float
    peak_w: float
    supply_w: float | None
    supplies: int
    redundant: int
    efficiency: float | None
    wall_w: float | Unknown
    heat_btu_h: float | Unknown
    assumed: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedMachine:
    """A node with everything that follows from its lines.

    Attributes:
        machine: as chosen.
        parts: every line with its part.
        seats: cards in slots.
        power: the budget of one node.
        interconnect: how its accelerators are joined.
        host: memory bandwidth and size.
        included: accelerators that the platform is delivered with, beside the lines, as (part, number).
        cpus: processors of the node, from its lines or delivered with the platform, as (part, number).
    """

    machine: Machine
    parts: tuple[PlacedPart, ...]
    seats: tuple[Seat, ...]
    power: PowerBudget
    interconnect: Interconnect
    host: HostSpeed
    included: tuple[tuple[Accelerator, int], ...] = ()
    cpus: tuple[tuple[Cpu, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """All nodes and the shared parts; `own_speeds` are the user's measurements that forecasts are calibrated with."""

    machines: tuple[ResolvedMachine, ...]
    shared: tuple[PlacedPart, ...]
    own_speeds: OwnSpeeds = NOT_MEASURED
