"""The method of every memory figure as one text: docs/method/memory.md, and what "why" refers to."""

import inspect

from dsdesk.sizing import (
    finetune,
    gguf_mix,
    kv_cache,
    memory,
    memory_capacity,
    memory_draft,
    memory_engine,
    memory_graph,
    memory_placement,
    memory_pool,
    memory_weights,
    offload,
    precisions,
    training_memory,
)

_CHAPTERS = (
    ("The whole", memory),
    ("Weights in safetensors", precisions),
    ("Weights in GGUF", gguf_mix),
    ("Where weights lie", memory_weights),
    ("Layers over devices", memory_placement),
    ("What leaves for host memory", offload),
    ("KV cache", kv_cache),
    ("llama.cpp's compute buffer", memory_graph),
    ("llama.cpp's pool on ROCm", memory_pool),
    ("Other engines' buffers", memory_engine),
    ("How much cache fits", memory_capacity),
    ("The module that drafts tokens", memory_draft),
    ("Fine-tuning", finetune),
    ("Fine-tuning as a workload", training_memory),
)


def method_text() -> str:
    """The chapters, each what its module says of itself, and the formulas of the KV cache by attention kind."""
    parts = ["# How dsdesk counts memory\n"]
    parts += [f"## {title}\n\n{inspect.cleandoc(module.__doc__ or '')}\n" for title, module in _CHAPTERS]
    return "\n".join(parts)
