"""Memory of the module that drafts tokens: its weights and its cache, on the devices of the last pipeline stage.

Engines that draft with a model's own multi-token-prediction layers load them; counted is all that the checkpoint holds
of them, copies of embedding and output matrix too, which some engines share. Where a model has none, the draft is taken
as one layer like its last, as the forecast takes it (see `sizing.speculation`). The draft keeps its context as the last
layer of the model does.

Source: DeepSeek-V3, arXiv 2412.19437, section 2.2; vLLM 0.33.0 `models/deepseek_mtp.py`; docs.vllm.ai, features,
speculative decoding, MTP.
"""

from functools import lru_cache

from dsdesk.base.source import Unknown
from dsdesk.llm.architecture import Llm
from dsdesk.llm.precision import Engine
from dsdesk.sizing.gguf_mix import MIXES
from dsdesk.sizing.kv_cache import CacheRow
from dsdesk.sizing.memory_weights import loaded_parameters, weight_table
from dsdesk.sizing.precisions import group_bytes, weights_bytes
from dsdesk.sizing.results import ParallelPlan


def draft_weights_bytes(llm: Llm, precision: str, engine: Engine, plan: ParallelPlan) -> int:
    """Bytes of the drafting module's weights on one device of the last stage, cut as the last layer is."""
    table, count = weight_table(llm, precision, engine), llm.architecture.layer_count
    last = range(count - 1, count)
    held, whole = table.on_device(last, plan, first=False, last=False), table.layer_bytes(last)
    own = _prediction_bytes(llm, precision)
    return round(own * held / whole if own and whole else held)


def draft_cache_bytes(llm: Llm, rows: tuple[CacheRow, ...], plan: ParallelPlan) -> float:
    """Bytes of the drafting module's context on one device of the last stage, given the rows of the model's own."""
    last = max(rows, key=lambda row: row.layers[-1])
    return last.layer_bytes * max(1, llm.architecture.mtp_layers) / min(plan.tp, last.shards)


@lru_cache(maxsize=256)
def _prediction_bytes(llm: Llm, precision: str) -> float:
    """Bytes of all multi-token-prediction layers, 0 where the model has none; in GGUF at the model's mean width."""
    groups = [one for one in llm.architecture.tensors if one.mtp]
    whole, count = weights_bytes(llm, precision), loaded_parameters(llm)
    if precision in MIXES and not isinstance(whole, Unknown) and count:
        return sum(one.parameters for one in groups) * whole / count
    return float(sum(group_bytes(llm, one, precision) for one in groups))
