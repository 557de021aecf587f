"""The facts under db/ themselves."""

import pytest

from dsdesk.base import assets
from dsdesk.catalog.fields import changed_fields
from dsdesk.catalog.migrate import known_revisions
from dsdesk.catalog.rows import facts_of, part_of
from dsdesk.catalog.seed import read_content
from dsdesk.catalog.store import open_catalog
from dsdesk.catalog.text import part_from
from dsdesk.hardware.parts import Accelerator, Bridge, Platform
from dsdesk.hardware.vocabulary import LinkKind, Mount, PartKind, Segment

UNSOURCED = "no public source found"


@pytest.fixture(scope="module")
def content():
    return read_content(assets.factory_db())


@pytest.fixture(scope="module")
def accelerators(content):
    return {part.id: part for part in content.parts if isinstance(part, Accelerator)}


def test_every_part_comes_back_from_its_row(content):
    for part in content.parts:
        assert repr(part_of(part.kind.value, facts_of(part))) == repr(part)


def test_every_part_has_a_source_with_a_date(content):
    undated = [part.id for part in content.parts if not all(one.text and one.date for one in part.sources)]
    assert undated == []


def test_what_is_assumed_is_a_field_that_says_something(content):
    silent = [(part.id, name) for part in content.parts for name in part.unverified if getattr(part, name) is None]
    assert silent == []


def test_a_part_without_a_source_has_no_figures(content):
    unsourced = [part for part in content.parts if part.sources[0].text.startswith(UNSOURCED)]
    told = {"id", "kind", "manufacturer", "name", "aliases", "segment", "mount", "form", "protocol", "notes", "sources"}
    assert unsourced
    for part in unsourced:
        default = type(part).__dataclass_fields__
        said = {name for name, field in default.items() if getattr(part, name) != field.default} - told
        assert said == set(), part.id


def test_parts_name_parts_that_exist(content):
    known = {part.id for part in content.parts}
    named = {
        (part.id, one)
        for part in content.parts
        for one in (
            part.gpu_ids + part.cpu_ids if isinstance(part, Platform) else part.fits if isinstance(part, Bridge) else ()
        )
    }
    assert [pair for pair in named if pair[1] not in known] == []


def test_no_consumer_card_since_ada_has_a_link(accelerators):
    recent = [
        part
        for part in accelerators.values()
        if part.compute_id in ("sm_89", "sm_120") and part.segment is not Segment.DATACENTER
    ]
    assert len(recent) > 15
    assert {part.link for part in recent} == {LinkKind.NONE}


def test_a_bridge_fits_only_cards_that_have_its_connector(content, accelerators):
    bridges = [part for part in content.parts if isinstance(part, Bridge)]
    assert bridges
    for bridge in bridges:
        assert {accelerators[one].link for one in bridge.fits} == {LinkKind.NVLINK_BRIDGE}


# Published values: NVIDIA GA102 whitepaper, H200 and MI300X data sheets as collected by Epoch AI, "ML hardware".
@pytest.mark.parametrize(
    ("part_id", "gib", "gb_s", "watts", "tflops"),
    [
        ("nvidia-rtx-3090", 24, 936, 350, 71.2),
        ("nvidia-h200-sxm", 141, 4800, 700, 989),
        ("amd-mi300x", 192, 5300, 750, 1307.4),
    ],
)
def test_published_figures(accelerators, part_id, gib, gb_s, watts, tflops):
    part = accelerators[part_id]
    assert part.memory_bytes == gib * 2**30
    assert part.bandwidth_b_s == gb_s * 1e9
    assert part.board_power_w == watts
    assert part.fp16_flops == tflops * 1e12


def test_dense_rates_double_with_each_halving_of_the_format(accelerators):
    for part in accelerators.values():
        if part.mount is Mount.SXM and part.fp16_flops and part.fp8_flops:
            assert part.fp8_flops == pytest.approx(2 * part.fp16_flops, rel=0.03), part.id


def test_a_driver_never_reports_more_memory_than_there_is(accelerators):
    for part in accelerators.values():
        if part.visible_memory_bytes is not None and part.memory_bytes is not None:
            assert 0.9 * part.memory_bytes < part.visible_memory_bytes <= part.memory_bytes, part.id


@pytest.mark.parametrize(
    ("name", "part_id"),
    [
        ("RTX 4090", "nvidia-rtx-4090"),
        ("4090", "nvidia-rtx-4090"),
        ("NVIDIA GeForce RTX 4090", "nvidia-rtx-4090"),
        ("NVIDIA GeForce RTX 4090 48GB", "mod-rtx-4090-48gb"),
        ("RTX 4090D", "nvidia-rtx-4090-d"),
        ("NVIDIA GeForce RTX 4090 Laptop GPU", None),
        ("NVIDIA H100 80GB HBM3", "nvidia-h100-sxm"),
        ("H100", None),
        ("A100 80GB", None),
        ("NVIDIA H200", "nvidia-h200-sxm"),
        ("NVIDIA H200 NVL", "nvidia-h200-nvl"),
        ("NVIDIA RTX PRO 6000 Blackwell Server Edition 96GB", "nvidia-rtx-pro-6000-server"),
        ("NVIDIA GB200", "nvidia-gb200"),
        ("AMD Instinct MI300X OAM", "amd-mi300x"),
        ("Apple M3 Ultra 512GB", "apple-m3-ultra-80"),
        ("AMD Ryzen AI Max+ 395 (Radeon 8060S) 128GB", "amd-ryzen-ai-max-395"),
        ("910B2", "huawei-ascend-910b-64gb"),
        ("RTX 3060 8GB", None),
        ("PowerEdge R760xs", "dell-poweredge-r760xs"),
        ("DGX H100", "nvidia-dgx-h100"),
        ("AS-8125GS-TNMR2", "supermicro-as-8125gs-tnmr2"),
        ("7280DR3-24", "arista-7280dr3-24"),
        ("DGX Spark", "nvidia-dgx-spark"),
        ("RTX PRO 6000", "nvidia-rtx-pro-6000-ws"),
    ],
)
def test_names_of_people_and_drivers(factory_store, name, part_id):
    found = factory_store.find_part(name)
    assert (found.id if found else None) == part_id


@pytest.fixture(scope="module")
def factory_store(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DSDESK_HOME", str(tmp_path_factory.mktemp("home")))
        store = open_catalog()
        yield store
        store.close()


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("显卡", PartKind.ACCELERATOR),
        ("电源", PartKind.PSU),
        ("主板", PartKind.BOARD),
        ("内存", PartKind.MEMORY),
        ("散热", PartKind.COOLER),
        ("机箱", PartKind.CASE),
        ("硬盘", PartKind.DRIVE),
        ("交换机", PartKind.SWITCH),
        ("服务器", PartKind.PLATFORM),
        ("机柜", PartKind.RACK),
    ],
)
def test_chinese_words_find_their_kind(factory_store, word, kind):
    assert kind in {part.kind for part in factory_store.search(word, limit=5000)}


def test_the_rows_of_the_long_lists_are_what_the_parts_in_them_are(factory_store):
    for kind in PartKind:
        listed = [part for part in factory_store.parts(kind) if part.id.startswith("opendb-")]
        for part in listed[::50]:
            again = part_from(kind, {"shelf": "listed", **changed_fields(part)})
            assert repr(again) == repr(part)


def test_contents_add_up(factory_store):
    info = factory_store.info()
    assert info.parts == sum(len(factory_store.parts(kind)) for kind in PartKind)
    assert info.models == len(factory_store.llms()) > 150
    accelerators = next(one for one in info.kinds if one.kind is PartKind.ACCELERATOR)
    assert accelerators.filled is not None
    assert accelerators.filled > 0.85


def test_a_model_is_found_by_the_last_element_of_its_id(factory_store):
    assert factory_store.llm("DeepSeek-V3").id == "deepseek-ai/DeepSeek-V3"
    assert factory_store.llm("deepseek-ai/DeepSeek-V3") == factory_store.llm("deepseek-v3")
    assert factory_store.llm("no/such-model") is None


def test_a_revision_has_one_script():
    assert list(known_revisions()) == sorted(set(known_revisions()))
