"""More tools of more makers, and more of their releases; shapes as documented, values made up."""

import json

import pytest

from dsdesk.base.units import GIB, MIB
from dsdesk.detect.captures import read_text
from dsdesk.detect.snapshot import Habitat


def read(text):
    return read_text(text, "pasted")


def said(snapshot):
    return " ".join(one.in_english() for one in snapshot.warnings)


BDFS = ("0000:05:00.0", "0000:26:00.0")


def amd_matrix(title, inner):
    head = " " * 13 + " ".join(BDFS)
    rows = [f"{bdf} " + " ".join(cell.ljust(12) for cell in cells) for bdf, cells in zip(BDFS, inner, strict=True)]
    return "\n".join((f"{title}:", head, *rows, "", ""))


def test_amd_topology_reads_the_table_of_links_only():
    text = amd_matrix("WEIGHT TABLE", (("0", "15"), ("15", "0"))) + amd_matrix(
        "LINK TYPE TABLE", (("SELF", "XGMI"), ("XGMI", "SELF"))
    )
    snapshot = read(text)
    assert [gpu.pci.address for gpu in snapshot.gpus] == list(BDFS)
    assert [(link.a, link.b, link.kind) for link in snapshot.links] == [(0, 1, "XGMI")]


def test_amd_summary_of_release_seven():
    text = (
        "| AMD-SMI 26.1.0+aaaa          amdgpu version: 6.15.1   ROCm version: 7.1.0    |\n"
        "|=====================================+========================================|\n"
        "| 0000:05:00.0    AMD Instinct MI355X | 0 %      37 °C   0          201/1400 W |\n"
        "|   0       0       7        SPX/NPS1 | 4 %        N/A           300/294896 MB |\n"
    )
    (gpu,) = read(text).gpus
    assert (gpu.name, gpu.memory_bytes, gpu.driver) == ("AMD Instinct MI355X", 294896 * MIB, "6.15.1")
    assert (gpu.power_w, gpu.power_limit_w, gpu.utilisation, gpu.temperature_c) == (201.0, 1400.0, 0.04, 37.0)


def test_amd_metric_and_static_of_one_card_are_one():
    size = {"value": 196592, "unit": "MB"}
    static = {"gpu": 0, "asic": {"market_name": "MI", "device_id": "0x74a1"}, "bus": {"bdf": BDFS[0]},
              "limit": {"ppt0": {"max_power_limit": {"value": 1000, "unit": "W"}}}}  # fmt: skip
    metric = {"gpu": 0, "power": {"socket_power": {"value": 140, "unit": "W"}}, "mem_usage": {"total_vram": size}}
    snapshot = read(json.dumps([static]) + "\n" + json.dumps({"gpu_data": [metric]}))
    (gpu,) = snapshot.gpus
    assert (gpu.pci_id, gpu.power_limit_w, gpu.power_w, gpu.memory_bytes) == ("1002:74a1", 1000.0, 140.0, 196592 * MIB)


ROCM_TABLES = {
    "rocm 3": (
        "GPU  Temp   AvgPwr  SCLK    MCLK    Fan    Perf  PwrCap  VRAM%  GPU%  \n"
        "0    38.0c  155.0W  802Mhz  101Mhz  21.9%  auto  250.0W   48%   99%   \n"
    ),
    "rocm 6": (
        "Device  Node  IDs              Temp    Power    Partitions          SCLK   Perf  PwrCap  VRAM%  GPU%  \n"
        "              (DID,     GUID)  (Edge)  (Avg)    (Mem, Compute, ID)                                    \n"
        "0       1     0x744c,   12345  38.0°C  155.0W   N/A, N/A, 0         41Mhz  auto  250.0W  3%     99%   \n"
    ),
}


@pytest.mark.parametrize("table", ROCM_TABLES.values(), ids=ROCM_TABLES)
def test_concise_table_is_read_by_its_headings(table):
    (gpu,) = read("==== ROCm System Management Interface ====\n" + table).gpus
    assert (gpu.power_limit_w, gpu.power_w, gpu.temperature_c, gpu.utilisation) == (250.0, 155.0, 38.0, 0.99)


def test_rocm_csv_and_what_is_not_reported():
    first, second = read("device,VRAM Total Memory (B),Device Name\ncard0,25753026560,X\ncard1,N/A,Y\n").gpus
    assert (first.memory_bytes, first.name, second.memory_bytes) == (25753026560, "X", None)


def test_hygon_counts_in_mebibytes():
    text = (
        "HCU     Temp     AvgPwr     Perf     PwrCap     VRAM%      HCU%      Mode\n"
        "0       51.0C    90.0W      auto     400.0W     0%         2.0%      Normal\n\n"
        "HCU[0]\t\t: Card Series:\t\t K100_AI\nHCU[0]\t\t: vram Total Memory (MiB): 65520\n"
    )
    (gpu,) = read(text).gpus
    assert (gpu.vendor, gpu.name, gpu.memory_bytes, gpu.power_limit_w) == ("hygon", "K100_AI", 65520 * MIB, 400.0)


XPU = {"device_id": 0, "device_name": "Intel(R) Arc(TM) A770 Graphics", "pci_bdf_address": "0000:03:00.0",
       "pci_device_id": "0x56a0", "memory_physical_size_byte": "17079205888", "pcie_generation": "4",
       "pcie_max_link_width": "16", "device_function_type": "physical"}  # fmt: skip
XPU_TABLE = (
    "| Device ID | Device Information                                       |\n"
    "| 0         | Device Name: Intel(R) Arc(TM) A770 Graphics              |\n"
    "|           | PCI Device ID: 0x56a0                                    |\n"
    "|           | PCI BDF Address: 0000:03:00.0                            |\n"
    "|           | PCIe Generation: 4                                       |\n"
    "|           | PCIe Max Link Width: 16                                  |\n"
    "|           | Memory Physical Size: 16288.00 MiB                       |\n"
)


@pytest.mark.parametrize("text", [json.dumps(XPU), json.dumps({"device_list": [XPU]}), XPU_TABLE])
def test_intel_in_all_its_forms(text):
    (gpu,) = read(text).gpus
    assert (gpu.memory_bytes, gpu.pci_id, gpu.pci.address) == (16288 * MIB, "8086:56a0", "0000:03:00.0")
    assert (gpu.pci.gen_max, gpu.pci.width_max) == (4, 16)


def test_intel_link_that_is_minus_one_is_unknown():
    (gpu,) = read(json.dumps({**XPU, "pcie_generation": "-1", "pcie_max_link_width": "-1"})).gpus
    assert (gpu.pci.gen_max, gpu.pci.width_max) == (None, None)


def test_metax_and_moore_threads():
    metax = (
        "| MX-SMI 2.2.4                        Kernel Mode Driver Version: 2.15.9          |\n"
        "| 0           MetaX C550             | 0000:0f:00.0        | 0%                   |\n"
        "| 29C         53W / 450W             | 858/65536 MiB       | Available            |\n"
        "| 1           MXC500                 | 0000:10:00.0        | 7%                   |\n"
        "| 51C         71W                    | 60982/65536 MiB     |                      |\n"
    )
    first, second = read(metax).gpus
    assert (first.name, first.memory_bytes, first.power_limit_w) == ("MetaX C550", 65536 * MIB, 450.0)
    assert (second.name, second.power_w, second.power_limit_w) == ("MetaX C500", 71.0, None)
    threads = (
        "    mthreads-gmi:1.14.0          Driver Version:2.7.0\n"
        "0    MTT S4000      |00000000:04:00.0    |3%    2MiB(49152MiB)\n"
        "     Physical       |4x(16x)             |49C   YES\n"
    )
    (gpu,) = read(threads).gpus
    assert (gpu.name, gpu.memory_bytes, gpu.pci.width_now, gpu.pci.width_max) == ("MTT S4000", 49152 * MIB, 4, 16)
    links = read("| MX-SMI 2.2\n        GPU0    GPU1\nGPU0    X       MX\nGPU1    MX      X\n").links
    assert [link.kind for link in links] == ["LINK"]


def test_chip_that_is_not_well_says_so():
    text = (
        "| npu-smi 21.0.4                       Version: 21.0.4             |\n"
        "| 3     910A           | Warning       | 67.2       41             |\n"
        "| 0                    | 0000:C1:00.0  | 0          1170 / 15665      0    / 32768    |\n"
    )
    snapshot = read(text)
    assert snapshot.gpus[0].memory_bytes == 32768 * MIB
    assert "NPU 3" in said(snapshot)
    assert "Warning" in said(snapshot)


def test_two_chips_behind_one_address_stay_two():
    text = (
        "| npu-smi 25.2.0                   Version: 25.2.0                |\n"
        "| 2       310P3  | OK            | NA           45                0     / 0             |\n"
        "| 0       0      | 0000:01:00.0  | 0            1529 / 44280                            |\n"
        "| 2       310P3  | OK            | NA           43                0     / 0             |\n"
        "| 1       1      | 0000:01:00.0  | 0            1412 / 43693                            |\n"
    )
    assert [gpu.memory_bytes for gpu in read(text).gpus] == [44280 * MIB, 43693 * MIB]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.\n", "not running"),
        ("Failed to initialize NVML: Driver/library version mismatch\nNVML library version: 535.1\n", "Reboot"),
        ("Failed to initialize NVML: Unknown Error\n", "container"),
        ("No devices were found (nvidia-smi)\n", "finds no card"),
        ("Unable to determine the device handle for GPU0000:41:00.0: GPU is lost.\n", "0000:41:00.0"),
        ("NVIDIA-SMI: Option -m is missing its value\n", "610"),
    ],
)
def test_refusals_of_the_tool_are_symptoms(text, sentence):
    assert sentence in said(read(text))


def test_chips_without_a_bus_address():
    table = (
        "| NVIDIA-SMI 540.4.0                Driver Version: 540.4.0      CUDA Version: 12.6     |\n"
        "|   0  Orin (nvgpu)                  N/A  | N/A              N/A |                  N/A |\n"
        "| N/A   N/A  N/A               N/A /  N/A | Not Supported        |     N/A          N/A |\n"
        "|                                         |                      |                  N/A |\n"
    )
    stats = "01-01-2026 RAM 3046/30697MB (lfb 5x4MB) CPU [1%@729,off] GR3D_FREQ 12% cpu@45C gpu@44.5C\n"
    (gpu,) = read(table + "\n" + stats).gpus
    assert (gpu.unified_memory, gpu.memory_bytes, gpu.utilisation) == (True, 30697 * MIB, 0.12)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("# dmidecode 3.5\nHandle 0x0001, DMI type 1, 27 bytes\nSystem Information\n\tProduct Name: NVIDIA_DGX_Spark\n",
         "NVIDIA GB10"),
        ("processor\t: 0\nmodel name\t: AMD RYZEN AI MAX+ 395 w/ Radeon 8060S\nphysical id : 0\ncore id : 0\n",
         "AMD Radeon 8060S Graphics"),
    ],
)  # fmt: skip
def test_one_chip_is_known_by_its_machine_or_processor(text, name):
    (gpu,) = read(text + "\nMemTotal:       67108864 kB\n").gpus
    assert (gpu.name, gpu.unified_memory, gpu.memory_bytes) == (name, True, 64 * GIB)


def test_csv_without_a_header_takes_the_largest_size():
    text = "0, NVIDIA L40S, 12 MiB, 46068 MiB, 550.54.14\n1, NVIDIA L40S, 0 MiB, 46068 MiB, 550.54.14\n"
    snapshot = read(text)
    assert [gpu.memory_bytes for gpu in snapshot.gpus] == [46068 * MIB] * 2
    assert snapshot.host.nvidia_driver == "550.54.14"


def test_instances_are_named_by_mig():
    (gpu,) = read(
        "| GPU instances:      |\n|   0  MIG 1g.10gb  19  7  4:1  |\n|   0  MIG 3g.40gb   9  2  0:4  |\n"
    ).gpus
    assert [part.name for part in gpu.slices] == ["1g.10gb", "3g.40gb"]


LSCPU = {
    "de": ("Architektur", "CPU(s)", "Modellname", "Kern(e) pro Sockel", "Sockel", "NUMA-Knoten0 CPU(s)",
           "Markierungen"),
    "fr": ("Architecture", "Processeur(s)", "Nom de modèle", "Cœur(s) par socket", "Socket(s)",
           "Nœud NUMA 0 de processeur(s)", "Drapeaux"),
    "ja": ("アーキテクチャ", "CPU", "モデル名", "ソケットあたりのコア数", "ソケット数", "NUMA ノード 0 CPU", "フラグ"),
    "zh": ("架构", "CPU", "型号名称", "每个座的核数", "座", "NUMA 节点0 CPU", "标记"),
    "ru": ("Архитектура", "CPU(s)", "Имя модели", "Ядер на сокет", "Сокетов", "NUMA node0 CPU(s)", "Флаги"),
}  # fmt: skip


@pytest.mark.parametrize("words", LSCPU.values(), ids=LSCPU)
def test_lscpu_speaks_other_languages(words):
    values = ("x86_64", "16", "A CPU", "4", "2", "0-7", "fpu avx2")
    cpu = read("".join(f"{word} :   {value}\n" for word, value in zip(words, values, strict=True))).cpu
    assert (cpu.name, cpu.threads, cpu.cores, cpu.sockets, cpu.numa_nodes) == ("A CPU", 16, 8, 2, 1)
    assert cpu.instruction_sets == ("avx2",)


def test_lsblk_as_a_table_keeps_models_of_several_words():
    text = (
        "NAME        SIZE ROTA TRAN   MODEL\n"
        "sda       465.8G    1 sata   An Old Disk-0\n"
        "├─sda1        1G    1        \n"
        "nvme0n1     3.6T    0 nvme   Fast SSD 4TB\n"
    )
    first, second = read(text).disks
    assert (first.model, first.rotational, second.model, second.transport) == (
        "An Old Disk-0",
        True,
        "Fast SSD 4TB",
        "nvme",
    )


def test_quiet_dmidecode_has_no_handles():
    text = (
        "Base Board Information\n\tProduct Name: X13\n\n"
        "Memory Device\n\tSize: 64 GB\n\tType: DDR5\n\tSpeed: 4800 MT/s\n"
    )
    snapshot = read(text)
    assert (snapshot.host.board, snapshot.memory.modules) == ("X13", ((64 * GIB, 4800, "DDR5"),))


def test_firmware_tells_slots_and_supplies_where_it_may_be_read():
    slot = "\nHandle 0x00{n}, DMI type 9, 24 bytes\nSystem Slot Information\n\tType: {kind}\n\tCurrent Usage: {use}\n"
    supply = (
        "\nHandle 0x01{n}, DMI type 39, 22 bytes\nSystem Power Supply\n\tMax Power Capacity: {watts}\n\tStatus: {how}\n"
    )
    text = (
        "# dmidecode 3.5\n"
        + slot.format(n="10", kind="x16 PCI Express 5 x16", use="In Use")
        + slot.format(n="11", kind="x16 PCI Express 5 x16", use="Available")
        + slot.format(n="12", kind="x8 PCI Express 4 x8", use="Available")
        + supply.format(n="20", watts="2400 W", how="Present, OK")
        + supply.format(n="21", watts="2000 W", how="Not Present")
        + supply.format(n="22", watts="Unknown", how="Present, OK")
    )
    host = read(text).host
    assert (host.free_x16_slots, host.psu_w) == (1, 2400.0)


def test_windows_list_and_computer_info():
    listed = read(
        "Name          : NVIDIA GeForce RTX 4090\nAdapterRAM    : 4293918720\n"
        "PNPDeviceID   : PCI\\VEN_10DE&DEV_2684&SUBSYS_889A1043&REV_A1\n\nName  : A CPU\n"
        "NumberOfCores             : 8\nNumberOfLogicalProcessors : 16\n"
    )
    assert (listed.gpus[0].pci_id, listed.gpus[0].memory_bytes, listed.cpu.threads) == ("10de:2684", None, 16)
    told = {"OsName": "Windows 11", "OsBuildNumber": "22631", "CsModel": "Tower", "CsManufacturer": "C",
            "CsTotalPhysicalMemory": 64 * GIB,
            "CsProcessors": [{"Name": "P", "NumberOfLogicalProcessors": 4}]}  # fmt: skip
    info = read(json.dumps(told))
    assert (info.host.os, info.host.product, info.memory.total_bytes) == ("Windows 11", "Tower", 64 * GIB)


def test_mac_as_text():
    text = (
        "Hardware:\n\n    Hardware Overview:\n\n      Model Name: Mac Studio\n      Model Identifier: Mac16,9\n"
        "      Chip: Apple M4 Max\n      Total Number of Cores: 16 (12 performance and 4 efficiency)\n"
        "      Memory: 128 GB\n\nGraphics/Displays:\n\n    Apple M4 Max:\n\n      Chipset Model: Apple M4 Max\n"
        "      Vendor: Apple (0x106b)\n"
    )
    snapshot = read(text)
    assert (snapshot.gpus[0].name, snapshot.gpus[0].memory_bytes, snapshot.cpu.cores) == ("Apple M4 Max", 128 * GIB, 16)


def test_environment_report_of_one_amd_card():
    text = "OS: Linux\nGPU models and configuration: AMD Instinct MI300X (gfx942:sramecc+:xnack-)\n"
    (gpu,) = read(text + "Nvidia driver version: Could not collect\n").gpus
    assert (gpu.name, gpu.vendor, gpu.compute_id) == ("AMD Instinct MI300X", "amd", "gfx942")


def test_coprocessors_and_other_makers_on_the_bus():
    text = (
        "07:00.0 Co-processor [0b40]: Chengdu C-3000 IC Design Co., Ltd. BW [1d94:6370] (rev 01)\n"
        "08:00.0 Processing accelerators: Habana Labs Ltd. HL-2080 AI Deep Learning Accelerator [Gaudi3] (rev 01)\n"
    )
    assert {gpu.vendor for gpu in read(text).gpus} == {"hygon", "habana"}


def test_files_of_sysfs_printed_by_grep_are_a_card():
    place = "/sys/class/drm/card0/device"
    facts = {"uevent": "DRIVER=amdgpu", "vendor": "0x1002", "device": "0x744c", "mem_info_vram_total": str(24 * GIB),
             "mem_info_vram_vendor": "samsung", "hwmon/hwmon3/power1_cap": "339000000"}  # fmt: skip
    text = "".join(f"{place}/{name}:{value}\n" for name, value in facts.items())
    (gpu,) = read(text + f"{place}/uevent:PCI_SLOT_NAME=0000:0b:00.0\n").gpus
    assert (gpu.pci_id, gpu.memory_bytes, gpu.power_limit_w) == ("1002:744c", 24 * GIB, 339.0)
    assert (gpu.driver, gpu.pci.address) == ("amdgpu", "0000:0b:00.0")


@pytest.mark.parametrize("size", [16 * GIB, [0, 0, 0, 0, 4, 0, 0, 0], ["x"]], ids=["number", "bytes", "nonsense"])
def test_registry_holds_a_number_or_its_bytes(size):
    rows = [{"Name": "AMD Radeon", "AdapterRAM": 4293918720, "PNPDeviceID": "PCI\\VEN_1002&DEV_744C"},
            {"DriverDesc": "AMD Radeon", "HardwareInformation.qwMemorySize": size}]  # fmt: skip
    (gpu,) = read(json.dumps(rows)).gpus
    assert gpu.memory_bytes == (None if size == ["x"] else 16 * GIB)


# As `Get-CimInstance` answers on a notebook of two accelerators, in the shape that the probe writes.
WINDOWS = {
    "OperatingSystem": [{"Caption": "Microsoft Windows 11 专业版", "Version": "10.0.26100", "BuildNumber": "26100",
                         "TotalVisibleMemorySize": 66000000}],
    "ComputerSystem": [{"Manufacturer": "LENOVO", "Model": "83DF", "TotalPhysicalMemory": 64 * GIB,
                        "HypervisorPresent": True}],
    "BaseBoard": [{"Manufacturer": "LENOVO", "Product": "LNVNB161216"}],
    "Processor": [{"Name": "A CPU", "NumberOfCores": 16, "NumberOfLogicalProcessors": 24}],
    "Memory": [{"Capacity": 32 * GIB, "Speed": 5600, "ConfiguredClockSpeed": 5600, "SMBIOSMemoryType": 34}] * 2,
    "MemoryArray": [{"MemoryDevices": 2}],
    "Video": [{"Name": "Intel(R) Graphics", "AdapterCompatibility": "Intel Corporation", "AdapterRAM": 134217728,
               "DriverVersion": "32.0", "PNPDeviceID": "PCI\\VEN_8086&DEV_7D67&SUBSYS_38D417AA&REV_06"},
              {"Name": "NVIDIA GeForce RTX 5090 Laptop GPU", "AdapterCompatibility": "NVIDIA", "AdapterRAM": 4293918720,
               "DriverVersion": "32.0.15", "PNPDeviceID": "PCI\\VEN_10DE&DEV_2C18&SUBSYS_38D417AA&REV_A1"}],
    "VideoMemory": [{"DriverDesc": "NVIDIA GeForce RTX 5090 Laptop GPU", "MatchingDeviceId": "x",
                     "HardwareInformation.qwMemorySize": 25651314688}, None],
    "Disk": {"FriendlyName": "SAMSUNG MZVL22T0HDLB", "Size": 2048408248320, "MediaType": 4, "BusType": 17},
}  # fmt: skip


def test_probe_of_windows_is_read_whole():
    text = f"dsdesk probe 1\n\n===== dsdesk probe: Get-CimInstance =====\n{json.dumps(WINDOWS, indent=2)}\n"
    snapshot = read(text.replace("\n", "\r\n"))
    intel, nvidia = sorted(snapshot.gpus, key=lambda gpu: gpu.vendor)
    assert (nvidia.memory_bytes, nvidia.pci_id, nvidia.subsystem) == (25651314688, "10de:2c18", "17aa:38d4")
    assert intel.pci_id == "8086:7d67"
    assert (snapshot.host.os, snapshot.host.product, snapshot.memory.slots) == (
        "Microsoft Windows 11 专业版",
        "83DF",
        2,
    )
    # Windows reports a hypervisor on every machine that isolates its kernel by one.
    assert snapshot.host.habitat is Habitat.UNKNOWN
    assert (snapshot.disks[0].transport, snapshot.disks[0].rotational) == ("nvme", False)
    assert not snapshot.warnings


def test_integrated_chip_of_amd_shows_the_memory_of_the_host():
    table = (
        "| AMD-SMI 26.0.2+39      amdgpu version: Linuxver ROCm version: 7.0.2    |\n"
        "| Platform: Linux Baremetal                                                    |\n"
        "| 0000:c5:00.0    AMD Radeon Graphics | N/A        N/A   0             N/A/0 W |\n"
        "|   0       0     N/A             N/A | N/A        N/A              161/512 MB |\n"
    )
    snapshot = read(table + "\nMemTotal:       134217728 kB\n")
    (gpu,) = snapshot.gpus
    assert (gpu.unified_memory, gpu.memory_bytes, gpu.driver, gpu.power_limit_w) == (True, 128 * GIB, "", None)
    assert snapshot.host.habitat is Habitat.METAL


def test_virtual_function_of_amd_is_a_share():
    table = (
        "| AMD-SMI 26.0.0+37d158ab      amdgpu version: 6.14.14  ROCm version: 7.0.0    |\n"
        "| Platform: Linux Guest                                                        |\n"
        "| 0000:83:00.0 AMD Instinct MI300X VF | 0 %      37 °C   0           135/750 W |\n"
        "|   0       0       0        SPX/NPS1 | 0 %        N/A           285/196288 MB |\n"
    )
    snapshot = read(table)
    assert (snapshot.gpus[0].name, snapshot.host.habitat) == ("AMD Instinct MI300X", Habitat.VIRTUAL)
    assert "virtual GPU" in said(snapshot)


@pytest.mark.parametrize("name", ["NPU", "Phy-ID"])
def test_links_of_ascend_find_their_chips(name):
    table = "".join(
        f"| {card}     910B4   | OK   | 91.3        33       0    / 0     |\n"
        f"| 0             | 0000:8{card}:00.0 | 0   0 / 0      3197 / 32768      |\n"
        for card in (0, 1)
    )
    matrix = (
        f"\t   {name}0       {name}1       CPU Affinity\n"
        f"{name}0       X          HCCS       144-167\n{name}1       HCCS       X          0-23\n"
    )
    snapshot = read("| npu-smi 25.2.0    Version: 25.2.0  |\n" + table + "\n" + matrix)
    assert [(link.a, link.b, link.kind) for link in snapshot.links] == [(0, 1, "HCCS")]
    assert [gpu.memory_bytes for gpu in snapshot.gpus] == [32768 * MIB] * 2
    assert len(read(matrix).gpus) == 2
