"""Where the weights of a model come to lie: by pipeline stage and in host memory, for one precision, engine and plan.

Layers are dealt to pipeline stages evenly, the remainder to the first stages. llama.cpp counts the output matrix as
one more layer and deals from the first device on: Llama 3 8B on four equal cards lies as 9, 8, 8 and 7 layers with the
output.
"""

from dataclasses import dataclass
from functools import lru_cache

from dsdesk.llm.architecture import Llm
from dsdesk.llm.precision import Engine
from dsdesk.sizing.kv_cache import LLAMA, UBATCH
from dsdesk.sizing.memory_weights import WeightTable, weight_table
from dsdesk.sizing.offload import by_experts, copies_experts, layers_in_host, split_offload
from dsdesk.sizing.results import ParallelPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What every device of a pipeline stage holds.

    Attributes:
        layers: transformer layers.
        weights_bytes: of one device.
        copied_bytes: largest expert tensor that it copies from host memory for long prompts, 0 where none lies there.
    """

    layers: range
    weights_bytes: int
    copied_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Weights on devices and in host memory.

    Attributes:
        stages: pipeline stages.
        host_bytes: weights in host memory.
        host_layers: whole layers there, which take their cache along with llama.cpp.
        expert_layers: layers whose routed experts lie there.
    """

    stages: tuple[Stage, ...]
    host_bytes: float
    host_layers: range
    expert_layers: tuple[int, ...] = ()


def stage_layers(layer_count: int, plan: ParallelPlan, engine: Engine, stage: int, offload: int = 0) -> range:
    """The layers of one pipeline stage; `offload` of them, from the first on, lie in host memory.

    llama.cpp counts the output as one more layer and cuts by equal shares from the first layer on a device; the others
    give the remainder to the earlier stages.
    """
    if engine in LLAMA:
        units = layer_count - offload + 1
        start = offload + -(-units * stage // plan.pp)
        stop = offload + -(-units * (stage + 1) // plan.pp)
        return range(start, min(stop, layer_count))
    base, more = divmod(layer_count - offload, plan.pp)
    start = offload + stage * base + min(stage, more)
    return range(start, start + base + (1 if stage < more else 0))


def placement(llm: Llm, precision: str, engine: Engine, plan: ParallelPlan, offload_layers: int) -> Placement:
    """Where the weights lie; `offload_layers` counts as `sizing.offload` says."""
    return _placement(llm, precision, engine, (plan.tp, plan.pp, plan.ep), offload_layers)


@lru_cache(maxsize=1024)
def _placement(llm: Llm, precision: str, engine: Engine, sizes: tuple[int, int, int], offload_layers: int) -> Placement:
    plan = ParallelPlan(tp=sizes[0], pp=sizes[1], ep=sizes[2])
    table = weight_table(llm, precision, engine)
    count = llm.architecture.layer_count
    if offload_layers and by_experts(llm, engine):
        return _with_experts_in_host(llm, table, engine, plan, offload_layers)
    whole = min(offload_layers, count)
    cut = tuple(stage_layers(count, plan, engine, stage, whole) for stage in range(plan.pp))
    stages = tuple(
        Stage(layers=layers, weights_bytes=round(_held(table, layers, plan, number)))
        for number, layers in enumerate(cut)
    )
    host = table.host_bytes() + table.layer_bytes(range(whole))
    return Placement(stages=stages, host_bytes=host, host_layers=range(whole))


def _with_experts_in_host(
    llm: Llm, table: WeightTable, engine: Engine, plan: ParallelPlan, offload_layers: int
) -> Placement:
    count, whole = split_offload(llm, engine, offload_layers)
    cut = tuple(stage_layers(llm.architecture.layer_count, plan, engine, stage, whole) for stage in range(plan.pp))
    gone = layers_in_host(llm, cut, count)
    ways = max(plan.tp, plan.ep)
    largest = round(table.largest_expert_bytes())
    copied = engine in LLAMA and copies_experts(llm, engine, UBATCH)
    stages = tuple(
        Stage(
            layers=layers,
            weights_bytes=round(_held(table, layers, plan, number) - table.expert_bytes(away) / ways),
            copied_bytes=largest if away and copied else 0,
        )
        for number, (layers, away) in enumerate(zip(cut, gone, strict=True))
    )
    moved = tuple(one for away in gone for one in away)
    host = table.host_bytes() + table.expert_bytes(moved) + table.layer_bytes(range(whole))
    return Placement(stages=stages, host_bytes=host, host_layers=range(whole), expert_layers=moved)


def _held(table: WeightTable, layers: range, plan: ParallelPlan, stage: int) -> float:
    return table.on_device(layers, plan, first=stage == 0, last=stage == plan.pp - 1)
