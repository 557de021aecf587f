"""What the machine is for, what it needs and how fast it will be: the figures of the Evaluation as rows."""

from collections.abc import Iterator

from dsdesk.base.message import Message
from dsdesk.base.source import Unknown
from dsdesk.base.units import Estimate, Quantity, Unit, best_bytes
from dsdesk.evaluate import Evaluation
from dsdesk.llm.architecture import Llm
from dsdesk.quote.names import LIMITED_BY
from dsdesk.quote.request import Figure
from dsdesk.sizing.offload import split_offload
from dsdesk.sizing.precisions import PRECISIONS
from dsdesk.sizing.results import Forecast, MemoryNeed

_NOT_FIXED = Message("not fixed yet")


def precision_name(key: str) -> str:
    """A precision as people write it."""
    return PRECISIONS[key].name if key in PRECISIONS else key


def sizing(evaluation: Evaluation) -> tuple[Figure, ...]:
    """Model, workload, memory and how the model is split."""
    return (*_model(evaluation), *_workload(evaluation), *_memory(evaluation), *_plan(evaluation))


def _model(evaluation: Evaluation) -> Iterator[Figure]:
    llm = evaluation.llm
    if isinstance(llm, Unknown):
        yield Figure(label=Message("Language model"), value=Message("unknown"), note=llm.because)
    elif isinstance(llm, Llm):
        yield Figure(label=Message("Language model"), value=llm.name, note=_parameters(evaluation))
    else:
        yield Figure(label=Message("Language model"), value=_NOT_FIXED)
    configuration = evaluation.configuration
    yield Figure(
        label=Message("Weights, KV cache, engine"),
        value=f"{precision_name(configuration.precision)}, {configuration.kv_precision}, {configuration.engine}",
    )


def _parameters(evaluation: Evaluation) -> Message | None:
    needed = evaluation.need
    if not isinstance(needed, MemoryNeed):
        return None
    total = Quantity(needed.parameters, Unit.PARAMETERS)
    if needed.active_parameters == needed.parameters:
        return Message("{total} parameters", total=total)
    active = Quantity(needed.active_parameters, Unit.PARAMETERS)
    return Message("{total} parameters, of which {active} for each token", total=total, active=active)


def _workload(evaluation: Evaluation) -> Iterator[Figure]:
    work = evaluation.configuration.workload
    yield Figure(
        label=Message("Workload"),
        value=Message(
            "{sequences} requests at once, {input} tokens in and {output} out",
            sequences=work.sequences,
            input=work.input_tokens,
            output=work.output_tokens,
        ),
        note=Message("longest context {context} tokens", context=work.context_tokens),
    )


def _memory(evaluation: Evaluation) -> Iterator[Figure]:
    needed = evaluation.need
    label = Message("Accelerator memory needed")
    if isinstance(needed, Unknown):
        yield Figure(label=label, value=Message("unknown"), note=needed.because)
        return
    if needed is None:
        yield Figure(label=label, value=_NOT_FIXED)
        return
    yield Figure(label=label, value=best_bytes(needed.total_bytes).text(), note=_by_part(needed))
    available = evaluation.memory_bytes_available
    yield Figure(
        label=Message("Accelerator memory there is"),
        value=Message("unknown") if available is None else best_bytes(available).text(),
        note=_fits(evaluation),
    )


def _by_part(needed: MemoryNeed) -> Message:
    if needed.optimiser_bytes:
        return Message(
            "weights {weights}, gradients {gradients}, optimiser {optimiser}, activations {buffers}, runtime {runtime}",
            weights=best_bytes(needed.weights_bytes),
            gradients=best_bytes(needed.gradient_bytes),
            optimiser=best_bytes(needed.optimiser_bytes),
            buffers=best_bytes(needed.activation_bytes),
            runtime=best_bytes(needed.runtime_bytes),
        )
    return Message(
        "weights {weights}, KV cache {cache}, buffers {buffers}, engine {runtime}",
        weights=best_bytes(needed.weights_bytes),
        cache=best_bytes(needed.kv_cache_bytes),
        buffers=best_bytes(needed.activation_bytes),
        runtime=best_bytes(needed.runtime_bytes),
    )


def _fits(evaluation: Evaluation) -> Message | None:
    share = Quantity(evaluation.configuration.headroom, Unit.PERCENT)
    if evaluation.fits is None:
        return None
    if evaluation.fits:
        return Message("enough, with {headroom} kept free", headroom=share)
    return Message("not enough with {headroom} kept free", headroom=share)


def _plan(evaluation: Evaluation) -> Iterator[Figure]:
    if evaluation.accelerator is None:
        return
    plan = evaluation.plan
    yield Figure(
        label=Message("Accelerators"),
        value=f"{evaluation.accelerators} × {evaluation.accelerator.full_name}",
        note=Message(
            "tensor parallel {tp}, pipeline parallel {pp}, expert parallel {ep}, copies {dp}",
            tp=plan.tp,
            pp=plan.pp,
            ep=plan.ep,
            dp=plan.dp,
        ),
    )
    yield from _held_back(evaluation)


def _held_back(evaluation: Evaluation) -> Iterator[Figure]:
    """What lies in host memory."""
    if not isinstance(evaluation.llm, Llm):
        return
    experts, whole = split_offload(evaluation.llm, evaluation.configuration.engine, evaluation.offload_layers)
    note = Message("the accelerators have no room for them")
    if experts:
        yield Figure(label=Message("Layers whose routed experts lie in host memory"), value=f"{experts}", note=note)
    if whole:
        yield Figure(label=Message("Layers in host memory"), value=f"{whole}", note=note)


def speed(evaluation: Evaluation) -> tuple[Figure, ...]:
    """The forecast, each value with its interval."""
    found = evaluation.forecast
    if isinstance(found, Unknown):
        return (Figure(label=Message("Forecast"), value=Message("unknown"), note=found.because),)
    if found is None:
        return ()
    return tuple(_speeds(found))


def _speeds(found: Forecast) -> Iterator[Figure]:
    yield _estimate(Message("Answer of each user"), found.decode_tok_s_per_user, Unit.TOK_S)
    yield _estimate(Message("Output of all users together"), found.output_tok_s_total, Unit.TOK_S)
    yield _estimate(Message("Reading of prompts"), found.prefill_tok_s, Unit.TOK_S)
    yield _estimate(Message("Wait for the first token"), found.ttft_ms.scaled(1e-3), Unit.MILLISECOND)
    yield _estimate(Message("Requests"), found.requests_s, Unit.REQ_S)
    yield Figure(label=Message("Limited by"), value=LIMITED_BY[found.limited_by])


def _estimate(label: Message, value: Estimate, unit: Unit) -> Figure:
    return Figure(
        label=label,
        value=Quantity(value.estimate, unit).text(),
        note=interval(value, unit),
    )


def interval(value: Estimate, unit: Unit) -> Message:
    """The interval in words."""
    return Message(
        "{low} to {high} in four cases of five",
        low=Quantity(value.low80, unit),
        high=Quantity(value.high80, unit),
    )
