"""The user's own weights as a choice of the project: a folder, its config.json, or a file beside it."""

from pathlib import Path

from dsdesk.base.errors import FileError, InputError
from dsdesk.base.message import N_, Message
from dsdesk.llm.config_json import read_config
from dsdesk.project.edits import Edit, change_configuration
from dsdesk.project.project import ModelChoice

_LARGEST_BYTES = 16 * 1024 * 1024


def adopt(path: Path) -> Edit:
    """The edit that makes the weights at `path` the model of the project.

    Raises:
        FileError: there is no config.json there, or it cannot be read.
        InputError: it describes no model that dsdesk understands.
    """
    config = _config_beside(path)
    try:
        if config.stat().st_size > _LARGEST_BYTES:
            raise InputError(Message(N_("{path} is too large to be a config.json."), path=str(config)))
        text = config.read_text(encoding="utf-8")
    except OSError as error:
        reason = error.strerror or str(error)
        raise FileError(Message(N_("{path} cannot be read: {reason}."), path=str(config), reason=reason)) from error
    except UnicodeDecodeError as error:
        raise FileError(Message(N_("{path} is not a config.json: it is not text."), path=str(config))) from error
    name = config.parent.name or config.stem
    llm = read_config(text, id=f"local:{name}", name=name)
    choice = ModelChoice(llm_id=llm.id, path=str(path), config_json=text)
    return change_configuration(Message(N_("Use my own weights {name}"), name=name), model=choice)


def _config_beside(path: Path) -> Path:
    if path.suffix == ".json" and not path.name.endswith(".index.json"):
        return path
    folder = path if path.is_dir() else path.parent
    config = folder / "config.json"
    if not config.is_file():
        text = N_("{path} has no config.json. Choose the folder that the model was downloaded into.")
        raise FileError(Message(text, path=str(folder)))
    return config
