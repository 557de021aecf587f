"""From the words of a row to a case or a reason, with every name resolved once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from dsdesk.base.message import Message
from dsdesk.base.source import Unknown
from dsdesk.hardware.parts import Accelerator
from dsdesk.llm.architecture import Llm
from dsdesk.sizing.calibration import Calibration
from dsdesk.sizing.forecast_answer import REGIME
from dsdesk.sizing.forecast_case import Case, Named, make_case, number
from dsdesk.sizing.names import find_llm
from dsdesk.sizing.names_device import find_device
from dsdesk.sizing.names_run import LayoutRun, find_engine, find_layout, find_precision, wide
from dsdesk.sizing.parallel_rules import violations
from dsdesk.sizing.precisions import parse_precision
from dsdesk.sizing.results import ParallelPlan
from dsdesk.sizing.support import Level, runs
from dsdesk.sizing.support_generations import generation


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
            return _unknown(Message("the catalogue has no accelerator {name}", name=row["gpu"]))
        llm = self._llm(row["model"])
        if llm is None:
            return _unknown(Message("the library has no model {name}", name=row["model"]))
        precision = find_precision(row["precision"], llm.native_precision, engine.engine, generation(device).rank)
        if precision is None:
            return _unknown(Message("no precision is known as {name}", name=row["precision"]))
        return Named(llm, device, engine, precision)

    def case(self, row: Mapping[str, str]) -> Case | Refusal:
        """The case of a row, or why it has no number."""
        if row["metric"] not in REGIME:
            return _unknown(Message("no metric is known as {name}", name=row["metric"]))
        named = self.named(row)
        if isinstance(named, Refusal):
            return named
        count = number(row["gpu_count"])
        if count is not None and count < 1 and not row["parallelism"]:
            return Refusal(Status.IMPOSSIBLE, Message("a case needs at least one device"))
        users = number(row["concurrency_or_batch"])
        if users is not None and users < 1 and users <= 0:
            return Refusal(Status.IMPOSSIBLE, Message("a case needs at least one request"))
        layout = _legal(find_layout(row["parallelism"], int(count or 1), named.engine.engine), named)
        level = runs(named.device, parse_precision(named.precision.key), named.engine.engine)
        if level.level is Level.NO:
            return Refusal(Status.IMPOSSIBLE, level.because)
        for plan in (layout.plan, layout.prefill):
            broken = violations(named.llm, named.precision.key, named.engine.engine, plan) if plan else ()
            if broken:
                return Refusal(Status.IMPOSSIBLE, broken[0])
        case = make_case(row, named, layout, self._calibration)
        if isinstance(case, Unknown):
            zero = "zero tokens" in case.because.text
            return Refusal(Status.IMPOSSIBLE if zero else Status.UNKNOWN, case.because)
        return case


def _legal(layout: LayoutRun, named: Named) -> LayoutRun:
    experts = named.llm.architecture.experts
    if experts is None:
        return layout

    def mended(plan: ParallelPlan) -> ParallelPlan:
        broken = violations(named.llm, named.precision.key, named.engine.engine, plan)
        return wide(plan, experts.routed) if broken else plan

    return replace(layout, plan=mended(layout.plan), prefill=mended(layout.prefill) if layout.prefill else None)


def _unknown(because: Message) -> Refusal:
    return Refusal(Status.UNKNOWN, because)
