"""Vision towers, as far as the config describes them.

Source: `transformers/models/{qwen3_5,qwen3_vl,gemma4,siglip,gemma3,pixtral,mistral3}` 5.24.0.
"""

from collections.abc import Callable
from dataclasses import replace

from dsdesk.base.message import Message
from dsdesk.llm.architecture import Architecture, TensorGroup, TensorRole
from dsdesk.llm.fields import Fields


def add_vision(architecture: Architecture, outer: Fields) -> Architecture:
    """The architecture with its vision tower, unchanged where the config has none that is known."""
    section = outer.section("vision_config", "vision_tower_config")
    if section is None:
        return architecture
    counter = _COUNTERS.get(outer.text("model_type"))
    if counter is None:
        return replace(architecture, unknown=(*architecture.unknown, VISION_NOT_COUNTED))
    count = counter(section, architecture.hidden_size)
    group = TensorGroup(role=TensorRole.VISION, rows=count, columns=1)
    return replace(architecture, tensors=(*architecture.tensors, group))


def _qwen(vision: Fields, hidden: int) -> int:
    """Qwen's tower: 3-D patches, learned positions, plain blocks with biases, one merger."""
    width, inner, depth = vision.integer("hidden_size"), vision.integer("intermediate_size"), vision.integer("depth")
    patch = (
        vision.integer("in_channels", default=3)
        * vision.integer("temporal_patch_size")
        * vision.integer("patch_size") ** 2
    )
    block = 4 * width * width + 4 * width + 2 * width * inner + inner + width + 4 * width
    merged = width * vision.integer("spatial_merge_size") ** 2
    out = vision.integer("out_hidden_size", default=hidden)
    merger = 2 * width + merged * merged + merged + merged * out + out
    return patch * width + width + vision.integer("num_position_embeddings") * width + depth * block + merger


def _gemma4(vision: Fields, hidden: int) -> int:
    """Gemma 4's tower: gated blocks with four norms, a table of positions for each axis, one projection."""
    width, inner, depth = (
        vision.integer("hidden_size"),
        vision.integer("intermediate_size"),
        vision.integer("num_hidden_layers"),
    )
    head = vision.integer("head_dim")
    q, kv = vision.integer("num_attention_heads") * head, vision.integer("num_key_value_heads") * head
    block = 2 * width * q + 2 * width * kv + 2 * head + 3 * width * inner + 4 * width
    ends = 3 * vision.integer("patch_size") ** 2 * width + 2 * vision.integer("position_embedding_size") * width
    scale = 2 * width if vision.flag("standardize") else 0
    return depth * block + ends + scale + width * hidden


def _qwen3_vl(vision: Fields, hidden: int) -> int:
    """Qwen3-VL: Qwen's tower, and a merger for each layer whose features the language model takes in."""
    merged = vision.integer("hidden_size") * vision.integer("spatial_merge_size") ** 2
    out = vision.integer("out_hidden_size", default=hidden)
    deep = len(vision.integers("deepstack_visual_indexes") or ())
    return _qwen(vision, hidden) + deep * (2 * merged + merged * merged + merged + merged * out + out)


def _siglip(vision: Fields, hidden: int) -> int:
    """SigLIP as Gemma 3 uses it: plain blocks with biases, learned positions, one projection behind a norm."""
    width, inner = vision.integer("hidden_size"), vision.integer("intermediate_size")
    patch = vision.integer("patch_size")
    block = 4 * (width * width + width) + 2 * width * inner + inner + width + 4 * width
    positions = (vision.integer("image_size") // patch) ** 2 * width
    ends = 3 * patch * patch * width + width + positions + 2 * width
    return vision.integer("num_hidden_layers") * block + ends + width * hidden + width


def _pixtral(vision: Fields, hidden: int) -> int:
    """Pixtral as Mistral 3 uses it: gated blocks without biases, a patch merger, two projections."""
    width, inner, patch = (
        vision.integer("hidden_size"),
        vision.integer("intermediate_size"),
        vision.integer("patch_size"),
    )
    block = 4 * width * width + 3 * width * inner + 2 * width
    projector = width + 4 * width * width + width * hidden + hidden * hidden
    return vision.integer("num_hidden_layers") * block + 3 * patch * patch * width + width + projector


VISION_NOT_COUNTED = Message("The vision tower is not counted: dsdesk does not know its kind.")

_COUNTERS: dict[str, Callable[[Fields, int], int]] = {
    "gemma3": _siglip,
    "mistral3": _pixtral,
    "qwen3_vl": _qwen3_vl,
    "qwen3_vl_moe": _qwen3_vl,
    "qwen3_5": _qwen,
    "qwen3_5_moe": _qwen,
    "gemma4": _gemma4,
}
