"""Numbers that are taken where no document was read: each is a default that a project may change.

They are engineering judgement (facts/parts/handbook marks them so), not limits of a maker. What a part publishes is
always used before them.
"""

from dataclasses import dataclass, fields
from math import isfinite

_DIVIDES = frozenset({"atx3_share", "atx2_share", "atx2_peak", "air_rise_k"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumptions:
    """What checks, the power budget and the builder assume.

    Attributes:
        atx3_share: of its rating that a supply of ATX 3.x carries all day.
        atx2_share: the same for ATX 2.x.
        atx2_peak: multiple of its rating that a supply of ATX 2.x rides out for 100 microseconds.
        excursion: multiple of its rating that a card without a measurement draws for as long.
        further_excursion: the same for every card after the first.
        board_w, fan_w, pump_w, nic_w, ssd_w, disk_w, rdimm_w: draw of small parts that publish none; a DIMM each.
        cable_w: what one cable from the supply carries to eight-pin plugs.
        low_cooler_w, tower_w, twin_tower_w: heat that air coolers up to 65 mm, of one and of two towers carry.
        loop_120_w, loop_240_w, loop_280_w: heat that closed loops carry, by the least length of their radiator.
        air_rise_k: how much the air may warm on its way through.
        radiator_mm: what a radiator with its fan takes from the room for cards.
        bend_mm: what a 12V-2x6 cable needs before it may turn.
        between_racks_m: of cable from one rack to the next.
        ups_spare: share of its load that an uninterruptible supply should have to spare.
        shutdown_s: to stop the services and write what is open.
        rebuild_risk: chance of an unreadable sector in a rebuild that is called a risk.

    Raises:
        ValueError: a number is negative or not finite, or zero where it divides.
    """

    atx3_share: float = 0.85
    atx2_share: float = 0.70
    atx2_peak: float = 1.3
    excursion: float = 2.0
    further_excursion: float = 1.25
    board_w: float = 40.0
    fan_w: float = 3.0
    pump_w: float = 10.0
    nic_w: float = 25.0
    ssd_w: float = 10.0
    disk_w: float = 10.0
    rdimm_w: float = 10.0
    cable_w: float = 150.0
    low_cooler_w: float = 95.0
    tower_w: float = 150.0
    twin_tower_w: float = 220.0
    loop_120_w: float = 150.0
    loop_240_w: float = 220.0
    loop_280_w: float = 280.0
    air_rise_k: float = 15.0
    radiator_mm: float = 55.0
    bend_mm: float = 35.0
    between_racks_m: float = 5.0
    ups_spare: float = 0.2
    shutdown_s: float = 300.0
    rebuild_risk: float = 0.10

    def __post_init__(self) -> None:
        """Refuse what nothing can be computed with."""
        for one in fields(self):
            value: float = getattr(self, one.name)
            if not isfinite(value) or value < 0 or (value == 0 and one.name in _DIVIDES):
                raise ValueError(f"{one.name} is {value}")


ASSUMED = Assumptions()
