"""Parts with equal keys go with the same parts: each rule about a pair against its keys, over the whole shelf."""

from collections import defaultdict
from collections.abc import Callable

import pytest

from dsdesk.design import keys
from dsdesk.design.loads import Load
from dsdesk.design.market import Market
from dsdesk.design.program import Choice
from dsdesk.design.rules import Rules
from dsdesk.design.wish import BuildWish, Form
from dsdesk.hardware.parts import Accelerator
from dsdesk.hardware.vocabulary import Mount, PartKind
from dsdesk.project.project import Configuration, ModelChoice, Project, Site
from tests.claims.factory import factory_catalog

K = PartKind
PAIRS = (
    (K.CPU, K.MEMORY, "cpu_memory", keys.cpu_for_memory, keys.memory),
    (K.BOARD, K.CPU, "board_cpu", keys.board_for_cpu, keys.cpu_for_board),
    (K.BOARD, K.MEMORY, "board_memory", keys.board_for_memory, keys.memory),
    (K.BOARD, K.CASE, "board_case", keys.board_for_case, keys.case_for_board),
    (K.COOLER, K.CPU, "cooler_cpu", keys.cooler_for_cpu, keys.cpu_for_cooler),
    (K.COOLER, K.CASE, "cooler_case", keys.cooler_for_case, keys.case_for_cooler),
    (K.PSU, K.CASE, "psu_case", keys.psu_for_case, keys.case_for_psu),
    (K.PSU, K.BOARD, "psu_board", keys.psu_for_board, keys.board_for_psu),
)


def _rules(count: int, *, careful: bool) -> Rules:
    catalog = factory_catalog()
    llm = catalog.llm("deepseek-ai/DeepSeek-R1-Distill-Llama-8B")
    assert llm is not None
    project = Project(configurations=(Configuration(model=ModelChoice(llm_id=llm.id), precision="q4_k_m"),))
    market = Market(BuildWish(project=project), catalog)
    cards = [one for one in catalog.parts(K.ACCELERATOR) if isinstance(one, Accelerator)]
    card = next(one for one in cards if one.mount is Mount.PCIE and one.slot_width and one.length_mm)
    load = Load(
        llm=llm,
        configuration=project.configuration,
        accelerator=card,
        count=count,
        nodes=1,
        platform=None,
        link=None,
        market=market,
    )
    return Rules(load, Site(), Form.ANY, careful)


def _choices(kind: PartKind) -> list[Choice]:
    return [
        Choice(part=part, pieces=pieces, cents=0, unpriced=0, watts=0.0, size=0.0)
        for part in factory_catalog().parts(kind)
        for pieces in ((1, 2, 4) if kind is K.MEMORY else (1,))
    ]


def _equals(choices: list[Choice], key: Callable[[Choice], object]) -> list[list[Choice]]:
    groups = defaultdict(list)
    for choice in choices:
        groups[key(choice)].append(choice)
    return [group for group in groups.values() if len(group) > 1]


@pytest.mark.parametrize("careful", [True, False])
@pytest.mark.parametrize(("one", "other", "name", "key", "other_key"), PAIRS)
def test_parts_of_equal_keys_go_with_the_same_parts(one, other, name, key, other_key, careful):
    left, right = _choices(one), _choices(other)
    equals = _equals(left, key), _equals(right, other_key)
    assert any(equals)
    for count in (1, 2):
        rule = getattr(_rules(count, careful=careful), name)
        for group in equals[0]:
            for partner in right:
                assert len({rule(choice, partner) for choice in group}) == 1, (group[0].part.id, partner.part.id)
        for group in equals[1]:
            for partner in left:
                assert len({rule(partner, choice) for choice in group}) == 1, (group[0].part.id, partner.part.id)
