"""A model read from the headers of weight files, as text that a project carries: it opens without the files."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from dsdesk.base.errors import FileError
from dsdesk.base.imports import importing
from dsdesk.base.message import N_, Message
from dsdesk.llm.architecture import Llm
from dsdesk.llm.reader import read_model

_MARK = "dsdesk_model"
_VERSION = 1


def is_description(text: str) -> bool:
    """Whether `text` is such a description and not a model's own config.json."""
    return text.startswith(f'{{"{_MARK}"')


def carry(path: Path) -> tuple[Llm, str]:
    """The model at `path` and the text by which a project carries it: its config.json, or what its headers say.

    Raises:
        FileError: there is no model there, or it cannot be read.
        InputError: it describes no model that dsdesk understands.
    """
    llm = read_model(path)
    if llm.own_tensor_bytes is not None:
        return llm, describe(llm)
    config = path / "config.json" if path.is_dir() else path
    return llm, config.read_text(encoding="utf-8")


def describe(llm: Llm) -> str:
    """`llm` as text: its shape and its bytes, no weights."""
    with importing():
        from pydantic import TypeAdapter

        adapter = TypeAdapter(Llm)
    shape = llm.architecture
    told = replace(llm, architecture=replace(shape, unknown=()))
    content: dict[str, Any] = {
        _MARK: _VERSION,
        "unknown": [[one.text, {name: str(value) for name, value in one.values.items()}] for one in shape.unknown],
        "llm": adapter.dump_python(told, mode="json", exclude_defaults=True),
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def read_description(text: str) -> Llm:
    """The model that `text` describes.

    Raises:
        FileError: a newer dsdesk wrote it, or it is damaged.
    """
    with importing():
        from pydantic import TypeAdapter, ValidationError

        adapter = TypeAdapter(Llm)
    try:
        content = json.loads(text)
        if content[_MARK] != _VERSION:
            raise FileError(Message(N_("A newer dsdesk wrote what the project says of its model; use that one.")))
        llm = adapter.validate_json(json.dumps(content["llm"]))
        unknown = tuple(Message(str(words), **values) for words, values in content["unknown"])
    except (ValueError, KeyError, TypeError, RecursionError, ValidationError) as error:
        raise FileError(
            Message(N_("What the project says of its model is damaged. Choose the weight files again."))
        ) from error
    return replace(llm, architecture=replace(llm.architecture, unknown=unknown))
