"""NVIDIA's library through the real binding, in the real child process."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dsdesk.base.units import MIB
from dsdesk.detect.live import live_command, sample_of
from dsdesk.detect.nvml import address, ask_nvml
from dsdesk.detect.symptoms import nvml_symptom

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the fake is an ELF library")


def test_card_is_read_as_its_driver_reports_it(nvml):
    nvml(("NVIDIA GeForce RTX 4090", 24564, 512, 0))
    answer = ask_nvml()
    (gpu,) = answer.gpus
    assert (gpu.name, gpu.memory_bytes, gpu.memory_reserved_bytes) == (
        "NVIDIA GeForce RTX 4090",
        24564 * MIB,
        512 * MIB,
    )
    assert (gpu.pci.address, gpu.pci_id, gpu.subsystem) == ("0000:10:00.0", "10de:2684", "1043:889a")
    assert (gpu.pci.gen_now, gpu.pci.gen_max, gpu.pci.gen_host_max) == (1, 4, 3)
    assert (gpu.pci.width_now, gpu.pci.width_max) == (8, 16)
    assert (gpu.power_limit_w, gpu.power_min_w, gpu.power_max_w) == (350.0, 150.0, 600.0)
    assert (gpu.compute_id, answer.driver, answer.cuda) == ("sm_89", "580.65.06", "13.0")


@pytest.mark.parametrize(
    ("cards", "links", "kind"),
    [(1, 4, None), (2, 4, "NV4"), (2, 0, "SYS"), (8, 18, "NV18")],
    ids=["one", "bridge", "no link", "switch"],
)
def test_links_are_named_as_topo_names_them(nvml, cards, links, kind):
    nvml(*[("NVIDIA H100 80GB HBM3", 81559, 0, links)] * cards)
    found = ask_nvml().links
    assert len(found) == cards * (cards - 1) // 2
    assert {link.kind for link in found} == ({kind} if kind else set())


def test_lost_card_is_a_warning_and_the_others_stay(nvml):
    nvml(("NVIDIA L40S", 46068, 0, 0), ("lost", 1, 0, 0), ("NVIDIA L40S", 46068, 0, 0))
    answer = ask_nvml()
    assert [gpu.name for gpu in answer.gpus] == ["NVIDIA L40S"] * 2
    assert [(link.a, link.b) for link in answer.links] == [(0, 1)]
    assert answer.warnings == (nvml_symptom(15),)


def test_parts_of_a_partitioned_card_are_listed(nvml, monkeypatch):
    monkeypatch.setenv("FAKE_NVML_MIG", "40448,9984")
    nvml(("NVIDIA H100 80GB HBM3", 81559, 0, 0), ("NVIDIA H100 80GB HBM3", 81559, 0, 0))
    first, second = ask_nvml().gpus
    assert (first.mig, [part.memory_bytes for part in first.slices]) == (True, [40448 * MIB, 9984 * MIB])
    assert first.slices[0].name == "3g.40gb"
    assert (second.mig, second.slices) == (None, ())


def test_programs_that_hold_memory_are_named_without_arguments(nvml, monkeypatch):
    monkeypatch.setenv("FAKE_NVML_PID", str(os.getpid()))
    nvml(("NVIDIA L40S", 46068, 0, 0))
    (occupant,) = ask_nvml().gpus[0].occupants
    assert occupant.memory_bytes == 2048 * MIB
    assert occupant.program == Path("/proc/self/comm").read_text().strip()


@pytest.mark.parametrize(
    ("refused", "sentence"),
    [("ecc=4", "Not permitted for this user: EccMode"), ("use=13", "too old to tell UtilizationRates"),
     ("ecc=16", "needs a reset"), ("ecc=8", "power connectors"), ("ecc=14", "InfoROM"), ("ecc=3", "")],
)  # fmt: skip
def test_single_refusals_say_what_is_missing_and_the_card_stays(nvml, monkeypatch, refused, sentence):
    monkeypatch.setenv("FAKE_NVML_REFUSE", refused)
    nvml(("NVIDIA L40S", 46068, 0, 0))
    answer = ask_nvml()
    said = " ".join(one.in_english() for one in answer.warnings)
    assert sentence in said
    assert bool(said) == bool(sentence)
    assert answer.gpus[0].memory_bytes == 46068 * MIB


def test_live_lines_tell_load_heat_power_and_memory(nvml):
    nvml(("NVIDIA L40S", 46068, 68, 0))
    with subprocess.Popen(live_command(), stdout=subprocess.PIPE, text=True) as child:
        sample = sample_of(child.stdout.readline())
        child.kill()
    (card,) = [one for one in sample.cards if one.address == "0000:10:00.0"]
    assert (card.utilisation, card.temperature_c, card.power_w) == (0.42, 55, 123.0)
    assert card.memory_used_bytes == 68 * MIB
    assert sample.power_w == 123.0


def test_memory_that_is_not_reported_stays_unknown(nvml):
    nvml(("NVIDIA GB10", 0, 0, 0))
    assert ask_nvml().gpus[0].memory_bytes is None


@pytest.mark.parametrize("code", [4, 9, 12, 17, 18, 999])
def test_refusal_at_start_is_a_sentence(nvml, code):
    nvml(init=str(code))
    answer = ask_nvml()
    assert answer.gpus == ()
    assert answer.warnings == (nvml_symptom(code),)


def test_crash_costs_a_warning(nvml):
    nvml(init="crash")
    (warning,) = ask_nvml().warnings
    assert "crashed" in warning.in_english()


def test_hang_costs_a_warning(nvml):
    nvml(init="hang")
    (warning,) = ask_nvml(timeout_s=1.0).warnings
    assert "did not answer" in warning.in_english()


@pytest.mark.parametrize(
    ("written", "meant"),
    [("00000000:01:00.0", "0000:01:00.0"), ("0000:0E:00.0", "0000:0e:00.0"), ("00000008:01:00.0", "0008:01:00.0")],
)
def test_addresses_are_those_of_sysfs(written, meant):
    assert address(written) == meant
