"""Every precision that can be chosen, for weights and for the KV cache, and the bytes a model's weights take in it.

[bytes] a matrix = rows x columns x bits / 8 + its scales: one for a block of rows and columns, a group of a row, a row
or the tensor. Embeddings, output matrix, norms, routers, biases and vision towers stay in 16 bit unless a checkpoint's
own `quantization_config` says otherwise; a checkpoint in its native precision is sized exactly as its config says. MTP
layers are in the files and are not loaded.

Source of the safetensors layouts: the formats' public code (vLLM 0.33.0 `quantization/`, compressed-tensors,
ModelOpt) and published checkpoints, as listed beside each entry, read 2026-11-24.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from dsdesk.base.errors import InputError
from dsdesk.base.message import Message
from dsdesk.base.source import Unknown
from dsdesk.llm import quantization_config as stored
from dsdesk.llm.architecture import Architecture, Llm, TensorGroup
from dsdesk.llm.architecture import TensorRole as Role
from dsdesk.llm.precision import Precision, PrecisionFamily, StoredFormat
from dsdesk.sizing.formats import GGML
from dsdesk.sizing.gguf_mix import MIXES, gguf_bytes

_GGUF_SOURCE = "llama.cpp src/llama-quant.cpp and gguf 0.19.0 GGML_QUANT_SIZES"
_LINEAR = frozenset(role for role in stored.MATRICES if role is not Role.HEAD)
_NETWORKS = frozenset(
    (
        Role.FFN_GATE,
        Role.FFN_UP,
        Role.FFN_DOWN,
        Role.EXPERT_GATE,
        Role.EXPERT_UP,
        Role.EXPERT_DOWN,
        Role.SHARED_GATE,
        Role.SHARED_UP,
        Role.SHARED_DOWN,
    )
)
_EXPERTS = frozenset((Role.EXPERT_GATE, Role.EXPERT_UP, Role.EXPERT_DOWN))


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How a checkpoint in safetensors is usually made in one precision.

    Attributes:
        form: layout of the quantised matrices, None where all are plain.
        dense: roles quantised in dense models.
        mixed: roles quantised in mixtures of experts.
        rest_bits: bits of everything else.
    """

    form: StoredFormat | None = None
    dense: frozenset[Role] = _LINEAR
    mixed: frozenset[Role] = _LINEAR
    rest_bits: int = 16


def _plain(bits: int) -> Recipe:
    return Recipe(rest_bits=bits)


def _precision(key: str, name: str, family: PrecisionFamily, bits: float, source: str) -> Precision:
    return Precision(key=key, name=name, family=family, nominal_bits=bits, source=source)


_MLX = "MLX quantised layers: FP16 scale and bias for a group of 64 weights (mlx.core.quantize)"
_SAFETENSORS: tuple[tuple[Precision, Recipe], ...] = (
    (_precision("f32", "FP32", PrecisionFamily.FLOAT32, 32, "IEEE 754"), _plain(32)),
    (_precision("bf16", "BF16", PrecisionFamily.BFLOAT16, 16, "bfloat16"), _plain(16)),
    (_precision("f16", "FP16", PrecisionFamily.FLOAT16, 16, "IEEE 754"), _plain(16)),
    (
        _precision("fp8", "FP8", PrecisionFamily.FP8, 8 + 32 / 16384, "DeepSeek-V3: FP32 scale for 128 x 128 weights"),
        Recipe(form=stored.FP8_BLOCK),
    ),
    (
        _precision("mxfp8", "MXFP8", PrecisionFamily.FP8, 8.25, "OCP Microscaling 1.0: E8M0 scale for 32 weights"),
        Recipe(form=stored.MXFP8),
    ),
    (
        _precision("int8", "INT8", PrecisionFamily.INT8, 8, "W8A8: one FP32 scale for an output row"),
        Recipe(form=stored.INT8_CHANNEL),
    ),
    (
        _precision("int4", "INT4", PrecisionFamily.INT4, 4.125, "compressed-tensors W4A16: FP16 scale for 128 weights"),
        Recipe(form=stored.grouped(4, 128)),
    ),
    (
        _precision(
            "awq", "AWQ", PrecisionFamily.INT4, 4 + 20 / 128, "vLLM auto_awq.py: FP16 scale, 4-bit zero for 128 weights"
        ),
        Recipe(form=stored.grouped(4, 128, scale_bits=20)),
    ),
    (
        _precision(
            "gptq",
            "GPTQ INT4",
            PrecisionFamily.INT4,
            4 + 20 / 128,
            "vLLM auto_gptq.py: as AWQ, and a group index a row",
        ),
        Recipe(form=stored.grouped(4, 128, scale_bits=20, row_bits=32)),
    ),
    (
        _precision(
            "nf4", "NF4", PrecisionFamily.INT4, stored.NF4.bits, "bitsandbytes 4 bit, blocks of 64, scales quantised"
        ),
        Recipe(form=stored.NF4),
    ),
    (
        _precision(
            "mxfp4", "MXFP4", PrecisionFamily.MXFP4, 4.25, "OCP Microscaling 1.0: E8M0 scale for 32 weights (gpt-oss)"
        ),
        Recipe(form=stored.MXFP4, mixed=_EXPERTS),
    ),
    (
        _precision(
            "nvfp4", "NVFP4", PrecisionFamily.NVFP4, 4.5, "ModelOpt: E4M3 scale for 16 weights, two FP32 a tensor"
        ),
        Recipe(form=stored.NVFP4, mixed=_NETWORKS),
    ),
    (
        _precision("mlx_8bit", "MLX 8-bit", PrecisionFamily.INT8, 8.5, _MLX),
        Recipe(
            form=stored.grouped(8, 64, scale_bits=32),
            dense=_LINEAR | {Role.EMBED, Role.HEAD},
            mixed=_LINEAR | {Role.EMBED, Role.HEAD},
        ),
    ),
    (
        _precision("mlx_4bit", "MLX 4-bit", PrecisionFamily.INT4, 4.5, _MLX),
        Recipe(
            form=stored.grouped(4, 64, scale_bits=32),
            dense=_LINEAR | {Role.EMBED, Role.HEAD},
            mixed=_LINEAR | {Role.EMBED, Role.HEAD},
        ),
    ),
)

RECIPES: Mapping[str, Recipe] = {precision.key: recipe for precision, recipe in _SAFETENSORS}


def _gguf(key: str) -> Precision:
    name = key.upper() if key != "mxfp4_moe" else "MXFP4 GGUF"
    return _precision(key, name, PrecisionFamily.GGUF, GGML[MIXES[key].base].bits, _GGUF_SOURCE)


PRECISIONS: Mapping[str, Precision] = {
    **{precision.key: precision for precision, _ in _SAFETENSORS},
    **{key: _gguf(key) for key in MIXES},
}

_ALIASES = {
    "fp32": "f32",
    "float32": "f32",
    "fp16": "f16",
    "float16": "f16",
    "half": "f16",
    "bfloat16": "bf16",
    "float8": "fp8",
    "e4m3": "fp8",
    "fp8_e4m3": "fp8",
    "float8_e4m3fn": "fp8",
    "fp8_block": "fp8",
    "fp8_block128": "fp8",
    "mxfp4_gguf": "mxfp4_moe",
    "w8a8_fp8": "fp8",
    "w8a8": "int8",
    "8_bit": "int8",
    "8bit": "int8",
    "q8": "q8_0",
    "w4a16": "int4",
    "4_bit": "int4",
    "4bit": "int4",
    "awq_int4": "awq",
    "gptq_int4": "gptq",
    "gptq_4bit": "gptq",
    "bnb_4bit": "nf4",
    "bnb_nf4": "nf4",
    "qlora": "nf4",
    "bitsandbytes": "nf4",
    "fp4": "nvfp4",
    "fp8_fp4": "mxfp4",
    "fp4_fp8": "mxfp4",
    "q2_k_medium": "q2_k",
    "q2_k_small": "q2_k_s",
    "q3_k": "q3_k_m",
    "q4_k": "q4_k_m",
    "q5_k": "q5_k_m",
    "q3_k_medium": "q3_k_m",
    "q3_k_small": "q3_k_s",
    "q3_k_large": "q3_k_l",
    "q4_k_medium": "q4_k_m",
    "q4_k_small": "q4_k_s",
    "q5_k_medium": "q5_k_m",
    "q5_k_small": "q5_k_s",
}
_NOTE = re.compile(r"\s*(\(.*\)|[-–] *[\d.]+ *bpw.*)$")


def normalise(text: str) -> str:
    """A precision as people write it, as a key: lower case, underscores, no remark in brackets."""
    text = _NOTE.sub("", text.strip().lower())
    return re.sub(r"[^a-z0-9]+", "_", text).strip("_")


# Unsloth's dynamic mixes, ik_llama.cpp's own types and its interleaved ones: a name, but no rule.
_TUNED = re.compile(r"ud_|i?q\d_?(k[ts]?s?l?|0)(_r\d+)?$|iq\d_(ks|kss|kl|kt)(_r\d+)?$|\w+_r\d+$")


def _near(key: str) -> str:
    """The name of the mix of llama.cpp's own that a tuned one is called after, else of the same whole bits."""
    bare = key.removeprefix("ud_")
    for known in (bare, re.sub(r"_(xl|xxl|l)$", "_m", bare), re.sub(r"_(xl|xxl|l|m|s)$", "", bare)):
        if known in MIXES:
            return known.upper()
    bits = re.search(r"q(\d)", bare)
    usual = {"1": "iq1_m", "2": "q2_k", "3": "q3_k_m", "4": "q4_k_m", "5": "q5_k_m", "6": "q6_k"}
    return usual.get(bits[1] if bits else "", "q8_0").upper()


@lru_cache(maxsize=1024)
def parse_precision(text: str) -> Precision:
    """The precision that `text` names ("Q4_K_M", "FP8", "W4A16", "Q4_K - Medium").

    Raises:
        InputError: there is none of that name.
    """
    key = normalise(text)
    found = PRECISIONS.get(_ALIASES.get(key, key))
    if found is None:
        if _TUNED.match(key):
            raise InputError(
                Message(
                    "{text} is a mix that its publisher tunes tensor by tensor: its size does not follow from the "
                    "name. Open the .gguf file itself, or choose {near}, which is near in bits per weight.",
                    text=text,
                    near=_near(key),
                )
            )
        raise InputError(
            Message(
                "There is no precision called {text}; known are, for example, BF16, FP8, INT4, Q4_K_M and Q8_0.",
                text=text,
            )
        )
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class KvFormat:
    """One way to store the KV cache.

    Attributes:
        key: as the command line writes it.
        name: as people write it.
        bits: of one element, scales included.
        source: where the layout is described.
    """

    key: str
    name: str
    bits: float
    source: str


def _kv(key: str, name: str, bits: float, source: str = "gguf 0.19.0 GGML_QUANT_SIZES") -> KvFormat:
    return KvFormat(key=key, name=name, bits=bits, source=source)


KV_FORMATS: Mapping[str, KvFormat] = {
    one.key: one
    for one in (
        _kv("f16", "FP16", 16, "IEEE 754"),
        _kv("bf16", "BF16", 16, "bfloat16"),
        _kv("f32", "FP32", 32, "IEEE 754"),
        _kv("fp8", "FP8", 8, "vLLM 0.33.0 --kv-cache-dtype fp8"),
        _kv("int8", "INT8", 8, "TensorRT-LLM features/quantization"),
        _kv("nvfp4", "NVFP4", 4.5, "TensorRT-LLM features/quantization"),
        _kv("q8_0", "Q8_0", 8.5),
        _kv("q5_1", "Q5_1", 6),
        _kv("q5_0", "Q5_0", 5.5),
        _kv("q4_1", "Q4_1", 5),
        _kv("q4_0", "Q4_0", 4.5),
        _kv("iq4_nl", "IQ4_NL", 4.5),
        _kv("q6_0", "Q6_0", 6.5, "ik_llama.cpp ggml.h: 26 bytes for 32 weights"),
    )
}
_KV_ALIASES = {"auto": "bf16", "fp8_e4m3": "fp8", "fp8_e5m2": "fp8", "q8_kv": "q8_0"}


@lru_cache(maxsize=256)
def parse_kv_precision(text: str) -> KvFormat:
    """The KV cache format that `text` names.

    Raises:
        InputError: there is none of that name.
    """
    key = normalise(text) if text.strip() else "f16"
    key = _KV_ALIASES.get(key, _ALIASES.get(key, key))
    found = KV_FORMATS.get(key)
    if found is None:
        raise InputError(
            Message(
                "There is no KV cache format called {text}; known are F16, BF16, FP8, Q8_0, Q4_0 and others.", text=text
            )
        )
    return found


def group_bytes(llm: Llm, group: TensorGroup, key: str) -> int:
    """Bytes of a tensor group in a safetensors precision, scales included."""
    form, rest = form_of(llm, group.role, key)
    if form is not None and group.columns > 1:
        return form.bytes_of(group.rows, group.columns) * group.count
    return group.parameters * rest // 8


def form_of(llm: Llm, role: Role, key: str) -> tuple[StoredFormat | None, int]:
    """The layout of tensors of `role`, None for plain ones, and the bits of plain ones.

    A checkpoint that is published in this very precision is sized as it is stored; otherwise as such checkpoints are
    usually made.
    """
    if llm.storage is not None and llm.storage.key == key:
        return llm.storage.format_of(role.value), llm.storage.rest_bits
    recipe = RECIPES[key]
    if recipe.form is None:
        return None, recipe.rest_bits
    roles = recipe.mixed if llm.architecture.experts else recipe.dense
    return (recipe.form if role in roles else None), recipe.rest_bits


def not_countable(architecture: Architecture) -> Unknown | None:
    """Why the tensors cannot be counted, None where they can."""
    if architecture.tensors:
        return None
    because = architecture.unknown[0] if architecture.unknown else Message("The model's tensors are not known.")
    return Unknown(because)


@lru_cache(maxsize=4096)
def weights_bytes(llm: Llm, key: str) -> int | Unknown:
    """Bytes of all weights that an engine loads at `key`: without MTP layers; GGUF without the vision tower.

    Raises:
        InputError: there is no precision of that key.
    """
    return _sum(llm, key, mtp=False)


def file_bytes(llm: Llm, key: str) -> int | Unknown:
    """Bytes of the published files at the precision `key`: safetensors hold MTP layers too."""
    return _sum(llm, key, mtp=True)


def _sum(llm: Llm, key: str, *, mtp: bool) -> int | Unknown:
    if key not in PRECISIONS:
        raise InputError(Message("There is no precision called {text}.", text=key))
    if llm.own_tensor_bytes is not None and key == llm.native_precision:
        return llm.own_tensor_bytes
    unknown = not_countable(llm.architecture)
    if unknown is not None:
        return unknown
    if key in MIXES:
        return gguf_bytes(llm.architecture, key)
    return sum(group_bytes(llm, one, key) for one in llm.architecture.tensors if mtp or not one.mtp)
