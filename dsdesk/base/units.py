"""Quantities with their unit, and the one place where a number becomes text.

Values are kept in SI base units (bytes, watts, seconds, metres where not said otherwise); display units exist only
here. GiB (2^30) is used for memory that is addressed, GB (10^9) for what a vendor prints on a box.
"""

from dataclasses import dataclass
from enum import StrEnum

KIB = 1024
MIB = 1024**2
GIB = 1024**3
GB = 10**9
TB = 10**12


class Unit(StrEnum):
    """How a value is shown; the value itself is in the base unit named in the comment."""

    GIB = "GiB"  # bytes
    MIB = "MiB"  # bytes
    KIB = "KiB"  # bytes
    GB = "GB"  # bytes
    TB = "TB"  # bytes
    GB_S = "GB/s"  # bytes per second
    GBIT_S = "Gbit/s"  # bits per second
    TFLOPS = "TFLOPS"  # operations per second
    WATT = "W"
    KILOWATT = "kW"  # watts
    KWH = "kWh"
    VOLT = "V"
    AMPERE = "A"
    TOK_S = "tok/s"
    REQ_S = "req/s"
    SECOND = "s"
    MILLISECOND = "ms"  # seconds
    TOKEN = "tokens"
    MM = "mm"
    METRE = "m"
    CELSIUS = "°C"
    KELVIN = "K"
    BTU_H = "BTU/h"  # watts
    CFM = "CFM"  # cubic metres per second
    M3_H = "m³/h"  # cubic metres per second
    KG = "kg"
    RACK_UNIT = "U"
    PERCENT = "%"  # a fraction, 0.2 is 20 %
    PARAMETERS = "B"  # parameters; shown in billions
    YEAR = "a"
    COUNT = ""


_DIVISOR: dict[Unit, float] = {
    Unit.GIB: GIB,
    Unit.MIB: MIB,
    Unit.KIB: KIB,
    Unit.GB: GB,
    Unit.TB: TB,
    Unit.GB_S: 1e9,
    Unit.GBIT_S: 1e9,
    Unit.TFLOPS: 1e12,
    Unit.KILOWATT: 1e3,
    Unit.MILLISECOND: 1e-3,
    Unit.BTU_H: 1 / 3.412142,
    Unit.CFM: 4.719474e-4,
    Unit.M3_H: 1 / 3600,
    Unit.PERCENT: 0.01,
    Unit.PARAMETERS: 1e9,
}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in the base unit of `unit`, shown in `unit`."""

    value: float
    unit: Unit

    def shown(self) -> float:
        """The number in the unit it is shown in."""
        return self.value / _DIVISOR.get(self.unit, 1.0)

    def text(self, decimals: int | None = None) -> str:
        """Such as "23.99 GiB"; three significant figures unless `decimals` says otherwise."""
        number = format_number(self.shown(), decimals)
        if self.unit is Unit.COUNT:
            return number
        return f"{number}\N{NO-BREAK SPACE}{self.unit.value}"


# Decimal places by size, for three significant figures where they matter.
_PLACES = ((100.0, 0), (10.0, 1), (1.0, 2))


def format_number(number: float, decimals: int | None = None) -> str:
    """Digits with grouping: three figures, or as many whole ones as there are; three places below one; no exponent."""
    if decimals is None:
        whole = float(number).is_integer()
        decimals = 0 if whole else next((places for least, places in _PLACES if abs(number) >= least), 3)
    return f"{number:,.{decimals}f}"


def best_bytes(value: float) -> Quantity:
    """Bytes of addressed memory in the binary unit that reads best."""
    for unit in (Unit.GIB, Unit.MIB):
        if abs(value) >= 0.1 * _DIVISOR[unit]:
            return Quantity(value, unit)
    return Quantity(value, Unit.KIB)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A forecast value with its 80 % interval: four outcomes in five are expected between `low80` and `high80`."""

    estimate: float
    low80: float
    high80: float

    def scaled(self, factor: float) -> "Estimate":
        """The same estimate in another unit or for another count."""
        return Estimate(self.estimate * factor, self.low80 * factor, self.high80 * factor)
