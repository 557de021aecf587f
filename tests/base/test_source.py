from dataclasses import fields

import pytest

from dsdesk.base.jsonable import jsonable
from dsdesk.base.message import Message
from dsdesk.base.source import LazyWhy, Why
from dsdesk.base.translate import Language

TOLD = Why(title=Message("Weights"), formula="1 + 1", source="arithmetic", parts=(Why(Message("One"), "1", "unit"),))


def test_an_explanation_is_told_once_and_only_when_it_is_read():
    asked = []

    def tell():
        asked.append(1)
        return TOLD

    lazy = LazyWhy(tell)
    assert not asked
    assert lazy.formula == "1 + 1"
    assert [getattr(lazy, one.name) for one in fields(lazy)] == [TOLD.title, "1 + 1", "arithmetic", TOLD.parts]
    assert len(asked) == 1


def test_a_lazy_explanation_is_the_explanation():
    lazy, other = LazyWhy(lambda: TOLD), LazyWhy(lambda: Why(Message("Cache"), "2", "x"))
    assert lazy == TOLD
    assert {TOLD: "told"}[lazy] == "told"
    assert hash(lazy) == hash(TOLD)
    assert lazy not in (other, None)
    assert jsonable(lazy, Language.ENGLISH) == jsonable(TOLD, Language.ENGLISH)
    with pytest.raises(AttributeError):
        lazy.nothing  # noqa: B018 - reading it is what must fail
    with pytest.raises(AttributeError):
        lazy.formula = "3"
