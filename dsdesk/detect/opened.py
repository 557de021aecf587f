"""Files, folders and archives into texts, however they were saved.

An archive is not unpacked to a disk; only the /sys of a recorded machine is set up for a moment, since its links are
part of it (`archived_tree`). What is too large, too many or packed too tightly is left out and named: an archive from
a stick is not trusted.
"""

import bz2
import gzip
import io
import lzma
import re
import tarfile
import textwrap
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any

from dsdesk.base.errors import FileError, reason_of
from dsdesk.base.message import N_, Message
from dsdesk.base.units import MIB
from dsdesk.detect.archived_tree import MOST_MEMBERS, set_up, tree_root
from dsdesk.detect.formats.capture import Capture
from dsdesk.detect.linux_tree import read_tree
from dsdesk.detect.pasted import documents
from dsdesk.detect.snapshot import Snapshot

MOST_FILE_BYTES = 64 * MIB
MOST_TOTAL_BYTES = 256 * MIB
MOST_FILES = 2000
MOST_RATIO = 200  # deflate of real captures stays below 40; a bomb is above 1000
_SMALL = MIB  # below this a high ratio is an empty table, not a bomb
_SKIPPED = {".git", "__MACOSX", "node_modules"}
_SECTION = re.compile(r"^===== dsdesk probe: (.+?) =====$", re.MULTILINE)
# ECMA-48 control sequences: colours and cursor moves that tools print even into a pipe.
_COLOURS = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")
_CHARACTER_SETS = re.compile(r"\x1b[()][0-9A-B]")
_PIECE = 4096  # bytes; of a packed text that is cut, less than this is lost
_BINARY_SHARE = 0.05
_FENCE = re.compile(r"^ *(?:```|~~~)[\w-]* *$", re.MULTILINE)
_QUOTE = re.compile(r"^ *> ?", re.MULTILINE)
_MOST_PASTED = 4_000_000  # characters; what is larger was written by a tool, not pasted into a page
_MOSTLY = 0.9


class Opened:
    """What was found under some paths.

    Attributes:
        captures: texts, in a stable order.
        trees: folders that look like the root of a Linux machine, or a card's folder of one.
        machines: (name, facts) of such a root that lay in an archive.
        remarks: what was left out, and why.
    """

    def __init__(self, paths: Iterable[Path]) -> None:
        self.captures: list[Capture] = []
        self.trees: list[Path] = []
        self.machines: list[tuple[str, Snapshot]] = []
        self.remarks: list[Message] = []
        self._bytes_left = MOST_TOTAL_BYTES
        self._files_left = MOST_FILES
        for path in paths:
            self._open(path)

    def _open(self, path: Path) -> None:
        if not path.exists():
            raise FileError(Message(N_("{path} does not exist."), path=str(path)))
        if path.is_dir():
            self._open_folder(path)
        else:
            self._open_file(path, path.name)

    def _open_folder(self, folder: Path) -> None:
        if is_tree(folder):
            self.trees.append(folder)
            return
        for inner in sorted(folder.iterdir()):
            if inner.name in _SKIPPED or inner.is_symlink():
                continue
            if inner.is_dir():
                self._open_folder(inner)
            elif inner.is_file():
                self._open_file(inner, inner.name)

    def _open_file(self, path: Path, name: str) -> None:
        try:
            with path.open("rb") as file:
                head = file.read(4)
                file.seek(0)
                size = path.stat().st_size
                if head.startswith(b"PK\x03\x04"):
                    self._open_zip(file, name)
                elif head[:3] == b"BZh" or head[:2] == b"\x1f\x8b" or head[:4] == b"\xfd7zX" or name.endswith(".tar"):
                    self._open_tar(file, name)
                elif size > MOST_FILE_BYTES:
                    self._left_out(name, Message(N_("it is larger than {size} MiB"), size=MOST_FILE_BYTES // MIB))
                else:
                    self._add(name, file.read(MOST_FILE_BYTES))
        except OSError as error:
            self._left_out(name, Message(N_("it cannot be read ({reason})"), reason=reason_of(error)))

    def _open_zip(self, file: io.BufferedReader, name: str) -> None:
        try:
            with zipfile.ZipFile(file) as archive:
                if self._took_tree(archive, archive.namelist(), name):
                    return
                for member in archive.infolist():
                    if member.is_dir() or _is_skipped(member.filename):
                        continue
                    if not self._admits(f"{name}/{member.filename}", member.file_size, member.compress_size):
                        continue
                    with archive.open(member) as content:
                        # The size in the directory may lie; what is read beyond it is not.
                        self._add(f"{name}/{member.filename}", content.read(member.file_size))
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, OSError):
            self._left_out(name, Message(N_("it is a damaged or encrypted archive")))

    def _took_tree(self, archive: zipfile.ZipFile | tarfile.TarFile, names: Iterable[str], title: str) -> bool:
        """Whether the archive held the tree of a machine, which was read then."""
        root = tree_root(names)
        if root is None:
            return False
        with set_up(archive, root) as folder:
            self.machines.append((title, read_tree(folder)))
        return True

    def _open_tar(self, file: io.BufferedReader, name: str) -> None:
        read = -1
        try:
            with tarfile.open(fileobj=file, mode="r:*") as archive:
                if self._took_tree(archive, _names(archive), name):
                    return
                read = 0
                for member in archive:
                    read += member.size
                    if read > MOST_TOTAL_BYTES or self._files_left <= 0:
                        self._left_out(name, Message(N_("it holds too much")))
                        return
                    if not member.isfile() or _is_skipped(member.name):
                        continue
                    if not self._admits(f"{name}/{member.name}", member.size, member.size):
                        continue
                    content = archive.extractfile(member)
                    if content is not None:
                        self._add(f"{name}/{member.name}", content.read(member.size))
        except (tarfile.TarError, EOFError, OSError, ValueError, zlib.error, lzma.LZMAError):
            if read >= 0:
                self._left_out(name, Message(N_("it is a damaged or encrypted archive")))
            else:
                self._open_packed(file, name)

    def _open_packed(self, file: io.BufferedReader, name: str) -> None:
        """One text, packed by itself, such as nvidia-bug-report.log.gz."""
        file.seek(0)
        head = file.read(3)
        file.seek(0)
        opener: Any = gzip.open if head[:2] == b"\x1f\x8b" else bz2.open if head == b"BZh" else lzma.open
        data, is_cut = _read_packed(opener, file)
        if len(data) > MOST_FILE_BYTES:
            self._left_out(name, Message(N_("it is larger than {size} MiB"), size=MOST_FILE_BYTES // MIB))
        elif is_cut and not data:
            self._left_out(name, Message(N_("it is a damaged or encrypted archive")))
        else:
            if is_cut:
                self.remarks.append(Message(N_("{name} is cut; what is there was read."), name=name))
            self._add(name, data)

    def _admits(self, name: str, size: int, packed: int) -> bool:
        if self._files_left <= 0:
            if self._files_left == 0:
                self._left_out(name, Message(N_("there are more than {count} files"), count=MOST_FILES))
            self._files_left -= 1
            return False
        if size > MOST_FILE_BYTES or size > self._bytes_left:
            self._left_out(name, Message(N_("it is larger than {size} MiB"), size=MOST_FILE_BYTES // MIB))
            return False
        if size > _SMALL and size > MOST_RATIO * max(packed, 1):
            self._left_out(name, Message(N_("it is packed too tightly to be a capture")))
            return False
        return True

    def _add(self, name: str, data: bytes) -> None:
        self._files_left -= 1
        self._bytes_left -= len(data)
        text = decoded(data)
        if text is None:
            self._left_out(name, Message(N_("it is not text")))
            return
        self.captures += captures_in(name, text)

    def _left_out(self, name: str, because: Message) -> None:
        self.remarks.append(Message(N_("{name} was left out: {because}."), name=name, because=because))


def _read_packed(opener: Any, file: io.BufferedReader) -> tuple[bytes, bool]:  # noqa: ANN401 - gzip, bz2 or lzma
    """What is packed in `file`, a little more than is admitted at most, and whether it ends too early."""
    data = bytearray()
    try:
        with opener(file) as content:
            while len(data) <= MOST_FILE_BYTES and (piece := content.read(_PIECE)):
                data += piece
    except (EOFError, OSError, ValueError, zlib.error, lzma.LZMAError):
        return bytes(data), True
    return bytes(data), False


def _names(archive: tarfile.TarFile) -> Iterator[str]:
    """Names of members, as far as what lies before them is small enough to be passed over."""
    passed = 0
    for member in islice(archive, MOST_MEMBERS):
        yield member.name
        passed += member.size
        if passed > MOST_TOTAL_BYTES:
            return


def _is_skipped(name: str) -> bool:
    return bool(_SKIPPED.intersection(PurePosixPath(name).parts))


def is_tree(folder: Path) -> bool:
    """Whether `folder` is the root of a Linux machine, recorded."""
    return (
        (folder / "sys/bus/pci").is_dir()
        or (folder / "proc/cpuinfo").is_file()
        or any(folder.glob("card*/device/vendor"))
    )


def captures_in(name: str, text: str) -> Iterator[Capture]:
    """The captures of one text: the sections of a probe's bundle apart, anything else whole."""
    marks = list(_SECTION.finditer(text))
    if not marks:
        for part in documents(unquoted(text)):
            yield Capture(name, part)
        return
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    for mark, end in zip(marks, ends, strict=True):
        yield Capture(f"{name}: {mark[1]}", text[mark.end() : end])


def unquoted(text: str) -> str:
    """A text as its tool printed it, where it was copied from a page: quoted, fenced or indented as a whole."""
    if len(text) > _MOST_PASTED:
        return text
    lines = [line for line in text.split("\n") if line.strip()]
    if lines and sum(line.lstrip().startswith(">") for line in lines) > _MOSTLY * len(lines):
        text = _QUOTE.sub("", text)
    if "```" in text or "~~~" in text:
        text = _FENCE.sub("", text)
    return textwrap.dedent(text)


def decoded(data: bytes) -> str | None:
    """Bytes as text without colours and with plain line ends, None if they are none.

    PowerShell's `>` writes UTF-16; Chinese Windows writes GBK (read as GB 18030, which holds it).
    """
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        text = data.decode("utf-16", errors="replace")
    elif data[:3] == b"\xef\xbb\xbf":
        text = data.decode("utf-8-sig", errors="replace")
    elif (order := _bare_utf_16(data)) is not None:
        text = data.decode(order, errors="replace")
    else:
        if data[:65536].count(0) > _BINARY_SHARE * len(data[:65536]):
            return None
        text = _eight_bit(data)
    if "\x1b" in text:
        text = _CHARACTER_SETS.sub("", _COLOURS.sub("", text))
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").replace("\N{NO-BREAK SPACE}", " ")


def _bare_utf_16(data: bytes) -> str | None:
    """UTF-16 without its mark: every other byte of mostly Latin text is zero."""
    head = data[:2000]
    if len(head) < 8:  # noqa: PLR2004 - too short to tell
        return None
    even, odd = head[::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if odd > half * 0.6 and even < half * 0.1:
        return "utf-16-le"
    return "utf-16-be" if even > half * 0.6 and odd < half * 0.1 else None


def _eight_bit(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        # A text that was cut within a character is still UTF-8.
        if error.start >= len(data) - 4:
            return data.decode("utf-8", errors="replace")
    try:
        return data.decode("gb18030")
    except UnicodeDecodeError:
        return data.decode("utf-8", errors="replace")
