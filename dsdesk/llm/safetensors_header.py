"""The header of a safetensors file: names, types and shapes of its tensors, without a byte of the weights.

Source: the safetensors format description (huggingface/safetensors README).
"""

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import TypeGuard

from dsdesk.base.errors import FileError
from dsdesk.base.message import Message
from dsdesk.llm.bounded import mapped

_LENGTH = struct.Struct("<Q")
_MOST_HEADER = 6 * 2**20
_BITS = {
    "F64": 64,
    "I64": 64,
    "U64": 64,
    "C64": 64,
    "F32": 32,
    "I32": 32,
    "U32": 32,
    "F16": 16,
    "BF16": 16,
    "I16": 16,
    "U16": 16,
    "F8_E4M3": 8,
    "F8_E4M3FN": 8,
    "F8_E5M2": 8,
    "F8_E8M0": 8,
    "I8": 8,
    "U8": 8,
    "BOOL": 8,
    "F6_E2M3": 6,
    "F6_E3M2": 6,
    "F4": 4,
}


_MOST_DIMENSIONS = 8
_LARGEST = 2**48


@dataclass(frozen=True, slots=True)
class SafeTensor:
    """One tensor as the header lists it: name, type as written, shape, bytes."""

    name: str
    kind: str
    shape: tuple[int, ...]
    size: int


def read_tensors(path: Path) -> tuple[SafeTensor, ...]:
    """The tensors that a safetensors file lists.

    Raises:
        FileError: it is no safetensors file, damaged, or its offsets lie.
    """
    with mapped(path) as head:
        length = int(head.number(_LENGTH))
        if length > head.size - 8:
            raise FileError(
                Message("The file {file} is not a safetensors file, or is not fully downloaded.", file=path.name)
            )
        if length > _MOST_HEADER:
            raise FileError(Message("The header of {file} is larger than any model's.", file=path.name))
        text = head.take(length)
        data = head.size - head.at
    return _parse(text, data, path.name)


def _parse(text: bytes, data: int, name: str) -> tuple[SafeTensor, ...]:
    damaged = FileError(Message("The header of {file} is damaged.", file=name))
    try:
        values = json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise damaged from error
    if not isinstance(values, dict):
        raise damaged
    found, spans = [], []
    for key, entry in values.items():
        if key == "__metadata__":
            continue
        if not isinstance(entry, dict):
            raise damaged
        one, span = _entry(key, entry, name)
        found.append(one)
        spans.append(span)
    _check_spans(spans, data, name)
    return tuple(found)


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object whose names differ, as the format demands."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name occurs twice")
    return found


def _entry(key: str, entry: Mapping[str, object], name: str) -> tuple[SafeTensor, tuple[int, int]]:
    shape, offsets, kind = entry.get("shape"), entry.get("data_offsets"), entry.get("dtype")
    if (
        not isinstance(kind, str)
        or not _counts(shape, _MOST_DIMENSIONS)
        or not _counts(offsets, 2)
        or len(offsets) != 2  # noqa: PLR2004 - first byte and last
    ):
        raise _wrong(key, name)
    start, end = offsets
    bits = _BITS.get(kind)
    if start > end or (bits is not None and end - start != -(-prod(shape) * bits // 8)):
        raise _wrong(key, name)
    return SafeTensor(key, kind, tuple(shape), end - start), (start, end)


def _counts(values: object, most: int) -> TypeGuard[list[int]]:
    """Whether these are at most so many whole numbers that a file can have."""
    if not isinstance(values, list) or len(values) > most:
        return False
    for one in values:  # noqa: SIM110 - a hundred thousand tensors: a generator for each takes as long as the rest
        if not isinstance(one, int) or not 0 <= one < _LARGEST:
            return False
    return True


def _wrong(key: str, name: str) -> FileError:
    return FileError(Message("The header of {file} describes the tensor {tensor} wrongly.", file=name, tensor=key[:80]))


def _check_spans(spans: list[tuple[int, int]], data: int, name: str) -> None:
    """Tensors must lie behind one another inside the file."""
    last = 0
    for start, end in sorted(spans):
        if start < last:
            raise FileError(Message("The header of {file} lets tensors overlap.", file=name))
        last = end
    if last > data:
        raise FileError(
            Message("The file {file} is shorter than its tensors: it is damaged or not fully downloaded.", file=name)
        )
