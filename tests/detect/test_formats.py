"""Each format, in the shapes and with the traps that real tools print; values are made up."""

import json

import pytest

from dsdesk.base.units import GIB, MIB
from dsdesk.detect.captures import read_text
from dsdesk.detect.snapshot import Habitat


def read(text):
    return read_text(text, "pasted")


XML = """<?xml version="1.0" ?>
<!DOCTYPE nvidia_smi_log SYSTEM "nvsmi_device_v12.dtd">
<nvidia_smi_log>
 <driver_version>551.11</driver_version><cuda_version>12.4</cuda_version>
 <gpu id="00000000:2A:00.0">
  <product_name>NVIDIA GeForce RTX 4090</product_name>
  <mig_mode><current_mig>N/A</current_mig></mig_mode>
  <gpu_virtualization_mode><virtualization_mode>Pass-Through</virtualization_mode></gpu_virtualization_mode>
  <pci><pci_device_id>268410DE</pci_device_id><pci_sub_system_id>889A1043</pci_sub_system_id>
   <pci_gpu_link_info>
    <pcie_gen><max_link_gen>3</max_link_gen><current_link_gen>1</current_link_gen>
     <max_device_link_gen>4</max_device_link_gen><max_host_link_gen>3</max_host_link_gen></pcie_gen>
    <link_widths><max_link_width>16x</max_link_width><current_link_width>8x</current_link_width></link_widths>
   </pci_gpu_link_info></pci>
  <fb_memory_usage><total>24564 MiB</total><reserved>300 MiB</reserved><free>24000 MiB</free></fb_memory_usage>
  <gpu_power_readings><current_power_limit>400.00 W</current_power_limit><min_power_limit>150.00 W</min_power_limit>
   <max_power_limit>600.00 W</max_power_limit></gpu_power_readings>
  <module_power_readings><current_power_limit>N/A</current_power_limit></module_power_readings>
  <ecc_mode><current_ecc>Disabled</current_ecc></ecc_mode>
 </gpu>
</nvidia_smi_log>"""


def test_xml_tells_the_card_its_link_and_its_limits():
    snapshot = read(XML)
    (gpu,) = snapshot.gpus
    assert (gpu.name, gpu.memory_bytes, gpu.pci_id) == ("NVIDIA GeForce RTX 4090", 24564 * MIB, "10de:2684")
    assert gpu.subsystem == "1043:889a"
    assert (gpu.pci.address, gpu.pci.gen_now, gpu.pci.gen_max, gpu.pci.gen_host_max) == ("0000:2a:00.0", 1, 4, 3)
    assert (gpu.power_limit_w, gpu.power_min_w, gpu.power_max_w) == (400.0, 150.0, 600.0)
    assert (gpu.ecc, gpu.mig) == (False, None)
    said = " ".join(one.in_english() for one in snapshot.warnings)
    assert "8 of 16 PCIe lanes" in said
    assert "virtual machine" in said


def test_xml_of_a_lost_card_keeps_the_others_and_says_so():
    snapshot = read(XML.replace("24564 MiB", "GPU is lost"))
    assert snapshot.gpus[0].memory_bytes is None
    assert any("does not answer" in one.in_english() for one in snapshot.warnings)


def test_name_of_an_old_driver_gives_way_to_the_pci_id():
    assert read(XML.replace("NVIDIA GeForce RTX 4090", "Graphics Device")).gpus[0].name == "NVIDIA GeForce RTX 4090"


QUERY = """==============NVSMI LOG==============

Driver Version                                         : 610.10 [Deprecated; use KMD Version instead]
CUDA Version                                           : 13.3
Attached GPUs                                          : 1
GPU 00000000:41:00.0
    Product Name                                       : NVIDIA H100 80GB HBM3
    MIG Mode
        Current                                        : Enabled
    MIG Device
        Index                                          : 0
        Shared FB Memory Usage
            Total                                      : 40448 MiB
    MIG Device
        Index                                          : 1
        Shared FB Memory Usage
            Total                                      : 20096 MiB
    PCI
        Device Id                                      : 0x233010DE
        GPU Link Info
            PCIe Generation
                Max                                    : 5
                Device Max                             : N/A
            Link Width
                Max                                    : 16x
    FB Memory Usage
        Total                                          : 81559 MiB
    ECC Mode
        Current                                        : Enabled
    GPU Power Readings
        Current Power Limit                            : 700.00 W
    Module Power Readings
        Current Power Limit                            : 650.00 W
"""


def test_query_keeps_slices_apart_from_the_parent():
    snapshot = read(QUERY)
    (gpu,) = snapshot.gpus
    assert gpu.memory_bytes == 81559 * MIB
    assert [part.memory_bytes for part in gpu.slices] == [40448 * MIB, 20096 * MIB]
    assert (gpu.mig, gpu.ecc, gpu.power_limit_w, gpu.pci.gen_max) == (True, True, 700.0, 5)
    assert snapshot.host.nvidia_driver == "610.10"


TABLE = """
+-----------------------------------------------------------------------------------------+
| NVIDIA-SMI 575.51                 Driver Version: 575.51         CUDA Version: 12.9     |
|-----------------------------------------+------------------------+----------------------+
|   0  NVIDIA RTX 6000 Ada Gene...    Off |   00000000:01:00.0 Off |                  Off |
| 30%   31C    P8              5W /  300W |       2MiB /  49140MiB |      0%      Default |
|                                         |                        |                  N/A |
|   1  NVIDIA GB10                    On  |   0000000F:01:00.0 Off |                  N/A |
| N/A   36C    P8              3W /  N/A  | Not Supported          |      0%      Default |
|                                         |                        |                  N/A |
"""


def test_table_knows_cut_names_and_memory_that_is_not_supported():
    first, second = read(TABLE).gpus
    assert (first.name, first.memory_bytes, first.power_limit_w) == ("NVIDIA RTX 6000 Ada Gene...", 49140 * MIB, 300.0)
    assert (second.memory_bytes, second.unified_memory, second.pci.address) == (None, True, "000f:01:00.0")


TOPOLOGY = (
    "\t\x1b[4mGPU0\tGPU1\tNIC0\tCPU Affinity\tNUMA Affinity\tGPU NUMA ID\x1b[0m\n"
    "GPU0\t X \tNV4\tPIX\t0-15\t1\t\tN/A\n"
    "GPU1\tNV4\t X \tSOC\t\t0\t\tN/A\n"
    "NIC0\tPIX\tSOC\t X\n\nLegend:\n\n  X = Self\n\n\tGPU0\tGPU1\n GPU0\tX\tNS\n GPU1\tNS\tX\n"
)


@pytest.mark.parametrize("prefix", ["", "# ", "> "])
def test_topology_has_colours_prefixes_and_empty_cells(prefix):
    snapshot = read("\n".join(prefix + line for line in TOPOLOGY.splitlines()))
    assert [(link.a, link.b, link.kind) for link in snapshot.links] == [(0, 1, "NV4")]
    assert [gpu.numa_node for gpu in snapshot.gpus] == [1, 0]


def test_topology_knows_adapters_by_any_name_and_lost_headers():
    rows = ("GPU0\t X \tNV18\tPIX\tSYS\t0-7\t0\n", "GPU1\tNV18\t X \tSYS\tPIX\t8-15\t1\n")
    named = read("\tGPU0\tGPU1\troceP2p1s0\tbnxt_re1\tCPU Affinity\tNUMA Affinity\n" + "".join(rows))
    assert [(link.a, link.b, link.kind) for link in named.links] == [(0, 1, "NV18")]
    assert [gpu.numa_node for gpu in named.gpus] == [0, 1]
    headless = read("".join(rows))
    assert [(link.a, link.b, link.kind) for link in headless.links] == [(0, 1, "NV18")]


def test_list_names_slices_and_links():
    text = (
        "GPU 0: NVIDIA RTX A6000 (UUID: GPU-1)\n\t Link 0: 14.062 GB/s\n\t Link 1: 14.062 GB/s\n"
        "GPU 1: NVIDIA RTX A6000 (UUID: GPU-2)\n\t Link 0: 14.062 GB/s\n\t Link 1: 14.062 GB/s\n"
        "GPU 2: NVIDIA H100 80GB HBM3 (UUID: GPU-3)\n  MIG 3g.40gb     Device  0: (UUID: MIG-4)\n"
    )
    snapshot = read(text)
    assert [link.kind for link in snapshot.links] == ["NV2"]
    assert snapshot.gpus[2].slices[0].name == "3g.40gb"
    assert snapshot.gpus[0].nvlink_b_s == pytest.approx(14.062e9)


def test_csv_needs_no_units():
    text = (
        "index, name, pci.bus_id, memory.total [MiB], compute_cap\n"
        "0, NVIDIA L4, 00000000:03:00.0, 23034, 8.9\n1, NVIDIA L4, 00000000:04:00.0, [N/A], 8.9\n"
    )
    first, second = read(text).gpus
    assert (first.memory_bytes, first.compute_id, second.memory_bytes) == (23034 * MIB, "sm_89", None)


@pytest.mark.parametrize("series", ["Card series", "Card Series", "Device Name"])
def test_rocm_json_changes_its_keys_and_names_cards_by_bare_ids(series):
    facts = {
        series: "0x1002",
        "Card model": "0x74a1",
        "VRAM Total Memory (B)": str(192 * GIB),
        "PCI Bus": "0000:C1:00.0",
    }
    (gpu,) = read(json.dumps({"card0": facts, "system": {"Driver version": "6.7.0"}})).gpus
    assert (gpu.memory_bytes, gpu.pci_id, gpu.driver) == (192 * GIB, "1002:74a1", "6.7.0")
    assert gpu.pci.address == "0000:c1:00.0"
    assert not gpu.name.startswith("0x")


def test_rocm_text_tells_links_of_both_spellings():
    text = (
        "===== Link Type between two GPUs =====\n       GPU0   GPU1\nGPU0   0      XGMI\nGPU1   XGMI   0\n\n"
        "GPU[0]\t\t: Card series: \t\tAMD Instinct MI300X OAM\nGPU 1   : (Topology) Numa Node: 1\n"
    )
    snapshot = read(text)
    assert [link.kind for link in snapshot.links] == ["XGMI"]
    assert (snapshot.gpus[0].name, snapshot.gpus[1].numa_node) == ("AMD Instinct MI300X OAM", 1)


def test_amd_smi_json_and_text_are_one():
    tree = {
        "gpu": 0,
        "asic": {"market_name": "AMD Instinct MI210", "device_id": "0x740f", "target_graphics_version": "gfx90a"},
        "bus": {"bdf": "0000:83:00.0", "max_pcie_width": 16, "max_pcie_speed": {"value": 16, "unit": "GT/s"}},
        "vram": {"size": {"value": 65520, "unit": "MB"}},
        "limit": {"max_power": {"value": 300, "unit": "W"}},
    }
    text = (
        "GPU: 0\n    ASIC:\n        MARKET_NAME: AMD Instinct MI210\n        DEVICE_ID: 0x740f\n"
        "        TARGET_GRAPHICS_VERSION: gfx90a\n    BUS:\n        BDF: 0000:83:00.0\n        MAX_PCIE_WIDTH: 16\n"
        "        MAX_PCIE_SPEED: 16 GT/s\n    VRAM:\n        SIZE: 65520 MB\n    LIMIT:\n        MAX_POWER: 300 W\n"
    )
    for written in (json.dumps({"gpu_data": [tree]}), json.dumps([tree]), text):
        (gpu,) = read(written).gpus
        assert (gpu.name, gpu.memory_bytes, gpu.pci.gen_max, gpu.power_limit_w) == (
            "AMD Instinct MI210",
            65520 * MIB,
            4,
            300.0,
        )


def test_npu_table_takes_the_column_that_is_filled():
    text = (
        "| npu-smi 25.2.0                   Version: 25.2.0                |\n"
        "| 5     310P3   | OK   | NA          47       0    / 0     |\n"
        "| 0     0       | 0000:81:00.0 | 0   1782 / 44280                 |\n"
        "| 6     910B4   | OK   | 91.3        33       0    / 0     |\n"
        "| 0             | 0000:82:00.0 | 0   0 / 0      3197 / 32768      |\n"
    )
    first, second = read(text).gpus
    assert (first.memory_bytes, second.memory_bytes, second.driver) == (44280 * MIB, 32768 * MIB, "25.2.0")


def test_lspci_knows_cards_that_its_table_does_not():
    text = (
        "02:00.0 VGA compatible controller [0300]: Matrox Electronics Systems Ltd. G200 [102b:0536] (rev 04)\n"
        "19:00.0 3D controller: NVIDIA Corporation Device 2330 (rev a1)\n"
        "\tNUMA node: 1\n\t\tLnkCap:\tPort #0, Speed 32GT/s, Width x16, ASPM L1\n"
        "\t\tLnkSta:\tSpeed 16GT/s (downgraded), Width x8 (downgraded)\n"
    )
    (gpu,) = read(text).gpus
    assert (gpu.pci.address, gpu.pci_id, gpu.numa_node) == ("0000:19:00.0", "10de:2330", 1)
    assert (gpu.pci.gen_max, gpu.pci.gen_now, gpu.pci.width_max, gpu.pci.width_now) == (5, 4, 16, 8)
    assert "H100" in gpu.name


def test_lspci_in_machine_form():
    block = "Slot:\t0001:03:00.0\nClass:\t3D controller [0302]\nVendor:\tNVIDIA Corporation [10de]\nDevice:\tX [2684]\n"
    line = '03:00.0 "3D controller [0302]" "NVIDIA Corporation [10de]" "X [2684]" -ra1 "ASUSTeK [1043]" "Y [889a]"\n'
    for text, address in ((block, "0001:03:00.0"), (line, "0000:03:00.0")):
        (gpu,) = read(text).gpus
        assert (gpu.pci.address, gpu.pci_id) == (address, "10de:2684")


@pytest.mark.parametrize(
    "text",
    [
        "Architecture:   x86_64\nCPU(s):   8\nThread(s) per core:  2\nCore(s) per socket:  2\nSocket(s):   2\n"
        "Model name:  A CPU\nNUMA node0 CPU(s):  0-3\nNUMA node1 CPU(s):  4-7\nNUMA node2 CPU(s):\nFlags:  fpu avx2\n",
        "架构：   x86_64\nCPU:   8\n每个核的线程数：  2\n每个座的核数：  2\n座：  2\n"
        "型号名称：  A CPU\nNUMA 节点0 CPU：  0-3\nNUMA 节点1 CPU：  4-7\n标记：  fpu avx2\n",
    ],
    ids=["english", "chinese"],
)
def test_lscpu_in_both_languages_counts_nodes_with_processors(text):
    cpu = read(text).cpu
    assert (cpu.name, cpu.sockets, cpu.cores, cpu.threads, cpu.numa_nodes) == ("A CPU", 2, 4, 8, 2)
    assert cpu.instruction_sets == ("avx2",)


def test_dmidecode_takes_the_speed_that_is_set_and_no_placeholders():
    text = (
        "# dmidecode 3.3\n\nHandle 0x0001, DMI type 1, 27 bytes\nSystem Information\n\tManufacturer: ASUS\n"
        "\tProduct Name: System Product Name\n\nHandle 0x0002, DMI type 2, 15 bytes\nBase Board Information\n"
        "\tProduct Name: Pro WS\n\nHandle 0x0010, DMI type 17, 92 bytes\nMemory Device\n\tSize: 32 GB\n\tType: DDR5\n"
        "\tSpeed: 4800 MT/s\n\tConfigured Memory Speed: 6000 MT/s\n\nHandle 0x0011, DMI type 17, 92 bytes\n"
        "Memory Device\n\tSize: No Module Installed\n\tType: Unknown\n"
    )
    snapshot = read(text)
    assert snapshot.memory.modules == ((32 * GIB, 6000, "DDR5"),)
    assert (snapshot.memory.slots, snapshot.host.product, snapshot.host.board) == (2, "", "Pro WS")


def test_lsblk_takes_whole_disks_in_any_unit():
    rows = [
        {"name": "/dev/nvme0n1", "type": "disk", "size": 960197124096, "rota": False, "model": "A "},
        {"name": "sda", "type": "disk", "size": "1.8T", "rota": "1"},
        {"name": "loop0", "type": "loop", "size": "64M"},
        {"name": "sdb", "type": "disk", "size": 0},
    ]
    first, second = read(json.dumps({"blockdevices": rows})).disks
    assert (first.name, first.capacity_bytes, first.model, first.transport) == ("nvme0n1", 960197124096, "A", "nvme")
    assert (second.rotational, round(second.capacity_bytes / 1024**4, 1)) == (True, 1.8)


def test_powershell_takes_the_registry_over_thirty_two_bits():
    facts = {
        "ComputerSystem": {"Manufacturer": "Contoso", "Model": "Tower", "TotalPhysicalMemory": 64 * GIB},
        "Processor": [{"Name": "A CPU", "NumberOfCores": 8, "NumberOfLogicalProcessors": 16}],
        "Memory": [{"Capacity": 32 * GIB, "Speed": 4800, "ConfiguredClockSpeed": 6000, "SMBIOSMemoryType": 34}] * 2,
        "Video": [
            {
                "Name": "NVIDIA GeForce RTX 4090",
                "AdapterRAM": 4293918720,
                "PNPDeviceID": "PCI\\VEN_10DE&DEV_2684&SUBSYS_889A1043&REV_A1",
            }
        ],
        "VideoMemory": [{"DriverDesc": "NVIDIA GeForce RTX 4090", "HardwareInformation.qwMemorySize": 25757220864}],
        "Disk": [{"FriendlyName": "An SSD", "Size": 2000398934016, "MediaType": 4, "BusType": 17}],
    }
    snapshot = read(json.dumps(facts))
    (gpu,) = snapshot.gpus
    assert (gpu.memory_bytes, gpu.pci_id, gpu.subsystem) == (25757220864, "10de:2684", "1043:889a")
    assert snapshot.memory.modules == ((32 * GIB, 6000, "DDR5"),) * 2
    assert (snapshot.cpu.cores, snapshot.disks[0].transport, snapshot.host.product) == (8, "nvme", "Tower")


def test_apple_chip_shares_its_memory():
    facts = {
        "SPHardwareDataType": [
            {"chip_type": "Apple M4 Max", "physical_memory": "64 GB", "number_processors": "proc 16:12:4"}
        ],
        "SPDisplaysDataType": [{"_name": "kHW_AppleItem", "sppci_model": "Apple M4 Max", "sppci_cores": "40"}],
    }
    snapshot = read(json.dumps(facts))
    assert (snapshot.gpus[0].memory_bytes, snapshot.gpus[0].unified_memory) == (64 * GIB, True)
    assert (snapshot.cpu.name, snapshot.cpu.cores) == ("Apple M4 Max", 16)


def test_hwloc_leaves_out_memory_of_accelerators():
    text = (
        '<topology version="2.0"><object type="Machine"><info name="DMIProductName" value="Box"/>'
        '<object type="Package"><info name="CPUModel" value="A CPU"/>'
        '<object type="NUMANode" local_memory="1073741824"/>'
        '<object type="NUMANode" subtype="GPUMemory" local_memory="99"/><object type="Core"><object type="PU"/>'
        '<object type="PU"/></object><object type="PCIDev" pci_busid="0000:34:00.0" '
        'pci_type="0302 [10de:2330] [10de:16c1] a1 00"/></object></object></topology>'
    )
    snapshot = read(text)
    assert (snapshot.memory.total_bytes, snapshot.cpu.cores, snapshot.cpu.threads) == (GIB, 1, 2)
    assert snapshot.gpus[0].pci_id == "10de:2330"


def test_collect_env_holds_several_captures():
    text = (
        "PyTorch version: 2.6.0\nOS: Ubuntu 24.04 (x86_64)\nGPU models and configuration:\n"
        "GPU 0: NVIDIA L40S\nGPU 1: NVIDIA L40S\nNvidia driver version: 550.54.15\nCPU:\nArchitecture: x86_64\n"
        "CPU(s): 4\nSocket(s): 1\nCore(s) per socket: 4\nHypervisor vendor: KVM\n"
    )
    snapshot = read(text)
    assert [gpu.name for gpu in snapshot.gpus] == ["NVIDIA L40S"] * 2
    assert (snapshot.cpu.cores, snapshot.host.os, snapshot.host.habitat) == (
        4,
        "Ubuntu 24.04 (x86_64)",
        Habitat.VIRTUAL,
    )


def test_gpustack_json_of_another_maker():
    row = {
        "manufacturer": "ascend",
        "index": 0,
        "name": "910B2",
        "memory": 65536,
        "driver_version": "25.5.1",
        "appendix": {"bdf": "0000:C1:00.0", "numa": "2"},
    }
    distances = {"manufacturer": "ascend", "devices_distances": [[0, 5], [5, 0]], "devices_numa_affinities": ["2", "3"]}
    (gpu,) = read(json.dumps([row])).gpus
    assert (gpu.vendor, gpu.memory_bytes, gpu.numa_node) == ("huawei", 65536 * MIB, 2)
    assert read(json.dumps([distances])).links[0].kind == "HCCS"


def test_firmware_table_as_udev_keeps_it():
    text = (
        "E:MEMORY_DEVICE_0_SIZE=17179869184\nE:MEMORY_DEVICE_0_TYPE=DDR5\nE:MEMORY_DEVICE_0_CONFIGURED_SPEED_MTS=5600\n"
        "E:MEMORY_DEVICE_1_PRESENT=0\n"
    )
    memory = read(text).memory
    assert (memory.modules, memory.slots) == (((16 * GIB, 5600, "DDR5"),), 2)
