"""What the engine runs: precision on this chip, and chips that one engine does not join."""

from collections.abc import Iterator

from dsdesk.base.message import N_, Message
from dsdesk.build.inventory import accelerators_of
from dsdesk.checks.context import CheckContext
from dsdesk.checks.finding import Finding, Fix, Severity, unchecked
from dsdesk.checks.fixes import advice, as_fix, first_that_serves
from dsdesk.checks.registry import check
from dsdesk.hardware.parts import Accelerator
from dsdesk.llm.precision import Engine, PrecisionFamily
from dsdesk.project.edits import Edit, change_configuration
from dsdesk.sizing.precisions import PRECISIONS
from dsdesk.sizing.support import Level, runs
from dsdesk.sizing.support_generations import generation

_GOOD = {Level.NATIVE, Level.WEIGHTS_ONLY}
_SERVERS = (Engine.VLLM, Engine.SGLANG, Engine.TENSORRT_LLM)


@check("software.E001")
def chip_runs_the_precision(context: CheckContext) -> Iterator[Finding]:
    """The engine runs this precision on this chip.

    Reason: a chip without the format computes it in software or not at all, and engines read only their own
        file formats.
    Remedy: a precision that the chip runs, another engine, or a newer chip.
    Source: facts read in the packages of vLLM 0.33.0, SGLang 0.5.23 and llama.cpp; each answer names its file.
    """
    device, precision = context.accelerator, PRECISIONS.get(context.configuration.precision)
    if device is None or precision is None or context.llm is None:
        return
    engine = context.configuration.engine
    support = runs(device, precision, engine)
    values = {"card": device.full_name, "precision": precision.name, "engine": engine.value, "reason": support.because}
    if support.level is Level.UNKNOWN:
        text = N_("it is not known how {engine} runs {precision} on {card}: {reason}")
        yield unchecked(Message(text, **values))
        return
    if support.level is Level.NATIVE:
        return
    texts = {
        Level.NO: (Severity.ERROR, N_("{engine} does not run {precision} on {card}: {reason}")),
        Level.EMULATED: (Severity.WARNING, N_("{engine} emulates {precision} on {card}: {reason}")),
        Level.WEIGHTS_ONLY: (Severity.NOTE, N_("{engine} runs {precision} on {card} for weights only: {reason}")),
    }
    severity, text = texts[support.level]
    yield Finding(
        severity=severity,
        message=Message(text, **values),
        fixes=_other_ways(context, device) if severity > Severity.NOTE else (),
        source=support.source,
        assumption=not support.verified,
    )


def _other_ways(context: CheckContext, device: Accelerator) -> tuple[Fix, ...]:
    engines = as_fix(first_that_serves(context, _other_engines(context, device), _runs_it))
    precisions = as_fix(first_that_serves(context, _other_precisions(context, device), _runs_it))
    return engines + precisions or advice(Message(N_("Take a chip that one of the engines supports")))


def _runs_it(context: CheckContext) -> bool:
    precision = PRECISIONS.get(context.configuration.precision)
    if context.accelerator is None or precision is None:
        return False
    return runs(context.accelerator, precision, context.configuration.engine).level in _GOOD


def _other_engines(context: CheckContext, device: Accelerator) -> Iterator[Edit]:
    """Another engine for the same weights."""
    precision = PRECISIONS[context.configuration.precision]
    gguf = precision.family is PrecisionFamily.GGUF
    for engine in (Engine.LLAMA_CPP,) if gguf else (*_SERVERS, Engine.LLAMA_CPP):
        if engine is not context.configuration.engine and runs(device, precision, engine).level in _GOOD:
            yield change_configuration(
                Message(N_("Use {engine}"), engine=engine.value), engine=engine, kv_precision="f16"
            )


def _other_precisions(context: CheckContext, device: Accelerator) -> Iterator[Edit]:
    """The nearest precision that the chip runs in this engine: rather a smaller one, since it must still fit."""
    now = PRECISIONS[context.configuration.precision]
    others = sorted(
        (one for one in PRECISIONS.values() if one.key != now.key),
        key=lambda one: (one.nominal_bits > now.nominal_bits + 0.5, abs(one.nominal_bits - now.nominal_bits)),
    )
    for one in others:
        if runs(device, one, context.configuration.engine).level in _GOOD:
            text = Message(N_("Use {precision} weights"), precision=one.name)
            yield change_configuration(text, precision=one.key)


@check("software.W002")
def one_kind_of_chip_serves(context: CheckContext) -> Iterator[Finding]:
    """All accelerators are of one kind, so that one plan can use them.

    Reason: an engine splits layers evenly and takes one vendor's software; NVIDIA and AMD nodes cannot hold parts of
        the same copy of a model.
    Remedy: two services, one for each kind, or one kind only.
    Source: vLLM and SGLang are built for one platform at a time (their installation guides: CUDA, ROCm).
    """
    kinds = accelerators_of(context.build)
    if len(kinds) <= 1:
        return
    vendors = {generation(card).vendor for card, _ in kinds}
    used = context.accelerator.full_name if context.accelerator else ""
    others = tuple(card.full_name for card, _ in kinds if card != context.accelerator)
    text = N_("The plan uses {used}; {others} stay idle, since one copy of a model is split over equal chips")
    if len(vendors) > 1:
        text = N_("The plan uses {used}; {others} stay idle: chips of two vendors cannot share one copy of a model")
    yield Finding(
        severity=Severity.WARNING,
        message=Message(text, used=used, others=others),
        fixes=advice(Message(N_("Plan a second configuration for the other chips, as a service of its own"))),
    )
