"""The library of published models: db/llm/*.json into Llm values."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from dsdesk.base.errors import CatalogError, DsdeskError, InputError
from dsdesk.base.message import Message
from dsdesk.base.source import Source
from dsdesk.llm.architecture import Architecture, Llm, TensorGroup, TensorRole, Tier
from dsdesk.llm.config_json import build_llm, partly_known
from dsdesk.llm.families.vision import VISION_NOT_COUNTED


def load_library(folder: Path) -> tuple[Llm, ...]:
    """All models of `folder`, by id.

    Raises:
        CatalogError: a file is not what the library expects.
    """
    return tuple(sorted((read_record(path) for path in folder.glob("*.json")), key=lambda llm: llm.id.lower()))


def read_record(path: Path) -> Llm:
    """One file of the library.

    Raises:
        CatalogError: it is not what the library expects.
    """
    try:
        return parse_record(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, KeyError, TypeError) as error:
        raise CatalogError(Message("The model file {file} of the library is damaged.", file=path.name)) from error
    except DsdeskError as error:
        raise CatalogError(
            Message("The model file {file} of the library: {why}", file=path.name, why=error.message)
        ) from error


def parse_record(record: Mapping[str, object]) -> Llm:
    """A library record as an Llm: facts beside the published config, with what the config cannot tell."""
    config = _together(_mapping(record["config"]), _mapping(record.get("supplement") or {}))
    try:
        built = build_llm(config, id=str(record["id"]), name=str(record["name"]))
    except InputError as error:
        if record.get("verified") is not False:
            raise
        built = partly_known(config, error.message, id=str(record["id"]), name=str(record["name"]))
    return Llm(
        id=built.id,
        name=built.name,
        family=str(record["family"]),
        organisation=str(record["organisation"]),
        architecture=_with_lump(built.architecture, record.get("lump")),
        native_precision=str(record.get("native_precision") or built.native_precision),
        parameters_published=_count(record.get("parameters")),
        active_parameters_published=_count(record.get("active_parameters")),
        parameters_residual=str(record.get("parameters_residual") or ""),
        licence=str(record.get("licence") or ""),
        released=str(record.get("released") or ""),
        tiers=tuple(Tier(str(one)) for one in _items(record.get("tiers"))),
        storage=built.storage,
        sources=tuple(_source(_mapping(one)) for one in _items(record.get("sources"))),
        notes=str(record.get("notes") or ""),
    )


def _together(config: Mapping[str, object], more: Mapping[str, object]) -> Mapping[str, object]:
    """A config with a supplement, section by section."""
    found = dict(config)
    for name, value in more.items():
        there = found.get(name)
        found[name] = _together(there, value) if isinstance(there, dict) and isinstance(value, dict) else value
    return found


def _with_lump(architecture: Architecture, lump: object) -> Architecture:
    """Tensors that the config does not describe, as one lump of known size."""
    if not isinstance(lump, dict):
        return architecture
    group = TensorGroup(
        role=TensorRole(lump["role"]), rows=int(lump["parameters"]), columns=1, mtp=bool(lump.get("mtp"))
    )
    unknown = tuple(one for one in architecture.unknown if one != VISION_NOT_COUNTED)
    return replace(architecture, tensors=(*architecture.tensors, group), unknown=unknown)


def _mapping(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise TypeError("an object is expected")
    return value


def _items(value: object) -> Iterable[object]:
    return value if isinstance(value, list) else ()


def _count(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _source(value: Mapping[str, object]) -> Source:
    return Source(
        text=str(value["text"]),
        date=str(value.get("date", "")),
        fields=tuple(str(one) for one in _items(value.get("fields"))),
    )
