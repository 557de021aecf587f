"""The model on the machine: whether it fits, and whether its plan is one that an engine runs."""

from collections.abc import Callable, Iterable, Iterator

from dsdesk.base.message import N_, Message
from dsdesk.base.source import Unknown
from dsdesk.base.units import Quantity, Unit
from dsdesk.build.inventory import device_memory_bytes, lines_of
from dsdesk.checks.context import CheckContext
from dsdesk.checks.finding import Finding, Fix, Severity, not_published, unchecked
from dsdesk.checks.fixes import as_fix, candidates, first_that_serves
from dsdesk.checks.model_fixes import (
    add_accelerators,
    add_machines,
    fewer_tokens,
    first_accelerator,
    larger_accelerator,
    lighter_training,
    offloaded,
    packed_cache,
    smaller_precision,
)
from dsdesk.checks.registry import check
from dsdesk.hardware.parts import Memory
from dsdesk.project.edits import Edit, change_configuration, change_line, change_workload
from dsdesk.project.project import Line, ParallelChoice, UseCase
from dsdesk.sizing.fitting import fits
from dsdesk.sizing.results import MemoryNeed


def _gib(value: float) -> Quantity:
    return Quantity(value, Unit.GIB)


def model_fits(context: CheckContext) -> bool:
    """Whether every device holds its share with the headroom of the project."""
    device = context.accelerator
    return device is not None and bool(fits(context.need, device_memory_bytes(device), context.configuration.headroom))


@check("model.E001")
def model_fits_the_memory(context: CheckContext) -> Iterator[Finding]:
    """Weights, cache and working memory fit on the accelerators with the headroom of the project.

    Reason: what does not fit does not start, or fails at the first long prompt; the next model is larger still.
    Remedy: short term a smaller precision, a packed cache, less context or layers in host memory; long term more or
        larger accelerators.
    Source: memory by tensor and attention kind (see its "why"); memory of the accelerator as its driver shows it.
    """
    need, device = context.need, context.accelerator
    if not isinstance(need, MemoryNeed) or device is None or not need.devices:
        return
    per_device = device_memory_bytes(device)
    if per_device is None:
        yield not_published(Message(N_("the memory that a model may use")), device.full_name)
        return
    fullest = max(one.total_bytes for one in need.devices)
    headroom = context.configuration.headroom
    if fullest <= per_device * (1 - headroom):
        return
    over = fullest > per_device
    text = N_("One {device} has {have}; the model takes {need} of it, and {share} should stay free")
    if over:
        text = N_("One {device} has {have}, and the model takes {need} of it")
    values = {"device": device.full_name, "have": _gib(per_device), "need": _gib(fullest)}
    yield Finding(
        severity=Severity.ERROR if over else Severity.WARNING,
        message=Message(text, share=Quantity(headroom, Unit.PERCENT), **values),
        fixes=_ways_to_fit(context),
    )


def _ways_to_fit(context: CheckContext) -> tuple[Fix, ...]:
    """At most one of each kind: what costs nothing first, then parts."""
    is_training = context.configuration.workload.use_case is UseCase.FINETUNE
    costless = (lighter_training,) if is_training else (packed_cache, smaller_precision, offloaded)
    parts = (add_accelerators, larger_accelerator, add_machines)
    return _first_of_each(context, (*costless, fewer_tokens), "short") + _first_of_each(context, parts, "long")


def _first_of_each(
    context: CheckContext, ways: tuple[Callable[[CheckContext], Iterator[Edit]], ...], term: str
) -> tuple[Fix, ...]:
    """What keeps the headroom; where nothing does, what fits at all."""
    for serves in (model_fits, _fits_barely):
        found = [fix for way in ways for fix in as_fix(first_that_serves(context, way(context), serves), term)]
        if found:
            return tuple(found)
    return ()


def _fits_barely(context: CheckContext) -> bool:
    """Whether the model fits when nothing is kept free: better than not at all."""
    device = context.accelerator
    return device is not None and bool(fits(context.need, device_memory_bytes(device), 0.0))


@check("model.E002")
def there_is_an_accelerator(context: CheckContext) -> Iterator[Finding]:
    """Something is there to run the model on.

    Reason: without an accelerator nothing can be said about its speed; a processor alone reads an answer out slowly.
    Remedy: add the smallest accelerator that holds the model.
    Source: what a plan needs.
    """
    if context.llm is None or context.accelerator is not None:
        return
    yield Finding(
        severity=Severity.ERROR,
        message=Message(N_("The list has no accelerator to run {model} on"), model=context.llm.name),
        fixes=as_fix(first_that_serves(context, first_accelerator(context), model_fits)),
    )


@check("model.E003")
def context_is_within_the_model(context: CheckContext) -> Iterator[Finding]:
    """The context that is reserved is one that the model was made for.

    Reason: beyond its positions a model writes nonsense, and engines refuse to start.
    Remedy: less context, or a model with more.
    Source: the model's config.json (max_position_embeddings with its scaling).
    """
    if context.llm is None:
        return
    wanted, limit = context.configuration.workload.context_tokens, context.llm.architecture.max_context_tokens
    if limit is None:
        yield not_published(Message(N_("the longest context")), context.llm.name)
    elif wanted > limit:
        less = change_workload(Message(N_("Reserve {limit} tokens"), limit=limit), context_tokens=limit)
        text = N_("{wanted} tokens of context are wanted, and {model} is made for {limit}")
        yield Finding(
            severity=Severity.ERROR,
            message=Message(text, wanted=wanted, model=context.llm.name, limit=limit),
            fixes=(Fix(text=less.text, edit=less),),
        )


@check("model.W004")
def requests_fit_the_context(context: CheckContext) -> Iterator[Finding]:
    """Prompt and answer together fit into the context that is reserved.

    Reason: a request that is longer than the reserved context is cut off or refused.
    Remedy: more context, or shorter prompts.
    Source: a sequence holds its prompt and its answer.
    """
    work = context.configuration.workload
    total = work.input_tokens + work.output_tokens
    if total > work.context_tokens:
        more = change_workload(Message(N_("Reserve {total} tokens"), total=total), context_tokens=total)
        text = N_("Prompt and answer take {total} tokens, and {context} are reserved")
        yield Finding(
            severity=Severity.WARNING,
            message=Message(text, total=total, context=work.context_tokens),
            fixes=(Fix(text=more.text, edit=more),),
        )


@check("model.E005")
def plan_divides_the_model(context: CheckContext) -> Iterator[Finding]:
    """The parallel sizes divide heads, experts and blocks of the model as the engine demands.

    Reason: an engine refuses to start when a layer cannot be cut into equal parts.
    Remedy: let dsdesk choose, or use a size that divides.
    Source: vLLM 0.33.0 config/model.py:1559, models/llama.py:148-156; SGLang 0.5.23 models/llama.py:183-189.
    """
    plan = context.plan
    if context.llm is None or context.accelerator is None or plan.legal:
        return
    text = Message(N_("Let dsdesk choose the parallel sizes"))
    by_layers = Message(N_("Split by layers only"))
    edits = (
        change_configuration(text, parallel=ParallelChoice()),
        change_configuration(by_layers, parallel=ParallelChoice(tp=1, ep=1)),
    )
    yield Finding(
        severity=Severity.ERROR,
        message=Message(N_("This parallel plan does not run: {reasons}"), reasons=plan.reasons),
        fixes=as_fix(first_that_serves(context, edits, lambda after: after.plan.legal)),
    )


@check("model.E006")
def plan_has_its_accelerators(context: CheckContext) -> Iterator[Finding]:
    """The plan uses as many accelerators as there are.

    Reason: a plan for more devices does not start; devices that a plan leaves idle cost and give nothing.
    Remedy: let dsdesk choose the parallel sizes, or change the number of accelerators.
    Source: TP x PP x DP is the number of devices.
    """
    used, have = context.plan.devices, context.accelerators
    if context.llm is None or context.accelerator is None or used == have:
        return
    auto = change_configuration(Message(N_("Let dsdesk choose the parallel sizes")), parallel=ParallelChoice())
    copies = change_configuration(
        Message(N_("Run {count} copies of the model"), count=have // max(used, 1)),
        parallel=ParallelChoice(tp=context.plan.tp, pp=context.plan.pp, dp=have // max(used, 1)),
    )
    edits = (auto,) if used > have else (auto, copies)
    text = N_("The plan uses {used} accelerators, and there are {have}")
    yield Finding(
        severity=Severity.ERROR if used > have else Severity.WARNING,
        message=Message(text, used=used, have=have),
        fixes=as_fix(first_that_serves(context, edits, lambda after: after.plan.devices == after.accelerators)),
    )


@check("model.E007")
def host_holds_the_rest(context: CheckContext) -> Iterator[Finding]:
    """Layers that do not fit on the accelerators fit into host memory.

    Reason: what lies in neither is read from the drive for every token.
    Remedy: more host memory, a smaller precision, or more accelerators.
    Source: bytes of the offloaded tensors; capacity of the memory on the list; the headroom of the project.
    """
    need = context.need
    if not isinstance(need, MemoryNeed) or not need.host_bytes:
        return
    held = host_bytes(context)
    if held is None:
        text = N_("the size of the host memory is not known, and {need} of the model lie there")
        yield unchecked(Message(text, need=_gib(need.host_bytes)))
    elif need.host_bytes > held * (1 - context.configuration.headroom):
        text = N_("{need} of the model lie in host memory, which has {have}")
        ways: list[Fix] = []
        for edits in (_more_memory(context), smaller_precision(context), fewer_tokens(context)):
            ways += as_fix(first_that_serves(context, edits, _host_holds))
        ways += as_fix(first_that_serves(context, add_accelerators(context), _host_holds), "long")
        yield Finding(
            severity=Severity.ERROR if need.host_bytes > held else Severity.WARNING,
            message=Message(text, need=_gib(need.host_bytes), have=_gib(held)),
            fixes=tuple(ways),
        )
    else:
        text = N_("{need} of the model lie in host memory; every token waits for it")
        yield Finding(severity=Severity.NOTE, message=Message(text, need=_gib(need.host_bytes)))


def host_bytes(context: CheckContext) -> int | None:
    """Host memory of the nodes that serve, together."""
    found = 0
    for machine in context.build.machines:
        if machine.host.memory_bytes is None:
            return None
        found += machine.host.memory_bytes * machine.machine.count
    return found


def _host_holds(context: CheckContext) -> bool:
    need, held = context.need, host_bytes(context)
    if not isinstance(need, MemoryNeed) or held is None or not model_fits(context):
        return False
    return need.host_bytes <= held * (1 - context.configuration.headroom)


@check("model.W008")
def answers_are_known(context: CheckContext) -> Iterator[Finding]:
    """Memory and speed of the model can be told.

    Reason: where a fact is missing there is no figure, and none is invented.
    Remedy: enter the missing fact in a part of your own.
    Source: the reason that the formula gives.
    """
    for answer in (context.need, context.forecast):
        if isinstance(answer, Unknown):
            yield unchecked(answer.because)
    if context.llm is not None:
        for reason in context.llm.architecture.unknown:
            yield unchecked(reason)


def _more_memory(context: CheckContext) -> Iterable[Edit]:
    """More of the same kit, or larger ones of its type."""
    for machine in context.build.machines:
        for line, kit in lines_of(machine.parts, Memory):
            for factor in (2, 4):
                text = Message(N_("Take {count} × {part}"), count=line.quantity * factor, part=kit.full_name)
                yield change_line(line.no, text, quantity=line.quantity * factor)
            yield from _larger_kits(context, line, kit)


def _larger_kits(context: CheckContext, line: Line, kit: Memory) -> Iterator[Edit]:
    def suits(other: Memory) -> bool:
        return (
            other.memory_type is kit.memory_type
            and other.modules <= kit.modules
            and other.module_bytes > kit.module_bytes
        )

    for other in candidates(context, Memory, suits, lambda part: part.module_bytes):
        pieces = line.quantity * (kit.modules // other.modules)
        text = Message(N_("Take {count} × {part}"), count=pieces, part=other.full_name)
        yield change_line(line.no, text, part_id=other.id, quantity=pieces)
