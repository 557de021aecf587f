"""How many sequences fit beside the weights, and how many layers must leave for host memory, as the forecast needs it.

`dsdesk.sizing.memory` is the full account; these two are its leading terms, cheap enough for every point of a chart.
"""

from dataclasses import replace
from math import ceil

from dsdesk.hardware.parts import Accelerator
from dsdesk.llm.architecture import Llm
from dsdesk.sizing.names_run import PrecisionRun
from dsdesk.sizing.offload import expert_layers
from dsdesk.sizing.speculation import draft_work
from dsdesk.sizing.step_terms import expert_ways
from dsdesk.sizing.step_work import ModelWork, model_work, read_bytes, scaled_to, shard_share
from dsdesk.sizing.throughput_setup import MOST_SEQUENCES, Setup

_USED = 0.9  # vLLM gpu_memory_utilization, config/cache.py
_MOST_SLOTS = 256.0


def held_bytes(work: ModelWork, setup: Setup) -> float:
    """Weights on one device [B]."""
    plan = setup.place.plan
    split = work.body_bytes / plan.tp + work.copied_bytes + work.expert_bytes / expert_ways(plan)
    return split / plan.pp + work.head_bytes / plan.tp


def _resident_bytes(setup: Setup) -> float:
    """Weights on one device that do not lie in host memory [B]."""
    place = setup.place
    draft = held_bytes(replace(draft_work(setup.work), head_bytes=0.0), setup) if setup.speculation else 0.0
    if not place.offload_experts:
        return held_bytes(setup.work, setup) * place.resident_share + draft
    gone = setup.work.expert_bytes / expert_ways(place.plan) / place.plan.pp * (1.0 - place.resident_share)
    return held_bytes(setup.work, setup) - gone + draft


def most_sequences(setup: Setup, device: Accelerator, context: float) -> float:
    """Sequences of `context` tokens that all copies hold at once, at least one each, at most what the engine runs."""
    plan = setup.place.plan
    cap = float(MOST_SEQUENCES.get(setup.engine, _MOST_SLOTS)) * plan.dp
    if device.memory_bytes is None:
        return cap
    free = device.memory_bytes * _USED - _resident_bytes(setup)
    one = sum(
        read_bytes(group, context, setup.place.kv_bytes) * shard_share(group, plan.tp) for group in setup.work.attention
    )
    return min(cap, max(1.0, free / (one / plan.pp)) * plan.dp) if one > 0 else cap


def offloaded_layers(llm: Llm, precision: PrecisionRun, device: Accelerator, devices: int, context: float) -> int:
    """Layers whose weights (or routed experts) do not fit on `devices` devices; 0 when all fit."""
    if device.memory_bytes is None:
        return 0
    work = model_work(llm, precision.key)
    if precision.weights_bytes:
        work = scaled_to(work, precision.weights_bytes)
    cache = sum(read_bytes(group, context, 2.0) for group in work.attention)
    over = work.weights_bytes + cache - device.memory_bytes * devices * 0.97
    if over <= 0:
        return 0
    movable = work.expert_bytes or work.body_bytes
    layers = len(expert_layers(llm)) or llm.architecture.layer_count
    return min(layers, ceil(over / max(1.0, movable) * layers))
