"""Detected hardware to catalogue parts: by name, then by memory; a measured size is never overwritten."""

from dataclasses import replace

from dsdesk.build.catalog import Catalog
from dsdesk.detect.snapshot import Gpu, Snapshot
from dsdesk.hardware.parts import Accelerator
from dsdesk.hardware.vocabulary import PartKind

# Drivers report less than the vendor prints: reserved memory and error correction take up to a tenth
# (observed: L4 23,034 MiB of 24 GB; A10G 23,028 MiB; T4 15,360 MiB of 16 GB).
_LEAST_SHARE, _MOST_SHARE = 0.88, 1.03


def matched(snapshot: Snapshot, catalog: Catalog) -> Snapshot:
    """`snapshot` with the catalogue's ids, and what else is possible where it is open."""
    cpu = catalog.find_part(snapshot.cpu.name, PartKind.CPU) if snapshot.cpu.name else None
    return replace(
        snapshot,
        gpus=tuple(_matched_gpu(gpu, catalog) for gpu in snapshot.gpus),
        cpu=replace(snapshot.cpu, part_id=cpu.id if cpu else ""),
    )


def _matched_gpu(gpu: Gpu, catalog: Catalog) -> Gpu:
    by_id = [part for part in _accelerators(catalog) if gpu.pci_id and gpu.pci_id in part.pci_ids]
    named = catalog.find_part(gpu.name, PartKind.ACCELERATOR)
    found = by_id or ([named] if isinstance(named, Accelerator) else [])
    fitting = [part for part in found if _same_memory(gpu, part)]
    if len(fitting) == 1:
        return replace(gpu, part_id=fitting[0].id, certainty="id" if by_id else "name", candidates=())
    if not fitting and found:
        # The name says one part, the memory another: a modified card. Offer those with this memory.
        alike = [part for part in _accelerators(catalog) if _related(part, found[0]) and _same_memory(gpu, part)]
        if len(alike) == 1:
            return replace(gpu, part_id=alike[0].id, certainty="memory", candidates=(found[0].id,))
        return replace(gpu, candidates=tuple(part.id for part in (*alike, *found)))
    return replace(gpu, candidates=tuple(part.id for part in fitting))


def _accelerators(catalog: Catalog) -> tuple[Accelerator, ...]:
    return tuple(part for part in catalog.parts(PartKind.ACCELERATOR) if isinstance(part, Accelerator))


def _related(part: Accelerator, other: Accelerator) -> bool:
    return part.id != other.id and part.id.startswith(other.id) and part.compute_id == other.compute_id


def _same_memory(gpu: Gpu, part: Accelerator) -> bool:
    """Whether the measured memory may be this part's; an unknown size on either side contradicts nothing."""
    if gpu.memory_bytes is None or part.memory_bytes is None or part.unified_memory:
        return True
    return _LEAST_SHARE <= gpu.memory_bytes / part.memory_bytes <= _MOST_SHARE
