"""What stands around the accelerators to catalogue parts: board or server, memory modules, drives.

A drive is known by its part number or by the words of its series with its capacity. Memory modules carry no name that
may be read without rights: a kit of equal modules of the same size, kind and speed stands for them.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from dsdesk.build.catalog import Catalog
from dsdesk.detect.snapshot import Disk, HostFacts, MemoryFacts, Snapshot
from dsdesk.hardware.parts import Board, Drive, Memory, Part, Platform
from dsdesk.hardware.vocabulary import MemoryType, PartKind, Shelf

_NEAR = 0.03  # makers round capacities; firmware counts exactly
_LEAST_NUMBER = 6  # characters of a part number; shorter ones are words
# Words of a product's name that its firmware leaves out.
_FILL = re.compile(
    r"\b(with|heatsink|ssd|hdd|nvme|m\.?2|2280|pcie|internal|drive|u\.?2|e3\.?s|sata|gen\d|x\d|\d\.\d|"
    r"\d+(\.\d+)? ?[tg]b|solid|state|hard|disk)\b",
    re.IGNORECASE,
)


def with_host_parts(snapshot: Snapshot, catalog: Catalog) -> Snapshot:
    """`snapshot` with the parts that its host, memory and drives are."""
    host = _host(snapshot.host, catalog)
    if not host.part_id:
        host = _whole(snapshot, host, catalog)
    frame = catalog.part(host.part_id) if host.part_id else None
    return replace(
        snapshot,
        host=host,
        memory=_memory(snapshot.memory, frame, catalog),
        disks=tuple(_disk(disk, catalog) for disk in snapshot.disks),
    )


def _host(host: HostFacts, catalog: Catalog) -> HostFacts:
    """A server by its product, else the board; a machine is not both."""
    for name in (host.product, f"{host.maker} {host.product}"):
        part = catalog.find_part(name, PartKind.PLATFORM) if host.product else None
        if part is not None:
            return replace(host, part_id=part.id)
    board = catalog.find_part(host.board, PartKind.BOARD) if host.board else None
    return replace(host, part_id=board.id if board else "")


def _whole(snapshot: Snapshot, host: HostFacts, catalog: Catalog) -> HostFacts:
    """A complete machine of the same maker that is known by the only chip that is in it, such as a Mac Studio."""
    known = [gpu for gpu in snapshot.gpus if gpu.part_id and gpu.unified_memory]
    if len(known) != 1 or not host.maker or not host.product:
        return host
    found = [
        part
        for part in catalog.parts(PartKind.PLATFORM)
        if isinstance(part, Platform)
        and part.gpu_ids == (known[0].part_id,)
        and part.manufacturer.lower() in host.maker.lower()
        and host.product.lower() in part.name.lower()
    ]
    return replace(host, part_id=found[0].id) if len(found) == 1 else host


def _memory(memory: MemoryFacts, frame: Part | None, catalog: Catalog) -> MemoryFacts:
    """The kit that stands for equal modules; none where they differ or nothing tells which kind the slots take."""
    types = frame.memory_types if isinstance(frame, Board | Platform) else ()
    if not memory.modules or len(set(memory.modules)) > 1 or not types:
        return memory
    size, speed, kind = memory.modules[0]
    kits = [
        part
        for part in catalog.parts(PartKind.MEMORY)
        if isinstance(part, Memory)
        and part.module_bytes == size
        and part.memory_type in types
        and _is_kind(part.memory_type, kind)
        and len(memory.modules) % part.modules == 0
        and (speed is None or (part.mt_s or 0) >= speed)
    ]
    best = min(kits, key=lambda kit: (kit.shelf is not Shelf.BUILDABLE, (kit.mt_s or 0), kit.modules), default=None)
    if best is None:
        return memory
    return replace(memory, part_id=best.id, part_count=len(memory.modules) // best.modules)


def _is_kind(memory_type: MemoryType, kind: str) -> bool:
    return not kind or memory_type.value.startswith(kind.lower())


def _disk(disk: Disk, catalog: Catalog) -> Disk:
    if not disk.model or not disk.capacity_bytes:
        return disk
    size = disk.capacity_bytes
    alike = [
        part
        for part in catalog.parts(PartKind.DRIVE)
        if isinstance(part, Drive) and part.capacity_bytes and abs(part.capacity_bytes - size) <= _NEAR * size
    ]
    part = _by_number(disk.model, alike) or _by_words(disk.model, alike)
    return replace(disk, part_id=part.id) if part else disk


def _by_number(model: str, drives: Iterable[Drive]) -> Drive | None:
    said = _squeezed(model)
    found = [drive for drive in drives if drive.mpn and _is_number_of(_squeezed(drive.mpn), said)]
    return _first(found)


def _is_number_of(number: str, said: str) -> bool:
    return len(number) >= _LEAST_NUMBER and number in said


def _squeezed(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def _by_words(model: str, drives: Iterable[Drive]) -> Drive | None:
    """The drive whose series has the most words, all of which the firmware says too."""
    said = set(_words(model))
    scored = [(len(words), drive) for drive in drives if (words := set(_words(drive.name))) and words <= said]
    most = max((score for score, _ in scored), default=0)
    return _first(drive for score, drive in scored if score == most and any(map(_has_digit, _words(drive.name))))


def _has_digit(word: str) -> bool:
    return any(letter.isdigit() for letter in word)


def _words(name: str) -> Iterator[str]:
    yield from re.findall(r"[a-z0-9]+", _FILL.sub(" ", name.lower().replace("_", " ")))


def _first(drives: Iterable[Drive]) -> Drive | None:
    """A buildable one before one that is only listed: they are one series, in another dress."""
    return min(drives, key=lambda drive: drive.shelf is not Shelf.BUILDABLE, default=None)
