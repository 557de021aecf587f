"""What lies beside an installer, and what the watch over it would notice."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import package_freeze
import package_licences
import pytest
import sbom
import verify_trace

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def package(tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    path = tmp_path / "dsdesk.deb"
    path.write_bytes(b"a package")
    return path


def test_list_of_parts_names_what_is_packed_with_its_licence(package):
    held = json.loads(sbom.write(package, Path(sys.executable)).read_text(encoding="utf-8"))
    assert held["bomFormat"] == "CycloneDX"
    parts = {one["name"].lower(): one for one in held["components"]}
    assert {"pyside6_essentials", "numpy", "pynacl", "reportlab", "cpython", "noto sans sc"} <= set(parts)
    assert all(one["licenses"][0]["license"] for one in parts.values())
    references = {one["bom-ref"] for one in held["components"]} | {held["metadata"]["component"]["bom-ref"]}
    assert {need for one in held["dependencies"] for need in one["dependsOn"]} <= references
    assert "pkg:pypi/cffi" in json.dumps(next(one for one in held["dependencies"] if "pynacl" in one["ref"]))


def test_list_of_parts_is_the_same_twice(package):
    first = sbom.write(package, Path(sys.executable)).read_bytes()
    assert sbom.write(package, Path(sys.executable)).read_bytes() == first


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="sha256sum is not here")
def test_sums_are_what_sha256sum_reads(package):
    sums = sbom.write_sums(package.parent)
    command = ["sha256sum", "-c", sums.name]
    assert subprocess.run(command, cwd=package.parent, capture_output=True, check=False).returncode == 0
    package.write_bytes(b"another")
    assert subprocess.run(command, cwd=package.parent, capture_output=True, check=False).returncode == 1


def test_every_part_has_a_licence_text_or_says_its_licence(tmp_path):
    package_licences.collect(Path(sys.executable), tmp_path / "licences")
    names = {path.name for path in (tmp_path / "licences").iterdir()}
    assert {"dsdesk-Apache-2.0.txt", "NotoSansSC-OFL-1.1.txt", "data-ATTRIBUTION.md", "README.txt"} <= names
    assert any(name.startswith("numpy-") for name in names)


def test_what_packs_is_pinned_and_names_no_host():
    text = (ROOT / "requirements-package.txt").read_text(encoding="utf-8")
    assert "pyinstaller==" in text
    assert "http" not in text
    assert all("--hash=" in block for block in text.split("\n\n") if "==" in block)


def test_version_is_that_of_the_program():
    from dsdesk import __version__

    assert package_freeze.version() == __version__


def judged(tmp_path, *lines):
    log = tmp_path / "trace"
    log.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return verify_trace.judge([log], "/home/tester")


def test_watch_sees_local_sockets_and_own_files(tmp_path):
    found = judged(
        tmp_path,
        "7 socket(AF_UNIX, SOCK_STREAM|SOCK_CLOEXEC, 0) = 3",
        '7 openat(AT_FDCWD</home/tester>, "mine.dsdesk", O_WRONLY|O_CREAT, 0644) = 4</home/tester/mine.dsdesk>',
        '7 openat(AT_FDCWD</>, "/etc/passwd", O_RDONLY) = 4</etc/passwd>',
        '7 mkdir("/usr/lib/x", 0777) = -1 EACCES (Permission denied)',
    )
    assert found == {"sockets": {"AF_UNIX": 1}, "written_below": {"/home/tester": 1}}


@pytest.mark.parametrize("family", ["AF_INET", "AF_INET6"])
def test_watch_fails_on_a_network(tmp_path, family):
    with pytest.raises(AssertionError, match=family):
        judged(tmp_path, f"7 socket({family}, SOCK_DGRAM, IPPROTO_IP) = 3")


@pytest.mark.parametrize(
    "line",
    [
        '7 openat(AT_FDCWD</>, "/var/lib/x", O_WRONLY|O_CREAT, 0644) = 3</var/lib/x>',
        '7 rename("/home/tester/a", "/home/other/a") = 0',
        '7 mkdir("/home/tester-not", 0777) = 0',
        '7 unlinkat(5</opt/x>, "y", 0) = 0',
    ],
)
def test_watch_fails_on_a_foreign_place(tmp_path, line):
    with pytest.raises(AssertionError, match="outside"):
        judged(tmp_path, line)
