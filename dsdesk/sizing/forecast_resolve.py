"""From the words of a row to a case or a reason, with every name resolved once."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from dsdesk.base.message import N_, Message
from dsdesk.base.source import Unknown
from dsdesk.base.units import Quantity, Unit
from dsdesk.hardware.parts import Accelerator
from dsdesk.llm.architecture import Llm
from dsdesk.sizing.calibration import Calibration
from dsdesk.sizing.forecast_answer import REGIME
from dsdesk.sizing.forecast_case import Case, Named, make_case, number
from dsdesk.sizing.names import find_llm
from dsdesk.sizing.names_device import counted, devices_in_all, find_device, no_forecast
from dsdesk.sizing.names_run import LayoutRun, find_engine, find_file_bytes, find_layout, find_precision, wide
from dsdesk.sizing.parallel_rules import violations
from dsdesk.sizing.precisions import parse_precision
from dsdesk.sizing.results import ParallelPlan
from dsdesk.sizing.step_work import model_work, read_bytes, shard_share
from dsdesk.sizing.support import Level, runs
from dsdesk.sizing.support_generations import generation
from dsdesk.sizing.throughput_capacity import held_bytes
from dsdesk.sizing.throughput_setup import LAYER_SPLIT


class Status(StrEnum):
    """What a row gets."""

    OK = "ok"
    UNKNOWN = "unknown"
    IMPOSSIBLE = "impossible"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a row has no number."""

    status: Status
    because: Message


class Resolver:
    """Names of one catalogue to values, each name looked up once."""

    def __init__(self, llms: Iterable[Llm], devices: Iterable[Accelerator], calibration: Calibration) -> None:
        self._llms = tuple(llms)
        self._devices = tuple(devices)
        self._calibration = calibration
        self._llm = lru_cache(maxsize=None)(lambda name: find_llm(name, self._llms))
        self._device = lru_cache(maxsize=None)(lambda name: find_device(name, self._devices))

    def named(self, row: Mapping[str, str]) -> Named | Refusal:
        """The names of a row."""
        engine = find_engine(row["engine"])
        if engine is None:
            return _unknown(Message("no engine is known as {name}", name=row["engine"]))
        device = self._device(row["gpu"])
        if device is None:
            missing = Message("the catalogue has no accelerator {name}", name=row["gpu"])
            return _unknown(no_forecast(row["gpu"]) or missing)
        llm = self._llm(row["model"])
        if llm is None:
            return _unknown(Message("the library has no model {name}", name=row["model"]))
        precision = find_precision(_stated(row), llm.native_precision, engine.engine, generation(device).rank)
        if precision is None:
            return _unknown(Message("no precision is known as {name}", name=row["precision"]))
        stated = precision.weights_bytes or find_file_bytes(row["notes"])
        return Named(llm, device, engine, replace(precision, weights_bytes=stated))

    def case(self, row: Mapping[str, str]) -> Case | Refusal:
        """The case of a row, or why it has no number."""
        if not any(row.values()):
            return _unknown(Message(N_("the row is empty")))
        if row["metric"] not in REGIME:
            return _unknown(Message("no metric is known as {name}", name=row["metric"]))
        named = self.named(row)
        if isinstance(named, Refusal):
            return named
        refusal = _counts(row)
        if refusal is not None:
            return refusal
        in_all = _in_all(row)
        if isinstance(in_all, Unknown):
            return _unknown(in_all.because)
        row = {**row, "gpu_count": in_all}
        layout = _layout(row, named)
        refusal = _plan(layout, named)
        if refusal is not None:
            return refusal
        case = make_case(row, named, layout, self._calibration)
        if isinstance(case, Unknown):
            zero = "zero tokens" in case.because.text
            return Refusal(Status.IMPOSSIBLE if zero else Status.UNKNOWN, case.because)
        return _holds(case, named) or case


def _counts(row: Mapping[str, str]) -> Refusal | None:
    for name in ("gpu_count", "isl", "osl"):
        text, value = row[name], number(row[name])
        if text and (value is None or value != int(value)):
            return _unknown(Message("{text} is no whole number, and {column} takes one", text=text, column=name))
        if value is not None and value > _MOST_COUNTED:
            return Refusal(Status.IMPOSSIBLE, Message("no engine counts to {text}", text=text))
    devices, users = number(row["gpu_count"]), number(row["concurrency_or_batch"])
    if devices is not None and devices < 1 and not row["parallelism"]:
        return Refusal(Status.IMPOSSIBLE, Message("a case needs at least one device"))
    if users is not None and users <= 0:
        return Refusal(Status.IMPOSSIBLE, Message("a case needs at least one request"))
    return None


def _in_all(row: Mapping[str, str]) -> str | Unknown:
    """The count of a row, with that of "4x H100" in it; as it stands where the name has none."""
    named, stated = counted(row["gpu"])[0], number(row["gpu_count"])
    if named == 1:
        return row["gpu_count"]
    total = devices_in_all(named, None if stated is None else int(stated))
    return total if isinstance(total, Unknown) else str(total)


def _layout(row: Mapping[str, str], named: Named) -> LayoutRun:
    devices, engine = int(number(row["gpu_count"]) or 1), named.engine.engine
    if not row["parallelism"] and number(row["concurrency_or_batch"]) is None and engine not in LAYER_SPLIT:
        return LayoutRun(_copies(named, devices))
    layout = find_layout(row["parallelism"], devices, engine)
    return _legal(layout, named) if layout.prefill is not None or "moe_tp" in row["parallelism"] else layout


def _plan(layout: LayoutRun, named: Named) -> Refusal | None:
    engine, key = named.engine.engine, named.precision.key
    support = runs(named.device, parse_precision(key), engine)
    if support.level is Level.NO:
        return Refusal(Status.IMPOSSIBLE, support.because)
    for plan in (layout.plan, layout.prefill):
        broken = violations(named.llm, key, engine, plan, blocks=False) if plan else ()
        if broken:
            return Refusal(Status.IMPOSSIBLE, broken[0])
    return None


def _holds(case: Case, named: Named) -> Refusal | None:
    """What cannot fit may lie in host memory only where the engine does that."""
    memory = named.device.memory_bytes
    held = held_bytes(case.decode.work, case.decode)
    if memory is None or case.decode.engine in LAYER_SPLIT:
        return None
    if held > memory * _WEIGHTS_MOST:
        gib = Quantity(held, Unit.GIB)
        return Refusal(Status.IMPOSSIBLE, Message("one device would have to hold {size} of weights", size=gib))
    tokens = case.input_tokens + case.output_tokens + case.depth
    cache = _cache_bytes(case, tokens)
    if held + cache <= memory * _WEIGHTS_MOST:
        return None
    text = N_("the cache of one request of {tokens} tokens takes {size} of a device, which the weights do not leave")
    return Refusal(Status.IMPOSSIBLE, Message(text, tokens=f"{tokens:,.0f}", size=Quantity(cache, Unit.GIB)))


def _cache_bytes(case: Case, tokens: float) -> float:
    """Cache of one request on one device [B]."""
    place = case.decode.place
    groups = case.decode.work.attention
    return (
        sum(read_bytes(one, tokens, place.kv_bytes) * shard_share(one, place.plan.tp) for one in groups) / place.plan.pp
    )


def _stated(row: Mapping[str, str]) -> str:
    """The precision of a row; where it is empty, what the name of the checkpoint ends in."""
    text = row["precision"].strip()
    in_name = re.search(r"[-.](fp8|nvfp4|fp4|mxfp4|awq|gptq|bf16|(?:ud-)?i?q\d\w*)$", row["model"].lower())
    return in_name[1] if in_name and (not text or text.startswith("(")) else row["precision"]


_MOST_COUNTED = 2**31  # engines keep such numbers in 32 bits
_WEIGHTS_MOST = 1.02  # sizes of files and of devices are known to about that
_WEIGHTS_SHARE = 0.6  # of device memory, so that the cache has room for a large batch


def _copies(named: Named, devices: int) -> ParallelPlan:
    """The plan of a server under all the load it can take: as many copies as leave room for a large batch."""
    weights = model_work(named.llm, named.precision.key).weights_bytes
    memory = named.device.memory_bytes or float("inf")
    tp = 1
    while tp < devices and devices % (2 * tp) == 0 and weights / tp > memory * _WEIGHTS_SHARE:
        tp *= 2
    return ParallelPlan(tp=tp, dp=devices // tp)


def _legal(layout: LayoutRun, named: Named) -> LayoutRun:
    """The layout with wide plans understood, for sources that print how many devices where others print TP."""
    experts = named.llm.architecture.experts
    if experts is None:
        return layout

    def mended(plan: ParallelPlan) -> ParallelPlan:
        if plan.dp > 1 and plan.ep == 1:  # copies of attention share one set of experts
            plan = replace(plan, ep=min(plan.tp * plan.dp, experts.routed))
        broken = violations(named.llm, named.precision.key, named.engine.engine, plan, blocks=False)
        counted = layout.prefill is not None  # such sources print devices of a worker where others print its TP
        return wide(plan, experts.routed) if broken or counted else plan

    return replace(layout, plan=mended(layout.plan), prefill=mended(layout.prefill) if layout.prefill else None)


def _unknown(because: Message) -> Refusal:
    return Refusal(Status.UNKNOWN, because)
