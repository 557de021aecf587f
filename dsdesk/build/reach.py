"""How far a machine reaches with a model: the longest context, the most sequences, the tokens in the cache.

Each is the largest value that still fits with the headroom when everything else stays as it is; memory grows with
both, so that bisection finds them. [tokens] vLLM and SGLang fill a share of the device with cache, TensorRT-LLM one of
what is free, here 0.9: what fits into it is shared by all sequences.
Source: vLLM 0.33.0 `config/cache.py` gpu_memory_utilization; SGLang 0.5.23 `--mem-fraction-static`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from dsdesk.base.source import Unknown
from dsdesk.build.serving import Served
from dsdesk.build.sized import Sized, memory_of, need_of
from dsdesk.llm.architecture import Llm
from dsdesk.llm.precision import Engine
from dsdesk.project.project import Configuration, UseCase, Workload
from dsdesk.sizing.fitting import fits
from dsdesk.sizing.memory import fullest_bytes
from dsdesk.sizing.memory_capacity import cache_budget, cache_tokens
from dsdesk.sizing.memory_engine import step_memory, step_on
from dsdesk.sizing.offload import left_on_drive
from dsdesk.sizing.precisions import parse_kv_precision
from dsdesk.sizing.results import MemoryNeed

_STEP = 1024
_LONGEST = 1_048_576  # where a model does not say how long it reads
_MOST = 4096
_FRACTION = 0.9
_POOLED = frozenset({Engine.VLLM, Engine.SGLANG, Engine.TENSORRT_LLM})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """The largest workloads that fit.

    Attributes:
        context_tokens: longest context of every sequence, 0 where not even 1,024 tokens fit.
        whole_context: whether that is all that the model was made for.
        sequences: most sequences at the context reserved; in fine-tuning examples a step on each device. 0 = none.
        cache_tokens: what the engine's cache holds over all sequences, None where it is not a pool or not known.
        drive_bytes: weights that exceed the memory of the host and are read from the drive (see `sizing.offload`).
    """

    context_tokens: int
    whole_context: bool
    sequences: int
    cache_tokens: int | None = None
    drive_bytes: int = 0


def reach(llm: Llm, configuration: Configuration, served: Served, sized: Sized) -> Reach | None:
    """How far the machine reaches; None without a need or without an accelerator whose memory is known."""
    if served.memory_bytes is None or not isinstance(sized.need, MemoryNeed):
        return None
    is_training = configuration.workload.use_case is UseCase.FINETUNE

    def holds(workload: Workload) -> bool:
        if is_training:
            needed = need_of(llm, replace(configuration, workload=workload), sized.plan)
            return fits(needed, served.memory_bytes, configuration.headroom) is True
        changed = replace(configuration, workload=workload)
        asked = memory_of(changed, sized.plan, offload_layers=sized.offload_layers, device=served.accelerator)
        fullest = fullest_bytes(llm, **asked)
        return not isinstance(fullest, Unknown) and fullest <= room

    def holds_context(steps: int) -> bool:
        return holds(replace(configuration.workload, context_tokens=min(longest, steps * _STEP)))

    def holds_sequences(count: int) -> bool:
        if is_training:
            return holds(replace(configuration.workload, finetune_batch=count))
        return holds(replace(configuration.workload, sequences=count))

    room = served.memory_bytes * (1 - configuration.headroom)
    longest = llm.architecture.max_context_tokens or _LONGEST
    context = min(longest, _STEP * _most(holds_context, -(-longest // _STEP)))
    return Reach(
        context_tokens=context,
        whole_context=context == llm.architecture.max_context_tokens,
        sequences=_most(holds_sequences, _MOST),
        cache_tokens=None if is_training else _cache_tokens(llm, configuration, served, sized),
        drive_bytes=left_on_drive(
            sized.need.host_bytes, served.host.memory_bytes, configuration.engine, configuration.headroom
        ),
    )


def _most(holds: Callable[[int], bool], limit: int) -> int:
    """The largest number up to `limit` that holds, to one part in 64; 0 if not even one does."""
    if not holds(1):
        return 0
    low, high = 1, 2
    while high < limit and holds(high):
        low, high = high, 2 * high
    if high >= limit:
        if holds(limit):
            return limit
        high = limit
    while high - low > max(1, low // 64):
        middle = (low + high) // 2
        if holds(middle):
            low = middle
        else:
            high = middle
    return low


def _cache_tokens(llm: Llm, configuration: Configuration, served: Served, sized: Sized) -> int | None:
    if configuration.engine not in _POOLED or served.memory_bytes is None:
        return None
    budget = cache_budget(
        llm,
        precision=configuration.precision,
        engine=configuration.engine,
        plan=sized.plan,
        device_bytes=served.memory_bytes,
        fraction=_FRACTION,
        step=step_on(configuration.engine, step_memory(served.accelerator)),
        drafts=configuration.speculation is not None,
    )
    if isinstance(budget, Unknown):
        return None
    form = parse_kv_precision(configuration.kv_precision)
    tokens = cache_tokens(llm, form=form, engine=configuration.engine, plan=sized.plan, budget=budget)
    return None if isinstance(tokens, Unknown) else int(tokens) * sized.plan.dp
