"""How many fields of the captures are read right, by kind, against the second reading that lies beside them.

Run: python bench/detection.py [folder of captures]. Where the index and the file disagree, the file was read;
`RIGHT` lists those cases with who is right. A field is one fact of one card or machine; a missing one counts as wrong.
"""

import csv
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from dsdesk.base.units import MIB
from dsdesk.detect.captures import read_captures
from dsdesk.detect.snapshot import Gpu, Snapshot

CAPTURES = Path(__file__).parents[2] / "shared" / "facts" / "detection" / "captures"
GOAL = 0.99
Field = tuple[str, object, object]

# (file, field): why the value read differs from the index and is right.
RIGHT = {
    (
        "telegraf__gtx-1660-ti.xml",
        "names",
    ): "the index has 'Graphics Device' of an old driver; the PCI id names the card",
    ("telegraf__rx6700xt_rocm430.json", "names"): "the index has the vendor's PCI id; the device's id names the card",
    (
        "telegraf__vega-10-XT.json",
        "names",
    ): "0xc1e is an id of the board, no name; none is in the table, so none is given",
    (
        "thamada__MI300X_x4_smi-out_a.txt",
        "links",
    ): "the index took 'TA XGMI firmware version' for a link; no links are told",
    (
        "amd-phoenix",
        "memory",
    ): "an integrated chip may use its carve-out and the shared memory; the index has the first",
    (
        "amd-strixpoint",
        "memory",
    ): "an integrated chip may use its carve-out and the shared memory; the index has the first",
}
_BRIDGED = "the card's own switch reports this for ever; the link to the machine is not in this tree, so unknown"


def _norm(name: str) -> str:
    return re.sub(r"[^a-z0-9.]+", " ", name.lower().replace("nvidia", "").replace("ascend", "")).strip()


def _names(text: str) -> Counter[str]:
    found: Counter[str] = Counter()
    for count, name in re.findall(r"(\d+)x ([^;]+)", text):
        found[_norm("" if name.strip() == "None" else name)] += int(count)
    return found


def _mib(size: int | None) -> int | None:
    return None if size is None else round(size / MIB)


def _smi(row: dict[str, str], snapshot: Snapshot) -> Iterator[Field]:
    """`NAME: 24564 MiB; PCIe gen 1/4 (...) width 16x/16x; power limit 450.00 W; ECC Disabled; MIG N/A; (x2)`."""
    driver, _, cuda = row["driver"].partition(" / CUDA ")
    yield "driver", driver, snapshot.host.nvidia_driver
    yield "cuda", cuda, snapshot.host.cuda
    groups = row["expect"].split(" || ")
    gpus = iter(snapshot.gpus)
    for group in groups:
        repeat = re.search(r"\(x(\d+)\)$", group)
        for _ in range(int(repeat[1]) if repeat else 1):
            gpu = next(gpus, Gpu(name="", vendor=""))
            yield from _smi_card(group, gpu)


def _smi_card(text: str, gpu: Gpu) -> Iterator[Field]:
    def expected(pattern: str) -> str:
        found = re.search(pattern, text)
        return found[1] if found else ""

    memory = expected(r": (\d+) MiB")
    yield "memory", int(memory) if memory else None, _mib(gpu.memory_bytes)
    limit = expected(r"(?:power limit|cap) ([\d.]+) ?W")
    yield "limit", float(limit) if limit else None, gpu.power_limit_w
    if "PCIe" not in text:
        return
    for name, pattern, value in (
        ("gen now", r"gen (\w+)/", gpu.pci.gen_now),
        ("gen max", r"device max (\d+)" if re.search(r"device max \d", text) else r"gen \w+/(\w+)", gpu.pci.gen_max),
        ("width now", r"width (\w+?)x?/", gpu.pci.width_now),
        ("width max", r"width \w+/(\w+?)x?[;)]", gpu.pci.width_max),
    ):
        digits = expected(pattern)
        yield name, int(digits) if digits.isdecimal() else None, value
    modes = {"Enabled": True, "Disabled": False}
    yield "ecc", modes.get(expected(r"ECC (\w+)")), gpu.ecc
    yield "mig", modes.get(expected(r"MIG (\w+)")), gpu.mig
    yield "slices", int(expected(r"with (\d+) instances") or 0), len(gpu.slices)
    virtual = expected(r"virt ([\w-]+)")
    yield "virtualisation", "" if virtual in {"None", "N"} else virtual, gpu.virtualisation


def _topo(row: dict[str, str], snapshot: Snapshot) -> Iterator[Field]:
    pairs = re.search(r"GPU-GPU pairs: \{([^}]*)\}", row["expect"])
    expected = {kind: int(count) for kind, count in re.findall(r"'(\w+)': (\d+)", pairs[1] if pairs else "")}
    found = Counter(link.kind for link in snapshot.links)
    for kind in sorted({*expected, *found}):
        yield f"links {kind}", expected.get(kind, 0), found.get(kind, 0)
    yield "gpus", int(row["count"] or 0), len(snapshot.gpus)


def _query(row: dict[str, str], snapshot: Snapshot) -> Iterator[Field]:
    sizes = [int(size) for count, size in re.findall(r"(\d+)x (\d+)", row["expect"]) for _ in range(int(count))]
    for size, gpu in zip(sizes, snapshot.gpus, strict=False):
        yield "memory", True, abs(size - (_mib(gpu.memory_bytes) or 0)) <= 1


def _rocm(row: dict[str, str], snapshot: Snapshot) -> Iterator[Field]:
    for text, gpu in zip(row["expect"].split(" || "), snapshot.gpus, strict=False):
        facts = dict(re.findall(r"(VRAM|GPU ID|GFX|max power|PCI) ([^;]+)", text))
        if not facts:
            continue
        yield "memory", facts["VRAM"], f"{gpu.memory_bytes} B"
        yield "id", facts["GPU ID"], "0x" + gpu.pci_id[5:] if gpu.pci_id else "None"
        yield "gfx", facts["GFX"].replace("gfx9010", "gfx90a"), gpu.compute_id or "None"
        yield "limit", facts["max power"], str(gpu.power_limit_w)
        yield "address", facts["PCI"].strip().lower(), (gpu.pci.address or "none").lower()
    if kinds := re.search(r"link types: \[([^\]]*)\]", row["expect"]):
        yield "links", sorted(re.findall(r"'(\w+)'", kinds[1])), sorted({link.kind for link in snapshot.links})


def _npu(row: dict[str, str], snapshot: Snapshot) -> Iterator[Field]:
    totals = re.findall(r"\('\d+', '(\d+)'\)", row["expect"])
    yield "memory", [int(total) for total in totals], [_mib(gpu.memory_bytes) for gpu in snapshot.gpus]
    yield "driver", row["driver"], snapshot.gpus[0].driver if snapshot.gpus else None


def _gpustack(row: dict[str, str], snapshot: Snapshot) -> Iterator[Field]:
    yield "gpus", int(row["count"] or len(snapshot.gpus)), len(snapshot.gpus)
    first = re.search(r"distance matrix first row \[([\d, ]+)\]", row["expect"])
    if first:
        distances = [int(one) for one in first[1].split(",")]
        linked = sum(1 for link in snapshot.links if link.a == 0)
        yield "links of the first", sum(1 for one in distances[1:] if one), linked
        return
    found = re.search(r"memory (\d+) MiB, cc (\S+),", row["expect"])
    if found:
        yield "memory", True, int(found[1]) in [_mib(gpu.memory_bytes) for gpu in snapshot.gpus]
        compute = found[2].replace("None", "")
        shown = snapshot.gpus[0].compute_id.removeprefix("sm_")
        yield "compute", compute.replace(".", ""), shown.replace(".", "")
    if row["driver"]:
        yield "driver", row["driver"].replace("None", ""), snapshot.gpus[0].driver if snapshot.gpus else ""


def _dmi(row: dict[str, str], snapshot: Snapshot) -> Iterator[Field]:
    text = row["expect"]
    yield "slots", int((re.search(r"memory slots (\d+)", text) or ["", "0"])[1]), snapshot.memory.slots or 0
    yield "modules", int((re.search(r"populated (\d+)", text) or ["", "0"])[1]), len(snapshot.memory.modules)
    if snapshot.host.product:
        yield "product", True, snapshot.host.product in text
    if cpu := re.search(r"CPU (\d+)x ([^;]+)", text):
        yield "sockets", int(cpu[1]), snapshot.cpu.sockets
        yield "cpu", cpu[2].strip(), snapshot.cpu.name
    expected: Counter[tuple[int, str, int | None]] = Counter()
    for found in re.finditer(r"(\d+)x (\d+) (MB|GB) (.+?) (\d+|Unknown)(?: M\S+)? \(configured (\d*)", text):
        size = int(found[2]) * (1024 if found[3] == "GB" else 1)
        speed = found[6] or (found[5] if found[5].isdecimal() else "")
        expected[size, found[4].replace("DRAM", "").replace("RAM", ""), int(speed) if speed else None] += int(found[1])
    read = Counter((size // MIB, kind, speed) for size, speed, kind in snapshot.memory.modules)
    for key in {*expected, *read}:
        yield "module", (key, expected[key]), (key, read[key])


def _lscpu(row: dict[str, str], snapshot: Snapshot) -> Iterator[Field]:
    text, cpu = row["expect"], snapshot.cpu

    def expected(pattern: str) -> int | None:
        found = re.search(pattern, text)
        return int(found[1]) if found else None

    sockets = expected(r"(?:sockets |Socket\(s\)=)(\d+)")
    each = expected(r"(?:cores/socket |Core\(s\) per socket=)(\d+)")
    name = re.search(r"Model name=([^;]+)", text)
    yield "name", (name[1] if name else text.partition(";")[0]).replace("-", ""), cpu.name.replace("-", "")
    yield "threads", expected(r"CPU\(s\)[ =](\d+)"), cpu.threads
    yield "sockets", sockets, cpu.sockets
    yield "cores", sockets * each if sockets and each else None, cpu.cores
    if "avx512" in text:
        yield "avx512", "avx512 True" in text, "avx512f" in cpu.instruction_sets
        yield "amx", "amx True" in text, "amx_tile" in cpu.instruction_sets


def _lsblk(row: dict[str, str], snapshot: Snapshot) -> Iterator[Field]:
    for name, size, model in re.findall(r"(?:/dev/)?(\S+) disk (\d+) rota=\S+ tran=\S+ model=([^;]+)", row["expect"]):
        disk = next((one for one in snapshot.disks if one.name == name), None)
        if int(size) == 0:
            yield "no empty disk", None, disk
            continue
        yield "capacity", int(size), disk.capacity_bytes if disk else None
        yield "model", model.strip().replace("None", ""), disk.model if disk else None


def _list(row: dict[str, str], snapshot: Snapshot) -> Iterator[Field]:
    expected = Counter({name: int(count) for count, name in re.findall(r"(\d+)x ([\w.]+gb)", row["expect"])})
    yield "slices", expected, Counter(part.name for gpu in snapshot.gpus for part in gpu.slices)


def _nvlink(row: dict[str, str], snapshot: Snapshot) -> Iterator[Field]:
    links = re.search(r"'([\d.]+) GB/s': (\d+)", row["expect"])
    yield "links", int(links[2]) if links else 0, sum(gpu.nvlinks or 0 for gpu in snapshot.gpus)
    if links:
        speed = next((gpu.nvlink_b_s for gpu in snapshot.gpus if gpu.nvlink_b_s), None)
        yield "speed", float(links[1]) * 1e9, speed


def _sysfs(row: dict[str, str], snapshot: Snapshot) -> Iterator[Field]:
    gpu = snapshot.gpus[0] if snapshot.gpus else Gpu(name="", vendor="")
    facts = dict(re.findall(r"(\w+)=(\S[^;]*?)\s*(?:;|$)", row["expect"]))
    yield "id", row["gpus"].removeprefix("PCI ").lower(), gpu.pci_id
    yield "driver", row["driver"], gpu.driver
    gens = {"2.5": 1, "5.0": 2, "8.0": 3, "16.0": 4, "32.0": 5}
    for key, value in (("current_link_speed", gpu.pci.gen_now), ("max_link_speed", gpu.pci.gen_max)):
        if key in facts:
            yield key, gens.get(facts[key].split()[0]), value
    for key, value in (("current_link_width", gpu.pci.width_now), ("max_link_width", gpu.pci.width_max)):
        if key in facts:
            yield key, int(facts[key]) or None, value
    if "mem_info_vram_total" in facts:
        yield "memory", int(facts["mem_info_vram_total"]), gpu.memory_bytes


def _lspci(row: dict[str, str], snapshot: Snapshot) -> Iterator[Field]:
    ours = re.findall(r"(\d+)x (?:NVIDIA|Advanced Micro|Intel)[^;]*", row["gpus"])
    if "-tv" not in row["note"]:
        yield "gpus", sum(int(count) for count in ours), len(snapshot.gpus)
    for device in re.findall(r"10de:([0-9a-f]{4})|Device ([0-9a-f]{4})", row["gpus"]):
        yield "id", True, any(gpu.pci_id == f"10de:{device[0] or device[1]}" for gpu in snapshot.gpus)


READERS = {
    "nvidia-smi-xml": _smi,
    "nvidia-smi-xml-mock": _smi,
    "nvidia-smi-q": _smi,
    "nvidia-smi-table": _smi,
    "topo": _topo,
    "cuda-devicequery": _query,
    "rocm-smi-json": _rocm,
    "rocm-smi-text": _rocm,
    "npu-smi": _npu,
    "gpustack-detector": _gpustack,
    "dmidecode": _dmi,
    "lscpu": _lscpu,
    "lscpu-json": _lscpu,
    "lsblk": _lsblk,
    "nvidia-smi-L": _list,
    "nvlink-status": _nvlink,
    "sysfs-drm": _sysfs,
    "lspci": _lspci,
}
_NAMED = {"lspci", "sysfs-drm", "topo", "nvidia-smi-bundle", "gpustack-detector"}


def _fields(row: dict[str, str], snapshot: Snapshot) -> Iterator[Field]:
    if row["gpus"] and row["kind"] not in _NAMED:
        expected = _names(row["gpus"])
        if "rocminfo" in row["file"]:
            expected = Counter({name: count for name, count in expected.items() if "epyc" not in name})
        yield "names", expected, Counter(_norm(gpu.name) for gpu in snapshot.gpus)
    if row["kind"] == "nvidia-smi-bundle":
        # The index counts the card once for the list and once for the query.
        yield "names", set(_names(row["gpus"])), {_norm(gpu.name) for gpu in snapshot.gpus}
        yield "memory", True, all(gpu.memory_bytes for gpu in snapshot.gpus)
    elif reader := READERS.get(row["kind"]):
        yield from reader(row, snapshot)


def measure(folder: Path) -> dict[str, tuple[int, int, list[str]]]:
    """Right fields, all fields and the wrong ones in words, by kind."""
    with (folder / "INDEX.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    right: Counter[str] = Counter()
    every: Counter[str] = Counter()
    wrong: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        path = folder / row["file"]
        if row["kind"] not in {*READERS, "nvidia-smi-bundle"} or not path.exists():
            continue
        for name, expected, found in _fields(row, read_captures([path])):
            every[row["kind"]] += 1
            if expected == found:
                right[row["kind"]] += 1
            elif reason := _excused(path.name, row, name):
                right[row["kind"]] += 1
                wrong[row["kind"]].append(f"(dsdesk is right) {path.name}: {name}: {reason}")
            else:
                wrong[row["kind"]].append(f"{path.name}: {name}: index {expected}, read {found}")
    return {kind: (right[kind], every[kind], wrong[kind]) for kind in sorted(every)}


def _excused(file: str, row: dict[str, str], field: str) -> str:
    if row["kind"] == "nvidia-smi-table" and "__610." in file and field in {"driver", "cuda"}:
        return "the index does not know the headings of driver 610, 'KMD Version' and 'CUDA UMD Version'"
    if row["kind"] == "sysfs-drm" and "intel" in file and "link" in field:
        return _BRIDGED
    return RIGHT.get((file, field), "")


def main() -> int:
    """Print the table; exit 1 below the goal."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else CAPTURES
    if not folder.is_dir():
        sys.stdout.write(f"no captures at {folder}\n")
        return 0
    found = measure(folder)
    for kind, (right, every, wrong) in found.items():
        sys.stdout.write(f"{kind:22} {right:5} of {every:5}  {right / every:7.2%}\n")
        for line in wrong:
            sys.stdout.write(f"    {line[:240]}\n")
    right, every = sum(one[0] for one in found.values()), sum(one[1] for one in found.values())
    sys.stdout.write(f"{'all':22} {right:5} of {every:5}  {right / every:7.2%}\n")
    return 0 if right / every >= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
