"""What the detected machine can run now: every listed model at the precisions and engines that make sense on it."""

import gc
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum

from dsdesk.base.message import N_, Message
from dsdesk.base.source import Unknown
from dsdesk.base.units import Estimate
from dsdesk.build.serving import Served
from dsdesk.build.sized import Sized, sized
from dsdesk.llm.architecture import Llm
from dsdesk.llm.precision import Engine, PrecisionFamily
from dsdesk.project.project import Configuration, Workload
from dsdesk.sizing.fitting import OFFLOADING, fits
from dsdesk.sizing.precisions import PRECISIONS, weights_bytes
from dsdesk.sizing.results import Forecast, MemoryNeed
from dsdesk.sizing.support import Level, runs

_SERVED = ("bf16", "fp8", "awq")
_GGUF = ("q8_0", "q4_k_m", "q3_k_m")
_MLX = ("mlx_8bit", "mlx_4bit")
_SERVERS = (Engine.VLLM, Engine.SGLANG, Engine.TENSORRT_LLM)
_ENGINES = (*_SERVERS, Engine.LLAMA_CPP, Engine.MLX)
# Precisions go from fine to coarse; when so many fit in an engine, coarser ones would only lose quality.
_ENOUGH = 2
# Below so many bits a weight, models lose more than their size gains them (llama.cpp, tools/quantize/README.md).
_COARSE_BITS = 4.2
_STEP = 1024  # contexts are told in whole steps of this many tokens
READABLE_TOK_S = 10.0  # about twice the speed at which people read; a wish that the user may change


class Verdict(StrEnum):
    """How a model lies on the machine."""

    FITS = "fits"
    OFFLOAD = "offload"
    NO = "no"
    UNKNOWN = "unknown"


class Wish(StrEnum):
    """What "best" means to the user."""

    MODEL = "model"
    SPEED = "speed"
    CONTEXT = "context"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One row of the table.

    Attributes:
        model: id of the language model.
        name: what people call it.
        parameters: of the model, None if they cannot be counted.
        precision: key of the weight precision.
        engine: which engine.
        verdict: whether it lies on the accelerators, partly in host memory, or nowhere.
        weights_bytes: of the file to get.
        offload_layers: layers in host memory.
        decode_tok_s: speed while an answer is written, None without a forecast.
        context: longest context of one user that the memory left over holds [tokens].
        limited_by: what limits the speed.
        because: why it does not fit, or why there is no forecast.
        sized: all of the calculation, for a launch command.
    """

    model: str
    name: str
    parameters: int | None
    precision: str
    engine: Engine
    verdict: Verdict
    weights_bytes: int | None = None
    offload_layers: int = 0
    decode_tok_s: Estimate | None = None
    context: int | None = None
    limited_by: str = ""
    because: Message | None = None
    sized: Sized | None = None

    @property
    def fits(self) -> bool:
        """Whether it runs at all, in host memory too."""
        return self.verdict in {Verdict.FITS, Verdict.OFFLOAD}


def table(llms: Iterable[Llm], served: Served, workload: Workload | None = None) -> tuple[Run, ...]:
    """Every model at every sensible precision and engine, in the order of the library.

    Args:
        llms: models.
        served: the machine.
        workload: what is asked of it; None = one person chatting.
    """
    with _without_collection():
        return _table(llms, served, workload or Workload())


@contextmanager
def _without_collection() -> Iterator[None]:
    """Many small values are made and none in a cycle: looking for cycles would cost a fifth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _table(llms: Iterable[Llm], served: Served, wanted: Workload) -> tuple[Run, ...]:
    cache: dict[tuple[object, ...], Run] = {}
    rows = []
    for llm in llms:
        fitting: Counter[Engine] = Counter()
        for precision, engine in _choices(llm, served):
            if fitting[engine] == _ENOUGH:
                continue
            # Fine-tunes share the shape of their base model, and so every figure.
            key = (llm.architecture, llm.native_precision, llm.storage, precision, engine)
            if key not in cache:
                cache[key] = _run(llm, precision, engine, served, wanted)
            rows.append(_renamed(cache[key], llm))
            fitting[engine] += cache[key].verdict is Verdict.FITS
    return tuple(rows)


def _renamed(run: Run, llm: Llm) -> Run:
    if run.model == llm.id:
        return run
    return replace(run, model=llm.id, name=llm.name)


def _choices(llm: Llm, served: Served) -> Iterator[tuple[str, Engine]]:
    """Precision and engine pairs that the machine runs and that are not wider than the published weights."""
    device = served.accelerator
    native = PRECISIONS.get(llm.native_precision)
    most_bits = native.nominal_bits if native else 16.0
    served_keys = (llm.native_precision, *_SERVED)
    for engine in _ENGINES:
        keys = _GGUF if engine is Engine.LLAMA_CPP else _MLX if engine is Engine.MLX else served_keys
        if device is None and engine is not Engine.LLAMA_CPP:
            continue
        for key in dict.fromkeys(keys):
            precision = PRECISIONS.get(key)
            if precision is None or (precision.nominal_bits > most_bits + 1 and key != llm.native_precision):
                continue
            if engine in _SERVERS and precision.family is PrecisionFamily.GGUF:
                continue
            if device is None or runs(device, precision, engine).level not in {Level.NO, Level.UNKNOWN}:
                yield key, engine


def _run(llm: Llm, precision: str, engine: Engine, served: Served, workload: Workload) -> Run:
    weights = weights_bytes(llm, precision)
    plain = Run(
        model=llm.id,
        name=llm.name,
        parameters=llm.parameters_published,
        precision=precision,
        engine=engine,
        verdict=Verdict.UNKNOWN,
        weights_bytes=None if isinstance(weights, Unknown) else weights,
    )
    if isinstance(weights, Unknown):
        return replace(plain, because=weights.because)
    room = (served.memory_bytes or 0) * served.count
    spill = served.host.memory_bytes or 0 if engine in OFFLOADING and not _is_unified(served) else 0
    if served.accelerator is not None and served.memory_bytes is None:
        return replace(plain, because=Message(N_("how much of its memory the accelerator may use is not published")))
    if weights > room + spill:
        return replace(plain, verdict=Verdict.NO, because=Message(N_("the weights alone are larger than the memory")))
    configuration = Configuration(precision=precision, engine=engine, workload=workload)
    return _judged(plain, llm, sized(llm, configuration, served), configuration, served)


def _is_unified(served: Served) -> bool:
    return served.accelerator is not None and served.accelerator.unified_memory


def _judged(plain: Run, llm: Llm, found: Sized, configuration: Configuration, served: Served) -> Run:
    need, speed = found.need, found.forecast
    if not isinstance(need, MemoryNeed):
        unknown = need.because if isinstance(need, Unknown) else Message(N_("its memory cannot be told"))
        return replace(plain, because=unknown)
    if served.accelerator is None:
        return _on_processor(plain, need, served, found)
    verdict = _verdict(need, found.offload_layers, configuration.headroom, served)
    because: Message | None = None
    if verdict is Verdict.NO:
        because = Message(N_("with its cache it is larger than the memory"))
    elif isinstance(speed, Unknown):
        because = speed.because
    told = isinstance(speed, Forecast) and verdict is not Verdict.NO
    return replace(
        plain,
        verdict=verdict,
        parameters=plain.parameters or need.parameters,
        offload_layers=found.offload_layers,
        decode_tok_s=speed.decode_tok_s_per_user if isinstance(speed, Forecast) and told else None,
        limited_by=speed.limited_by.value if isinstance(speed, Forecast) and told else "",
        context=_longest(need, llm, configuration, served) if verdict is not Verdict.NO else None,
        because=because,
        sized=found,
    )


def _verdict(need: MemoryNeed, offload_layers: int, headroom: float, served: Served) -> Verdict:
    if not fits(need, served.memory_bytes, headroom):
        return Verdict.NO
    if not offload_layers:
        return Verdict.FITS
    host = served.host.memory_bytes
    return Verdict.OFFLOAD if host is None or need.host_bytes <= host * (1 - headroom) else Verdict.NO


def _on_processor(plain: Run, need: MemoryNeed, served: Served, found: Sized) -> Run:
    host = served.host.memory_bytes
    verdict = Verdict.UNKNOWN if host is None else Verdict.FITS if need.total_bytes <= host * 0.8 else Verdict.NO
    because = Message(N_("there is no forecast for a processor without an accelerator"))
    return replace(plain, verdict=verdict, parameters=plain.parameters or need.parameters, because=because, sized=found)


def _longest(need: MemoryNeed, llm: Llm, configuration: Configuration, served: Served) -> int | None:
    """Tokens of context that the free memory holds, at most those of the model."""
    most = llm.architecture.max_context_tokens
    each = need.kv_cache_bytes_per_token
    if not each or served.memory_bytes is None or not need.devices:
        return most
    usable = served.memory_bytes * (1 - configuration.headroom)
    free = min(usable - device.total_bytes for device in need.devices) * len(need.devices)
    tokens = configuration.workload.context_tokens + int(max(0.0, free) / each)
    tokens = min(tokens, most) if most else tokens
    return max(_STEP, tokens // _STEP * _STEP)


_RANK = {Verdict.FITS: 0, Verdict.OFFLOAD: 1, Verdict.UNKNOWN: 2, Verdict.NO: 3}


def ranked(rows: Iterable[Run], wish: Wish = Wish.MODEL, faster_than: float = READABLE_TOK_S) -> tuple[Run, ...]:
    """The best first.

    Args:
        rows: of the table.
        wish: MODEL: the largest model that is faster than `faster_than`, at the finest precision; SPEED: the fastest;
            CONTEXT: the longest context.
        faster_than: tokens a second that the user wants to see [1/s].
    """

    def key(run: Run) -> tuple[float, ...]:
        speed = run.decode_tok_s.estimate if run.decode_tok_s else 0.0
        bits = PRECISIONS[run.precision].nominal_bits
        size = float(run.parameters or 0)
        slow = (0.0 if speed >= faster_than else 1.0) + (0.5 if bits < _COARSE_BITS else 0.0)
        if run.verdict is Verdict.NO:
            return (3.0, 0.0, float(run.weights_bytes or 0), 0.0, 0.0)
        if wish is Wish.SPEED:
            return (_RANK[run.verdict], -speed, -size, -bits, 0.0)
        if wish is Wish.CONTEXT:
            return (slow + _RANK[run.verdict], -float(run.context or 0), -size, -bits, -speed)
        return (slow + (2.0 if run.verdict is Verdict.UNKNOWN else 0.0), -size, -bits, -speed, _RANK[run.verdict])

    return tuple(sorted(rows, key=key))
