"""What can be assumed otherwise: every number of `Assumptions` with its words, its unit and the checks that read it."""

from dataclasses import dataclass

from dsdesk.base.message import N_
from dsdesk.base.units import Unit


@dataclass(frozen=True, slots=True)
class AssumedValue:
    """One number.

    Attributes:
        field: of `dsdesk.project.assumptions.Assumptions`.
        label: what it is, for translation.
        unit: as it is shown; `Unit.COUNT` for a multiple.
        codes: checks whose answer it changes.
    """

    field: str
    label: str
    unit: Unit
    codes: tuple[str, ...]


_LOADED = ("power.E001", "power.W002", "site.E001")
_COOLED = ("cooling.E004",)

GROUPS: tuple[tuple[str, tuple[AssumedValue, ...]], ...] = (
    (
        N_("Power supplies"),
        (
            AssumedValue("atx3_share", N_("ATX 3.x, carried all day"), Unit.PERCENT, ("power.E001",)),
            AssumedValue("atx2_share", N_("ATX 2.x, carried all day"), Unit.PERCENT, ("power.E001",)),
            AssumedValue("atx2_peak", N_("ATX 2.x, excursions carried"), Unit.PERCENT, ("power.E001",)),
            AssumedValue("excursion", N_("Excursion of a card, not measured"), Unit.PERCENT, ("power.E001",)),
            AssumedValue("further_excursion", N_("Excursion of further cards"), Unit.PERCENT, ("power.E001",)),
            AssumedValue("cable_w", N_("One cable to eight-pin plugs"), Unit.WATT, ("power.N014",)),
            AssumedValue("ups_spare", N_("Spare in a UPS"), Unit.PERCENT, ("site.E006",)),
            AssumedValue("shutdown_s", N_("Time to stop everything"), Unit.SECOND, ("site.W007",)),
        ),
    ),
    (
        N_("Draw of parts that publish none"),
        (
            AssumedValue("board_w", N_("Main board"), Unit.WATT, _LOADED),
            AssumedValue("fan_w", N_("Fan"), Unit.WATT, _LOADED),
            AssumedValue("pump_w", N_("Pump or fans of a cooler"), Unit.WATT, _LOADED),
            AssumedValue("nic_w", N_("Network card"), Unit.WATT, _LOADED),
            AssumedValue("ssd_w", N_("SSD"), Unit.WATT, _LOADED),
            AssumedValue("disk_w", N_("Hard disk"), Unit.WATT, _LOADED),
            AssumedValue("rdimm_w", N_("Registered memory module"), Unit.WATT, _LOADED),
        ),
    ),
    (
        N_("Heat carried by coolers that publish none"),
        (
            AssumedValue("low_cooler_w", N_("Air, up to 65 mm high"), Unit.WATT, _COOLED),
            AssumedValue("tower_w", N_("Air, one tower"), Unit.WATT, _COOLED),
            AssumedValue("twin_tower_w", N_("Air, two towers"), Unit.WATT, _COOLED),
            AssumedValue("loop_120_w", N_("Closed loop, from 120 mm"), Unit.WATT, _COOLED),
            AssumedValue("loop_240_w", N_("Closed loop, from 240 mm"), Unit.WATT, _COOLED),
            AssumedValue("loop_280_w", N_("Closed loop, from 280 mm"), Unit.WATT, _COOLED),
        ),
    ),
    (
        N_("Room, air and risk"),
        (
            AssumedValue("air_rise_k", N_("Warming of the air"), Unit.KELVIN, ("cooling.N013",)),
            AssumedValue("radiator_mm", N_("Depth of a front radiator with fans"), Unit.MM, ("cooling.E003",)),
            AssumedValue("bend_mm", N_("Room for a 12V-2x6 cable"), Unit.MM, ("fit.N009",)),
            AssumedValue("between_racks_m", N_("Cable from rack to rack"), Unit.METRE, ("network.W005",)),
            AssumedValue("rebuild_risk", N_("Rebuild error called a risk"), Unit.PERCENT, ("storage.W006",)),
        ),
    ),
)

VALUES: tuple[AssumedValue, ...] = tuple(value for _title, values in GROUPS for value in values)


def read_by(code: str) -> tuple[AssumedValue, ...]:
    """The numbers that a check reads."""
    return tuple(value for value in VALUES if code in value.codes)
