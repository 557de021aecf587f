"""Detected hardware to catalogue parts: by PCI id, then name, then memory; a measured size is never overwritten."""

import re
from collections.abc import Iterable
from dataclasses import replace

from dsdesk.base.message import N_, Message
from dsdesk.base.units import Quantity, Unit
from dsdesk.build.catalog import Catalog
from dsdesk.detect.matching_host import with_host_parts
from dsdesk.detect.snapshot import Gpu, Snapshot
from dsdesk.hardware.parts import Accelerator
from dsdesk.hardware.vocabulary import PartKind

# Drivers report less than the vendor prints: reserved memory and error correction take up to a tenth
# (observed: L4 23,034 MiB of 24 GB; A10G 23,028 MiB; T4 15,360 MiB of 16 GB).
_LEAST_SHARE, _MOST_SHARE = 0.88, 1.08
MODIFIED = "modified"
VIRTUAL = "virtual"  # a share of a card, by its profile
# "NVIDIA A40-48Q", "GRID T4-16Q": the card, the share in GB and its kind (NVIDIA vGPU user guide).
_PROFILE = re.compile(r"^(?:NVIDIA |GRID )*(.+?)-(\d+)[ABCQ]$")
_CUT = "..."
_SERIES = {"huawei": "huawei"}  # makers whose tools print a grade of the chip behind its number


def matched(snapshot: Snapshot, catalog: Catalog) -> Snapshot:
    """`snapshot` with the catalogue's ids, and what else is possible where it is open."""
    cpu = catalog.find_part(snapshot.cpu.name, PartKind.CPU) if snapshot.cpu.name else None
    gpus = tuple(_matched_gpu(gpu, catalog) for gpu in snapshot.gpus)
    warnings = tuple(dict.fromkeys(_modified(gpu, catalog) for gpu in gpus if gpu.certainty == MODIFIED))
    around = with_host_parts(replace(snapshot, gpus=gpus), catalog)
    return replace(
        around,
        cpu=replace(snapshot.cpu, part_id=cpu.id if cpu else ""),
        warnings=(*snapshot.warnings, *warnings),
    )


def _modified(gpu: Gpu, catalog: Catalog) -> Message:
    usual = catalog.part(gpu.candidates[0])
    size = usual.memory_bytes if isinstance(usual, Accelerator) else None
    measured_bytes = gpu.memory_bytes or 0
    text = N_(
        "{name} reports {size} of memory where its maker builds it with {usual}: a modified card. All is computed with "
        "the measured size."
    )
    if size is not None and measured_bytes < size:
        text = N_(
            "{name} reports {size} of memory, which is another version than the {usual} of the catalogue. All is "
            "computed with the measured size."
        )
    measured = Quantity(measured_bytes, Unit.GIB)
    return Message(text, name=gpu.name, size=measured, usual=None if size is None else Quantity(size, Unit.GIB))


def _matched_gpu(gpu: Gpu, catalog: Catalog) -> Gpu:
    parts = _accelerators(catalog)
    if profile := _PROFILE.match(gpu.name):
        whole = _named(profile[1], parts, catalog)
        by_id = [part for part in parts if gpu.pci_id and gpu.pci_id in part.pci_ids]
        return replace(gpu, certainty=VIRTUAL, candidates=tuple(part.id for part in (whole or by_id)[:1]))
    named = _named(gpu.name, parts, catalog)
    by_id = [part for part in parts if gpu.pci_id and gpu.pci_id in part.pci_ids]
    fitting = [part for part in by_id if _same_memory(gpu, part)]
    if len(fitting) > 1:
        # Makers give one id to several products; the driver's name then decides.
        fitting = [part for part in fitting if part in named] or fitting
    by_name = [part for part in named if _same_memory(gpu, part)]
    if len(by_name) == 1 and fitting and by_name[0] not in fitting:
        return replace(gpu, part_id=by_name[0].id, certainty="name", candidates=tuple(part.id for part in fitting))
    if len(fitting) == 1:
        return replace(gpu, part_id=fitting[0].id, certainty="id", candidates=())
    if not fitting and len(by_name) == 1:
        return replace(gpu, part_id=by_name[0].id, certainty="name", candidates=())
    if fitting or by_name:
        return replace(gpu, candidates=tuple(dict.fromkeys(part.id for part in fitting or by_name)))
    return _other_size(gpu, by_id or named or _of_its_series(gpu, parts), parts)


def _of_its_series(gpu: Gpu, parts: Iterable[Accelerator]) -> list[Accelerator]:
    """Parts whose model number begins that of the card, such as "910B" of "Ascend 910B4-1", with the same memory.

    Nobody says that they are the same: they are offered for the user to choose.
    """
    if gpu.memory_bytes is None or gpu.vendor not in _SERIES:
        return []
    numbers = set(re.findall(r"\d{3}[a-z]?", gpu.name.lower()))
    alike = [
        part
        for part in parts
        if _SERIES[gpu.vendor] in part.manufacturer.lower()
        and numbers & set(re.findall(r"\d{3}[a-z]?", part.name.lower()))
        and _same_memory(gpu, part)
    ]
    # Two, so that none of them is taken for certain.
    return alike * 2 if len(alike) == 1 else alike


def _other_size(gpu: Gpu, found: list[Accelerator], parts: Iterable[Accelerator]) -> Gpu:
    """The name or id says one part, the memory another: a card that somebody gave more memory."""
    if not found or (_CUT in gpu.name and not gpu.pci_id):
        return gpu
    alike = [part for part in parts if _is_variant(part, found[0]) and _same_memory(gpu, part)]
    if len(alike) == 1:
        return replace(gpu, part_id=alike[0].id, certainty="memory", candidates=(found[0].id,))
    if len(found) == 1:
        return replace(gpu, certainty=MODIFIED, candidates=(found[0].id,))
    return replace(gpu, candidates=tuple(dict.fromkeys(part.id for part in (*alike, *found))))


def _named(name: str, parts: Iterable[Accelerator], catalog: Catalog) -> list[Accelerator]:
    """The parts that a driver may mean by `name`."""
    if not name or name == "Graphics Device":
        return []
    if name.startswith(_CUT):
        end = _plain(name.removeprefix(_CUT))
        return [part for part in parts if end and any(_plain(one).endswith(end) for one in _names(part))]
    if _CUT in name:
        start = _plain(name.partition(_CUT)[0])
        return [part for part in parts if start and any(_plain(one).startswith(start) for one in _names(part))]
    bracketed = re.search(r"\[([^\]]+)\]\s*$", name)
    tries = (name, name.removeprefix("Ascend "), *([bracketed[1]] if bracketed else []))
    for one in tries:
        found = catalog.find_part(one, PartKind.ACCELERATOR)
        if isinstance(found, Accelerator):
            return [found]
    return _either(name, catalog)


def _either(name: str, catalog: Catalog) -> list[Accelerator]:
    """The parts of "AMD Instinct MI250X/MI250", two products under one name; two entries keep the choice open."""
    before, slash, after = name.partition("/")
    if not slash or " " in after:
        return []
    maker = before.rpartition(" ")[0]
    found = [catalog.find_part(one, PartKind.ACCELERATOR) for one in (before, f"{maker} {after}")]
    known = [part for part in found if isinstance(part, Accelerator)]
    return known * 2 if len(known) == 1 else known


def _names(part: Accelerator) -> tuple[str, ...]:
    return (part.full_name, part.name, *part.aliases)


def _plain(name: str) -> str:
    """A name as drivers cut it: without the maker's words, which some releases leave out."""
    words = re.sub(r"\b(nvidia|amd|intel|geforce|graphics)\b|\((r|tm)\)", " ", name.lower())
    return re.sub(r"[^a-z0-9]+", " ", words).strip()


def _accelerators(catalog: Catalog) -> tuple[Accelerator, ...]:
    return tuple(part for part in catalog.parts(PartKind.ACCELERATOR) if isinstance(part, Accelerator))


def _is_variant(part: Accelerator, usual: Accelerator) -> bool:
    """Whether `part` is the chip of `usual` with another memory."""
    same_chip = part.compute_id == usual.compute_id and part.id != usual.id
    return same_chip and (_plain(usual.name) in _plain(part.name) or part.id.startswith(usual.id))


def _same_memory(gpu: Gpu, part: Accelerator) -> bool:
    """Whether the measured memory may be this part's; an unknown size on either side contradicts nothing."""
    if gpu.memory_bytes is None or part.memory_bytes is None or part.unified_memory:
        return True
    return _LEAST_SHARE <= gpu.memory_bytes * part.devices_per_part / part.memory_bytes <= _MOST_SHARE
