"""How to split a model over devices: what is allowed, and what is chosen when the user leaves it open."""

from math import prod

from dsdesk.base.message import Message
from dsdesk.base.source import Unknown
from dsdesk.hardware.parts import Accelerator
from dsdesk.hardware.vocabulary import LinkKind
from dsdesk.llm.architecture import Llm
from dsdesk.llm.precision import Engine
from dsdesk.project.project import ParallelChoice
from dsdesk.sizing import memory
from dsdesk.sizing.memory_engine import step_memory
from dsdesk.sizing.parallel_rules import violations
from dsdesk.sizing.results import Interconnect, ParallelPlan

__all__ = ["choose", "violations"]

_LAYER_SPLIT = frozenset({Engine.LLAMA_CPP, Engine.IK_LLAMA_CPP, Engine.KTRANSFORMERS, Engine.MLX})
_FABRIC = frozenset({LinkKind.NVLINK, LinkKind.INFINITY_FABRIC, LinkKind.HCCS})
_USABLE = 0.9  # share of device memory that servers fill by default: vLLM gpu_memory_utilization, config/cache.py


def choose(  # noqa: PLR0913 - a case has this many sides, all named
    llm: Llm,
    *,
    precision: str,
    kv_precision: str,
    engine: Engine,
    device: Accelerator,
    devices: int,
    interconnect: Interconnect,
    choice: ParallelChoice,
    context_tokens: int,
    sequences: int,
    drafts: bool = False,
) -> ParallelPlan:
    """The plan for `devices` devices: what the user fixed, and for the rest the widest split that the engine allows.

    Llama.cpp and its kin split by layers. Servers split tensors inside a node, stages across nodes; where the heads do
    not divide, the largest tensor parallel size that does is taken and the other devices become stages or copies.
    """
    wanted = [plan for plan in _candidates(llm, engine, devices, interconnect) if _agrees(plan, choice)]
    if not wanted:
        return _as_chosen(llm, precision, engine, devices, choice)
    legal = [plan for plan in wanted if not violations(llm, precision, engine, plan)]
    if not legal:
        return _with_reasons(llm, precision, engine, wanted[0])
    for plan in legal:
        fullest = memory.fullest_bytes(
            llm,
            precision=precision,
            kv_precision=kv_precision,
            engine=engine,
            context_tokens=context_tokens,
            sequences=sequences,
            plan=plan,
            device_bytes=step_memory(device),
            drafts=drafts,
        )
        if isinstance(fullest, Unknown) or device.memory_bytes is None:
            break
        if fullest <= device.memory_bytes * _USABLE:
            return _explained(plan, interconnect)
    return _explained(legal[0], interconnect)


def _candidates(llm: Llm, engine: Engine, devices: int, interconnect: Interconnect) -> list[ParallelPlan]:
    """Plans in order of preference."""
    if engine in _LAYER_SPLIT:
        return [ParallelPlan(pp=devices)]
    in_node = max(1, devices // max(1, interconnect.nodes))
    plans = []
    for tp in sorted((n for n in range(1, in_node + 1) if devices % n == 0), reverse=True):
        stages = devices // tp
        plans.append(ParallelPlan(tp=tp, pp=stages))
        if llm.architecture.experts is not None and tp > 1:
            plans.append(ParallelPlan(tp=tp, pp=stages, ep=tp))
        if stages > 1:
            plans.append(ParallelPlan(tp=tp, dp=stages))
    return plans


def _agrees(plan: ParallelPlan, choice: ParallelChoice) -> bool:
    pairs = ((choice.tp, plan.tp), (choice.pp, plan.pp), (choice.ep, plan.ep), (choice.dp, plan.dp))
    return all(fixed is None or fixed == value for fixed, value in pairs)


def _as_chosen(llm: Llm, precision: str, engine: Engine, devices: int, choice: ParallelChoice) -> ParallelPlan:
    """What the user fixed, completed with ones, though nothing here would choose it."""
    fixed = {"tp": choice.tp or 1, "pp": choice.pp or 1, "dp": choice.dp or 1}
    free = next((name for name in ("tp", "pp", "dp") if getattr(choice, name) is None), None)
    if free and devices % prod(fixed.values()) == 0:
        fixed[free] = devices // prod(fixed.values())
    plan = ParallelPlan(tp=fixed["tp"], pp=fixed["pp"], dp=fixed["dp"], ep=choice.ep or 1)
    if plan.devices > devices:
        reason = Message("the plan needs {wanted} devices, there are {devices}", wanted=plan.devices, devices=devices)
        return ParallelPlan(tp=plan.tp, pp=plan.pp, ep=plan.ep, dp=plan.dp, legal=False, reasons=(reason,))
    return _with_reasons(llm, precision, engine, plan)


def _with_reasons(llm: Llm, precision: str, engine: Engine, plan: ParallelPlan) -> ParallelPlan:
    reasons = violations(llm, precision, engine, plan)
    return ParallelPlan(tp=plan.tp, pp=plan.pp, ep=plan.ep, dp=plan.dp, legal=not reasons, reasons=reasons)


def _explained(plan: ParallelPlan, interconnect: Interconnect) -> ParallelPlan:
    reasons = []
    if plan.tp > 1 and interconnect.kind not in _FABRIC:
        reasons.append(Message("tensor parallelism over PCIe: every layer waits for the bus twice"))
    if plan.tp > 1:
        reasons.append(
            Message("each tensor is cut into {tp} parts, so that all devices work on every token", tp=plan.tp)
        )
    if plan.pp > 1:
        reasons.append(Message("layers are dealt out to {pp} devices, which work one after another", pp=plan.pp))
    if plan.ep > 1:
        reasons.append(Message("experts are spread over {ep} devices", ep=plan.ep))
    if plan.dp > 1:
        reasons.append(Message("{dp} copies share the requests", dp=plan.dp))
    return ParallelPlan(tp=plan.tp, pp=plan.pp, ep=plan.ep, dp=plan.dp, reasons=tuple(reasons))
