"""Language models of our own making, with the shapes of published ones."""

import json
from typing import Any

from dsdesk.llm.architecture import Llm
from dsdesk.llm.config_json import read_config


def dense_llm(llm_id: str = "acme/dense-8b", **changes: Any) -> Llm:
    """A dense model of 8e9 parameters with grouped heads (32 and 8) and 131,072 positions."""
    config: dict[str, Any] = {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "hidden_size": 4096,
        "intermediate_size": 14336,
        "num_hidden_layers": 32,
        "num_attention_heads": 32,
        "num_key_value_heads": 8,
        "vocab_size": 128256,
        "max_position_embeddings": 131072,
        "tie_word_embeddings": False,
        "torch_dtype": "bfloat16",
    }
    return read_config(json.dumps({**config, **changes}), id=llm_id, name=llm_id.rpartition("/")[2])
