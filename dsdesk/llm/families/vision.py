"""Vision towers, as far as the config describes them.

Source: `transformers/models/{qwen2_vl,qwen2_5_vl,qwen3_5,qwen3_vl,gemma4,siglip,clip,gemma3,paligemma,pixtral,mistral3,
llava,llava_onevision,idefics3,internvl,glm4v,glm_ocr}` 5.24.0.
"""

import math
from collections.abc import Callable
from dataclasses import replace

from dsdesk.base.message import Message
from dsdesk.llm.architecture import Architecture, TensorGroup, TensorRole
from dsdesk.llm.families.defaults import VISION
from dsdesk.llm.fields import Fields


def add_vision(architecture: Architecture, outer: Fields) -> Architecture:
    """The architecture with its vision tower, unchanged where the config has none that is known."""
    section = outer.section("vision_config", "vision_tower_config")
    if section is None:
        return architecture
    kind = outer.text("model_type")
    counter = _COUNTERS.get(kind)
    if counter is None or not architecture.tensors:
        return replace(architecture, unknown=(*architecture.unknown, VISION_NOT_COUNTED))
    known = section.with_defaults(VISION.get(section.text("model_type")) or VISION.get(kind) or {})
    count = counter(known, architecture.hidden_size, outer)
    group = TensorGroup(role=TensorRole.VISION, rows=count, columns=1)
    return replace(architecture, tensors=(*architecture.tensors, group))


def _qwen(vision: Fields, hidden: int, outer: Fields) -> int:
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


def _gemma4(vision: Fields, hidden: int, outer: Fields) -> int:
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


def _qwen3_vl(vision: Fields, hidden: int, outer: Fields) -> int:
    """Qwen3-VL: Qwen's tower, and a merger for each layer whose features the language model takes in."""
    merged = vision.integer("hidden_size") * vision.integer("spatial_merge_size") ** 2
    out = vision.integer("out_hidden_size", default=hidden)
    deep = len(vision.integers("deepstack_visual_indexes") or ())
    return _qwen(vision, hidden, outer) + deep * (2 * merged + merged * merged + merged + merged * out + out)


def _plain_blocks(vision: Fields) -> int:
    """The blocks of CLIP and SigLIP: four projections, two layers, two norms, biases everywhere."""
    width, inner = vision.integer("hidden_size"), vision.integer("intermediate_size")
    block = 4 * (width * width + width) + 2 * width * inner + inner + width + 4 * width
    return vision.integer("num_hidden_layers") * block


def _side(vision: Fields, name: str) -> int:
    """A size that some configs give as a pair."""
    pair = vision.integers(name)
    return pair[0] if pair else vision.integer(name)


def _patches(vision: Fields) -> int:
    """Learned positions and the patch embedding, without its bias."""
    width, patch = vision.integer("hidden_size"), _side(vision, "patch_size")
    return ((_side(vision, "image_size") // patch) ** 2 + 3 * patch * patch) * width


def _siglip_tower(vision: Fields) -> int:
    return _plain_blocks(vision) + _patches(vision) + 3 * vision.integer("hidden_size")


def _siglip(vision: Fields, hidden: int, outer: Fields) -> int:
    """SigLIP as Gemma 3 uses it: one projection behind a norm."""
    width = vision.integer("hidden_size")
    return _siglip_tower(vision) + width * hidden + width


def _paligemma(vision: Fields, hidden: int, outer: Fields) -> int:
    """SigLIP with one biased projection."""
    return _siglip_tower(vision) + vision.integer("hidden_size") * hidden + hidden


def _idefics(vision: Fields, hidden: int, outer: Fields) -> int:
    """SigLIP whose neighbouring patches are put together before one projection."""
    together = outer.integer("scale_factor", default=2) ** 2
    return _siglip_tower(vision) + vision.integer("hidden_size") * together * hidden


def _llava(vision: Fields, hidden: int, outer: Fields) -> int:
    """CLIP or SigLIP with two biased projections; newer ones learn a vector for the end of a row of patches."""
    width = vision.integer("hidden_size")
    tower = _siglip_tower(vision)
    if "siglip" not in vision.text("model_type"):
        tower += 3 * width  # a class token with its position, and a norm before the blocks instead of a patch bias
    newline = hidden if outer.text("model_type") != "llava" else 0
    return tower + newline + width * hidden + hidden + hidden * hidden + hidden


def _internvl(vision: Fields, hidden: int, outer: Fields) -> int:
    """InternViT: scaled blocks whose query, key and value projections have biases in the large model only."""
    width, inner, depth = (
        vision.integer("hidden_size"),
        vision.integer("intermediate_size"),
        vision.integer("num_hidden_layers"),
    )
    biases = 3 * width if vision.flag("attention_bias") else 0
    norms = 2 * width if vision.text("norm_type") == "rms_norm" else 4 * width
    block = 4 * width * width + width + biases + 2 * width * inner + inner + width + norms + 2 * width
    if vision.flag("use_qk_norm"):
        block += 2 * width
    merged = 4 * width
    projector = 2 * merged + merged * hidden + hidden + hidden * hidden + hidden
    return depth * block + _patches(vision) + 3 * width + projector


def _qwen2(vision: Fields, hidden: int, outer: Fields) -> int:
    """Qwen2-VL: plain blocks with biases, rotary positions, one merger into the language model's width."""
    width, out = vision.integer("embed_dim"), vision.integer("hidden_size", default=hidden)
    inner = vision.integer("mlp_ratio", default=4) * width
    block = 4 * width * width + 4 * width + 2 * width * inner + inner + width + 4 * width
    return vision.integer("depth") * block + _volume(vision) * width + 2 * width + _merger(vision, width, out)


def _qwen25(vision: Fields, hidden: int, outer: Fields) -> int:
    """Qwen2.5-VL: gated blocks with biases and plain norms."""
    width, inner = vision.integer("hidden_size"), vision.integer("intermediate_size")
    block = 4 * width * width + 4 * width + 3 * width * inner + 2 * inner + width + 2 * width
    out = vision.integer("out_hidden_size", default=hidden)
    return vision.integer("depth") * block + _volume(vision) * width + width + _merger(vision, width, out)


def _moonvit(vision: Fields, hidden: int, outer: Fields) -> int:
    """MoonViT (Kimi-VL): SigLIP's blocks over a square table of positions, patches merged behind a norm."""
    width, patch = vision.integer("hidden_size"), vision.integer("patch_size")
    rows, columns = vision.integer("init_pos_emb_height"), vision.integer("init_pos_emb_width")
    merged = width * math.prod(vision.integers("merge_kernel_size") or (2, 2))
    ends = (rows * columns + 3 * patch * patch + 1 + 2 + 2) * width
    return _plain_blocks(vision) + ends + merged * merged + merged + merged * hidden + hidden


def _volume(vision: Fields) -> int:
    """Inputs of a patch that spans several frames."""
    patch, frames = vision.integer("patch_size"), vision.integer("temporal_patch_size")
    return vision.integer("in_channels", "in_chans", default=3) * frames * patch * patch


def _merger(vision: Fields, width: int, out: int) -> int:
    merged = width * vision.integer("spatial_merge_size") ** 2
    return merged * merged + merged + merged * out + out


def _glm(vision: Fields, hidden: int, outer: Fields) -> int:
    """GLM-4.xV and its kin: gated blocks, a strided convolution into the language model's width, a gated merger."""
    width, depth = vision.integer("hidden_size"), vision.integer("depth")
    out, merge = vision.integer("out_hidden_size"), vision.integer("spatial_merge_size")
    blocks = depth * (4 * width * width + 2 * width)
    merger = out * out + 2 * out + width * out * merge * merge + out
    kind = outer.text("model_type")
    if kind in _GLM_BIASED:
        inner, head = vision.integer("intermediate_size"), width // vision.integer("num_heads")
        blocks += depth * (3 * width * inner + 2 * inner + 5 * width + 2 * head)
        wide = vision.integer("projection_intermediate_size", default=out * vision.integer("in_channels", default=3))
        ends = width
    else:
        blocks += depth * 3 * width * out
        wide = vision.integer("intermediate_size")
        ends = ((vision.integer("image_size") // vision.integer("patch_size")) ** 2 + 2) * width
    return blocks + merger + 3 * out * wide + _volume(vision) * width + width + ends


_GLM_BIASED = ("glm_ocr", "glm5_next")


def _pixtral(vision: Fields, hidden: int, outer: Fields) -> int:
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

_COUNTERS: dict[str, Callable[[Fields, int, Fields], int]] = {
    "gemma3": _siglip,
    "paligemma": _paligemma,
    "idefics3": _idefics,
    "smolvlm": _idefics,
    "llava": _llava,
    "llava_next": _llava,
    "llava_onevision": _llava,
    "internvl": _internvl,
    "kimi_vl": _moonvit,
    "mistral3": _pixtral,
    "qwen2_vl": _qwen2,
    "qwen2_5_vl": _qwen25,
    "qwen3_vl": _qwen3_vl,
    "qwen3_vl_moe": _qwen3_vl,
    "qwen3_5": _qwen,
    "qwen3_5_moe": _qwen,
    "qwen4_exp": _qwen,
    "gemma4": _gemma4,
    "glm4v": _glm,
    "glm4v_moe": _glm,
    "glm46v": _glm,
    "glm_ocr": _glm,
    "glm5_next": _glm,
}
