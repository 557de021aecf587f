"""The factory catalogue in memory, straight from db/, and the guide's schemes evaluated with it."""

from functools import lru_cache

from dsdesk.base import assets
from dsdesk.catalog.seed import read_content
from dsdesk.evaluate import Evaluation, evaluate
from dsdesk.llm.library import load_library
from dsdesk.project.templates import scheme
from tests.fakes.catalog import FakeCatalog


@lru_cache
def factory_catalog() -> FakeCatalog:
    """Every factory part, price and model."""
    content = read_content(assets.factory_db())
    return FakeCatalog(parts=content.parts, llms=load_library(assets.factory_db("llm")), prices=content.prices)


@lru_cache
def evaluated(key: str) -> Evaluation:
    """A scheme of the guide."""
    return evaluate(scheme(key), factory_catalog())
