"""A server as the simulation sees it: step times, places and cache of one attention copy, and how many copies.

Copies get equal shares of the traffic, so that one of them stands for all. Where they share their experts
(expert parallelism) they step together, and the step time is that of all of them.

The cache is what weights and buffers leave: [bytes] of one token and of a sequence are the line through the need of one
sequence at the usual and at the longest context.
"""

from dataclasses import dataclass, replace

from dsdesk.base.message import Message
from dsdesk.base.source import Unknown
from dsdesk.llm.precision import Engine
from dsdesk.sizing.calibration import Calibration, Spread
from dsdesk.sizing.model_run import ModelRun
from dsdesk.sizing.simulation_loop import Copy
from dsdesk.sizing.simulation_steps import step_times
from dsdesk.sizing.throughput import ready
from dsdesk.sizing.throughput_setup import MOST_SEQUENCES, Setup

# Tokens that one pass of llama.cpp's server takes from all slots, read in pieces of n_ubatch. Source: llama.cpp,
# tools/server/README.md at 00dc8057 of 2026: -b, --batch-size, default 2048; -ub, --ubatch-size, default 512.
_BATCH = 2048
_PLACES = 256  # of engines that run as many sequences as they are told to
# Engines that let a request in only when its whole answer has room. Source: TensorRT-LLM documentation, "Useful Runtime
# Options", capacity scheduler policy GUARANTEED_NO_EVICT (default); llama.cpp divides its context among the slots;
# assumed of the last two.
RESERVING = frozenset({Engine.TENSORRT_LLM, Engine.LLAMA_CPP, Engine.IK_LLAMA_CPP, Engine.KTRANSFORMERS, Engine.MLX})
# Share of the device that the engine fills: vLLM gpu_memory_utilization; the others take what the driver leaves.
_TAKEN = {Engine.VLLM: 0.9, Engine.SGLANG: 0.9, Engine.TENSORRT_LLM: 0.9}
_LEFT_BY_DRIVER = 0.97
_LOADED = 8.0  # sequences of a copy under load, for how much own measurements of smaller and larger batches say of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """What serves.

    Attributes:
        copy: one attention copy.
        copies: how many there are.
        alone: spread of step times with a single request in flight.
        loaded: spread of step times with several.
        first: spread of times to first token.
        distance: from the measurements.
        source: what the step times were fitted on.
    """

    copy: Copy
    copies: int
    alone: Spread
    loaded: Spread
    first: Spread
    distance: str
    source: str

    def scaled(self, factor: float) -> "Server":
        """The same server, `factor` times as slow."""
        return replace(self, copy=replace(self.copy, times=self.copy.times.scaled(factor)))


def server(run: ModelRun, *, input_tokens: int, output_tokens: int, context_tokens: int) -> Server | Unknown:
    """The server of a run, or why there is none.

    `input_tokens` and `output_tokens` are the usual lengths, and `context_tokens` is the longest context that a
    sequence may reach.
    """
    setup = ready(run, (input_tokens, output_tokens, 1))
    if isinstance(setup, Unknown):
        return setup
    usual = input_tokens + output_tokens
    room = _cache(run, usual, max(context_tokens, 2 * usual))
    if isinstance(room, Unknown):
        return room
    copy = _copy(setup, room, run.engine, prompt=input_tokens, context=input_tokens + output_tokens / 2)
    return _of(copy, setup, run.fitted, copies=run.plan.dp)


def _of(copy: Copy, setup: Setup, fitted: Calibration, *, copies: int) -> Server:
    """So many equal copies, with the intervals that measurements of such cases leave."""
    writing = setup.own.write(copies * _LOADED)
    return Server(
        copy=copy,
        copies=copies,
        alone=fitted.spread("decode", setup.distance, setup.factors).with_own(setup.own.write(copies)),
        loaded=fitted.spread("tpot", setup.distance, setup.factors).with_own(writing),
        first=fitted.spread("ttft", setup.distance, setup.factors),
        distance=setup.distance,
        source=fitted.source,
    )


@dataclass(frozen=True, slots=True)
class _Room:
    """Cache on the fullest device [B]: in all, of a token, of a sequence."""

    total: float
    token: float
    sequence: float


def _copy(setup: Setup, room: _Room, engine: Engine, *, prompt: int, context: float) -> Copy:
    """One copy of the model with its cache: what it runs at once, and how long its steps take."""
    most = MOST_SEQUENCES.get(engine, _PLACES)
    budget = max(setup.chunk, _BATCH)
    return Copy(
        times=step_times(setup, most=most, budget=budget, prompt=prompt, context=context),
        budget=budget,
        most=most,
        cache_bytes=room.total,
        token_bytes=room.token,
        sequence_bytes=room.sequence,
        reserves=engine in RESERVING,
    )


def _cache(run: ModelRun, usual: int, longest: int) -> _Room | Unknown:
    device = run.device
    if device.memory_bytes is None:
        return Unknown(Message("the memory of {part} is not published", part=device.full_name))
    first, second = (run.need(context, run.plan.dp) for context in (usual, longest))
    if isinstance(first, Unknown):
        return first
    if isinstance(second, Unknown):
        return second
    taken = _TAKEN.get(run.engine)
    rooms = []
    for short, long in zip(first.devices, second.devices, strict=True):
        token = (long.kv_cache_bytes - short.kv_cache_bytes) / (longest - usual)
        beside = short.weights_bytes + short.activation_bytes + (0 if taken else short.runtime_bytes)
        free = device.memory_bytes * (taken or _LEFT_BY_DRIVER) - beside
        rooms.append(_Room(free, token, max(0.0, short.kv_cache_bytes - token * usual)))
    tightest = min(rooms, key=lambda room: (room.total - room.sequence) / max(1.0, room.token))
    if tightest.total <= tightest.sequence + tightest.token * usual:
        return Unknown(Message("Beside the weights there is no memory for a single request, so nothing is served."))
    return tightest
