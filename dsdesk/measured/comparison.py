"""Measured beside forecast, and what the user's own measurements say of their machine.

A measurement becomes a case by the rules of a table of cases (`dsdesk.sizing.forecast_resolve`), so that names are
understood in one way everywhere. Compared is with the forecast of the catalogue alone: own measurements cannot vouch
for themselves.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import log

from dsdesk.base.errors import DsdeskError
from dsdesk.base.message import Message
from dsdesk.base.units import Estimate
from dsdesk.hardware.parts import Accelerator
from dsdesk.hardware.vocabulary import PartKind
from dsdesk.llm.precision import Engine
from dsdesk.measured.measurement import SPEEDS, Measurement
from dsdesk.sizing.calibration import calibration
from dsdesk.sizing.forecast_answer import REGIME, predict
from dsdesk.sizing.forecast_case import Case
from dsdesk.sizing.forecast_cases import Names
from dsdesk.sizing.forecast_resolve import Refusal, Resolver
from dsdesk.sizing.own_speed import OwnPasses, OwnSpeeds, Ratio, mean_ratios

_WHOLE = frozenset({"output_tok_s_total"})  # waits are in it; the time per token of the same run says more of steps
_LEAST_PROMPT = 64  # tokens: of shorter prompts the time is mostly launches
_FARTHEST = log(8.0)  # further off, a measurement is of something else than its file says


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A measurement beside its forecast.

    Attributes:
        measurement: what was measured.
        forecast: of the same metric, with its 80 % interval; None where there is none.
        because: why there is no forecast, or why the measurement does not calibrate; None where it does both.
        device: id of the accelerator, "" where its name was not understood.
        device_name: what to call it.
        llm: id of the language model.
        engine: that ran it.
        offload: whether weights lay in host memory.
        writes: whether the measured passes write answers (else they read prompts).
    """

    measurement: Measurement
    forecast: Estimate | None = None
    because: Message | None = None
    device: str = ""
    device_name: str = ""
    llm: str = ""
    engine: Engine | None = None
    offload: bool = False
    writes: bool = True

    @property
    def ratio(self) -> float | None:
        """Measured over forecast, as printed: above 1 a speed is higher and a time longer."""
        return self.measurement.value / self.forecast.estimate if self.forecast else None

    @property
    def is_inside(self) -> bool:
        """Whether the measured value lies in the interval."""
        return self.forecast is not None and self.forecast.low80 <= self.measurement.value <= self.forecast.high80

    @property
    def calibrates(self) -> bool:
        """Whether it says something about the machine."""
        return self.forecast is not None and self.because is None


class Comparer:
    """Compares with the forecast of one catalogue; names are looked up once."""

    def __init__(self, catalog: Names) -> None:
        devices = [part for part in catalog.parts(PartKind.ACCELERATOR) if isinstance(part, Accelerator)]
        self._fitted = calibration()
        self._resolver = Resolver(catalog.llms(), devices, self._fitted)

    def compare(self, measurement: Measurement) -> Compared:
        """The measurement beside its forecast, or why there is none."""
        row = measurement.row()
        for name, missing in (("gpu", _NO_GPU), ("model", _NO_MODEL)):
            if not row[name]:
                return Compared(measurement=measurement, because=missing)
        try:
            named = self._resolver.named(row)
            case = named if isinstance(named, Refusal) else self._resolver.case(row)
        except DsdeskError as error:
            return Compared(measurement=measurement, because=error.message)
        if isinstance(named, Refusal):
            return Compared(measurement=measurement, because=named.because)
        if isinstance(case, Refusal):
            return Compared(measurement=measurement, because=case.because, device=named.device.id, llm=named.llm.id)
        return Compared(
            measurement=measurement,
            forecast=self._forecast(case),
            because=_not_telling(measurement, case, named.llm.architecture.layer_count)
            or self._too_far(case, measurement),
            device=named.device.id,
            device_name=named.device.full_name,
            llm=named.llm.id,
            engine=named.engine.engine,
            offload="offload:yes" in case.decode.factors,
            writes=not _reads(measurement),
        )

    def _forecast(self, case: Case) -> Estimate:
        value = predict(case)
        spread = self._fitted.spread(REGIME[case.metric], case.decode.distance, case.decode.factors)
        return Estimate(value, value * spread.low, value * spread.high)

    def _too_far(self, case: Case, measurement: Measurement) -> Message | None:
        if abs(log(measurement.value / predict(case))) < _FARTHEST:
            return None
        return Message("it is so far from the forecast that something else must have run")


_NO_GPU = Message("the file does not say which accelerator it was; say it")
_NO_MODEL = Message("the file does not say which model it was; say it")


def _reads(measurement: Measurement) -> bool:
    return measurement.metric in ("prefill_tok_s", "ttft_ms")


def _not_telling(measurement: Measurement, case: Case, layers: int) -> Message | None:
    """Why a measurement says nothing about the passes of its machine."""
    if measurement.layers is not None and measurement.layers < layers:
        return Message("only {some} of {all} layers lay on the accelerator", some=measurement.layers, all=layers)
    if case.layout.offloaded:
        return Message("where the weights lay is not said")
    if measurement.metric == "total_tok_s":
        return Message("reading and writing are mixed in it")
    if measurement.metric == "ttft_ms" and measurement.concurrency > 1:
        return Message("waits under load depend on when requests were sent")
    if _reads(measurement) and measurement.input_tokens < _LEAST_PROMPT:
        return Message("the prompt is too short to tell the speed of reading")
    return None


def own_speeds(compared: Iterable[Compared]) -> OwnSpeeds:
    """What these measurements say, by device and engine; those that do not calibrate are passed over."""
    kinds: dict[tuple[str, Engine, bool], list[Compared]] = {}
    for one in compared:
        if one.calibrates and one.engine is not None:
            kinds.setdefault((one.device, one.engine, one.offload), []).append(one)
    return OwnSpeeds(tuple(_passes(key, found) for key, found in sorted(kinds.items(), key=lambda pair: str(pair[0]))))


def _passes(key: tuple[str, Engine, bool], found: list[Compared]) -> OwnPasses:
    runs = {_run_of(one) for one in found if one.measurement.metric == "tpot_ms"}

    def ratios(*, writes: bool) -> tuple[Ratio, ...]:
        doubled = [one for one in found if one.measurement.metric in _WHOLE and _run_of(one) in runs]
        counted = (one for one in found if one.writes is writes and one not in doubled)
        return mean_ratios((_case_of(one), _ratio(one)) for one in counted)

    device, engine, offload = key
    return OwnPasses(
        device=device,
        engine=engine,
        offload=offload,
        writing=ratios(writes=True),
        reading=ratios(writes=False),
        count=len(found),
    )


def _run_of(one: Compared) -> tuple[str, int]:
    return (one.measurement.file, one.measurement.line)


def _case_of(one: Compared) -> tuple[object, ...]:
    """What makes two measurements runs of the same case: lengths differ little in what they say of a machine."""
    measured = one.measurement
    return (one.llm, measured.precision, measured.gpu_count, measured.parallelism, measured.concurrency)


def _ratio(one: Compared) -> Ratio:
    faster = log(one.ratio or 1.0)
    return Ratio(one.llm, one.measurement.concurrency, faster if one.measurement.metric in SPEEDS else -faster)
