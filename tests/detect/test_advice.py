"""Matching against the real catalogue, and what a matched machine can run."""

import json

import pytest

from dsdesk.base.units import GB, GIB, MIB
from dsdesk.catalog.store import open_catalog
from dsdesk.cli import command, main
from dsdesk.detect.adopt import adopt_edit
from dsdesk.detect.advice import Verdict, Wish, ranked, table
from dsdesk.detect.matching import matched
from dsdesk.detect.serving_machine import served_by
from dsdesk.detect.snapshot import CpuFacts, Disk, Gpu, HostFacts, Link, MemoryFacts, PciPlace, Slice, Snapshot
from dsdesk.detect.to_get import to_get
from dsdesk.detect.upgrades import Action, Room, upgrades
from dsdesk.hardware.parts import Memory
from dsdesk.hardware.vocabulary import LinkKind
from dsdesk.project.project import Project


@pytest.fixture(scope="module")
def catalog(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DSDESK_HOME", str(tmp_path_factory.mktemp("home")))
        yield open_catalog()


def card(name, mib=None, pci_id="", vendor="nvidia", **more):
    return Gpu(name=name, vendor=vendor, memory_bytes=None if mib is None else mib * MIB, pci_id=pci_id, **more)


def machine(*gpus, links=(), host_gb=None):
    memory = MemoryFacts(total_bytes=None if host_gb is None else host_gb * GB)
    return Snapshot(gpus=gpus, links=links, memory=memory)


@pytest.mark.parametrize(
    ("gpu", "part", "certainty"),
    [
        (card("NVIDIA H100 80GB HBM3", 81559), "nvidia-h100-sxm", "name"),
        (card("NVIDIA H100 PCIe", 81559), "nvidia-h100-pcie", "name"),
        (card("NVIDIA H200", 143771), "nvidia-h200-sxm", "name"),
        (card("NVIDIA H200 NVL", 143771), "nvidia-h200-nvl", "name"),
        (card("NVIDIA A100-SXM4-80GB", 81920), "nvidia-a100-sxm-80gb", "name"),
        (card("NVIDIA GB10", None, "10de:2e12"), "nvidia-gb10", "id"),
        (card("GeForce RTX 3090", 24576), "nvidia-rtx-3090", "name"),
        (card("anything", 24564, "10de:2684"), "nvidia-rtx-4090", "id"),
        (card("NVIDIA RTX 6000 Ada Gene...", 49140), "nvidia-rtx-6000-ada", "name"),
        (card("AMD Instinct MI300X OAM", 196592, vendor="amd"), "amd-mi300x", "name"),
        (card("Arcturus GL-XL [Instinct MI100]", 32752, vendor="amd"), "amd-mi100", "name"),
        (card("Ascend 910B2", 65536, vendor="huawei"), "huawei-ascend-910b-64gb", "name"),
    ],
    ids=lambda value: value.name if isinstance(value, Gpu) else "",
)
def test_driver_names_find_their_part(catalog, gpu, part, certainty):
    (found,) = matched(machine(gpu), catalog).gpus
    assert (found.part_id, found.certainty) == (part, certainty)


def test_measured_memory_is_never_overwritten(catalog):
    snapshot = matched(machine(card("NVIDIA GeForce RTX 4090", 49140)), catalog)
    (found,) = snapshot.gpus
    assert found.part_id == "mod-rtx-4090-48gb"
    assert (found.certainty, found.candidates) == ("memory", ("nvidia-rtx-4090",))
    assert found.memory_bytes == 49140 * MIB
    odd = matched(machine(card("NVIDIA GeForce RTX 3090", 49140)), catalog)
    assert (odd.gpus[0].part_id, odd.gpus[0].certainty) == ("", "modified")
    assert "modified card" in odd.warnings[-1].in_english()
    assert served_by(odd, catalog).memory_bytes > 40 * GB


@pytest.mark.parametrize("name", ["Graphics Device", "NVIDIA GeForce ...", "NVIDIA GeForce RTX 4090 Laptop GPU", ""])
def test_what_is_not_known_stays_open(catalog, name):
    assert matched(machine(card(name, 16376)), catalog).gpus[0].part_id == ""


def test_machine_is_seen_as_measured(catalog):
    pair = [
        card(
            "NVIDIA GeForce RTX 3090", 24576, pci=PciPlace(gen_max=4, gen_host_max=3, width_now=8), power_limit_w=280.0
        )
    ] * 2
    bridged = served_by(matched(machine(*pair, links=(Link(a=0, b=1, kind="NV4"),)), catalog), catalog)
    plain = served_by(matched(machine(*pair, links=(Link(a=0, b=1, kind="PHB"),)), catalog), catalog)
    assert (bridged.count, bridged.power_limit_w) == (2, 280.0)
    assert (bridged.interconnect.pcie.gen, bridged.interconnect.pcie.lanes) == (3, 8)
    assert bridged.interconnect.kind is not LinkKind.PCIE
    assert plain.interconnect.kind is LinkKind.PCIE


def test_partitioned_card_offers_its_largest_part(catalog):
    parts = (Slice(name="3g.40gb", memory_bytes=40448 * MIB), Slice(name="1g.10gb", memory_bytes=9984 * MIB))
    served = served_by(matched(machine(card("NVIDIA H100 80GB HBM3", 81559, mig=True, slices=parts)), catalog), catalog)
    assert served.memory_bytes == 40448 * MIB


def test_table_tells_what_fits_what_spills_and_what_does_not(catalog):
    served = served_by(matched(machine(card("NVIDIA GeForce RTX 4090", 24564), host_gb=128), catalog), catalog)
    wanted = {"Qwen/Qwen3-8B", "meta-llama/Llama-3.3-70B-Instruct", "deepseek-ai/DeepSeek-V3"}
    rows = table([llm for llm in catalog.llms() if llm.id in wanted], served)
    verdicts = {(row.model, row.precision, row.engine.value): row.verdict for row in rows}
    assert verdicts["Qwen/Qwen3-8B", "bf16", "vllm"] is Verdict.FITS
    assert verdicts["meta-llama/Llama-3.3-70B-Instruct", "q4_k_m", "llama.cpp"] is Verdict.OFFLOAD
    assert verdicts["deepseek-ai/DeepSeek-V3", "fp8", "vllm"] is Verdict.NO
    for row in rows:
        # A row without a speed says why: too large, or a figure that nobody published.
        assert (row.decode_tok_s is None) == (row.because is not None)
    best, *_, worst = ranked(rows)
    assert (best.verdict, worst.verdict) == (Verdict.FITS, Verdict.NO)
    fastest = ranked(rows, Wish.SPEED)[0]
    assert fastest.decode_tok_s.estimate == max(row.decode_tok_s.estimate for row in rows if row.decode_tok_s)


def test_upgrades_enable_more_and_keep_to_what_the_owner_told(catalog):
    snapshot = matched(machine(card("NVIDIA GeForce RTX 3060", 12288)), catalog)
    served = served_by(snapshot, catalog)
    llms = tuple(catalog.llms())
    best = ranked(table(llms, served))[0]
    offers = upgrades(llms, served, best, catalog)
    assert Action.ONE_MORE in {offer.action for offer in offers}
    assert all(offer.enables.parameters >= best.parameters for offer in offers)
    assert all(len(offer.ask) == 3 for offer in offers)
    told = upgrades(llms, served, best, catalog, Room(psu_w=250.0, case_mm=300.0, free_slots=0))
    assert all(offer.action is Action.REPLACE and offer.power_w < 250 and not offer.ask for offer in told)


def test_detected_machine_becomes_a_project_of_owned_parts(catalog):
    snapshot = matched(machine(*[card("NVIDIA L40S", 46068)] * 4), catalog)
    (line,) = adopt_edit(snapshot).apply(Project()).configuration.machines[0].lines
    assert (line.part_id, line.quantity, line.owned) == ("nvidia-l40s", 4, True)


def test_what_stands_around_the_cards_is_adopted_too(catalog):
    disk = Disk(name="nvme0n1", model="Samsung SSD 990 PRO 2TB", capacity_bytes=2_000_398_934_016)
    exos = Disk(name="sda", model="ST20000NM007D-3DJ103", capacity_bytes=20_000_588_955_648)
    other = Disk(name="sdb", model="Nobody Knows This", capacity_bytes=2_000_398_934_016)
    whole = matched(
        Snapshot(
            host=HostFacts(maker="ASUS", product="System", board="ROG STRIX X870E-E GAMING WIFI"),
            gpus=(card("NVIDIA GeForce RTX 4090", 24564, power_limit_w=300.0),),
            cpu=CpuFacts(name="AMD Ryzen 9 9950X 16-Core Processor", sockets=1),
            memory=MemoryFacts(total_bytes=64 * GIB, modules=((32 * GIB, 6000, "DDR5"),) * 2),
            disks=(disk, disk, exos, other),
        ),
        catalog,
    )
    lines = adopt_edit(whole, catalog).apply(Project()).configuration.machines[0].lines
    owned = {line.part_id: line.quantity for line in lines}
    assert owned["samsung-990-pro-2tb"] == 2
    assert {"seagate-exos-x20-20tb", "asus-rog-strix-x870e-e-gaming-wifi", "amd-ryzen-9-9950x"} <= owned.keys()
    (kit,) = [part for key in owned if isinstance(part := catalog.part(key), Memory)]
    assert kit.module_bytes * kit.modules * owned[kit.id] == 64 * GIB
    assert all(line.owned for line in lines)
    assert [line.power_limit_w for line in lines if line.part_id == "nvidia-rtx-4090"] == [300.0]


def test_complete_machine_brings_its_own_accelerators(catalog):
    dgx = Snapshot(host=HostFacts(maker="NVIDIA", product="DGXH100"), gpus=(card("NVIDIA H100 80GB HBM3", 81559),) * 8)
    lines = adopt_edit(matched(dgx, catalog), catalog).apply(Project()).configuration.machines[0].lines
    assert [(line.part_id, line.quantity) for line in lines] == [("nvidia-dgx-h100", 1)]


def test_smaller_memory_is_another_version_and_not_modified(catalog):
    odd = matched(machine(card("NVIDIA GeForce RTX 3060", 8192)), catalog)
    assert "another version" in odd.warnings[-1].in_english()
    assert served_by(odd, catalog).memory_bytes == 8192 * MIB


@pytest.mark.parametrize(
    ("name", "mib", "expected"),
    [("...Radeon AI PRO R9700", 32624, "amd-r9700"), ("AMD Instinct MI250X/MI250", 65520, "amd-mi250x")],
)
def test_names_that_are_cut_or_shared_leave_a_choice_or_none(catalog, name, mib, expected):
    (gpu,) = matched(machine(card(name, mib, vendor="amd")), catalog).gpus
    assert expected in (gpu.part_id, *gpu.candidates)


def test_mac_is_known_by_its_chip(catalog):
    chip = card("Apple M3 Ultra", 524288, vendor="apple", unified_memory=True)
    mac = Snapshot(host=HostFacts(maker="Apple", product="Mac Studio"), gpus=(chip,))
    lines = adopt_edit(matched(mac, catalog), catalog).apply(Project()).configuration.machines[0].lines
    assert [line.part_id for line in lines] == ["apple-mac-studio-m3-ultra"]


def test_grade_behind_a_chips_number_leaves_a_choice(catalog):
    (gpu,) = matched(machine(card("Ascend 910B4-1", 65536, vendor="huawei")), catalog).gpus
    assert (gpu.part_id, gpu.candidates) == ("", ("huawei-ascend-910b-64gb",))


def test_share_of_a_card_is_no_modified_card(catalog):
    snapshot = matched(machine(card("NVIDIA A40-12Q", 12288)), catalog)
    assert (snapshot.gpus[0].certainty, snapshot.gpus[0].candidates) == ("virtual", ("nvidia-a40",))
    assert not any("modified" in one.in_english() for one in snapshot.warnings)
    assert served_by(snapshot, catalog).memory_bytes == 12288 * MIB


def test_every_row_that_runs_says_what_to_get(catalog):
    served = served_by(matched(machine(card("NVIDIA L40S", 46068)), catalog), catalog)
    llms = {llm.id: llm for llm in catalog.llms() if llm.id == "Qwen/Qwen3-8B"}
    said = {
        (run.precision, run.engine.value): to_get(run, llms[run.model]).text for run in table(llms.values(), served)
    }
    assert "published checkpoint of {model}, " in said["bf16", "vllm"]
    assert "while it loads" in said["fp8", "sglang"]
    assert "GGUF" in said["q8_0", "llama.cpp"]


@pytest.fixture
def dsdesk(catalog, capsys, monkeypatch):
    monkeypatch.setattr(command, "open_catalog", lambda: catalog)

    def run(*arguments):
        status = main(["--messages", "en", *map(str, arguments)])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


def test_commands_keep_their_contract(dsdesk, tmp_path):
    capture = tmp_path / "smi.csv"
    capture.write_text("name, pci.bus_id, memory.total [MiB]\nNVIDIA L40S, 00000000:01:00.0, 46068 MiB\n")
    status, out, _ = dsdesk("detect", "--from", capture, "--json")
    found = json.loads(out)
    assert status == 0
    assert {"host", "gpus", "links", "cpu", "memory", "disks", "warnings"} <= found.keys()
    assert found["gpus"][0]["part_id"] == "nvidia-l40s"
    status, out, _ = dsdesk("advise", "--from", capture, "--json")
    advice = json.loads(out)
    first = advice["runs"][0]
    assert status == 0
    assert first["fits"] is True
    assert set(first["decode_tok_s"]) == {"estimate", "low80", "high80"}
    assert first["command"].split()[0] in {"vllm", "llama-server"}
    assert "add" in advice
    junk = tmp_path / "junk.txt"
    junk.write_text("nothing of a machine\n" * 9)
    status, out, err = dsdesk("detect", "--from", junk)
    assert (status, out) == (2, "")
    assert "junk.txt" in err
