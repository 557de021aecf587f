"""The header of a GGUF file: its metadata and the list of its tensors, without a byte of the weights.

Source: the GGUF specification (ggml-org/ggml docs/gguf.md), versions 2 and 3.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dsdesk.base.errors import FileError
from dsdesk.base.message import Message
from dsdesk.llm.bounded import Head, mapped
from dsdesk.llm.ggml_types import BY_NUMBER

_U32, _U64 = struct.Struct("<I"), struct.Struct("<Q")
_NUMBERS = {
    0: struct.Struct("<B"),
    1: struct.Struct("<b"),
    2: struct.Struct("<H"),
    3: struct.Struct("<h"),
    4: struct.Struct("<I"),
    5: struct.Struct("<i"),
    6: struct.Struct("<f"),
    7: struct.Struct("<?"),
    10: struct.Struct("<Q"),
    11: struct.Struct("<q"),
    12: struct.Struct("<d"),
}
_TEXT, _ARRAY = 8, 9
_MOST_PAIRS, _MOST_TENSORS, _MOST_TEXTS, _MOST_NAME, _MOST_TEXT = 100_000, 400_000, 2_000_000, 1024, 2**20
_KEPT_ARRAY = 4096
_MOST_NESTING, _MOST_DIMENSIONS = 3, 4
_VERSIONS = (2, 3)

Value = int | float | str | bool | tuple["Value", ...] | None


@dataclass(frozen=True, slots=True)
class GgufTensor:
    """One tensor as the header lists it.

    Attributes:
        name: such as "blk.0.attn_q.weight".
        dimensions: row length first.
        kind: number of its type.
        size: bytes.
    """

    name: str
    dimensions: tuple[int, ...]
    kind: int
    size: int


@dataclass(frozen=True, slots=True)
class GgufHeader:
    """Metadata and tensors of one file.

    Attributes:
        metadata: values by key; of long arrays only the length is kept, under the key with "#" behind it.
        tensors: in the order of the file.
        data_bytes: of all tensors together.
    """

    metadata: Mapping[str, Value]
    tensors: tuple[GgufTensor, ...]
    data_bytes: int


def read_header(path: Path) -> GgufHeader:
    """Read the header of a GGUF file.

    Raises:
        FileError: it is no GGUF file, of another version, damaged, or claims what cannot be.
    """
    with mapped(path) as head:
        if head.size < 24 or head.take(4) != b"GGUF":  # noqa: PLR2004 - magic, version and two counts
            raise FileError(Message("The file {file} is not a GGUF file.", file=path.name))
        version = int(head.number(_U32))
        if version not in _VERSIONS:
            raise FileError(
                Message(
                    "The file {file} is GGUF version {version}; dsdesk reads 2 and 3.", file=path.name, version=version
                )
            )
        tensors = head.count(_U64, _MOST_TENSORS, Message("tensors"))
        pairs = head.count(_U64, _MOST_PAIRS, Message("metadata entries"))
        metadata: dict[str, Value] = {}
        for _ in range(pairs):
            key = _text(head, _MOST_NAME)
            _value(head, int(head.number(_U32)), metadata, key, 0)
        listed = tuple(_tensor(head) for _ in range(tensors))
        data = _data_bytes(head, metadata, listed)
    return GgufHeader(metadata, listed, data)


def _text(head: Head, most: int) -> str:
    return head.take(head.count(_U64, most, Message("bytes in a text"))).decode("utf-8", "replace")


def _value(head: Head, kind: int, into: dict[str, Value], key: str, depth: int) -> None:
    if kind in _NUMBERS:
        into[key] = head.number(_NUMBERS[kind])
    elif kind == _TEXT:
        length = head.count(_U64, head.size, Message("bytes in a text"))
        if length <= _MOST_TEXT:
            into[key] = head.take(length).decode("utf-8", "replace")
        else:
            head.skip(length)
    elif kind == _ARRAY and depth < _MOST_NESTING:
        _array(head, into, key, depth)
    else:
        raise FileError(Message("The file {file} has metadata of an unknown type.", file=head.name))


def _array(head: Head, into: dict[str, Value], key: str, depth: int) -> None:
    kind = int(head.number(_U32))
    count = head.count(_U64, head.size, Message("values in a list"))
    into[key + "#"] = count
    if kind in _NUMBERS:
        form = _NUMBERS[kind]
        if count > _KEPT_ARRAY:
            head.skip(count * form.size)
        else:
            into[key] = tuple(head.number(form) for _ in range(count))
    elif kind == _TEXT and count <= _MOST_TEXTS:
        head.skip_texts(count)
    elif kind == _ARRAY and count <= _KEPT_ARRAY and depth < _MOST_NESTING:
        for _ in range(count):
            _array(head, {}, key, depth + 1)
    else:
        raise FileError(Message("The file {file} has a list that no model has.", file=head.name))


def _tensor(head: Head) -> GgufTensor:
    name = _text(head, _MOST_NAME)
    dimensions = tuple(
        int(head.number(_U64)) for _ in range(head.count(_U32, _MOST_DIMENSIONS, Message("dimensions of a tensor")))
    )
    kind, offset = int(head.number(_U32)), int(head.number(_U64))
    elements = 1
    for one in dimensions:
        elements *= one
    known = BY_NUMBER.get(kind)
    size = -(-elements * known.size // known.block) if known else 0
    if elements > head.size * 8 or offset + size > head.size:
        raise FileError(
            Message(
                "The file {file} lists the tensor {tensor} beyond its own end: it is damaged or not fully downloaded.",
                file=head.name,
                tensor=name[:80],
            )
        )
    return GgufTensor(name, dimensions, kind, size)


def _data_bytes(head: Head, metadata: Mapping[str, Value], tensors: tuple[GgufTensor, ...]) -> int:
    """Bytes of all tensors, which must fit behind the header; with types that are not known, all that is there."""
    align = metadata.get("general.alignment", 32)
    start = head.at + (-head.at % align if isinstance(align, int) and align > 0 else 0)
    counted = sum(one.size for one in tensors)
    if start + counted > head.size:
        raise FileError(
            Message(
                "The file {file} is shorter than its tensors: it is damaged or not fully downloaded.", file=head.name
            )
        )
    return counted if all(one.kind in BY_NUMBER for one in tensors) else head.size - start
