"""The forecast's own equations over arrays: terms of many cases at once, and the coefficients that they share."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from math import ceil
from typing import TypeVar

import numpy as np
from measured import Measured

from dsdesk.sizing.calibration import SERVER_NAMES, SHARES, STEP_NAMES, Serving, capped
from dsdesk.sizing.forecast_answer import REGIME, load_of, running_of
from dsdesk.sizing.step_terms import Terms
from dsdesk.sizing.step_time import Coefficients, overlapped, spent
from dsdesk.sizing.throughput_serve import Load, serve

_Loss = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]
_Row = TypeVar("_Row", Terms, Load)
NAMES = (*STEP_NAMES, *SERVER_NAMES)
# Where each coefficient starts, and what it may depend on. A factor whose pair is not listed has no say.
START = {
    "bw": 0.8, "flow": 6.0, "kv_bw": 0.6, "mm": 0.55, "attn": 0.35, "tile": 16.0, "moe": 1.2, "grouped": 1.2,
    "ops": 4.0, "scores": 20.0, "again": 0.2, "layer": 8e-6, "loop": 5e-5, "eager": 1e-4,
    "step": 2e-4, "seq": 3e-6, "lat": 4e-6, "disp": 2e-5, "link": 0.7,
    "host_bw": 0.6, "cpu": 1.0, "bus": 0.6, "hand": 1e-4, "request": 0.02,
    "queue": 0.05, "lag": 0.3, "crowd": 0.5, "steps": 0.5, "poll": 0.7, "mix": 0.9,
    "pipeline": 0.7, "ahead": 30.0, "sync": 0.5,
}  # fmt: skip
SAY = {
    "bw": (
        "memory",
        "engine",
        "vendor",
        "generation",
        "precision",
        "backend",
        "cell",
        "ep",
        "gp",
        "gb",
        "program",
        "era",
        "apart",
    ),
    "flow": ("engine", "vendor", "precision"),
    "kv_bw": ("memory", "engine", "vendor", "generation", "backend", "attention", "cell", "shape", "es"),
    "mm": (
        "engine",
        "vendor",
        "generation",
        "precision",
        "backend",
        "cell",
        "ep",
        "gp",
        "gb",
        "program",
        "tuned",
        "attention",
        "era",
        "shape",
        "es",
        "blas",
        "products",
        "kernel",
    ),
    "attn": ("engine", "vendor", "generation", "backend", "attention", "cell", "gb", "shape", "es", "products"),
    "tile": ("engine", "backend", "era"),
    "moe": ("engine", "precision", "generation", "backend", "ep", "gb", "cell", "shape", "es", "kernel"),
    "grouped": ("engine", "precision", "generation", "backend", "ep", "gb", "shape", "es", "kernel", "era", "blas"),
    "ops": ("engine", "precision", "backend", "generation", "gp"),
    "scores": ("engine", "backend", "generation"),
    "again": ("engine", "backend", "gb"),
    "layer": (
        "engine",
        "generation",
        "backend",
        "cell",
        "program",
        "precision",
        "era",
        "apart",
        "shape",
        "es",
        "kernel",
    ),
    "loop": ("engine",),
    "eager": (
        "engine",
        "generation",
        "shape",
        "es",
        "era",
        "apart",
        "program",
        "backend",
        "cell",
        "precision",
        "kernel",
    ),
    "steps": ("engine", "apart"),
    "poll": ("engine", "apart"),
    "lag": ("engine", "era", "ee", "apart"),
    "step": ("engine", "generation", "cell", "tuned", "era", "apart", "shape", "es"),
    "seq": ("engine", "tuned", "era", "shape", "es"),
    "lat": ("wire", "engine", "generation"),
    "disp": ("engine", "wire"),
    "crowd": ("engine", "generation", "apart", "cell"),
    "link": ("wire",),
    "host_bw": ("engine", "offload"),
    "cpu": ("engine", "precision"),
    "bus": ("engine", "offload"),
    "hand": ("engine",),
    "request": ("engine", "generation", "precision", "apart", "cell", "shape", "es", "era", "kernel"),
    "queue": ("engine", "generation", "precision", "cell", "apart", "shape", "es", "era", "ee", "kernel"),
    "mix": ("engine", "era", "ee", "shape"),
    "pipeline": ("engine",),
    "ahead": ("engine", "precision"),
    "sync": ("engine",),
}
# How far an effect may move its coefficient; what tells chip generations apart is held closest, since leaving devices
# out costs least so.
WIDTH = {
    "engine": 0.4,
    "memory": 0.1,
    "vendor": 0.3,
    "generation": 0.15,
    "precision": 0.3,
    "backend": 0.3,
    "wire": 0.5,
    "cell": 0.09,
    "ep": 0.15,
    "gp": 0.072,
    "gb": 0.09,
    "attention": 0.5,
    "program": 0.4,
    "tuned": 0.5,
    "apart": 0.4,
    "era": 0.3,
    "ee": 0.5,
    "shape": 0.3,
    "es": 0.08,
    "kernel": 0.18,
    "offload": 0.4,
    "blas": 0.4,
    "products": 0.25,
}
# Where physics says that an effect moves a coefficient farther or less far than elsewhere: layers of different shapes
# are made of different numbers of kernels; packing decides what unpacking costs rather than how fast memory is read;
# experts are read like other weights, with more gaps.
OWN_WIDTH = {
    ("layer", "shape:compressed"): 0.8,
    ("eager", "shape:compressed"): 0.8,
    ("attn", "shape:compressed"): 0.6,
    ("bw", "precision"): 0.1,
    ("bw", "precision:bf16"): 0.3,  # nothing to unpack, but kernels of its own
    ("bw", "ep"): 0.08,
    ("mm", "engine:ik_llama.cpp"): 0.2,
    ("moe", "engine"): 0.2,
    ("moe", "precision"): 0.1,
    ("moe", "shape"): 0.15,
    ("moe", "backend"): 0.2,
    ("moe", "kernel"): 0.1,
    ("moe", "ep"): 0.08,
    ("tile", "backend"): 0.8,
    ("tile", "era"): 0.8,
    ("bw", "engine:vllm"): 0.12,
    ("bw", "engine:sglang"): 0.12,
    ("bw", "engine:tensorrt-llm"): 0.12,
    ("bw", "apart"): 0.12,
    ("bw", "era"): 0.12,
    ("request", "kernel"): 0.09,
    ("queue", "kernel"): 0.09,
    ("lag", "engine"): 0.6,
    ("steps", "apart"): 2.0,
    ("eager", "engine"): 0.25,
    ("mix", "engine"): 0.25,
    ("mix", "shape"): 0.15,
    ("eager", "kernel"): 0.08,
    ("eager", "precision"): 0.15,
    ("bw", "generation"): 0.08,
    ("lag", "era"): 0.8,
    ("again", "backend"): 1.5,
    ("again", "gb"): 0.5,
}
# How far bases may move; what physics pins down moves little.
BASE_WIDTH = dict.fromkeys(NAMES, 0.7) | {
    "link": 0.15,
    "mix": 0.2,
    "eager": 0.3,
    "mm": 0.25,
    "attn": 0.3,
    "request": 0.4,
    "bw": 0.3,
    "bus": 0.2,
    "flow": 0.5,
    "moe": 0.3,
    "grouped": 0.5,
}
NOISE = {"decode": 0.10, "prefill": 0.09, "batched": 0.15, "tpot": 0.12, "ttft": 0.12}


def width(coefficient: str, factor: str) -> float:
    """How far an effect may move its coefficient."""
    kind = factor.split(":", maxsplit=1)[0]
    return OWN_WIDTH.get((coefficient, factor), OWN_WIDTH.get((coefficient, kind), WIDTH[kind]))


@dataclass
class Table:
    """Cases as arrays."""

    decode: Terms
    prefill: Terms
    chunks: np.ndarray
    stages: np.ndarray
    layers: np.ndarray
    quarter: Terms
    bulk: Terms
    together: np.ndarray
    load: Load
    inputs: np.ndarray
    metric: np.ndarray
    regime: np.ndarray
    log_value: np.ndarray
    factors: list[tuple[str, ...]]


def _stack(rows: list[_Row]) -> _Row:
    kind = type(rows[0])
    return kind(**{f.name: np.array([getattr(t, f.name) for t in rows]) for f in fields(kind)})


def table(cases: list[Measured]) -> Table:
    """Terms of every case, which do not depend on the coefficients."""
    decode, quarter, prefill, bulk, together, stages, load = [], [], [], [], [], [], []
    for one in cases:
        case = one.case
        context = case.input_tokens + case.output_tokens / 2
        single = case.metric in ("decode_tok_s_per_user", "decode_tok_s_total", "prefill_tok_s", "total_tok_s")
        n = (case.users or 1.0) if single else running_of(case)
        prompts = n if case.metric in ("prefill_tok_s", "total_tok_s") else 1.0
        decode.append(case.decode.decode_terms(n / case.layout.decode_copies, context))
        quarter.append(case.decode.decode_terms(n / case.layout.decode_copies / 4, context))
        tokens = max(1.0, case.input_tokens)
        prefill.append(case.prefill.prefill_terms(tokens, case.depth, prompts))
        together.append(case.prefill.together(tokens))
        bulk.append(case.prefill.prefill_terms(tokens, case.depth, together[-1]))
        stages.append(
            (max(1, ceil(tokens * prompts / case.prefill.chunk)), case.prefill.place.plan.pp, case.prefill.work.layers)
        )
        load.append(load_of(case, n))
    staged = np.array(stages, dtype=float)
    return Table(
        decode=_stack(decode),
        quarter=_stack(quarter),
        prefill=_stack(prefill),
        bulk=_stack(bulk),
        together=np.array(together),
        chunks=staged[:, 0],
        stages=staged[:, 1],
        layers=staged[:, 2] / staged[:, 1],
        load=_stack(load),
        inputs=np.array([one.case.input_tokens for one in cases]),
        metric=np.array([one.case.metric for one in cases]),
        regime=np.array([REGIME[one.case.metric] for one in cases]),
        log_value=np.log([one.value for one in cases]),
        factors=[one.case.decode.factors for one in cases],
    )


def log_predict(t: Table, c: dict[str, np.ndarray]) -> np.ndarray:
    """Natural logarithm of each forecast."""
    step = Coefficients(**{name: c[name] for name in STEP_NAMES})
    decode = spent(t.decode, step).total
    left = overlapped(t.chunks, t.stages, t.layers, c["ahead"])
    piped = 1.0 - c["pipeline"] * (1.0 - left)
    prefill, bulk = spent(t.prefill, step).total * piped, spent(t.bulk, step).total / t.together * piped
    serving = Serving(**{name: c[name] for name in SERVER_NAMES})
    seen = serve(decode, spent(t.quarter, step).total, prefill, serving, t.load, bulk)
    users, outputs = t.load.running, t.load.output_tokens
    answers = {
        "decode_tok_s_per_user": 1.0 / decode,
        "decode_tok_s_total": users / decode,
        "prefill_tok_s": users * t.inputs / prefill,
        "total_tok_s": users * (t.inputs + outputs) / (prefill + outputs * decode),
        "output_tok_s_total": seen.output_tok_s,
        "requests_s": seen.requests_s,
        "tpot_ms": seen.tpot_s * 1e3,
        "ttft_ms": seen.ttft_s * 1e3,
    }
    out = np.zeros(len(users))
    for metric, values in answers.items():
        here = t.metric == metric
        out[here] = np.asarray(values)[here]
    return np.log(np.maximum(out, 1e-9))


class Design:
    """Which parameter acts on which coefficient of which case."""

    def __init__(self, factors: list[tuple[str, ...]]) -> None:
        self.names: list[tuple[str, str]] = [(name, "base") for name in NAMES]
        index = {pair: i for i, pair in enumerate(self.names)}
        every = sorted({f for row in factors for f in row})
        for name in NAMES:
            for factor in every:
                if factor.split(":")[0] in SAY[name]:
                    index[(name, factor)] = len(self.names)
                    self.names.append((name, factor))
        self.columns: dict[str, list[int]] = {name: [] for name in NAMES}
        for i, (name, _) in enumerate(self.names):
            self.columns[name].append(i)
        # Cases made of the same factors share their row of the design, so everything is kept once a kind of case.
        said = {prefix for prefixes in SAY.values() for prefix in prefixes}
        kinds = [tuple(f for f in row if f.split(":")[0] in said) for row in factors]
        unique = sorted(set(kinds))
        place = {kind: i for i, kind in enumerate(unique)}
        self.kind = np.array([place[kind] for kind in kinds])
        has = {factor: np.array([float(factor in kind) for kind in unique]) for factor in every}
        self.matrix: dict[str, np.ndarray] = {}
        for name in NAMES:
            block = [
                np.ones(len(unique)) if self.names[i][1] == "base" else has[self.names[i][1]]
                for i in self.columns[name]
            ]
            self.matrix[name] = np.stack(block, axis=1)
        self.width = np.array([BASE_WIDTH[n] if f == "base" else width(n, f) for n, f in self.names])

    def coefficients(self, theta: np.ndarray) -> dict[str, np.ndarray]:
        """Each coefficient of each case."""
        free = {name: START[name] * np.exp(self.matrix[name] @ theta[self.columns[name]])[self.kind] for name in NAMES}
        return {name: capped(value) if name in SHARES else value for name, value in free.items()}

    def normal(self, slopes: np.ndarray, weight: np.ndarray, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Gradient and Gauss-Newton matrix of the weighted squares, summed once a kind of case."""
        kinds = len(next(iter(self.matrix.values())))
        size = len(self.names)
        gradient, hessian = np.zeros(size), np.zeros((size, size))
        for i, one in enumerate(NAMES):
            pull = np.bincount(self.kind, weights=weight * z * slopes[i], minlength=kinds)
            gradient[self.columns[one]] = self.matrix[one].T @ pull
            for j, other in enumerate(NAMES[: i + 1]):
                both = np.bincount(self.kind, weights=weight * slopes[i] * slopes[j], minlength=kinds)
                block = (self.matrix[one] * both[:, None]).T @ self.matrix[other]
                hessian[np.ix_(self.columns[one], self.columns[other])] = block
                hessian[np.ix_(self.columns[other], self.columns[one])] = block.T
        return gradient, hessian


class Merged(Design):
    """A design whose equal columns are one: the same optimum from far smaller matrices.

    Effects that always come together have but a sum; what each of them gets of it follows from their widths alone.
    """

    def __init__(self, full: Design) -> None:
        self.names, self.columns, self.matrix, self.kind = [], {}, {}, full.kind
        self.whole, self.members = full, []
        for name in NAMES:
            first: dict[bytes, int] = {}
            kept = []
            for at, i in enumerate(full.columns[name]):
                column = full.matrix[name][:, at]
                place = first.setdefault(column.tobytes(), len(self.names))
                if place == len(self.names):
                    self.names.append(full.names[i])
                    self.members.append([])
                    kept.append(at)
                self.members[place].append(i)
            self.columns[name] = sorted(first.values())
            self.matrix[name] = full.matrix[name][:, kept]
        self.width = np.array([np.sqrt(np.sum(full.width[members] ** 2)) for members in self.members])

    def joined(self, theta: np.ndarray) -> np.ndarray:
        """Parameters of this design from those of the whole one."""
        return np.array([np.sum(theta[members]) for members in self.members])

    def parted(self, theta: np.ndarray) -> np.ndarray:
        """Parameters of the whole design from those of this one."""
        out = np.zeros(len(self.whole.names))
        for value, size, members in zip(theta, self.width, self.members, strict=True):
            out[members] = value * self.whole.width[members] ** 2 / size**2
        return out


def fit(t: Table, design: Design, weight: np.ndarray, rounds: int = 40, start: np.ndarray | None = None) -> np.ndarray:
    """Parameters by damped Gauss-Newton with a heavy-tailed loss; effects are held to zero by their width.

    A fit from nothing starts with nearly absolute deviations, which have one minimum; the loss that follows gives rows
    far off no say, since published runs differ in what they do not state.
    """
    merged = Merged(design)
    if start is None:
        begin = _descend(t, merged, weight, rounds, np.zeros(len(merged.names)), _absolute)
    else:
        begin = merged.joined(start)
    return merged.parted(_descend(t, merged, weight, rounds, begin, _redescending))


def _absolute(z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(weight, loss) of scaled residuals, between squares and absolute deviations."""
    return 1.0 / (1.0 + np.abs(z)), np.abs(z) - np.log1p(np.abs(z))


def _redescending(z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(weight, loss) of scaled residuals: Cauchy's, with half weight at two deviations."""
    return 1.0 / (1.0 + z**2 / 4.0), 2.0 * np.log1p(z**2 / 4.0)


def _descend(t: Table, design: Design, weight: np.ndarray, rounds: int, theta: np.ndarray, loss: _Loss) -> np.ndarray:
    noise = np.array([NOISE[r] for r in t.regime])
    prior = 1.0 / design.width**2
    damping = 1.0
    last = np.inf
    for _ in range(rounds):
        c = design.coefficients(theta)
        base = log_predict(t, c)
        z = (base - t.log_value) / noise
        robust = weight * loss(z)[0]
        slopes = np.zeros((len(NAMES), len(z)))
        for i, name in enumerate(NAMES):
            moved = dict(c)
            free = c[name] / (1.0 - c[name] ** 4) ** 0.25 if name in SHARES else c[name]
            moved[name] = capped(free * 1.001) if name in SHARES else free * 1.001
            slopes[i] = (log_predict(t, moved) - base) / np.log(1.001) / noise
        gradient, hessian = design.normal(slopes, robust, z)
        gradient += prior * theta
        hessian += np.diag(prior)
        while damping < 1e6:
            step = np.linalg.solve(hessian + damping * 0.02 * np.diag(np.diag(hessian)), -gradient)
            trial = theta + np.clip(step, -0.7, 0.7)
            off = (log_predict(t, design.coefficients(trial)) - t.log_value) / noise
            cost = float(np.sum(weight * loss(off)[1]) + 0.5 * np.sum(prior * trial**2))
            if cost <= last or not np.isfinite(last):
                break
            damping *= 4
        else:
            break
        theta = trial
        if np.isfinite(last) and last - cost < 1e-5 * abs(last):
            break
        last = cost
        damping = max(damping / 3, 1e-3)
    return theta
