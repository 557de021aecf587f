"""What lies beside an installer, and what the watch over it would notice."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import package as package_room
import package_freeze
import package_licences
import package_system
import pytest
import sbom
import sign
import verify_trace
from console import SetupError

from dsdesk.catalog.updates.minisign import is_signed_by, read_public_key, read_signature
from dsdesk.catalog.updates.secret import new_key, write_keys

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
    assert {"pyside6_essentials", "numpy", "cryptography", "reportlab", "cpython", "noto sans sc"} <= set(parts)
    assert all(one["licenses"][0]["license"] for one in parts.values())
    references = {one["bom-ref"] for one in held["components"]} | {held["metadata"]["component"]["bom-ref"]}
    assert {need for one in held["dependencies"] for need in one["dependsOn"]} <= references
    assert "pkg:pypi/cffi" in json.dumps(next(one for one in held["dependencies"] if "cryptography" in one["ref"]))


def test_list_of_parts_names_what_a_wheel_has_built_in(package, tmp_path):
    held = json.loads(sbom.write(package, Path(sys.executable)).read_text(encoding="utf-8"))
    parts = {one["name"].lower(): one for one in held["components"]}
    inside = {one["name"].lower(): one for one in parts["cryptography"]["components"]}
    assert inside["openssl"]["version"].partition(".")[0].isdecimal()
    assert "pydantic" not in {one["name"].lower() for one in parts["pydantic_core"]["components"]}
    references = [one["bom-ref"] for holder in parts.values() for one in (holder, *holder.get("components", ()))]
    assert len(references) == len(set(references))
    package_licences.collect(Path(sys.executable), tmp_path / "licences")
    told = (tmp_path / "licences" / "README.txt").read_text(encoding="utf-8")
    assert f"    with openssl {inside['openssl']['version']}: " in told


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


def test_the_man_page_names_every_command():
    from dsdesk.cli.main import COMMANDS

    page = (ROOT / "installer" / "linux" / "dsdesk.1").read_text(encoding="utf-8")
    named = set(re.findall(r"B(?:old)?[ {]?(\w+)", page))
    assert set(COMMANDS) <= named


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


def test_sums_are_signed_as_minisign_checks_it(package, tmp_path):
    key = tmp_path / "release.key"
    write_keys(new_key(), key, "")
    sums = sbom.write_sums(package.parent)
    signed = sign.sign(sums, key, "", "dsdesk 1 file:SHA256SUMS")
    assert signed.name == "SHA256SUMS.minisig"
    public = read_public_key(key.with_suffix(".pub").read_text(encoding="utf-8"))
    signature = read_signature(signed.read_text(encoding="utf-8"))
    assert is_signed_by(sums.read_bytes(), signature, public)
    assert not is_signed_by(sums.read_bytes() + b"x", signature, public)
    minisign = shutil.which("minisign")
    if minisign is not None:
        asked = subprocess.run(
            [minisign, "-V", "-p", key.with_suffix(".pub"), "-m", sums], capture_output=True, check=False
        )
        assert asked.returncode == 0
        assert b"dsdesk 1 file:SHA256SUMS" in asked.stdout


def test_a_key_that_is_not_there_is_told_before_anything_is_made(tmp_path):
    for arguments in (["deb", "--sign"], ["--sign", str(tmp_path / "missing.key")]):
        with pytest.raises(SetupError, match="secret key"):
            package_room.package(arguments)


def test_what_belongs_to_another_system_is_told():
    with pytest.raises(SetupError, match="no installer called rpm"):
        package_room.package(["rpm"])


@pytest.mark.skipif(shutil.which("dpkg-query") is None, reason="only Debian knows its packages")
def test_libraries_of_the_system_are_listed_with_their_package_and_licence(package, tmp_path):
    folder = tmp_path / "frozen"
    (folder / "_internal").mkdir(parents=True)
    for name in ("libz.so.1", "libpython3.11.so.1.0", "libnobody.so.1"):
        (folder / "_internal" / name).touch()
    (found,) = package_system.parts(folder)
    assert (found.name, found.libraries) == ("zlib1g", ("libz.so.1",))
    licences = tmp_path / "licences"
    licences.mkdir()
    package_system.collect([found], licences)
    assert "zlib" in (licences / "debian-zlib1g.txt").read_text(encoding="utf-8").lower()
    held = json.loads(sbom.write(package, Path(sys.executable), [found]).read_text(encoding="utf-8"))
    (row,) = [one for one in held["components"] if one["name"] == "zlib1g"]
    assert row["purl"] == f"pkg:deb/debian/zlib1g@{found.version.replace(':', '%3A')}?arch=amd64"
