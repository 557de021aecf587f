"""Small model files written byte by byte, as the public specifications of their formats say."""

import json
import struct
from pathlib import Path

TYPES = {int: (4, "<I"), float: (6, "<f")}


def gguf_text(text):
    return struct.pack("<Q", len(text)) + text.encode()


def gguf_value(value):
    if isinstance(value, str):
        return struct.pack("<I", 8) + gguf_text(value)
    if isinstance(value, list):
        items = (
            b"".join(gguf_text(one) for one in value)
            if isinstance(value[0], str)
            else struct.pack(f"<{len(value)}I", *value)
        )
        return struct.pack("<IIQ", 9, 8 if isinstance(value[0], str) else 4, len(value)) + items
    number, form = TYPES[type(value)]
    return struct.pack("<I", number) + struct.pack(form, value)


def gguf_bytes(metadata, tensors, *, version=3):
    """A GGUF file of F16 tensors: `tensors` maps names to dimensions, row length first."""
    head = b"GGUF" + struct.pack("<IQQ", version, len(tensors), len(metadata))
    for key, value in metadata.items():
        head += gguf_text(key) + gguf_value(value)
    offset = 0
    for name, dimensions in tensors.items():
        head += gguf_text(name) + struct.pack(f"<I{len(dimensions)}Q", len(dimensions), *dimensions)
        head += struct.pack("<IQ", 1, offset)
        size = 2
        for one in dimensions:
            size *= one
        offset += size + -size % 32
    return head + b"\0" * (-len(head) % 32) + b"\0" * offset


TINY = {
    "general.architecture": "qwen2",
    "general.name": "tiny",
    "general.file_type": 1,
    "qwen2.block_count": 2,
    "qwen2.embedding_length": 64,
    "qwen2.context_length": 4096,
    "qwen2.attention.head_count": 4,
    "qwen2.attention.head_count_kv": 2,
    "tokenizer.ggml.tokens": ["a"] * 300,
}


def tiny_tensors(layers=(0, 1), *, ends=True):
    found = {"token_embd.weight": (64, 300), "output_norm.weight": (64,)} if ends else {}
    for layer in layers:
        for name, rows, columns in (
            ("attn_q", 64, 64),
            ("attn_k", 32, 64),
            ("attn_v", 32, 64),
            ("attn_output", 64, 64),
            ("ffn_gate", 128, 64),
            ("ffn_up", 128, 64),
            ("ffn_down", 64, 128),
        ):
            found[f"blk.{layer}.{name}.weight"] = (columns, rows)
        found[f"blk.{layer}.attn_norm.weight"] = (64,)
    return found


def safetensors_bytes(tensors):
    """A safetensors file of BF16 tensors by name and shape."""
    header, offset = {}, 0
    for name, shape in tensors.items():
        size = 2
        for one in shape:
            size *= one
        header[name] = {"dtype": "BF16", "shape": list(shape), "data_offsets": [offset, offset + size]}
        offset += size
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + b"\0" * offset


CONFIG = {
    "model_type": "llama",
    "hidden_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "intermediate_size": 128,
    "vocab_size": 300,
    "max_position_embeddings": 4096,
    "torch_dtype": "bfloat16",
}


def write_folder(folder: Path, config=CONFIG, tensors=None):
    folder.mkdir(exist_ok=True)
    (folder / "config.json").write_text(json.dumps(config))
    if tensors is not None:
        (folder / "model.safetensors").write_bytes(safetensors_bytes(tensors))
    return folder
