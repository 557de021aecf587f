"""The user's own weights as a choice of the project: a folder, config.json, a .gguf, a safetensors file or index."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dsdesk.base.message import N_, Message
from dsdesk.llm.architecture import Llm
from dsdesk.llm.precision import Engine
from dsdesk.project.edits import Edit, change_configuration
from dsdesk.project.project import Configuration, ModelChoice

_OF_GGUF = (Engine.LLAMA_CPP, Engine.IK_LLAMA_CPP)


@dataclass(frozen=True, slots=True)
class OwnWeights:
    """What was read of them: the model, and the text by which a project carries it."""

    path: Path
    llm: Llm
    text: str


def read_weights(path: Path) -> OwnWeights:
    """The model at `path`; a project keeps its config.json, or what the headers of its weight files say.

    Raises:
        FileError: there is no model there, or it cannot be read.
        InputError: it describes no model that dsdesk understands.
    """
    from dsdesk.llm.description import carry

    return OwnWeights(path, *carry(path))


def adopt(weights: OwnWeights, configuration: Configuration) -> Edit:
    """The edit that makes them the model of the project, run as they are stored and by an engine that reads them."""
    from dsdesk.sizing.precisions import PRECISIONS

    llm = weights.llm
    choice = ModelChoice(llm_id=llm.id, path=str(weights.path), config_json=weights.text)
    changes: dict[str, Any] = {"model": choice}
    if llm.own_tensor_bytes is not None and llm.native_precision in PRECISIONS:
        changes["precision"] = llm.native_precision
    if _is_gguf(weights) and configuration.engine not in _OF_GGUF:
        changes["engine"] = Engine.LLAMA_CPP
    return change_configuration(Message(N_("Use my own weights {name}"), name=llm.name), **changes)


def _is_gguf(weights: OwnWeights) -> bool:
    return any(source.text.lower().endswith(".gguf") for source in weights.llm.sources)
