"""The model that a project names: from the library, or from the config that the project carries."""

from collections.abc import Callable
from functools import lru_cache

from dsdesk.base.errors import DsdeskError
from dsdesk.base.message import N_, Message
from dsdesk.base.source import Unknown
from dsdesk.llm.architecture import Llm
from dsdesk.llm.config_json import read_config
from dsdesk.llm.description import is_description, read_description


@lru_cache(maxsize=64)
def _own(config: str, name: str) -> Llm | Unknown:
    try:
        if is_description(config):
            return read_description(config)
        return read_config(config, id=f"local:{name}", name=name)
    except DsdeskError as error:
        return Unknown(error.message)


def chosen(llm_id: str, config_json: str, find: Callable[[str], Llm | None]) -> Llm | Unknown | None:
    """The model of a choice: None when nothing is chosen, Unknown when it cannot be had.

    Args:
        llm_id: library id, or "local:NAME".
        config_json: text of the user's own config, or the description of their weight files; "" for library models.
        find: looks an id up in the library.
    """
    if config_json:
        return _own(config_json, llm_id.removeprefix("local:") or "config.json")
    if not llm_id:
        return None
    found = find(llm_id)
    return found or Unknown(Message(N_("The library has no model {name}. Choose another one."), name=llm_id))
