import json

import pytest

from dsdesk.base import assets
from dsdesk.llm.architecture import TensorRole, Tier
from dsdesk.llm.library import load_library

LIBRARY = {llm.id: llm for llm in load_library(assets.factory_db("llm"))}
RECORDS = sorted(assets.factory_db("llm").glob("*.json"))
PARTLY_KNOWN = {
    "deepseek-ai/Janus-1.3B",
    "deepseek-ai/Janus-Pro-1B",
    "deepseek-ai/Janus-Pro-7B",
    "deepseek-ai/JanusFlow-1.3B",
    "deepseek-ai/deepseek-vl2",
}


def test_the_library_holds_every_deepseek_generation_and_what_people_compare_with():
    assert len(LIBRARY) == 171
    organisations = {llm.organisation for llm in LIBRARY.values()}
    assert {
        "DeepSeek",
        "Alibaba Qwen",
        "Meta",
        "OpenAI",
        "Moonshot AI",
        "Z.ai",
        "Mistral AI",
        "Google",
    } <= organisations


def test_every_model_says_where_its_facts_come_from():
    for llm in LIBRARY.values():
        assert llm.sources, llm.id
        assert all(source.text and source.date in ("2026-11-24", "2026-11-25") for source in llm.sources), llm.id


def test_the_tiers_stand_for_the_checkpoints_that_the_guide_means():
    by_tier = {tier: {llm.id.split("/")[1] for llm in LIBRARY.values() if tier in llm.tiers} for tier in Tier}
    assert by_tier[Tier.LITE] == {"DeepSeek-R1-Distill-Qwen-7B", "DeepSeek-R1-0528-Qwen3-8B", "DeepSeek-V2-Lite"}
    assert by_tier[Tier.PRO] == {"deepseek-llm-67b-base", "DeepSeek-R1-Distill-Llama-70B"}
    assert {"DeepSeek-V2.5", "DeepSeek-V3", "DeepSeek-V3.2", "DeepSeek-R1", "DeepSeek-V4-Flash"} <= by_tier[Tier.ULTRA]


@pytest.mark.parametrize("llm", LIBRARY.values(), ids=lambda llm: llm.id)
def test_parameters_agree_with_the_published_count_or_the_difference_is_explained(llm):
    if llm.id in PARTLY_KNOWN:
        assert llm.architecture.unknown
        return
    assert not llm.architecture.unknown
    if llm.parameters_published is None:
        assert llm.parameters_residual
        return
    difference = abs(llm.architecture.parameters - llm.parameters_published) / llm.parameters_published
    assert difference < 0.001 or llm.parameters_residual


def test_counts_that_are_exact_to_the_last_parameter_stay_so():
    lumped = {
        json.loads(path.read_text(encoding="utf-8"))["id"] for path in RECORDS if '"lump"' in path.read_text("utf-8")
    }
    itemised = [llm for llm in LIBRARY.values() if llm.id not in lumped]
    assert sum(llm.architecture.parameters == llm.parameters_published for llm in itemised) >= 106


@pytest.mark.parametrize(
    ("model", "vision"), [("Qwen/Qwen3.5-27B", 460_730_096), ("google/gemma-4-31B-it", 575_743_536)]
)
def test_vision_towers_described_in_the_config_are_counted(model, vision):
    tensors = LIBRARY[model].architecture.tensors
    assert sum(group.parameters for group in tensors if group.role is TensorRole.VISION) == vision


def test_active_parameters_are_near_what_publishers_say():
    # DeepSeek-V3 README: 37B of 671B; Mixtral: 12.9B of 46.7B.
    v3 = LIBRARY["deepseek-ai/DeepSeek-V3"].architecture
    assert v3.active_parameters == pytest.approx(37.5e9, rel=0.01)
    assert sum(group.parameters for group in v3.tensors if not group.mtp) == 671_026_419_200
    assert LIBRARY["mistralai/Mixtral-8x7B-Instruct-v0.1"].architecture.active_parameters == pytest.approx(
        12.9e9, rel=0.01
    )


def test_records_keep_the_published_config_apart_from_what_was_added():
    for path in RECORDS:
        record = json.loads(path.read_text(encoding="utf-8"))
        assert "_meta" not in record["config"]
        assert ("supplement" in record) == ("supplement_reason" in record), path.name


def test_layers_ascend():
    for llm in LIBRARY.values():
        shape = llm.architecture
        for layers in (*(one.layers for one in shape.tensors), *(one.layers for one in shape.attention)):
            assert list(layers) == sorted(layers), llm.id
