"""Calibrated efficiencies: read from db/calibration.toml, looked up by what a case is made of.

Each coefficient is a base value times the effects of the engine, the maker, the generation, the kind of precision, the
backend and some of their pairs. A factor that was never measured has no entry and so the value of its family:

    ln(coefficient) = base + sum of the effects of the case's factors

Shares of a printed rate are then kept below 1.

`bench/fit_calibration.py` writes the file. Nothing in it belongs to one model, one card or one case.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from math import exp, log

from dsdesk.base import assets
from dsdesk.base.errors import CatalogError
from dsdesk.base.message import Message
from dsdesk.hardware.parts import Accelerator
from dsdesk.hardware.vocabulary import Segment
from dsdesk.llm.precision import Engine, Precision, PrecisionFamily
from dsdesk.sizing.own_speed import UNCHANGED, Correction, OwnSpeeds
from dsdesk.sizing.power_use import PowerShares
from dsdesk.sizing.step_time import Coefficients
from dsdesk.sizing.support_generations import Generation, generation

STEP_NAMES = (
    "bw", "flow", "kv_bw", "mm", "attn", "tile", "moe", "grouped", "ops", "scores", "again", "layer", "loop", "eager",
    "step", "seq", "lat", "disp", "link", "host_bw", "cpu", "bus", "hand",
)  # fmt: skip
SHARES = frozenset({"bw", "kv_bw", "mm", "attn", "link", "host_bw", "bus", "pipeline", "sync"})
SERVER_NAMES = ("request", "queue", "lag", "crowd", "steps", "poll", "mix", "pipeline", "ahead", "sync")


NOT_MEASURED = OwnSpeeds()
_SUREST = 0.97  # no interval is narrower: two equal runs differ by so much


def capped(free: float) -> float:
    """A share that approaches 1 and never passes it: x / (1 + x^4)^(1/4). Plain arithmetic, for the fit as well."""
    value: float = free / (1.0 + free**4) ** 0.25
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """What a measurement says beyond engine and device; a forecast for a purchase takes the defaults.

    Attributes:
        backend: "cuda", "hip", "vulkan", "metal", "sycl"; "" = the usual one of the maker.
        flash_attention: whether fused attention kernels are used.
        wire: kind of link of the collectives.
        shape: "dense", "moe", "latent" (MLA), "mixed" (linear or sparse attention beside others) or "compressed".
        tuned: whether the run was tuned by the maker for a benchmark.
        offload: whether weights lie in host memory.
        apart: whether prompts are read by workers of their own.
        era: "2024" for engines from before 2025, "2025" for those of that year, "undated", or "" = newer.
        plain: whether products run without the tuned library of the maker, where it has one to switch on (hipBLASLt).
        program: the program, where it is not the engine itself but of its kin.
        products: how ggml multiplies quantised weights: "integer", "widened" or "inside".
        device: id of the accelerator; says only how near measurements are.
        model: id of the language model; says only how near measurements are.
    """

    backend: str = ""
    flash_attention: bool = True
    wire: str = "fabric"
    shape: str = "dense"
    tuned: bool = False
    apart: bool = False
    offload: bool = False
    era: str = ""
    plain: bool = False
    program: str = ""
    products: str = ""
    device: str = ""
    model: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """Calibrated numbers of a server beyond the pass.

    Attributes:
        request: time of a request outside the passes [s].
        queue: prompts of others that a new request waits for, as a share of those in flight.
        lag: passes that read another prompt and that a request waits for before its own and before its answer leaves.
        crowd: the same, for each share of the time that goes into prompts.
        steps: decode steps that a request waits for before and after its prompt is read.
        poll: share of the steps that a server's settings let a request wait at most, that it does wait.
        mix: time of a prompt's chunks inside mixed passes over their time alone.
        pipeline: share of the ideal overlap of pipeline stages that is reached.
        ahead: layers of one stage that the host has launched ahead of the device.
        sync: how far copies of attention that share experts read prompts as one.
    """

    request: float
    queue: float
    lag: float
    crowd: float
    steps: float
    poll: float
    mix: float
    pipeline: float
    ahead: float
    sync: float


@dataclass(frozen=True, slots=True)
class Spread:
    """Quantiles of measured over forecast: 80 % of cases lie between `low` and `high`."""

    low: float
    high: float
    cases: int

    @property
    def of_inverse(self) -> "Spread":
        """The spread of one over the value: of times where this is that of speeds."""
        return Spread(1.0 / self.high, 1.0 / self.low, self.cases)

    def towards(self, other: "Spread", share: float) -> "Spread":
        """A spread between this one (`share` 0) and `other` (1), even on a scale of ratios."""
        if share in (0.0, 1.0):  # nearly all points of a chart
            end = other if share else self
            return end if self.cases == other.cases else replace(end, cases=min(self.cases, other.cases))
        low = self.low ** (1.0 - share) * other.low**share
        high = self.high ** (1.0 - share) * other.high**share
        return Spread(low, high, min(self.cases, other.cases))

    def with_own(self, own: Correction) -> "Spread":
        """The spread that is left once own measurements say more."""
        if own is UNCHANGED:
            return self
        low, high = log(self.low), log(self.high)
        middle, half = own.middle * (low + high) / 2, own.width * (high - low) / 2
        return Spread(exp(middle - half), exp(middle + half), self.cases)


_CROWD = 8.0  # requests from which only measurements of servers under load say how sure a forecast is


def under_load(alone: Spread, loaded: Spread, requests: float) -> Spread:
    """The spread with so many requests in flight: measurements of one stream and of loaded servers meet by doublings.

    A server with two requests is nearer to one stream than to a crowd; a step from one spread to the other would show
    as a step of every band between one and two requests.
    """
    share = 1.0 if requests >= _CROWD else log(max(1.0, requests)) / log(_CROWD)
    return alone.towards(loaded, share)


@dataclass(frozen=True, slots=True)
class Calibration:
    """The whole file.

    Attributes:
        date: of the fit.
        source: what it was fitted on.
        bases: natural logarithm of the base of each coefficient.
        effects: by coefficient and factor, added to the base.
        spreads: by "regime/distance", of a case of usual difficulty.
        measured: factors with how many measured cases stand behind each.
        power: of a board while it works.
        difficulty: by "regime/near" or "regime/away" (family and far) and factor, added up: logarithm of how much wider
            than usual errors are spread.
        own: what the user's own measurements add.
    """

    date: str
    source: str
    bases: Mapping[str, float]
    effects: Mapping[str, Mapping[str, float]]
    spreads: Mapping[str, Spread]
    measured: Mapping[str, int]
    power: PowerShares
    own: OwnSpeeds = NOT_MEASURED
    difficulty: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    _found: dict[tuple[str, ...], tuple[Coefficients, Serving]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _spread: dict[tuple[str, str, tuple[str, ...]], Spread] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def value(self, name: str, factors: tuple[str, ...]) -> float:
        """One coefficient for a case made of `factors`."""
        effects = self.effects.get(name, {})
        free = exp(self.bases[name] + sum(effects.get(factor, 0.0) for factor in factors))
        return capped(free) if name in SHARES else free

    def look_up(self, factors: tuple[str, ...]) -> tuple[Coefficients, Serving]:
        """All efficiencies of a pass and all numbers of a server for a case made of `factors`, kept once found."""
        if factors not in self._found:
            self._found[factors] = (
                Coefficients(**{name: self.value(name, factors) for name in STEP_NAMES}),
                Serving(**{name: self.value(name, factors) for name in SERVER_NAMES}),
            )
        return self._found[factors]

    def spread(self, regime: str, distance: str, factors: tuple[str, ...]) -> Spread:
        """Interval of a regime at a distance from the measurements, as wide as the case is difficult."""
        asked = (regime, distance, factors)
        if asked not in self._spread:
            usual = self.spreads[f"{regime}/{distance}"]
            effects = self.difficulty.get(f"{regime}/{'near' if distance == 'near' else 'away'}", {})
            wider = exp(sum(effects.get(factor, 0.0) for factor in factors))
            low, high = min(usual.low**wider, _SUREST), max(usual.high**wider, 1.0 / _SUREST)
            self._spread[asked] = Spread(low, high, usual.cases)
        return self._spread[asked]

    def distance(self, factors: tuple[str, ...]) -> str:
        """How far a case is from what was measured: "near", "family" or "far"."""
        known = {f.split(":")[0] for f in factors if self.measured.get(f, 0)}
        if {"device", "model"} <= known:
            return "near"
        return "family" if {"generation", "cell"} <= known else "far"


# Generations whose printed matrix rate is that of instructions for groups of warps, which ggml does not use: its
# products are those of single warps; how much they lose is fitted. Source: NVIDIA, cuda-rust documentation, Matrix
# Multiply Accelerators (2026-11-25): WGMMA on SM 90, tcgen05 on SM 100; tilus documentation: mma.sync beside WGMMA.
_GROUPED_WARPS = frozenset({"hopper", "blackwell-dc"})
_USUAL_BACKEND = {"nvidia": "cuda", "amd": "hip", "apple": "metal", "intel": "sycl"}


def usual_backend(vendor: str) -> str:
    """What ggml is usually built for on chips of a maker."""
    return _USUAL_BACKEND.get(vendor, "other")


_GGML = frozenset({Engine.LLAMA_CPP, Engine.IK_LLAMA_CPP})


def precision_class(precision: Precision, engine: Engine) -> str:
    """Precisions that share kernels: by family, GGUF types by kind and whole bits."""
    if precision.family is PrecisionFamily.BFLOAT16 and engine in _GGML:  # kernels of its own, unlike F16's
        return "bf16"
    if precision.family in (PrecisionFamily.FLOAT16, PrecisionFamily.BFLOAT16):
        return "wide"
    if precision.key.startswith("mxfp4"):
        return "mxfp4"
    if precision.family is not PrecisionFamily.GGUF:
        return precision.family.value
    if "iq" in precision.key:
        return "iq"
    return f"q{min(8, max(2, int(precision.nominal_bits)))}"


def factors(engine: Engine, device: Accelerator, precision: Precision, variant: Variant) -> tuple[str, ...]:
    """The factors of a case, widest first; kept, since a chart asks for the same ones at each of its points."""
    return _factors(engine, generation(device), device.id, checked_memory(device), precision, variant)


def checked_memory(device: Accelerator) -> bool:
    """Whether a card keeps check bits in its own GDDR, as cards for servers do; HBM has room of its own for them.

    Source: drivers report 15/16 of the memory of such cards (T4: 15,360 of 16,384 MiB), the rest holds the bits.
    """
    return device.segment is Segment.DATACENTER and device.memory_type.startswith("GDDR")


@lru_cache(maxsize=4096)
def _factors(
    engine: Engine, chip: Generation, device: str, checked: bool, precision: Precision, variant: Variant
) -> tuple[str, ...]:
    packing = precision_class(precision, engine)
    backend = variant.backend or usual_backend(chip.vendor)
    names = [
        f"engine:{engine.value}",
        f"vendor:{chip.vendor}",
        f"generation:{chip.key}",
        f"precision:{packing}",
        f"backend:{backend}",
        f"wire:{variant.wire}",
        f"shape:{variant.shape}",
        f"es:{engine.value}/{variant.shape}",
        f"cell:{engine.value}/{chip.key}",
        f"ep:{engine.value}/{packing}",
        f"gp:{chip.key}/{packing}",
        f"gb:{chip.key}/{backend}",
        f"kernel:{engine.value}/{chip.key}/{packing}/{variant.shape}",
        f"device:{engine.value}/{variant.device or device}",
        f"model:{engine.value}/{variant.model}",
    ]
    if engine in _GGML:
        names += [f"products:{variant.products}", *(("products:warp",) if chip.key in _GROUPED_WARPS else ())]
    if checked:
        names += ["memory:checked"]
    if not variant.flash_attention:
        names += ["attention:unfused"]
    if variant.tuned:
        names += ["tuned:yes"]
    if variant.offload:
        names += ["offload:yes"]
    if variant.apart:
        names += ["apart:yes"]
    if variant.era:
        names += [f"era:{variant.era}", f"ee:{engine.value}/{variant.era}"]
    if variant.plain:
        names += ["blas:plain"]
    if variant.program:
        names += [f"program:{variant.program}"]
    return tuple(names)


@lru_cache(maxsize=1)
def calibration() -> Calibration:
    """The calibration that came with the program."""
    path = assets.factory_db("calibration.toml")
    try:
        with path.open("rb") as file:
            return parse(tomllib.load(file))
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise CatalogError(
            Message("The calibration file {path} cannot be read; install dsdesk again.", path=str(path))
        ) from error


@lru_cache(maxsize=4)
def calibrated_with(own: OwnSpeeds) -> Calibration:
    """The calibration that came with the program, with the user's own measurements over it."""
    return replace(calibration(), own=own) if own.passes else calibration()


def parse(table: Mapping[str, object]) -> Calibration:
    """A Calibration from the tables of its file."""
    coefficients = _table(table["coefficient"])
    power = {name: _number(value) for name, value in _table(table["power"]).items()}
    return Calibration(
        date=str(table["date"]),
        source=str(table["source"]),
        bases={name: _number(_table(entry)["base"]) for name, entry in coefficients.items()},
        effects={
            name: {factor: _number(value) for factor, value in _table(_table(entry).get("effects", {})).items()}
            for name, entry in coefficients.items()
        },
        spreads={
            key: Spread(_number(s["low"]), _number(s["high"]), int(_number(s["cases"])))
            for key, entry in _table(table["spread"]).items()
            for s in (_table(entry),)
        },
        difficulty={
            regime: {factor: _number(value) for factor, value in _table(effects).items()}
            for regime, effects in _table(table.get("difficulty", {})).items()
        },
        measured={factor: int(_number(number)) for factor, number in _table(table["measured"]).items()},
        power=PowerShares(
            idle=power["idle"],
            memory=power["memory"],
            math=power["math"],
            low=power["low"],
            high=power["high"],
            cases=int(power["cases"]),
        ),
    )


def _table(value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise TypeError(value)
    return value


def _number(value: object) -> float:
    if not isinstance(value, int | float):
        raise TypeError(value)
    return float(value)
