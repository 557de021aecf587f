"""Files as they come: several of one machine, odd encodings, damaged, hostile."""

import bz2
import gzip
import io
import json
import lzma
import os
import shutil
import subprocess
import tarfile
import zipfile
from pathlib import Path

import pytest

from dsdesk.base import assets
from dsdesk.base.errors import FileError
from dsdesk.base.units import MIB
from dsdesk.detect import opened
from dsdesk.detect.captures import read_captures, read_text

CSV = "index, name, pci.bus_id, memory.total [MiB]\n0, NVIDIA L40S, 00000000:{bus}:00.0, {mib} MiB\n"
LSPCI = "{bus}:00.0 3D controller [0302]: NVIDIA Corporation AD102GL [L40S] [10de:26b9] (rev a1)\n"


@pytest.fixture
def folder(tmp_path):
    def write(**files):
        for name, content in files.items():
            data = content if isinstance(content, bytes) else content.encode()
            (tmp_path / name).write_bytes(data)
        return tmp_path

    return write


def said(snapshot):
    return [one.in_english() for one in snapshot.warnings]


def test_one_card_in_two_captures_is_one_card_with_both_sources(folder):
    path = folder(a=CSV.format(bus="3B", mib=46068), b=LSPCI.format(bus="3b") + LSPCI.format(bus="5e"))
    snapshot = read_captures([path])
    first, second = snapshot.gpus
    assert (first.memory_bytes, first.pci_id) == (46068 * MIB, "10de:26b9")
    assert dict(first.origins)["memory_bytes"].startswith("a ")
    assert dict(first.origins)["pci_id"].startswith("b ")
    assert (second.memory_bytes, second.pci.address) == (None, "0000:5e:00.0")
    assert len(snapshot.sources) == 2


def test_contradiction_is_said_and_the_first_is_used(folder):
    path = folder(a=CSV.format(bus="01", mib=24564), b=CSV.format(bus="01", mib=49140))
    snapshot = read_captures([path])
    assert snapshot.gpus[0].memory_bytes == 24564 * MIB
    (warning,) = [text for text in said(snapshot) if "says memory" in text]
    assert "24,564" in warning
    assert "49,140" in warning


def test_cards_known_by_number_find_those_known_by_address(folder):
    topology = "\tGPU0\tGPU1\tCPU Affinity\nGPU0\t X \tNV18\t0-1\nGPU1\tNV18\t X \t0-1\n"
    snapshot = read_captures([folder(a=LSPCI.format(bus="17") + LSPCI.format(bus="3b"), b=topology)])
    assert len(snapshot.gpus) == 2
    assert [(link.a, link.b, link.kind) for link in snapshot.links] == [(0, 1, "NV18")]


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: text.encode("utf-16"),
        lambda text: text.encode("utf-16-le"),
        lambda text: text.encode("utf-8-sig"),
        lambda text: ("# 机器\n" + text).encode("gbk"),
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: b"\x1b[1m" + text.replace("NVIDIA", "\x1b[32mNVIDIA\x1b[0m").encode() + b"\x1b[0m",
    ],
    ids=["utf-16", "utf-16 without mark", "utf-8 with mark", "gbk", "crlf", "colours"],
)
def test_any_encoding(folder, encode):
    snapshot = read_captures([folder(capture=encode(CSV.format(bus="01", mib=46068)))])
    assert [gpu.name for gpu in snapshot.gpus] == ["NVIDIA L40S"]


XML = (
    "<nvidia_smi_log><driver_version>1.2</driver_version>"
    '<gpu id="00000000:01:00.0"><product_name>A</product_name></gpu>'
    '<gpu id="00000000:02:00.0"><product_name>B</product_name><fb_memory_usage><total>1'
)


def test_cut_xml_and_json_are_read_as_far_as_they_go(folder):
    disks = json.dumps({"blockdevices": [{"name": "sda", "type": "disk", "size": 5}, {"name": "sdb", "type": "di"}]})
    snapshot = read_captures([folder(a=XML, b=disks[:-12])])
    assert [gpu.name for gpu in snapshot.gpus] == ["A", "B"]
    assert [disk.name for disk in snapshot.disks] == ["sda"]
    assert sum("is cut" in text for text in said(snapshot)) == 2


def test_entities_are_refused(folder):
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + XML.replace("A<", "&b;<")
    snapshot = read_captures([folder(bomb=bomb)])
    assert snapshot.gpus == ()
    assert any("entities" in text for text in said(snapshot))


def test_external_document_type_is_never_read(folder):
    text = '<!DOCTYPE nvidia_smi_log SYSTEM "file:///etc/passwd">' + XML
    assert len(read_captures([folder(a=text)]).gpus) == 2


def packed(files, level=zipfile.ZIP_DEFLATED):
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", level) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return memory.getvalue()


def test_zip_and_tar_are_read_without_unpacking(folder):
    content = CSV.format(bus="01", mib=46068).encode()
    memory = io.BytesIO()
    with tarfile.open(fileobj=memory, mode="w:gz") as archive:
        entry = tarfile.TarInfo("../../outside.txt")
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    for data in (packed({"x/smi.csv": content}), memory.getvalue()):
        path = folder(archive=data)
        assert read_captures([path / "archive"]).gpus[0].name == "NVIDIA L40S"
    assert not (path.parent.parent / "outside.txt").exists()


def test_zip_bomb_and_too_many_files_are_left_out(folder):
    bomb = packed({"bomb.txt": b"0" * (40 * MIB), "smi.csv": CSV.format(bus="01", mib=46068)})
    snapshot = read_captures([folder(bomb=bomb)])
    assert len(snapshot.gpus) == 1
    assert any("packed too tightly" in text for text in said(snapshot))
    many = packed({f"{number}.txt": b"x" for number in range(2100)}, zipfile.ZIP_STORED)
    assert any("more than 2000" in text.replace(",", "") for text in said(read_captures([folder(bomb=many)])))


@pytest.mark.parametrize(
    "data", [b"PK\x03\x04 broken", b"\x00\x01\x02" * 900, b"[" * 100_000, b"", b"{" * 50], ids=range(5)
)
def test_nonsense_is_named_and_never_fatal(folder, data):
    assert read_captures([folder(nonsense=data)]).gpus == ()


def test_a_card_is_found_in_fifty_megabytes_of_noise(folder):
    line = b"17:03:22 kernel: GPU: something 01:02:03 happened, pid 4711, code 0x1f\n"
    path = folder(noise=line * (50 * MIB // len(line)) + CSV.format(bus="01", mib=46068).encode())
    assert len(read_captures([path]).gpus) == 1


def test_path_that_does_not_exist_is_refused(tmp_path):
    with pytest.raises(FileError, match="does not exist"):
        read_captures([tmp_path / "nothing"])


SH = shutil.which("sh")


@pytest.mark.skipif(SH is None, reason="no POSIX shell here")
def test_probe_is_read_back_and_tells_no_names(tmp_path):
    tools = {
        "nvidia-smi": "printf 'GPU 0: NVIDIA L40S (UUID: GPU-01234567-89ab-cdef-0123-456789abcdef)\\n'",
        "lscpu": "printf 'Architecture: x86_64\\nCPU(s): 4\\nCore(s) per socket: 4\\nSocket(s): 1\\n'",
        "lsblk": 'printf \'{"blockdevices": [{"name": "sda", "type": "disk", "size": 5, "serial": "S3CRET"}]}\'',
        "npu-smi": "printf 'link/ether 0a:1b:2c:3d:4e:5f\\nSerial Number : S3CRET\\n'",
    }
    for name, body in tools.items():
        tool = tmp_path / name
        tool.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
        tool.chmod(0o755)
    script = assets.resource("detect", "probe.sh")
    path = f"{tmp_path}:/usr/bin:/bin"
    done = subprocess.run([SH, str(script), "-"], capture_output=True, text=True, env={"PATH": path}, check=True)
    for secret in ("01234567-89ab", "S3CRET", "0a:1b:2c"):
        assert secret not in done.stdout
    snapshot = read_text(done.stdout, "bundle")
    assert [gpu.name for gpu in snapshot.gpus] == ["NVIDIA L40S"]
    assert (snapshot.cpu.cores, snapshot.disks[0].name) == (4, "sda")


def test_recorded_cards_are_read_like_a_machine(tmp_path):
    device = tmp_path / "card1" / "device"
    (device / "hwmon" / "hwmon3").mkdir(parents=True)
    for name, content in {
        "vendor": "0x1002",
        "uevent": "DRIVER=amdgpu\nPCI_ID=1002:150E\nPCI_SUBSYS_ID=17AA:3801\nPCI_SLOT_NAME=0000:c1:00.0",
        "mem_info_vram_total": str(512 * MIB),
        "mem_info_gtt_total": str(16000 * MIB),
        "mem_info_vis_vram_total": str(512 * MIB),
    }.items():
        (device / name).write_text(content, encoding="utf-8")
    node = tmp_path / "kfd/topology/nodes/1"
    node.mkdir(parents=True)
    (node / "properties").write_text("gfx_target_version 110500\nlocation_id 49408\ndomain 0\n", encoding="utf-8")
    (gpu,) = read_captures([Path(tmp_path)]).gpus
    assert (gpu.memory_bytes, gpu.shared_memory_bytes) == (16512 * MIB, 16000 * MIB)
    assert (gpu.unified_memory, gpu.compute_id, gpu.pci_id, gpu.driver) == (True, "gfx1150", "1002:150e", "amdgpu")


def test_documents_in_the_middle_of_a_text_are_read(folder):
    disks = json.dumps({"blockdevices": [{"name": "sda", "type": "disk", "size": 5}]}, indent=2)
    text = f"$ lspci -nn\n{LSPCI.format(bus='3b')}$ lsblk -J\n{disks}\n$ nvidia-smi -q -x\n{XML}\n"
    snapshot = read_captures([folder(pasted=text)])
    assert {gpu.name for gpu in snapshot.gpus} == {"NVIDIA L40S", "A", "B"}
    assert [disk.name for disk in snapshot.disks] == ["sda"]


@pytest.mark.parametrize(
    "wrap",
    [
        lambda line: f"> {line}",
        lambda line: f"    {line}",
        lambda line: f"\x1b[1m{line}\x1b(B\x1b[m",
    ],
    ids=["quoted", "indented", "coloured"],
)
def test_text_copied_from_a_page_is_read_as_printed(folder, wrap):
    topology = "\tGPU0\tGPU1\tCPU Affinity\nGPU0\t X \tNV4\t0-1\nGPU1\tNV4\t X \t0-1\n"
    text = "```\n" + "\n".join(wrap(line) for line in topology.splitlines()) + "\n```\n"
    assert [link.kind for link in read_captures([folder(pasted=text)]).links] == ["NV4"]


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress], ids=["gz", "bz2", "xz"])
def test_one_text_packed_by_itself_is_read(folder, pack):
    path = folder(report=pack(CSV.format(bus="01", mib=46068).encode()))
    assert [gpu.name for gpu in read_captures([path]).gpus] == ["NVIDIA L40S"]
    long = CSV.format(bus="01", mib=46068).encode() + os.urandom(30_000).hex().encode()
    cut = read_captures([folder(report=pack(long)[:-4000])])
    assert any("damaged" in text or "is cut" in text for text in said(cut))
    if pack is not bz2.compress:  # which packs in blocks of hundreds of kilobytes
        assert [gpu.name for gpu in cut.gpus] == ["NVIDIA L40S"]


def test_bomb_in_a_packed_text_or_tar_is_left_out(folder, monkeypatch):
    monkeypatch.setattr(opened, "MOST_FILE_BYTES", MIB)
    monkeypatch.setattr(opened, "MOST_TOTAL_BYTES", 2 * MIB)
    text = read_captures([folder(report=gzip.compress(b"0" * (3 * MIB)))])
    assert any("larger than" in one for one in said(text))
    memory = io.BytesIO()
    with tarfile.open(fileobj=memory, mode="w:gz") as archive:
        entry = tarfile.TarInfo("big")
        entry.size = 8 * MIB
        archive.addfile(entry, io.BytesIO(b"0" * entry.size))
    assert any("too much" in one for one in said(read_captures([folder(report=memory.getvalue())])))


def recorded_root(archive):
    """A machine of two processors whose card stands in a folder that only a link reaches."""

    def file(name, content):
        entry = tarfile.TarInfo(f"box/{name}")
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content.encode()))

    def link(name, to):
        entry = tarfile.TarInfo(f"box/{name}")
        entry.type, entry.linkname = tarfile.SYMTYPE, to
        archive.addfile(entry)

    file("proc/cpuinfo", "processor : 0\nmodel name : A CPU\nphysical id : 0\ncore id : 0\n")
    link("sys/bus/pci/devices/0000:01:00.0", "../../../devices/pci0000:00/0000:01:00.0")
    for name, content in (("class", "0x030000"), ("vendor", "0x10de"), ("device", "0x2684")):
        file(f"sys/devices/pci0000:00/0000:01:00.0/{name}", content)
    link("sys/class/outside", "../../../../../etc")
    link("sys/class/absolute", "/etc")
    file("sys/class/outside/passwd", "gotcha")
    file("../climbed.txt", "gotcha")


def test_recorded_machine_in_an_archive_is_read_with_its_links(folder, tmp_path):
    memory = io.BytesIO()
    with tarfile.open(fileobj=memory, mode="w:bz2") as archive:
        recorded_root(archive)
    snapshot = read_captures([folder(root=memory.getvalue())])
    assert [gpu.name for gpu in snapshot.gpus] == ["NVIDIA GeForce RTX 4090"]
    assert (snapshot.cpu.name, snapshot.cpu.threads) == ("A CPU", 1)
    assert not (tmp_path.parent / "climbed.txt").exists()
