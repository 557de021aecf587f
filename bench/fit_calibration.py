"""Fit the efficiencies on the published measurements and write db/calibration.toml. Deterministic.

    python bench/fit_calibration.py [--dry]

Intervals come from rows that a fit did not see: ten folds of cases ("near"), of devices and of models ("family"), and
of chip generations ("far"), split-conformal on measured over forecast.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import csv
import hashlib
from collections import Counter
from dataclasses import dataclass
from math import ceil, log
from multiprocessing import get_context

import numpy as np
from calibration_model import NAMES, NOISE, START, Design, fit, log_predict, table
from measured import FACTS, ROOT, Measured, load, resolver

from dsdesk.sizing.calibration import Calibration
from dsdesk.sizing.forecast_resolve import Refusal
from dsdesk.sizing.power_use import PowerShares, busy
from dsdesk.sizing.step_time import spent

# How far a source is trusted, from the README beside the measurements; a big source does not outvote the rest.
TRUST = {
    "ikllama": 0.6,
    "geerling": 0.3,
    "threads": 0.3,
    "pub": 1.0,
    "argonne_all": 0.4,
    "ktransformers": 0.5,
    "inferencex": 0.3,
    "mlperf41": 0.5,
}
FULL = 400
FOLDS = 6
FEWEST = 30
WHERE = ("near", "family", "far")
# What may tell how wide errors are spread, and how far it may.
HARDER = {
    "engine": 0.3,
    "generation": 0.225,
    "precision": 0.225,
    "shape": 0.225,
    "backend": 0.225,
    "cell": 0.15,
    "ep": 0.15,
    "es": 0.15,
    "kernel": 0.15,
    "attention": 0.3,
    "program": 0.3,
    "offload": 0.3,
    "apart": 0.375,
    "tuned": 0.375,
    "era": 0.3,
}
# Share of the rows that lie in their interval; of rows that did not make the intervals one in a hundred fewer do.
HELD = 0.81


def empty() -> Calibration:
    """A calibration with the starting values."""
    return Calibration(
        "",
        "",
        {name: log(value) for name, value in START.items()},
        {},
        {},
        {},
        PowerShares(idle=0.3, memory=0.4, math=0.3, low=0.8, high=1.2, cases=0),
    )


def weights(cases: list[Measured]) -> np.ndarray:
    """Weight of each case."""
    counts = Counter(one.source for one in cases)
    return np.array([min(1.0, FULL / counts[one.source]) ** 0.5 * TRUST.get(one.source, 1.0) for one in cases])


def fold_of(text: str, folds: int = FOLDS) -> int:
    """A fold by hash: the same on every machine."""
    return int(hashlib.sha256(text.encode()).hexdigest(), 16) % folds


def groups(cases: list[Measured]) -> dict[str, np.ndarray]:
    """Folds by which rows are held back."""

    def case_key(one: Measured) -> str:
        return "|".join(
            (
                one.device,
                one.model,
                one.row["precision"],
                one.row["gpu_count"],
                one.row["isl"],
                one.row["concurrency_or_batch"],
            )
        )

    generations = [next(f for f in one.case.decode.factors if f.startswith("generation:")) for one in cases]
    return {
        "case": np.array([fold_of(case_key(one)) for one in cases]),
        "device": np.array([fold_of(one.device) for one in cases]),
        "model": np.array([fold_of(one.model) for one in cases]),
        "generation": np.array([fold_of(one) for one in generations]),
    }


def held_out(
    cases: list[Measured], folds: np.ndarray, everything: np.ndarray | None = None
) -> tuple[np.ndarray, list[set[str]]]:
    """ln(forecast / measured) of every case by a fit that did not see its fold; and the factors each fit saw."""
    full = table(cases)
    design = Design(full.factors)
    weight = weights(cases)
    residual = np.zeros(len(cases))
    seen: list[set[str]] = [set()] * len(cases)
    if everything is None:
        everything = fit(full, design, weight)
    for fold in sorted(set(folds.tolist())):
        out = folds == fold
        known = {f for row, hidden in zip(full.factors, out, strict=True) if not hidden for f in row}
        # Nothing of what only the held-out rows say may be left in the start.
        begin = np.where([f == "base" or f in known for _, f in design.names], everything, 0.0)
        theta = fit(full, design, np.where(out, 0.0, weight), rounds=8, start=begin)
        residual[out] = (log_predict(full, design.coefficients(theta)) - full.log_value)[out]
        for i in np.flatnonzero(out):
            seen[i] = known
    return residual, seen


def held_out_by_kind(cases: list[Measured], everything: np.ndarray) -> dict[str, tuple[np.ndarray, list[set[str]]]]:
    """`held_out` for each way to hold rows back, two at a time; the numbers do not depend on that."""
    jobs = [(cases, folds, everything) for folds in groups(cases).values()]
    with get_context("fork").Pool(2) as pool:
        return dict(zip(groups(cases), pool.starmap(held_out, jobs, chunksize=1), strict=True))


def distance(factors: tuple[str, ...], known: set[str]) -> str:
    """As `Calibration.distance`, for a fit that saw `known`."""
    seen = Calibration("", "", {}, {}, {}, dict.fromkeys(known, 1), empty().power)
    return seen.distance(factors)


@dataclass(frozen=True)
class Unseen:
    """A row as a fit that did not see it forecasts it: ln(forecast / measured)."""

    residual: float
    regime: str
    distance: str
    factors: tuple[str, ...]


def unseen(cases: list[Measured], theta: np.ndarray) -> list[Unseen]:
    """Every row held out by case, and by device, model and generation where that puts it farther off."""
    out = []
    regimes = table(cases).regime
    for kind, (residual, seen) in held_out_by_kind(cases, theta).items():
        for one, r, known, regime in zip(cases, residual, seen, regimes, strict=True):
            factors = one.case.decode.factors
            where = distance(factors, known)
            if kind == "case" or where != "near":
                out.append(Unseen(float(r), str(regime), where, factors))
    return out


def difficulty(rows: list[Unseen]) -> dict[str, float]:
    """How much wider than usual errors are spread, by factor: ln of the size that HELD of the errors stay below.

    Quantile regression of ln |r| on the factors by reweighted least squares; effects are held to zero by their width.
    Source: Koenker and Bassett, "Regression Quantiles", Econometrica 46(1), 1978.
    """
    names = sorted({f for row in rows for f in row.factors if f.split(":")[0] in HARDER})
    place = {name: i + len(WHERE) for i, name in enumerate(names)}
    x = np.zeros((len(rows), len(WHERE) + len(names)))
    for i, row in enumerate(rows):
        x[i, WHERE.index(row.distance)] = 1.0
        x[i, [place[f] for f in row.factors if f in place]] = 1.0
    size = np.log(np.clip([abs(row.residual) for row in rows], 0.01, 3.0))
    prior = np.array([0.01] * len(WHERE) + [HARDER[name.split(":")[0]] ** -2.0 for name in names])
    w = np.zeros(x.shape[1])
    w[: len(WHERE)] = np.quantile(size, HELD)
    for _ in range(40):
        off = size - x @ w
        pull = np.where(off > 0, HELD, 1.0 - HELD) / np.maximum(np.abs(off), 0.1)
        w = np.linalg.solve((x * pull[:, None]).T @ x + np.diag(prior), x.T @ (pull * size))
    return {name: float(w[i]) for name, i in place.items()}


def spreads(
    rows: list[Unseen],
) -> tuple[dict[str, tuple[float, float, int]], dict[str, dict[str, float]]]:
    """80 % intervals of measured over forecast, in units of what a case's difficulty makes of them, and that.

    Source: Vovk et al., "Algorithmic Learning in a Random World", 2005, section 4.5 (one interval for each group);
    Lei et al., "Distribution-Free Predictive Inference for Regression", JASA 113(523), 2018 (scaled residuals).
    """
    bands, effects = {}, {}
    for regime in NOISE:
        here = [row for row in rows if row.regime == regime]
        near = effects[f"{regime}/near"] = difficulty([row for row in here if row.distance == "near"])
        away = effects[f"{regime}/away"] = difficulty([row for row in here if row.distance != "near"])
        band = (1.0, 1.0)
        for where in WHERE:
            wider = near if where == "near" else away
            pool = [
                -row.residual / float(np.exp(sum(wider.get(f, 0.0) for f in row.factors)))
                for row in here
                if row.distance == where
            ]
            band = shortest(pool) or (band[0] * 0.9, band[1] * 1.15)
            bands[f"{regime}/{where}"] = (*band, len(pool))
    return bands, effects


def shortest(values: list[float]) -> tuple[float, float] | None:
    """The narrowest interval, of a ratio given as logarithms, that holds the share; None where there are too few.

    Between the narrowest and the one with equal tails the middle is taken: the narrowest alone holds less on new cases.
    """
    n = len(values)
    if n < FEWEST:
        return None
    ordered = np.sort(values)
    inside = min(n - 1, ceil(HELD * (n + 1)) - 1)
    first = int(np.argmin(ordered[inside:] - ordered[: n - inside]))
    tails = np.quantile(ordered, [(1 - HELD) / 2, (1 + HELD) / 2])
    low, high = (ordered[first] + tails[0]) / 2, (ordered[first + inside] + tails[1]) / 2
    return float(np.exp(low)), float(np.exp(high))


def power_shares(calibration: Calibration) -> PowerShares:
    """Shares of board power, by least squares on the relative error of measured GPU power."""
    find = resolver(calibration)
    left, right = [], []
    with (FACTS / "power.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if not row["metric"].startswith("gpu_power") or (
                row["metric"] == "gpu_power_avg_w" and row["gpu_count"] != "1"
            ):
                continue
            case = find.case({**row, "metric": "tpot_ms", "cpu_ram": "", "interconnect": ""})
            named = find.named(row)
            if isinstance(case, Refusal) or isinstance(named, Refusal) or not named.device.board_power_w:
                continue
            context = case.input_tokens + case.output_tokens / 2
            terms = case.decode.decode_terms(case.users or 1.0, context)
            memory, math = busy(terms, spent(terms, case.decode.step).total)
            watts = float(row["value"]) / float(row["gpu_count"]) / named.device.board_power_w
            left.append([1.0, memory, math])
            right.append(watts)
    a, b = np.array(left), np.array(right)
    solution = np.linalg.lstsq(a / b[:, None], np.ones(len(b)), rcond=None)[0]
    solution = np.maximum(solution, 0.0)
    ratio = b / np.minimum(1.0, a @ solution)
    return PowerShares(
        idle=float(solution[0]),
        memory=float(solution[1]),
        math=float(solution[2]),
        low=float(np.quantile(ratio, 0.1)),
        high=float(np.quantile(ratio, 0.9)),
        cases=len(b),
    )


def as_toml(
    theta: np.ndarray,
    design: Design,
    cases: list[Measured],
    power: PowerShares,
    intervals: tuple[dict[str, tuple[float, float, int]], dict[str, dict[str, float]]],
    fitted: np.ndarray,
) -> str:
    """The file."""
    digits = max(
        one.row["source_date"].replace("-", "").ljust(8, "0") for one in cases
    )  # written with and without dashes
    newest = f"{digits[:4]}-{digits[4:6]}-{digits[6:8]}"
    lines = [
        "# Efficiencies of the forecast: ln(coefficient) = base + the effects of what a case is made of.",
        "# Written by bench/fit_calibration.py; do not edit. Meaning and equation: dsdesk/sizing/step_time.py.",
        f'date = "{newest}"',
        f'source = "fitted on {len(cases)} published measurements; see docs/method/forecast.md"',
        "",
        "# Fit by regime: cases, median and 90th percentile of |forecast / measured - 1| on the fitted rows.",
        "[residual]",
    ]
    regimes = table(cases).regime
    for regime in NOISE:
        error = np.abs(np.expm1(fitted[regimes == regime]))
        lines.append(
            f"{regime} = {{ cases = {len(error)}, median = {np.median(error):.3f}, "
            f"p90 = {np.quantile(error, 0.9):.3f} }}"
        )
    bands, harder = intervals
    lines += [
        "",
        "# 80 % of cases that no fit saw lie between low^d and high^d times the forecast; ln d is the sum of the",
        "# effects under difficulty.",
        "[spread]",
    ]
    lines += [f'"{key}" = {{ low = {b[0]:.3f}, high = {b[1]:.3f}, cases = {b[2]} }}' for key, b in bands.items()]
    for regime, wider in harder.items():
        lines += ["", f'[difficulty."{regime}"]']
        lines += [f'"{factor}" = {value:.3f}' for factor, value in sorted(wider.items()) if abs(value) >= 0.005]
    lines += ["", "[power]"]
    lines += [f"{name} = {getattr(power, name):.4g}" for name in ("idle", "memory", "math", "low", "high", "cases")]
    for name in NAMES:
        columns = design.columns[name]
        lines += ["", f"[coefficient.{name}]", f"base = {log(START[name]) + theta[columns[0]]:.4f}"]
        effects = [(design.names[i][1], theta[i]) for i in columns[1:] if abs(theta[i]) >= 0.005]
        if effects:
            lines.append(f"[coefficient.{name}.effects]")
            lines += [f'"{factor}" = {value:.3f}' for factor, value in effects]
    counts = Counter(
        f
        for one in cases
        for f in one.case.decode.factors
        if f.split(":")[0] in ("engine", "generation", "cell", "device", "model")
    )
    lines += ["", "# Measured cases behind each factor: how far a forecast is from measurements.", "[measured]"]
    lines += [f'"{factor}" = {number}' for factor, number in sorted(counts.items())]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Fit, cross-validate, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dry", action="store_true", help="do not write")
    options = parser.parse_args()
    cases = load(empty())
    full = table(cases)
    design = Design(full.factors)
    theta = fit(full, design, weights(cases))
    residual = log_predict(full, design.coefficients(theta)) - full.log_value
    for regime in NOISE:
        error = np.abs(np.expm1(residual[full.regime == regime]))
        print(f"{regime:8s} n {len(error):5d}  median {np.median(error):.3f}  p90 {np.quantile(error, 0.9):.3f}")
    effects: dict[str, dict[str, float]] = {name: {} for name in NAMES}
    for value, (name, factor) in zip(theta, design.names, strict=True):
        if factor != "base":
            effects[name][factor] = float(value)
    bases = {name: log(START[name]) + float(theta[design.columns[name][0]]) for name in NAMES}
    power = power_shares(Calibration("", "", bases, effects, {}, {}, empty().power))
    intervals = spreads(unseen(cases, theta))
    for key, band in intervals[0].items():
        print(f"{key:16s} {band[0]:.2f} .. {band[1]:.2f}  n {band[2]}")
    print(power)
    if not options.dry:
        (ROOT / "db" / "calibration.toml").write_text(as_toml(theta, design, cases, power, intervals, residual))


if __name__ == "__main__":
    main()
