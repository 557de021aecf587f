"""The user's own weights into an Llm: a folder, a config.json, a .gguf, a safetensors file or index. Headers only."""

import math
import re
from dataclasses import replace
from pathlib import Path

from dsdesk.base.errors import FileError
from dsdesk.base.message import Message
from dsdesk.base.source import Source
from dsdesk.llm.architecture import Llm
from dsdesk.llm.config_json import build_llm, parse_config
from dsdesk.llm.gguf import read_gguf
from dsdesk.llm.safetensors_header import read_tensors
from dsdesk.llm.tensor_names import is_mtp

_LARGEST_CONFIG = 16 * 2**20
_LARGEST_INDEX = 256 * 2**20
_MOST_FILES = 2000
_TOTAL = re.compile(rb'"total_size"\s*:\s*(\d{1,18})\b')
_SHARD = re.compile(rb':\s*"([^"]{1,1000}\.safetensors)"')
_PLAIN_NAME = re.compile(r"[^/\\:\0]{1,200}")
_KINDS = {"F32": "f32", "F16": "f16", "BF16": "bf16", "F8_E4M3": "fp8"}


def read_model(path: Path) -> Llm:
    """The model at `path`.

    Args:
        path: a folder with config.json, a config.json, a .gguf (also one part of a set), a .safetensors file, or a
            safetensors index.

    Raises:
        FileError: there is nothing of that kind, or it is damaged.
        InputError: the config is not of a language model.
    """
    if path.is_dir():
        return _folder(path)
    if not path.is_file():
        raise FileError(Message("There is no file or folder {file}.", file=str(path)))
    name = path.name.lower()
    if name.endswith(".gguf"):
        return read_gguf(path)
    if name.endswith(".safetensors"):
        return _with_weights(path.parent, (path,))
    if name.endswith(".safetensors.index.json"):
        return _indexed(path)
    if name.endswith(".json"):
        return _config(path)
    raise FileError(
        Message(
            "dsdesk reads a folder with config.json, a .gguf, a .safetensors or its index; {file} is none.",
            file=path.name,
        )
    )


def _folder(path: Path) -> Llm:
    """A folder as it is downloaded: config.json beside safetensors, or .gguf files."""
    names = sorted(one for one in path.iterdir() if one.is_file())[:_MOST_FILES]
    indexes = [one for one in names if one.name.endswith(".safetensors.index.json")]
    shards = tuple(one for one in names if one.suffix == ".safetensors")
    ggufs = [one for one in names if one.suffix.lower() == ".gguf" and not one.name.lower().startswith("mmproj")]
    if (path / "config.json").is_file():
        if indexes:
            return _indexed(indexes[0])
        return _with_weights(path, shards) if shards else _config(path / "config.json")
    if ggufs:
        return read_gguf(ggufs[0])
    raise FileError(Message("The folder {folder} holds neither a config.json nor a .gguf file.", folder=str(path)))


def _config(path: Path) -> Llm:
    if path.stat().st_size > _LARGEST_CONFIG:
        raise FileError(Message("The file {file} is too large to be a model's config.", file=path.name))
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise FileError(Message("The file {file} cannot be read as text.", file=path.name)) from error
    name = path.parent.name if path.name == "config.json" and path.parent.name else path.stem
    llm = build_llm(parse_config(text), id=f"local:{name}", name=name)
    return replace(llm, sources=(Source(text=path.name, date=""),))


def _indexed(path: Path) -> Llm:
    """A safetensors index: the shards' headers where they are there, else the total that the index states."""
    if path.stat().st_size > _LARGEST_INDEX:
        raise FileError(Message("The file {file} is too large to be an index.", file=path.name))
    content = path.read_bytes()
    names = sorted({found.group(1).decode(errors="replace") for found in _SHARD.finditer(content)})
    if not names or len(names) > _MOST_FILES:
        raise FileError(Message("The file {file} is not a safetensors index.", file=path.name))
    outside = next((one for one in names if not _PLAIN_NAME.fullmatch(one)), None)
    if outside is not None:
        raise FileError(
            Message(
                "The file {file} names {shard}, which lies outside its folder; dsdesk reads files beside it only.",
                file=path.name,
                shard=outside[:80],
            )
        )
    shards = tuple(path.parent / name for name in names)
    there = [one for one in shards if one.is_file()]
    if len(there) == len(shards):
        return _with_weights(path.parent, shards)
    if there:
        missing = next(one.name for one in shards if not one.is_file())
        raise FileError(
            Message(
                "The set is not complete: {missing} of {count} files are missing, the first is {file}.",
                missing=len(shards) - len(there),
                count=len(shards),
                file=missing,
            )
        )
    total = _TOTAL.search(content)
    llm = _beside(path.parent)
    return replace(llm, own_tensor_bytes=int(total.group(1))) if total else llm


def _beside(folder: Path) -> Llm:
    config = folder / "config.json"
    if not config.is_file():
        raise FileError(
            Message(
                "There is no config.json beside the weights in {folder}; it tells the shape of the model.",
                folder=str(folder),
            )
        )
    return _config(config)


def _with_weights(folder: Path, shards: tuple[Path, ...]) -> Llm:
    """The config's model with the bytes that its files really hold."""
    llm = _beside(folder)
    layers = llm.architecture.layer_count
    total, elements, by_kind = 0, 0, dict.fromkeys(_KINDS, 0)
    for shard in shards:
        for one in read_tensors(shard):
            if is_mtp(one.name, layers):
                continue
            total += one.size
            elements += math.prod(one.shape)
            by_kind[one.kind] = by_kind.get(one.kind, 0) + one.size
    if not llm.architecture.tensors and elements:
        held = Message("Its files hold {count} elements, which are loaded as they are.", count=elements)
        unknown = (*llm.architecture.unknown, held)
        llm = replace(llm, architecture=replace(llm.architecture, unknown=unknown))
    native = llm.native_precision
    if llm.storage is None and total:
        native = _KINDS.get(max(by_kind, key=lambda kind: by_kind[kind]), native)
    return replace(llm, own_tensor_bytes=total, native_precision=native)
