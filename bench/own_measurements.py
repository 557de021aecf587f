"""What a user's own measurements do to the forecast of their machine, on devices that the fit did not see.

    python bench/own_measurements.py

Every device is held back from the fit in turn. A few of its measurements, drawn at random, then stand for those of a
user, and the forecast calibrated with them is compared with the others: those of the same language model, and those of
other models. Printed are the median of |forecast / measured - 1|, how many of the measured values lie in the 80 %
interval, and how wide it is, over the number of own measurements.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from collections import defaultdict
from dataclasses import dataclass
from math import exp, expm1

import numpy as np
from calibration_model import Design, fit, table
from fit_calibration import distance, empty, groups, held_out, weights
from measured import load

from dsdesk.sizing.calibration import Spread, calibration
from dsdesk.sizing.own_speed import OwnPasses, Ratio

OWN = (0, 1, 2, 4, 8)
DRAWS = 12
LEAST = 5  # rows of a device in an engine
WORLDS = {"tuned:yes", "apart:yes", "era:2024"}  # runs that no user's own are like


@dataclass(frozen=True)
class Row:
    """A measurement: its model, requests at once, ln(measured / forecast speed), and the interval of that."""

    model: str
    at: float
    log_ratio: float
    spread: Spread


def rows_by_machine() -> dict[tuple[str, ...], list[Row]]:
    """Rows of every device in every engine, by regime, forecast by a fit that saw no row of the device."""
    cases, fitted = load(empty()), calibration()
    full = table(cases)
    residual, seen = held_out(cases, groups(cases)["device"], fit(full, Design(full.factors), weights(cases)))
    found: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for one, r, known, regime in zip(cases, residual, seen, full.regime, strict=True):
        factors = one.case.decode.factors
        if regime == "ttft" or WORLDS & set(factors):
            continue
        spread = fitted.spread(str(regime), distance(factors, known), factors)
        slower = regime == "tpot"
        key = (str(regime), one.device, factors[0], str("offload:yes" in factors))
        found[key].append(
            Row(
                one.model,
                float(one.case.users or 1.0),
                float(r if slower else -r),
                spread.of_inverse if slower else spread,
            )
        )
    return {key: rows for key, rows in found.items() if len(rows) >= LEAST}


def outcomes(regime: str, rows: list[Row], own: int, rng: np.random.Generator) -> dict[bool, list[tuple[float, ...]]]:
    """(error, in the interval, high/low) of rows that are not own, for the same model and for others."""
    order = rng.permutation(len(rows))
    mine, others = [rows[i] for i in order[:own]], [rows[i] for i in order[own:]]
    ratios = tuple(Ratio(row.model, row.at, row.log_ratio) for row in mine)
    found: dict[bool, list[tuple[float, ...]]] = {True: [], False: []}
    for row in others:
        passes = OwnPasses(writing=ratios, reading=ratios, model=row.model)
        change = passes.read() if regime == "prefill" else passes.write(row.at)
        spread, left = row.spread.with_own(change), exp(row.log_ratio) / change.speed
        inside = float(spread.low <= left <= spread.high)
        found[row.model in {one.model for one in mine}].append(
            (abs(expm1(-row.log_ratio) if not mine else 1 / left - 1), inside, spread.high / spread.low)
        )
    return found


def main() -> None:
    """Print the table."""
    machines = rows_by_machine()
    for regime in ("decode", "prefill", "batched", "tpot"):
        here = [rows for key, rows in machines.items() if key[0] == regime]
        print(f"\n{regime}: {len(here)} machines, {sum(map(len, here))} rows")
        for own in OWN:
            rng = np.random.default_rng(1)
            kinds: dict[bool, list[np.ndarray]] = {True: [], False: []}
            for rows in here:
                for _ in range(DRAWS):
                    for same, values in outcomes(regime, rows, min(own, len(rows) - 1), rng).items():
                        if values:
                            kinds[same].append(np.array([np.median(values, 0)[0], *np.mean(values, 0)[1:]]))
            for same, name in ((True, "same model"), (False, "other models")):
                if kinds[same]:
                    error, inside, width = np.median(kinds[same], 0)[0], *np.mean(kinds[same], 0)[1:]
                    print(
                        f"  {own} own, {name:12s} error {error:6.1%}  in interval {inside:4.0%}  high/low {width:.2f}"
                    )


if __name__ == "__main__":
    main()
