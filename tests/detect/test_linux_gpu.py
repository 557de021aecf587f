"""Cards in sysfs, with the traps of integrated chips, switches on cards, and missing drivers."""

import pytest

from dsdesk.base.units import GIB, MIB
from dsdesk.detect.this_machine import detect


@pytest.fixture
def tree(tmp_path):
    def write(files, links=()):
        for name, content in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content + "\n", encoding="utf-8")
        for link, target in links:
            path = tmp_path / link
            path.parent.mkdir(parents=True, exist_ok=True)
            path.symlink_to(tmp_path / target)
        return tmp_path

    return write


def files(folder, **facts):
    return {f"{folder}/{name}": content for name, content in facts.items()}


def said(snapshot):
    return " ".join(one.in_english() for one in snapshot.warnings)


BUS = "sys/bus/pci/devices"


def test_intel_card_tells_the_link_above_its_own_switch(tree):
    port = "sys/devices/pci0000:00/0000:00:01.0"
    upstream, downstream = f"{port}/0000:01:00.0", f"{port}/0000:01:00.0/0000:02:01.0"
    chip = f"{downstream}/0000:03:00.0"
    slow = {"max_link_speed": "2.5 GT/s PCIe", "max_link_width": "1", "current_link_width": "1"}
    fast = {"max_link_speed": "16.0 GT/s PCIe", "max_link_width": "8", "current_link_width": "4"}
    content = {
        **files(port, **{"class": "0x060400"}),
        **files(upstream, **{"class": "0x060400"}, **fast),
        **files(downstream, **{"class": "0x060400"}, **slow),
        **files(chip, **{"class": "0x030000"}, vendor="0x8086", device="0xe20b", **slow),
    }
    snapshot = detect(tree(content, [(f"{BUS}/0000:03:00.0", chip)]))
    (gpu,) = snapshot.gpus
    assert (gpu.pci.gen_max, gpu.pci.width_max, gpu.pci.width_now) == (4, 8, 4)
    assert gpu.pci.address == "0000:03:00.0"
    assert "4 of 8 PCIe lanes" in said(snapshot)


def test_integrated_chip_counts_the_memory_it_shares(tree):
    apu = files(
        f"{BUS}/0000:c1:00.0",
        **{"class": "0x038000"},
        vendor="0x1002",
        device="0x150e",
        mem_info_vram_total=str(512 * MIB),
        mem_info_gtt_total=str(16 * GIB),
    )
    (gpu,) = detect(tree(apu)).gpus
    assert (gpu.memory_bytes, gpu.unified_memory) == (512 * MIB + 16 * GIB, True)


def test_small_window_is_a_setting_to_change(tree):
    content = files(
        f"{BUS}/0000:03:00.0",
        **{"class": "0x030000"},
        vendor="0x1002",
        device="0x73df",
        mem_info_vram_total=str(12 * GIB),
        mem_info_vis_vram_total=str(256 * MIB),
        mem_info_vram_vendor="samsung",
    )
    snapshot = detect(tree(content))
    assert snapshot.gpus[0].memory_bytes == 12 * GIB
    assert "resizable BAR" in said(snapshot)


@pytest.mark.parametrize(
    ("driver", "words"), [("nouveau", "nouveau"), ("vfio-pci", "virtual machine"), ("", "no driver")]
)
def test_driver_that_serves_nobody_is_said(tree, driver, words):
    content = files(f"{BUS}/0000:01:00.0", **{"class": "0x030000"}, vendor="0x10de", device="0x2684")
    links = [(f"{BUS}/0000:01:00.0/driver", f"sys/bus/pci/drivers/{driver}")] if driver else []
    root = tree({**content, **({f"sys/bus/pci/drivers/{driver}/bind": ""} if driver else {})}, links)
    snapshot = detect(root)
    assert snapshot.gpus[0].driver == driver
    assert words in said(snapshot)


def test_amd_compute_driver_tells_instruction_set_and_links(tree):
    content = {}
    for number, bus in ((1, 0x26), (2, 0x46)):
        address = f"0000:{bus:02x}:00.0"
        content |= files(f"{BUS}/{address}", **{"class": "0x120000"}, vendor="0x1002", device="0x74a1")
        node = f"sys/class/kfd/kfd/topology/nodes/{number}"
        content |= files(node, properties=f"gfx_target_version 90402\nlocation_id {bus << 8}\ndomain 0")
        content |= files(
            f"{node}/io_links/0", properties=f"type 11\nnode_from {number}\nnode_to {3 - number}\nweight 15"
        )
    snapshot = detect(tree(content))
    assert {gpu.compute_id for gpu in snapshot.gpus} == {"gfx942"}
    assert [(link.a, link.b, link.kind) for link in snapshot.links] == [(0, 1, "XGMI")]


def test_drive_tells_its_link_and_memory_its_modules(tree):
    drive = "sys/devices/pci0000:00/0000:05:00.0"
    content = {
        "sys/block/nvme0n1/size": "4000",
        **files(drive, **{"current_link_speed": "8.0 GT/s PCIe", "current_link_width": "2", "max_link_width": "4"}),
        "run/udev/data/+dmi:id": "E:MEMORY_DEVICE_0_SIZE=34359738368\nE:MEMORY_DEVICE_0_TYPE=DDR5\n"
        "E:MEMORY_DEVICE_0_SPEED_MTS=4800\nE:MEMORY_DEVICE_1_PRESENT=0",
    }
    snapshot = detect(tree(content, [("sys/block/nvme0n1/device/device", drive)]))
    assert (snapshot.disks[0].pci.gen_now, snapshot.disks[0].pci.width_now) == (3, 2)
    assert snapshot.memory.modules == ((32 * GIB, 4800, "DDR5"),)
    assert snapshot.memory.slots == 2


def test_memory_of_accelerators_is_not_the_host_s(tree):
    system = "sys/devices/system"
    content = {"proc/meminfo": "MemTotal:  3145728 kB", "proc/cpuinfo": "processor : 0\nFeatures : fp sve"}
    for number in (0, 1):
        cpu = {"physical_package_id": str(number), "core_id": "0"}
        content |= files(f"{system}/cpu/cpu{number}/topology", **cpu)
    content |= files(f"{system}/node/node0", cpulist="0-1", meminfo="Node 0 MemTotal:  2097152 kB")
    content |= files(f"{system}/node/node1", cpulist="", meminfo="Node 1 MemTotal:  1048576 kB")
    snapshot = detect(tree(content))
    assert snapshot.memory.total_bytes == 2 * GIB
    assert (snapshot.cpu.sockets, snapshot.cpu.cores, snapshot.cpu.numa_nodes) == (2, 2, 1)
    assert snapshot.cpu.instruction_sets == ("sve",)
