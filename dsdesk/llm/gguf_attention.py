"""How a GGUF model keeps its context, from its metadata and from which tensors its layers have.

Source: llama.cpp `src/llama-hparams.cpp`, `src/llama-kv-cache.cpp`, `src/models/*.cpp` (llama_cpp_python 0.3.36).
"""

from collections.abc import Callable, Collection

from dsdesk.base.message import Message
from dsdesk.llm.architecture import AttentionGroup, AttentionKind
from dsdesk.llm.gguf_metadata import Metadata

# Every n-th layer is full where the file names no pattern; "first" counts from the first layer.
_PATTERNS = {
    "afmoe": 4,
    "cohere2": 4,
    "exaone4": 4,
    "exaone-moe": 4,
    "gemma2": 2,
    "gemma3": 6,
    "gemma3n": 5,
    "llama4": 4,
    "mellum": 4,
    "olmo2": 4,
    "gpt-oss": 2,
    "plamo3": 8,
}
_FULL_FIRST = {"cohere2moe": 4, "laguna": 4, "smallthinker": 4}
_LISTED = frozenset(("dots3note", "gemma4", "granite-swa", "mimo2", "step35"))
_CHUNK = 8192
_COMPRESSED = "deepseek4"

Shape = tuple[AttentionKind, int, int, int, int, int]


def read_attention(
    metadata: Metadata, names: Collection[str], layers: int
) -> tuple[tuple[AttentionGroup, ...], tuple[Message, ...]]:
    """The attention groups, and what could not be told.

    Args:
        metadata: of the file.
        names: of all tensors.
        layers: transformer layers without MTP.
    """
    heads = metadata.per_layer("attention.head_count", layers)
    if heads is None or layers < 1:
        return (), (Message("The file does not say how many attention heads {arch} has.", arch=metadata.arch or "?"),)
    if metadata.arch == _COMPRESSED:
        return _compressed(metadata, layers, heads[0])
    recurrent = [index for index in range(layers) if _has(names, index, "ssm_")]
    plain = [index for index in range(layers) if index not in recurrent and _has(names, index, "attn_")]
    both = [index for index in recurrent if metadata.arch in ("falcon-h1",)]
    groups = list(_grouped(metadata, sorted((*plain, *both)), heads, layers))
    if recurrent:
        groups.append(_recurrent(metadata, tuple(recurrent), heads))
    if not groups:
        return (), (Message("The layers of {arch} are of a kind that dsdesk does not know.", arch=metadata.arch),)
    return tuple(groups), ()


def _has(names: Collection[str], layer: int, start: str) -> bool:
    suffixes = {
        "ssm_": ("ssm_conv1d.weight", "ssm_conv1d_q.weight", "ssm_a", "ssm_out.weight", "ssm_dt.bias"),
        "attn_": ("attn_q.weight", "attn_qkv.weight", "attn_q_a.weight", "attn_kv_a_mqa.weight", "attn_k.weight"),
    }[start]
    return any(f"blk.{layer}.{one}" in names for one in suffixes)


def _grouped(metadata: Metadata, layers: list[int], heads: list[int], count: int) -> list[AttentionGroup]:
    kv = metadata.per_layer("attention.head_count_kv", count) or heads
    if metadata.number("attention.key_length_mla"):
        return [_latent(metadata, tuple(layers), max(heads))]
    width = metadata.number("embedding_length") or 0
    key = metadata.number("attention.key_length") or (width // max(1, *heads))
    value = metadata.number("attention.value_length") or key
    windowed, window = _windowed(metadata, count)
    kind = AttentionKind.CHUNKED if metadata.arch == "llama4" else AttentionKind.SLIDING
    found: dict[Shape, list[int]] = {}
    for layer in layers:
        one = kind if layer in windowed else AttentionKind.FULL
        if layer in windowed:
            key_here = metadata.number("attention.key_length_swa") or key
            value_here = metadata.number("attention.value_length_swa") or value
        else:
            key_here, value_here = key, value
        shape = (one, heads[layer], max(1, kv[layer]), key_here, value_here, window if layer in windowed else 0)
        found.setdefault(shape, []).append(layer)
    index = metadata.number("attention.indexer.key_length") or 0
    return [
        AttentionGroup(
            kind=shape[0],
            layers=tuple(held),
            heads=shape[1],
            kv_heads=shape[2],
            head_dim=shape[3],
            v_head_dim=shape[4],
            window=shape[5] or None,
            index_head_dim=index,
            index_heads=metadata.number("attention.indexer.head_count") or 0,
            index_topk=metadata.number("attention.indexer.top_k") or 0,
        )
        for shape, held in found.items()
    ]


def _latent(metadata: Metadata, layers: tuple[int, ...], heads: int) -> AttentionGroup:
    """Latent attention. Files without `key_length_mla` hold full heads, and are read as such."""
    rope = metadata.number("rope.dimension_count") or 0
    index = metadata.number("attention.indexer.key_length") or 0
    return AttentionGroup(
        kind=AttentionKind.MLA_SPARSE if index else AttentionKind.MLA,
        layers=layers,
        heads=heads,
        kv_heads=1,
        head_dim=max(1, (metadata.number("attention.key_length_mla") or 0) - rope),
        v_head_dim=metadata.number("attention.value_length_mla") or 0,
        rope_dim=rope,
        kv_lora_rank=metadata.number("attention.kv_lora_rank") or 0,
        index_heads=metadata.number("attention.indexer.head_count") or 0,
        index_head_dim=index,
        index_topk=metadata.number("attention.indexer.top_k") or 0,
    )


def _windowed(metadata: Metadata, count: int) -> tuple[frozenset[int], int]:
    """The layers that keep a window only, and the window."""
    window = _CHUNK if metadata.arch == "llama4" else metadata.number("attention.sliding_window") or 0
    listed = metadata.get("attention.sliding_window_pattern")
    if not window:
        return frozenset(), 0
    if isinstance(listed, tuple):
        return frozenset(index for index, mark in enumerate(listed[:count]) if mark), window
    every = listed if isinstance(listed, int) and not isinstance(listed, bool) else 0
    rule: Callable[[int], bool]
    if metadata.arch in _FULL_FIRST:
        step = every or _FULL_FIRST[metadata.arch]
        rule = lambda index: index % step != 0  # noqa: E731
    elif metadata.arch in _PATTERNS:
        step = every or _PATTERNS[metadata.arch]
        rule = lambda index: index % step < step - 1  # noqa: E731
    else:
        return frozenset(), 0
    return frozenset(index for index in range(count) if rule(index)), window


def _recurrent(metadata: Metadata, layers: tuple[int, ...], heads: list[int]) -> AttentionGroup:
    inner, state = metadata.number("ssm.inner_size") or 0, metadata.number("ssm.state_size") or 0
    kernel = max(1, metadata.number("ssm.conv_kernel") or 1)
    kda = metadata.number("kda.head_dim") or 0
    if kda:
        width = max(heads) * kda
        elements, conv = width * kda, 3 * (kernel - 1) * width
    else:
        elements = inner * state
        conv = (kernel - 1) * (inner + 2 * (metadata.number("ssm.group_count") or 0) * state)
    count = metadata.number("ssm.time_step_rank") or max(heads)
    return AttentionGroup(
        kind=AttentionKind.LINEAR,
        layers=layers,
        heads=count,
        kv_heads=max(1, count),
        head_dim=state or kda,
        v_head_dim=state or kda,
        state_elements=elements,
        conv_elements=conv,
    )


def _compressed(metadata: Metadata, layers: int, heads: int) -> tuple[tuple[AttentionGroup, ...], tuple[Message, ...]]:
    """DeepSeek V4, whose compression ratios stand in the metadata."""
    ratios = metadata.per_layer("attention.compress_ratios", layers)
    if ratios is None:
        return (), (Message("The file does not say how {arch} compresses its cache.", arch=metadata.arch),)
    window = metadata.number("attention.sliding_window") or 128
    index = metadata.number("attention.indexer.key_length") or 0
    groups = []
    for ratio in sorted(set(ratios)):
        indexed = 0 < ratio <= 4  # noqa: PLR2004 - CSA; HCA layers have no indexer
        groups.append(
            AttentionGroup(
                kind=AttentionKind.COMPRESSED,
                layers=tuple(layer for layer, one in enumerate(ratios) if one == ratio),
                heads=heads,
                kv_heads=1,
                head_dim=metadata.number("attention.key_length") or 512,
                v_head_dim=0,
                rope_dim=metadata.number("rope.dimension_count") or 64,
                window=window,
                compress_ratio=ratio,
                index_heads=(metadata.number("attention.indexer.head_count") or 0) if indexed else 0,
                index_head_dim=index if indexed else 0,
                index_topk=(metadata.number("attention.indexer.top_k") or 0) if indexed else 0,
            )
        )
    return tuple(groups), ()
