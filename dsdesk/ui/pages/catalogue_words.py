"""Fields of parts in words, and their values in the unit that people read."""

from dataclasses import dataclass, fields, is_dataclass
from enum import StrEnum
from typing import Any

from dsdesk.base.message import N_
from dsdesk.base.units import TB, Quantity, Unit, format_number
from dsdesk.hardware.field_words import LABELS
from dsdesk.hardware.parts import CLASS_OF_KIND, Part
from dsdesk.hardware.vocabulary import Cooling, LinkKind, Mount, PartKind, PcieLink, Segment
from dsdesk.ui.words import _

_RATE = 1e6  # from here on a number in a row is bits per second
_HIDDEN = {"id", "kind", "sources", "unverified", "shelf"}


@dataclass(frozen=True, slots=True)
class FieldUnit:
    """How a field with a certain ending is read and typed.

    Attributes:
        ending: of the field's name.
        key: ending of the key under which the catalogue takes the typed number.
        text: the unit.
        unit: the same for a Quantity, None where there is none.
    """

    ending: str
    key: str
    text: str
    unit: Unit | None = None


_UNITS = (
    FieldUnit("capacity_bytes", "capacity_gb", "GB", Unit.GB),
    FieldUnit("_bytes", "_gib", "GiB", Unit.GIB),
    FieldUnit("_bit_s", "_gbit_s", "Gbit/s", Unit.GBIT_S),
    FieldUnit("_b_s", "_gb_s", "GB/s", Unit.GB_S),
    FieldUnit("_flops", "_tflops", "TFLOPS", Unit.TFLOPS),
    FieldUnit("_ops", "_tops", "TOPS", Unit.TFLOPS),
    FieldUnit("_m3_s", "_m3_h", "m³/h", Unit.M3_H),
    FieldUnit("gpu_power_w_max", "gpu_power_w_max", "W", Unit.WATT),
    FieldUnit("_w", "_w", "W", Unit.WATT),
    FieldUnit("_va", "_va", "VA"),
    FieldUnit("_mm", "_mm", "mm", Unit.MM),
    FieldUnit("_kg", "_kg", "kg", Unit.KG),
    FieldUnit("_pa", "_pa", "Pa"),
    FieldUnit("_max_c", "_max_c", "°C", Unit.CELSIUS),
    FieldUnit("reach_m", "reach_m", "m"),
    FieldUnit("rack_units", "rack_units", "U", Unit.RACK_UNIT),
)


def unit_of(name: str) -> FieldUnit | None:
    """The unit in which a field is read, None for a plain one."""
    return next((one for one in _UNITS if name.endswith(one.ending)), None)


def label(name: str) -> str:
    """What a field is called."""
    return _(LABELS.get(name, name))


def shown_fields(kind: PartKind) -> tuple[str, ...]:
    """Names of the fields that are shown for a kind, its own before those that every part has."""
    common = [one.name for one in fields(Part) if one.name not in _HIDDEN]
    every = [one.name for one in fields(CLASS_OF_KIND[kind]) if one.name not in _HIDDEN]
    own = [name for name in every if name not in common]
    return (
        "manufacturer",
        "name",
        "mpn",
        *own,
        *(name for name in common if name not in {"manufacturer", "name", "mpn"}),
    )


def word(value: StrEnum) -> str:
    """A value of a closed vocabulary; the names of standards stay as they are."""
    words = _WORDS.get(type(value), {})
    return _(words[value]) if value in words else value.value


# By vocabulary: equal texts of two of them would be one key.
_WORDS: dict[type, dict[StrEnum, str]] = {
    Segment: {
        Segment.CONSUMER: N_("consumers"),
        Segment.WORKSTATION: N_("workstations"),
        Segment.DATACENTER: N_("data centres"),
        Segment.SOC: N_("part of a chip (SoC)"),
    },
    Mount: {
        Mount.PCIE: N_("PCIe card"),
        Mount.SXM: N_("SXM module"),
        Mount.OAM: N_("OAM module"),
        Mount.SUPERCHIP: N_("superchip"),
        Mount.OTHER: N_("other"),
    },
    Cooling: {
        Cooling.ACTIVE: N_("fans of its own"),
        Cooling.BLOWER: N_("blower"),
        Cooling.FLOW_THROUGH: N_("flow-through"),
        Cooling.PASSIVE: N_("passive: needs a duct"),
        Cooling.LIQUID: N_("liquid"),
    },
    LinkKind: {
        LinkKind.NONE: N_("none"),
        LinkKind.NVLINK_BRIDGE: N_("NVLink bridge"),
        LinkKind.NVLINK: "NVLink",
        LinkKind.INFINITY_FABRIC: "Infinity Fabric",
        LinkKind.HCCS: "HCCS",
        LinkKind.ETHERNET: N_("Ethernet"),
    },
}


def value_text(name: str, value: object) -> str:
    """A value of a field; what is not published is said to be so."""
    if value is None:
        return _("not published")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int | float):
        return _number(name, value)
    return _other(name, value)


def _number(name: str, value: float) -> str:
    known = unit_of(name)
    if value == 0 and name.endswith(("_flops", "_ops")):
        return _("not in hardware")
    if name == "capacity_bytes" and value >= TB:
        return Quantity(value, Unit.TB).text()
    if name == "ure_per_bit":
        return f"{value:.0e}"
    if name == "gpu_memory_share":
        return Quantity(value, Unit.PERCENT).text()
    if known is None:
        return format_number(value)
    if known.unit is None:
        return f"{format_number(value)}\N{NO-BREAK SPACE}{known.text}"
    return f"{format_number(Quantity(value, known.unit).shown())}\N{NO-BREAK SPACE}{known.text}"


def _other(name: str, value: object) -> str:
    if isinstance(value, PcieLink):
        return f"PCIe {value.gen}.0 ×{value.lanes}"
    if isinstance(value, StrEnum):
        return word(value)
    if isinstance(value, tuple):
        return _tuple(name, value)
    if is_dataclass(value):
        return _nested(value)
    return str(value) or _("not published")


def _tuple(name: str, value: tuple[Any, ...]) -> str:
    if not value:
        return _("none given")
    return "; ".join(_row(one) if isinstance(one, tuple) else value_text("", one) for one in value)


def _row(row: tuple[Any, ...]) -> str:
    """Such as (1, 12v_2x6) or (48, 400 Gbit/s, QSFP-DD)."""
    words = []
    for one in row:
        if isinstance(one, float) and one >= _RATE:
            words.append(Quantity(one, Unit.GBIT_S).text())
        else:
            words.append(value_text("", one))
    return " × ".join(reversed(words)) if len(row) == 2 else " · ".join(words)  # noqa: PLR2004 - (what, number)


def _nested(value: Any) -> str:  # noqa: ANN401 - a slot
    link = getattr(value, "link", None)
    name = getattr(value, "label", "")
    return f"{name} ({value_text('', link)})" if link is not None else str(name)
