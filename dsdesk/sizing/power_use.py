"""Power of the accelerators while they decode or read prompts, and what a power limit costs in speed.

    P = rated * (idle + memory * share of time the memory is read at its printed rate + math * the same for products)

with the three shares fitted on measured board power (db/calibration.toml, table `power`), and never above the limit.
"""

from dataclasses import dataclass

from dsdesk.base.units import Estimate
from dsdesk.hardware.parts import Accelerator
from dsdesk.sizing.step_terms import Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerShares:
    """Shares of the rated board power, and the 80 % interval of measured over forecast.

    Attributes:
        idle: while kernels are resident but nothing is read or multiplied.
        memory: with the memory read at its printed rate.
        math: with the matrix units at their printed rate.
        low: lower end of the interval.
        high: upper end of the interval.
        cases: measurements behind it.
    """

    idle: float
    memory: float
    math: float
    low: float
    high: float
    cases: int


def board_power_w(rated_w: float, shares: PowerShares, terms: Terms, seconds: float) -> float:
    """Mean power of one board during a pass of `seconds` seconds [W], at most its rating."""
    memory, math = busy(terms, seconds)
    return rated_w * min(1.0, shares.idle + shares.memory * memory + shares.math * math)


def busy(terms: Terms, seconds: float) -> tuple[float, float]:
    """Share of the time that memory and matrix units would be busy at their printed rates."""
    read = terms.dense_read + terms.expert_read + terms.kv_read
    math = terms.dense_math + terms.expert_math + terms.attention_math
    return min(1.0, read / seconds), min(1.0, math / seconds)


def power(
    device: Accelerator, devices: int, shares: PowerShares, terms: Terms, seconds: float, limit_w: float | None = None
) -> Estimate | None:
    """Power of all `devices` accelerators during a pass [W]; None where the board power is not published."""
    rated = device.board_power_w
    if not rated:
        return None
    most = min(rated, limit_w) if limit_w else rated
    one = min(most, board_power_w(rated, shares, terms, seconds))
    return Estimate(one, one * shares.low, min(most, one * shares.high)).scaled(devices)


def speed_share(device: Accelerator, limit_w: float, shares: PowerShares, drawn_w: float) -> float:
    """Share of its clock that the chip keeps under a power limit in passes that draw `drawn_w` without it [W].

    Equation: 1 up to the limit, then ((limit - idle) / (drawn - idle))^(1/3): dynamic power is C * V^2 * f, and voltage
    falls with the clock. The memory clock is not touched, so decode that memory limits keeps its speed.

    Source: Hennessy and Patterson, "Computer Architecture", 6th edition, section 1.5. The cube is the textbook's limit;
    a real card at the low end of its voltage loses more.
    """
    rated = device.board_power_w
    if not rated or limit_w >= min(rated, drawn_w):
        return 1.0
    idle = rated * shares.idle
    return float(max(0.05, (limit_w - idle) / max(1.0, drawn_w - idle)) ** (1.0 / 3.0))


def joules_per_token(watts: Estimate, tok_s: float) -> Estimate:
    """Energy for one output token of all accelerators [J]: P / throughput."""
    return watts.scaled(1.0 / tok_s)
