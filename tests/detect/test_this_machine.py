"""A recorded tree is read like a machine; what NVML adds is laid over it."""

import pytest

from dsdesk.base.units import GIB
from dsdesk.detect.nvml import NvmlAnswer
from dsdesk.detect.snapshot import NO_ACCELERATOR, Habitat
from dsdesk.detect.symptoms import nvml_symptom
from dsdesk.detect.this_machine import detect, masks, merged, with_versions

CARD = {
    "class": "0x030000",
    "vendor": "0x10de",
    "device": "0x2684",
    "subsystem_vendor": "0x1043",
    "subsystem_device": "0x889a",
    "current_link_speed": "2.5 GT/s PCIe",
    "max_link_speed": "16.0 GT/s PCIe",
    "current_link_width": "16",
    "max_link_width": "16",
    "numa_node": "-1",
}


@pytest.fixture
def tree(tmp_path):
    def write(files):
        for name, content in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content + "\n", encoding="utf-8")
        return tmp_path

    return write


def card(address, **changes):
    return {f"sys/bus/pci/devices/{address}/{name}": value for name, value in {**CARD, **changes}.items()}


def test_card_without_driver_is_named_by_its_id(tree):
    snapshot = detect(tree(card("0000:01:00.0")))
    (gpu,) = snapshot.gpus
    assert gpu.name == "NVIDIA GeForce RTX 4090"
    assert gpu.memory_bytes is None
    assert (gpu.pci.gen_now, gpu.pci.gen_max, gpu.pci.width_now) == (1, 4, 16)
    assert gpu.numa_node is None
    assert "no driver" in snapshot.warnings[0].in_english()


def test_amd_card_tells_its_memory_without_rocm(tree):
    root = tree(card("0000:03:00.0", vendor="0x1002", device="0x744c", mem_info_vram_total=str(24 * GIB)))
    assert detect(root).gpus[0].memory_bytes == 24 * GIB


def test_other_display_devices_are_not_accelerators(tree):
    assert detect(tree(card("0000:00:01.0", vendor="0x1af4"))).gpus == ()


def test_machine_without_cards_says_what_that_means(tree):
    snapshot = detect(tree({"proc/meminfo": "MemTotal:       32768 kB\nMemAvailable:   1024 kB"}))
    assert snapshot.summary()[0].text == NO_ACCELERATOR
    assert snapshot.memory.total_bytes == 32768 * 1024


@pytest.mark.parametrize(
    ("files", "habitat"),
    [
        ({"proc/version": "Linux version 5.15.90.1-microsoft-standard-WSL2"}, Habitat.WSL),
        ({".dockerenv": ""}, Habitat.CONTAINER),
        ({"sys/class/dmi/id/sys_vendor": "QEMU"}, Habitat.VIRTUAL),
        ({"sys/class/dmi/id/sys_vendor": "Dell Inc."}, Habitat.METAL),
        ({}, Habitat.UNKNOWN),
    ],
)
def test_habitat(tree, files, habitat):
    assert detect(tree(files)).host.habitat is habitat


def test_processor_counts_sockets_and_cores(tree):
    blocks = [
        f"processor : {n}\nmodel name : EPYC 9354\nphysical id : {n // 4}\ncore id : {n % 4 // 2}\n"
        "flags : fpu avx2 avx512f"
        for n in range(8)
    ]
    cpu = detect(tree({"proc/cpuinfo": "\n\n".join(blocks)})).cpu
    assert (cpu.sockets, cpu.cores, cpu.threads) == (2, 4, 8)
    assert cpu.instruction_sets == ("avx2", "avx512f")


def test_nvml_adds_to_the_card_on_the_bus_and_misses_are_said(tree):
    snapshot = detect(tree({**card("0000:01:00.0"), **card("0000:02:00.0")}))
    answer = NvmlAnswer(
        {"driver": "580.1", "gpus": [{"name": "Graphics Device", "memory": 24, "bus": "00000000:01:00.0"}]}
    )
    joined = merged(snapshot, answer)
    assert [gpu.name for gpu in joined.gpus] == ["NVIDIA GeForce RTX 4090"] * 2
    assert joined.gpus[0].sources == ("sysfs", "nvml")
    assert joined.gpus[0].pci.gen_max == 4
    assert "does not answer" in joined.warnings[-1].in_english()
    assert joined.host.nvidia_driver == "580.1"


def test_disks_are_whole_disks(tree):
    root = tree({"sys/block/nvme0n1/size": "4000", "sys/block/loop0/size": "8", "sys/block/sda/size": "0"})
    (disk,) = detect(root).disks
    assert (disk.name, disk.capacity_bytes, disk.transport) == ("nvme0n1", 4000 * 512, "nvme")


def test_versions_that_differ_are_both_said(tmp_path):
    folder = tmp_path / "usr/lib64"
    folder.mkdir(parents=True)
    (folder / "libnvidia-ml.so.1").touch()
    (folder / "libnvidia-ml.so.580.82").touch()
    sentence = with_versions(nvml_symptom(18), "580.65", tmp_path).in_english()
    assert "580.65" in sentence
    assert "580.82" in sentence
    assert with_versions(nvml_symptom(9), "580.65", tmp_path) == nvml_symptom(9)


def test_variables_that_hide_cards_are_said():
    (sentence,) = masks({"CUDA_VISIBLE_DEVICES": "0,1", "HOME": "/x"})
    assert "0,1" in sentence.in_english()
