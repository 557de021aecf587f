"""A .gguf file, or a set of them, into an Llm: its tensors as they are, attention as llama.cpp tells it from metadata.

Source: llama.cpp `src/llama-model.cpp`, `src/models/*.cpp` (llama_cpp_python 0.3.36), read 2026-11-24.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dsdesk.base.errors import FileError
from dsdesk.base.message import Message
from dsdesk.base.source import Source
from dsdesk.llm.architecture import Architecture, Experts, Llm, TensorGroup, TensorRole
from dsdesk.llm.ggml_types import BY_NUMBER
from dsdesk.llm.gguf_attention import read_attention
from dsdesk.llm.gguf_header import GgufHeader, GgufTensor, Value, read_header
from dsdesk.llm.gguf_metadata import Metadata
from dsdesk.llm.tensor_names import gguf_role

_PART = re.compile(r"^(.*)-(\d{5})-of-(\d{5})\.gguf$", re.IGNORECASE)
_MOST_PARTS = 1000
_MOST_LAYERS = 4096
_FILE_TYPES = {
    0: "f32",
    1: "f16",
    2: "q4_0",
    3: "q4_1",
    7: "q8_0",
    8: "q5_0",
    9: "q5_1",
    10: "q2_k",
    11: "q3_k_s",
    12: "q3_k_m",
    13: "q3_k_l",
    14: "q4_k_s",
    15: "q4_k_m",
    16: "q5_k_s",
    17: "q5_k_m",
    18: "q6_k",
    19: "iq2_xxs",
    20: "iq2_xs",
    21: "q2_k_s",
    22: "iq3_xs",
    23: "iq3_xxs",
    24: "iq1_s",
    25: "iq4_nl",
    26: "iq3_s",
    27: "iq3_m",
    28: "iq2_s",
    29: "iq2_m",
    30: "iq4_xs",
    31: "iq1_m",
    32: "bf16",
    36: "tq1_0",
    37: "tq2_0",
    38: "mxfp4_moe",
}
_BY_TENSOR = {
    "Q2_K": "q2_k",
    "Q3_K": "q3_k_m",
    "Q4_K": "q4_k_m",
    "Q5_K": "q5_k_m",
    "MXFP4": "mxfp4_moe",
    "IQ2_S": "iq2_m",
    "IQ3_S": "iq3_m",
}


def read_gguf(path: Path) -> Llm:
    """The model in a .gguf file; of a split set, any part may be named.

    Raises:
        FileError: a file is missing, damaged, or no GGUF.
    """
    headers = [read_header(part) for part in _parts(path)]
    metadata = Metadata(_merged(headers))
    tensors = [one for header in headers for one in header.tensors]
    architecture = _architecture(metadata, tensors)
    return Llm(
        id=f"local:{path.stem}",
        name=metadata.text("general.name") or path.stem,
        family=metadata.arch,
        organisation="",
        architecture=architecture,
        native_precision=_precision(metadata, tensors),
        licence=metadata.text("general.license"),
        own_tensor_bytes=_loaded_bytes(headers, architecture),
        sources=(Source(text=path.name, date=""),),
    )


def _parts(path: Path) -> list[Path]:
    found = _PART.match(path.name)
    if found is None:
        return [path]
    count = int(found.group(3))
    if not 0 < count <= _MOST_PARTS:
        raise FileError(Message("The file {file} says it is part of a set of {count}.", file=path.name, count=count))
    parts = [path.with_name(f"{found.group(1)}-{number:05d}-of-{count:05d}.gguf") for number in range(1, count + 1)]
    missing = [part.name for part in parts if not part.is_file()]
    if missing:
        raise FileError(
            Message(
                "The set is not complete: {missing} of {count} files are missing, the first is {file}.",
                missing=len(missing),
                count=count,
                file=missing[0],
            )
        )
    return parts


def _merged(headers: Sequence[GgufHeader]) -> Mapping[str, Value]:
    merged: dict[str, Value] = {}
    for header in headers:
        for key, value in header.metadata.items():
            merged.setdefault(key, value)
    return merged


def _loaded_bytes(headers: Sequence[GgufHeader], architecture: Architecture) -> int:
    """Bytes of all tensors but those of multi-token-prediction layers, which llama.cpp passes over."""
    mtp = sum(group.stored_bytes or 0 for group in architecture.tensors if group.mtp)
    return sum(header.data_bytes for header in headers) - mtp


def _precision(metadata: Metadata, tensors: Sequence[GgufTensor]) -> str:
    """The file type; where the header does not name one, the type that holds most of the bytes."""
    number = metadata.number("general.file_type")
    if number in _FILE_TYPES:
        return _FILE_TYPES[number]
    weight: Counter[str] = Counter()
    for one in tensors:
        if one.kind in BY_NUMBER and len(one.dimensions) > 1:
            weight[BY_NUMBER[one.kind].name] += one.size
    if not weight:
        return "f16"
    name = weight.most_common(1)[0][0]
    return _BY_TENSOR.get(name, name.lower())


def _architecture(metadata: Metadata, tensors: Sequence[GgufTensor]) -> Architecture:
    blocks = metadata.number("block_count") or 0
    if blocks > _MOST_LAYERS:
        raise FileError(Message("The file says that the model has {count} layers, which cannot be.", count=blocks))
    nextn = min(metadata.number("nextn_predict_layers") or 0, blocks)
    layers = blocks - nextn
    names = {one.name for one in tensors}
    attention, unknown = read_attention(metadata, names, layers)
    embed = next((one for one in tensors if one.name == "token_embd.weight" and len(one.dimensions) > 1), None)
    if not metadata.arch:
        unknown = (Message("The file does not say what architecture it holds."),)
    return Architecture(
        model_type=metadata.arch,
        hidden_size=metadata.number("embedding_length") or 0,
        layer_count=layers,
        vocab_size=embed.dimensions[1] if embed else metadata.number("vocab_size") or 0,
        max_context_tokens=metadata.number("context_length"),
        tensors=_groups(tensors, layers),
        attention=attention,
        experts=_experts(metadata, tensors),
        mtp_layers=nextn,
        tied_embeddings=embed is not None and "output.weight" not in names,
        unknown=unknown,
    )


@dataclass(frozen=True, slots=True)
class _Likeness:
    """What tensors of one group share."""

    role: TensorRole
    rows: int
    columns: int
    copies: int
    mtp: bool
    kind: int
    name: str


def _groups(tensors: Sequence[GgufTensor], layers: int) -> tuple[TensorGroup, ...]:
    """Equal tensors of all layers together; three-dimensional ones are a layer's experts."""
    found: dict[_Likeness, list[int]] = {}
    sizes: dict[_Likeness, int] = {}
    for one in tensors:
        role, layer = gguf_role(one.name)
        columns, rows, copies = (*one.dimensions, 1, 1, 1)[:3]
        if len(one.dimensions) == 1:
            rows, columns = columns, 1
        if min(rows, columns, copies) < 1:
            continue
        name = one.name.split(".", 2)[-1] if layer is not None else one.name
        mtp = layer is not None and layer >= layers
        key = _Likeness(role, rows, columns, copies, mtp, one.kind, name)
        found.setdefault(key, [])
        if layer is not None:
            found[key].append(layer)
        sizes[key] = sizes.get(key, 0) + one.size
    return tuple(
        TensorGroup(
            role=key.role,
            rows=key.rows,
            columns=key.columns,
            copies=key.copies,
            layers=tuple(sorted(set(held))),
            mtp=key.mtp,
            stored_bytes=sizes[key],
        )
        for key, held in found.items()
    )


def _experts(metadata: Metadata, tensors: Sequence[GgufTensor]) -> Experts | None:
    routed, top_k = metadata.number("expert_count") or 0, metadata.number("expert_used_count") or 0
    up = [one for one in tensors if gguf_role(one.name)[0] is TensorRole.EXPERT_UP and len(one.dimensions) > 2]  # noqa: PLR2004
    if routed < 1 or top_k < 1 or not up:
        return None
    layers = sorted({layer for one in up if (layer := gguf_role(one.name)[1]) is not None})
    return Experts(
        routed=routed,
        shared=metadata.number("expert_shared_count") or 0,
        top_k=min(top_k, routed),
        intermediate=up[0].dimensions[1],
        layers=tuple(layers),
    )
