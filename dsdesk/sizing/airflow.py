"""Air and water: the flow that carries heat away, what radiators and coolers manage, inlet temperatures."""

from enum import StrEnum

from dsdesk.project.assumptions import ASSUMED, Assumptions

AIR_J_PER_M3_K = 1206.0  # 1.2 kg/m3 x 1005 J/(kg K) at sea level and 20 °C
COOLING_W_PER_TON = 3517.0

# Water loop, for each 120 mm of radiator at 10 K between water and air; general knowledge.
RADIATOR_W_PER_120_MM = 100.0

LOW_PROFILE_MM = 65.0


def airflow_m3_s(heat_w: float, rise_k: float, altitude_m: float = 0.0) -> float:
    """Air that carries `heat_w` away when it may warm by `rise_k` [m3/s].

    Equation: Q = P / (rho cp dT), with rho cp = 1206 J/(m3 K) at sea level times the density ratio.
    Source: heat balance of an air stream; 8 kW at 15 K give 937 CFM.
    """
    return heat_w / (AIR_J_PER_M3_K * air_density_ratio(altitude_m) * rise_k)


def air_density_ratio(altitude_m: float) -> float:
    """Density of the air against sea level.

    Equation: (1 - 2.25577e-5 h)^4.2559.
    Source: ICAO standard atmosphere, troposphere; 0.86 at 1,500 m.
    """
    return float((1 - 2.25577e-5 * altitude_m) ** 4.2559)


def tons_of_refrigeration(heat_w: float) -> float:
    """Air conditioning in tons of refrigeration [ton] = W / 3517."""
    return heat_w / COOLING_W_PER_TON


class CoolerClass(StrEnum):
    """Coolers by what they carry, where their maker states nothing; the field of the assumptions is its value."""

    LOW = "low_cooler_w"
    TOWER = "tower_w"
    TWIN_TOWER = "twin_tower_w"
    LOOP_120 = "loop_120_w"
    LOOP_240 = "loop_240_w"
    LOOP_280 = "loop_280_w"


_LOOPS = ((280, CoolerClass.LOOP_280), (240, CoolerClass.LOOP_240), (120, CoolerClass.LOOP_120))


def cooler_class(radiator_mm: int | None, height_mm: float | None, towers: int | None) -> CoolerClass | None:
    """The class of a cooler; None where neither radiator, height nor towers tell it."""
    if radiator_mm:
        return next((kind for size, kind in _LOOPS if radiator_mm >= size), None)
    if height_mm is not None and height_mm <= LOW_PROFILE_MM:
        return CoolerClass.LOW
    if towers is None:
        return None
    return CoolerClass.TWIN_TOWER if towers > 1 else CoolerClass.TOWER


def class_w(kind: CoolerClass, assumed: Assumptions = ASSUMED) -> float:
    """What a cooler of a class carries [W]; assumed."""
    watts: float = getattr(assumed, kind.value)
    return watts


def inlet_limit_c(limit_c: float, altitude_m: float, *, from_m: float = 900.0, k_per_300_m: float = 1.0) -> float:
    """Highest inlet temperature at an altitude [°C]: a maker's limit less 1 K for each 300 m above 900 m.

    Source: ASHRAE TC 9.9 reference card 2021 (classes); the derating of 1 °C per 300 m for A1 and A2.
    """
    return limit_c - max(0.0, altitude_m - from_m) / 300.0 * k_per_300_m
