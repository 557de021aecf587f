"""Air and water: the flow that carries heat away, what radiators and coolers manage, inlet temperatures."""

AIR_J_PER_M3_K = 1206.0  # 1.2 kg/m3 x 1005 J/(kg K) at sea level and 20 °C
COOLING_W_PER_TON = 3517.0

# Water loop, for each 120 mm of radiator at 10 K between water and air; general knowledge.
RADIATOR_W_PER_120_MM = 100.0

# Class limits of coolers whose maker states none; general knowledge.
LOW_PROFILE_MM, LOW_PROFILE_W = 65.0, 95.0
SINGLE_TOWER_W, DUAL_TOWER_W = 150.0, 220.0
_LOOP_W = ((280, 280.0), (240, 220.0), (120, 150.0))


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


def loop_w(radiator_mm: int) -> float:
    """What a closed loop with this radiator carries by its class [W]; an assumption where the maker states nothing."""
    return next((power for size, power in _LOOP_W if radiator_mm >= size), 0.0)


def air_cooler_w(height_mm: float | None, towers: int | None) -> float | None:
    """What an air cooler carries by its class [W]; None when neither height nor towers are known."""
    if height_mm is not None and height_mm <= LOW_PROFILE_MM:
        return LOW_PROFILE_W
    if towers is None:
        return None
    return DUAL_TOWER_W if towers > 1 else SINGLE_TOWER_W


def inlet_limit_c(limit_c: float, altitude_m: float, *, from_m: float = 900.0, k_per_300_m: float = 1.0) -> float:
    """Highest inlet temperature at an altitude [°C]: a maker's limit less 1 K for each 300 m above 900 m.

    Source: ASHRAE TC 9.9 reference card 2021 (classes); the derating of 1 °C per 300 m for A1 and A2.
    """
    return limit_c - max(0.0, altitude_m - from_m) / 300.0 * k_per_300_m
