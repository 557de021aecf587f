"""The factory library for tests of memory, read once."""

from collections.abc import Mapping
from functools import cache

from dsdesk.base import assets
from dsdesk.llm.architecture import Llm
from dsdesk.llm.library import load_library


@cache
def library() -> Mapping[str, Llm]:
    return {llm.id: llm for llm in load_library(assets.factory_db("llm"))}


def model(name: str) -> Llm:
    return next(llm for llm in library().values() if llm.id.endswith("/" + name))
