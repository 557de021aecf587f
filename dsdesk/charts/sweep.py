"""The forecast of an evaluation asked again with one thing changed: what every curve is made of."""

from dataclasses import dataclass, replace

from dsdesk.base.message import Message
from dsdesk.base.source import Unknown
from dsdesk.base.units import Estimate
from dsdesk.build.serving import Served, serving
from dsdesk.build.sized import forecast_of, run_of
from dsdesk.charts.spec import Series
from dsdesk.evaluate import Evaluation
from dsdesk.hardware.parts import Accelerator
from dsdesk.llm.architecture import Llm
from dsdesk.project.project import Workload
from dsdesk.sizing.results import Forecast

BAND = Message("The band holds four outcomes in five (80 %).")
_NO_MODEL = Message("Choose a language model to see this.")
_NO_CARD = Message("Put an accelerator into the machine to see this.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What a sweep holds fixed."""

    evaluation: Evaluation
    llm: Llm
    device: Accelerator
    served: Served

    def forecast(
        self, workload: Workload, precision: str | None = None, power_limit_w: float | None = None
    ) -> Forecast | Unknown:
        """The speed with another workload, precision or power limit, everything else as it is."""
        evaluation = self.evaluation
        run = run_of(
            self.llm,
            evaluation.configuration,
            self.served,
            evaluation.plan,
            offload_layers=evaluation.offload_layers,
        )
        limit_w = power_limit_w or run.power_limit_w
        return forecast_of(replace(run, precision=precision or run.precision, power_limit_w=limit_w), workload)

    def with_sequences(self, sequences: int) -> Forecast | Unknown:
        """The speed with another number of requests in flight."""
        return self.forecast(replace(self.evaluation.configuration.workload, sequences=sequences))


def case_of(evaluation: Evaluation) -> Case | Message:
    """What to sweep, or why there is nothing."""
    if not isinstance(evaluation.llm, Llm):
        return evaluation.llm.because if isinstance(evaluation.llm, Unknown) else _NO_MODEL
    if evaluation.accelerator is None:
        return _NO_CARD
    if isinstance(evaluation.forecast, Unknown):
        return evaluation.forecast.because
    served = serving(evaluation.build)
    return Case(evaluation=evaluation, llm=evaluation.llm, device=evaluation.accelerator, served=served)


def band_series(label: Message, points: list[tuple[float, Estimate]]) -> Series:
    """A line with its 80 % band."""
    return Series(
        label=label,
        x=tuple(x for x, _ in points),
        y=tuple(value.estimate for _, value in points),
        low=tuple(value.low80 for _, value in points),
        high=tuple(value.high80 for _, value in points),
    )


def steps_to(largest: int, first: int = 1) -> tuple[int, ...]:
    """Powers of two from `first` up to `largest`, and `largest` itself."""
    steps = []
    step = first
    while step < largest:
        steps.append(step)
        step *= 2
    return (*steps, largest)
