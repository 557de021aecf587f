"""How much cache fits: engines that take a share of the device fill what weights and buffers leave with cache pages.

[bytes] vLLM: budget = device memory x fraction - weights - activations - 256 MiB outside PyTorch; captured graphs lie
in what the fraction leaves. SGLang measures no step: budget = device memory x fraction - weights - context.
TensorRT-LLM takes a fraction of what is free: budget = (device memory - weights - activations - context) x fraction. It
prints 69,524,783,104 bytes and 132,608 tokens for Llama 2 7B in 8 bit on a card of 80 GB (issue 1400).
[tokens] = budget / bytes a token. Version 0.31 prints 56.21 GiB and 460,496 tokens for Llama 3.1 8B on 79.25 GiB at a
fraction of 0.92.
Source: vLLM 0.33.0 `v1/worker/gpu_worker.py` determine_available_memory; SGLang 0.5.23 `--mem-fraction-static`;
TensorRT-LLM documentation, KvCacheConfig.free_gpu_memory_fraction.
"""

from dsdesk.base.message import Message
from dsdesk.base.source import Unknown
from dsdesk.llm.architecture import Llm
from dsdesk.llm.precision import Engine
from dsdesk.sizing.kv_cache import cache_row
from dsdesk.sizing.memory_draft import draft_weights_bytes
from dsdesk.sizing.memory_engine import COMMUNICATION, CUDA_CONTEXT, Step, activation_bytes, step_on
from dsdesk.sizing.memory_weights import weight_table
from dsdesk.sizing.precisions import KvFormat, weights_bytes
from dsdesk.sizing.results import ParallelPlan

_LONG = 2**20


def cache_budget(
    llm: Llm,
    *,
    precision: str,
    engine: Engine,
    plan: ParallelPlan,
    device_bytes: float,
    fraction: float = 0.9,
    step: Step | None = None,
    drafts: bool = False,
) -> float | Unknown:
    """Bytes left for the cache on each device.

    Args:
        llm: the model.
        precision: key of the weight precision.
        engine: which engine.
        plan: how it is split.
        device_bytes: memory of one device.
        fraction: share of it that the engine may take.
        step: the largest that the engine prepares for, None = its default on such a device.
        drafts: whether a module that drafts tokens is loaded beside the model.
    """
    total = weights_bytes(llm, precision)
    if isinstance(total, Unknown):
        return total
    stage = range(-(-llm.architecture.layer_count // plan.pp))
    held = weight_table(llm, precision, engine).on_device(stage, plan, first=True, last=plan.pp == 1)
    held += draft_weights_bytes(llm, precision, engine, plan) if drafts else 0
    measured = activation_bytes(llm, engine, _LONG, 1, plan, last=True, step=step or step_on(engine, device_bytes))
    if engine is Engine.TENSORRT_LLM:
        budget = (device_bytes - held - measured - CUDA_CONTEXT) * fraction
    else:
        budget = device_bytes * fraction - held
        budget -= CUDA_CONTEXT if engine is Engine.SGLANG else measured + COMMUNICATION
    if budget <= 0:
        return Unknown(Message("The weights of {model} leave no memory for the cache.", model=llm.name))
    return budget


def cache_tokens(llm: Llm, *, form: KvFormat, engine: Engine, plan: ParallelPlan, budget: float) -> float | Unknown:
    """Tokens that the cache holds, over all sequences; what is fixed for each sequence is counted once."""
    if not llm.architecture.attention:
        return Unknown(Message("How {model} keeps its context is not known.", model=llm.name))
    each, fixed = 0.0, 0.0
    for group in llm.architecture.attention:
        row = cache_row(group, form, engine, _LONG, 1)
        share = len(row.layers) / plan.pp / min(plan.tp, row.shards)
        each += row.token_bytes * share
        fixed += (row.layer_bytes - row.token_bytes * _LONG) * share
    if each <= 0:
        return Unknown(Message("The cache of {model} does not grow with the context.", model=llm.name))
    return max(0.0, (budget - fixed) / each)
