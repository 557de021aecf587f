"""A Linux machine's /sys and /proc in an archive: its links are part of it, so it is set up in a folder for a moment.

Only regular files of /sys and /proc size and links that stay inside are set up; everything else is left out.
"""

import re
import tarfile
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from dsdesk.base.units import MIB

MOST_MEMBERS = 60_000
MOST_FILE_BYTES = 256 * 1024  # the largest text of /proc that is read is cpuinfo of a large machine
MOST_BYTES = 64 * MIB
_PROC = re.compile(r"(^|.*/)(?:proc/cpuinfo|sys/bus/pci/devices/[^/]+|sys/devices/system/cpu/cpu0/.+)$")
_CARD = re.compile(r"(^|.*/)card\d+/device/vendor$")
Archive = tarfile.TarFile | zipfile.ZipFile


def tree_root(names: Iterable[str]) -> str | None:
    """The folder inside an archive that is the root of a machine or holds its cards, None without one."""
    for count, name in enumerate(names):
        if count > MOST_MEMBERS:
            return None
        found = _PROC.match(name) or _CARD.match(name)
        if found:
            return found[1]
    return None


@contextmanager
def set_up(archive: Archive, root: str) -> Iterator[Path]:
    """A folder with what lies below `root` in `archive`; gone when the block ends."""
    with tempfile.TemporaryDirectory(prefix="dsdesk-tree-") as folder:
        place = Path(folder)
        if isinstance(archive, tarfile.TarFile):
            _from_tar(archive, root, place)
        else:
            _from_zip(archive, root, place)
        yield place


def _target(name: str, root: str, place: Path) -> Path | None:
    """Where a member goes, None if it lies outside of the root or climbs out of it."""
    if not name.startswith(root):
        return None
    inner = PurePosixPath(name.removeprefix(root))
    if inner.is_absolute() or ".." in inner.parts or any(not part or part[1:2] == ":" for part in inner.parts):
        return None
    return place / inner


def _from_tar(archive: tarfile.TarFile, root: str, place: Path) -> None:
    left = MOST_BYTES
    for count, member in enumerate(archive):
        if count > MOST_MEMBERS or left <= 0:
            return
        target = _target(member.name, root, place)
        if target is None:
            continue
        if member.issym():
            _link(member.linkname, target, place)
        elif member.isfile() and member.size <= MOST_FILE_BYTES:
            content = archive.extractfile(member)
            if content is not None:
                left -= _write(target, content.read(MOST_FILE_BYTES), place)


def _from_zip(archive: zipfile.ZipFile, root: str, place: Path) -> None:
    left = MOST_BYTES
    for member in archive.infolist()[:MOST_MEMBERS]:
        target = _target(member.filename, root, place)
        if target is None or member.is_dir() or member.file_size > MOST_FILE_BYTES or left <= 0:
            continue
        with archive.open(member) as content:
            left -= _write(target, content.read(MOST_FILE_BYTES), place)


def _write(target: Path, data: bytes, place: Path) -> int:
    """Bytes written; a member whose place is taken is left out."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.is_symlink() and target.parent.resolve().is_relative_to(place.resolve()):
            target.write_bytes(data)
    except OSError:
        return 0
    return len(data)


def _link(to: str, target: Path, place: Path) -> None:
    """A link that stays inside; sysfs knows relative ones only."""
    if PurePosixPath(to).is_absolute():
        return
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        inside = (target.parent / to).resolve().is_relative_to(place.resolve())
        if inside and not target.exists() and not target.is_symlink():
            target.symlink_to(to)
    except (OSError, NotImplementedError):
        return
