"""The factory library for tests of memory, read once."""

from functools import cache

from dsdesk.base import assets
from dsdesk.llm.library import load_library


@cache
def library():
    return {llm.id: llm for llm in load_library(assets.factory_db("llm"))}


def model(name):
    return next(llm for llm in library().values() if llm.id.endswith("/" + name))
