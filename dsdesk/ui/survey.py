"""The library beside the machine: what each model would weigh and whether it would fit, worked out aside."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from dsdesk.base.source import Unknown
from dsdesk.build.inventory import device_memory_bytes
from dsdesk.build.serving import Served, serving
from dsdesk.build.sized import plan_and_need, training_of
from dsdesk.hardware.parts import Accelerator
from dsdesk.llm.architecture import Llm
from dsdesk.llm.precision import Engine
from dsdesk.project.project import Configuration, UseCase
from dsdesk.sizing.finetune import Training
from dsdesk.sizing.fitting import OFFLOADING, fits
from dsdesk.sizing.precisions import weights_bytes
from dsdesk.sizing.results import Interconnect

if TYPE_CHECKING:
    from dsdesk.evaluate import Evaluation


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRow:
    """A model of the library under the present choices.

    Attributes:
        llm: the model.
        weights_bytes: at the chosen precision, None if that cannot be told.
        fits: whether the accelerators there are hold it with the headroom; None without any or where it is not known.
        with_host: whether it would run with a part of it in host memory.
    """

    llm: Llm
    weights_bytes: int | None = None
    fits: bool | None = None
    with_host: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """What a survey depends on; equal questions have equal answers."""

    precision: str
    kv_precision: str
    engine: Engine
    context_tokens: int
    sequences: int
    headroom: float
    served: Served
    training: Training | None = None


def question_of(evaluation: "Evaluation") -> Question:
    """The question that the project asks."""
    return _question(evaluation.configuration, serving(evaluation.build))


def _question(configuration: Configuration, served: Served) -> Question:
    is_training = configuration.workload.use_case is UseCase.FINETUNE
    return Question(
        precision=configuration.precision,
        kv_precision=configuration.kv_precision,
        engine=configuration.engine,
        context_tokens=configuration.workload.context_tokens,
        sequences=configuration.workload.sequences,
        headroom=configuration.headroom,
        served=served,
        training=training_of(configuration, max(1, served.count)) if is_training else None,
    )


def survey(question: Question, configuration: Configuration, llms: Iterable[Llm]) -> tuple[ModelRow, ...]:
    """All models under the question, in their order."""
    return tuple(_row(question, configuration, llm) for llm in llms)


def _row(question: Question, configuration: Configuration, llm: Llm) -> ModelRow:
    weights = weights_bytes(llm, question.precision)
    known = None if isinstance(weights, Unknown) else weights
    served = question.served
    if served.accelerator is None or served.memory_bytes is None or known is None:
        return ModelRow(llm=llm, weights_bytes=known)
    fit = _fits(question, configuration, llm)
    host = served.host.memory_bytes or 0
    room = served.memory_bytes * served.count + host
    with_host = fit is False and question.engine in OFFLOADING and known <= room * (1.0 - question.headroom)
    return ModelRow(llm=llm, weights_bytes=known, fits=fit, with_host=with_host)


def _fits(question: Question, configuration: Configuration, llm: Llm) -> bool | None:
    served = question.served
    found = plan_and_need(llm, replace(configuration, offload_layers=0), served)
    return fits(found.need, served.memory_bytes, question.headroom)


_COUNTS = (1, 2, 3, 4, 6, 8)


def cards_needed(configuration: Configuration, llm: Llm, accelerator: Accelerator) -> int | None:
    """How many of an accelerator in one machine hold the model with the headroom; None where not even eight do."""
    per_device = device_memory_bytes(accelerator)
    if per_device is None:
        return None
    link = Interconnect() if accelerator.link is None else Interconnect(kind=accelerator.link)
    for count in _COUNTS:
        served = Served(accelerator=accelerator, count=count, nodes=1, memory_bytes=per_device, interconnect=link)
        if _fits(_question(configuration, served), configuration, llm):
            return count
    return None
