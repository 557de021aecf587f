"""How good the forecast is on rows it was not fitted on: leave devices, models or cases out, by regime and cell.

    python bench/forecast_accuracy.py [--out FOLDER]

Prints, for each way to hold rows back, the median and 90th percentile of |forecast / measured - 1| by regime, and for
held-out cases the same by generation, engine and precision, worst first. With --out it also writes every held-out row
as CSV and a plot of forecast against measured as SVG.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import csv
from math import log10
from pathlib import Path

import numpy as np
from calibration_model import NOISE, Design, fit, table
from fit_calibration import distance, empty, held_out_by_kind, weights
from measured import Measured, load

from dsdesk.sizing.calibration import calibration

BARS = {"decode": 0.10, "prefill": 0.15, "batched": 0.15, "tpot": 0.12, "ttft": 0.20}
COLOURS = {"decode": "#1f77b4", "prefill": "#ff7f0e", "batched": "#2ca02c", "tpot": "#9467bd", "ttft": "#d62728"}


def line(name: str, error: np.ndarray, bar: float | None = None) -> str:
    """One row of a table."""
    text = f"{name:58s} n {len(error):5d}  median {np.median(error):6.1%}  p90 {np.quantile(error, 0.9):7.1%}"
    return text if bar is None else f"{text}  bar {bar:.0%}"


def intervals(cases: list[Measured], residual: np.ndarray, seen: list[set[str]], regimes: np.ndarray) -> None:
    """Coverage and width of the 80 % intervals in db/."""
    fitted = calibration()
    for regime in NOISE:
        inside, width = [], []
        for one, r, known, here in zip(cases, residual, seen, regimes, strict=True):
            if here == regime:
                factors = one.case.decode.factors
                spread = fitted.spread(regime, distance(factors, known), factors)
                inside.append(spread.low <= np.exp(-r) <= spread.high)
                width.append(spread.high / spread.low)
        print(f"  {regime:8s} coverage {np.mean(inside):.0%}  median high/low {np.median(width):.2f}")


def plot(path: Path, cases: list[Measured], residual: np.ndarray, regimes: np.ndarray) -> None:
    """Forecast over measured, both logarithmic: one path of dots for each regime, so that the file stays small."""
    dots: dict[str, list[str]] = {name: [] for name in COLOURS}
    for one, r, regime in zip(cases, residual, regimes, strict=True):
        x, y = log10(one.value), log10(one.value) + r / np.log(10)
        dots[str(regime)].append(f"M{60 + 80 * (x + 1):.0f} {640 - 80 * (y + 1):.0f}h1")
    drawn = [
        f'<path d="{"".join(dict.fromkeys(dots[name]))}" stroke="{colour}" stroke-width="2" stroke-linecap="round" '
        f'stroke-opacity="0.5" fill="none"/><text x="80" y="{40 + 18 * i}" fill="{colour}" font-size="14">{name}</text>'
        for i, (name, colour) in enumerate(COLOURS.items())
    ]
    path.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="700" height="700"><rect width="700" height="700" fill="white"/>'
        '<line x1="60" y1="640" x2="660" y2="40" stroke="#888"/>'
        + "".join(drawn)
        + '<text x="240" y="680" font-size="14">measured: 10^-1 to 10^6.5, ms or tokens/s</text>'
        '<text x="30" y="420" font-size="14" transform="rotate(-90 30 420)">forecast</text></svg>\n'
    )


def main() -> None:
    """Fit with folds held back and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    cases = load(empty(), verbose=True)
    full = table(cases)
    regimes = full.regime
    everything = fit(full, Design(full.factors), weights(cases))
    for kind, (residual, seen) in held_out_by_kind(cases, everything).items():
        error = np.abs(np.expm1(residual))
        print(f"\nheld out by {kind}")
        for regime, bar in BARS.items():
            print("  " + line(regime, error[regimes == regime], bar))
        intervals(cases, residual, seen, regimes)
        if kind != "case":
            continue
        cells: dict[str, list[float]] = {}
        for one, value, regime in zip(cases, error, regimes, strict=True):
            named = dict(f.split(":", 1) for f in one.case.decode.factors)
            cells.setdefault(f"{regime} {named['cell']} {named['precision']}", []).append(float(value))
        print("\ncells, worst first")
        for name, values in sorted(cells.items(), key=lambda cell: -float(np.median(cell[1]))):
            if len(values) >= 5:
                print("  " + line(name, np.array(values)))
        if options.out:
            options.out.mkdir(parents=True, exist_ok=True)
            plot(options.out / "forecast.svg", cases, residual, regimes)
            with (options.out / "held_out.csv").open("w", newline="") as file:
                writer = csv.writer(file)
                writer.writerow(["id", "regime", "measured", "forecast"])
                writer.writerows(
                    [one.row["id"], regime, one.value, one.value * float(np.exp(r))]
                    for one, r, regime in zip(cases, residual, regimes, strict=True)
                )


if __name__ == "__main__":
    main()
