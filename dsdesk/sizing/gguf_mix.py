"""The mixes of llama.cpp's quantiser: which tensor gets which type in a "Q4_K_M".

One-dimensional tensors, norms and routers stay in FP32. The output matrix (and an embedding that is also the output)
takes Q6_K, or Q8_0 or Q5_K in some mixes. Value projections and the down projections of feed-forward networks are
promoted in the first and last eighth of the layers and in every third between them. Rows that a block does not divide
fall back to a type of smaller blocks. Mixes of three and four bits with "IQ" in their name are taken as made with an
importance matrix; without one the quantiser lifts their down projections too (+2 % for IQ4_XS, +5 % for IQ3_XXS of
mixtures of experts). Mixes that publishers tune tensor by tensor ("UD-", ik_llama.cpp recipes) do not
follow from their name and are not sized.

Source: llama.cpp `src/llama-quant.cpp`, `tensor_allows_quantization` and `llama_tensor_get_type_impl`, as vendored in
llama_cpp_python 0.3.36, read 2026-11-24.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from dsdesk.llm.architecture import Architecture, AttentionKind, TensorGroup
from dsdesk.llm.architecture import TensorRole as Role
from dsdesk.sizing.formats import GGML, GgmlType, fitting

Rule = tuple[tuple[str, str], ...]
"""Pairs of a condition and the type it gives; the first condition that holds wins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """One file type of the quantiser, or of a publisher who departs from it in a known way.

    Attributes:
        base: the type of everything that no rule names.
        embed: type of the token embedding, "" = base.
        output: type of the output matrix.
        rules: rules by category ("v", "k", "q", "out", "down", "gate", "up").
        eight: what models of exactly eight experts get, by category.
        experts_only: only expert tensors take the base type, all else takes Q8_0.
    """

    base: str
    embed: str = ""
    output: str = "Q6_K"
    rules: Mapping[str, Rule] = field(default_factory=dict)
    eight: Mapping[str, str] = field(default_factory=dict)
    experts_only: bool = False


_EIGHT = {"v": "Q8_0", "k": "Q8_0", "out": "Q5_K"}
_EIGHT_PLAIN = {"v": "Q8_0", "k": "Q8_0"}
_EIGHT_SMALL = {"k": "Q4_K", "out": "Q5_K"}


def _tiny(base: str, *, strong: bool, out: str = "") -> Mix:
    """The mixes below three bits; `strong` ones lift more to IQ3_S."""
    lift = "IQ3_S" if strong else "Q2_K"
    rules: dict[str, Rule] = {
        "v": (("gqa4", "Q4_K"), ("experts4", "Q4_K"), ("always", lift)),
        "down": (("counted", lift),),
    }
    if out or strong:
        rules["out"] = (("always", out or "IQ3_S"),)
    return Mix(base=base, embed=lift, output="Q5_K", rules=rules, eight=_EIGHT_SMALL)


_THREE = Mix(base="Q3_K", eight=_EIGHT)

MIXES: Mapping[str, Mix] = {
    "q2_k": Mix(
        base="Q2_K",
        rules={
            "v": (("gqa4", "Q4_K"), ("always", "Q3_K")),
            "out": (("always", "Q3_K"),),
            "down": (("always", "Q3_K"),),
        },
        eight=_EIGHT,
    ),
    "q2_k_s": Mix(base="Q2_K", rules={"v": (("gqa4", "Q4_K"),), "down": (("eighth", "Q4_K"),)}, eight=_EIGHT_PLAIN),
    "q3_k_s": _THREE,
    "q3_k_m": Mix(
        base="Q3_K",
        rules={
            "v": (("first2", "Q5_K"), ("always", "Q4_K")),
            "out": (("always", "Q4_K"),),
            "down": (("sixteenth", "Q5_K"), ("always", "Q4_K")),
        },
        eight=_EIGHT,
    ),
    "q3_k_l": Mix(
        base="Q3_K",
        rules={"v": (("always", "Q5_K"),), "out": (("always", "Q5_K"),), "down": (("always", "Q5_K"),)},
        eight=_EIGHT_PLAIN,
    ),
    "q4_k_s": Mix(base="Q4_K", rules={"v": (("first4", "Q5_K"),), "down": (("eighth", "Q5_K"),)}, eight=_EIGHT),
    "q4_k_m": Mix(base="Q4_K", rules={"v": (("more", "Q6_K"),), "down": (("more", "Q6_K"),)}, eight=_EIGHT),
    "q5_k_s": Mix(base="Q5_K", eight=_EIGHT_PLAIN),
    "q5_k_m": Mix(base="Q5_K", rules={"v": (("more", "Q6_K"),), "down": (("more", "Q6_K"),)}, eight=_EIGHT_PLAIN),
    "q6_k": Mix(base="Q6_K", eight=_EIGHT_PLAIN),
    "q3_k_xl": Mix(
        base="Q3_K",
        embed="Q8_0",
        output="Q8_0",
        rules={"v": (("always", "Q5_K"),), "out": (("always", "Q5_K"),), "down": (("always", "Q5_K"),)},
    ),
    "q4_k_l": Mix(
        base="Q4_K", embed="Q8_0", output="Q8_0", rules={"v": (("more", "Q6_K"),), "down": (("more", "Q6_K"),)}
    ),
    "q5_k_l": Mix(
        base="Q5_K", embed="Q8_0", output="Q8_0", rules={"v": (("more", "Q6_K"),), "down": (("more", "Q6_K"),)}
    ),
    "q6_k_l": Mix(base="Q6_K", embed="Q8_0", output="Q8_0"),
    "q8_0": Mix(base="Q8_0", output="Q8_0"),
    "q4_0": Mix(base="Q4_0", eight=_EIGHT_PLAIN),
    "q4_1": Mix(base="Q4_1", eight=_EIGHT_PLAIN),
    "q5_0": Mix(base="Q5_0", eight=_EIGHT_PLAIN),
    "q5_1": Mix(base="Q5_1", eight=_EIGHT_PLAIN),
    "iq4_xs": Mix(base="IQ4_XS", rules={"v": (("gqa4", "Q5_K"),)}, eight=_EIGHT),
    "iq4_nl": Mix(base="IQ4_NL", rules={"v": (("gqa4", "Q5_K"),)}, eight=_EIGHT),
    "iq3_m": Mix(
        base="IQ3_S",
        rules={"v": (("always", "Q4_K"),), "out": (("always", "Q4_K"),), "down": (("eighth", "Q4_K"),)},
        eight=_EIGHT,
    ),
    "iq3_s": Mix(base="IQ3_S", rules={"v": (("gqa4", "Q4_K"),)}, eight=_EIGHT),
    "iq3_xs": Mix(
        base="IQ3_S",
        rules={
            "v": (("gqa4", "Q4_K"),),
            "k": (("always", "IQ3_XXS"),),
            "q": (("always", "IQ3_XXS"),),
            "gate": (("middle", "IQ3_XXS"),),
            "up": (("middle", "IQ3_XXS"),),
        },
        eight=_EIGHT,
    ),
    "iq3_xxs": Mix(
        base="IQ3_XXS",
        embed="IQ3_S",
        output="Q5_K",
        rules={
            "v": (("gqa4", "Q4_K"),),
            "k": (("always", "IQ2_S"),),
            "q": (("always", "IQ2_S"),),
            "out": (("always", "IQ3_S"),),
        },
        eight=_EIGHT,
    ),
    "iq2_m": _tiny("IQ2_S", strong=True),
    "iq2_s": _tiny("IQ2_XS", strong=True),
    "iq2_xs": _tiny("IQ2_XS", strong=False),
    "iq2_xxs": _tiny("IQ2_XXS", strong=False),
    "iq1_m": _tiny("IQ1_M", strong=False, out="IQ2_XXS"),
    "iq1_s": _tiny("IQ1_S", strong=False, out="IQ2_XXS"),
    "tq1_0": Mix(base="TQ1_0", embed="Q4_K"),
    "tq2_0": Mix(base="TQ2_0", embed="Q4_K"),
    "mxfp4_moe": Mix(base="MXFP4", output="Q8_0", experts_only=True),
}

PLAIN = {"f32": "F32", "f16": "F16", "bf16": "BF16"}

_EXPERTS = {Role.EXPERT_GATE, Role.EXPERT_UP, Role.EXPERT_DOWN}
_CATEGORY = {
    Role.HEAD: "output",
    Role.ATTN_V: "v",
    Role.ATTN_QKV: "v",
    Role.MLA_KV_B: "v",
    Role.ATTN_K: "k",
    Role.ATTN_Q: "q",
    Role.ATTN_OUT: "out",
    Role.FFN_DOWN: "down",
    Role.EXPERT_DOWN: "down",
    Role.SHARED_DOWN: "down",
    Role.FFN_GATE: "gate",
    Role.EXPERT_GATE: "gate",
    Role.SHARED_GATE: "gate",
    Role.FFN_UP: "up",
    Role.EXPERT_UP: "up",
    Role.SHARED_UP: "up",
}
# The conditions that the rules of a category ask for; layers that differ in nothing else are kept together.
_ASKED = {
    "v": frozenset(("always", "more", "first2", "first4")),
    "down": frozenset(("always", "more", "eighth", "sixteenth", "counted")),
    "gate": frozenset(("always", "middle")),
    "up": frozenset(("always", "middle")),
}
_KEPT = {Role.NORM, Role.BIAS, Role.ROUTER, Role.SSM_CONV}


@dataclass(frozen=True, slots=True)
class Piece:
    """Tensors of one role in one layer position, as the quantiser distinguishes them.

    Attributes:
        role: what they do.
        category: the quantiser's word for it.
        columns: row length.
        elements: weights in all layers of this piece.
        layers: the layers; empty outside the layers.
        marks: the conditions that hold.
    """

    role: Role
    category: str
    columns: int
    elements: int
    layers: tuple[int, ...]
    marks: frozenset[str]


def _more_bits(index: int, count: int) -> bool:
    eighth = count // 8
    return index < eighth or index >= 7 * count // 8 or (index - eighth) % 3 == 2  # noqa: PLR2004


@lru_cache(maxsize=16384)
def _marks(index: int, count: int) -> frozenset[str]:
    found = ["always"]
    eighth, last = count // 8, 7 * count // 8
    for name, holds in (
        ("more", _more_bits(index, count)),
        ("eighth", index < eighth),
        ("sixteenth", index < count // 16),
        ("first2", index < 2),  # noqa: PLR2004
        ("first4", index < 4),  # noqa: PLR2004
        ("middle", eighth <= index < last),
    ):
        if holds:
            found.append(name)
    return frozenset(found)


def _traits(architecture: Architecture) -> frozenset[str]:
    """Conditions that the whole model meets."""
    found = set()
    heads = next((one for one in architecture.attention if one.kind is not AttentionKind.LINEAR), None)
    if heads is not None and heads.heads >= 4 * max(1, heads.kv_heads):
        found.add("gqa4")
    routed = architecture.experts.routed if architecture.experts else 0
    if routed >= 4:  # noqa: PLR2004
        found.add("experts4")
    if routed == 8:  # noqa: PLR2004
        found.add("eight")
    if (
        architecture.model_type in ("llama", "qwen2")
        and architecture.layer_count == 80  # noqa: PLR2004
        and heads
        and heads.heads != heads.kv_heads
    ):
        found.add("seventy")
    return frozenset(found)


@lru_cache(maxsize=512)
def pieces(architecture: Architecture) -> tuple[Piece, ...]:
    """All tensors of a GGUF file, split where the quantiser may treat layers differently; no vision, no MTP."""
    groups = [one for one in architecture.tensors if not one.mtp and one.role is not Role.VISION]
    with_v = sorted({layer for one in groups if _CATEGORY.get(one.role) == "v" for layer in one.layers})
    rank = {layer: index for index, layer in enumerate(with_v)}
    whole = _traits(architecture)
    found: list[Piece] = []
    early = _early_downs(groups, architecture.layer_count)
    for group in groups:
        found.extend(_split(group, architecture, rank, whole, early))
    return tuple(found)


def _early_downs(groups: Iterable[TensorGroup], count: int) -> frozenset[int]:
    """The layers whose down projections are among the first eighth of `count`, counted tensor by tensor.

    The mixes below three bits count so: where shared experts stand beside the routed ones, a layer has two.
    """
    in_layer: dict[int, int] = {}
    for one in groups:
        if _CATEGORY.get(one.role) == "down":
            for layer in one.layers:
                in_layer[layer] = in_layer.get(layer, 0) + 1
    early, seen = set(), 0
    for layer in sorted(in_layer):
        if seen >= count // 8:
            break
        early.add(layer)
        seen += in_layer[layer]
    return frozenset(early)


def _split(
    group: TensorGroup,
    architecture: Architecture,
    rank: Mapping[int, int],
    whole: frozenset[str],
    early: frozenset[int],
) -> list[Piece]:
    category = _CATEGORY.get(group.role, "other")
    if group.role in (Role.EMBED, Role.LOOKUP):
        category = "output" if architecture.tied_embeddings else "embed"
    if group.role in _KEPT or group.columns == 1:
        category = "kept"
    each = group.rows * group.columns * group.copies
    if category not in ("v", "down", "gate", "up"):
        return [Piece(group.role, category, group.columns, group.parameters, group.layers, whole | {"always"})]
    by_marks: dict[frozenset[str], list[int]] = {}
    for layer in group.layers:
        position = rank.get(layer, layer) if category == "v" else layer
        count = len(rank) if category == "v" else architecture.layer_count
        marks = _marks(position, count) | ({"counted"} if layer in early else frozenset())
        by_marks.setdefault(marks & _ASKED[category], []).append(layer)
    return [
        Piece(group.role, category, group.columns, each * len(layers), tuple(layers), whole | marks)
        for marks, layers in by_marks.items()
    ]


def type_of(piece: Piece, key: str) -> GgmlType:
    """The tensor type that the quantiser writes for a piece in the file type `key`."""
    return _type(key, piece.category, piece.columns, piece.marks, piece.role in _EXPERTS)


@lru_cache(maxsize=65536)
def _type(key: str, category: str, columns: int, marks: frozenset[str], expert: bool) -> GgmlType:
    if category == "kept":
        return GGML["F32"]
    if key in PLAIN:
        return GGML[PLAIN[key]]
    mix = MIXES[key]
    if category == "output":
        wanted = mix.output if columns % GGML[mix.base].block == 0 else "Q8_0"
    elif mix.experts_only:
        wanted = mix.base if expert else "Q8_0"
    elif category == "embed":
        wanted = mix.embed or mix.base
    else:
        wanted = _ruled(category, marks, mix)
    return fitting(wanted, columns)


def _ruled(category: str, marks: frozenset[str], mix: Mix) -> str:
    if "eight" in marks and category in mix.eight:
        return mix.eight[category]
    if "eight" in marks and category == "down" and "more" in marks and mix is MIXES["iq3_m"]:
        return "Q4_K"
    wanted = next((kind for mark, kind in mix.rules.get(category, ()) if mark in marks), mix.base)
    if category == "v" and "seventy" in marks and wanted in ("Q3_K", "Q4_K"):
        return "Q5_K"
    return wanted


def piece_bytes(piece: Piece, key: str, *, experts_in_mxfp4: bool = False) -> int:
    """Bytes of a piece in the file type `key` ("q4_k_m", "bf16").

    Args:
        piece: the tensors.
        key: of the file type.
        experts_in_mxfp4: the checkpoint publishes its experts in MXFP4, which the converter keeps in a 16-bit file.
    """
    if experts_in_mxfp4 and key in PLAIN and piece.role in _EXPERTS:
        return GGML["MXFP4"].bytes_of(piece.elements)
    return type_of(piece, key).bytes_of(piece.elements)


def gguf_bytes(architecture: Architecture, key: str) -> int:
    """Tensor bytes of a whole GGUF file of the file type `key`."""
    total = 0
    for category, columns, marks, expert, elements in _merged(architecture):
        kind = _type(key, category, columns, marks, expert)
        total += elements * kind.size // kind.block
    return total


@lru_cache(maxsize=512)
def _merged(architecture: Architecture) -> tuple[tuple[str, int, frozenset[str], bool, int], ...]:
    """The pieces that every mix treats alike, put together: fewer to look at when only the total counts."""
    totals: dict[tuple[str, int, frozenset[str], bool], int] = {}
    for piece in pieces(architecture):
        columns = 1 if piece.category == "kept" else piece.columns
        key = (piece.category, columns, piece.marks, piece.role in _EXPERTS)
        totals[key] = totals.get(key, 0) + piece.elements
    return tuple((*key, elements) for key, elements in totals.items())
