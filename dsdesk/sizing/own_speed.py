"""What the user's own measurements say of a machine: how much faster its passes are than the forecast of the catalogue.

Own measurements are of two kinds of pass, those that write answers and those that read prompts. Each gives the ratio
of measured to forecast speed of the pass. All efficiencies of a pass are scaled by one factor, so that its time is
divided by it and its mix stays. The factor of a device in an engine is

    ln factor = sum(w ln ratio) / (sum(w) + k),    k = within^2 / between^2,

the mean of what the machine may be, given what was measured, when machines differ from the forecast with variance
between^2, and runs on one machine from one another with variance within^2. The weight w of a run falls with the
distance of its batch from the batch asked for, so that the factor has no step, and where its model is another:

    w = 1 / (1 + (doublings apart / 2)^2) for the same model; runs of another together 1/4, in a batch of b 1/(4 b)

The middle of the 80 % interval (the mean error of the forecast) counts k / (sum(w) + k) of what it did, its width
sqrt(within^2 + between^2 k / (sum(w) + k)), so that it never falls below the spread of runs on one machine. Runs of
other models move the forecast, but do not make it surer: on devices held back their interval would not have held.

Source: Efron and Morris, "Data Analysis Using Stein's Estimator", JASA 70(350), 1975; Gelman et al., "Bayesian Data
Analysis", 3rd edition, section 2.5 (normal mean with known variance). `python bench/own_measurements.py` shows what k
and the weights do on devices that the fit did not see.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import exp, log2, sqrt

from dsdesk.llm.precision import Engine

BETWEEN = 2 / 3
"""Share of the variance of the forecast's errors that is the machine's, the same in all of its runs."""
_STIFF = (1.0 - BETWEEN) / BETWEEN
_OCTAVES = 2.0  # doublings of the batch after which a run counts half
_OTHER = 0.25  # weight of another model
_CROWD = 8.0  # sequences from which it falls no further


@dataclass(frozen=True, slots=True)
class Ratio:
    """What one own measurement, or several of the same case, says.

    Attributes:
        model: id of the language model.
        at: requests in the pass.
        log_ratio: natural logarithm of measured over forecast speed of the pass.
    """

    model: str
    at: float
    log_ratio: float


@dataclass(frozen=True, slots=True)
class Correction:
    """How a forecast changes.

    Attributes:
        speed: factor of the speed of the pass.
        middle: share of the middle of the interval that is left.
        width: share of its width that is left.
    """

    speed: float = 1.0
    middle: float = 1.0
    width: float = 1.0


UNCHANGED = Correction()


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPasses:
    """Own measurements of one device in one engine.

    Attributes:
        device: id of the accelerator.
        engine: the engine.
        offload: whether weights lay in host memory.
        writing: ratios of passes that write answers.
        reading: ratios of passes that read prompts.
        count: measurements behind them.
        model: id of the language model that is asked about.
    """

    device: str = ""
    engine: Engine | None = None
    offload: bool = False
    writing: tuple[Ratio, ...] = ()
    reading: tuple[Ratio, ...] = ()
    count: int = 0
    model: str = ""

    def write(self, sequences: float) -> Correction:
        """What changes for a pass that writes one token for each of `sequences` sequences."""
        if not self.writing:
            return UNCHANGED
        other = _OTHER / min(_CROWD, max(1.0, sequences))
        return self._correction([(_closeness(sequences, one.at), one) for one in self.writing], other)

    def read(self) -> Correction:
        """What changes for passes that read prompts."""
        return self._correction([(1.0, one) for one in self.reading], _OTHER)

    def _correction(self, weighted: list[tuple[float, Ratio]], other: float) -> Correction:
        if not weighted:
            return UNCHANGED
        models: dict[str, list[tuple[float, float]]] = {}
        for weight, one in weighted:
            models.setdefault(one.model, []).append((weight, one.log_ratio))
        same, total, shift = 0.0, _STIFF, 0.0
        for model, ratios in models.items():
            found = sum(weight for weight, _ in ratios)
            mean = sum(weight * ratio for weight, ratio in ratios) / found
            counted = found if model == self.model else other * max(weight for weight, _ in ratios)
            same += found if model == self.model else 0.0
            total += counted
            shift += counted * mean
        left = _STIFF / (same + _STIFF)
        return Correction(speed=exp(shift / total), middle=_STIFF / total, width=sqrt(1.0 - BETWEEN + BETWEEN * left))


NOTHING = OwnPasses()


@dataclass(frozen=True, slots=True)
class OwnSpeeds:
    """All own measurements that forecasts are calibrated with, by device and engine."""

    passes: tuple[OwnPasses, ...] = ()

    def of(self, device: str, engine: Engine, model: str, *, offload: bool) -> OwnPasses:
        """Those of one device in one engine, with or without weights in host memory, as seen from a model."""
        for one in self.passes:
            if (one.device, one.engine, one.offload) == (device, engine, offload):
                return replace(one, model=model)
        return NOTHING


def mean_ratios(found: Iterable[tuple[object, Ratio]]) -> tuple[Ratio, ...]:
    """One ratio a case: runs of the same case repeat what it says, they do not add to it."""
    cases: dict[object, list[Ratio]] = {}
    for case, ratio in found:
        cases.setdefault(case, []).append(ratio)
    return tuple(Ratio(one[0].model, one[0].at, sum(r.log_ratio for r in one) / len(one)) for one in cases.values())


def _closeness(requests: float, measured: float) -> float:
    """Weight of a batch for another."""
    return 1.0 / (1.0 + (log2(max(1.0, requests) / max(1.0, measured)) / _OCTAVES) ** 2)
